"""Groups whose complaints need somebody, from the figures of `complaints`."""

from __future__ import annotations

from qunkit.sections.complaints import section
from support.weeks import dicts, week

TALK = [{"messages": 9}]


def group(name, reason, **more):
    return {"group_id": name, "group_name": f"Group {name}", "people": 4, "reason": reason, "about": ["quality"]} | more


def test_groups_with_a_reason_in_their_order():
    rows = [group("a", "burst", next="goods"), group("b", "grave", next="grave"), group("c", None)]
    found = section(week(compare=TALK, complaints=rows))
    assert [(row["group_id"], row["reason"], row["next"]) for row in dicts(found.result)] == [
        ("a", "burst", "goods"),
        ("b", "grave", "grave"),
    ]
    words = {column.name: column.words for column in found.result.columns}
    assert (words["reason"]["burst"].zh, words["next"]["goods"].zh) == ("投诉突增", "核查商品质量，在群内回应")


def test_silent_where_there_is_nothing_to_do():
    assert section(week(compare=TALK, complaints=[group("c", None)])) is None
    assert section(week(compare=[{"messages": 0}])) is None
