"""Groups needing attention: silent beyond their own rhythm, shrinking, or full of ads; why, and what to do next."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Row, Week, name, note, only
from qunkit.words import Text

PLACE = 20
TITLE = Text("Groups needing attention", "需要关注的群")

QUIET_DAYS = 7
"""Full days without a post after which a group is named whatever its rhythm: a whole week."""
_NONE = Text(
    "None: no group is silent beyond its own rhythm, shrinking, or full of ads.",
    "没有：各群未出现异常沉默、衰退或广告泛滥。",
)
_FELL = Text(
    "{name}: {messages_before} messages the week before, none this week; last post {last_post}.",
    "{name}：上周 {messages_before} 条，本周 0 条；最后发言 {last_post}。",
)
_STILL = Text("{name}: silent for {days} days.", "{name}：已沉默 {days} 天。")
_ALARMING = ("ad_ridden", "suspected", "dead", "dormant", "declining")
"""Stages of a group that needs somebody."""
_MORE = {
    "reason": {"many_ads": Text("many ads", "广告泛滥")},
    "next": {"remove": Text("remove ad accounts (ads offenders)", "移出广告号（ads offenders）")},
}
"""What a group that is alive can need all the same."""
_COLUMNS = (
    "group_id",
    "group_name",
    "stage",
    "since",
    "reason",
    "speakers",
    "change",
    "days_silent",
    "ad_ratio",
    "next",
)


def section(week: Week) -> Section | None:
    """A row a group, worst stage first; below, those that only fell silent. The page of a group that needs nobody says nothing."""
    stages, ads = week.result("lifecycle"), week.result("ads", total=True)
    ratios = {row["group_id"]: row["ad_ratio"] for row in week.rows("ads", total=True) if row["alarming"]}
    rows = [row for row in (_judged(row, ratios) for row in week.rows("lifecycle")) if row]
    lines = _silent(week.rows("compare_groups"), {row["group_id"] for row in rows})
    if not rows and not lines and week.group:
        return None
    if not rows:
        return Section("attention", TITLE, lines or [Note(_NONE)])
    columns = [
        replace(column, words={**(column.words or {}), **_MORE.get(column.name, {})}) if column.words else column
        for column in stages.columns
    ]
    ratio = next(column for column in ads.columns if column.name == "ad_ratio")
    told = replace(stages, columns=(*columns, ratio), cells=[tuple(row.values()) for row in rows], notes=[])
    return Section("attention", TITLE, lines, only(told, _COLUMNS))


def _judged(row: Row, ratios: dict[str, float]) -> Row | None:
    """The row of a group that needs somebody, with its share of ads where that is alarming."""
    ratio = ratios.get(row["group_id"])
    if row["stage"] in _ALARMING:
        return row | {"ad_ratio": ratio}
    if ratio is None:
        return None
    return row | {"since": None, "reason": "many_ads", "next": "remove", "ad_ratio": ratio}


def _silent(groups: list[Row], told: set[str]) -> list[Note]:
    """Groups without a message this week of which the stage says nothing."""
    silent = [
        row for row in groups if not row["messages"] and row["last_post"] is not None and row["group_id"] not in told
    ]
    fell = [row for row in silent if row["messages_before"]]
    still = [row for row in silent if not row["messages_before"] and (row["days_silent"] or 0) >= QUIET_DAYS]
    notes = [
        note(_FELL, {"name": name(row), "messages_before": row["messages_before"], "last_post": row["last_post"]})
        for row in fell
    ]
    return notes + [note(_STILL, {"name": name(row), "days": row["days_silent"]}) for row in still]
