"""When members ask and when staff answer, 答疑值守: questions by hour and weekday.

    weekday  hour  working  questions  answered  staff_answered  staff_share  staff_median_s  median_s
          1     9  true            41        30              22         0.54            1260       300
          6    22  false           18        11               0         0.00                       840

All chosen groups together, always 7 × 24 rows, by when the question was asked. What a question and a response are: docs/methods/response.md. Groups without staff in qunkit.toml count
in `questions` and `answered`; what is told of staff is of those that have some. Messages of exports that only keep days are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.arrays import column
from qunkit.methods import response
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TITLE = Text("Response by hour and weekday", "各时段提问与响应")

COLUMNS = (
    Column("weekday", "int", Text("weekday", "星期"), Text("1 Monday to 7 Sunday", "1 为周一，7 为周日")),
    Column("hour", "int", Text("hour", "小时"), Text("hour of the day, 0 to 23", "0 至 23 时")),
    Column("working", "bool", Text("working hours", "工作时段"), Text("whether the hour begins in working hours ([response] in qunkit.toml)", "该小时起点是否在工作时段内（qunkit.toml 的 [response]）"), spare=2),
    Column("questions", "int", Text("questions", "提问"), Text("members' questions asked in that hour", "该时段成员的提问数")),
    Column("answered", "int", Text("answered", "有人响应"), Text("by anybody, within 24 hours", "24 小时内有人响应的提问数"), spare=1),
    Column("staff_questions", "int", Text("where there are staff", "有官方的群"), Text("of the questions, those in groups with staff: what `staff_share` is of", "其中有官方人员的群内的提问，即官方响应率的分母"), spare=3),
    Column("staff_answered", "int", Text("answered by staff", "官方响应"), Text("by staff, within 24 hours; null: no group has staff", "24 小时内有官方响应的提问数；均未配置官方人员时为空")),
    Column("staff_share", "ratio", Text("staff share", "官方响应率"), Text("of questions in groups with staff, answered by staff within 24 hours; null below 5 of them", "有官方的群内的提问中，24 小时内获官方响应的占比；不足 5 个时为空")),
    Column("answered_share", "ratio", Text("share answered", "响应率"), Text("of questions, answered by anybody within 24 hours; null below 5 questions", "24 小时内有人响应的提问占比；不足 5 个时为空"), spare=2),
    Column("median_s", "seconds", Text("median wait", "首响中位数"), Text("until the first response by anybody, unanswered questions counted; null below 5 questions, or if less than half are answered in 24 hours", "至首次响应的时长中位数，未获响应的也计入；不足 5 个提问或 24 小时内不足一半时为空")),
    Column("staff_median_s", "seconds", Text("staff's median", "官方首响中位数"), Text("the same until the first response by staff", "至官方首次响应的时长中位数")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit response hours` has no options of its own."""


FEATURES = ("ads",)
PYTHON = True
PART_SQL = response.LINES


def _values(numbers: range) -> str:
    return ", ".join(f"({number})" for number in numbers)


_DAYS = " ".join(f"WHEN {day} THEN conventions.response_day_{day}" for day in range(1, 8))

SQL = f"""
WITH staff AS (
  SELECT group_id, COUNT(*) AS known FROM accounts WHERE kind = 'staff' GROUP BY group_id
), asked AS (
  SELECT parts.weekday, parts.hour, parts.wait, parts.answered, parts.staff_wait, parts.staff_answered,
    COALESCE(here.known, 0) + COALESCE(everywhere.known, 0) > 0 AS with_staff
  FROM parts LEFT JOIN staff here ON here.group_id = parts.part LEFT JOIN staff everywhere ON everywhere.group_id IS NULL
)
SELECT w.weekday, h.hour,
  CASE w.weekday {_DAYS} END > 0 AND CASE WHEN conventions.response_begin < conventions.response_end
    THEN h.hour * 60 >= conventions.response_begin AND h.hour * 60 < conventions.response_end
    ELSE h.hour * 60 >= conventions.response_begin OR h.hour * 60 < conventions.response_end END AS working,
  asked.wait, asked.answered, asked.staff_wait, asked.staff_answered, asked.with_staff
FROM (VALUES {_values(range(1, 8))}) AS w(weekday)
CROSS JOIN (VALUES {_values(range(24))}) AS h(hour)
CROSS JOIN conventions
LEFT JOIN asked ON asked.weekday = w.weekday AND asked.hour = h.hour
ORDER BY w.weekday, h.hour, asked.wait, asked.staff_wait, asked.answered, asked.staff_answered
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """One row a question of one group."""
    import pyarrow as pa

    from qunkit.methods.response import questions

    asked = questions(table)
    lines = column(asked.line)
    return pa.table(
        {
            "part": table["part"].take(lines),
            "weekday": table["weekday"].take(lines),
            "hour": table["hour"].take(lines),
            "wait": column(asked.wait.round(6)),
            "answered": pa.array(asked.answered),
            "staff_wait": column(asked.staff_wait.round(6)),
            "staff_answered": pa.array(asked.staff_answered),
        }
    )


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row an hour of a weekday."""
    import pandas as pd

    told = bool(frame["with_staff"].eq(True).any())
    rows = [_cell(part, told) for _, part in frame.groupby(["weekday", "hour"], sort=True)]
    return pd.DataFrame(rows, columns=[column.name for column in COLUMNS])


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Where nobody is staff."""
    asked = int(frame["questions"].sum())
    return [Note(_NO_STAFF)] if asked and frame["staff_answered"].isna().all() else []


_NO_STAFF = Text(
    "No staff is named for these groups: write [staff] into qunkit.toml to see their responses apart.",
    "这些群未配置官方人员：请在 qunkit.toml 的 [staff] 中填写，以单独统计官方响应。",
)


def _cell(part: pd.DataFrame, told: bool) -> list[Any]:
    import numpy as np

    from qunkit.methods.response import DAY, answered_within, quantile

    first, asked = part.iloc[0], part[part["wait"].notna()]
    wait, answered = asked["wait"].to_numpy(float), asked["answered"].to_numpy(bool)
    ours = asked["with_staff"].to_numpy(bool)
    staff_wait, staff = asked["staff_wait"].to_numpy(float)[ours], asked["staff_answered"].to_numpy(bool)[ours]
    n = int(np.count_nonzero(ours))
    return [
        int(first["weekday"]), int(first["hour"]), bool(first["working"]), len(asked), int(answered.sum()), n, int(staff.sum()) if told else None,
        answered_within(staff_wait, staff, DAY), answered_within(wait, answered, DAY), quantile(wait, answered, 0.5), quantile(staff_wait, staff, 0.5),
    ]  # fmt: skip
