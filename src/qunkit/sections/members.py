"""Who posted most."""

from __future__ import annotations

from qunkit.results import Section
from qunkit.week import Week, only
from qunkit.words import Text

PLACE = 85
TITLE = Text("Top members", "发言最多的成员")

TOP_MEMBERS = 10
_COLUMNS = ("name", "group_id", "group_name", "messages", "share", "active_days", "replies_got")


def section(week: Week) -> Section | None:
    """A row a member of a group."""
    if not week.this["messages"]:
        return None
    return Section("members", TITLE, result=only(week.result("activity_members"), _COLUMNS, TOP_MEMBERS))
