"""`kol`: by hand where all answers are quotes; gates; and a chat with planted influence, as the command sees it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from qunkit.analyses.kol import Params, notes
from qunkit.dataset import Scope
from support.kol_worlds import WORLDS, simulate
from support.messages import moment
from support.questions import ask, table

BEGIN = moment("2026-03-01")


def quoted(days=30, answering="bcd", scope=None, **more):
    """Every day a speaks and all others quote that; half an hour later b speaks, and only a quotes it."""
    rows = []
    for day in range(days):
        at = BEGIN + timedelta(days=day, hours=9 + day % 3)
        first = len(rows)
        rows.append({"at": at, "sender_id": "a"})
        rows += [
            {"at": at + timedelta(minutes=n), "sender_id": who, "reply_to": f"m{first}"}
            for n, who in enumerate(answering, 1)
        ]
        rows.append({"at": at + timedelta(minutes=30), "sender_id": "b"})
        rows.append({"at": at + timedelta(minutes=31), "sender_id": "a", "reply_to": f"m{len(rows) - 1}"})
    return ask("kol", rows, **({"scope": scope} if scope else {}), **more)


def test_where_all_answers_are_quotes_the_volume_is_their_number():
    found = quoted()
    volume = {row["member_id"]: row["volume"] for row in found}
    # a: 30 turns x 3 quotes; b: 30 x 1; what b and a begin with nobody quotes may look like answers to one before
    assert volume["a"] == pytest.approx(90, abs=5)
    assert volume["b"] == pytest.approx(30, abs=5)
    assert found[0]["member_id"] == "a"
    a = found[0]
    assert (a["turns"], a["reach"]) == (60, 1.0)
    assert a["explicit"] == pytest.approx(1, abs=0.05)
    assert a["low"] < a["pull"] < a["high"]


def test_fewer_than_twenty_turns_give_no_pull():
    found = {row["member_id"]: row for row in quoted(days=19)}
    assert (found["c"]["turns"], found["c"]["pull"], found["c"]["confidence"]) == (19, None, "few_turns")
    assert found["a"]["pull"] is not None
    assert {row["member_id"]: row for row in quoted(days=20)}["c"]["pull"] is not None


def test_only_what_is_in_the_window_counts():
    scope = Scope(since=BEGIN + timedelta(days=20))
    found = {row["member_id"]: row for row in quoted(scope=scope)}
    assert found["a"]["turns"] == 20  # two a day
    assert found["a"]["volume"] == pytest.approx(30, abs=3)


def test_top_is_per_group_and_staff_are_told():
    found = quoted(top=2, scope=Scope(staff=frozenset({"a"})))
    assert table(found, "member_id", "official", "labels") == [("a", True, []), ("b", False, [])]


@cache
def world(name, explicit=0.15, days=None):
    """Rows of a simulated chat: lines, and quotes of some of the answers."""
    chat = simulate(1, **WORLDS[name] | ({"days": days} if days else {}))
    dice = np.random.default_rng(1)
    rows = []
    for at, who, parent, goes_on in zip(chat.at, chat.who, chat.parent, chat.goes_on, strict=True):
        row = {"at": BEGIN + timedelta(minutes=round(float(at), 3)), "sender_id": f"p{who:03}", "text": "好"}
        quotes = parent >= 0 and not goes_on and dice.random() < explicit
        rows.append(row | ({"reply_to": f"m{parent}"} if quotes else {}))
    return chat, rows


def test_planted_kols_are_told_with_a_check_that_stands():
    chat, rows = world("base", days=30)
    found = ask("kol", rows)
    told = [int(row["member_id"][1:]) for row in found if "kol" in row["labels"]]
    assert 3 <= len(told) <= 15
    top = np.argsort(-chat.volume)
    assert len(set(told) & set(top[:10].tolist())) >= 0.6 * len(told)
    assert len({int(row["member_id"][1:]) for row in found[:10]} & set(top[:10].tolist())) >= 8
    assert found[0]["self_check"] >= 0.4
    assert found[0]["confidence"] == "high"


def test_where_nobody_pulls_more_hardly_anybody_is_a_kol():
    _, rows = world("null", days=30)
    found = ask("kol", rows)
    assert len([row for row in found if "kol" in row["labels"]]) <= 0.03 * len(found)


def test_below_two_tenths_the_pull_is_hidden_and_it_is_said_why():
    _, rows = world("base", days=30)
    dice = np.random.default_rng(2)
    wrong = [row | ({"reply_to": f"m{dice.integers(0, n)}"} if "reply_to" in row else {}) for n, row in enumerate(rows)]
    found = ask("kol", wrong)  # quotes of anything say nothing of who pulls
    assert found[0]["self_check"] < 0.2
    assert {row["pull"] for row in found} == {row["low"] for row in found} == {None}
    assert {row["confidence"] for row in found} == {"failed", "few_turns"}
    said = [note.say("en") for note in notes(pd.DataFrame(found), Params())]
    assert said[1] == "Pull is hidden where the self-check is below 0.2 or its interval holds 0 (groups: 1): Group g."


def test_without_quotes_nobody_is_a_kol_and_confidence_is_low():
    _, rows = world("base", 0.0, days=30)
    found = ask("kol", rows)
    assert not [row for row in found if row["labels"]]
    assert {row["confidence"] for row in found} == {"low", "few_turns"}
    assert found[0]["pull"] is not None
    said = [note.say("zh") for note in notes(pd.DataFrame(found), Params())]
    assert said[-1] == "所列回复获得中 0% 为明确回复（引用和@），其余由时间推断。"
