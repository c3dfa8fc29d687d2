"""Growth from one time to the next: by hand, and where nothing grows."""

from __future__ import annotations

import numpy as np

from qunkit.methods.growth import DAYS, growth


def days(now, before):
    """One member: so many answers on each day of the two times."""
    return np.array([[float(now)] * DAYS + [float(before)] * DAYS])


def test_by_hand():
    ones = days(1, 1)
    found = growth(days(2, 1), ones, 10.0, 0.5)
    # (56 + 10 x .5) / (28 + 10) and (28 + 5) / 38
    assert found.now.tolist() == [61 / 38]
    assert found.before.tolist() == [33 / 38]
    np.testing.assert_allclose((found.low, found.high), 28 / 38)  # all days are alike
    assert found.p.tolist() == [1 / 2000]  # no other way to deal the days gives as much


def test_what_does_not_change_does_not_rise():
    found = growth(days(1, 1), days(1, 1), 10.0, 0.5)
    assert found.p.tolist() == [1.0]
    assert found.low.tolist() == found.high.tolist() == [0.0]


def test_what_falls_does_not_rise():
    assert growth(days(1, 2), days(1, 1), 10.0, 0.5).p.tolist() == [1.0]


def test_one_day_is_no_growth():
    answers = days(1, 1)
    answers[0, 3] = 200.0  # the one day falls to either time as likely
    found = growth(answers, days(1, 1), 10.0, 0.5)
    assert 0.4 < found.p[0] < 0.6
    assert found.low[0] <= 0 < found.high[0]


def test_under_chance_p_is_uniform():
    dice = np.random.default_rng(1)
    exposed = dice.poisson(3.0, (600, 2 * DAYS)).astype(float)
    answers = dice.negative_binomial(0.5, 0.3, (600, 2 * DAYS)) * (exposed > 0).astype(float)
    p = growth(answers, exposed, 10.0, 0.4).p
    assert abs((p <= 0.05).mean() - 0.05) < 0.03
    assert abs((p <= 0.5).mean() - 0.5) < 0.07


def test_many_are_looked_at_in_turns():
    dice = np.random.default_rng(2)
    exposed = dice.poisson(2.0, (300, 2 * DAYS)).astype(float)
    answers = dice.poisson(exposed)
    whole = growth(answers, exposed, 10.0, 1.0)
    some = growth(answers[256:], exposed[256:], 10.0, 1.0)
    for one, other in zip(whole, some, strict=True):
        np.testing.assert_allclose(one[256:], other)
    assert all(len(one) == 0 for one in growth(np.empty((0, 56)), np.empty((0, 56)), 10.0, 1.0))
