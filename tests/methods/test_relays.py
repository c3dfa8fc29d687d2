"""Versions of sign-up relays: which is of which."""

from __future__ import annotations

import numpy as np
import pytest

from qunkit.methods.relays import OPEN, relays

HOUR = 3600 * 1000


def found(*texts, hours=None):
    return relays(texts, np.array(hours if hours else range(len(texts)), np.int64) * HOUR).tolist()


def test_versions_have_one_heading():
    one, two = "#接龙\n周六草莓采摘\n\n1. 小鹿 2份", "#接龙\n周六草莓采摘\n\n1. 小鹿 2份\n2. 阿珍 1份"
    other = "#接龙\n周日爬山拼车\n\n1. 老K"
    assert found(one, other, two, other + "\n2. 小鹿") == [0, 1, 0, 1]


def test_small_edits_of_the_heading_do_not_matter():
    assert found(
        "#接龙\n草莓 ¥39/份，周六到，北门自提\n1. 甲", "#接龙\n草莓 ¥39/份，周六到，东门自提\n1. 甲\n2. 乙"
    ) == [0, 0]


def test_without_a_heading_the_first_entry_counts():
    assert found("#接龙\n1. 甲 两份\n2. 乙", "接龙：1. 丙\n2. 丁", "#接龙\n1. 甲 两份\n2. 乙\n3. 戊") == [0, 1, 0]


def test_a_list_that_begins_anew_is_another():
    heading = "#接龙\n每周团购\n"
    three, one = heading + "1. 甲\n2. 乙\n3. 丙", heading + "1. 甲"
    assert found(one, three, one, heading + "1. 甲\n2. 丁") == [0, 0, 2, 2]
    assert found(one, one) == [0, 0]  # sent twice


def test_after_two_weeks_it_is_another():
    text = "#接龙\n拼车\n1. 甲"
    two_weeks = OPEN // HOUR
    assert found(text, text, text, hours=[0, two_weeks, 2 * two_weeks + 1]) == [0, 0, 2]


@pytest.mark.parametrize("text", ["", "#接龙", "\n\n", "接龙：", "1. ", "#" * 5000])
def test_anything_is_a_relay_of_its_own(text):
    assert found(text) == [0]
    assert found() == []
