"""The stage of a group's life 群生命周期, by how many ordinary members speak a week, and whether its silence is longer than the group's own.

Ordinary members are no staff, and ads do not count. Weeks are blocks of seven days back from the last day of the data. Days on which no group of the dataset has any data are holes in the
exports: they are left out of every count of days, and a week of which fewer than `WEEK_DAYS` hold data is not known.

The silence rule 沉默规则. No fixed number of days serves all groups: one with 40 messages a day is dead after a week, one with a message every other day is
not. Let z be the days since the last ordinary message, and p0 the share of such days among the 56 before them. If days were independent, a
silence of z days had the chance p0^z; and the group may have been silent for long before. So the limit is

    max(7, ceil(ln 0.001 / ln p0), the longest silence of those 56 days + 2)

What it comes to, in simulations: docs/methods/lifecycle.md.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from qunkit.config.tables import Lifecycle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SILENCE_DAYS = 56
"""Days with data before a silence that say how often the group is silent anyway."""
LEAST_DAYS = 28
"""Fewer of them say nothing: then only `Lifecycle.dead_days` of silence are too long."""
WEEK_DAYS = 5
"""A week is known if so many of its days hold data."""
LEAST_WEEKS = 3
"""A mean of four weeks takes so many that are known."""
LEAST_MESSAGES = 5
"""Of four weeks, for a share of them."""
LONGER = 2
"""Days by which a silence must exceed the longest one of before."""


USUAL = Lifecycle()


def told_rule(cells: Mapping[Hashable, Any]) -> Lifecycle:
    """The thresholds, from the columns of the view ``conventions``."""
    return Lifecycle(**{name: float(cells[f"lifecycle_{name}"]) for name in asdict(USUAL)})


class Life(NamedTuple):
    """What is known of one group. Weeks and days are in order, the last one is the last of the data."""

    speakers: Floats
    """Of each week since the group's first message, ordinary members who spoke; NaN: not known."""
    messages: Floats
    """Of each week, everybody's."""
    aside: Floats
    """Of these, ads and staff's."""
    days: Flags
    """Of each day with data, up to `SILENCE_DAYS` before the last ordinary message, whether there was one."""
    age: int
    """Days since the first message."""
    founded: bool
    """The log shows how the group was made: then it is as old as the log."""


class Silence(NamedTuple):
    """How long, and what would be too long; None: too little is known."""

    days: int
    limit: int | None


class Verdict(NamedTuple):
    """The stage of a group (None: nothing to judge by) and why; ``weeks`` for how many weeks at least, None where days since the last ordinary message tell."""

    stage: str | None
    reason: str
    weeks: int | None
    now: float
    before: float
    peak: float
    silence: Silence


def silence(days: Flags, rule: Lifecycle = USUAL) -> Silence:
    """The silence at the end of `days`."""
    import numpy as np

    spoken = np.flatnonzero(days)
    if not len(spoken):
        return Silence(len(days), None)
    quiet = len(days) - 1 - int(spoken[-1])
    before = days[max(0, int(spoken[-1]) + 1 - SILENCE_DAYS) : spoken[-1] + 1]
    if len(before) < LEAST_DAYS:
        return Silence(quiet, None)
    share = 1 - before.mean()
    marks = np.r_[-1, np.flatnonzero(before)]
    longest = int(np.diff(marks).max()) - 1
    # the last of 56 days is one of talk: the share is below 1
    usual = math.ceil(math.log(rule.silence_chance) / math.log(share) - 1e-9) if share > 0 else 0
    return Silence(quiet, max(math.ceil(rule.silence_days), usual, longest + LONGER))


def means(speakers: Floats) -> Floats:
    """Of each week the mean of the four up to it, those that are known; NaN where these are fewer than `LEAST_WEEKS`."""
    import numpy as np

    there = ~np.isnan(speakers)
    told, known = _last_four(np.where(there, speakers, 0.0)), _last_four(there.astype(np.float64))
    found: Floats = np.where(known >= LEAST_WEEKS, told / np.maximum(known, 1), np.nan)
    return found


def verdict(life: Life, rule: Lifecycle = USUAL) -> Verdict:
    """The stage of a group on the last day."""
    import numpy as np

    n, still = len(life.speakers), silence(life.days, rule)
    four = means(life.speakers)
    peaks = np.fmax.accumulate(four)
    flooded = _flooded(life, peaks, rule)

    def judged(week: int) -> tuple[str | None, str]:
        """By weeks alone, at the end of one."""
        if flooded[week]:
            return "ad_ridden", "ads"
        if life.founded and life.age - 7 * (n - 1 - week) < 7 * rule.starting_weeks:
            return "starting", "young"
        before, earlier = (four[week - back] if week >= back else np.nan for back in (4, 8))
        if np.isnan(four[week]):
            missing = int(np.isnan(life.speakers[1 : week + 1]).sum())  # the first week is cut short
            return None, "holes" if missing else "short"
        return _trend(four[week], before, earlier, peaks[week], rule)

    stage, reason = judged(n - 1)
    figures = (float(four[-1]), float(four[-5]) if n > 4 else np.nan, float(peaks[-1]), still)
    if stage != "ad_ridden" and still.days and life.days.any():
        limit = still.limit if still.limit is not None else rule.dead_days
        if still.days >= max(limit, rule.dead_days):
            return Verdict("dead", "silent", None, *figures)
        if still.limit is not None and still.days >= still.limit:
            return Verdict("suspected", "silent", None, *figures)
    weeks = 1
    while weeks < n and judged(n - 1 - weeks)[0] == stage:
        weeks += 1
    return Verdict(stage, reason, weeks if stage else None, *figures)


def _trend(now: float, before: float, earlier: float, peak: float, rule: Lifecycle) -> tuple[str | None, str]:
    """By means of four weeks; NaN: not known. Comparisons with what is not known do not hold."""
    if peak < rule.least_speakers or peak <= 0:
        return None, "few" if before == before else "short"
    if now < rule.dormant * peak:
        return "dormant", "far_below_peak"
    if now >= rule.growing * before and now > 0:
        return "growing", "up"
    if now < rule.declining * before and now < rule.declining * earlier:
        return "declining", "down"
    if now < rule.half * peak:
        return "declining", "below_peak"
    if before != before:
        return None, "short"
    return "mature", "dip" if now < rule.declining * before else "steady"


def _flooded(life: Life, peaks: Floats, rule: Lifecycle) -> Flags:
    """At the end of which weeks there were messages still, but hardly any of ordinary members, in a group that had them once."""
    import numpy as np

    known = ~np.isnan(life.speakers)
    told, aside = _last_four(life.messages), _last_four(life.aside)
    few = _last_four((np.nan_to_num(life.speakers) > rule.ad_speakers).astype(np.float64)) == 0
    lived = (peaks >= rule.least_speakers) & (peaks > 0)
    share = (told >= LEAST_MESSAGES) & (aside >= rule.ad_share * told)
    found: Flags = lived & share & few & (life.messages > 0) & (_last_four(known.astype(np.float64)) >= LEAST_WEEKS)
    return found


def _last_four(values: Floats) -> Floats:
    """Of each value the sum of it and of the three before."""
    import numpy as np

    summed = np.cumsum(np.r_[np.zeros(4), values])
    found: Floats = summed[4:] - summed[:-4]
    return found
