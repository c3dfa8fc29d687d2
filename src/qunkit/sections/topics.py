"""Words that are new this week: what people talk about that they did not talk about before."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Week, only
from qunkit.words import Text

PLACE = 60
TITLE = Text("New topics", "新话题")

TOP = 10
CHANCE = 0.05
"""Share of chance findings among the words that are named."""
_NONE = Text(
    "No word was used by many more people than before.",
    "没有哪个词的使用人数明显多于以往。",
)
_COLUMNS = ("word", "senders", "groups", "expected", "example", "trend")


def section(week: Week) -> Section | None:
    """The most surprising first; of a group on its own page, those of the group."""
    if not week.this["messages"]:
        return None
    by = "fleet" if week.group is None else "group"
    found = week.result("topics", by=by)
    cells = [tuple(row.values()) for row in week.rows("topics", by=by) if row["q"] is not None and row["q"] < CHANCE]
    if not cells:
        return Section("topics", TITLE, [Note(_NONE)])
    columns = _COLUMNS if by == "fleet" else tuple(name for name in _COLUMNS if name != "groups")
    return Section("topics", TITLE, result=only(replace(found, cells=cells, notes=[]), columns, TOP))
