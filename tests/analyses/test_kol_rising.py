"""`kol rising`: by hand where all answers are quotes, at its gates, and in a chat in which nothing changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from qunkit.analyses.kol_rising import Params, notes
from qunkit.dataset import Scope
from support.kol_worlds import WORLDS, simulate
from support.messages import moment
from support.questions import ask, table

BEGIN = moment("2026-03-01 09:00")


def eight_weeks(days=56, early=1, late=3, group="g", **more):
    """Every day a speaks once, and others quote that: so many in the first four weeks, and so many after. Six others speak to nobody, hours later: too few for a self-check."""
    rows = []
    for day in range(days):
        at = BEGIN + timedelta(days=day)
        first = len(rows)
        rows.append({"at": at, "sender_id": "a", "group_id": group})
        many = late if day >= days - 28 else early
        rows += [
            {
                "at": at + timedelta(minutes=n),
                "sender_id": f"q{(day + n) % 6}",
                "reply_to": f"m{first}",
                "group_id": group,
            }
            for n in range(1, many + 1)
        ]
        rows += [{"at": at + timedelta(hours=n), "sender_id": f"q{n - 1}", "group_id": group} for n in range(1, 7)]
    return rows, more


def test_by_hand():
    rows, _ = eight_weeks()
    found = ask("kol_rising", rows)
    a = found[0]
    assert (a["member_id"], a["state"], a["turns"], a["turns_before"]) == ("a", "rising", 28, 28)
    # 28 turns x 3 quotes, and x 1; too few members for a self-check, so that nothing else counts
    assert (a["answers"], a["answers_before"], a["explicit"]) == (84, 28, None)
    assert a["low"] <= a["change"] <= a["high"]
    assert a["change"] == pytest.approx(a["pull"] - a["pull_before"])
    assert a["change"] > 1  # of 2, shrunk by 10 turns
    assert {row["state"] for row in found[1:]} == {"steady"}
    # seven are asked about: 1 of 2,000 deals, times 7
    assert (a["evidence"], a["q"]) == ("said", pytest.approx(7 / 2000))
    assert a["until"] == datetime.fromisoformat("2026-04-25 15:00")  # the last message
    assert a["since"] == datetime.fromisoformat("2026-03-28 15:00")


def test_what_does_not_grow_or_falls_is_steady():
    for early, late in ((2, 2), (3, 1)):
        rows, _ = eight_weeks(early=early, late=late)
        assert {row["state"] for row in ask("kol_rising", rows)} == {"steady"}


def test_the_window_ends_it_and_its_beginning_says_nothing():
    rows, _ = eight_weeks(days=70, late=1)
    later, _ = eight_weeks()
    scope = Scope(since=BEGIN + timedelta(days=50), until=BEGIN + timedelta(days=56))
    assert {row["state"] for row in ask("kol_rising", rows, scope=scope)} == {"steady"}
    assert [row["member_id"] for row in ask("kol_rising", later, scope=scope) if row["state"] == "rising"] == ["a"]


def test_too_few_turns_and_too_short_logs_are_said_so():
    rows, _ = eight_weeks()
    few = [row for n, row in enumerate(rows) if row["sender_id"] != "q5" or row["at"] < BEGIN + timedelta(days=20)]
    few = [row | {"message_id": f"m{rows.index(row)}"} for row in few]
    told = {row["member_id"]: row for row in ask("kol_rising", few)}
    assert (told["q5"]["state"], told["q5"]["pull"], told["q5"]["change"]) == ("few_turns", None, None)
    short, _ = eight_weeks(days=45)
    found = ask("kol_rising", short)
    assert {row["state"] for row in found} == {"short"}
    assert {row["change"] for row in found} == {None}
    said = [note.say("en") for note in notes(pd.DataFrame(found), Params())]
    assert said[-1] == "In groups whose log begins less than 7 weeks before the end: 7 members, not compared."
    assert said[0].startswith("Compared: 2026-03-17 15:00 to 2026-04-14 15:00 with 2026-02-17 15:00 to")


def test_only_those_who_can_be_compared():
    rows, _ = eight_weeks()
    rows += [{"at": BEGIN + timedelta(days=50), "sender_id": "z"}]
    whole, some = ask("kol_rising", rows), ask("kol_rising", rows, compared=True)
    assert [row for row in whole if row["state"] != "few_turns"] == some
    assert table(whole, "member_id", "state")[-1] == ("z", "few_turns")


def chat(seed, louder=()):
    """Rows of a simulated chat of eight weeks; some answers are quotes. In the last four everybody of `louder` gets three more answers a turn, a third of them quotes."""
    world = simulate(seed, **WORLDS["null"] | {"days": 56.0, "members": 40})
    dice = np.random.default_rng(seed)
    rows = []
    for n, (at, who, parent, goes_on) in enumerate(zip(world.at, world.who, world.parent, world.goes_on, strict=True)):
        row = {
            "at": BEGIN + timedelta(minutes=round(float(at), 3)),
            "sender_id": f"p{who:03}",
            "text": "好",
            "message_id": f"m{n}",
        }
        quotes = parent >= 0 and not goes_on and dice.random() < 0.15
        rows.append(row | ({"reply_to": f"m{parent}"} if quotes else {}))
        if who in louder and at > 28 * 1440 and not goes_on:
            rows += [
                {
                    "at": row["at"] + timedelta(minutes=float(dice.exponential(2.0))), "sender_id": f"p{dice.integers(0, 40):03}", "message_id": f"x{n}-{k}",
                    **({"reply_to": f"m{n}"} if dice.random() < 0.33 else {}),
                }
                for k in range(3)
            ]  # fmt: skip
    return rows


def rising(rows):
    return {row["member_id"] for row in ask("kol_rising", rows) if row["state"] == "rising"}


def test_hardly_anybody_rises_where_nothing_changes():
    assert len(rising(chat(1))) <= 1


def test_who_is_answered_more_rises():
    most = np.argsort(-np.bincount(simulate(1, **WORLDS["null"] | {"days": 56.0, "members": 40}).who, minlength=40))
    louder = set(most[2:4].tolist())
    found = rising(chat(1, louder))
    assert {f"p{who:03}" for who in louder} <= found
    assert len(found) <= 4


def test_who_rises_follows_from_the_columns():
    most = np.argsort(-np.bincount(simulate(1, **WORLDS["null"] | {"days": 56.0, "members": 40}).who, minlength=40))
    rows = chat(1, set(most[2:4].tolist()))
    plain = [{key: value for key, value in row.items() if key != "reply_to"} for row in rows]
    wrong = [row | ({"reply_to": f"m{n // 2}"} if n % 5 == 0 else {}) for n, row in enumerate(rows)]
    for asked in (rows, plain, wrong):
        found = [row for row in ask("kol_rising", asked) if row["state"] in ("rising", "steady")]
        assert len(found) > 20
        for row in found:
            rises = row["q"] <= 0.1 and row["answers"] > row["answers_before"]
            assert (row["state"] == "rising") == rises
            assert row["change"] == pytest.approx(row["pull"] - row["pull_before"], abs=2e-6)
    # without quotes there is nothing to go by, and nobody rises by times alone
    assert {(row["evidence"], row["answers"]) for row in ask("kol_rising", plain)} == {("said", 0)}
    assert {row["evidence"] for row in ask("kol_rising", rows)} <= {"times", "said"}


def test_where_there_is_no_check_all_figures_are_of_what_was_said():
    rows, _ = eight_weeks()
    rows = [row | ({"reply_to": None} if row.get("reply_to") and n % 2 else {}) for n, row in enumerate(rows)]
    said = {"last": 0, "before": 0}
    for row in rows:
        if row.get("reply_to"):
            said["last" if row["at"] > datetime.fromisoformat("2026-03-28 15:00") else "before"] += 1
    a = next(row for row in ask("kol_rising", rows) if row["member_id"] == "a")
    assert (a["evidence"], a["answers"], a["answers_before"]) == ("said", said["last"], said["before"])


@pytest.mark.slow
def test_few_ever_rise_where_nothing_changes():
    assert np.mean([len(rising(chat(seed))) / 40 for seed in range(8)]) <= 0.03
