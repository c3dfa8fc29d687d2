"""The window against the one before it, 与上一时段对比: two rows, of equal length.

    period  messages  posters  groups  new_posters  lapsed_posters  joins  removed  data_days  hole_days
    this        4120      211      11           17              23     31        4          7          0
    before      4466      219      12           22              19     12        1          7          0

People count once however many groups they post in; a join is a person-time (人次). Members who leave by themselves leave no
notice in a chat, so there is no column for them: `lapsed_posters` is what their silence shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Against the period before", "与上一时段对比")

_PERIODS = {"this": Text("this window", "所选时段"), "before": Text("before", "上一时段")}
COLUMNS = (
    Column(
        "period",
        "text",
        Text("period", "时段"),
        Text("this window, or the one before it", "所选时段或上一时段"),
        words=_PERIODS,
    ),
    Column("messages", "int", Text("messages", "消息数"), Text("people's messages", "成员消息，不含系统提示")),
    Column("posters", "int", Text("posters", "发言人数"), Text("people who posted", "至少发言一次的人数")),
    Column(
        "groups",
        "int",
        Text("groups", "有消息的群"),
        Text("groups with at least one message", "至少有一条消息的群"),
        spare=6,
    ),
    Column(
        "new_posters",
        "int",
        Text("new posters", "新发言者"),
        Text(
            "people never seen posting before the period; null without data in the period before",
            "此前从未发言的人数；上一时段无数据时为空",
        ),
        spare=2,
    ),
    Column(
        "lapsed_posters",
        "int",
        Text("lapsed posters", "沉默者"),
        Text("people who posted in the period before it and not in it", "上一时段发言、本时段未发言的人数"),
        spare=4,
    ),
    Column(
        "joins",
        "int",
        Text("joins", "入群"),
        Text("invited, by QR code or otherwise; person-times in notices", "邀请、扫码等入群人次，据系统提示"),
        spare=3,
    ),
    Column(
        "removed", "int", Text("removed", "被移出"), Text("person-times in notices", "被移出人次，据系统提示"), spare=5
    ),
    Column(
        "data_days",
        "int",
        Text("days with data", "有数据天数"),
        Text(
            "days with data in any group; 0: nothing is known, counts are null", "任一群有数据的天数；为 0 时各项为空"
        ),
        spare=8,
    ),
    Column(
        "hole_days",
        "int",
        Text("days without data", "无数据天数"),
        Text(
            "days on which no group of the dataset has any data: not exported, not silent",
            "全部群均无数据的日子：未导出，并非沉默",
        ),
        spare=9,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit compare` has no options of its own."""


SQL = """
WITH spans AS (
  SELECT 1 AS place, 'this' AS period, epoch_s(:since) AS since, epoch_s(:until) AS until
  UNION ALL SELECT 2, 'before', 2 * epoch_s(:since) - epoch_s(:until), epoch_s(:since)
  UNION ALL SELECT 3, 'earlier', 3 * epoch_s(:since) - 2 * epoch_s(:until), 2 * epoch_s(:since) - epoch_s(:until)
), placed AS (  -- each post's period, the fourth being all the time before
  SELECT group_id, person,
    CASE WHEN in_window THEN 1
      WHEN local_time >= :since - (:until - :since) THEN 2
      WHEN local_time >= :since - 2 * (:until - :since) THEN 3 ELSE 4 END AS place
  FROM posts
), people AS (
  SELECT place, person, COUNT(*) AS messages FROM placed GROUP BY place, person
), counted AS (
  SELECT place, SUM(messages) AS messages, COUNT(*) AS posters FROM people GROUP BY place
), spoken AS (
  SELECT place, COUNT(DISTINCT group_id) AS groups FROM placed GROUP BY place
), first_posts AS (
  SELECT person, MAX(place) AS place FROM people GROUP BY person
), fresh AS (
  SELECT place, COUNT(*) AS new_posters FROM first_posts GROUP BY place
), lapsed AS (
  SELECT earlier.place - 1 AS place, COUNT(*) AS lapsed_posters
  FROM people earlier LEFT JOIN people later ON later.person = earlier.person AND later.place = earlier.place - 1
  WHERE later.person IS NULL GROUP BY earlier.place
), moves AS (
  SELECT event, COALESCE(size(target_ids), 1) AS people,
    CASE WHEN local_time >= :since THEN 1 ELSE 2 END AS place
  FROM messages
  WHERE event IN ('invited', 'joined_qr', 'joined', 'removed') AND local_time >= :since - (:until - :since)
), moved AS (
  SELECT place, SUM(CASE WHEN event <> 'removed' THEN people ELSE 0 END) AS joins,
    SUM(CASE WHEN event = 'removed' THEN people ELSE 0 END) AS removed
  FROM moves GROUP BY place
), covered AS (
  SELECT spans.place, SUM(CASE WHEN days.observed THEN 1 ELSE 0 END) AS data_days,
    SUM(CASE WHEN days.observed THEN 0 ELSE 1 END) AS hole_days
  FROM days JOIN spans ON epoch_s(CAST(days.day AS TIMESTAMP)) >= spans.since AND epoch_s(CAST(days.day AS TIMESTAMP)) < spans.until
  GROUP BY spans.place
)
SELECT spans.period,
  CASE WHEN own.data_days > 0 THEN COALESCE(counted.messages, 0) END AS messages,
  CASE WHEN own.data_days > 0 THEN COALESCE(counted.posters, 0) END AS posters,
  CASE WHEN own.data_days > 0 THEN COALESCE(spoken.groups, 0) END AS groups,
  CASE WHEN own.data_days > 0 AND earlier.data_days > 0 THEN COALESCE(fresh.new_posters, 0) END AS new_posters,
  CASE WHEN own.data_days > 0 AND earlier.data_days > 0 THEN COALESCE(lapsed.lapsed_posters, 0) END AS lapsed_posters,
  CASE WHEN own.data_days > 0 THEN COALESCE(moved.joins, 0) END AS joins,
  CASE WHEN own.data_days > 0 THEN COALESCE(moved.removed, 0) END AS removed,
  COALESCE(own.data_days, 0) AS data_days, COALESCE(own.hole_days, 0) AS hole_days
FROM spans
LEFT JOIN covered own ON own.place = spans.place
LEFT JOIN covered earlier ON earlier.place = spans.place + 1
LEFT JOIN counted ON counted.place = spans.place
LEFT JOIN spoken ON spoken.place = spans.place
LEFT JOIN fresh ON fresh.place = spans.place
LEFT JOIN lapsed ON lapsed.place = spans.place
LEFT JOIN moved ON moved.place = spans.place
WHERE spans.place < 3
ORDER BY spans.place
"""
