"""Members with planted departures: it is known of each when they left for good, and only their active days are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

Vector = np.ndarray[Any, np.dtype[np.float64]]
MEMBERS, DAYS = 300, 150
ORIGIN, HORIZON = 120, 14
"""The day from which members are judged, and the days after it in which they are silent or not."""


class Member(NamedTuple):
    """Active days, ascending, and the day on which somebody left."""

    days: Vector
    left: float


class Snapshot(NamedTuple):
    """What is known of members on a day, and what came after: one a row."""

    silent: Vector
    active: Vector
    known: Vector
    left: Vector
    says_nothing: Vector


def members(seed: int, until: int = DAYS) -> list[Member]:
    """A group, watched until a day: rates that differ (gamma), a weekly rhythm, pauses, lives (Weibull 0.6, mean 180 days), and a decline in their last 20 days."""
    dice = np.random.default_rng(seed)
    joins = dice.integers(0, DAYS - 20, MEMBERS)
    rates = np.clip(dice.gamma(0.8, 0.35, MEMBERS), 0.01, 0.95)
    ends = joins + 120 * dice.weibull(0.6, MEMBERS)
    return [
        Member(np.array([*_days(*one, until, dice)], float), float(one[2]))
        for one in zip(joins, rates, ends, strict=True)
    ]


def _days(join: int, rate: float, end: float, until: int, dice: np.random.Generator) -> Iterator[int]:
    there = True
    yield join
    for day in range(join + 1, min(until, int(np.floor(end)) + 1)):
        there = (there and dice.random() > 0.02) or (not there and dice.random() < 0.08)
        speaks = rate * (1.15 if day % 7 < 5 else 0.6) * min(1, 0.25 + 0.75 * (end - day) / 20)
        if there and dice.random() < speaks:
            yield day


def snapshot(group: list[Member], day: int, seen: int | None = None) -> Snapshot:
    """Everybody who had come by `day`; with `seen` those alone who spoke so many days before it, or later."""
    rows = []
    for member in group:
        past = member.days[member.days <= day]
        if len(past) and (seen is None or day - past[-1] <= seen):
            after = (member.days > day) & (member.days <= day + HORIZON)
            rows.append((day - past[-1], len(past), day - past[0], member.left <= day, not after.any()))
    return Snapshot(*np.array(rows, float).T)
