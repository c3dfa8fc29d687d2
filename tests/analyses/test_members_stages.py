"""`members_stages` against figures worked out by hand and against sets in plain Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyze import analyze
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, moment, write_snapshot
from support.questions import ask, table
from support.stages import Stages, conventions

RULES = conventions(fan_days=2, friend_ties=1, friend_replies=1)
SEVEN_WEEKS = (
    # Monday 4 May 2026, in whose week the log begins
    {"at": "2026-05-04 09:00:00", "sender_id": "a"},
    # Weeks of 11, 18, 25 May, 1 June: a and b quote each other; c speaks on two days of the first
    {"at": "2026-05-11 09:00:00", "sender_id": "b", "reply_to": "m0"},
    {"at": "2026-05-12 09:00:00", "sender_id": "a", "reply_to": "m1"},
    {"at": "2026-05-13 09:00:00", "sender_id": "c"},
    {"at": "2026-05-15 09:00:00", "sender_id": "c"},
    {"at": "2026-05-18 09:00:00", "sender_id": "a", "mention_ids": ["b"]},
    {"at": "2026-05-25 09:00:00", "sender_id": "a", "mention_ids": ["b"]},
    {"at": "2026-06-01 09:00:00", "sender_id": "a", "mention_ids": ["b"]},
    # Week of 8 June: d for the first time; a says nothing to b; s is staff
    {"at": "2026-06-08 09:00:00", "sender_id": "d"},
    {"at": "2026-06-09 09:00:00", "sender_id": "s", "mention_ids": ["d"]},
    {"at": "2026-06-14 09:00:00", "sender_id": "a"},
    # 15 June: unfinished
    {"at": "2026-06-15 09:00:00", "sender_id": "b"},
)
STAFF = Scope(staff=frozenset("s"), conventions=RULES)
SHOWN = ("since", "state", "stage", "n", "to_user", "to_fan", "to_friend", "to_silent")


def test_seven_weeks_by_hand():
    rows = ask("members_stages", SEVEN_WEEKS, scope=STAFF, per="week", coverage=0.1)
    early = [(date(2026, 5, 4) + timedelta(days=7 * n), "first", None, None, None, None, None, None) for n in range(5)]
    assert table(rows[:5], *SHOWN) == early
    # By 7 June, of the weeks from 11 May: a spoke on 4 days, quoted or mentioned b in each week, and b quoted a: friend. b: 1 day, user. c: 2 days, fan.
    # By 14 June, of the weeks from 18 May: a spoke on 4 days, but not to b in the last week: fan. b and c said nothing: silent. d is new.
    june = date(2026, 6, 8)
    assert table(rows[5:10], *SHOWN) == [
        (june, "whole", "new", 1, 1, 0, 0, 0),
        (june, "whole", "user", 1, 0, 0, 0, 1),
        (june, "whole", "fan", 1, 0, 0, 0, 1),
        (june, "whole", "friend", 1, 0, 1, 0, 0),
        (june, "whole", "silent", 0, 0, 0, 0, 0),
    ]
    assert table(rows[10:], *SHOWN) == [(date(2026, 6, 15), "unfinished", None, None, None, None, None, None)]
    together = ask("members_stages", SEVEN_WEEKS, scope=STAFF, coverage=0.1)
    assert table(together, "stage", "n", "weeks") == [(stage, n, 1) for stage, n in zip(("new", "user", "fan", "friend", "silent"), (1, 1, 1, 1, 0), strict=True)]  # fmt: skip


def test_shares_are_of_five_or_more():
    more = [{"at": f"2026-06-08 1{n}:00:00", "sender_id": f"p{n}"} for n in range(4)]
    rows = ask("members_stages", [*SEVEN_WEEKS, *more], scope=STAFF, coverage=0.1)
    assert table(rows[:2], "stage", "n", "user_share", "silent_share") == [
        ("new", 5, 1.0, 0.0),
        ("user", 1, None, None),
    ]


def test_without_quotes_and_mentions_nobody_is_told_to_be_a_friend():
    rows = [{key: cell for key, cell in row.items() if key not in ("reply_to", "mention_ids")} for row in SEVEN_WEEKS]
    told = ask("members_stages", rows, scope=STAFF, coverage=0.1)
    assert table(told, "stage", "n", "to_friend", "friend_share") == [("new", 1, None, None), ("user", 1, None, None), ("fan", 2, None, None), ("silent", 0, None, None)]  # fmt: skip


def test_holes_are_left_out_and_the_note_says_what_it_takes():
    rows = [row for row in SEVEN_WEEKS if row["at"][:10] != "2026-05-25"]
    assert table(ask("members_stages", rows, scope=STAFF, per="week", coverage=0.1), "state")[-2:] == [("holes",), ("unfinished",)]  # fmt: skip
    assert ask("members_stages", rows, scope=STAFF, coverage=0.1) == []
    with TemporaryDirectory() as folder, connect(write_snapshot(Path(folder), rows), STAFF) as engine:
        told = analyze(engine, "members_stages", scope=STAFF)
        assert [note.say("en")[:30] for note in told.notes] == ["No change of stage can be told"]


def brute(rows, scope, coverage):
    """(group, Monday) → state and, where it is whole, changes counted by (stage, later stage)."""
    history, posts, day = seen(rows, scope)
    observed = {day(row) for row in history}
    if not posts:
        return {}
    monday = lambda d: d - timedelta(days=d.weekday())  # noqa: E731
    last = max(observed)
    weeks = [monday(min(observed)) + timedelta(days=7 * n) for n in range((monday(last) - monday(min(observed))).days // 7 + 1)]  # fmt: skip

    def in_window(week):
        days = [week + timedelta(days=n) for n in range(7) if min(observed) <= week + timedelta(days=n) <= last]
        begins = [moment(f"{d} {scope.day_start:02}:00:00") for d in days]
        return any(at < (scope.until or NEVER) and at + timedelta(days=1) > (scope.since or EVER) for at in begins)

    out = {}
    for group in {row["group_id"] for row in posts}:
        mine = [row for row in posts if row["group_id"] == group]
        born = min(map(day, mine))
        own = [week for week in weeks if week >= monday(born)]
        held = {week: len([d for d in observed if d >= born and monday(d) == week]) for week in own}
        known = {week: held[week] > 0 and held[week] >= coverage * 7 for week in own}
        stages = Stages(mine, scope, day, lambda row: weeks.index(monday(day(row))))
        people = {row["sender_id"] for row in mine}
        for n, week in enumerate(own):
            if not in_window(week):
                continue
            five = own[max(0, n - 4) : n + 1]
            state = "first" if n < 5 else "unfinished" if week + timedelta(days=6) > last else "whole" if all(known[w] for w in five) else "holes"  # fmt: skip
            b = weeks.index(week)
            moves = Counter((stages.stage(who, b - 1) or "new", stages.stage(who, b)) for who in people)
            out[group, week] = (state, {key: n for key, n in moves.items() if key[1]} if state == "whole" else {})
    return out


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from([RULES, conventions(fan_replies=1)]), st.sampled_from([0.0, 0.2]))
def test_sets_give_the_same(rows, scope, rules, coverage):
    scope = replace(scope, conventions=rules)
    found, known = {}, brute(rows, scope, coverage)
    for row in ask("members_stages", rows, scope=scope, per="week", coverage=coverage):
        told = found.setdefault((row["group_id"], row["since"]), (row["state"], {}))[1]
        told |= {(row["stage"], later): row[f"to_{later}"] for later in ("user", "fan", "friend", "silent") if row[f"to_{later}"]}  # fmt: skip
        assert row["n"] is None or row["n"] == sum(row[f"to_{later}"] or 0 for later in ("user", "fan", "friend", "silent"))  # fmt: skip
    assert found == known
    for group in {group for group, _ in known}:
        whole = [moves for (one, _), (state, moves) in known.items() if one == group and state == "whole"]
        together = [
            row for row in ask("members_stages", rows, scope=scope, coverage=coverage) if row["group_id"] == group
        ]
        assert sum(row["n"] for row in together) == sum(sum(moves.values()) for moves in whole)
        assert {row["weeks"] for row in together} <= {len(whole)}
