"""Each group against the period before, 各群与上一时段对比: one row a group, the liveliest first.

group_name  messages  messages_before  change  posters  posters_before  joins  removed  days            last_post
妈妈群           812              640     27%       41              38      6        0  ▅▃▄▆█▇▂  2026-05-10 22:14
老友群             0               53   -100%        0               9      0        0  ▁▁▁▁▁▁▁  2026-05-02 08:40
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import column
from qunkit.results import Column
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

TITLE = Text("Groups against the period before", "各群与上一时段对比")

FLOOR = 10
"""Messages in the period before, below which a change in per cent says nothing."""

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column("messages", "int", Text("messages", "消息数")),
    Column("messages_before", "int", Text("messages before", "上期消息"), spare=9),
    Column(
        "change",
        "ratio",
        Text("change", "变化"),
        Text(
            f"(messages - before) / before; null below {FLOOR} messages before",
            f"（本期 - 上期） / 上期；上期不足 {FLOOR} 条时为空",
        ),
    ),
    Column("posters", "int", Text("posters", "发言人数"), spare=1),
    Column("posters_before", "int", Text("posters before", "上期发言人数"), spare=9),
    Column("joins", "int", Text("joins", "入群"), Text("person-times in notices", "入群人次，据系统提示"), spare=6),
    Column(
        "removed", "int", Text("removed", "被移出"), Text("person-times in notices", "被移出人次，据系统提示"), spare=8
    ),
    Column(
        "days",
        "series",
        Text("day by day", "逐日消息"),
        Text(
            "messages per day of the window; null: no data that day in any group", "每日消息数；当日全部群无数据时为空"
        ),
        spare=5,
    ),
    Column("last_post", "datetime", Text("last post", "最近消息"), spare=7),
    Column(
        "days_silent",
        "int",
        Text("days silent", "沉默天数"),
        Text("full days from the last post to as-of", "从最近一条消息到截止时间的整天数"),
        spare=4,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit compare groups` has no options of its own."""


PART_SQL = """
WITH named AS (SELECT DISTINCT group_id FROM messages),
counted AS (SELECT group_id, day, COUNT(*) AS n FROM posts WHERE in_window GROUP BY group_id, day)
SELECT named.group_id AS part, days.day, CASE WHEN days.observed THEN COALESCE(counted.n, 0) END AS n
FROM named CROSS JOIN days
LEFT JOIN counted ON counted.group_id = named.group_id AND counted.day = days.day
WHERE days.in_window
ORDER BY part, days.day
"""

SQL = f"""
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
), placed AS (
  SELECT group_id, sender_id, local_time,
    CASE WHEN in_window THEN 'this' WHEN local_time >= :since - (:until - :since) THEN 'before' END AS period
  FROM posts
), people AS (
  SELECT group_id, sender_id, period, COUNT(*) AS messages, MAX(local_time) AS last_post FROM placed GROUP BY group_id, sender_id, period
), counted AS (
  SELECT group_id,
    SUM(CASE WHEN period = 'this' THEN messages ELSE 0 END) AS messages,
    SUM(CASE WHEN period = 'before' THEN messages ELSE 0 END) AS messages_before,
    COUNT(CASE WHEN period = 'this' THEN 1 END) AS posters,
    COUNT(CASE WHEN period = 'before' THEN 1 END) AS posters_before,
    MAX(last_post) AS last_post
  FROM people GROUP BY group_id
), moved AS (
  SELECT group_id, SUM(CASE WHEN event <> 'removed' THEN COALESCE(size(target_ids), 1) ELSE 0 END) AS joins,
    SUM(CASE WHEN event = 'removed' THEN COALESCE(size(target_ids), 1) ELSE 0 END) AS removed
  FROM messages
  WHERE event IN ('invited', 'joined_qr', 'joined', 'removed') AND local_time >= :since GROUP BY group_id
), covered AS (
  SELECT MAX(CASE WHEN observed AND in_window THEN 1 ELSE 0 END) AS this,
    MAX(CASE WHEN observed AND epoch_s(CAST(day AS TIMESTAMP)) < epoch_s(:since)
      AND epoch_s(CAST(day AS TIMESTAMP)) >= 2 * epoch_s(:since) - epoch_s(:until) THEN 1 ELSE 0 END) AS before
  FROM days
)
SELECT named.group_id, named.group_name,
  CASE WHEN covered.this = 1 THEN COALESCE(counted.messages, 0) END AS messages,
  CASE WHEN covered.before = 1 THEN COALESCE(counted.messages_before, 0) END AS messages_before,
  CASE WHEN covered.this = 1 AND messages_before >= {FLOOR} THEN (messages - messages_before) / NULLIF(messages_before, 0) END AS change,
  CASE WHEN covered.this = 1 THEN COALESCE(counted.posters, 0) END AS posters,
  CASE WHEN covered.before = 1 THEN COALESCE(counted.posters_before, 0) END AS posters_before,
  CASE WHEN covered.this = 1 THEN COALESCE(moved.joins, 0) END AS joins,
  CASE WHEN covered.this = 1 THEN COALESCE(moved.removed, 0) END AS removed, parts.days, counted.last_post,
  FLOOR((epoch_s(:as_of) - epoch_s(counted.last_post)) / 86400) AS days_silent
FROM named CROSS JOIN covered
LEFT JOIN counted ON counted.group_id = named.group_id
LEFT JOIN moved ON moved.group_id = named.group_id
LEFT JOIN parts ON parts.part = named.group_id
ORDER BY messages DESC, messages_before DESC, named.group_id
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """The day counts of one group as one list."""
    import numpy as np
    import pyarrow as pa

    ends = column(np.array([0, len(table)] if len(table) else [0], np.int32))
    counts = pa.ListArray.from_arrays(ends, table["n"].combine_chunks())
    return pa.table({"part": table["part"].slice(0, len(counts)), "days": counts})
