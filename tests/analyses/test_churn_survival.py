"""`churn_survival` against figures worked out by hand and against lives followed day by day in plain Python."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit import registry
from qunkit.analyses.churn_survival import _compared
from qunkit.dataset import Scope
from support.logs import BEGIN, EXAMPLES, logs, scopes, seen
from support.questions import ask, notes, table

TWENTY = (
    # 1 May: the log begins with old, who may have been there for years
    {"at": "2026-05-01 09:00:00", "sender_id": "old"},
    {"at": "2026-05-01 09:05:00", "sender_id": "s"},
    # a and b are invited by s and speak; a is answered in a minute, b in an hour
    {"at": "2026-05-02 09:00:00", "event": "invited", "actor_id": "s", "target_ids": ["a", "b"]},
    {"at": "2026-05-02 09:01:00", "sender_id": "a"},
    {"at": "2026-05-02 09:02:00", "sender_id": "s", "reply_to": "m3"},
    {"at": "2026-05-02 10:00:00", "sender_id": "b"},
    {"at": "2026-05-02 11:00:00", "sender_id": "old", "reply_to": "m5"},
    # c scans a code and never speaks; d comes from nowhere, and is called by name in half an hour
    {"at": "2026-05-04 09:00:00", "event": "joined_qr", "actor_id": "c"},
    {"at": "2026-05-05 09:00:00", "sender_id": "d"},
    {"at": "2026-05-05 09:30:00", "sender_id": "a", "mention_ids": ["d"]},
    # 6 and 7 May: nothing in any group
    {"at": "2026-05-08 09:00:00", "sender_id": "b"},
    {"at": "2026-05-09 09:00:00", "sender_id": "a"},
    {"at": "2026-05-10 09:00:00", "sender_id": "s"},
    {"at": "2026-05-11 09:00:00", "sender_id": "s"},
    {"at": "2026-05-12 09:00:00", "sender_id": "a"},
    {"at": "2026-05-13 09:00:00", "sender_id": "s"},
    {"at": "2026-05-14 09:00:00", "sender_id": "d"},
    {"at": "2026-05-15 09:00:00", "sender_id": "s"},
    # late joins in the last three days
    {"at": "2026-05-16 09:00:00", "event": "joined_qr", "actor_id": "e"},
    {"at": "2026-05-16 10:00:00", "sender_id": "a"},
)
STAFF = Scope(staff=frozenset("s"))
SHOWN = ("by", "stratum", "members", "left_out", "lapsed", "at_risk", "survival", "median_days")


def test_twenty_rows_by_hand(monkeypatch):
    # Days with data are 1 2 4 5 8 9 … 16 May, so the clock says t = 1 2 3 4 5 6 … 13. After 4 days of silence it is known until t = 9, the 12th.
    # a: from t = 2, last on 13, so followed for 8 days. b: from 2, last on 5, so lapsed after 4. c: from 3, never spoke, so lapsed after 1.
    # d: from 4 with no join, 3 days after the log began, which is fewer than 4: perhaps as old as old. e: joined on 13, too late.
    monkeypatch.setattr(registry.load("analyses", "churn_survival"), "FEW", 1)
    rows = ask("churn_survival", TWENTY, scope=STAFF, silence=4, at=3)
    assert table(rows, *SHOWN) == [
        ("all", None, 3, 3, 2, 2, pytest.approx(2 / 3), 4),  # after 1: 2 of 3; after 4: 1 of 2, so 1/3
        ("source", "invite", 2, 0, 1, 2, 1.0, 4),
        ("source", "qr", 1, 1, 1, 0, 0.0, 1),
        ("source", "unknown", 0, 2, 0, None, None, None),
        ("first_reply", "yes", 1, 1, 0, 0, 1.0, None),  # a lasted 7 days; d is left out
        ("first_reply", "no", 0, 2, 0, None, None, None),  # b did not; old has no known first day
        ("first_reply", "silent", 0, 2, 0, None, None, None),
        ("week1", "2-3", 1, 2, 0, 0, 1.0, None),
        ("week1", "0", 0, 2, 0, None, None, None),
        ("week1", "1", 0, 1, 0, None, None, None),
    ]
    assert rows[0]["curve"] == [1.0, pytest.approx(1 / 3)]
    assert {row["silence_days"] for row in rows} == {4}


def test_shares_are_told_of_the_weeks_that_members_were_followed():
    # 40 days of old and silence of 10 days: followed until t = 30. From the 11th on five more begin, and post until the end: each is followed for 30 - 11 + 1 = 20 days, two weeks at least
    begin = BEGIN.replace(hour=9)
    rows = [
        {"at": begin + timedelta(days=n), "sender_id": who}
        for n in range(40)
        for who in ("old", *("abcde" if n >= 10 else ""))
    ]
    told = ask("churn_survival", rows, silence=10)[0]
    assert (told["members"], told["at_risk"], told["survival"]) == (5, 5, 1.0)
    assert told == ask("churn_survival", rows, silence=10, at=14)[0]
    assert (
        len([note for note in notes("churn_survival", rows, silence=10) if note.startswith("Shares are of 14 days")])
        == 1
    )
    assert not [note for note in notes("churn_survival", rows, silence=10, at=14) if note.startswith("Shares are of")]
    assert [
        note
        for note in notes("churn_survival", rows, silence=10, at=28)
        if note.startswith("Nobody was followed for 28")
    ]
    more = [
        *rows,
        *({"at": begin + timedelta(days=n), "sender_id": who} for n in range(40, 50) for who in ("old", *"abcde")),
    ]
    assert not [
        note
        for note in notes("churn_survival", more, silence=10)
        if "followed for" in note or note.startswith("Shares")
    ]  # 30 days
    assert ask("churn_survival", more, silence=10)[0] == ask("churn_survival", more, silence=10, at=28)[0]


def follow(rows, scope, silence):
    """The same day by day: (group, member) → (age when first watched, days lived, lapsed), and the first week of those of whom it is known."""
    history, posts, day = seen(rows, scope)
    observed = sorted({day(row) for row in history})
    first, last = observed[0], observed[-1]
    t = lambda d: sum(one <= d for one in observed) if d >= first else 1 - (first - d).days  # noqa: E731
    window = [
        d for d in observed if scope.since is None or d >= (scope.since - timedelta(hours=scope.day_start)).date()
    ]
    now = t(last)
    joins = {}
    for row in history:
        if row.get("event") == "invited":
            for who in row["target_ids"]:
                joins.setdefault((row["group_id"], who), row["at"].date())
    spoke = {}
    for row in posts:
        if row["sender_id"] not in scope.staff:
            spoke.setdefault((row["group_id"], row["sender_id"]), set()).add(t(day(row)))
    began = {}
    for group in "gh":
        days = [t(day(row)) for row in posts if row["group_id"] == group]
        days += [t(d) for (g, who), d in joins.items() if g == group and d <= last]
        began[group] = min(days, default=None)
    lives = {}
    staff = {key for key in spoke if key[1] in scope.staff} | {
        (row["group_id"], row["sender_id"]) for row in posts if row["sender_id"] in scope.staff
    }
    for key in ({*spoke} | {key for key, d in joins.items() if d <= last}) - staff:
        said = sorted(spoke.get(key, ()))
        came = t(joins[key]) if key in joins and joins[key] <= last else None
        dated = came is not None and (not said or came <= said[0] + 1)
        start = min([came, *said]) if dated else said[0]
        if not dated and start - began[key[0]] < silence:
            continue
        until = now - silence
        since = t(window[0]) if window else None
        if since is None:
            continue
        entry = max(began[key[0]] - start, since - start, 0)
        end = min(said[-1] if said else start, until) - start + 1
        if end > entry:
            week = sum(d < start + 7 for d in said)
            lives[key] = (entry, end, (said[-1] if said else start) <= until, None if start < began[key[0]] else week)
    return lives


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(logs(most=120), scopes(), st.sampled_from([1, 3, 10]), st.sampled_from([1, 5, 9]))
def test_lives_followed_day_by_day(rows, scope, silence, at):
    if not seen(rows, scope)[0]:
        return
    lives = follow(rows, scope, silence)
    rows = ask("churn_survival", rows, scope=scope, silence=silence, at=at)
    everybody = rows[0] if rows else {"members": 0, "lapsed": 0}  # staff alone
    assert (everybody["members"], everybody["lapsed"]) == (len(lives), sum(life[2] for life in lives.values()))
    if len(lives) >= 5:
        share = 1.0
        for age in sorted({end for _, end, lapsed, _ in lives.values() if lapsed and end <= at}):
            there = [life for life in lives.values() if life[0] < age <= life[1]]
            share *= 1 - sum(life[1] == age and life[2] for life in there) / len(there)
        assert everybody["at_risk"] == sum(entry <= at < end for entry, end, *_ in lives.values())
        if everybody["at_risk"]:
            assert everybody["survival"] == pytest.approx(share)
    weeks = [life[3] for life in lives.values() if life[1] > max(7, life[0])]
    told = {row["stratum"]: row["members"] for row in rows if row["by"] == "week1"}
    assert sum(told.values()) == len(weeks)
    assert told.get("4-7", 0) == sum(week is not None and week >= 4 for week in weeks)
    assert told.get("unknown", 0) == sum(week is None for week in weeks)
    assert sum(row["members"] for row in rows if row["by"] == "source") == len(lives)


def test_joiners_who_cannot_be_found_have_not_lapsed():
    rows = [{"at": BEGIN + timedelta(days=n), "sender_id": "name:a"} for n in range(60)]
    rows.append({"at": BEGIN + timedelta(hours=1), "event": "invited", "actor_id": "z", "target_ids": [*"bcdefg"]})
    rows.append({"at": BEGIN + timedelta(days=3), "event": "joined_qr", "target_ids": [*"hijklm"]})
    assert {row["lapsed"] for row in ask("churn_survival", rows)} == {0}
    findable = [{**row, "sender_id": "a"} if "sender_id" in row else row for row in rows]
    assert ask("churn_survival", findable)[0]["lapsed"] == 12
    said = [[note[:32] for note in notes("churn_survival", told) if "told apart" in note] for told in (rows, findable)]
    assert said == [["12 joins could not be told apart"], []]


def test_strata_are_left_out_until_all_that_are_left_have_enough_lapses():
    import numpy as np
    import pandas as pd

    # Of first replies "yes" has 5 lapses, one of them of the source "x", which has 4 and goes: then "yes" has 4 and goes, too.
    source = pd.Series(["x"] * 4 + ["a"] * 10 + ["b"] * 10)
    reply = pd.Series(["yes"] + ["no"] * 3 + ["yes"] * 4 + ["no"] * 6 + ["late"] * 10)
    known, enough = _compared({"reply": reply, "source": source}, np.ones(24, bool), np.ones(24, bool))
    assert enough == {"reply": ["late", "no"], "source": ["a", "b"]}
    assert known.tolist() == [False] * 8 + [True] * 16


def test_a_window_that_begins_in_a_hole_begins_after_it():
    rows = [{"at": BEGIN, "event": "invited", "actor_id": "z", "target_ids": ["a"]}, {"at": BEGIN + timedelta(days=3), "sender_id": "b"}]  # fmt: skip
    told = ask("churn_survival", rows, scope=Scope(since=BEGIN + timedelta(days=2)), silence=1, at=9)[0]
    assert (told["by"], told["members"], told["left_out"]) == (
        "all",
        0,
        2,
    )  # a was there before the window alone, b has not been for a day
