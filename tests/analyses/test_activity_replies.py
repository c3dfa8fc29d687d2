"""`activity_replies` against figures worked out by hand, against plain Python and against Kaplan & Meier's own definition."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyses.activity_replies import survival
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask


def test_twelve_rows_by_hand():
    # Ten turns. a's first turn is answered 30 s after its end, d's 31 s after. Seen waiting: the two of 11 May 0 s, s 16 h, the others
    # a day. Left after 30 s: 1 - 1/8 (eight are still seen), after 31 s: × (1 - 1/7) = 3/4.
    [row] = ask("activity_replies", TWELVE)
    assert row == {
        "group_id": "g",
        "group_name": "Group g",
        "turns": 10,
        "answered_5m": 0.25,
        "answered_30m": 0.25,
        "median_s": None,
        "questions": 1,
        "question_rate": None,  # of one question
        "newcomers": 1,  # d
        "newcomer_rate": None,
    }


def test_without_replies_in_the_exports_there_is_no_rate():
    rows = [{"at": f"2026-05-04 {n:02}:00:00", "sender_id": "ab"[n % 2]} for n in range(12)]
    [row] = ask("activity_replies", rows)
    assert (row["turns"], row["answered_5m"], row["answered_30m"], row["median_s"]) == (12, None, None, None)


def test_minutes_wait_half_a_minute_more():
    rows = [{"at": f"2026-05-04 09:{n:02}:00", "sender_id": "ab"[n % 2], "time_quality": "minute"} for n in range(40)]
    rows = [row | {"reply_to": f"m{n - 1}"} if n else row for n, row in enumerate(rows)]
    assert [row["median_s"] for row in ask("activity_replies", rows)] == [90.0]


def test_newcomers_joined_or_came_late():
    begin = moment("2026-01-01 12:00:00")
    rows = [{"at": begin, "sender_id": "old"}]
    late = [begin + timedelta(days=60 + n) for n in range(6)]
    for n, at in enumerate(late):  # each is quoted after five minutes, but for the last, who is mentioned after 31
        rows.append({"at": at, "sender_id": f"new{n}", "message_id": f"first{n}"})
        quote = {"reply_to": f"first{n}"} if n < 5 else {"mention_ids": [f"new{n}"]}
        rows.append({"at": at + timedelta(minutes=5 if n < 5 else 31), "sender_id": "old", **quote})
    rows.append({"at": late[-1] + timedelta(days=2), "sender_id": "old"})
    [row] = ask("activity_replies", rows)
    assert (row["newcomers"], row["newcomer_rate"]) == (6, pytest.approx(5 / 6))


@pytest.mark.parametrize("text", ["几点？", "几点?", "在吗", "你呢", "怎么", "拼车求"])
def test_questions_by_their_end(text):
    rows = [{"at": "2026-05-04 09:00:00", "text": "吗。"}, {"at": "2026-05-04 09:01:00", "text": text}]
    assert [row["questions"] for row in ask("activity_replies", rows)] == [1]
    assert [row["questions"] for row in ask("activity_replies", rows[:1])] == [0]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
def test_survival_is_the_product_over_reply_times(turns):
    wait, answered = np.array([n for n, _ in turns], float), np.array([yes for _, yes in turns])
    left, expected = 1.0, {}
    for time in sorted({n for n, yes in turns if yes}):
        left *= 1 - sum((n, yes) == (time, True) for n, yes in turns) / sum(n >= time for n, _ in turns)
        expected[time] = left
    times, waiting = survival(wait, answered)
    assert dict(zip(times, waiting, strict=True)) == pytest.approx(expected)


def brute(rows, scope):
    _, posts, _ = seen(rows, scope)
    since, until = scope.since or EVER, scope.until or NEVER
    found = {}
    for group in {row["group_id"] for row in posts}:
        mine, turns = [row for row in posts if row["group_id"] == group], []
        for row in mine:
            last = turns[-1][-1] if turns else None
            if last and last["sender_id"] == row["sender_id"] and (row["at"] - last["at"]).total_seconds() <= 120:
                turns[-1].append(row)
            else:
                turns.append([row])
        turns = [turn for turn in turns if since <= turn[0]["at"] < until]
        asked = [turn for turn in turns if turn[-1]["text"] in ("在吗", "几点？")]
        now = scope.as_of or max(row["at"] for row in seen(rows, scope)[0])
        evidence = any(row.get("reply_to") for row in mine)
        if turns:
            rates = (rate(turns, mine, now, 300), rate(turns, mine, now, 1800), rate(asked, mine, now, 1800))
            found[group] = (len(turns), len(asked), *(rates if evidence else (None, None, None)))
    return found


def rate(turns, posts, now, seconds):
    """1 - the product over reply times of 1 - replies ÷ turns still seen waiting."""
    if len(turns) < 5:
        return None
    waits = []
    for turn in turns:
        ids, end, who = {row["id"] for row in turn}, turn[-1]["at"], turn[0]["sender_id"]
        first = {row["id"]: row["at"] for row in turn}
        replies = [
            r["at"]
            for r in posts
            if r.get("reply_to") in ids and r["sender_id"] != who and r["at"] >= first[r["reply_to"]]
        ]
        delay = (min(replies) - end).total_seconds() if replies else None
        answered = delay is not None and delay <= 86400
        waits.append((max(delay, 0), True) if answered else (min(max((now - end).total_seconds(), 0), 86400), False))
    left = 1.0
    for time in sorted({n for n, yes in waits if yes and n <= seconds}):
        left *= 1 - waits.count((time, True)) / sum(n >= time for n, _ in waits)
    return pytest.approx(1 - left, abs=1e-11)


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_plain_python_gives_the_same(rows, scope):
    found = ask("activity_replies", rows, scope=scope)
    names = ("turns", "questions", "answered_5m", "answered_30m", "question_rate")
    assert {row["group_id"]: tuple(row[name] for name in names) for row in found} == brute(rows, scope)
