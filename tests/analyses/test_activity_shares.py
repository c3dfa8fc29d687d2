"""`activity_shares` against figures worked out by hand and against the definitions in their plainest form."""

from __future__ import annotations

from collections import Counter
from math import ceil
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask


def test_twelve_rows_by_hand():
    # Messages 1 1 1 3 5: Gini (-4 -2 +0 +6 +20) / (4 × 11); squares 1 + 1 + 1 + 9 + 25. Turns a 4, b 3, c d s 1 each: a and b have 7 of 10.
    [row] = ask("activity_shares", TWELVE)
    assert row == {
        "group_id": "g",
        "group_name": "Group g",
        "posters": 5,
        "messages": 11,
        "turns": 10,
        "gini": pytest.approx(20 / 44, abs=1e-12),
        "gini_all": None,  # no roster
        "top20_share": pytest.approx(5 / 11, abs=1e-12),
        "hhi": pytest.approx(37 / 121, abs=1e-12),
        "effective_posters": pytest.approx(121 / 37, abs=1e-11),
        "bus_factor": 2,
        "burstiness": None,  # 10 gaps
    }


def test_four_posters_are_too_few():
    [row] = ask("activity_shares", [{"at": "2026-05-04 09:00:00", "sender_id": id} for id in "abcd"])
    assert [row[name] for name in ("posters", "gini", "top20_share", "hhi", "effective_posters", "bus_factor")] == [
        4,
        *[None] * 5,
    ]


def test_who_makes_exactly_half_of_the_turns_is_enough():
    rows = [{"at": f"2026-05-04 09:{n:02}:00", "sender_id": id} for n, id in enumerate("abacadae")]
    assert [row["bus_factor"] for row in ask("activity_shares", rows)] == [1]


def gini(x):
    """Half the mean absolute difference of all pairs ÷ the mean, with the factor m / (m - 1)."""
    m = len(x)
    return sum(abs(a - b) for a in x for b in x) / (2 * m * m * fmean(x)) * m / (m - 1)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=5, max_size=12), st.integers(0, 8))
def test_gini_is_the_mean_difference_of_pairs(counts, lurkers):
    rows = [{"at": "2026-05-04 09:00:00", "sender_id": f"p{who}"} for who, n in enumerate(counts) for _ in range(n)]
    members = [{"member_id": f"p{n}"} for n in range(1, len(counts) + lurkers)]  # p0 has left since
    [row] = ask("activity_shares", rows, members=members)
    assert row["gini"] == pytest.approx(gini(counts), abs=1e-12)
    assert row["gini_all"] == pytest.approx(gini([*counts, *[0] * lurkers]), abs=1e-12)


@pytest.mark.parametrize(("gaps", "expected"), [([60] * 30, -1.0), ([0] * 29 + [600], 1.0)])
def test_regular_is_minus_one_and_one_gap_of_all_is_one(gaps, expected):
    assert [row["burstiness"] for row in ask("activity_shares", spaced(gaps))] == [pytest.approx(expected, abs=1e-12)]


def test_burstiness_is_kim_and_jos():
    gaps = [1, 3, 900, 2, 2, 60, 5, 4000, 1, 1, 7, 30, 30, 2, 600, 12, 1, 1, 5, 80, 3]
    m, r = len(gaps), pstdev(gaps) / fmean(gaps)
    expected = ((m + 1) ** 0.5 * r - (m - 1) ** 0.5) / (((m + 1) ** 0.5 - 2) * r + (m - 1) ** 0.5)
    assert [row["burstiness"] for row in ask("activity_shares", spaced(gaps))] == [pytest.approx(expected, abs=1e-11)]
    assert [row["burstiness"] for row in ask("activity_shares", spaced(gaps[:19]))] == [None]


def spaced(gaps):
    """Messages of one member with the given seconds between them."""
    at, rows = moment("2026-05-04 09:00:00"), []
    for gap in [0, *gaps]:
        at = at.fromtimestamp(at.timestamp() + gap)
        rows.append({"at": at})
    return rows


def brute(rows, scope):
    _, posts, _ = seen(rows, scope)
    since, until = scope.since or EVER, scope.until or NEVER
    messages, turns, before = {}, {}, {}
    for row in posts:
        group, who, last = row["group_id"], row["sender_id"], before.get(row["group_id"])
        if since <= row["at"] < until:
            messages.setdefault(group, Counter())[who] += 1
            joined = last and last["sender_id"] == who and (row["at"] - last["at"]).total_seconds() <= 120
            turns.setdefault(group, Counter())[who] += not joined
        before[group] = row
    return {group: shares(list(messages[group].values()), list(turns[group].values())) for group in messages}


def shares(x, turns):
    m, total, covered, bus = len(x), sum(x), 0, 0
    for n in sorted(turns, reverse=True):
        if 2 * covered >= sum(turns):
            break
        covered, bus = covered + n, bus + 1
    told = {
        "gini": gini(x) if m > 1 else 0,
        "top20_share": sum(sorted(x)[-ceil(m / 5) :]) / total,
        "hhi": sum((n / total) ** 2 for n in x),
        "effective_posters": 1 / sum((n / total) ** 2 for n in x),
        "bus_factor": bus,
    }
    told = {name: pytest.approx(value, abs=1e-10) if m >= 5 else None for name, value in told.items()}
    return {"posters": m, "messages": total, "turns": sum(turns)} | told


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_plain_python_gives_the_same(rows, scope):
    found = {row["group_id"]: row for row in ask("activity_shares", rows, scope=scope)}
    expected = brute(rows, scope)
    assert list(found) == sorted(expected)
    for group, told in expected.items():
        assert {name: found[group][name] for name in told} == told
