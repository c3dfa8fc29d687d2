"""Accounts that posted ads this week: a list to remove from."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Section
from qunkit.week import Week, only
from qunkit.words import Text

PLACE = 35
TITLE = Text("Ad accounts", "广告账号")

TOP = 10
_COLUMNS = ("sender_name", "sender_id", "ads", "ad_share", "first_ad", "last_ad", "group_names")


def section(week: Week) -> Section | None:
    """Those with the most ads; none: the section on ads has said so."""
    found = week.result("ads_offenders")
    if not week.rows("ads_offenders"):
        return None
    return Section("offenders", TITLE, result=only(replace(found, notes=[]), _COLUMNS, TOP))
