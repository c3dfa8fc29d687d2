"""Who posted, period by period: 每个群每天、每周或每月的消息数与发言人数.

    period      group    days  messages  posters  dau  wau  mau  stickiness  members  participation
    2026-05-04  妈妈群      7       412       38  12.6   38   61        0.19      198           0.19

Only posting shows in an export, never reading: every "active" here means "posted". A period in which no group of the dataset
has any data (`days` = 0) is a hole in the exports: its counts are null, not 0.

Definitions. DAU, WAU, MAU: distinct people who posted on a day, in the 7, in the 28 days up to a day (28, so that weekdays
weigh the same); stickiness: mean DAU of those 28 days ÷ MAU. Members: those on the newest complete roster, and posters of the period who are no longer
on it; without a roster an estimate: seen or joined by then, and not gone since.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.dataset import option
from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Activity of groups: messages, posters, DAU", "活跃度")

_HOW = {"roster": Text("roster", "名单"), "estimated": Text("estimated", "估计")}
COLUMNS = (
    Column("period", "date", Text("from", "起始日期"), Text("first day of the period", "该周期的第一天")),
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "days",
        "int",
        Text("days", "天数"),
        Text(
            "days of the period and the window with data in any group; 0: a hole in the exports, counts are null",
            "周期内任一群有数据的天数；0 表示导出缺失，计数为空",
        ),
        spare=7,
    ),
    Column("messages", "int", Text("messages", "消息数"), Text("people's messages; notices apart", "不含系统提示")),
    Column(
        "messages_ordinary",
        "int",
        Text("messages, no staff", "不含官方消息"),
        Text("messages not by staff", "不含官方人员的消息数"),
        spare=8,
    ),
    Column(
        "posters", "int", Text("posters", "发言人数"), Text("people who posted in the period", "周期内发过言的人数")
    ),
    Column(
        "posters_ordinary",
        "int",
        Text("posters, no staff", "不含官方发言人"),
        Text("posters who are not staff", "不含官方人员"),
        spare=8,
    ),
    Column(
        "dau",
        "float",
        Text("DAU", "日均发言人数"),
        Text("mean number of posters a day, over `days`", "按天数平均"),
        spare=2,
    ),
    Column(
        "wau",
        "int",
        Text("WAU", "周活跃（发言）"),
        Text("people who posted in the 7 days to the period's end", "期末前 7 天发言人数"),
        spare=6,
    ),
    Column(
        "mau",
        "int",
        Text("MAU", "月活跃（发言）"),
        Text("people who posted in the 28 days to the period's end", "期末前 28 天发言人数"),
        spare=4,
    ),
    Column(
        "stickiness",
        "ratio",
        Text("stickiness", "粘性"),
        Text(
            "mean DAU of those 28 days ÷ MAU; null if MAU < 10 or the group is younger than 28 days",
            "28 天日均发言人数 ÷ MAU;MAU 不足 10 或群不足 28 天时为空",
        ),
        spare=5,
    ),
    Column("members", "int", Text("members", "成员数"), Text("members at the period's end", "期末成员数"), spare=3),
    Column(
        "members_how",
        "text",
        Text("known by", "成员数依据"),
        Text("roster, or estimated: seen or joined, and not left", "roster 名单；estimated 估计：出现过或入群且未离开"),
        words=_HOW,
        spare=9,
    ),
    Column(
        "participation",
        "ratio",
        Text("posting rate", "发言率"),
        Text("posters ÷ members; null below 5 members", "发言人数 ÷ 成员数；不足 5 人时为空"),
        spare=1,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit activity` can be told."""

    per: str = option(
        "week",
        Text("length of a period; weeks begin on Monday", "统计周期；每周从周一开始"),
        choices=("day", "week", "month"),
    )


SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name, MIN(day) AS first_day FROM posts GROUP BY group_id
), calendar AS (  -- every day of a group, from its first message to the end of the data; 31 days for the trailing windows
  SELECT named.group_id, named.first_day, days.day, days.in_window,
    CASE WHEN days.observed THEN 1 ELSE 0 END AS observed,
    CASE :per WHEN 'day' THEN days.day WHEN 'week' THEN week_start(days.day) ELSE month_start(days.day) END AS period
  FROM named JOIN days ON days.day >= named.first_day
  WHERE days.day >= CAST(:since - INTERVAL '31' DAY AS DATE)
), people AS (
  SELECT group_id, member_id, first_seen, listed FROM members
), poster_days AS (
  SELECT group_id, day, sender_id, official, COUNT(*) FILTER (WHERE in_window) AS messages
  FROM posts WHERE local_time >= :since - INTERVAL '30' DAY
  GROUP BY group_id, day, sender_id, official
), shares AS (  -- of each poster in each period: one row is cheaper to count than a different one
  SELECT p.group_id, c.period, p.sender_id, p.official, SUM(p.messages) AS messages, COUNT(*) AS poster_days
  FROM poster_days p JOIN calendar c ON c.group_id = p.group_id AND c.day = p.day
  WHERE p.messages > 0
  GROUP BY p.group_id, c.period, p.sender_id, p.official
), counted AS (  -- what was posted in the window
  SELECT s.group_id, s.period,
    SUM(s.messages) AS messages,
    SUM(CASE WHEN s.official THEN 0 ELSE s.messages END) AS messages_ordinary,
    COUNT(*) AS posters,
    COUNT(CASE WHEN NOT s.official THEN 1 END) AS posters_ordinary,
    COUNT(CASE WHEN NOT people.listed THEN 1 END) AS unlisted,
    SUM(s.poster_days) AS poster_days
  FROM shares s LEFT JOIN people ON people.group_id = s.group_id AND people.member_id = s.sender_id
  GROUP BY s.group_id, s.period
), visits AS (
  SELECT group_id, day, LAG(day) OVER w AS before, LEAD(day) OVER w AS after
  FROM poster_days WINDOW w AS (PARTITION BY group_id, sender_id ORDER BY day)
), arrivals AS (  -- a notice that somebody joined shows who joined and who invited
  SELECT group_id, local_time, actor_id, target_ids FROM messages WHERE event IN ('invited', 'joined_qr', 'joined')
), departures AS (
  SELECT group_id, explode(target_ids) AS member_id, local_time FROM messages WHERE event IN ('left', 'removed')
  UNION ALL
  SELECT group_id, actor_id, local_time FROM messages WHERE event = 'left' AND target_ids IS NULL
), presences AS (
  SELECT group_id, member_id, CAST(first_seen AS TIMESTAMP) AS t, 1 AS here FROM people WHERE first_seen IS NOT NULL
  UNION ALL
  SELECT group_id, explode(target_ids) AS member_id, local_time, 1 FROM arrivals
  UNION ALL
  SELECT group_id, actor_id, local_time, 1 FROM arrivals WHERE actor_id IS NOT NULL
  UNION ALL
  SELECT group_id, member_id, local_time, 0 FROM departures WHERE member_id IS NOT NULL
  UNION ALL
  SELECT group_id, sender_id, local_time, 1
  FROM posts WHERE (group_id, sender_id) IN (SELECT group_id, member_id FROM departures)
), moves AS (
  SELECT group_id, CAST(t AS DATE) AS day,
    here - LAG(here, 1, 0) OVER (PARTITION BY group_id, member_id ORDER BY t, here DESC) AS step
  FROM presences
), starts AS (
  SELECT group_id, MIN(day) AS day FROM calendar GROUP BY group_id
), steps AS (  -- somebody counts in MAU from a day of posting to the 27th day after it, in WAU to the 6th
  SELECT group_id, day, SUM(wau) AS wau, SUM(mau) AS mau, SUM(members) AS members
  FROM (
    SELECT group_id, day, 0 AS wau, 1 AS mau, 0 AS members FROM visits WHERE before IS NULL OR days_between(before, day) > 27
    UNION ALL
    SELECT group_id, day + 28, 0, -1, 0 FROM visits WHERE after IS NULL OR days_between(day, after) > 27
    UNION ALL
    SELECT group_id, day, 1, 0, 0 FROM visits WHERE before IS NULL OR days_between(before, day) > 6
    UNION ALL
    SELECT group_id, day + 7, -1, 0, 0 FROM visits WHERE after IS NULL OR days_between(day, after) > 6
    UNION ALL
    SELECT moves.group_id, GREATEST(moves.day, starts.day), 0, 0, moves.step
    FROM moves JOIN starts ON starts.group_id = moves.group_id WHERE moves.step <> 0
  ) changes
  GROUP BY group_id, day
), daily AS (
  SELECT group_id, day, COUNT(*) AS posters FROM poster_days GROUP BY group_id, day
), rolling AS (
  SELECT c.group_id, c.period, c.day, c.in_window,
    days_between(c.first_day, c.day) + 1 AS age,
    SUM(c.observed) OVER month AS days_28,
    SUM(COALESCE(daily.posters, 0)) OVER month AS poster_days_28,
    SUM(COALESCE(steps.wau, 0)) OVER past AS wau,
    SUM(COALESCE(steps.mau, 0)) OVER past AS mau,
    SUM(COALESCE(steps.members, 0)) OVER past AS members
  FROM calendar c
  LEFT JOIN daily ON daily.group_id = c.group_id AND daily.day = c.day
  LEFT JOIN steps ON steps.group_id = c.group_id AND steps.day = c.day
  WINDOW month AS (PARTITION BY c.group_id ORDER BY c.day ROWS BETWEEN 27 PRECEDING AND CURRENT ROW),
    past AS (PARTITION BY c.group_id ORDER BY c.day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), periods AS (
  SELECT group_id, period, MAX(day) AS last_day, SUM(observed) AS days
  FROM calendar WHERE in_window GROUP BY group_id, period
), rosters AS (
  SELECT group_id, COUNT(*) AS members FROM people WHERE listed GROUP BY group_id
), sized AS (
  SELECT periods.period, periods.group_id, named.group_name, periods.days,
    CASE WHEN periods.days > 0 THEN COALESCE(counted.messages, 0) END AS messages,
    CASE WHEN periods.days > 0 THEN COALESCE(counted.messages_ordinary, 0) END AS messages_ordinary,
    CASE WHEN periods.days > 0 THEN COALESCE(counted.posters, 0) END AS posters,
    CASE WHEN periods.days > 0 THEN COALESCE(counted.posters_ordinary, 0) END AS posters_ordinary,
    COALESCE(counted.poster_days, 0) / NULLIF(periods.days, 0) AS dau,
    rolling.wau, rolling.mau,
    CASE WHEN rolling.mau >= 10 AND rolling.age >= 28
      THEN rolling.poster_days_28 / NULLIF(rolling.days_28, 0) / NULLIF(rolling.mau, 0) END AS stickiness,
    COALESCE(rosters.members + COALESCE(counted.unlisted, 0), rolling.members) AS members,
    CASE WHEN rosters.members IS NULL THEN 'estimated' ELSE 'roster' END AS members_how
  FROM periods
  JOIN named ON named.group_id = periods.group_id
  JOIN rolling ON rolling.group_id = periods.group_id AND rolling.day = periods.last_day
  LEFT JOIN counted ON counted.group_id = periods.group_id AND counted.period = periods.period
  LEFT JOIN rosters ON rosters.group_id = periods.group_id
)
SELECT period, group_id, group_name, days, messages, messages_ordinary, posters, posters_ordinary, dau, wau, mau, stickiness,
  members, members_how,
  CASE WHEN members >= 5 THEN posters / NULLIF(members, 0) END AS participation
FROM sized ORDER BY period, group_id
"""
