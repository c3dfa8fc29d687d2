"""Who stays, by when they first spoke: 留存, the retention triangle of each group in long form.

    group_name  cohort      state  size  period  from        retained  share  retained_later  share_later
    妈妈群      2026-05-11  whole    12       0  2026-05-11        12   1.00              12         1.00
    妈妈群      2026-05-11  whole    12       1  2026-05-18         5   0.42               9         0.75
    妈妈群      2026-05-11  whole    12       2  2026-05-25

A cohort (同期群) is who first posted in a group in a period. `retained`: who posted in the n-th period after it (n-day retention). `retained_later`: who posted in that
period or at any time after (unbounded, "rolling"); it falls towards the end of the data, for later has not come yet. A cell whose period has not ended or holds
data on too few of its days is null. So is a share of fewer than 5 members.

`--by source` and `--by inviter` take each cohort apart by how its members first joined, as notices and rosters say, or by who invited them; a join after they had
posted is no first one, and tells nothing.

The first cohort of a group's log holds everybody who was there before: they are no newcomers, and not to be compared with those. Staff are not counted. The window
chooses cohorts.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.dataset import option
from qunkit.methods.joins import JOINS
from qunkit.methods.moves import MOVES
from qunkit.methods.periods import CALENDAR, PER, SPOKEN, STATES
from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Retention of cohorts", "同期群留存")

_BY = ("all", "source", "inviter")
_SOURCES = {
    "invite": Text("invited, or by link", "邀请或链接"),
    "qr": Text("QR code", "二维码"),
    "link": Text("link", "链接"),
    "other": Text("joined, not known how", "入群方式不明"),
    "unknown": Text("not known", "未知"),
}

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column("cohort", "date", Text("cohort", "同期群"), Text("first day of the period in which they first posted", "首次发言所在周期的第一天")),
    Column(
        "state",
        "text",
        Text("state", "状态"),
        Text("of the cohort's period. first: the group's log begins in it, so these are no newcomers; unfinished; holes: too few days hold data; whole", "同期群所在周期：first 群记录从此开始，并非新人；unfinished 尚未结束；holes 有数据的天数不足；whole 完整"),
        words=STATES,
    ),
    Column("source", "text", Text("joined by", "入群方式"), Text("null but with --by source", "仅 --by source 时有值"), words=_SOURCES, spare=4),
    Column("inviter_id", "text", Text("inviter id", "邀请人 id"), Text("null but with --by inviter, and where nobody is known", "仅 --by inviter 且已知时有值"), spare=6),
    Column("inviter_name", "text", Text("inviter", "邀请人"), Text("null but with --by inviter, and where nobody is known", "仅 --by inviter 且已知时有值"), spare=5),
    Column("size", "int", Text("size", "人数"), Text("members of the cohort, or of this part of it, without staff", "同期群（或其中该部分）人数，不含官方人员")),
    Column("period", "int", Text("period", "第几期"), Text("periods after the cohort's own, which is 0", "距同期群所在周期的期数，本期为 0")),
    Column("since", "date", Text("from", "起始日期"), Text("first day of that period", "该期的第一天"), spare=1),
    Column("retained", "int", Text("retained", "留存人数"), Text("who posted in that period; null: the period has not ended, or data is missing", "该期发过言的人数；尚未结束或数据缺失时为空")),
    Column("share", "ratio", Text("share", "留存率"), Text("retained ÷ size; null below 5 members", "留存人数 ÷ 同期群人数；不足 5 人时为空")),
    Column("retained_later", "int", Text("then or later", "此后仍发言"), Text("who posted in that period or after it, by the end of the data", "该期或之后（至数据末）发过言的人数"), spare=3),
    Column("share_later", "ratio", Text("share, later", "此后留存率"), Text("then or later ÷ size (unbounded retention)", "此后仍发言人数 ÷ 同期群人数（无界留存）"), spare=2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit churn cohorts` can be told."""

    per: str = option(
        "week",
        Text("length of a period: weeks from Monday, months, blocks of 28 days back from the end of the data", "统计周期：自然周（周一起）、自然月，或从数据末日往前每 28 天一段"),
        choices=PER,
    )  # fmt: skip
    by: str = option(
        "all",
        Text("take cohorts apart by how members joined, or by who invited them", "按入群方式或邀请人拆分同期群"),
        choices=_BY,
    )
    coverage: float = option(
        0.75,
        Text("tell periods of which this share of days holds data", "有数据的天数达到此比例的周期才计算"),
        least=0,
        most=1,
    )


SQL = f"""
WITH {CALENDAR}, {SPOKEN}, {MOVES}, {JOINS}, firsts AS (
  SELECT group_id, sender_id, MIN(day) AS first_day FROM posts GROUP BY group_id, sender_id
), origins AS (  -- of those who are told apart
  SELECT joins.group_id, joins.member_id, CASE WHEN :by = 'source' THEN joins.source END AS source, CASE WHEN :by = 'inviter' THEN joins.inviter_id END AS inviter_id
  FROM joins JOIN firsts ON firsts.group_id = joins.group_id AND firsts.sender_id = joins.member_id
  WHERE :by <> 'all' AND joins.nth = 1 AND CAST(joins.joined_at AS DATE) <= firsts.first_day + 1
), told AS (  -- '' is nobody, for null equals nothing
  SELECT spoken.group_id, spoken.sender_id, spoken.number, CASE WHEN :by = 'source' THEN COALESCE(origins.source, 'unknown') ELSE '' END AS source,
    COALESCE(origins.inviter_id, '') AS inviter_id, MIN(spoken.number) OVER w AS cohort, MAX(spoken.number) OVER w AS last
  FROM spoken LEFT JOIN origins ON origins.group_id = spoken.group_id AND origins.member_id = spoken.sender_id
  WINDOW w AS (PARTITION BY spoken.group_id, spoken.sender_id)
), came AS (  -- who came in a period, and for how many it was the last
  SELECT group_id, source, inviter_id, cohort, number, COUNT(*) AS retained, COUNT(CASE WHEN number = last THEN 1 END) AS ended
  FROM told GROUP BY group_id, source, inviter_id, cohort, number
), sizes AS (
  SELECT group_id, source, inviter_id, cohort, retained AS size FROM came WHERE number = cohort
), started AS (
  SELECT group_id, MIN(number) AS number FROM held GROUP BY group_id
), cells AS (
  SELECT held.group_id, held.group_name, sizes.source, sizes.inviter_id, sizes.cohort, sizes.size, held.number, held.period, held.known AND held.finished AS told,
    COALESCE(came.retained, 0) AS retained,
    SUM(COALESCE(came.ended, 0)) OVER (
      PARTITION BY held.group_id, sizes.source, sizes.inviter_id, sizes.cohort ORDER BY held.number DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS retained_later
  FROM sizes JOIN held ON held.group_id = sizes.group_id AND held.number >= sizes.cohort
  LEFT JOIN came ON came.group_id = sizes.group_id AND came.source = sizes.source AND came.inviter_id = sizes.inviter_id
    AND came.cohort = sizes.cohort AND came.number = held.number
)
SELECT cells.group_id, cells.group_name, own.period AS cohort,
  CASE WHEN own.number = started.number THEN 'first' WHEN NOT own.finished THEN 'unfinished' WHEN NOT own.known THEN 'holes' ELSE 'whole' END AS state,
  NULLIF(cells.source, '') AS source, NULLIF(cells.inviter_id, '') AS inviter_id, COALESCE(inviters.name, NULLIF(cells.inviter_id, '')) AS inviter_name,
  cells.size, cells.number - cells.cohort AS period, cells.period AS since,
  CASE WHEN cells.told THEN cells.retained END AS retained,
  CASE WHEN cells.told AND cells.size >= 5 THEN cells.retained / NULLIF(cells.size, 0) END AS share,
  CASE WHEN cells.told THEN cells.retained_later END AS retained_later,
  CASE WHEN cells.told AND cells.size >= 5 THEN cells.retained_later / NULLIF(cells.size, 0) END AS share_later
FROM cells
JOIN held own ON own.group_id = cells.group_id AND own.number = cells.cohort
JOIN started ON started.group_id = cells.group_id
LEFT JOIN members inviters ON inviters.group_id = cells.group_id AND inviters.member_id = cells.inviter_id
WHERE own.in_window
ORDER BY cells.group_id, own.period, cells.source, cells.inviter_id, cells.number
"""
