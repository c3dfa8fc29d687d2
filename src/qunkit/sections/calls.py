"""Announcements and calls of the week, and who answered."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Week, note, only
from qunkit.words import Text

PLACE = 45
TITLE = Text("Calls and who answered", "号召响应")

TOP = 10
_NONE = Text("No announcement, @everyone or sign-up list this week.", "本周没有群公告、@所有人或接龙。")
_ABOUT = Text(
    "Calls: {calls}; {lifted} of them got more answers within 5 minutes than is usual at such times.",
    "号召 {calls} 次，其中 {lifted} 次在 5 分钟内的响应高于同类时段的常态。",
)
_UNKNOWN = Text("What is usual is not known yet of {unknown} calls.", "{unknown} 次号召尚无足够记录判断常态。")
_MOST = Text("The newest {top} are shown: `qunkit calls` lists all.", "仅列最近 {top} 次，全部见 `qunkit calls`。")
_COLUMNS = ("at", "group_id", "group_name", "name", "kind", "text", "in_30", "lift", "rate", "members", "first_s")  # fmt: skip


def section(week: Week) -> Section | None:
    """The newest calls first."""
    if not week.this["messages"]:
        return None
    rows = week.rows("calls")
    if not rows:
        return Section("calls", TITLE, [Note(_NONE)])
    known = [row for row in rows if row["lift"] is not None]
    lines = [note(_ABOUT, {"calls": len(rows), "lifted": sum(row["lift"] > 0 for row in known)})]
    if len(known) < len(rows):
        lines.append(note(_UNKNOWN, {"unknown": len(rows) - len(known)}))
    if len(rows) > TOP:
        lines.append(note(_MOST, {"top": TOP}))
    cells = [tuple(row.values()) for row in reversed(rows)]
    return Section("calls", TITLE, lines, only(replace(week.result("calls"), cells=cells, notes=[]), _COLUMNS, TOP))
