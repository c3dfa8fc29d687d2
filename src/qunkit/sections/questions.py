"""Questions of the week that nobody answered, and newcomers whom nobody answered yet."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Result, Section
from qunkit.week import Week, note, only
from qunkit.words import Text

PLACE = 50
TITLE = Text("Waiting for an answer", "等待回应")

TOP = 10
_NONE = Text("No question of this week, and no newcomer, waits for an answer.", "本周没有待回应的提问或新人。")
_ASKED = Text(
    "Of {questions} questions {waiting} have no answer yet.", "本周提问 {questions} 个，其中 {waiting} 个尚无回应。"
)
_CAME = Text("Newcomers whom nobody answered: {waiting}.", "无人回应的新人：{waiting} 人。")
_QUESTIONS = Text("Questions", "未回应的提问")
_NEWCOMERS = Text("Newcomers", "无人回应的新人")


def section(week: Week) -> Section | None:
    """The newest of both."""
    if not week.this["messages"]:
        return None
    asked, came = week.rows("response_questions"), week.rows("growth_unanswered")
    waiting = [tuple(row.values()) for row in asked if row["state"] == "waiting"]
    if not waiting and not came:
        return Section("questions", TITLE, [Note(_NONE)])
    lines = [note(_ASKED, {"questions": len(asked), "waiting": len(waiting)}), note(_CAME, {"waiting": len(came)})]
    below = [
        _table("waiting", _QUESTIONS, replace(week.result("response_questions"), cells=waiting), ("asked_at", "group_id", "group_name", "name", "text", "waited_s")),
        _table("newcomers", _NEWCOMERS, week.result("growth_unanswered"), ("came_at", "group_id", "group_name", "name", "text", "days_waiting")),
    ]  # fmt: skip
    return Section("questions", TITLE, lines, sections=[one for one in below if one])


def _table(name: str, title: Text, found: Result, columns: tuple[str, ...]) -> Section | None:
    told = only(replace(found, notes=[]), columns, TOP)
    return Section(name, title, result=told) if told.cells else None
