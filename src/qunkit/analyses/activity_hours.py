"""When people post: mean messages in each hour of each weekday, 每周各时段的平均消息数.

    weekday  hour  messages  days_observed  mean_messages  posters
          1     9       132              4           33.0       41

All chosen groups together, always 7 × 24 rows. The mean divides by how often that weekday was observed in the window: days on
which no group of the dataset has any data are holes in the exports and count for nothing. Messages of exports that only keep days
are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Activity by hour and weekday", "发言时段分布")

COLUMNS = (
    Column("weekday", "int", Text("weekday", "星期"), Text("1 Monday to 7 Sunday", "1 为周一，7 为周日")),
    Column("hour", "int", Text("hour", "小时"), Text("hour of the day, 0 to 23", "0 至 23 时")),
    Column("messages", "int", Text("messages", "消息数")),
    Column(
        "days_observed",
        "int",
        Text("days", "观察天数"),
        Text("days of that weekday with data in any group", "有数据的该星期天数"),
    ),
    Column(
        "mean_messages",
        "float",
        Text("mean", "平均消息数"),
        Text("messages ÷ days observed; null where there is none", "消息数 ÷ 观察天数；无观察时为空"),
    ),
    Column("posters", "int", Text("posters", "发言人数"), Text("different people who posted", "不同发言人数")),
)


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit activity hours` has no options of its own."""


def _values(numbers: range) -> str:
    return ", ".join(f"({number})" for number in numbers)


SQL = f"""
WITH cells AS (
  SELECT weekday, hour, COUNT(timed) AS messages, COUNT(DISTINCT timed) AS posters, MIN(day) AS first_day
  FROM (
    SELECT day, iso_dow(day) AS weekday, HOUR(local_time) AS hour, CASE WHEN time_quality <> 'day' THEN person END AS timed
    FROM posts WHERE in_window
  ) spoken GROUP BY weekday, hour
), observed AS (
  SELECT iso_dow(day) AS weekday, COUNT(*) AS days_observed
  FROM days WHERE in_window AND observed
    AND (day >= (SELECT MIN(first_day) FROM cells) OR EXISTS (SELECT 1 FROM posts WHERE local_time < :since))
  GROUP BY iso_dow(day)
)
SELECT w.weekday, h.hour, COALESCE(cells.messages, 0) AS messages,
  COALESCE(observed.days_observed, 0) AS days_observed,
  CASE WHEN observed.days_observed > 0
    THEN COALESCE(cells.messages, 0) / NULLIF(observed.days_observed, 0) END AS mean_messages,
  COALESCE(cells.posters, 0) AS posters
FROM (VALUES {_values(range(1, 8))}) AS w(weekday)
CROSS JOIN (VALUES {_values(range(24))}) AS h(hour)
LEFT JOIN cells ON cells.weekday = w.weekday AND cells.hour = h.hour
LEFT JOIN observed ON observed.weekday = w.weekday
ORDER BY w.weekday, h.hour
"""
