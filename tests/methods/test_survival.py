"""`survival`: lives made of days, and curves against figures worked out by hand, counts in plain Python, and lifelines."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_rossi

from qunkit.errors import ExtraMissing
from qunkit.methods import survival
from qunkit.methods.survival import Lives, cox, kaplan_meier, lives
from support.logs import EXAMPLES


def of(*rows: tuple[float, float, bool]) -> Lives:
    """Lives of (entry, end, lapsed)."""
    entry, end, lapsed = zip(*rows, strict=True)
    return Lives(np.array(entry, float), np.array(end, float), np.array(lapsed))


def test_lives_by_hand():
    # Known until day 20. Last there on 3 of 1 to 3: lapsed after 3 days. On 20: lapsed, 16 days after the 5th. On 21: followed up to 20. Begun on the 21st: not at all.
    # Begun on -4, watched from 1: 5 days old then. Begun on -4 and last there on 0, before they were watched: not at all.
    start, last = np.array([1, 5, 5, 21, -4, -4.0]), np.array([3, 20, 21, 25, 9, 0.0])
    some = lives(start, last, np.array([1, 1, 1, 1, 1, 1.0]), 20)
    assert some.entry.tolist() == [0, 0, 0, 0, 5, 5]
    assert some.end.tolist() == [3, 16, 16, 0, 14, 5]
    assert some.lapsed.tolist() == [True, True, False, False, True, True]
    assert some.seen.tolist() == [True, True, True, False, True, False]


def test_a_curve_by_hand():
    # 6 lives: 2+ means followed for 2 days. 1, 2, 2+, 3 (watched from 2 on), 4, 5+.
    curve = kaplan_meier(of((0, 1, True), (0, 2, True), (0, 2, False), (2, 3, True), (0, 4, True), (0, 5, False)))
    assert curve.days.tolist() == [1, 2, 3, 4]
    assert curve.at_risk.tolist() == [5, 4, 3, 2]  # at 3: the late one, 4 and 5+
    assert curve.survival == pytest.approx([4 / 5, 4 / 5 * 3 / 4, 3 / 5 * 2 / 3, 2 / 5 * 1 / 2])
    assert curve.median() == 3
    assert [curve.at(day) for day in (0, 1, 2.5, 9)] == [-1, 0, 1, 3]
    spread = math.sqrt(1 / (5 * 4) + 1 / (4 * 3)) / math.log(3 / 5)
    assert curve.low[1] == pytest.approx(0.6 ** math.exp(-1.959964 * spread))
    assert curve.high[1] == pytest.approx(0.6 ** math.exp(1.959964 * spread))
    assert kaplan_meier(of((0, 5, False))).median() is None


def test_nobody_lapses_in_a_week_that_they_had_to_last():
    late = of((0, 3, True), (0, 7, True), (0, 8, True), (9, 12, False)).landmark(7)
    assert late.seen.tolist() == [False, False, True, True]
    assert late.entry.tolist() == [7, 7, 7, 9]


LIVES = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 20), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(LIVES)
def test_counts_give_the_same(rows):
    told = kaplan_meier(of(*rows))
    watched = [row for row in rows if row[1] > row[0]]
    share, expected = 1.0, []
    for day in sorted({end for _, end, lapsed in watched if lapsed}):
        there = sum(entry < day <= end for entry, end, _ in watched)
        lapses = sum(end == day and lapsed for _, end, lapsed in watched)
        share *= 1 - lapses / there
        expected.append((day, there, lapses, pytest.approx(share, abs=1e-12)))
    assert [*zip(*(column.tolist() for column in told[:4]), strict=True)] == expected
    inner = (told.survival > 0) & (told.survival < 1)
    assert (told.low[inner] <= told.survival[inner]).all()
    assert (told.survival[inner] <= told.high[inner]).all()


def rossi():
    """Rossi's convicts as members: those who were arrested in week n fell silent after n days; the others spoke on after the 52 of the study."""
    data = load_rossi()
    weeks, arrested = data["week"].to_numpy(float), data["arrest"].to_numpy(bool)
    start = np.arange(len(data)) % 40 + 0.0  # studies that began on other days end on other days
    some = [
        lives(start[n : n + 1], start[n : n + 1] + (weeks[n] - 1 if arrested[n] else 52), start[n : n + 1], start[n] + 51)
        for n in range(len(data))
    ]  # fmt: skip
    return Lives(*map(np.concatenate, zip(*some, strict=True))), data.drop(columns=["week", "arrest"])


def test_rossi():
    some, covariates = rossi()
    curve = kaplan_meier(some)
    assert curve.survival[curve.at(52)] == pytest.approx(0.7361, abs=1e-4)
    found = cox(some, covariates)
    assert found["coef"][["fin", "age", "prio"]].tolist() == pytest.approx([-0.3794, -0.0574, 0.0915], abs=1e-4)
    assert found.attrs["log_likelihood"] == pytest.approx(-658.75, abs=5e-3)


def test_lifelines_gives_the_same_curve_of_late_comers():
    some, _ = rossi()
    some = some._replace(entry=np.arange(len(some.end)) % 17 + 0.0)
    for one in (some, some.landmark(7)):
        mine = kaplan_meier(one)
        seen = one.take(one.seen)
        theirs = KaplanMeierFitter().fit(seen.end, seen.lapsed, entry=seen.entry)
        assert mine.survival == pytest.approx(theirs.survival_function_.iloc[:, 0].reindex(mine.days).to_numpy())
        ends = theirs.confidence_interval_.reindex(mine.days).to_numpy()
        assert np.column_stack([mine.low, mine.high]) == pytest.approx(ends, abs=1e-6)


def test_covariates_that_say_the_same_have_no_ratios():
    some, covariates = rossi()
    assert cox(some, covariates[["fin"]].assign(again=covariates["fin"])) is None


def test_what_is_missing_is_said(monkeypatch):
    monkeypatch.setattr(survival, "find_spec", lambda name: None)
    with pytest.raises(ExtraMissing) as told:
        cox(of((0, 3, True), (0, 4, False)), pd.DataFrame({"x": [0.0, 1.0]}))
    assert "pip install 'qunkit[survival]'" in told.value.hint("en")
