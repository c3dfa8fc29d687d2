"""Regulars who fell silent beyond their own rhythm: whom to call while they still remember the group."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Row, Week, note, only
from qunkit.words import Text

PLACE = 42
TITLE = Text("Regulars gone silent", "老成员沉默")

TOP = 20
REGULAR = 8
"""Active days of a regular."""
RECENT = 56
"""Days of silence after which somebody is no news: eight weeks of reports have named them."""
_NONE = Text("No regular is silent beyond their own rhythm.", "没有老成员的沉默超出其自身规律。")
_MORE = Text(
    "The {shown} most active of {found}; the others: qunkit churn silent.",
    "共 {found} 人，只列最活跃的 {shown} 人；其余见 qunkit churn silent。",
)
_COLUMNS = ("name", "group_id", "group_name", "role", "last_spoke", "days_silent", "active_days")


def section(week: Week) -> Section | None:
    """Those whose silence of the last eight weeks is beyond their rhythm, the most active first."""
    if not week.this["messages"]:
        return None
    rows = [row for row in week.rows("churn_silent") if _is_news(row)]
    if not rows:
        return Section("leavers", TITLE, [Note(_NONE)])
    lines = [note(_MORE, {"shown": TOP, "found": len(rows)})] if len(rows) > TOP else []
    found = replace(week.result("churn_silent"), cells=[tuple(row.values()) for row in rows], notes=[])
    return Section("leavers", TITLE, lines, only(found, _COLUMNS, TOP))


def _is_news(row: Row) -> bool:
    return bool(row["beyond"] and row["active_days"] >= REGULAR and row["days_silent"] <= RECENT)
