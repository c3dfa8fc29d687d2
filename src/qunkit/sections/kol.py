"""Key people: who gets replies, and whom one turn of theirs pulls along, by this week and the eight before it.

One week has too few turns of anybody to tell who pulls; turns count half after four weeks, so that it is about now.
"""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import WEEKS, Row, Week, note, only
from qunkit.words import Text

PLACE = 40
TITLE = Text("Key people", "关键人物")

TOP = 10
CHANCE = 0.02
"""Share of chance findings among those who are named as KOL: the report asks of every group, every week."""
HALF_LIFE = 28.0
"""Days."""
_NONE = Text("Nobody stands out by the replies of these weeks.", "近几周没有在回复上突出的成员。")
_OVER = Text(
    "By this week and the {weeks} before it; turns count half after {days} days.",
    "按本周及此前 {weeks} 周统计，发言权重每 {days} 天减半。",
)
_COLUMNS = ("name", "group_id", "group_name", "labels", "volume", "pull", "low", "high", "turns", "confidence")


def section(week: Week) -> Section | None:
    """KOLs and 团长, by volume."""
    if not week.this["messages"]:
        return None
    found = week.over_weeks("kol", {"half_life": HALF_LIFE}) if week.past else week.result("kol")
    lines = [note(_OVER, {"weeks": WEEKS, "days": int(HALF_LIFE)})] if week.past else []
    rows = sorted(filter(_is_key, week.rows_of(found)), key=lambda row: -(row["volume"] or 0))
    if not rows:
        return Section("kol", TITLE, [Note(_NONE), *lines])
    cells = [tuple(row.values()) for row in rows]
    return Section("kol", TITLE, lines, result=only(replace(found, cells=cells, notes=[]), _COLUMNS, TOP))


def _is_key(row: Row) -> bool:
    return "leader" in row["labels"] or ("kol" in row["labels"] and row["q"] is not None and row["q"] <= CHANCE)
