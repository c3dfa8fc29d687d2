"""How many are too many, by hand."""

from __future__ import annotations

from itertools import pairwise
from math import isnan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit.methods.bursts import chance, expected

EIGHT = [10] * 9


def test_of_what_never_happened():
    # mean 10 × 0.5 ÷ 80 = 1/16, variance 1/16 × 9/8: size 1/2, p 8/9; P(0) = √(8/9), P(1) = P(0)/18, P(2) = P(0)/216
    none = sqrt(8 / 9)
    assert chance([0] * 8 + [3], EIGHT) == pytest.approx(1 - none * (1 + 1 / 18 + 1 / 216))
    assert chance([0] * 9, EIGHT) == 1
    assert expected([0] * 8 + [3], EIGHT) == 0


def test_periods_that_scatter_allow_more():
    # 0 0 0 8 of 40: means of 2, so Σ (n - 2)² ÷ 2 = 24, φ = 8; mean 10 × 8.5 ÷ 40 = 17/8, variance 8 × 17/8 × 5/4
    even, uneven = [2, 2, 2, 2, 6], [0, 0, 0, 8, 6]
    crowd = [10] * 5
    assert expected(even, crowd) == expected(uneven, crowd) == 2
    assert chance(even, crowd) < 0.05 < chance(uneven, crowd)
    size = (17 / 8) ** 2 / (85 / 4 - 17 / 8)  # p = 1/10
    found = [0.1**size]
    for n in range(5):
        found.append(found[-1] * 0.9 * (size + n) / (n + 1))
    assert chance(uneven, crowd) == pytest.approx(1 - sum(found))


def test_what_is_not_known():
    assert expected([0, 0, 0, 0, 1], [5, 5, 5, 0, 5]) is None
    assert expected([0, 0, 0, 0, 0], [5, 5, 5, 5, 0]) is None
    assert isnan(chance([0, 0, 0, 0, 1], [5, 5, 5, 0, 5]))


@given(st.lists(st.integers(0, 30), min_size=5, max_size=9), st.data())
def test_more_people_are_never_likelier(crowd, data):
    did = [data.draw(st.integers(0, people)) for people in crowd]
    chances = [chance([*did[:-1], n], crowd) for n in range(crowd[-1] + 1)]
    assert all(isnan(one) for one in chances) or all(a >= b >= 0 for a, b in pairwise(chances))
