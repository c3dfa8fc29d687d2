"""`churn_conflicts` against cases made by hand and against a walk along everybody's evidence."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.dataset import Scope
from support.logs import BEGIN, EXAMPLES
from support.messages import moment
from support.questions import ask, table

SHOWN = ("member_id", "kind", "first_at", "first_what", "later_at", "later_what")


def roster(day, ids, **more):
    return [{"member_id": id, "seen_at": moment(f"2026-05-{day} 04:00:00"), **more} for id in ids]  # at noon


def at(text):
    return moment(f"2026-05-{text}")


ROWS = (
    {"at": at("01 09:00"), "sender_id": "a"},
    {"at": at("11 09:00"), "event": "removed", "actor_id": "a", "target_ids": ["b"]},
    {"at": at("11 09:00"), "event": "removed", "actor_id": "a", "target_ids": ["c"]},
    {"at": at("12 09:00"), "event": "invited", "actor_id": "a", "target_ids": ["c"]},  # came back: no conflict
    {"at": at("13 09:00"), "event": "invited", "actor_id": "a", "target_ids": ["d", "e", "f"]},
    {"at": at("14 09:00"), "event": "left", "actor_id": "e"},  # left before the second roster: no conflict
    {"at": at("15 09:00"), "event": "joined_qr", "target_ids": ["g"]},
    {"at": at("16 09:00"), "sender_id": "h"},
    {"at": at("16 10:00"), "sender_id": "h"},
    {"at": at("17 09:00"), "event": "left", "actor_id": "i"},
    {"at": at("18 09:00"), "sender_id": "i"},
    {"at": at("25 09:00"), "sender_id": "j"},
)
ROSTERS = roster("10", "abcgi") + roster("20", "abcfgk") + roster("15", "x", complete=False)


def test_every_kind_by_hand():
    assert table(ask("churn_conflicts", ROWS, members=ROSTERS), *SHOWN) == [
        ("g", "joined_listed", at("10 12:00"), "on", at("15 09:00"), "joined"),
        ("h", "posted_missing", at("10 12:00"), "off", at("16 09:00"), "post"),
        ("i", "left_posted", at("17 09:00"), "left", at("18 09:00"), "post"),
        ("b", "left_listed", at("11 09:00"), "removed", at("20 12:00"), "on"),
        ("d", "joined_missing", at("13 09:00"), "joined", at("20 12:00"), "off"),
        ("k", "appeared", at("10 12:00"), "off", at("20 12:00"), "on"),
        ("j", "posted_missing", at("20 12:00"), "off", at("25 09:00"), "post"),
    ]
    late = ask("churn_conflicts", ROWS, members=ROSTERS, scope=Scope(since=at("19")))
    assert table(late, "member_id") == [("b",), ("d",), ("k",), ("j",)]


def test_a_notice_that_names_nobody_may_be_of_who_appears():
    nameless = {"at": at("12 10:00"), "event": "invited", "actor_id": "a", "target_ids": [None]}
    found = table(ask("churn_conflicts", [*ROWS, nameless], members=ROSTERS), "member_id", "kind")
    # h, who posts on the 16th, and k, on the roster of the 20th, may have come on the 12th; j posts after the 20th
    assert found == [
        ("g", "joined_listed"),
        ("i", "left_posted"),
        ("b", "left_listed"),
        ("d", "joined_missing"),
        ("j", "posted_missing"),
    ]
    early = {**nameless, "at": at("09 10:00")}  # before the roster that does not have them
    assert len(ask("churn_conflicts", [*ROWS, early], members=ROSTERS)) == 7
    elsewhere = {**nameless, "group_id": "h"}
    assert len(ask("churn_conflicts", [*ROWS, elsewhere], members=ROSTERS)) == 7


def test_without_rosters_only_messages_contradict():
    assert table(ask("churn_conflicts", ROWS), "member_id", "kind") == [("i", "left_posted")]
    assert ask("churn_conflicts", ROWS[:1], members=roster("10", "a")) == []


def test_join_dates_explain_who_appears():
    members = roster("10", "a") + roster("20", "a") + roster("20", "k", joined_at=at("15 01:00"))
    assert ask("churn_conflicts", ROWS[:1], members=members) == []
    members = roster("10", "ak") + roster("20", "a") + roster("20", "k", joined_at=at("15 01:00"))
    assert table(ask("churn_conflicts", ROWS[:1], members=members), *SHOWN) == [
        ("k", "joined_listed", at("10 12:00"), "on", at("15 09:00"), "dated")
    ]


def test_of_one_instant_notices_come_before_lists():
    rows = [*ROWS[:1], {"at": at("20 12:00"), "event": "invited", "actor_id": "a", "target_ids": ["b"]}]
    assert table(ask("churn_conflicts", rows, members=roster("20", "a")), "member_id", "kind") == [
        ("b", "joined_missing")
    ]


NEXT = {
    ("left", "on"): "left_listed",
    ("left", "post"): "left_posted",
    ("joined", "off"): "joined_missing",
    ("on", "joined"): "joined_listed",
    ("off", "on"): "appeared",
    ("off", "post"): "posted_missing",
}


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from("ab"), st.sampled_from(["joined", "left", "post", "list"])), max_size=25, unique_by=lambda one: one[0])
)  # fmt: skip
def test_a_walk_gives_the_same(told):
    """`list` is a roster of its member alone."""
    hour = timedelta(hours=1)
    rows = [{"at": BEGIN, "sender_id": "z"}]
    members = []
    for n, who, what in told:
        if what == "post":
            rows.append({"at": BEGIN + n * hour, "sender_id": who})
        elif what == "list":
            members.append({"member_id": who, "seen_at": BEGIN + (n - 8) * hour})
        else:
            rows.append({"at": BEGIN + n * hour, "event": what, "target_ids": [who]})
    expected = []
    for who in "abz":
        state, seen = None, None
        evidence = [(n, "on" if one == who and what == "list" else "off" if what == "list" else what) for n, one, what in told if one == who or what == "list"]  # fmt: skip
        known = {one for _, one, _ in told} | {"z"}
        for n, what in sorted(evidence) if who in known else []:
            if what == "post" and seen:
                continue
            if (state, what) in NEXT:
                expected.append((BEGIN + n * hour, who, NEXT[state, what]))
            seen = what == "post"
            state = state if seen else what
    if any(what == "list" and n == 0 for n, _, what in told):
        return  # of the instant of z's only message
    found = ask("churn_conflicts", rows, members=members)
    assert table(found, "later_at", "member_id", "kind") == sorted(expected)
