"""`silence`: its fit against Newton's steps, its signs, and members with planted departures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.methods.silence import SHIPPED, _scale, fit, model, terms
from support.logs import EXAMPLES

FREE = ((None, None),) * 4


def members(seed, n=300, end=150):
    """Active days of `n` members: rates that differ, a weekly rhythm, pauses, a decline before they leave for good (Weibull 0.6)."""
    dice = np.random.default_rng(seed)
    joins, rates = dice.integers(0, end - 20, n), np.clip(dice.gamma(0.8, 0.35, n), 0.01, 0.95)
    lives = 120 * dice.weibull(0.6, n)
    for join, rate, life in zip(joins, rates, lives, strict=True):
        on, days = True, [join]
        for day in range(join + 1, int(min(end, np.floor(join + life) + 1))):
            on = (on and dice.random() > 0.02) or (not on and dice.random() < 0.08)
            now = rate * (1.15 if day % 7 < 5 else 0.6) * min(1, 0.25 + 0.75 * (join + life - day) / 20)
            if on and dice.random() < now:
                days.append(day)
        yield np.array(days)


def snapshots(people, origin, horizon=14):
    rows = []
    for days in people:
        past = days[days <= origin]
        if len(past) and origin - past[-1] <= 90:
            after = ((days > origin) & (days <= origin + horizon)).any()
            rows.append((origin - past[-1], len(past), origin - past[0], not after))
    told = np.array(rows, float)
    return told, terms(*told.T[:3])


def auc(y, p):
    above, below = p[y == 1][:, None], p[y == 0][None, :]
    return ((above > below) + 0.5 * (above == below)).mean()


def off(y, p):
    """Expected calibration error of ten equal bins."""
    bins = np.minimum((p * 10).astype(int), 9)
    return sum(abs(y[bins == k].mean() - p[bins == k].mean()) * (bins == k).mean() for k in np.unique(bins))


def test_planted_members():
    told = []
    for seed in range(6):
        people = list(members(seed))
        past = [snapshots(people, origin) for origin in (22, 36, 50, 64, 78, 92, 106)]
        x, y = np.concatenate([x for _, x in past]), np.concatenate([rows[:, 3] for rows, _ in past])
        now, x_now = snapshots(people, 120)
        fitted = model(14, 121, x, y)
        scaled = model(14, 60, x, y)
        assert (fitted.basis, scaled.basis) == ("fitted", "scaled")
        truth, z = now[:, 3], [x_now @ one.coefficients for one in (fitted, scaled)]
        p = [1 / (1 + np.exp(-one)) for one in z]
        told.append(
            (
                auc(truth, p[0]),
                auc(truth, p[1]),
                auc(truth, (now[:, 0] >= 14) * 1.0),
                off(truth, p[0]),
                off(truth, p[1]),
            )
        )
    by_fit, by_scale, by_rule, fit_off, scale_off = np.mean(told, axis=0)
    print(f"AUC {by_fit:.3f} {by_scale:.3f}, rule {by_rule:.3f}; ECE {fit_off:.3f} {scale_off:.3f}")
    assert min(by_fit, by_scale) > 0.85
    assert min(by_fit, by_scale) > by_rule + 0.08
    assert fit_off < 0.08
    assert scale_off < 0.10


def newton(x, y, rounds=50):
    b, pull = np.zeros(4), np.diag([0.0, 1, 1, 1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-(x @ b)))
        b -= np.linalg.solve((x.T * (p * (1 - p))) @ x + pull, x.T @ (p - y) + pull @ b)
    return b


def test_newton_finds_the_same():
    rows, x = snapshots(list(members(3)), 100)
    expected = newton(x, rows[:, 3])
    assert fit(x, rows[:, 3], FREE) == pytest.approx(expected, abs=1e-4)
    assert expected[1] > 0 > expected[2]
    assert model(14, 90, x, rows[:, 3]).coefficients == pytest.approx(tuple(expected), abs=1e-4)


def test_how_long_a_log_must_be():
    rows, x = snapshots(list(members(3)), 100)
    y = rows[:, 3]
    assert len(y) >= 200
    assert [model(14, days, x, y).basis for days in (44, 45, 89, 90)] == ["shipped", "scaled", "scaled", "fitted"]
    assert [model(14, 90, x[:n], y[:n]).basis for n in (49, 50, 199, 200)] == ["shipped", "scaled", "scaled", "fitted"]
    assert model(14, 90, x, np.ones(len(y))) == (SHIPPED[14], "shipped")
    assert model(14, 60, x, 1 - y).basis == "shipped"  # a log in which the silent speak: the order must not turn round


def test_scaling_keeps_what_is_right_already():
    _, x = snapshots(list(members(3)), 100)
    z = x @ np.array(SHIPPED[14])
    dice = np.random.default_rng(1)
    many = np.tile(z, 40)
    intercept, slope = _scale(many, (dice.random(len(many)) < 1 / (1 + np.exp(-(0.5 + 1.5 * many)))) * 1.0)
    assert (intercept, slope) == (pytest.approx(0.5, abs=0.06), pytest.approx(1.5, abs=0.06))


counts = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 90), st.integers(0, 90), st.booleans()), min_size=1, max_size=260
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(counts, st.sampled_from([7, 14, 30]), st.sampled_from([10, 60, 120]))
def test_more_silence_never_lowers_the_risk_and_more_days_never_raise_it(rows, horizon, days):
    told = np.array(rows, float)
    found = model(horizon, days, terms(*told.T[:3]), told[:, 3])
    ten, twenty = np.array([10.0]), np.array([20.0])
    risk = lambda *of: found.parts(*of).sum()  # noqa: E731
    assert risk(twenty, ten, ten) >= risk(ten, ten, ten)
    assert risk(ten, twenty, ten) <= risk(ten, ten, ten)
