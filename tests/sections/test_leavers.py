"""Regulars gone silent, from the figures of `churn silent`."""

from __future__ import annotations

from qunkit.sections.leavers import section
from support.weeks import dicts, week

TALK = [{"messages": 9}]


def silent(name, **more):
    return {"name": name, "group_name": "Group", "state": "silent", "days_silent": 20, "active_days": 30, "beyond": True} | more  # fmt: skip


def test_those_beyond_their_rhythm_who_are_still_news_in_their_order():
    rows = [
        silent("a", days_silent=56),
        silent("old", days_silent=57),
        silent("b", active_days=8, role="admin"),
        silent("guest", active_days=7),
        silent("usual", beyond=False),
        silent("few", active_days=4, beyond=None),
        silent("never", state="never", active_days=0, beyond=None, days_silent=3),
    ]
    found = section(week(compare=TALK, churn_silent=rows))
    assert [(row["name"], row["days_silent"], row["active_days"], row["role"]) for row in dicts(found.result)] == [
        ("a", 56, 30, None),
        ("b", 20, 8, "admin"),
    ]
    assert found.lines == []


def test_of_many_the_first_twenty_and_how_many_there_are():
    found = section(week(compare=TALK, churn_silent=[silent(f"m{n}") for n in range(21)]))
    assert [row["name"] for row in dicts(found.result)] == [f"m{n}" for n in range(20)]
    assert found.lines[0].say("en") == "The 20 most active of 21; the others: qunkit churn silent."


def test_nobody():
    found = section(week(compare=TALK, churn_silent=[silent("usual", beyond=False)]))
    assert (found.result, [line.say("en") for line in found.lines]) == (None, ["No regular is silent beyond their own rhythm."])  # fmt: skip
    assert section(week(compare=[{"messages": 0}])) is None
