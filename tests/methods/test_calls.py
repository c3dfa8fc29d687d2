"""Responders, what is usual, and chances: by hand, against plain Python, and against every way to deal out."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from qunkit.methods.calls import (
    COMPARABLE,
    MINUTE,
    answers,
    chances,
    nth,
    posters,
    responders,
    shrunk,
    strata,
    usual,
)
from support.kol_measures import asked

LINES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 12)), max_size=40).map(
    lambda rows: (np.array([who for who, _ in rows], np.int64), np.cumsum([gap for _, gap in rows], dtype=np.int64))
)


def test_responders_by_hand():
    # a speaks at 0, b at 3 and 5, a at 6, c at 9
    who, at = np.array([0, 1, 1, 0, 2]), np.array([0, 3, 5, 6, 9])
    assert responders(who, at, 5).tolist() == [
        1,
        1,
        2,
        1,
        0,
    ]  # at 9 c is just out of time for b's first, not for the second
    assert responders(who, at, 9).tolist() == [2, 2, 2, 1, 0]  # whoever speaks again is no responder to themselves


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.integers(0, 30))
def test_responders_are_sets(lines, within):
    who, at = lines
    found = [
        len({who[j] for j in range(i + 1, len(who)) if at[j] - at[i] <= within} - {who[i]}) for i in range(len(who))
    ]
    assert responders(who, at, within).tolist() == found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.data())
def test_answers_are_the_first_lines_of_others(lines, data):
    who, at = lines
    last = np.array(sorted(data.draw(st.sets(st.integers(0, max(len(who) - 1, 0)), max_size=len(who)))), np.int64)
    within = np.array([data.draw(st.integers(0, 30)) for _ in last], np.int64)
    expected = []
    for call, (line, most) in enumerate(zip(last, within, strict=True)):
        met = {who[line]}
        for j in range(line + 1, len(who)):
            if at[j] - at[line] <= most and who[j] not in met:
                met.add(who[j])
                expected.append((call, j, who[j], at[j] - at[line]))
    found = answers(last, who, at, within)
    assert list(zip(*(values.tolist() for values in found), strict=True)) == expected
    many = np.bincount(found.call, minlength=len(last))
    half = nth(found, len(last), (many + 1) // 2).tolist()
    delays = [[row[3] for row in expected if row[0] == call] for call in range(len(last))]
    assert half == [some[(len(some) + 1) // 2 - 1] if some else -1 for some in delays]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.integers(0, 400), st.integers(1, 3))
def test_posters_are_sets(lines, when, days):
    who, at = lines[0], lines[1] * 24 * 60 * MINUTE // 3
    then = when * 24 * 60 * MINUTE // 3
    expected = {who[j] for j in range(len(who)) if then - days * 24 * 60 * MINUTE < at[j] <= then}
    assert posters(who, at, np.array([then]), days).tolist() == [len(expected)]


def test_strata_are_of_liveliness_and_hours_and_wider_where_few():
    # 25 turns a day apart at 9, 25 at 21, and 5 at 3 in the morning: all after silence
    hour = np.array([9] * 25 + [21] * 25 + [3] * 5)
    at = np.arange(55) * 24 * 60 * MINUTE
    found = strata(at, hour, np.ones(55, bool))
    assert found[:25].tolist() == [2] * 25  # nothing before, 8 to 12
    assert found[25:50].tolist() == [5] * 25
    assert found[50:].tolist() == [-1] * 5  # five are not to be compared, even put together
    more = strata(np.arange(70) * 24 * 60 * MINUTE, np.r_[hour, [13] * 15], np.ones(70, bool))
    assert len(set(more[50:])) == 1  # 5 + 15 of the same liveliness
    assert more[50] not in (2, 5, -1)
    assert COMPARABLE == 20


def test_liveliness_is_of_turns_in_ten_minutes():
    at = np.array([0, 5, 10, 21]) * MINUTE
    found = strata(np.tile(at, 1), np.zeros(4, np.int64), np.ones(4, bool))
    assert found.tolist() == [-1] * 4
    many = np.concatenate([at + k * 24 * 60 * MINUTE for k in range(20)])
    lively = strata(many, np.zeros(80, np.int64), np.ones(80, bool)) // 6
    assert lively[4:8].tolist() == [0, 1, 2, 0]  # at 10 the turn of 0 still counts


def test_usual_is_mean_and_rank():
    stratum, counts = np.array([0, 0, 0, 0, 1, 1, -1]), np.array([1, 2, 2, 5, 9, 3, 7])
    counted = np.array([True, True, True, False, True, True, True])
    found = usual(stratum, counts, counted)
    assert found.mean[:6].tolist() == pytest.approx([5 / 3, 5 / 3, 5 / 3, 5 / 3, 6, 6])
    assert found.as_many[:6].tolist() == pytest.approx([1, 2 / 3, 2 / 3, 0, 1 / 2, 1])
    assert np.isnan([found.mean[6], found.as_many[6]]).all()


def every_way(stratum, who, counts, member):
    """The share of all ways to deal out in which `member` gets as many: no dice."""
    real = sum(counts[who == member])
    shares = []
    for one in sorted(set(stratum)):
        mine = counts[stratum == one]
        shares.append([sum(some) for some in combinations(mine, int(((stratum == one) & (who == member)).sum()))])
    sums = [sum(some) for some in product(*shares)]
    return np.mean([total >= real for total in sums])


def test_chances_are_those_of_every_way_to_deal_out():
    stratum = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    who = np.array([0, 0, 1, 1, 2, -1, 0, 1, 2, 2, -1])
    counts = np.array([4, 3, 1, 0, 2, 2, 9, 5, 1, 7, 3])
    found = chances(stratum, who, counts, 4)
    exact = [every_way(stratum, who, counts, member) for member in range(3)]
    assert found[:3] == pytest.approx(exact, abs=0.04)  # of 999: a standard error of 0.016 at most
    assert found[3] == 1  # who has no turns
    assert chances(stratum, who, counts, 4).tolist() == found.tolist()


def test_chances_are_scipys_in_one_stratum():
    who, counts = np.array([0] * 6 + [1] * 8), np.array([5, 4, 6, 3, 7, 2, 1, 2, 3, 4, 2, 1, 5, 2])
    exact = permutation_test((counts[:6], counts[6:]), lambda a, b: a.sum() - b.sum(), alternative="greater", n_resamples=np.inf)  # fmt: skip
    assert chances(np.zeros(14, np.int64), who, counts, 2)[0] == pytest.approx(exact.pvalue, abs=0.02)


def test_no_turns_no_chances():
    none = np.empty(0, np.int64)
    assert chances(none, none, none, 3).tolist() == [1, 1, 1]
    assert shrunk(none, none, np.empty(0), 2).tolist() == [0, 0]
    assert responders(none, none, 5).tolist() == posters(none, none, none, 28).tolist() == []


def test_shrunk_by_hand():
    # two members, four turns each on two days: means 2 and -2, within days nothing hangs together
    who, day = np.repeat([0, 1], 4), np.tile([0, 0, 1, 1], 2)
    lift = np.array([1.0, 3, 1, 3, -1, -3, -1, -3])
    # within: 8 turns one off, 8 / (8 - 2); days cancel out. between: (4*4 + 4*4 - 2 * 8/6) / 8
    within = 8 / 6
    between = (32 - 2 * within) / 8
    assert shrunk(who, day, lift, 3)[:2] == pytest.approx([2 * 4 * between / (4 * between + within)] * 1 + [-2 * 4 * between / (4 * between + within)])  # fmt: skip
    assert shrunk(who, day, np.array([1.0, -1, 1, -1, 1, -1, 1, -1]), 2).tolist() == [0, 0]


def test_turns_that_hang_together_shrink_more():
    dice = np.random.default_rng(1)
    who, day = np.repeat(np.arange(30), 40), np.tile(np.repeat(np.arange(10), 4), 30)
    own = np.repeat(dice.normal(0, 0.5, 30), 40)
    apart = own + dice.normal(0, 1, 1200)
    together = own + np.repeat(dice.normal(0, 1, 300), 4)
    shrinkage = [np.abs(shrunk(who, day, lift, 30)).sum() / np.abs(np.bincount(who, lift) / 40).sum() for lift in (apart, together)]  # fmt: skip
    assert shrinkage[1] < shrinkage[0] < 1


def test_responders_tell_who_moves_others():
    found = asked("base", 0)
    assert found.rho > 0.5
    assert (found.q <= 0.1)[found.top].mean() >= 0.5


@pytest.mark.slow
def test_where_nobody_moves_others_hardly_anybody_is_found():
    found = [asked("null", seed) for seed in range(8)]
    assert np.mean([(one.naive < 0.05).mean() for one in found]) > 0.9  # chats are no Poisson's
    assert 0.05 < np.mean([(one.p < 0.05).mean() for one in found]) < 0.15  # nor independent
    assert np.mean([(one.q <= 0.1).mean() for one in found]) <= 0.03


@pytest.mark.slow
def test_those_who_move_others_are_found():
    found = [asked("base", seed) for seed in range(8)]
    power = [(one.q <= 0.1)[one.top].mean() for one in found]
    assert np.mean(power) >= 0.55
