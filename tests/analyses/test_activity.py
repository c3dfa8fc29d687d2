"""`activity` against figures worked out by hand and against sets in plain Python."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask, table

STAFF = Scope(staff=frozenset("s"))
WEEK_1, WEEK_2 = date(2026, 5, 4), date(2026, 5, 11)


def test_two_weeks_by_hand():
    first, second = ask("activity", TWELVE, scope=STAFF)
    # Seven days, of which the 8th and 9th hold nothing in any group; 9 messages: 6 on Monday, d, b, s.
    # Poster-days: Monday a b c, Wednesday d, Thursday b, Sunday s: 6 over 5 days.
    assert first == {
        "period": WEEK_1,
        "group_id": "g",
        "group_name": "Group g",
        "days": 5,
        "messages": 9,
        "messages_ordinary": 8,
        "posters": 5,
        "posters_ordinary": 4,
        "dau": 1.2,
        "wau": 5,
        "mau": 5,
        "stickiness": None,  # MAU below 10
        "members": 5,  # a b c seen, d invited, s seen
        "members_how": "estimated",
        "participation": 1.0,
    }
    assert second == first | {
        "period": WEEK_2,
        "days": 1,
        "messages": 2,
        "messages_ordinary": 2,
        "posters": 2,
        "posters_ordinary": 2,
        "dau": 2.0,
        "wau": 4,  # 5 to 11 May: d b s, and a b on the 11th
        "participation": 0.4,
    }


def test_days_and_holes_by_hand():
    rows = ask("activity", TWELVE, scope=STAFF, per="day")
    assert table(rows, "period", "days", "messages", "posters", "mau", "members") == [
        (date(2026, 5, 4), 1, 6, 3, 3, 3),
        (date(2026, 5, 5), 1, 0, 0, 3, 4),  # silent, not a hole: there is a notice, and d joins
        (date(2026, 5, 6), 1, 1, 1, 4, 4),
        (date(2026, 5, 7), 1, 1, 1, 4, 4),
        (date(2026, 5, 8), 0, None, None, 4, 4),  # a hole
        (date(2026, 5, 9), 0, None, None, 4, 4),
        (date(2026, 5, 10), 1, 1, 1, 5, 5),
        (date(2026, 5, 11), 1, 2, 2, 5, 5),
    ]


def test_day_start_moves_the_night_to_the_day_before():
    rows = ask("activity", TWELVE, scope=Scope(day_start=4), per="day")
    assert table(rows[2:4], "period", "days", "messages", "posters") == [
        (date(2026, 5, 6), 1, 2, 2),
        (date(2026, 5, 7), 0, None, None),
    ]


def test_the_window_counts_and_history_stays_for_mau():
    scope = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:00"))
    rows = ask("activity", TWELVE, scope=scope)
    assert table(rows, "period", "messages", "mau", "members") == [(WEEK_2, 2, 5, 5)]


def test_nothing_after_as_of_is_seen():
    scope = Scope(as_of=moment("2026-05-04 09:01"))
    rows = ask("activity", TWELVE, scope=scope)
    assert table(rows, "period", "messages", "posters", "days") == [(WEEK_1, 3, 2, 1)]


def test_a_silent_day_of_one_group_is_no_hole_while_another_speaks():
    others = [{"at": f"2026-05-{day:02} 12:00:00", "group_id": "h", "sender_id": "x"} for day in range(4, 12)]
    rows = ask("activity", [*TWELVE, *others], scope=Scope(groups=("g",)), per="day")
    assert table(rows[4:6], "days", "messages", "dau") == [(1, 0, 0.0), (1, 0, 0.0)]
    assert {row["group_id"] for row in rows} == {"g"}


def test_the_roster_is_the_denominator():
    seen_at = moment("2026-05-11 06:00")
    members = [{"member_id": id, "seen_at": seen_at} for id in "abds12345"]  # c is not on it any more
    first, second = ask("activity", TWELVE, members=members)
    assert (first["members"], first["members_how"], first["participation"]) == (
        10,
        "roster",
        0.5,
    )  # 9 and c, who posted
    assert (second["members"], second["participation"]) == (9, pytest.approx(2 / 9))


def test_an_incomplete_list_is_no_roster():
    members = [{"member_id": id, "seen_at": moment("2026-05-11 06:00"), "complete": False} for id in "ab12345"]
    assert {row["members_how"] for row in ask("activity", TWELVE, members=members)} == {"estimated"}


def test_who_was_removed_is_no_member_until_they_are_back():
    rows = [
        {"at": "2026-05-04 09:00:00", "sender_id": "a"},
        {"at": "2026-05-04 09:00:00", "sender_id": "b"},
        {"at": "2026-05-05 09:00:00", "event": "removed", "actor_id": "a", "target_ids": ["b"]},
        {"at": "2026-05-06 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["b", "c"]},
        {"at": "2026-05-07 09:00:00", "event": "left", "actor_id": "c"},
    ]
    found = ask("activity", rows, per="day")
    assert [row["members"] for row in found] == [2, 1, 3, 2]


def test_stickiness_by_hand():
    # Ten people post on the first day, one of them on each of the 27 after it, all ten on the 29th day. At the end of day 28: MAU 10, DAU
    # 10, 1, 1, …: (10 + 27) / 28 days ÷ 10. A day later the first day has left the trailing 28, and ten are back: the same.
    assert table(sticky(10)[26:], "mau", "stickiness") == [
        (10, None),  # younger than 28 days
        (10, pytest.approx(37 / 28 / 10, abs=1e-12)),
        (10, pytest.approx(37 / 28 / 10, abs=1e-12)),
    ]
    assert table(sticky(9)[26:], "mau", "stickiness") == [(9, None), (9, None), (9, None)]


def sticky(people):
    begin = moment("2026-05-04 12:00")
    rows = [{"at": begin + timedelta(days=day), "sender_id": f"p{n}"} for n in range(people) for day in (0, 28)]
    rows += [{"at": begin + timedelta(days=day), "sender_id": "p0"} for day in range(1, 28)]
    return ask("activity", rows, per="day")


def brute(rows, scope, per):
    """The same by sets: (group, period) → figures. No members: `test_members…` has them."""
    history, posts, day = seen(rows, scope)
    observed = {day(row) for row in history}
    since, until = scope.since or EVER, scope.until or NEVER
    starts = {
        "day": lambda d: d,
        "week": lambda d: d - timedelta(days=d.weekday()),
        "month": lambda d: d.replace(day=1),
    }
    out = {}
    for group in {row["group_id"] for row in posts}:
        mine = [row for row in posts if row["group_id"] == group]
        first = min(map(day, mine))
        life = [first + timedelta(days=n) for n in range((max(observed) - first).days + 1)]
        begin = lambda d: moment(f"{d} {scope.day_start:02}:00:00")  # noqa: E731
        window = [d for d in life if begin(d) < until and begin(d) + timedelta(days=1) > since]
        for period in {starts[per](d) for d in window}:
            days = [d for d in window if starts[per](d) == period]
            counted = [row for row in mine if since <= moment(row["at"]) < until and day(row) in days]
            month = {max(days) - timedelta(days=n) for n in range(28)}
            active = {(day(row), row["sender_id"]) for row in mine if day(row) in month}
            mau = len({id for _, id in active})
            week = {id for at, id in active if at > max(days) - timedelta(days=7)}
            known = len(month & observed & set(life))
            open_ = [d for d in days if d in observed]
            plain = [row for row in counted if row["sender_id"] not in scope.staff]
            told = {
                "messages": len(counted),
                "messages_ordinary": len(plain),
                "posters": len({row["sender_id"] for row in counted}),
                "posters_ordinary": len({row["sender_id"] for row in plain}),
            }
            sticky = mau >= 10 and (max(days) - first).days >= 27 and known
            out[group, period] = {
                "days": len(open_),
                **(told if open_ else dict.fromkeys(told)),
                "dau": round(len({(day(row), row["sender_id"]) for row in counted}) / len(open_), 9) if open_ else None,
                "wau": len(week),
                "mau": mau,
                "stickiness": round(len(active) / known / mau, 9) if sticky else None,
                "members": estimate(rows, mine, history, group, day, max(days)),
            }
    return out


def estimate(rows, mine, history, group, day, end):
    """Members at the end of a day: replay who was seen, joined, left."""
    told = []
    for id in {row["sender_id"] for row in mine}:
        first = min(day(row) for row in mine if row["sender_id"] == id)
        told.append((moment(str(first)), 0, id, True))
    gone = {
        id
        for row in history
        if row["group_id"] == group and row.get("event") in ("left", "removed")
        for id in row["target_ids"]
    }
    told += [(moment(row["at"]), 0, row["sender_id"], True) for row in mine if row["sender_id"] in gone]
    for row in history:
        if row["group_id"] == group and row.get("event") == "invited":
            told += [(moment(row["at"]), 0, id, True) for id in [*row["target_ids"], row["actor_id"]]]
        if row["group_id"] == group and row.get("event") == "removed":
            told += [(moment(row["at"]), 1, id, False) for id in row["target_ids"]]
    here = {}
    for at, _, id, present in sorted(told):
        if at.date() <= end:
            here[id] = present
    return sum(here.values())


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from(["day", "week", "month"]))
def test_sets_give_the_same(rows, scope, per):
    found = ask("activity", rows, scope=scope, per=per)
    expected = brute(rows, scope, per)
    assert {(row["group_id"], row["period"]) for row in found} == set(expected)
    for row in found:
        told = expected[row["group_id"], row["period"]]
        assert {name: round(row[name], 9) if isinstance(row[name], float) else row[name] for name in told} == told
    assert table(found, "period", "group_id") == sorted(table(found, "period", "group_id"))
