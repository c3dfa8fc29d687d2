"""Who speaks, who came back, who fell silent, period by period: 流失, with leaves graded by their evidence.

    period      group_name  state       speakers  new  retained  resurrected  lapsed  speakers_before  lapse_rate  quick_ratio  leaves_self  leaves_removed
    2026-04-13  妈妈群      first             38
    2026-05-11  妈妈群      whole             41    9        29            3       9               38        0.24         1.33                            2
    2026-06-08  妈妈群      unfinished        12    2        10            0

Growth accounting: speakers = new + retained + resurrected, and speakers before + new + resurrected - lapsed = speakers, exactly. Quick ratio: (new +
resurrected) / lapsed (Hsu, Social Capital). Lapsed is silence, no more: nobody knows that they left.

What is not comparable is not compared. A period is compared with the one before it if both have ended and hold data on enough of their days (`--coverage`), from the
group's first message on: the first period of a group's log is cut short and nobody in it has a past; a hole in the exports is no silence.

Leaves, by evidence. WeChat shows no line when a member leaves, so no notice says nothing: null, never 0. Two complete rosters of a group (`qunkit roster`) say who
is gone between them; 0 is nobody. They are counted in the period of the later roster. The same leave may be in a notice, between rosters and a lapse: grades are not added up.
Staff are not counted. In a period that is not finished, what there is so far.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.dataset import option
from qunkit.methods.moves import MOVES
from qunkit.methods.periods import CALENDAR, PER, SPOKEN, STATES
from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Churn: who speaks, comes back, falls silent", "流失")

COLUMNS = (
    Column("period", "date", Text("from", "起始日期"), Text("first day of the period", "该周期的第一天")),
    Column("last_day", "date", Text("to", "结束日期"), Text("last day of the period", "该周期的最后一天"), spare=9),
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "state",
        "text",
        Text("state", "状态"),
        Text("first: the group's log begins in it; unfinished: it ends after the data; holes: too few days hold data; whole", "first 群记录从此开始；unfinished 尚未结束；holes 有数据的天数不足；whole 完整"),
        words=STATES,
    ),
    Column(
        "days",
        "int",
        Text("days", "天数"),
        Text("days with data in any group, from the group's first message on", "群首条消息起任一群有数据的天数"),
        spare=8,
    ),
    Column("speakers", "int", Text("speakers", "发言人数"), Text("members who posted, without staff; null: no data", "发过言的成员，不含官方人员；无数据时为空")),
    Column("new", "int", Text("new", "新发言"), Text("who never posted before in the group's log", "此前在本群记录中从未发言")),
    Column("retained", "int", Text("retained", "留存"), Text("who posted in the period before, too", "上一周期也发过言"), spare=5),
    Column("resurrected", "int", Text("back", "回流"), Text("who posted before, but not in the period before", "更早发过言，上一周期未发言"), spare=4),
    Column("lapsed", "int", Text("lapsed", "沉默流失"), Text("who posted in the period before and not in this one", "上一周期发言、本周期未发言")),
    Column("speakers_before", "int", Text("of", "上期发言人数"), Text("speakers of the period before: what `lapse_rate` is of", "上一周期发言人数，即流失率的分母"), spare=6),
    Column(
        "lapse_rate",
        "ratio",
        Text("lapse rate", "沉默流失率"),
        Text("lapsed ÷ speakers before; null below 5 speakers before", "沉默流失 ÷ 上期发言人数；上期不足 5 人时为空"),
    ),
    Column(
        "quick_ratio",
        "float",
        Text("quick ratio", "速动比"),
        Text("(new + resurrected) ÷ lapsed; above 1 the group's speakers grow; null if nobody lapsed", "（新发言 + 回流）÷ 沉默流失，大于 1 为增长；无人流失时为空"),
        spare=3,
    ),
    Column("leaves_self", "int", Text("left, by notice", "退群（提示）"), Text("person-times in notices; null: no such notice, which is no evidence of none", "退群提示中的人次；无提示时为空，不代表无人退群"), spare=2),
    Column("leaves_removed", "int", Text("removed, by notice", "移出（提示）"), Text("person-times in notices; null: no such notice", "移出提示中的人次；无提示时为空"), spare=2),
    Column(
        "leaves_roster",
        "int",
        Text("gone, by roster", "离群（名单）"),
        Text("missing on a complete roster of the period, and on the one before it; null: no two rosters to compare", "前一份完整名单中有、本周期名单中没有的人次；无两份名单可比时为空"),
        spare=1,
    ),
    Column("leaves_confirmed", "int", Text("with a notice", "其中有提示"), Text("of those gone by roster, how many a notice between the two names", "名单离群者中，两份名单之间有提示的人次"), spare=7),
    Column("roster_since", "date", Text("roster since", "对比名单日期"), Text("day of the earlier roster: leaves may be as old", "较早名单的日期，离群可能早至此日"), spare=8),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit churn` can be told."""

    per: str = option(
        "28-days",
        Text("length of a period: blocks of 28 days back from the end of the data, weeks from Monday, months", "统计周期：从数据末日往前每 28 天一段、自然周（周一起）或自然月"),
        choices=PER,
    )  # fmt: skip
    coverage: float = option(
        0.75,
        Text("compare periods of which this share of days holds data", "有数据的天数达到此比例的周期才作比较"),
        least=0,
        most=1,
    )


SQL = f"""
WITH {CALENDAR}, {SPOKEN}, {MOVES}, linked AS (  -- each speaker's period, with the ones before and after it
  SELECT group_id, number, LAG(number) OVER w AS before, LEAD(number) OVER w AS after
  FROM spoken WINDOW w AS (PARTITION BY group_id, sender_id ORDER BY number)
), counted AS (
  SELECT group_id, number, COUNT(*) AS speakers,
    COUNT(CASE WHEN before IS NULL THEN 1 END) AS fresh,
    COUNT(CASE WHEN before = number - 1 THEN 1 END) AS retained,
    COUNT(CASE WHEN before < number - 1 THEN 1 END) AS resurrected
  FROM linked GROUP BY group_id, number
), lost AS (
  SELECT group_id, number + 1 AS number, COUNT(*) AS lapsed
  FROM linked WHERE after IS NULL OR after > number + 1 GROUP BY group_id, number
), grid AS (
  SELECT held.*, CASE WHEN held.days > 0 THEN COALESCE(counted.speakers, 0) END AS speakers,
    COALESCE(counted.fresh, 0) AS fresh, COALESCE(counted.retained, 0) AS retained, COALESCE(counted.resurrected, 0) AS resurrected,
    COALESCE(lost.lapsed, 0) AS lapsed
  FROM held
  LEFT JOIN counted ON counted.group_id = held.group_id AND counted.number = held.number
  LEFT JOIN lost ON lost.group_id = held.group_id AND lost.number = held.number
), told AS (
  SELECT grid.*, LAG(speakers) OVER w AS speakers_before, LAG(number) OVER w IS NULL AS first,
    LAG(known, 1, FALSE) OVER w AND days > 0 AND (known OR NOT finished) AS followed, LAG(known, 1, FALSE) OVER w AND known AND finished AS compared
  FROM grid WINDOW w AS (PARTITION BY group_id ORDER BY number)
), staff AS (
  SELECT group_id, member_id FROM members WHERE official
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
), listed AS (
  SELECT DISTINCT group_id, seen_at, member_id FROM listings WHERE complete AND seen_at IS NOT NULL
), pairs AS (
  SELECT group_id, seen_at, LAG(seen_at) OVER (PARTITION BY group_id ORDER BY seen_at) AS before
  FROM (SELECT DISTINCT group_id, seen_at FROM listed) made
), missing AS (
  SELECT pairs.group_id, pairs.seen_at, older.member_id
  FROM pairs JOIN listed older ON older.group_id = pairs.group_id AND older.seen_at = pairs.before
  LEFT JOIN listed newer ON newer.group_id = pairs.group_id AND newer.seen_at = pairs.seen_at AND newer.member_id = older.member_id
  LEFT JOIN staff ON staff.group_id = pairs.group_id AND staff.member_id = older.member_id
  WHERE newer.member_id IS NULL AND staff.member_id IS NULL
), confirmed AS (
  SELECT DISTINCT missing.group_id, missing.seen_at, missing.member_id
  FROM missing JOIN pairs ON pairs.group_id = missing.group_id AND pairs.seen_at = missing.seen_at
  JOIN departures ON departures.group_id = missing.group_id AND departures.member_id = missing.member_id
    AND departures.local_time > pairs.before AND departures.local_time <= pairs.seen_at
), differing AS (
  SELECT pairs.group_id, pairs.seen_at, pairs.before, COUNT(missing.member_id) AS gone, COUNT(confirmed.member_id) AS confirmed
  FROM pairs LEFT JOIN missing ON missing.group_id = pairs.group_id AND missing.seen_at = pairs.seen_at
  LEFT JOIN confirmed ON confirmed.group_id = missing.group_id AND confirmed.seen_at = missing.seen_at AND confirmed.member_id = missing.member_id
  WHERE pairs.before IS NOT NULL GROUP BY pairs.group_id, pairs.seen_at, pairs.before
), rolled AS (
  SELECT made.group_id, dated.period, SUM(made.gone) AS leaves_roster, SUM(made.confirmed) AS leaves_confirmed, MIN(CAST(made.before AS DATE)) AS roster_since
  FROM (
    SELECT differing.*, GREATEST(LEAST(CAST(differing.seen_at AS DATE), ends.last_day), ends.first_day) AS day FROM differing CROSS JOIN ends
  ) made JOIN dated ON dated.day = made.day GROUP BY made.group_id, dated.period
)
SELECT told.period, told.last_day, told.group_id, told.group_name,
  CASE WHEN told.first THEN 'first' WHEN NOT told.finished THEN 'unfinished' WHEN NOT told.known THEN 'holes' ELSE 'whole' END AS state,
  told.days, told.speakers,
  CASE WHEN told.followed THEN told.fresh END AS new,
  CASE WHEN told.followed THEN told.retained END AS retained,
  CASE WHEN told.followed THEN told.resurrected END AS resurrected,
  CASE WHEN told.compared THEN told.lapsed END AS lapsed,
  CASE WHEN told.compared THEN told.speakers_before END AS speakers_before,
  CASE WHEN told.compared AND told.speakers_before >= 5 THEN told.lapsed / NULLIF(told.speakers_before, 0) END AS lapse_rate,
  CASE WHEN told.compared THEN (told.fresh + told.resurrected) / NULLIF(told.lapsed, 0) END AS quick_ratio,
  NULLIF(noticed.leaves_self, 0) AS leaves_self, NULLIF(noticed.leaves_removed, 0) AS leaves_removed,
  rolled.leaves_roster, rolled.leaves_confirmed, rolled.roster_since
FROM told
LEFT JOIN noticed ON noticed.group_id = told.group_id AND noticed.period = told.period
LEFT JOIN rolled ON rolled.group_id = told.group_id AND rolled.period = told.period
WHERE told.in_window
ORDER BY told.period, told.group_id
"""
