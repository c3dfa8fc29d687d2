"""The evidence ladder by hand, rung by rung, and against a naive loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.methods.evidence import (
    ADDRESSED,
    DAY,
    MENTION,
    QUOTE,
    RULE,
    SOFT,
    START,
    THREAD,
    TURNS_BACK,
    Lines,
    evidence,
)
from qunkit.methods.turns import turns
from support.logs import EXAMPLES

MINUTE = 60.0


def climbed(rows):
    """Parent and rung of each turn; a row is (sender, seconds, and what the line says: quoted=, named=, starts=)."""
    said = [row[2] if len(row) > 2 else {} for row in rows]
    naming = [(n, who) for n, words in enumerate(said) for who in words.get("named", ())]
    lines = Lines(
        quoted=np.array([words.get("quoted", -1) for words in said], np.int64),
        naming=np.array([n for n, _ in naming], np.int64),
        named=np.array([who for _, who in naming], np.int64),
        starts=np.array([words.get("starts", False) for words in said], bool),
    )
    found = turns(np.array([row[0] for row in rows], np.int64), np.array([float(row[1]) for row in rows]))
    return found, lines, evidence(found, lines)


def rungs(*rows):
    _, _, found = climbed(rows)
    return list(zip(found.parent.tolist(), found.how.tolist(), strict=True))


def test_a_quote_is_surer_than_a_mention():
    assert rungs((0, 0), (1, 5), (2, 10, {"quoted": 0, "named": [1]}))[-1] == (0, QUOTE)


def test_of_a_turn_the_first_quote_counts_and_of_a_line_the_first_name():
    rows = [(0, 0), (1, 5), (2, 10), (2, 11, {"quoted": 1}), (2, 12, {"quoted": 0}), (3, 20, {"named": [-1, 1, 0]})]
    assert rungs(*rows)[2:] == [(1, QUOTE), (1, MENTION)]
    _, _, found = climbed(rows)
    assert found.line_parent.tolist() == [-1, -1, -1, 1, 0, 1]
    assert found.line_how.tolist() == [SOFT, SOFT, SOFT, QUOTE, QUOTE, MENTION]
    assert found.explicit.tolist() == [False, False, True, True]


def test_a_mention_means_the_last_line_of_the_last_turn():
    _, _, found = climbed([(0, 0), (0, 1), (1, 5), (2, 10, {"named": [0]})])
    assert found.line_parent.tolist()[-1] == 1


def test_nobody_answers_what_comes_later_or_is_of_the_same_turn_or_themselves_by_name():
    assert rungs((0, 0, {"quoted": 1}), (1, 500)) == [(-1, SOFT), (-1, SOFT)]
    assert rungs((0, 0), (0, 1, {"quoted": 0})) == [(-1, SOFT)]
    assert rungs((0, 0), (1, 5000), (0, 10000, {"named": [0]}))[-1] == (-1, SOFT)


def test_a_mention_reaches_a_hundred_turns_and_a_day():
    def chat(turns_between, seconds):
        between = [(1 + n % 2, 1 + n, {"starts": True}) for n in range(turns_between)]
        return rungs((0, 0), *between, (3, seconds, {"named": [0]}))[-1]

    assert chat(TURNS_BACK - 1, 200) == (0, MENTION)
    assert chat(TURNS_BACK, 200) == (-1, SOFT)
    assert chat(1, DAY) == (0, MENTION)
    assert chat(1, DAY + 1) == (-1, SOFT)


def test_who_was_addressed_answers_once_and_within_the_hour():
    asked = [(0, 0), (1, 10, {"named": [0]})]
    assert rungs(*asked, (0, 20, {"starts": True}), (2, 30), (0, 40))[2:] == [(1, RULE), (-1, SOFT), (2, RULE)]
    assert rungs(*asked, (2, 20), (0, 10 + ADDRESSED))[-1] == (1, RULE)
    assert rungs(*asked, (2, 20), (0, 11 + ADDRESSED))[-1] == (-1, SOFT)


def test_a_name_addresses_also_who_has_said_nothing_yet():
    assert rungs((1, 10, {"named": [0]}), (2, 15), (0, 20))[-1] == (0, RULE)


def test_ones_own_thread_stays_warm_for_ten_minutes_unless_one_starts_another():
    assert rungs((0, 0), (1, 5), (0, THREAD))[-1] == (0, RULE)
    assert rungs((0, 0), (1, 5), (0, THREAD + 1))[-1] == (-1, SOFT)
    assert rungs((0, 0), (1, 5), (0, 30, {"starts": True}))[-1] == (-1, START)
    assert rungs((0, 0), (1, 5), (0, 30), (0, 31, {"starts": True}))[-1] == (-1, START)


def naive(found, lines):
    """The ladder as one would say it."""
    of, told = found.of_line.tolist(), []
    named = {}
    for line, who in zip(lines.naming.tolist(), lines.named.tolist(), strict=True):
        named.setdefault(of[line], []).append((line, who))
    for turn in range(len(found)):
        mine = range(found.first[turn], found.last[turn] + 1)
        quotes = [of[lines.quoted[line]] for line in mine if 0 <= lines.quoted[line] < found.first[turn]]
        calls = [
            there
            for _, who in named.get(turn, ())
            if who != found.who[turn]
            for there in [t for t in range(max(0, turn - TURNS_BACK), turn) if found.who[t] == who][-1:]
            if found.at[turn] - found.at[there] <= DAY
        ]
        told.append((quotes[0], QUOTE) if quotes else (calls[0], MENTION) if calls else (-1, SOFT))
    answers = list(told)
    for turn in range(len(found)):
        if told[turn][1] != SOFT:
            continue
        me = found.who[turn]
        own = max((t for t in range(turn) if found.who[t] == me), default=-1)
        by = [
            t
            for t in range(own + 1, turn)
            if (told[t][0] >= 0 and found.who[told[t][0]] == me) or me in [who for _, who in named.get(t, ())]
        ]
        if by and found.at[turn] - found.at[by[-1]] <= ADDRESSED:
            answers[turn] = (by[-1], RULE)
        elif any(lines.starts[line] for line in range(found.first[turn], found.last[turn] + 1)):
            answers[turn] = (-1, START)
        elif own >= 0 and found.at[turn] - found.at[own] <= THREAD:
            answers[turn] = (own, RULE)
    return answers


@st.composite
def chats(draw):
    rows, at = [], 0.0
    for n in range(draw(st.integers(0, 25))):
        at += draw(st.sampled_from([0, 10, 130, 400, 3000, 50000]))
        words = {
            "starts": draw(st.booleans()) and draw(st.booleans()),
            "named": draw(st.lists(st.integers(-1, 3), max_size=2)),
        }
        if draw(st.integers(0, 3)) == 0:
            words["quoted"] = draw(st.integers(-1, n + 1))
        rows.append((draw(st.integers(0, 3)), at, words))
    return rows


@settings(max_examples=EXAMPLES * 4, deadline=None)
@given(chats())
def test_a_naive_loop_gives_the_same(rows):
    rows = [(who, at, words | {"quoted": min(words.get("quoted", -1), len(rows) - 1)}) for who, at, words in rows]
    found, lines, climbed_to = climbed(rows)
    assert list(zip(climbed_to.parent.tolist(), climbed_to.how.tolist(), strict=True)) == naive(found, lines)
