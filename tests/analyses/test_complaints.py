"""`complaints` and `complaints list` against figures worked out by hand and against plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.dataset import Scope
from qunkit.methods import bursts
from qunkit.methods.complaints import complaints
from support.logs import EXAMPLES, logs, seen
from support.messages import moment
from support.questions import ask, table

WEEK = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))
BAD, LATE, FINE = "坏了", "没收到，没人理", "好吃"
WINDOW = [
    {"at": "2026-05-11 00:00:00", "sender_id": "a", "text": BAD},
    {"at": "2026-05-12 09:00:00", "sender_id": "a", "text": "又坏了"},
    {"at": "2026-05-12 09:00:01", "sender_id": "b", "text": LATE, "kind": "quote"},
    {"at": "2026-05-13 09:00:00", "sender_id": "c", "text": BAD},
    {"at": "2026-05-14 09:00:00", "sender_id": "d", "text": FINE},
    {"at": "2026-05-14 09:00:01", "sender_id": "d", "text": BAD, "kind": "image"},  # no text of theirs
    {"at": "2026-05-14 09:00:02", "sender_id": "s", "text": BAD},
    {"at": "2026-05-18 00:00:00", "sender_id": "d", "text": BAD},
]
BEFORE = [
    {"at": f"2026-{day} 09:00:00", "sender_id": who, "text": BAD if (day, who) == ("04-27", "a") else FINE}
    for day in ("05-10", "05-01", "04-27", "04-20", "03-15")  # weeks 1, 2, 2, 3, and 9: too old
    for who in "abc"
] + [{"at": "2026-04-14 09:00:00", "sender_id": "a", "text": FINE}]  # week 4
STAFF = Scope(since=WEEK.since, until=WEEK.until, as_of=WEEK.as_of, staff=frozenset("s"))
FIGURES = ("people", "complaints", "messages", "share", "about", "grave", "trend")


def test_a_week_by_hand():
    (found,) = ask("complaints", [*BEFORE, *WINDOW], scope=STAFF)
    # a b c of a b c d; a's two messages, b's, c's of six
    assert table([found], *FIGURES) == [(3, 4, 6, pytest.approx(4 / 6), ["quality", "logistics", "service"], 0, [None, None, None, None, 0, 0, 1, 0, 3])]  # fmt: skip
    # weeks 4 to 1: posters 1 3 3 3, people who complain 0 0 1 0: 1 × 4 ÷ 10
    assert found["expected"] == pytest.approx(0.4)
    # rate 1/10: means 0.1 0.3 0.3 0.3, Σ (n - mean)² ÷ mean = 0.1 + 0.3 + 0.49/0.3 + 0.3 = 2.33, ÷ 3 below 1: φ = 1
    # mean 4 × 1.5 ÷ 10 = 0.6, variance 0.6 × 1.4 = 0.84: size 1.5, p = 1.5/2.1 = 5/7; P(0) = (5/7)^1.5, P(1) = P(0) 3/7, P(2) = P(0) 15/98
    none = (5 / 7) ** 1.5
    chance = 1 - none * (1 + 3 / 7 + 15 / 98)
    assert bursts.chance([0, 0, 1, 0, 3], [1, 3, 3, 3, 4]) == pytest.approx(chance)
    assert (round(chance, 4), found["burst"], found["reason"], found["next"]) == (0.0452, True, "burst", "goods")


def test_of_two_groups_one_is_asked_with_the_other():
    other = [row | {"group_id": "h", "text": FINE} for row in [*BEFORE, *WINDOW]]
    found = ask("complaints", [*BEFORE, *WINDOW, *other], scope=STAFF)
    assert table(found, "group_id", "people", "burst", "reason") == [
        ("g", 3, False, None),
        ("h", 0, False, None),
    ]  # q 0.09


def test_two_people_are_no_burst():
    rows = [row | {"text": FINE} for row in BEFORE] + [row for row in WINDOW if row["sender_id"] in "abd"]
    (found,) = ask("complaints", rows, scope=STAFF)
    # none before: mean 3 × 0.5 ÷ 10 = 0.15, variance 0.15 × 1.3: size 0.5, p = 1/1.3; 1 - P(0) - P(1) = 1 - √(10/13) × (1 + 0.5 × 3/13)
    chance = 1 - (10 / 13) ** 0.5 * (1 + 3 / 26)
    assert bursts.chance([0, 0, 0, 0, 2], [1, 3, 3, 3, 3]) == pytest.approx(chance)
    assert chance < 0.05
    assert (found["people"], found["burst"], found["reason"]) == (2, False, None)


def test_one_grave_complaint_is_a_reason():
    found = ask("complaints", [*BEFORE, {"at": "2026-05-12 09:00:00", "sender_id": "a", "text": "坏了，我打12315"}], scope=WEEK)  # fmt: skip
    assert table(found, "people", "about", "grave", "burst", "reason", "next") == [
        (1, ["grave", "quality"], 1, False, "grave", "grave")
    ]


def test_nothing_is_expected_where_nothing_is_known():
    (found,) = ask("complaints", WINDOW, scope=STAFF)
    assert table([found], "people", "expected", "burst", "reason") == [(3, None, None, None)]
    (none,) = ask("complaints", BEFORE, scope=WEEK)
    assert table([none], "people", "messages", "share", "expected", "burst", "about") == [(0, 0, None, None, None, [])]
    assert ask("complaints", []) == []
    assert ask("complaints_list", []) == []


def test_without_a_window_the_last_week_is_asked_about():
    rows = [{"at": f"2026-05-{n:02} 09:00:00", "sender_id": f"p{n}", "text": BAD} for n in (1, 5, 11, 12)]
    assert table(ask("complaints", rows), "people", "trend") == [(2, [*[None] * 7, 2, 2])]  # from the 5th, 09:00:00.001


def test_ads_are_left_out():
    ad = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x 骗子勿扰"
    rows = [{"at": "2026-05-12 09:00:00", "sender_id": "a", "text": ad}]
    assert complaints([ad]) == [["price:骗子"]]
    assert table(ask("complaints", rows, scope=WEEK), "people", "messages") == [(0, 0)]
    assert ask("complaints_list", rows) == []


def test_words_of_ones_own_and_those_that_are_none():
    rows = [{"at": "2026-05-12 09:00:00", "sender_id": who, "text": text} for who, text in (("a", "GG了吧？坏了"), ("b", "要退货"))]  # fmt: skip
    scope = Scope(complaint_words=(("gg", "没有"), ("退货", "坏")))
    assert table(ask("complaints", rows, scope=scope), "people", "about") == [(1, ["own"])]
    both = ask("complaints", rows, scope=Scope(complaint_words=(("坏",), ())))
    assert table(both, "people", "about") == [(2, ["own", "quality", "refund"])]
    assert table(ask("complaints_list", rows, scope=scope), "sender_id", "words", "spans") == [("a", ["gg"], ["0:2"])]


def test_the_messages_with_their_words():
    found = ask("complaints_list", WINDOW, scope=STAFF)
    assert table(found, "local_time", "sender_id", "text", "about", "words", "spans") == [
        (moment("2026-05-13 09:00:00"), "c", BAD, ["quality"], ["坏了"], ["0:2"]),
        (moment("2026-05-12 09:00:01"), "b", LATE, ["logistics", "service"], ["没收到", "没人理"], ["0:3", "4:7"]),
        (moment("2026-05-12 09:00:00"), "a", "又坏了", ["quality"], ["坏了"], ["1:3"]),
        (moment("2026-05-11 00:00:00"), "a", BAD, ["quality"], ["坏了"], ["0:2"]),
    ]
    assert table(ask("complaints_list", WINDOW, scope=STAFF, about="service"), "sender_id", "words") == [
        ("b", ["没人理"])
    ]
    assert [row["sender_id"] for row in ask("complaints_list", WINDOW, scope=STAFF, top=2)] == ["c", "b"]


TEXTS = (BAD, LATE, FINE, None, "", "打12315，退货", "坏了，没人理")


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), st.randoms(use_true_random=False), st.sampled_from([1, 2, 7]))
def test_plain_python_gives_the_same(rows, dice, days):
    rows = [row | {"text": dice.choice(TEXTS), "kind": dice.choice(["text", "text", "quote", "image"])} if "event" not in row else row for row in rows]  # fmt: skip
    times = sorted(moment(row["at"]) for row in rows)
    since, length = times[len(times) * 3 // 4], timedelta(days=days)
    scope = Scope(since=since, until=since + length, staff=frozenset({"p00"}))
    _, posts, _ = seen(rows, scope)
    if since <= times[0]:
        length = timedelta(days=7)
        since = scope.until - length
    crowd, did, n, bad = (defaultdict(set) for _ in range(4))
    about = defaultdict(set)
    for row in posts:
        k = next((k for k in range(9) if row["at"] >= since - k * length), 9)
        if row["sender_id"] == "p00" or k == 9:
            continue
        key = row["group_id"], k
        crowd[key].add(row["sender_id"])
        n[key].add(row["n"])
        hits = complaints([row["text"] or ""])[0] if row["kind"] != "image" else []
        if hits:
            did[key].add(row["sender_id"])
            bad[key].add(row["n"])
        for hit in hits:
            about[row["group_id"], k, hit.split(":")[0]].add(row["sender_id"])
    for row in ask("complaints", rows, scope=scope):
        group = row["group_id"]
        assert (row["people"], row["complaints"], row["messages"]) == tuple(len(one[group, 0]) for one in (did, bad, n))
        assert row["trend"] == [len(did[group, k]) if crowd[group, k] else None for k in range(8, -1, -1)]
        assert set(row["about"]) == {family for g, k, family in about if (g, k) == (group, 0) and about[g, k, family]}
        told = [[len(one[group, k]) for k in range(8, -1, -1)] for one in (did, crowd)]
        assert row["expected"] == pytest.approx(bursts.expected(*told))
