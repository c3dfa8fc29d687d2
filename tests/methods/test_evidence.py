"""The evidence ladder by hand, rung by rung, and against a naive loop."""

from __future__ import annotations

from math import log

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.methods.evidence import (
    DAY,
    LIKELY,
    LONG,
    MENTION,
    QUOTE,
    RULE,
    SOFT,
    START,
    TURNS_BACK,
    Lines,
    evidence,
    ruled,
)
from qunkit.methods.links import Spoken, Weights, shipped
from qunkit.methods.sketches import sketches
from qunkit.methods.turns import turns
from support.logs import EXAMPLES


def climbed(rows):
    """What people said; a row is (sender, seconds, and what the line says: quoted=, named=, asks=, size=)."""
    said = [row[2] if len(row) > 2 else {} for row in rows]
    naming = [(n, who) for n, words in enumerate(said) for who in words.get("named", ())]
    lines = Lines(
        quoted=np.array([words.get("quoted", -1) for words in said], np.int64),
        naming=np.array([n for n, _ in naming], np.int64),
        named=np.array([who for _, who in naming], np.int64),
    )
    found = turns(np.array([row[0] for row in rows], np.int64), np.array([float(row[1]) for row in rows]))
    return found, lines, evidence(found, lines)


def guessed(rows, start=(), **pair):
    """And what a model says whose other weights are 0."""
    said = [row[2] if len(row) > 2 else {} for row in rows]
    spoken = Spoken(
        np.array([row[1] / 60 for row in rows]),
        np.array([words.get("asks", False) for words in said], bool),
        np.array([words.get("size", 0.0) for words in said]),
        sketches([""] * len(rows)),
    )
    some = Weights(dict.fromkeys(shipped().pair, 0.0) | pair, dict.fromkeys(shipped().start, 0.0) | dict(start))
    return ruled(*climbed(rows), spoken, some)


def rungs(*rows):
    _, _, found = climbed(rows)
    return list(zip(found.parent.tolist(), found.how.tolist(), strict=True))


def lines_of(found):
    return list(zip(found.line_parent.tolist(), found.line_how.tolist(), strict=True))


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
        between = [(1 + n % 2, 1 + n) for n in range(turns_between)]
        return rungs((0, 0), *between, (3, seconds, {"named": [0]}))[-1]

    assert chat(TURNS_BACK - 1, 200) == (0, MENTION)
    assert chat(TURNS_BACK, 200) == (-1, SOFT)
    assert chat(1, DAY) == (0, MENTION)
    assert chat(1, DAY + 1) == (-1, SOFT)


# -- what the model says -----------------------------------------------------------------------------------------------
def test_the_likeliest_line_and_its_turn():
    # of three things of weights 1, 8 (by the same sender) and 1
    found = guessed([(0, 0), (0, 1), (1, 200), (0, 210)], mine_last=log(8))
    assert lines_of(found)[-1] == (1, RULE)
    assert (found.parent[-1], found.how[-1]) == (0, RULE)
    assert found.p.round(4).tolist()[-1] == 0.7273  # 8 of 8 + 3: two other lines, and a start
    assert np.isnan(found.p[:2]).all()  # the first has nothing before it, the second is no turn's first


def test_what_is_less_likely_is_left_open():
    # each of n lines and a start is as likely, 1 / (n + 1); the nearest is a bit likelier
    def last(n):
        return lines_of(guessed([(who, who * 200) for who in range(n + 1)], next=0.01))[-1]

    assert 1 / 3 > LIKELY > 1 / 4
    assert last(2) == (1, RULE)
    assert last(3) == (-1, SOFT)


def test_what_asks_or_is_long_begins_if_that_is_likeliest():
    def last(start, **words):
        return lines_of(guessed([(0, 0), (1, 10, words)], start={"away": start}))[-1]

    assert last(-1) == (0, RULE)  # both speak for the first time: away is log 200
    assert last(-1, asks=True) == (0, RULE)
    assert last(1) == (-1, SOFT)  # times may tell
    assert last(1, asks=True) == (-1, START)
    assert last(1, size=LONG) == (-1, SOFT)
    assert last(1, size=LONG + 0.01) == (-1, START)


def test_any_line_of_a_turn_may_ask():
    found = guessed([(0, 0), (1, 10), (1, 20, {"asks": True})], start={"away": 1})
    assert lines_of(found)[1:] == [(-1, START), (-1, SOFT)]
    assert found.how.tolist() == [SOFT, START]


def test_of_who_is_named_the_likeliest_line():
    rows = [(0, 0), (1, 200), (0, 400), (1, 600), (2, 800, {"named": [0]})]
    assert lines_of(guessed(rows))[-1] == (2, MENTION)
    found = guessed(rows, far=1, mine=20)
    assert lines_of(found)[-1] == (0, MENTION)
    assert (found.parent[-1], found.how[-1]) == (0, MENTION)
    assert np.isnan(found.p[-1])


def test_who_is_named_but_beyond_reach_is_named_all_the_same():
    found = guessed([(0, 0), (1, 7200), (2, 7210, {"named": [0]})])
    assert lines_of(found)[-1] == (0, MENTION)


def test_quotes_and_names_say_who_is_addressed():
    def last(words, **pair):
        return lines_of(guessed([(0, 0), (1, 10, words), (0, 20)], **pair))[-1]

    assert last({"quoted": 0}, called_since=3) == last({"named": [0]}, called_since=3) == (1, RULE)
    assert last({"named": [-1, 0]}, called_since=3) == last({"quoted": 0, "named": [2]}, called_since=3) == (1, RULE)
    assert last({"named": [1, 0]}, called_since=3) == (1, RULE)  # nobody names themselves
    assert last({"named": [2, 0]}, mine=3, called_since=9) == (0, RULE)  # the first name counts …
    assert last({"named": [2, 0]}, mine=3, called_by=9) == (1, RULE)  # … but who is addressed at all


def test_what_people_said_is_never_overruled():
    rows = [(0, 0), (1, 200), (2, 400, {"quoted": 0}), (3, 600), (3, 601, {"quoted": 1})]
    found = guessed(rows, next=9)
    assert lines_of(found)[2:] == [(0, QUOTE), (-1, SOFT), (1, QUOTE)]
    assert found.how.tolist()[2:] == [QUOTE, QUOTE]


# -- against a naive loop ----------------------------------------------------------------------------------------------
def naive(found, lines):
    """What people said, as one would say it."""
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
    return told


@st.composite
def chats(draw):
    rows, at = [], 0.0
    for n in range(draw(st.integers(0, 25))):
        at += draw(st.sampled_from([0, 10, 130, 400, 3000, 50000]))
        words = {
            "asks": draw(st.booleans()),
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
    found, lines, told = climbed(rows)
    assert list(zip(told.parent.tolist(), told.how.tolist(), strict=True)) == naive(found, lines)
    more = guessed(rows, start={"away": 0.3}, far=-1.0, mine=0.5, called_since=2.0)
    assert (more.how[told.explicit] == told.how[told.explicit]).all()
    assert (more.line_how[told.line_how != SOFT] == told.line_how[told.line_how != SOFT]).all()
    for line, parent in enumerate(more.line_parent.tolist()):
        here = int(found.of_line[line])
        assert (parent >= 0) == (more.line_how[line] in (QUOTE, MENTION, RULE))
        assert parent < found.first[here]
        assert (not np.isnan(more.p[line])) == (more.line_how[line] == RULE)
        assert np.isnan(more.p[line]) or (LIKELY <= more.p[line] <= 1 and line == found.first[here])
        if more.line_how[line] == MENTION:
            assert found.who[found.of_line[parent]] == found.who[found.of_line[told.line_parent[line]]]
