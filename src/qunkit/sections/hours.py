"""When people talk: hours by weekdays."""

from __future__ import annotations

from qunkit.ink import WEEKDAYS
from qunkit.results import Chart, Role, Section
from qunkit.week import Week, note
from qunkit.words import Text

PLACE = 90
TITLE = Text("Busiest hours", "活跃时段")

_MEAN = Text("Mean messages by hour and weekday", "各时段平均消息数")
_ABOUT = Text(
    "Mean messages in each hour of each weekday; most on {weekday} at {hour}:00, {mean}.",
    "一周各时段的平均消息数；{weekday} {hour} 点最多，为 {mean} 条。",
)


def section(week: Week) -> Section | None:
    """A heat map."""
    if not week.this["messages"]:
        return None
    known = [row for row in week.rows("activity_hours") if row["mean_messages"] is not None]
    if not known:
        return None
    top = max(known, key=lambda row: row["mean_messages"])
    weekday = WEEKDAYS[top["weekday"] - 1]
    about = note(_ABOUT, {"weekday": weekday, "hour": str(top["hour"]), "mean": top["mean_messages"]})
    roles: dict[Role, str] = {"weekday": "weekday", "hour": "hour", "value": "mean_messages"}
    return Section("hours", TITLE, charts=[Chart("hours", "heat", _MEAN, about, week.result("activity_hours"), roles)])
