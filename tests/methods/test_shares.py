"""Intervals of ratios: by hand, and how often they hold what is true in simulated groups."""

from __future__ import annotations

import re
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from qunkit.methods import shares
from qunkit.methods.shares import Stratum, audited, beyond_mistakes, change, counted

ROOT = Path(__file__).parents[2]


def test_a_count_that_nobody_audited_by_hand():
    # 30 of 100: Jeffreys' interval of it is Beta(30.5, 70.5), from .2168 to .3945; (.2168 - .04) / (.98 - .04) at least, .3945 / .67 at most
    found = counted(30, 100)
    low, high = beta(30.5, 70.5).ppf([0.025, 0.975])
    assert (round(low, 4), round(high, 4)) == (0.2168, 0.3945)
    assert found == pytest.approx((0.3, (low - 0.04) / 0.94, high / 0.67))
    # 1 of 100 may be nothing but false alarms; of none found, some may have been missed
    assert counted(1, 100).low == 0.0
    none = counted(0, 100)
    assert (none.ratio, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(beta(0.5, 100.5).ppf(0.975) / 0.67)
    assert counted(0, 0) == (None, None, None)
    assert counted(10, 10).high == 1.0


def test_the_range_is_what_training_has_come_to():
    """The page is written by `make eval`: a whole group never seen at worst, the family told best at best."""
    page = (ROOT / "docs/methods/ads-training.md").read_text("utf-8")
    (worst, alarms), = re.findall(r"^\| all \| [\d,]+ \| \d+ \| [\d.]+ \| ([\d.]+) \| ([\d.]+) \|", page, re.MULTILINE)  # fmt: skip
    families = re.search(r"eval: families -->(.*?)<!-- end", page, re.DOTALL)
    best = max(float(found) for found in re.findall(r"\| ([\d.]+) \|$", families[1], re.MULTILINE))
    assert (int(float(worst) * 100) / 100, int(best * 100) / 100) == shares.HIT
    assert (0, ceil(float(alarms) * 100) / 100) == shares.FALSE_ALARM


def test_an_audit_of_one_half_is_jeffreys_interval():
    # nothing was passed: the ratio is that of the flagged, 8 of 10, and they are half of the messages; Beta(8.5, 2.5)
    found = audited([Stratum(50, 8, 10), Stratum(0, 0, 0)], 100)
    ends = beta(8.5, 2.5).ppf([0.025, 0.975]) / 2
    assert found.ratio == pytest.approx(0.8 / 2)
    assert (found.low, found.high) == pytest.approx(tuple(ends), abs=0.006)
    assert audited([Stratum(0, 1, 2), Stratum(0, 1, 2)], 0) == (None, None, None)


def test_three_strata_by_hand_and_by_drawing():
    # 100 flagged, 9 of 10 ads; 800 passed, 1 of 20; 100 without a text, 2 of 10: (90 + 40 + 20) / 1000
    strata = [Stratum(100, 9, 10), Stratum(800, 1, 20), Stratum(100, 2, 10)]
    found = audited(strata, 1000)
    assert found.ratio == pytest.approx(0.15)
    dice = np.random.default_rng(5)
    drawn = sum(one.messages / 1000 * dice.beta(one.ads + 0.5, one.labels - one.ads + 0.5, 200_000) for one in strata)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.003)


def test_without_an_ad_among_the_labels_there_may_be_none():
    found = audited([Stratum(30, 0, 30), Stratum(970, 0, 40)], 1000)
    assert (found.ratio, found.low) == (0.0, 0.0)
    assert 0.03 < (found.high or 0) < 0.08
    assert audited([Stratum(30, 30, 30), Stratum(0, 0, 0)], 30).high == 1.0


def test_members_whose_ads_mistakes_do_not_explain():
    # one flagged message of one: chance .04; one of two: 1 - .96² = .078; of 50, four are had by chance .139 and five by .049
    found = beyond_mistakes(np.array([0, 1, 1, 4, 5, 3]), np.array([9, 1, 2, 50, 50, 3]))
    assert found.tolist() == [False, True, False, False, True, True]


REPEATS = 500


def covered(true: float) -> tuple[float, float]:
    """How often the interval holds the ratio of ads of 4,000 messages, of which a classifier finds 90 % and 1 % of the others, with 50 labels of each half; and how far the ratio is off in the mean."""
    dice = np.random.default_rng(7)
    inside, off = [], []
    for _ in range(REPEATS):
        ads = dice.random(4000) < true
        flagged = np.where(ads, dice.random(4000) < 0.9, dice.random(4000) < 0.01)
        halves = [np.flatnonzero(which) for which in (flagged, ~flagged)]
        labels = [dice.permutation(half)[:50] for half in halves]
        found = audited(
            [Stratum(len(half), float(ads[some].sum()), len(some)) for half, some in zip(halves, labels, strict=True)],
            4000,
        )
        assert found.ratio is not None
        assert found.low is not None
        assert found.high is not None
        inside.append(found.low <= ads.mean() <= found.high)
        off.append(found.ratio - ads.mean())
    return float(np.mean(inside)), float(np.mean(off))


def test_an_audit_holds_the_truth_95_times_in_100_and_is_not_off_in_the_mean():
    found, off = zip(*map(covered, (0.02, 0.05, 0.1, 0.2, 0.3)), strict=True)
    assert 0.93 <= np.mean(found) <= 0.97
    assert min(found) >= 0.93
    assert max(found) <= 0.985  # where few labels of what was passed are ads, Jeffreys' interval is a little too wide
    assert max(map(abs, off)) < 0.003
    assert covered(0.0) == (1.0, 0.0)


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


def test_senders_alike_are_drawn_together_to_the_same_end(monkeypatch):
    """Of 3,000 senders five kinds: (ads, messages) of this time and the one before. The difference is exact, the interval that of drawing one by one but for chance."""
    kinds = np.array([[0, 1, 0, 2], [0, 4, 0, 3], [2, 2, 0, 1], [3, 4, 2, 2], [1, 9, 1, 3]], float)
    rows = np.repeat(kinds, [1500, 1000, 200, 200, 100], axis=0)
    now, before = rows[:, :2], rows[:, 2:]
    together = change(now, before, 5)
    monkeypatch.setattr(shares, "_MANY", 3000)
    apart = change(now, before, 5)
    # ads 400 + 600 + 100 of 1500 + 4000 + 400 + 800 + 900 messages; before 400 + 100 of 3000 + 3000 + 200 + 400 + 300
    assert together.ratio == apart.ratio == pytest.approx(1100 / 7600 - 500 / 6900)
    assert together != apart
    width = (apart.high or 0) - (apart.low or 0)
    assert together[1:] == pytest.approx(apart[1:], abs=0.1 * width)
