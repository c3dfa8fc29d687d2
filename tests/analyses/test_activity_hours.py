"""`activity_hours` against figures worked out by hand and against counting."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings

from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask, table


def cells(rows):
    return {
        (row["weekday"], row["hour"]): (row["messages"], row["mean_messages"], row["posters"])
        for row in rows
        if row["messages"]
    }


def test_twelve_rows_by_hand():
    rows = ask("activity_hours", TWELVE)
    assert cells(rows) == {
        (1, 9): (5, 2.5, 2),  # two Mondays
        (1, 10): (1, 0.5, 1),
        (1, 12): (2, 1.0, 2),
        (3, 23): (1, 1.0, 1),
        (4, 0): (1, 1.0, 1),
        (7, 20): (1, 1.0, 1),
    }
    observed = {row["weekday"]: row["days_observed"] for row in rows}
    assert observed == {1: 2, 2: 1, 3: 1, 4: 1, 5: 0, 6: 0, 7: 1}  # Friday and Saturday are holes
    assert {row["mean_messages"] for row in rows if row["weekday"] in (5, 6)} == {None}
    assert {row["mean_messages"] for row in rows if row["weekday"] == 2} == {0.0}  # silent is not unseen


def test_a_day_is_no_hour():
    """An export that keeps days only puts its messages at midnight; that is not when people wrote them."""
    rows = [{"at": "2026-05-04 00:00:00", "time_quality": "day"}, {"at": "2026-05-04 09:00:00"}]
    found = [row for row in ask("activity_hours", rows) if row["messages"]]
    assert [(row["weekday"], row["hour"], row["messages"]) for row in found] == [(1, 9, 1)]
    assert [row["messages"] for row in ask("activity_sessions", rows)] == [1]
    assert [row["turns"] for row in ask("activity_replies", rows)] == [1]
    (share,) = ask("activity_shares", [{"at": "2026-05-04 00:00:00", "time_quality": "day"} for _ in range(30)])
    assert (share["messages"], share["burstiness"]) == (30, None)


def test_the_grid_is_whole_and_in_order():
    grid = [(weekday, hour) for weekday in range(1, 8) for hour in range(24)]
    assert table(ask("activity_hours", TWELVE), "weekday", "hour") == grid


def test_the_night_belongs_to_the_day_that_began_before_it():
    rows = ask("activity_hours", TWELVE, scope=Scope(day_start=4))
    assert (3, 0) in cells(rows)
    assert (4, 0) not in cells(rows)


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_counting_gives_the_same(rows, scope):
    history, posts, day = seen(rows, scope)
    since, until = scope.since or EVER, scope.until or NEVER
    counted = [row for row in posts if since <= row["at"] < until]
    messages = Counter((day(row).isoweekday(), row["at"].hour) for row in counted)
    begin = {d: moment(str(d)) + timedelta(hours=scope.day_start) for d in map(day, history)}
    seen_days = {
        d
        for d in begin
        if posts and d >= min(map(day, posts)) and begin[d] < until and begin[d] + timedelta(days=1) > since
    }
    days = Counter(d.isoweekday() for d in seen_days)
    for row in ask("activity_hours", rows, scope=scope):
        n = messages[row["weekday"], row["hour"]]
        assert (row["messages"], row["days_observed"]) == (n, days[row["weekday"]])
        assert row["mean_messages"] == (float(f"{n / days[row['weekday']]:.12g}") if days[row["weekday"]] else None)
