"""`mbg`: its likelihood as it is written in books, a fit of people drawn with known parameters, and who has left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import beta, gamma

from qunkit.methods.mbg import _likelihood, fit
from support.logs import EXAMPLES

TRUE = (0.8, 5.0, 0.9, 1.8)
ONE = np.ones(1, np.int64)


def drawn(seed, n, days=120.0):
    """Repeats, last and known of `n` people who follow the model, and who has left."""
    dice = np.random.default_rng(seed)
    r, alpha, a, b = TRUE
    rates, chances, known = dice.gamma(r, 1 / alpha, n), dice.beta(a, b, n), dice.uniform(10, days, n)
    rows = []
    for rate, chance, end in zip(rates, chances, known, strict=True):
        t = last = 0.0
        repeats, left = 0, bool(dice.random() < chance)  # after the first day, too: that is what MBG adds to BG
        while not left:
            t += dice.exponential(1 / rate)
            if t > end:
                break
            repeats, last, left = repeats + 1, t, bool(dice.random() < chance)
        rows.append((repeats, last, end, left))
    return np.array(rows).T


def by_the_book(at, x, last, known):
    """The likelihood of one person, as Batislam et al. write it: there to the end, or left after the last act."""
    r, alpha, a, b = at
    there = beta(a, b + x + 1) / beta(a, b) * (alpha + known) ** -(r + x)
    left = beta(a + 1, b + x) / beta(a, b) * (alpha + last) ** -(r + x)
    return np.log(gamma(r + x) / gamma(r) * alpha**r * (there + left)), left / (there + left)


PEOPLE = st.tuples(st.integers(0, 30), st.floats(0, 100), st.floats(0, 60)).map(
    lambda one: (one[0], one[1] * (one[0] > 0), one[1] * (one[0] > 0) + one[2])
)
PARAMETERS = st.tuples(*[st.floats(0.05, 8)] * 4)


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(PARAMETERS, PEOPLE)
def test_the_likelihood_and_its_slope(at, one):
    x, last, known = (np.array([float(number)]) for number in one)
    value, slope = _likelihood(np.array(at), x, last, known, ONE)
    told, _ = by_the_book(at, *map(float, one))
    assert value == pytest.approx(told, rel=1e-9, abs=1e-9)
    for n in range(4):
        step = np.eye(4)[n] * 1e-5
        ends = [_likelihood(np.array(at) + sign * step, x, last, known, ONE)[0] for sign in (1, -1)]
        assert slope[n] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-5)


def test_parameters_are_found_again():
    x, last, known, left = drawn(1, 20_000)
    found = fit(x, last, known)
    assert found[:4] == pytest.approx(TRUE, rel=0.1)
    told = found.left(x, last, known)
    assert told.mean() == pytest.approx(left.mean(), abs=0.01)
    for low in np.arange(0, 1, 0.2):  # of those of whom it says p, the share p has left
        some = (told >= low) & (told < low + 0.2)
        assert some.sum() < 100 or told[some].mean() == pytest.approx(left[some].mean(), abs=0.03)


def test_nothing_is_likelier_and_counting_twice_is_the_same():
    x, last, known, _ = drawn(2, 400)
    found = fit(x, last, known)

    def loss(logs):
        return -sum(by_the_book(np.exp(logs), *one)[0] for one in zip(x, last, known, strict=True))

    simplex = minimize(loss, np.log(found[:4]), method="Nelder-Mead", options={"maxfev": 150})
    assert -simplex.fun <= found.log_likelihood + 1e-3
    twice = fit(*(np.concatenate([one, one]) for one in (x, last, known)))
    assert twice[:4] == pytest.approx(found[:4], rel=1e-3)
    assert twice.log_likelihood == pytest.approx(2 * found.log_likelihood)


def test_who_came_once_may_have_left():
    # With r = a = b = 1 and alpha = 2, who came once, 6 days ago: odds 1/1 · (8/2)^1 = 4, so 4 in 5. Today: 1 in 2. After 2 more days in 6 and 6 of silence: 1/3 · (14/8)^3 = 1.786…
    one = fit(*(np.array([float(n)]) for n in (0, 0, 6)))._replace(r=1.0, alpha=2.0, a=1.0, b=1.0)
    told = one.left(np.array([0.0, 0.0, 2.0]), np.array([0.0, 0.0, 6.0]), np.array([6.0, 0.0, 12.0]))
    assert told == pytest.approx([0.8, 0.5, 1.7864583333 / 2.7864583333])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=40))
def test_any_people_have_a_fit(people):
    x, last, known = np.array(people, float).T
    found = fit(x, last, known)
    assert np.isfinite(found).all()
    left = found.left(x, last, known)
    assert ((left >= 0) & (left <= 1)).all()
    assert (found.left(x, last, known + 1) >= left - 1e-12).all()  # more silence never makes it less likely
