"""New words of the week, from the figures of `topics`."""

from __future__ import annotations

from dataclasses import replace

from qunkit.sections.topics import section
from support.weeks import dicts, week

TALK = [{"messages": 9}]
NAMED = {"word": "露营", "senders": 6, "groups": 2, "q": 0.01}


def test_words_that_are_hardly_found_by_chance():
    found = section(
        week(compare=TALK, topics=[NAMED, NAMED | {"word": "好的", "q": 0.05}, NAMED | {"word": "帐篷", "q": None}])
    )
    assert [(row["word"], row["senders"], row["groups"]) for row in dicts(found.result)] == [("露营", 6, 2)]


def test_the_page_of_a_group_has_its_own_words():
    """Asked in each group; in how many groups a word was used is of no use there."""
    asked = []
    told = week(compare=TALK, topics=[NAMED])

    def ask(name, params):
        asked.append((name, dict(params)))
        return told.ask(name, params)

    found = section(replace(told, ask=ask, group="g"))
    assert ("topics", {"by": "group"}) in asked
    assert "groups" not in dicts(found.result)[0]


def test_where_nothing_is_new():
    assert [line.text.zh for line in section(week(compare=TALK, topics=[])).lines] == [
        "没有哪个词的使用人数明显多于以往。"
    ]
    assert section(week(compare=[{"messages": 0}])) is None
