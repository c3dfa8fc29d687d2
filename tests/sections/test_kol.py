"""Key people, from the figures of `kol`."""

from __future__ import annotations

from dataclasses import replace

from qunkit.sections.kol import section
from support.weeks import dicts, week

TALK = [{"messages": 9}]


def somebody(name, *labels, q=None, volume=1.0):
    return {"name": name, "labels": list(labels), "q": q, "volume": volume}


def test_kols_that_are_hardly_chance_and_leaders():
    found = section(
        week(
            compare=TALK,
            kol=[somebody("a", "kol", q=0.02), somebody("b", "kol", q=0.03, volume=9.0), somebody("c", "leader", volume=2.0), somebody("d", "koc", q=0.5)],
        )
    )  # fmt: skip
    assert [row["name"] for row in dicts(found.result)] == ["c", "a"]
    assert found.lines == []


def test_nine_weeks_are_asked_where_that_can_be():
    told = week(compare=TALK, kol=[somebody("a", "kol", q=0.5)])
    asked = []

    def past(name, params):
        asked.append((name, dict(params)))
        return told.ask(name, params)

    found = section(replace(told, past=past))
    assert asked == [("kol", {"half_life": 28.0})]
    assert [line.text.en.split()[0] for line in found.lines] == ["Nobody", "By"]
