"""Groups in which complaints burst, or in which somebody complains of something grave: why, and what to do next."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Section
from qunkit.week import Week, only
from qunkit.words import Text

PLACE = 25
TITLE = Text("Complaints", "投诉")

_COLUMNS = ("group_id", "group_name", "reason", "people", "expected", "complaints", "share", "about", "next", "trend")


def section(week: Week) -> Section | None:
    """A row a group, bursts first; nothing where there is no reason to look."""
    if not week.this["messages"]:
        return None
    cells = [tuple(row.values()) for row in week.rows("complaints") if row["reason"]]
    if not cells:
        return None
    found = replace(week.result("complaints"), cells=cells, notes=[])
    return Section("complaints", TITLE, result=only(found, _COLUMNS))
