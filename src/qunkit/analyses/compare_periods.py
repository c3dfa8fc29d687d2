"""The window and the periods before it, 与此前各期对比: one row a period of equal length, the oldest first, so that a week can be seen against what is usual.

         since  messages  posters  groups  joins  removed  data_days  hole_days
    2026-03-16      4310      205      12      9        0          7          0
    2026-05-11      4120      211      11     31        4          7          0

People count once however many groups they post in; a join is a person-time (人次). `compare` says of the window and the one before who is new and who fell silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.results import Column
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Against the periods before", "与此前各期对比")

COLUMNS = (
    Column("since", "date", Text("from", "起始"), Text("first day of the period", "该期首日")),
    Column("messages", "int", Text("messages", "消息数"), Text("people's messages", "成员消息，不含系统提示")),
    Column("posters", "int", Text("posters", "发言人数"), Text("people who posted", "至少发言一次的人数")),
    Column("groups", "int", Text("groups", "有消息的群"), Text("groups with at least one message", "至少有一条消息的群"), spare=1),
    Column("joins", "int", Text("joins", "入群"), Text("invited, by QR code or otherwise; person-times in notices", "邀请、扫码等入群人次，据系统提示"), spare=2),
    Column("removed", "int", Text("removed", "被移出"), Text("person-times in notices", "被移出人次，据系统提示"), spare=3),
    Column("data_days", "int", Text("days with data", "有数据天数"), Text("days with data in any group; 0: nothing is known, counts are null", "任一群有数据的天数；为 0 时各项为空"), spare=4),
    Column("hole_days", "int", Text("days without data", "无数据天数"), Text("days on which no group of the dataset has any data: not exported, not silent", "全部群均无数据的日子：未导出，并非沉默"), spare=5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """How far back."""

    before: int = option(8, Text("periods before the window; those that the data do not reach back to are left out", "窗口之前的期数；数据未完整覆盖的不列出"), least=1, most=520)  # fmt: skip


_BACK = "CASE WHEN {time} >= :since THEN 0 ELSE CEIL((epoch_s(:since) - epoch_s({time})) / NULLIF(epoch_s(:until) - epoch_s(:since), 0)) END"
"""The period of a time: 0 the window, 1 the one before."""

SQL = f"""
WITH people AS (
  SELECT back, person, COUNT(*) AS messages FROM (SELECT person, {_BACK.format(time="local_time")} AS back FROM posts) placed
  WHERE back <= :before GROUP BY back, person
), counted AS (
  SELECT back, SUM(messages) AS messages, COUNT(*) AS posters FROM people GROUP BY back
), spoken AS (
  SELECT back, COUNT(DISTINCT group_id) AS groups FROM (SELECT group_id, {_BACK.format(time="local_time")} AS back FROM posts) placed GROUP BY back
), moved AS (
  SELECT back, SUM(CASE WHEN event <> 'removed' THEN people ELSE 0 END) AS joins, SUM(CASE WHEN event = 'removed' THEN people ELSE 0 END) AS removed
  FROM (
    SELECT event, COALESCE(size(target_ids), 1) AS people, {_BACK.format(time="local_time")} AS back FROM messages
    WHERE event IN ('invited', 'joined_qr', 'joined', 'removed')
  ) moves GROUP BY back
), covered AS (
  SELECT back, COUNT(*) AS days, SUM(CASE WHEN observed THEN 1 ELSE 0 END) AS data_days, SUM(CASE WHEN observed THEN 0 ELSE 1 END) AS hole_days
  FROM (SELECT observed, {_BACK.format(time="CAST(day AS TIMESTAMP)")} AS back FROM days WHERE CAST(day AS TIMESTAMP) < :until) dated GROUP BY back
)
SELECT covered.back,
  CASE WHEN data_days > 0 THEN COALESCE(counted.messages, 0) END AS messages,
  CASE WHEN data_days > 0 THEN COALESCE(counted.posters, 0) END AS posters,
  CASE WHEN data_days > 0 THEN COALESCE(spoken.groups, 0) END AS groups,
  CASE WHEN data_days > 0 THEN COALESCE(moved.joins, 0) END AS joins,
  CASE WHEN data_days > 0 THEN COALESCE(moved.removed, 0) END AS removed,
  data_days, hole_days, :since AS since, :until AS until
FROM covered
LEFT JOIN counted ON counted.back = covered.back
LEFT JOIN spoken ON spoken.back = covered.back
LEFT JOIN moved ON moved.back = covered.back
WHERE covered.back = 0 OR covered.back <= :before AND covered.days * 86400 >= epoch_s(:until) - epoch_s(:since)
ORDER BY covered.back DESC
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The first day of each period instead of its number."""
    frame["since"] = (frame["since"] - frame["back"] * (frame["until"] - frame["since"])).dt.date
    counts = [column.name for column in COLUMNS if column.type == "int"]
    return frame[[column.name for column in COLUMNS]].astype(dict.fromkeys(counts, "Int64"))
