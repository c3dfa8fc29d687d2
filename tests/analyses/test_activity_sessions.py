"""`activity_sessions` against figures worked out by hand and against a naive loop."""

from __future__ import annotations

import itertools
from datetime import timedelta
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyses.activity_sessions import natural_gap
from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask, table


def test_twelve_rows_by_hand():
    rows = ask("activity_sessions", TWELVE)
    assert table(rows, "started_at", "minutes", "messages", "turns", "posters", "starter_id", "handover_s") == [
        (moment("2026-05-04 09:00:00"), 6.0, 5, 4, 2, "a", 90.0),  # a to b 30 s, b to a 150 s
        (moment("2026-05-04 10:00:00"), 0.0, 1, 1, 1, "c", None),
        (moment("2026-05-06 23:59:59"), round(31 / 60, 12), 2, 2, 2, "d", 31.0),
        (moment("2026-05-10 20:00:00"), 0.0, 1, 1, 1, "s", None),
        (moment("2026-05-11 12:00:00"), 0.0, 2, 2, 2, "a", 0.0),
    ]
    assert table(rows[2:3], "ended_at", "starter_name", "group_name", "gap") == [
        (moment("2026-05-07 00:00:30"), "Name d", "Group g", 30.0)
    ]


def test_longer_pauses_may_belong_to_a_session():
    rows = ask("activity_sessions", TWELVE, gap=60, min_messages=2)
    assert table(rows, "messages", "handover_s", "gap") == [(6, 150.0, 60.0), (2, 31.0, 60.0), (2, 0.0, 60.0)]


def test_a_session_belongs_to_the_window_in_which_it_begins():
    night = moment("2026-05-07")
    assert table(ask("activity_sessions", TWELVE, scope=Scope(since=night)), "messages") == [(1,), (2,)]
    before = ask("activity_sessions", TWELVE, scope=Scope(until=night))
    assert table(before[-1:], "messages") == [(1,)]  # what comes after the end is not seen


def test_a_turn_never_spans_two_sessions():
    rows = [{"at": f"2026-05-04 09:0{n}:30"} for n in range(2)]
    assert table(ask("activity_sessions", rows, gap=1), "messages", "turns") == [(2, 1)]
    rows[1]["at"] = "2026-05-04 09:01:31"
    assert table(ask("activity_sessions", rows, gap=1), "messages", "turns") == [(1, 1), (1, 1)]


def naive(rows, scope, gap):
    _, posts, _ = seen(rows, scope)
    since, until, sessions = scope.since or EVER, scope.until or NEVER, []
    last = {}
    for row in posts:
        before = last.get(row["group_id"])
        if before is None or row["at"] - before[-1]["at"] > timedelta(minutes=gap):
            before = last[row["group_id"]] = []
            sessions.append(before)
        before.append(row)
    return sorted((told(session) for session in sessions if since <= session[0]["at"] < until), key=lambda row: row[:2])


def told(session):
    pairs = list(itertools.pairwise(session))
    waits = [(b["at"] - a["at"]).total_seconds() for a, b in pairs if a["sender_id"] != b["sender_id"]]
    breaks = [a["sender_id"] != b["sender_id"] or (b["at"] - a["at"]).total_seconds() > 120 for a, b in pairs]
    people = {row["sender_id"] for row in session}
    start, end = session[0]["at"], session[-1]["at"]
    handover = median(waits) if waits else None
    return (
        start,
        session[0]["group_id"],
        end,
        len(session),
        1 + sum(breaks),
        len(people),
        session[0]["sender_id"],
        handover,
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from([1, 10, 30, 90, 1440]))
def test_a_naive_loop_gives_the_same(rows, scope, gap):
    found = ask("activity_sessions", rows, scope=scope, gap=gap)
    names = ("started_at", "group_id", "ended_at", "messages", "turns", "posters", "starter_id", "handover_s")
    assert table(found, *names) == naive(rows, scope, gap)


@pytest.mark.parametrize("pause", [2, 6, 12])
def test_the_valley_is_found_between_two_kinds_of_gaps(pause):
    # Seconds within (median 15) and hours between (median `pause`): with equal spread and weight, lognormals cross at the
    # geometric mean of the medians.
    dice = np.random.default_rng(1)
    gaps = np.exp(np.r_[dice.normal(np.log(15), 1, 4000), dice.normal(np.log(pause * 3600), 1, 4000)])
    assert natural_gap(gaps) == pytest.approx((15 * pause * 3600) ** 0.5 / 60, rel=0.1)


def test_the_found_gap_is_kept_within_reason():
    dice = np.random.default_rng(1)
    short = np.exp(np.r_[dice.normal(1, 0.5, 500), dice.normal(6, 0.5, 500)])  # crosses at half a minute
    long = np.exp(np.r_[dice.normal(8, 0.5, 500), dice.normal(12, 0.5, 500)])  # crosses at six hours
    assert (natural_gap(short), natural_gap(long)) == (5.0, 60.0)
    assert natural_gap(short[:99]) == 30.0
    assert natural_gap(np.zeros(500)) == 30.0


def test_gap_zero_uses_the_found_gap():
    assert {row["gap"] for row in ask("activity_sessions", TWELVE, gap=0)} == {30.0}
