"""`groups` against figures worked out by hand and against counting."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings

from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask, table


def test_twelve_rows_by_hand():
    members = [{"member_id": id, "seen_at": moment("2026-05-11 06:00:00")} for id in "abdsxyz"]
    assert ask("groups", TWELVE, members=members, scope=Scope(staff=frozenset("s"))) == [
        {
            "group_id": "g",
            "group_name": "Group g",
            "platform": "wechat",
            "members": 7,
            "seen": 8,  # c posted and is not on the roster
            "messages": 11,
            "messages_official": 1,
            "first_post": moment("2026-05-04 09:00:00"),
            "last_post": moment("2026-05-11 12:00:00"),
            "posters_7d": 4,  # after noon of the 4th: d b s a
            "posters_before": 3,  # a b c
            "days_silent": 0,
        }
    ]


def test_a_group_of_notices_only_is_listed():
    rows = [{"at": "2026-05-04 09:00:00"}, {"at": "2026-05-14 08:00:00", "group_id": "h", "event": "renamed"}]
    found = ask("groups", rows)
    names = ("group_id", "messages", "seen", "members", "last_post", "days_silent")
    assert table(found, *names) == [("g", 1, 1, None, moment("2026-05-04 09:00:00"), 9), ("h", 0, 0, None, None, None)]


def test_a_group_without_a_name_goes_by_its_id():
    rows = [
        {"at": "2026-05-04 09:00:00", "group_id": "g", "group_name": None},
        {"at": "2026-05-04 09:00:00", "group_id": "h"},
    ]
    assert table(ask("groups", rows), "group_id", "group_name") == [("g", "g"), ("h", "Group h")]


def test_a_week_is_seven_days_to_the_instant():
    [row] = ask("groups", TWELVE, scope=Scope(as_of=moment("2026-05-11 10:00:00")))
    # c posted exactly a week ago: not in these 7 days (d b s), but in the 7 before (a b c)
    assert (row["posters_7d"], row["posters_before"]) == (3, 3)


def test_the_busiest_comes_first():
    rows = [{"at": "2026-05-04 09:00:00", "group_id": group} for group in "abbcc"]
    assert table(ask("groups", rows), "group_id") == [("b",), ("c",), ("a",)]


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_counting_gives_the_same(rows, scope):
    history, posts, _ = seen(rows, scope)
    if not history:
        return
    since, until = scope.since or EVER, scope.until or NEVER
    now = scope.as_of or max(row["at"] for row in history)
    week, expected = timedelta(days=7), {}
    for group in {row["group_id"] for row in history}:
        mine = [row for row in posts if row["group_id"] == group]
        lately = {row["sender_id"] for row in mine if row["at"] > now - week}
        before = {row["sender_id"] for row in mine if now - 2 * week < row["at"] <= now - week}
        last = max((row["at"] for row in mine), default=None)
        counted = [row for row in mine if since <= row["at"] < until]
        staff = [row for row in counted if row["sender_id"] in scope.staff]
        silent = (now - last).days if last else None
        expected[group] = (len(counted), len(staff), len(lately), len(before), last, silent)
    found = ask("groups", rows, scope=scope)
    names = ("messages", "messages_official", "posters_7d", "posters_before", "last_post", "days_silent")
    assert {row["group_id"]: table([row], *names)[0] for row in found} == expected
