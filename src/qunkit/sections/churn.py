"""Members at risk of falling silent: who would be missed most of those who said nothing for a week."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Row, Week, note, only
from qunkit.words import Text

PLACE = 55
PAGES = ("group",)
TITLE = Text("At risk of falling silent", "流失风险名单")

TOP = 10
SILENT = range(7, 31)
"""Days: who spoke this week is here, who has been silent for longer is gone."""
ACTIVE = 4
"""Days with a message below which nobody is known well enough to be missed."""
_NONE = Text(
    "Nobody who posted on {active} days or more has been silent for {least} to {most} days.",
    "没有发言满 {active} 天、已沉默 {least} 至 {most} 天的成员。",
)
_ABOUT = Text(
    "Members: {members}. They posted on {active} days or more and have been silent for {least} to {most} days; first who would be missed most (risk × active days).",
    "共 {members} 人：发言满 {active} 天、已沉默 {least} 至 {most} 天；按“流失风险 × 发言天数”排列。",
)
_NOT_CALIBRATED = Text(
    "The risks are not calibrated: the log is too short. Go by the order.", "记录太短，风险未校准：请看排序，勿看数值。"
)
_COLUMNS = ("name", "group_id", "group_name", "p_silent", "days_silent", "active_days", "last_spoke", "reasons")


def section(week: Week) -> Section | None:
    """By what is at stake."""
    if not week.this["messages"]:
        return None
    facts = {"active": ACTIVE, "least": SILENT[0], "most": SILENT[-1]}
    rows = sorted(filter(_is_at_risk, week.rows("churn_risk")), key=lambda row: -row["p_silent"] * row["active_days"])
    if not rows:
        return Section("churn", TITLE, [note(_NONE, facts)])
    lines = [note(_ABOUT, {"members": len(rows), **facts})]
    if any(row["basis"] == "shipped" for row in rows):
        lines.append(Note(_NOT_CALIBRATED))
    cells = [tuple(row.values()) for row in rows]
    told = replace(week.result("churn_risk"), cells=cells, notes=[])
    return Section("churn", TITLE, lines, only(told, _COLUMNS, TOP))


def _is_at_risk(row: Row) -> bool:
    return row["p_silent"] is not None and row["days_silent"] in SILENT and row["active_days"] >= ACTIVE
