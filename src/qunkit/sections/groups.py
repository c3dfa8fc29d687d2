"""All groups, the liveliest first."""

from __future__ import annotations

from qunkit.results import Section
from qunkit.week import Week, only
from qunkit.words import Text

PLACE = 80
PAGES = ("fleet",)
TITLE = Text("Groups", "各群情况")

_COLUMNS = ("group_id", "group_name", "messages", "change", "posters", "posters_before", "joins", "removed", "days", "last_post")  # fmt: skip


def section(week: Week) -> Section:
    """Each against the week before."""
    return Section("groups", TITLE, result=only(week.result("compare_groups"), _COLUMNS))
