"""Accounts that posted ads this week: a list to remove from."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Week, name, only
from qunkit.words import Text

PLACE = 35
TITLE = Text("Ad accounts", "广告账号")

TOP = 10
LEAST = 3
"""Ads of the week below which nobody is named: one or two may be mistaken for ads."""
_ALL = Text("Counted over all groups.", "按全部群合计。")
_COLUMNS = ("sender_name", "sender_id", "ads", "ad_share", "first_ad", "last_ad", "group_names")


def section(week: Week) -> Section | None:
    """Those with the most ads; none: the section on ads has said so. On the page of one group those of them who are in it, with what they did in all."""
    fleet = week.fleet or week
    rows = [row for row in fleet.rows("ads_offenders") if row["ads"] >= LEAST]
    if week.group:
        (here,) = week.rows("compare_groups")
        present = {row["member_id"] for row in week.rows("activity_members")}
        rows = [row for row in rows if name(here) in row["group_names"] and present & {row["sender_id"], *row["other_ids"]}]  # fmt: skip
    if not rows:
        return None
    found = replace(fleet.result("ads_offenders"), cells=[tuple(row.values()) for row in rows], notes=[])
    if week.group and len(fleet.rows("compare_groups")) == 1:
        return Section("offenders", TITLE, result=only(found, _COLUMNS[:-1], TOP))
    return Section("offenders", TITLE, [Note(_ALL)] if week.group else [], only(found, _COLUMNS, TOP))
