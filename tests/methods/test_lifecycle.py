"""The silence rule against figures worked out by hand and simulated groups, stages by hand."""

from __future__ import annotations

import numpy as np
import pytest

from qunkit.config.tables import Lifecycle
from qunkit.methods.lifecycle import Life, Silence, means, silence, verdict
from support.silent_groups import figures

NAN = float("nan")


def days(text: str) -> np.ndarray:
    """``x`` is a day with an ordinary message."""
    return np.array([sign == "x" for sign in text])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 56, Silence(0, 7)),  # p0 is 0: the least
        ("x" * 56 + "." * 9, Silence(9, 7)),
        # 28 of 56 days: ln .001 / ln .5 = 9.97; the longest silence is 1
        ("x." * 27 + ".x" + "..", Silence(2, 10)),
        # one week in eight without a word, 7 of 56: ln .001 / ln .125 = 3.3; the longest silence 7 + 2
        ("x" * 24 + "." * 7 + "x" * 25 + "...", Silence(3, 9)),
        # what was before the 56 days does not count: of the 10 silent days there the last 6 do, and 6 + 2 is more than ln .001 / ln (6/56) = 3.1
        ("x" * 5 + "." * 10 + "x" * 50, Silence(0, 8)),
        # one day in 28: ln .001 / ln (27/28) = 189.9
        ("." * 27 + "x" + "." * 40, Silence(40, 190)),
        ("x" * 27 + "." * 40, Silence(40, None)),  # 27 days tell nothing
        ("....", Silence(4, None)),
        ("", Silence(0, None)),
    ],
)
def test_silence_by_hand(text, told):
    assert silence(days(text)) == told


def test_thresholds_of_silence():
    assert silence(days("x." * 27 + ".x"), Lifecycle(silence_chance=0.01)).limit == 7  # ln .01 / ln .5 = 6.6
    assert silence(days("x" * 56), Lifecycle(silence_days=12)).limit == 12


def test_simulated_groups_are_missed_neither_long_nor_often_for_nothing():
    adaptive, week = figures(60), figures(60, 7)
    bars = {40.0: (0.02, 7), 8.0: (0.02, 7), 2.0: (0.12, 9), 0.6: (0.17, 20)}
    for rate, (false, delay) in bars.items():
        assert adaptive[rate].false <= false
        assert adaptive[rate].delay <= delay
    assert week[0.6].false > 0.8  # a fixed week calls them all dead


def test_means_take_what_is_known():
    told = means(np.array([4.0, 8.0, 6.0, NAN, 1.0, NAN, NAN]))
    # 4 8 6 / 4 8 6 - / 8 6 - 1 / 6 - 1 -: two are too few
    assert told[2:5].tolist() == [6.0, 6.0, 5.0]
    assert np.isnan(told[[0, 1, 5, 6]]).all()


def life(*speakers: float, founded: bool = False, spoken: str = "x" * 56, aside: float = 0.0) -> Life:
    """Weeks of ten messages each."""
    n = len(speakers)
    return Life(np.array(speakers), np.full(n, 10.0), np.full(n, aside), days(spoken), 7 * n, founded)


@pytest.mark.parametrize(
    ("weeks", "stage", "reason", "lasting"),
    [
        (
            [10] * 8,
            "mature",
            "steady",
            2,
        ),  # a week before, three known weeks are before the four; two weeks before, two
        ([10] * 4 + [11] * 4, "growing", "up", 1),  # 11 / 10; a week before 10.75 / 10
        (
            [10] * 12 + [8] * 4,
            "declining",
            "down",
            2,
        ),  # 8 < 9 and 8 < 9; a week before 8.5, two weeks before 9 is not less than 9
        ([10] * 4 + [8] * 4, "mature", "dip", 2),  # one four weeks before is not enough, and it is above half the peak
        (
            [20] * 4 + [9] * 8,
            "declining",
            "below_peak",
            5,
        ),  # 9 is below half of 20; five weeks before, (20 + 3 × 9) / 4 is not
        ([20] * 4 + [3] * 8, "dormant", "far_below_peak", 5),  # 3 < 4; in the week of 20 3 3 3 not
        (
            [20] * 4 + [4] * 8,
            "declining",
            "below_peak",
            6,
        ),  # 4 is not below 4; six weeks before, (2 × 20 + 2 × 4) / 4 is above 10
        (
            [10] * 4 + [2, 14, 14, 14] + [8.5] * 4,
            "declining",
            "down",
            1,
        ),  # 8.5 < .9 × 11 and < .9 × 10; a week before (14 + 3 × 8.5) / 4 > .9 × 10
        ([10] * 4, None, "short", None),
        ([10, NAN, NAN, NAN], None, "holes", None),
        ([2] * 12, None, "few", None),
    ],
)
def test_stages_by_hand(weeks, stage, reason, lasting):
    found = verdict(life(*map(float, weeks)))
    assert (found.stage, found.reason, found.weeks) == (stage, reason, lasting)


def test_only_who_was_seen_to_begin_is_starting():
    young = life(3.0, 9.0, 12.0, founded=True)
    assert verdict(young)[:3] == ("starting", "young", 3)
    assert verdict(young._replace(founded=False))[:2] == (None, "short")
    assert verdict(life(3.0, 9.0, 12.0, 12.0, founded=True))[:2] == (None, "short")  # 28 days old


def test_dead_is_beyond_its_limit_and_thirty_days():
    gone = life(*[10.0] * 8)
    assert verdict(gone._replace(days=days("x" * 56 + "." * 6))).stage == "mature"
    assert verdict(gone._replace(days=days("x" * 56 + "." * 7)))[:3] == ("suspected", "silent", None)
    assert verdict(gone._replace(days=days("x" * 56 + "." * 29))).stage == "suspected"
    assert verdict(gone._replace(days=days("x" * 56 + "." * 30))).stage == "dead"
    # every 14th day: ln .001 / ln (52/56) = 93.2 days
    seldom = "." * 13 + "x"
    assert verdict(gone._replace(days=days(seldom * 4 + "." * 93))).stage != "dead"
    assert verdict(gone._replace(days=days(seldom * 4 + "." * 94))).stage == "dead"
    assert verdict(gone, Lifecycle(dead_days=0, silence_days=0)).stage == "mature"  # somebody wrote today
    # nothing is known of its rhythm
    assert verdict(gone._replace(days=days("x" * 20 + "." * 29))).stage == "mature"
    assert verdict(gone._replace(days=days("x" * 20 + "." * 30))).stage == "dead"


def test_ad_ridden_was_alive_once_and_goes_on():
    weeks = [9.0] * 8 + [1.0, 0.0, 1.0, 0.0]
    flooded = life(*weeks)._replace(aside=np.array([0.0] * 8 + [9.0] * 4), days=days("x" * 56 + "." * 40))
    assert verdict(flooded)[:3] == (
        "ad_ridden",
        "ads",
        1,
    )  # 36 of 40; a week before the nine people are among the four weeks
    assert verdict(flooded, Lifecycle(ad_share=0.91)).stage == "dead"
    assert verdict(flooded, Lifecycle(ad_speakers=0)).stage == "dead"
    quiet = np.array([10.0] * 11 + [0.0])
    assert verdict(flooded._replace(messages=quiet, aside=np.minimum(flooded.aside, quiet))).stage == "dead"
    assert (
        verdict(flooded._replace(speakers=np.array([1.0] * 12))).stage == "dead"
    )  # a channel of announcements is none
