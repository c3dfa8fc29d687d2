"""When people talk: hours by weekdays."""

from __future__ import annotations

from qunkit.results import Section
from qunkit.week import Week
from qunkit.words import Text

PLACE = 90
TITLE = Text("Busiest hours", "活跃时段")


def section(week: Week) -> Section | None:
    """A heat map."""
    return Section("hours", TITLE, result=week.result("activity_hours")) if week.this["messages"] else None
