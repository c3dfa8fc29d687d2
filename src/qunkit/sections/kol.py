"""Key people of the week: who got replies, and whom one turn of theirs pulled along."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Week, only
from qunkit.words import Text

PLACE = 40
TITLE = Text("Key people", "关键人物")

TOP = 10
_LABELS = {"kol", "leader"}
"""Of those that `qunkit kol` gives; a rise within one week is too often chance."""
_NONE = Text("Nobody stands out by the replies of this week.", "本周没有在回复上突出的成员。")
_COLUMNS = ("name", "group_name", "labels", "volume", "pull", "low", "high", "turns", "confidence")


def section(week: Week) -> Section | None:
    """KOLs and 团长, by volume."""
    if not week.this["messages"]:
        return None
    found = week.result("kol")
    rows = sorted(
        (row for row in week.rows("kol") if _LABELS.intersection(row["labels"])), key=lambda row: -(row["volume"] or 0)
    )
    if not rows:
        return Section("kol", TITLE, [Note(_NONE)])
    cells = [tuple(row.values()) for row in rows]
    return Section("kol", TITLE, result=only(replace(found, cells=cells, notes=[]), _COLUMNS, TOP))
