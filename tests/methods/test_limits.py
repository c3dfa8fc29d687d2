"""Control limits: a series worked out by hand, holes, and simulated groups in which days are planted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from qunkit.methods import limits

SERIES, DAYS, SIZE = 60, 240, 15
STARTS = range(100, 230, 10)


def flat(last: float, length: int = 43) -> np.ndarray:
    """9 and 11 on alternate weeks, and then a last day."""
    counts = np.array([9.0 + 2 * (day // 7 % 2) for day in range(length)])
    counts[-1] = last
    return counts[None]


def test_a_day_by_hand():
    # every weekday has three nines and three elevens: its factor is 1, and nothing is left but the weights
    weight = 0.97 ** np.arange(41, -1, -1)
    weight /= weight.sum()
    level = flat(0)[0, :42]
    mean, share = (weight * level).sum(), (weight**2).sum()
    variance = (weight * (level - mean) ** 2).sum() / (1 - share) * (1 + share + 0.75**2 / 6)
    assert variance < mean  # no burst: Poisson
    found = limits.days(flat(10), 0)
    assert found.expected[0, -1] == pytest.approx(mean)
    assert found.low[0, -1] == stats.poisson.ppf(0.005, mean) == 3
    assert found.high[0, -1] == stats.poisson.isf(0.005, mean) == 19
    told = [
        (bool(one.below[0, -1]), bool(one.above[0, -1])) for one in (limits.days(flat(n), 0) for n in (2, 3, 19, 20))
    ]
    assert told == [(True, False), (False, False), (False, False), (False, True)]


def test_a_day_in_bursts_by_hand():
    # 2 and 18 on alternate weeks: means 10, factors 1, and a variance that is far beyond Poisson's
    counts = np.array([[2.0 + 16 * (day // 7 % 2) for day in range(43)]])
    weight = 0.97 ** np.arange(41, -1, -1)
    weight /= weight.sum()
    mean, share = (weight * counts[0, :42]).sum(), (weight**2).sum()
    variance = (weight * (counts[0, :42] - mean) ** 2).sum() / (1 - share) * (1 + share + 0.75**2 / 6)
    size = mean**2 / (variance - mean)
    usual = stats.nbinom(size, size / (size + mean))
    found = limits.days(counts, 0)
    assert (found.low[0, -1], found.high[0, -1]) == (usual.ppf(0.005), usual.isf(0.005)) == (0, 44)


def test_weekdays_have_a_factor():
    # 30 on the last day of the week, 5 else: means 30 and 5 of 60/7, so factors 0.75 · 3.5 + 0.25 and 0.75 · 7/12 + 0.25
    counts = np.array([[5.0, 5, 5, 5, 5, 5, 30] * 8])
    found = limits.days(counts, 3)
    first = np.array([5.0, 5, 5, 5, 5, 5, 30] * 6)
    factor = np.where(first == 30, 2.875, 0.6875)
    weight = 0.97 ** np.arange(41, -1, -1)
    for day in (42, 48):  # an ordinary day and the busy one; each has the 42 before it
        turned = np.roll(first / factor, 42 - day)
        mean = (weight * turned).sum() / weight.sum()
        assert found.expected[0, day] == pytest.approx(mean * factor[day % 7])
    assert found.expected[0, 49:] == pytest.approx(found.expected[0, 42:49])
    assert limits.days(counts, 5).expected == pytest.approx(found.expected, nan_ok=True)


def test_holes_are_no_silence():
    counts = flat(10)
    counts[0, 5:19] = np.nan  # 28 known days are enough
    found = limits.days(counts, 0)
    assert 9 < found.expected[0, -1] < 11
    assert not found.below.any()
    counts[0, 19] = np.nan  # 27 are not
    assert np.isnan(limits.days(counts, 0).expected[0, -1])
    assert not limits.days(np.full((1, 60), np.nan), 0).below.any()
    week = np.full((1, 56), 10.0)
    week[0, -2:] = np.nan  # five known days of seven are held against five
    found = limits.weeks(week, 0)
    assert (found.counted[0, -1], found.expected[0, -1]) == (50, pytest.approx(50))
    week[0, -3] = np.nan
    assert np.isnan(limits.weeks(week, 0).counted[0, -1])


def test_none_at_all_and_then_some():
    counts = np.zeros((1, 43))
    assert not limits.days(counts, 0).below.any()
    told = []
    for count in (1, 2):
        counts[0, -1] = count
        told.append(bool(limits.days(counts, 0).above[0, -1]))
    assert told == [False, True]  # with a mean of 1 in 84 days: P(1 or more) 0.012, P(2 or more) 0.00007


def test_a_week_does_not_measure_itself():
    counts = np.full((1, 56), 50.0)
    counts[0, -7:] = 20
    found = limits.weeks(counts, 0)
    assert (found.counted[0, -1], found.expected[0, -1]) == (140, pytest.approx(350))
    assert found.below[0, -1]


@pytest.mark.parametrize("drift", [0.02, 0.04])
def test_false_alarms_and_what_is_planted(drift: float):
    """Sixty groups of 80 messages a day, negative binomial, with weekdays of their own and a level that drifts."""
    dice = np.random.default_rng(20261123)
    weekdays = np.exp(dice.normal(0, 0.25, (SERIES, 7)))
    weekdays /= weekdays.mean(1, keepdims=True)
    level, now = np.zeros((SERIES, DAYS)), np.zeros(SERIES)
    for day in range(DAYS):
        now = 0.98 * now + dice.normal(0, drift, SERIES)
        level[:, day] = now
    mean = 80 * np.exp(level) * weekdays[:, np.arange(DAYS) % 7]

    def drawn(means: np.ndarray) -> np.ndarray:
        return dice.negative_binomial(SIZE, SIZE / (SIZE + means)).astype(float)

    counts = drawn(mean)
    for found, most in ((limits.days(counts, 0), 3.0), (limits.weeks(counts, 0), 1.0)):
        out = found.below | found.above
        begins = out & ~np.roll(out, 1, axis=1)
        judged = ~np.isnan(found.expected)
        assert 100 * (out if most == 3 else begins)[judged].sum() / judged.sum() <= most

    def planted(day: int, times: float, length: int) -> np.ndarray:
        changed = counts.copy()
        changed[:, day : day + length] = drawn(times * mean[:, day : day + length])
        return changed

    spikes = np.mean([limits.days(planted(day, 3, 1), 0).above[:, day] for day in STARTS])
    dips = np.mean([limits.days(planted(day, 0.1, 1), 0).below[:, day] for day in STARTS])
    lasting = np.mean([limits.weeks(planted(day, 0.4, 6), 0).below[:, day : day + 7].any(1) for day in STARTS])
    assert spikes >= 0.85
    assert dips >= 0.95
    assert lasting >= 0.85
