"""The model of links by hand, and what it is shown against a plain loop."""

from __future__ import annotations

from math import exp, log, log1p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.methods import links as made
from qunkit.methods.links import ANYBODY, NEAR, REACH, Pairs, Spoken, Weights, beginning, facts, links, shipped
from qunkit.methods.sketches import sketches
from qunkit.methods.turns import turns
from support.logs import EXAMPLES

PAIRS, STARTS = tuple(shipped().pair), tuple(shipped().start)


def weights(start=(), **pair):
    """All of them 0, but these."""
    return Weights(dict.fromkeys(PAIRS, 0.0) | pair, dict.fromkeys(STARTS, 0.0) | dict(start))


def chat(rows):
    """A row is (sender, minutes, words): to= whom it addresses, asks=, size=, text=."""
    said = [row[2] if len(row) > 2 else {} for row in rows]
    who, at = np.array([row[0] for row in rows], np.int64), np.array([float(row[1]) for row in rows])
    spoken = Spoken(
        at,
        np.array([words.get("asks", False) for words in said], bool),
        np.array([words.get("size", 0.0) for words in said]),
        sketches([words.get("text", "") for words in said]),
    )
    calls = [(line, to) for line, words in enumerate(said) for to in words.get("to", ())]
    calling, called = np.array(calls, np.int64).reshape(-1, 2).T
    return facts(turns(who, at * 60), spoken, calling, called)


def told(rows, weights, only=ANYBODY):
    """The answer of the last line."""
    found = links(chat(rows), np.array([len(rows) - 1]), np.array([only]), weights)
    return int(found.parent[0]), round(float(found.p[0]), 4), round(float(found.start[0]), 4)


# -- by hand -----------------------------------------------------------------------------------------------------------
def test_who_is_addressed_thrice_as_likely():
    # three things that it can be, of weights 1, 3 (it addresses 0) and 1 (a start)
    rows = [(0, 0), (1, 1), (2, 2, {"to": [0]})]
    assert told(rows, weights(calls=log(3))) == (0, 0.6, 0.2)


def test_of_equals_the_nearest():
    assert told([(0, 0), (1, 1), (2, 2)], weights()) == (1, 0.3333, 0.3333)


def test_what_asks_begins():
    # a start has weight 4, each of two lines 1
    rows = [(0, 0), (1, 1), (2, 2, {"asks": True})]
    assert told(rows, weights(start={"asks": log(4)})) == (1, 0.1667, 0.6667)


def test_where_there_is_nothing_before_it_begins():
    assert told([(0, 0)], weights(one=9)) == (-1, 0, 1)


def test_nothing_reaches_further_than_an_hour_or_fifty_lines():
    assert told([(0, 0), (1, NEAR)], weights(one=9))[0] == 0
    assert told([(0, 0), (1, NEAR + 0.1)], weights(one=9)) == (-1, 0, 1)
    between = [(1 + n % 2, 1 + n / 100) for n in range(REACH)]
    assert told([(0, 0), *between[:-1], (3, 5, {"to": [0]})], weights(calls=20))[0] == 0
    assert told([(0, 0), *between, (3, 5, {"to": [0]})], weights(calls=20))[0] == REACH


def test_among_the_lines_of_one():
    rows = [(0, 0), (1, 1), (0, 2), (1, 3), (2, 4)]
    assert told(rows, weights(), only=0) == (2, 0.3333, 0.3333)
    assert told(rows, weights(far=1), only=0)[0] == 0
    assert told(rows, weights(), only=2) == (-1, 0, 1)


def test_shared_words_count_above_chance():
    # 你好吗 and 你好啊 have one pair of two; chance would give 2 x 2 / 256
    rows = [(0, 0, {"text": "你好吗"}), (1, 1, {"text": "早上见"}), (2, 2, {"text": "你好啊"})]
    [shared] = [values for name, values in Pairs(chat(rows), np.array([2])).values() if name == "shared"]
    chance = 4 / 256
    assert shared[:2, 0].tolist() == pytest.approx([-chance / (1 + chance) ** 0.5, (1 - chance) / (1 + chance) ** 0.5])


def test_the_weights_that_came_with_the_program():
    pairs, starts = Pairs(chat([(0, 0), (1, 1)]), np.array([1])), beginning(chat([(0, 0)]), np.array([0]))
    assert [name for name, _ in pairs.values()] == [*PAIRS]
    assert [name for name, _ in starts] == [*STARTS]
    asked = [(0, 0, {"asks": True}), (1, 1), (2, 2, {"to": [1]}), (1, 3, {"to": [0]})]
    parent, p, start = told(asked, shipped())
    assert parent == 0
    assert p > 0.8 > start


# -- against a plain loop ----------------------------------------------------------------------------------------------
def addressed(rows, line):
    return rows[line][2].get("to", []) if len(rows[line]) > 2 else []


def shown(rows, i, j, reach):
    """What holds of a pair, said line by line."""
    who = [row[0] for row in rows]
    words = [row[2] if len(row) > 2 else {} for row in rows]
    to = [addressed(rows, line)[0] if addressed(rows, line) else -1 for line in range(len(rows))]

    def last(lines):
        return max(lines, default=-1)

    def mate(line):
        return to[last(k for k in range(line) if who[k] == who[line] and to[k] >= 0)] if any(
            who[k] == who[line] and to[k] >= 0 for k in range(line)
        ) else -1  # fmt: skip

    def one_turn(k):
        return who[k] == who[k - 1] and (rows[k][1] - rows[k - 1][1]) * 60 <= 120

    own, own_i = (last(k for k in range(line) if who[k] == who[line]) for line in (j, i))
    by = last(k for k in range(j) if who[j] in addressed(rows, k))
    mine, names = who[i] == who[j], to[j] >= 0
    is_last = who[i] not in who[i + 1 : j]
    between = len(
        {who[k] for k in range(max(i, 0), j) if rows[j][1] - rows[k][1] <= NEAR and who[k] not in who[k + 1 : j]}
    )
    calls, called = to[j] == who[i], to[i] == who[j]
    says_other = to[i] >= 0 and not called and not mine
    mates, theirs, callers = mate(j) == who[i], mate(i) == who[j], by >= 0 and who[by] == who[i]
    heard = any(who[i] in addressed(rows, k) for k in range(i + 1, j))
    asks_i, asks_j = (words[line].get("asks", False) for line in (i, j))
    wait, far = max(rows[j][1] - rows[i][1], 0), log(j - i)
    a, b = (cells(words[line].get("text", "")) for line in (i, j))
    chance = len(a) * len(b) / 256
    return {
        "one": 1,
        "far": far,
        "wait": wait,
        "crowd": log1p(between),
        "next": i == j - 1,
        "mine": mine,
        "mine_last": mine and is_last,
        "mine_far": mine * far,
        "mine_soon": mine * log(wait + 0.5),
        "mine_names": mine and names,
        "mine_size": mine * words[j].get("size", 0.0),
        "last": is_last and not mine,
        "last_far": (is_last and not mine) * far,
        "calls": calls,
        "calls_called": calls and called,
        "calls_heard": calls and heard,
        "calls_mates": calls and mates,
        "names_other": names and not calls,
        "names_wait": names * wait,
        "called_since": called and i > own,
        "called_by": i == by,
        "called_far": called * far,
        "says_other": says_other,
        "says_other_free": says_other and not names,
        "same_to": names and to[i] == to[j] and not mine,
        "mates": mates and not mine,
        "mates_free": mates and not names,
        "mates_other": mate(j) >= 0 and not mates and not names and not mine,
        "theirs": theirs and not mine,
        "theirs_other": mate(i) >= 0 and not (theirs and not mine) and to[i] < 0 and not mine,
        "callers": callers and not mine,
        "callers_free": callers and not names,
        "callers_mates": callers and mates and not names,
        "since": own >= 0 and i > own and not names,
        "heard": heard and not mine,
        "asks": asks_i and not mine,
        "asks_both": asks_i and asks_j,
        "new": own_i < 0 or i - own_i > reach,
        "first": not mine and (i == 0 or not one_turn(i)),
        "end": not mine and (i == len(rows) - 1 or not one_turn(i + 1)),
        "shared": (len(a & b) - chance) / (1 + chance) ** 0.5,
    }


def plain(values):
    """Yes and no as numbers."""
    return {name: float(value) for name, value in values.items()}


def cells(text):
    row = sketches([text])[0]
    return {cell for cell in range(256) if int(row[cell // 64]) >> cell % 64 & 1}


def begun(rows, j):
    own = max((k for k in range(j) if rows[k][0] == rows[j][0]), default=j - 200)
    return {"asks": rows[j][2].get("asks", False), "size": rows[j][2].get("size", 0.0), "away": log(min(j - own, 200))}


@st.composite
def chats(draw, most=14):
    at, rows = 0.0, []
    for _ in range(draw(st.integers(1, most))):
        at += draw(st.sampled_from([0, 0.5, 1, 2, 3, 30, 70]))
        who = draw(st.integers(0, 3))
        words = {
            "to": [one for one in draw(st.lists(st.integers(0, 3), max_size=2)) if one != who],
            "asks": draw(st.booleans()),
            "size": draw(st.sampled_from([-1.0, 0.0, 1.5])),
            "text": draw(st.sampled_from(["", "好", "还有吗", "还有货吗", "OK the"])),
        }
        rows.append((who, at, words))
    return rows


@settings(max_examples=EXAMPLES * 2, deadline=None)
@given(chats(), st.integers(2, 6))
def test_a_plain_loop_sees_the_same(rows, reach):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "REACH", reach)
        lines = np.arange(len(rows))
        pairs = Pairs(chat(rows), lines)
        found = {name: np.array(values, float) for name, values in pairs.values()}
        starts = {name: np.array(values, float) for name, values in beginning(chat(rows), lines)}
    for j in range(len(rows)):
        assert {name: values[j] for name, values in starts.items()} == pytest.approx(plain(begun(rows, j)))
        for back in range(1, reach + 1):
            i = j - back
            possible = i >= 0 and rows[j][1] - rows[i][1] <= NEAR
            assert pairs.possible[back - 1, j] == possible
            if possible:
                here = {name: values[back - 1, j] for name, values in found.items()}
                assert here == pytest.approx(plain(shown(rows, i, j, reach)), abs=1e-5), (i, j)


@settings(max_examples=EXAMPLES, deadline=None)
@given(chats(), st.integers(0, 1000))
def test_the_share_of_the_exponentials_in_whatever_chunks(rows, seed):
    dice = np.random.default_rng(seed)
    some = Weights(*(dict(zip(names, dice.normal(size=len(names)), strict=True)) for names in (PAIRS, STARTS)))
    n = len(rows)
    only = np.where(dice.random(n) < 0.3, dice.integers(0, 4, n), ANYBODY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "_CHUNK", 4)
        found = links(chat(rows), np.arange(n), only, some)
    for j in range(n):
        may = [
            i
            for i in range(max(0, j - REACH), j)
            if rows[j][1] - rows[i][1] <= NEAR and only[j] in (ANYBODY, rows[i][0])
        ]
        score = {i: sum(some.pair[name] * value for name, value in shown(rows, i, j, REACH).items()) for i in may}
        start = sum(some.start[name] * value for name, value in begun(rows, j).items())
        total = exp(start) + sum(map(exp, score.values()))
        assert found.start[j] == pytest.approx(exp(start) / total, abs=1e-4)
        if may:
            assert found.p[j] == pytest.approx(exp(max(score.values())) / total, abs=1e-4)
            assert score[int(found.parent[j])] == pytest.approx(max(score.values()), abs=1e-4)
        else:
            assert (found.parent[j], found.p[j]) == (-1, 0)
