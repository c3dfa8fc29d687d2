"""`activity_members` against figures worked out by hand and against plain Python."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask, table


def test_twelve_rows_by_hand():
    rows = ask("activity_members", TWELVE, scope=Scope(staff=frozenset("s")))
    # a: 请问 2, 有人吗？ 4, 好 1, 明天见 3, 1 → 11 characters in 5 messages; c sent an image only.
    # a's turns: the first two lines, 09:03:30, 09:06:00 (150 s later: a new one), 11 May.
    assert table(rows, "member_id", "messages", "share", "active_days", "turns", "mean_chars", "official") == [
        ("a", 5, round(5 / 11, 12), 2, 4, 2.2, False),
        ("b", 3, round(3 / 11, 12), 3, 3, round(4 / 3, 11), False),
        ("c", 1, round(1 / 11, 13), 1, 1, None, False),
        ("d", 1, round(1 / 11, 13), 1, 1, 3.0, False),
        ("s", 1, round(1 / 11, 13), 1, 1, 2.0, True),
    ]
    assert table(rows, "replies_got", "mentions_got") == [(1, 0), (0, 0), (0, 0), (1, 1), (0, 0)]
    assert table(rows[:1], "name", "first_post", "last_post", "days_silent") == [
        ("Name a", moment("2026-05-04 09:00:00"), moment("2026-05-11 12:00:00"), 0)
    ]
    assert table(rows[2:4], "days_silent") == [(7,), (4,)]  # c: 7 days 2 h; d: 4 days 12 h


def test_no_evidence_is_null_not_zero():
    rows = ask("activity_members", [{"at": "2026-05-04 09:00:00"}])
    assert table(rows, "replies_got", "mentions_got", "mean_chars") == [(None, None, 0.0)]


def test_top_is_per_group():
    rows = [{"at": f"2026-05-04 09:{n:02}:00", "group_id": "gh"[n % 2], "sender_id": "ab"[n // 4]} for n in range(6)]
    assert table(ask("activity_members", rows, top=1), "group_id", "member_id", "messages") == [
        ("g", "a", 2),
        ("h", "a", 2),
    ]


def test_a_turn_ends_after_two_minutes_exactly():
    times = ("09:00:00.000", "09:02:00.000", "09:04:00.001")
    rows = ask("activity_members", [{"at": f"2026-05-04 {time}"} for time in times])
    assert table(rows, "messages", "turns") == [(3, 2)]


def test_names_come_from_the_roster_then_from_the_last_message():
    rows = [
        {"at": "2026-05-04 09:00:00", "sender_name": "old"},
        {"at": "2026-05-04 09:01:00", "sender_name": "new"},
        {"at": "2026-05-04 09:02:00", "sender_name": None},
        {"at": "2026-05-04 09:02:00", "sender_id": "b", "sender_name": "Bee"},
    ]
    members = [{"member_id": "a", "nickname": "A."}, {"member_id": "b", "group_nickname": "B here"}]
    found = ask("activity_members", rows, members=members)
    assert table(found, "member_id", "name") == [("a", "new"), ("b", "B here")]


def brute(rows, scope):
    _, posts, day = seen(rows, scope)
    by_id = {(row["group_id"], row["id"]): row for row in posts}
    since, until = scope.since or EVER, scope.until or NEVER
    replied = {row["group_id"] for row in posts if row.get("reply_to")}
    named = {row["group_id"] for row in posts if row.get("mention_ids") is not None}
    before, counts, turns, days, replies, mentions = {}, Counter(), Counter(), {}, Counter(), Counter()
    for row in posts:
        group, who = key = row["group_id"], row["sender_id"]
        last = before.get(group)
        if since <= row["at"] < until:
            counts[key] += 1
            turns[key] += not (last and last["sender_id"] == who and (row["at"] - last["at"]).total_seconds() <= 120)
            days.setdefault(key, set()).add(day(row))
            answered = by_id.get((group, row.get("reply_to")))
            if answered and answered["sender_id"] != who:
                replies[group, answered["sender_id"]] += 1
            for id in row.get("mention_ids") or ():
                mentions[group, id] += id != who
        before[group] = row
    total = Counter()
    for (group, _), n in counts.items():
        total[group] += n
    return {
        (group, who): {
            "messages": n,
            "share": n / total[group],
            "active_days": len(days[group, who]),
            "turns": turns[group, who],
            "replies_got": replies[group, who] if group in replied else None,
            "mentions_got": mentions[group, who] if group in named else None,
            "official": who in scope.staff,
            "first_post": min(row["at"] for row in posts if (row["group_id"], row["sender_id"]) == (group, who)),
        }
        for (group, who), n in counts.items()
    }


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_plain_python_gives_the_same(rows, scope):
    found = ask("activity_members", rows, scope=scope)
    expected = brute(rows, scope)
    assert len(found) == len(expected)
    for row in found:
        told = expected[row["group_id"], row["member_id"]]
        assert {name: row[name] for name in told} == {**told, "share": pytest.approx(told["share"], abs=1e-12)}
    assert [(-row["messages"], row["group_id"], row["member_id"]) for row in found] == sorted(
        (-row["messages"], row["group_id"], row["member_id"]) for row in found
    )
