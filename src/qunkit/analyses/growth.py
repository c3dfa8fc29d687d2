"""Who came and how, who went, period by period: 入群、退群、净增.

    period      group_name  state       joins  joiners  rejoins  joins_invite  joins_qr  batch  leaves_removed  leaves_roster  members_before  members  net  leave_rate
    2026-04-13  妈妈群      first          12       12        0             9         3      8
    2026-05-11  妈妈群      whole          31       30        1            22         9      0               2              6              80      104   24       0.08
    2026-06-08  妈妈群      unfinished      4        4        0             4         0      0

Joins are person-times (人次) by notice or by a roster's join dates (qunkit.methods.joins), `joiners` persons (人数). Apart stand the founding invitation (`batch`: SCRM systems
do not count it either) and staff. Null where the group has neither notices of coming or going nor join dates, or no data in the period; never 0 for what nobody can know.

Leaves stand by their evidence, as in `qunkit churn`: by notice, and by two complete rosters. Net growth needs to know who left: between complete rosters it is what came less
what went (``roster``), and the count before and after says the same; a chat program that says when members leave allows it by notices (``notice``); WeChat does not, and net is
null. `leave_rate` is of the members on the earlier roster (退群率, 期初人数为分母).

With ``--by inviter`` a row an inviter: whose invitation, link or QR code it was; leaves and members are the group's, and null there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import gaps
from qunkit.methods.joins import JOINS, TELLING
from qunkit.methods.moves import MOVES, NAMED
from qunkit.methods.periods import CALENDAR, PER, STATES
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Growth: who came, how, who went", "入群与退群")

_NET = {"roster": Text("two rosters", "两份名单"), "notice": Text("notices", "系统提示")}
_UNKNOWN = Text(
    "Net growth is known only where leaves are: WeChat does not say who leaves. Two complete rosters tell it: see `qunkit roster --help`.",
    "微信不提示退群，净增需两份完整名单才能得出：见 `qunkit roster --help`。",
)
_AT_LEAST = Text(
    "{n} invitations do not say whose, or several names that cannot be told apart: each counts as one join, so joins are at least what is shown.",
    "{n} 条邀请提示没有写明被邀请人，或多个姓名无法分开：每条计 1 人次，入群数为至少值。",
)
COLUMNS = (
    Column("period", "date", Text("from", "起始日期"), Text("first day of the period", "该周期的第一天")),
    Column("last_day", "date", Text("to", "结束日期"), Text("last day of the period", "该周期的最后一天"), spare=14),
    Column("group_id", "text", Text("group id", "群 id"), spare=13),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "state",
        "text",
        Text("state", "状态"),
        Text("before: join dates of a roster from before the group's log; first: the group's log begins in it; unfinished: it ends after the data; holes: too few days hold data; whole", "before 名单所记、早于群记录的入群；first 群记录从此开始；unfinished 尚未结束；holes 有数据的天数不足；whole 完整"),
        words=STATES | {"before": Text("before the log", "记录之前")},
        spare=8,
    ),
    Column("days", "int", Text("days", "天数"), Text("days with data in any group, from the group's first message on", "群首条消息起任一群有数据的天数"), spare=12),
    Column("inviter_id", "text", Text("inviter id", "邀请人 id"), Text("with --by inviter; null: not known", "仅 --by inviter；未知时为空"), spare=11),
    Column("inviter_name", "text", Text("inviter", "邀请人"), Text("with --by inviter", "仅 --by inviter"), spare=10),
    Column("joins", "int", Text("joins", "入群人次"), Text("person-times, without the creation batch and staff; null: no data, or neither notices of coming or going nor join dates", "不含建群批次和官方人员；无数据、既无进退群提示也无入群日期时为空")),
    Column("joiners", "int", Text("persons", "入群人数"), Text("of those, different members; who is not named counts each time", "其中不同的成员数；提示未写明者逐次计"), spare=9),
    Column("rejoins", "int", Text("again", "再次入群"), Text("joins of those who had joined the group before", "此前已入过本群者的人次"), spare=13),
    Column("joins_invite", "int", Text("invited", "邀请"), Text("by a member's invitation; in WeChat also by a link that a member sent", "由成员邀请；微信的邀请链接也在其中"), spare=6),
    Column("joins_link", "int", Text("by link", "链接"), Text("by an invitation link, where the chat program (Telegram) or a roster (WeCom) tells it apart; null: none does", "经邀请链接（Telegram 或企业微信名单可区分）；无法区分时为空"), spare=12),
    Column("joins_qr", "int", Text("by QR code", "扫码"), Text("by a QR code", "扫描群二维码"), spare=6),
    Column("joins_other", "int", Text("other", "其他"), Text("nothing says how", "来源未知"), spare=12),
    Column("batch", "int", Text("founding", "建群批次"), Text("invited with the making of the group; not among the joins", "建群时邀请的人次，不计入入群人次"), spare=9),
    Column("staff_joins", "int", Text("staff", "官方入群"), Text("joins of staff; not among the joins", "官方人员的入群人次，不计入入群人次"), spare=10),
    Column("leaves_self", "int", Text("left, by notice", "退群（提示）"), Text("person-times in notices; null: no such notice, which is no evidence of none", "退群提示中的人次；无提示时为空，不代表无人退群"), spare=4),
    Column("leaves_removed", "int", Text("removed, by notice", "移出（提示）"), Text("person-times in notices; null: no such notice", "移出提示中的人次；无提示时为空"), spare=3),
    Column("joins_roster", "int", Text("new, by roster", "新增（名单）"), Text("on a complete roster of the period and not on the one before it; null: no two rosters", "本周期完整名单中有、前一份中没有的人次；无两份名单可比时为空"), spare=10),
    Column("leaves_roster", "int", Text("gone, by roster", "离群（名单）"), Text("on the one before and not on it; null: no two rosters", "前一份完整名单中有、本周期名单中没有的人次；无两份名单可比时为空"), spare=2),
    Column("roster_since", "date", Text("roster since", "对比名单日期"), Text("day of the earlier roster, from which what rosters say counts", "较早名单的日期，名单各数自此日起计"), spare=9),
    Column("members_before", "int", Text("members before", "期初人数"), Text("on that earlier roster, without staff: what `leave_rate` is of", "较早名单的人数，不含官方人员，即退群率的分母"), spare=11),
    Column("members", "int", Text("members", "期末人数"), Text("on the last complete roster of the period, without staff; null: none", "本周期最后一份完整名单的人数，不含官方人员；无名单时为空"), spare=5),
    Column("net", "int", Text("net", "净增"), Text("came less went; null where leaves are not known", "新增减去离群；退群情况未知时为空")),
    Column("net_how", "text", Text("net by", "净增依据"), Text("roster: between two complete rosters; notice: the chat program says who leaves", "roster 两份完整名单之间；notice 该平台会提示退群"), words=_NET, spare=14),
    Column("leave_rate", "ratio", Text("leave rate", "退群率"), Text("gone by roster ÷ members before; null below 5 members before", "离群（名单）÷ 期初人数；期初不足 5 人时为空"), spare=5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit growth` can be told."""

    per: str = option(
        "28-days",
        Text("length of a period: blocks of 28 days back from the end of the data, weeks from Monday, months", "统计周期：从数据末日往前每 28 天一段、自然周（周一起）或自然月"),
        choices=PER,
    )  # fmt: skip
    by: str = option(
        "group", Text("a row a group, or a row an inviter", "每群一行，或每位邀请人一行"), choices=("group", "inviter")
    )
    coverage: float = option(
        0.75,
        Text("a period is whole if this share of its days holds data", "有数据的天数达到此比例的周期才算完整"),
        least=0,
        most=1,
    )


SQL = f"""
WITH {CALENDAR}, {NAMED}, {MOVES}, {JOINS}, joined_first AS (  -- rosters may tell of years before the log
  SELECT joins.group_id, MIN(CASE WHEN joins.sent_at IS NOT NULL OR CAST(joins.joined_at AS DATE) >= ends.first_day THEN CAST(joins.joined_at AS DATE) END) AS first_day,
    MIN(CAST(joins.joined_at AS DATE)) AS oldest_day
  FROM joins CROSS JOIN ends GROUP BY joins.group_id
), begun AS (
  SELECT COALESCE(named.group_id, joined_first.group_id) AS group_id, COALESCE(named.group_name, named.group_id, joined_first.group_id) AS group_name,
    GREATEST(LEAST(COALESCE(named.first_day, joined_first.first_day, ends.last_day), COALESCE(joined_first.first_day, named.first_day, ends.last_day), ends.last_day), ends.first_day)
      AS first_day, joined_first.oldest_day
  FROM named FULL JOIN joined_first ON joined_first.group_id = named.group_id CROSS JOIN ends
), filled AS (
  SELECT begun.group_id, begun.group_name, dated.period, COUNT(CASE WHEN dated.observed THEN 1 END) AS days
  FROM begun JOIN dated ON dated.day >= begun.first_day GROUP BY begun.group_id, begun.group_name, dated.period
), held AS (
  SELECT filled.group_id, filled.group_name, filled.days, spans.period, spans.last_day, spans.length, spans.in_window, spans.finished, spans.number, 0 AS early,
    filled.days > 0 AND filled.days >= :coverage * spans.length AS known
  FROM filled JOIN spans ON spans.period = filled.period
  UNION ALL
  SELECT begun.group_id, begun.group_name, 0, begun.oldest_day, begun.first_day - 1, 0, dated.in_window, TRUE, 0, 1, FALSE
  FROM begun JOIN dated ON dated.day = begun.first_day WHERE begun.oldest_day < begun.first_day
), staff AS (
  SELECT group_id, member_id FROM members WHERE official
), {TELLING}, outspoken AS (  -- groups whose chat program says who leaves
  SELECT group_id, BOOL_OR(platform NOT IN ('wechat', 'wecom')) AND COUNT(CASE WHEN event = 'left' THEN 1 END) > 0 AS tells_leaves
  FROM messages WHERE kind = 'system' GROUP BY group_id
), come AS (
  SELECT joins.group_id, COALESCE(dated.period, begun.oldest_day) AS period, CASE WHEN dated.period IS NULL THEN 1 ELSE 0 END AS early, CASE WHEN :by = 'inviter' THEN joins.inviter_id END AS inviter_id,
    joins.member_id, joins.source, joins.batch, joins.nth > 1 AS again, staff.member_id IS NOT NULL AS official
  FROM (SELECT joins.*, LEAST(CAST(joins.joined_at AS DATE), ends.last_day) AS day FROM joins CROSS JOIN ends) joins
  JOIN begun ON begun.group_id = joins.group_id
  LEFT JOIN dated ON dated.day = joins.day AND dated.day >= begun.first_day
  LEFT JOIN staff ON staff.group_id = joins.group_id AND staff.member_id = joins.member_id
), counted AS (
  SELECT group_id, period, early, inviter_id,
    COUNT(CASE WHEN ordinary THEN 1 END) AS joins,
    COUNT(DISTINCT CASE WHEN ordinary THEN member_id END) + COUNT(CASE WHEN ordinary AND member_id IS NULL THEN 1 END) AS joiners,
    COUNT(CASE WHEN ordinary AND source = 'invite' AND member_id IS NULL THEN 1 END) AS nameless,
    COUNT(CASE WHEN ordinary AND again THEN 1 END) AS rejoins,
    COUNT(CASE WHEN ordinary AND source = 'invite' THEN 1 END) AS joins_invite,
    COUNT(CASE WHEN ordinary AND source = 'link' THEN 1 END) AS joins_link,
    COUNT(CASE WHEN ordinary AND source = 'qr' THEN 1 END) AS joins_qr,
    COUNT(CASE WHEN ordinary AND source = 'other' THEN 1 END) AS joins_other,
    COUNT(CASE WHEN batch AND NOT official THEN 1 END) AS batch,
    COUNT(CASE WHEN official THEN 1 END) AS staff_joins
  FROM (SELECT come.*, NOT batch AND NOT official AS ordinary FROM come) sorted GROUP BY group_id, period, early, inviter_id
), noticed AS (
  SELECT gone.group_id, dated.period,
    COUNT(CASE WHEN gone.event = 'left' THEN 1 END) AS leaves_self, COUNT(CASE WHEN gone.event = 'removed' THEN 1 END) AS leaves_removed
  FROM (
    SELECT departures.*, GREATEST(LEAST(CAST(departures.local_time AS DATE), ends.last_day), ends.first_day) AS day FROM departures CROSS JOIN ends
  ) gone
  JOIN dated ON dated.day = gone.day
  LEFT JOIN staff ON staff.group_id = gone.group_id AND staff.member_id = gone.member_id
  WHERE staff.member_id IS NULL
  GROUP BY gone.group_id, dated.period
), listed AS (  -- who is on each complete roster, and on which they were before and are next
  SELECT DISTINCT listings.group_id, listings.seen_at, listings.member_id
  FROM listings LEFT JOIN staff ON staff.group_id = listings.group_id AND staff.member_id = listings.member_id
  WHERE listings.complete AND listings.seen_at IS NOT NULL AND staff.member_id IS NULL
), numbered AS (
  SELECT listed.*, DENSE_RANK() OVER (PARTITION BY group_id ORDER BY seen_at) AS roster FROM listed
), neighbours AS (
  SELECT numbered.*, COALESCE(LAG(roster) OVER w = roster - 1, FALSE) AS stayed, COALESCE(LEAD(roster) OVER w = roster + 1, FALSE) AS stays
  FROM numbered WINDOW w AS (PARTITION BY group_id, member_id ORDER BY seen_at)
), sized AS (
  SELECT group_id, seen_at, COUNT(*) AS members, COUNT(CASE WHEN NOT stayed THEN 1 END) AS came, COUNT(CASE WHEN NOT stays THEN 1 END) AS goes
  FROM neighbours GROUP BY group_id, seen_at
), rosters_in_order AS (
  SELECT sized.*, LAG(seen_at) OVER w AS before, LAG(members) OVER w AS members_before, LAG(goes) OVER w AS gone
  FROM sized WINDOW w AS (PARTITION BY group_id ORDER BY seen_at)
), rolled AS (
  SELECT made.group_id, dated.period, SUM(CASE WHEN made.before IS NOT NULL THEN made.came END) AS joins_roster, SUM(made.gone) AS leaves_roster,
    MIN(CAST(made.before AS DATE)) AS roster_since, MIN_BY(made.members_before, made.seen_at) FILTER (WHERE made.members_before IS NOT NULL) AS members_before,
    MAX_BY(made.members, made.seen_at) FILTER (WHERE made.members IS NOT NULL) AS members
  FROM (
    SELECT rosters_in_order.*, GREATEST(LEAST(CAST(rosters_in_order.seen_at AS DATE), ends.last_day), ends.first_day) AS day
    FROM rosters_in_order CROSS JOIN ends
  ) made JOIN dated ON dated.day = made.day GROUP BY made.group_id, dated.period
), started AS (
  SELECT group_id, MIN(number) AS number FROM held WHERE early = 0 GROUP BY group_id
), grid AS (
  SELECT held.*, held.number = started.number AS first, telling.group_id IS NOT NULL AND held.days > 0 AS told,
    COALESCE(outspoken.tells_leaves, FALSE) AND held.days > 0 AS tells_leaves, COALESCE(telling.tells_links, FALSE) AS tells_links
  FROM held JOIN started ON started.group_id = held.group_id
  LEFT JOIN telling ON telling.group_id = held.group_id
  LEFT JOIN outspoken ON outspoken.group_id = held.group_id
  WHERE held.in_window
), filled_in AS (
  SELECT grid.*, counted.inviter_id, counted.nameless, CASE WHEN grid.told THEN COALESCE(counted.joins, 0) ELSE NULLIF(counted.joins, 0) END AS joins,
    CASE WHEN grid.told THEN COALESCE(counted.joiners, 0) ELSE NULLIF(counted.joiners, 0) END AS joiners, CASE WHEN grid.told THEN COALESCE(counted.rejoins, 0) ELSE NULLIF(counted.rejoins, 0) END AS rejoins,
    CASE WHEN grid.told THEN COALESCE(counted.joins_invite, 0) ELSE NULLIF(counted.joins_invite, 0) END AS joins_invite,
    CASE WHEN grid.told AND grid.tells_links THEN COALESCE(counted.joins_link, 0) END AS joins_link,
    CASE WHEN grid.told THEN COALESCE(counted.joins_qr, 0) ELSE NULLIF(counted.joins_qr, 0) END AS joins_qr, CASE WHEN grid.told THEN COALESCE(counted.joins_other, 0) ELSE NULLIF(counted.joins_other, 0) END AS joins_other,
    CASE WHEN grid.told THEN COALESCE(counted.batch, 0) ELSE NULLIF(counted.batch, 0) END AS batch, CASE WHEN grid.told THEN COALESCE(counted.staff_joins, 0) ELSE NULLIF(counted.staff_joins, 0) END AS staff_joins
  FROM grid LEFT JOIN counted ON counted.group_id = grid.group_id AND counted.period = grid.period AND counted.early = grid.early
  WHERE :by = 'group' OR counted.group_id IS NOT NULL
)
SELECT f.period, f.last_day, f.group_id, f.group_name,
  CASE WHEN f.early = 1 THEN 'before' WHEN f.first THEN 'first' WHEN NOT f.finished THEN 'unfinished' WHEN NOT f.known THEN 'holes' ELSE 'whole' END AS state, CASE WHEN f.early = 0 THEN f.days END AS days,
  f.inviter_id, COALESCE(members.name, CASE WHEN f.inviter_id LIKE 'name:%' THEN SUBSTRING(f.inviter_id, 6) ELSE f.inviter_id END) AS inviter_name,
  f.joins, f.joiners, f.rejoins, f.joins_invite, f.joins_link, f.joins_qr, f.joins_other, f.batch, f.staff_joins,
  NULLIF(noticed.leaves_self, 0) AS leaves_self, NULLIF(noticed.leaves_removed, 0) AS leaves_removed,
  rolled.joins_roster, rolled.leaves_roster, rolled.roster_since, rolled.members_before, rolled.members,
  CASE WHEN :by = 'inviter' THEN NULL WHEN rolled.roster_since IS NOT NULL THEN rolled.joins_roster - rolled.leaves_roster
    WHEN f.tells_leaves THEN f.joins - COALESCE(noticed.leaves_self, 0) - COALESCE(noticed.leaves_removed, 0) END AS net,
  CASE WHEN :by = 'inviter' THEN NULL WHEN rolled.roster_since IS NOT NULL THEN 'roster' WHEN f.tells_leaves THEN 'notice' END AS net_how,
  CASE WHEN rolled.members_before >= 5 THEN rolled.leaves_roster / NULLIF(rolled.members_before, 0) END AS leave_rate, f.nameless
FROM filled_in f
LEFT JOIN noticed ON noticed.group_id = f.group_id AND noticed.period = f.period AND f.early = 0 AND :by = 'group'
LEFT JOIN rolled ON rolled.group_id = f.group_id AND rolled.period = f.period AND f.early = 0 AND :by = 'group'
LEFT JOIN (SELECT group_id, member_id, name FROM members WHERE :by = 'inviter') members ON members.group_id = f.group_id AND members.member_id = f.inviter_id
ORDER BY f.period, f.group_id, f.early DESC, f.joins DESC, f.inviter_id
"""

remarks = gaps.unnoticed


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The rows, without how many invitations say nobody's name."""
    nameless = int(frame.pop("nameless").fillna(0).sum())
    frame.attrs["nameless"] = nameless
    return frame


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Why net growth is null, and where joins are a lower bound."""
    nameless = frame.attrs.get("nameless", 0)
    said = [Note(_AT_LEAST, (("n", nameless),))] if nameless else []
    return said + ([Note(_UNKNOWN)] if params.by == "group" and len(frame) and frame["net"].isna().all() else [])
