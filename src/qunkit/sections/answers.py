"""Questions of the week that most people answered, with the first answer: to be read, and copied into a FAQ (群精华)."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Note, Section
from qunkit.week import Row, Week, only
from qunkit.words import Text

PLACE = 52
TITLE = Text("Best questions and answers", "精选问答")

TOP = 5
"""Questions; on the page of all groups one of each group at most."""
SOON = 1800.0
"""Seconds within which a response that quotes nothing is taken for the answer: later, a mention may be of something else."""
_NONE = Text(
    "No question of this week has an answer in words that quotes it, names who asked, or is inferred.",
    "本周没有提问得到引用、@提问者或推断出的文字回答。",
)
_ABOUT = Text(
    "By how many people answered, not by how good the answer is: read before you copy one. Inferred answers may be none.",
    "按回答人数排列，不代表回答质量，收入群精华前请先核对；推断的回答可能有误。",
)
_ASKED = Text("asked by", "提问者")
_COLUMNS = ("text", "answer", "group_id", "group_name", "responder_name", "answerers", "evidence", "waited_s", "name", "asked_at")  # fmt: skip

_SPARE = ("answer", "answerers", "responder_name", "name", "waited_s", "asked_at", "evidence")
"""From what gives way never to what gives way first."""


def section(week: Week) -> Section | None:
    """By people who answered; of as many, those quoted or named before those inferred, then the sooner answered first."""
    if not week.this["messages"]:
        return None
    rows = sorted(filter(_is_answered, week.rows("response_questions")), key=_place)
    if not week.group:
        rows = sorted({row["group_id"]: row for row in reversed(rows)}.values(), key=_place)
    if not rows:
        return Section("answers", TITLE, [Note(_NONE)])
    found = week.result("response_questions")
    columns = [replace(one, spare=_SPARE.index(one.name)) if one.name in _SPARE else one for one in found.columns]
    named = tuple(replace(one, label=_ASKED) if one.name == "name" else one for one in columns)
    found = replace(found, columns=named, cells=[tuple(row.values()) for row in rows], notes=[])
    return Section("answers", TITLE, [Note(_ABOUT)], only(found, _COLUMNS, TOP))


def _is_answered(row: Row) -> bool:
    """Whether the first response has words, and more to show for it than that it came next."""
    soon = row["evidence"] == "quote" or (row["evidence"] in ("mention", "rule") and row["waited_s"] <= SOON)
    return bool(row["answer"] and row["answerers"] and soon)


def _place(row: Row) -> tuple[object, ...]:
    return -row["answerers"], row["evidence"] == "rule", row["waited_s"], row["asked_at"], row["message_id"]
