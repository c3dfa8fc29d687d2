"""Intervals of ratios: by hand, and how often they hold what is true in simulated groups."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from qunkit.methods.shares import audited, change, counted


def test_a_count_that_nobody_audited_by_hand():
    # 30 of 100: (.30 - .02) / (.98 - .02) = .2917 at least, (.30 - .002) / (.85 - .002) = .3514 at most
    assert counted(30, 100) == pytest.approx((0.3, 0.28 / 0.96, 0.298 / 0.848))
    # 1 of 100 may be nothing but false alarms, and is what was counted
    assert counted(1, 100) == pytest.approx((0.01, 0.0, 0.01))
    assert counted(0, 0) == (None, None, None)
    assert counted(10, 10).high == 1.0


def test_an_audit_of_one_half_is_jeffreys_interval():
    # nothing was passed: the ratio is that of the flagged, Beta(8.5, 2.5)
    found = audited(50, 0, 100, (8, 10), (0, 0))
    ends = beta(8.5, 2.5).ppf([0.025, 0.975]) / 2
    assert found.ratio == pytest.approx(8.5 / 11 / 2)
    assert (found.low, found.high) == pytest.approx(tuple(ends), abs=0.006)
    assert audited(0, 0, 0, (1, 2), (1, 2)) == (None, None, None)


def covered(true: float) -> float:
    """How often the interval holds the ratio of ads of 4,000 messages, of which a classifier finds 90 % and 1 % of the others, with 50 labels of each half."""
    dice = np.random.default_rng(7)
    inside = []
    for _ in range(500):
        ads = dice.random(4000) < true
        flagged = np.where(ads, dice.random(4000) < 0.9, dice.random(4000) < 0.01)
        halves = [dice.permutation(np.flatnonzero(which))[:50] for which in (flagged, ~flagged)]
        labels = [(float(ads[half].sum()), float(len(half))) for half in halves]
        found = audited(int(flagged.sum()), int((~flagged).sum()), 4000, labels[0], labels[1])
        assert found.low is not None
        assert found.high is not None
        inside.append(found.low <= ads.mean() <= found.high)
    return float(np.mean(inside))


def test_an_audit_holds_the_truth_95_times_in_100():
    found = [covered(true) for true in (0.02, 0.05, 0.1, 0.2, 0.3)]
    assert 0.93 <= np.mean(found) <= 0.97
    assert min(found) >= 0.93
    assert max(found) <= 0.985  # where few labels of what was passed are ads, Jeffreys' interval is a little too wide


def test_a_change_by_hand_and_its_width():
    now, before = np.array([[3.0, 4], [0, 6]]), np.array([[0.0, 5], [1, 5]])
    found = change(now, before, 1)
    assert found.ratio == pytest.approx(3 / 10 - 1 / 10)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.ratio <= found.high
    assert change(now, before, 1) == found  # the same draws
    assert change(now, before * 0, 1) == (None, None, None)


def test_a_change_of_one_flooding_sender_is_not_sure():
    """A hundred ads by one of fifty senders: by messages that would be certain, by senders it is not."""
    now, before = np.ones((50, 2)) * [0, 10], np.ones((50, 2)) * [0, 10]
    now[0] = [100, 110]
    found = change(now, before, 3)
    assert found.low == 0.0
    many = np.ones((50, 2)) * [2, 12]
    assert (change(many, before, 3).low or 0) > 0.1
