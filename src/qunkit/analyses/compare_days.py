"""Day by day against the week before, 逐日与上周同日对比: one row a day to the end of the window, holes among them.

           day  messages  posters  messages_before
    2026-05-15       612       98              580
    2026-05-16       744      121              701

`messages_before` is the same weekday a week earlier. A day on which no group of the dataset has any data is a hole: null, not 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.dataset import option
from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Day by day", "逐日对比")

COLUMNS = (
    Column("day", "date", Text("day", "日期")),
    Column("messages", "int", Text("messages", "消息数"), Text("people's messages; null: no data that day in any group", "成员消息，不含系统提示；当日全部群无数据时为空")),
    Column("posters", "int", Text("posters", "发言人数"), Text("people who posted, each once", "发言人数，跨群去重")),
    Column("messages_before", "int", Text("a week before", "上周同日"), Text("messages seven days earlier", "七天前的消息数")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """How far back."""

    days: int = option(28, Text("days to the end of the window", "截至窗口末日的天数"), least=1, most=3660)


SQL = """
WITH counted AS (
  SELECT day, COUNT(*) AS messages, COUNT(DISTINCT person) AS posters FROM posts GROUP BY day
), told AS (
  SELECT days.day,
    CASE WHEN days.observed THEN COALESCE(counted.messages, 0) END AS messages,
    CASE WHEN days.observed THEN COALESCE(counted.posters, 0) END AS posters
  FROM days LEFT JOIN counted ON counted.day = days.day
)
SELECT day, messages, posters, messages_before
FROM (SELECT told.*, LAG(messages, 7) OVER (ORDER BY day) AS messages_before FROM told) lagged
WHERE epoch_s(CAST(day AS TIMESTAMP)) >= epoch_s(:until) - :days * 86400 AND epoch_s(CAST(day AS TIMESTAMP)) < epoch_s(:until)
ORDER BY day
"""
