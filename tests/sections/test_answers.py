"""Best questions and answers, from the figures of `response questions`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from qunkit.sections.answers import section
from support.weeks import dicts, week

TALK = [{"messages": 9}]
AT = datetime(2026, 5, 11, 9)


def asked(text, group="g", **more):
    return {
        "text": text, "group_id": group, "group_name": f"Group {group}", "asked_at": AT, "message_id": text, "answer": "十点", "answerers": 1, "evidence": "quote", "waited_s": 60.0,
    } | more  # fmt: skip


def listed(rows, group=None):
    found = section(replace(week(compare=TALK, response_questions=rows), group=group))
    return [row["text"] for row in dicts(found.result)]


def test_by_people_then_by_evidence_then_by_wait():
    rows = [
        asked("inferred", evidence="rule", waited_s=1.0),
        asked("later", asked_at=AT + timedelta(hours=1)),
        asked("slow", waited_s=61.0),
        asked("first"),
        asked("two", answerers=2, evidence="rule", waited_s=900.0),
        asked("sixth", evidence="rule", waited_s=2.0),
    ]
    assert listed(rows, "g") == ["two", "first", "later", "slow", "inferred"]


def test_answers_that_have_words_and_say_whom_they_answer():
    rows = [
        asked("picture", answer=None),
        asked("next", evidence="next"),
        asked("nobody", answerers=0),
        asked("waiting", answer=None, answerers=0, evidence=None),
        asked("named late", evidence="mention", waited_s=1800.5),
        asked("inferred late", evidence="rule", waited_s=1801.0),
        asked("named", evidence="mention", waited_s=1800.0),
        asked("quoted late", waited_s=80000.0),
    ]
    assert listed(rows, "g") == ["named", "quoted late"]


def test_of_all_groups_the_best_of_each():
    rows = [asked(f"{group}{n}", group, answerers=n) for n in (1, 2) for group in "abcdef"]
    assert listed(rows) == ["a2", "b2", "c2", "d2", "e2"]
    assert listed([asked("h", "h", answerers=3), *rows])[0] == "h"


def test_none():
    found = section(week(compare=TALK, response_questions=[asked("next", evidence="next")]))
    assert found.result is None
    assert [line.say("zh") for line in found.lines] == ["本周没有提问得到引用、@提问者或推断出的文字回答。"]
    assert section(week(compare=[{"messages": 0}])) is None
