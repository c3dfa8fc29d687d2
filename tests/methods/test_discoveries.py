"""False discoveries: q of those who are asked about."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from qunkit.methods.discoveries import discoveries


def test_discoveries_are_of_those_who_are_asked():
    found = discoveries(np.array([0.01, 0.9, 0.04, 0.001]), np.array([True, True, True, False]))
    # 0.01 * 3 / 1, 0.04 * 3 / 2, 0.9
    assert found[:3] == pytest.approx([0.03, 0.9, 0.06])
    assert np.isnan(found[3])
    assert np.isnan(discoveries(np.ones(2), np.zeros(2, bool))).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_scipy_gives_the_same(p):
    everybody = np.ones(len(p), bool)
    assert discoveries(np.array(p), everybody) == pytest.approx(false_discovery_control(p))
