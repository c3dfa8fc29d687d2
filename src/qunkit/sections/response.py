"""How soon questions of the week were answered, group by group."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Column, Figure, Note, Section
from qunkit.week import Row, Week, only
from qunkit.words import Text

PLACE = 48
TITLE = Text("How soon questions are answered", "提问响应")

_NONE = Text("No questions this week.", "本周没有提问。")
_DAYS_ONLY = Text("The exports tell days only, no times.", "导出只有日期，没有时间。")
_NO_STAFF = Text("Who is staff is not known: see [staff] in qunkit.toml.", "未配置官方人员（qunkit.toml 的 [staff]）。")
_FEW = Text("Fewer than 5 questions.", "提问不足 5 个。")
_LATE = Text("Less than half within 24 hours.", "24 小时内不足一半。")
_INFERRED = Text(
    "Responses without a quote or mention are inferred: single ones may be wrong.",
    "未引用也未@的响应为推断，个别可能有误。",
)
_COLUMNS = ("group_id", "group_name", "questions", "answered_30m", "median_s", "staff_30m", "staff_median_s", "unanswered", "explicit")  # fmt: skip
_FIGURES = ("questions", "answered_30m", "median_s", "staff_median_s", "unanswered")


def section(week: Week) -> Section | None:
    """Of all groups a table, of one figures."""
    if not week.this["messages"]:
        return None
    rows = [row for row in week.rows("response") if row["questions"] or row["clock"] == "day"]
    if not rows:
        return Section("response", TITLE, [Note(_NONE)])
    found = week.result("response")
    if week.group:
        columns = [column for name in _FIGURES for column in found.columns if column.name == name]
        figures = [Figure(column, rows[0][column.name], compared=False, note=_why(column, rows[0])) for column in columns]  # fmt: skip
        return Section("response", TITLE, [Note(_INFERRED)], figures=figures)
    rows.sort(key=lambda row: (-(row["questions"] or 0), row["group_id"]))
    told = only(replace(found, cells=[tuple(row.values()) for row in rows], notes=[Note(_INFERRED)]), _COLUMNS)
    return Section("response", TITLE, result=told)


def _why(column: Column, row: Row) -> Note | None:
    """Why there is no value."""
    if row[column.name] is not None:
        return None
    if row["clock"] == "day":
        return Note(_DAYS_ONLY)
    if row["questions"] < 5:
        return Note(_FEW)
    if column.name == "staff_median_s" and row["staff_30m"] is None:
        return Note(_NO_STAFF)
    return Note(_LATE)
