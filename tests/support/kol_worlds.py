"""Chats in which it is known who makes others speak: planted pull, bursts, days and nights, and what confounds it.

A turn of j makes Poisson(pull_j) answers; who gives them depends on how responsive people are and on whom they like. Delays are lognormal, half of the turns go on
with more lines, which make nothing. Pulls are scaled so that an answer makes, in the long run, `branch` answers.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np

from qunkit.methods.runs import Log
from qunkit.methods.turns import turns

DAY = 1440.0
WORLDS: dict[str, dict[str, Any]] = {
    "base": {},
    "confounded": {"chatterers": 0.1, "storms": 0.7, "peak_posters": 0.4},
    "short": {"days": 10},
    "null": {"alike": True},
}
"""Confounded: people who answer everything at once, red packets that make all speak, people who only speak when everybody does."""


@dataclass(frozen=True, slots=True)
class World:
    """Lines in order of time, and what made them."""

    at: np.ndarray
    """Minutes."""
    who: np.ndarray
    parent: np.ndarray
    """The line that each answers or goes on with; -1: none."""
    goes_on: np.ndarray
    """Whether it is a further line of a turn."""
    pull: np.ndarray
    members: int
    days: float

    @property
    def volume(self) -> np.ndarray:
        """Answers that each member's turns are expected to make."""
        return self.pull * np.bincount(self.who[~self.goes_on], minlength=self.members)


def simulate(
    seed: int,
    members: int = 120,
    days: float = 45,
    daily: float = 1.6,
    branch: float = 0.45,
    chatterers: float = 0.0,
    storms: float = 0.0,
    peak_posters: float = 0.0,
    alike: bool = False,
) -> World:
    """One chat; `alike`: everybody's pull is the same."""
    dice = np.random.default_rng(seed)
    active, strong = dice.standard_normal((2, members))
    own = np.exp(1.3 * active)
    own *= daily / own.mean()
    pull = np.ones(members) if alike else np.exp(strong)
    responsive = np.exp(0.8 * dice.standard_normal(members))
    circle = dice.integers(0, 4, members)
    if chatterers:
        some = dice.choice(members, int(chatterers * members), replace=False)
        responsive[some] *= 8
        pull[some] *= 1 if alike else 0.3
    to_whom = responsive[:, None] * np.where(circle[:, None] == circle[None, :], 3.0, 1.0)
    np.fill_diagonal(to_whom, 0)
    to_whom /= to_whom.sum(axis=0)
    pull *= branch / np.abs(np.linalg.eigvals(to_whom * pull)).max()
    begun = _begun(dice, own, days, dice.random(members) < peak_posters)
    begun += _stormed(dice, responsive / responsive.sum(), days, storms)
    return World(*_grown(dice, begun, pull, np.cumsum(to_whom, axis=0), days * DAY), pull, members, days)


def _of_day(minute: np.ndarray) -> np.ndarray:
    """How lively the hour is, at most one."""
    hour = minute % DAY / 60
    noon, evening = np.exp(-0.5 * ((hour - 12.5) / 3.0) ** 2), np.exp(-0.5 * ((hour - 21) / 2.2) ** 2)
    return (0.08 + 1.62 * (0.9 * noon + 1.5 * evening)) / 2.75


def _begun(dice: np.random.Generator, own: np.ndarray, days: float, at_peak: np.ndarray) -> list[tuple[float, int]]:
    """What people write of themselves."""
    found = []
    for member, rate in enumerate(own):
        wanted, times = dice.poisson(rate * days), np.empty(0)
        while len(times) < wanted:
            tried = dice.random(6 * wanted + 30) * days * DAY
            lively = _of_day(tried)
            times = np.r_[times, tried[dice.random(len(tried)) < (lively**3 if at_peak[member] else lively)]]
        found += [(float(time), member) for time in times[:wanted]]
    return found


def _stormed(dice: np.random.Generator, chances: np.ndarray, days: float, storms: float) -> list[tuple[float, int]]:
    """What many write at once because of something that is no message."""
    found = []
    for _ in range(dice.poisson(storms * days)):
        at = dice.random() * days * DAY
        while dice.random() >= _of_day(np.array(at)):
            at = dice.random() * days * DAY
        people = dice.choice(len(chances), dice.poisson(14), p=chances)
        found += [(float(at + dice.exponential(3.0)), int(member)) for member in people]
    return found


def _grown(
    dice: np.random.Generator, begun: list[tuple[float, int]], pull: np.ndarray, to_whom: np.ndarray, end: float
) -> tuple[np.ndarray, ...]:
    """All lines: times, senders, parents, whether they go on with a turn."""
    waiting = [(at, number, who, -1, False) for number, (at, who) in enumerate(begun)]
    heapq.heapify(waiting)
    number, lines = len(waiting), []
    while waiting and waiting[0][0] <= end:
        at, _, who, parent, goes_on = heapq.heappop(waiting)
        lines.append((at, who, parent, goes_on))
        if goes_on:
            continue
        for _ in range(dice.poisson(pull[who])):
            delay = 1.2 * np.exp(dice.standard_normal())
            by = min(int(np.searchsorted(to_whom[:, who], dice.random())), len(pull) - 1)
            heapq.heappush(waiting, (at + delay, number, by, len(lines) - 1, False))
            number += 1
        if dice.random() < 0.5:
            later = at
            for _ in range(dice.geometric(0.5)):
                later += dice.exponential(0.25)
                heapq.heappush(waiting, (later, number, who, len(lines) - 1, True))
                number += 1
    at, who, parent, goes_on = zip(*lines, strict=True)
    return np.array(at), np.array(who), np.array(parent), np.array(goes_on)


def threads(
    seed: int, members: int = 120, days: float = 45, daily: float = 2.2, size: float = 4.0, against: float = 0.0
) -> World:
    """A world that is no Hawkes process: members begin threads of a size that goes by their pull, and what others say in a thread pulls nobody.

    A thread has up to four regulars, who say most; a quarter is its beginner's own. `against`: minus the correlation of pull and activity. Parents are the thread's first line.
    """
    dice = np.random.default_rng(seed)
    active, strong = dice.standard_normal((2, members))
    strong = -against * active + np.sqrt(1 - against**2) * strong
    own = np.exp(active)
    own *= daily / own.mean()
    pull = np.exp(0.9 * strong)
    pull *= size / np.average(pull, weights=own)
    responsive, circle = np.exp(0.8 * dice.standard_normal(members)), dice.integers(0, 4, members)
    lines: list[tuple[float, int, int]] = []
    for root, (at, who) in enumerate(_begun(dice, own, days, np.zeros(members, bool))):
        chances = responsive * np.where(circle == circle[who], 3.0, 1.0)
        chances[who] = 0
        chances /= chances.sum()
        many = int(dice.negative_binomial(0.6, 0.6 / (0.6 + pull[who])))
        regulars = dice.choice(members, min(4, max(1, many)), p=chances)
        lines.append((at, who, root))
        for _ in range(many):
            at += 0.9 * np.exp(1.1 * dice.standard_normal())
            says = (
                who
                if dice.random() < 0.25
                else dice.choice(regulars)
                if dice.random() < 0.8
                else dice.choice(members, p=chances)
            )
            lines.append((float(at), int(says), root))
    return _threaded(sorted(line for line in lines if line[0] < days * DAY), pull, members, days)


def _threaded(lines: list[tuple[float, int, int]], pull: np.ndarray, members: int, days: float) -> World:
    """Lines in order, each but the first of a thread with that as its parent."""
    first: dict[int, int] = {}
    parent = np.array([-1 if first.setdefault(root, n) == n else first[root] for n, (_, _, root) in enumerate(lines)])
    at, who, _ = (np.array(values) for values in zip(*lines, strict=True))
    return World(at, who, parent, parent >= 0, pull, members, days)


def logged(world: World, explicit: float = 0.0, seed: int = 0) -> Log:
    """What a chat program keeps of it: turns, and the parents of `explicit` of the answers, given by some people much more often than by others."""
    found = turns(world.who, world.at * 60)
    known = np.full(len(found), -1)
    if explicit:
        dice = np.random.default_rng(seed)
        habit = dice.beta(0.5, 0.5 / explicit - 0.5, world.members)
        said = np.flatnonzero(~world.goes_on & (world.parent >= 0) & (dice.random(len(world.who)) < habit[world.who]))
        child, parent = found.of_line[said], found.of_line[world.parent[said]]
        known[child[child != parent]] = parent[child != parent]
    minutes = found.at / 60
    return Log(found.who, minutes, (minutes % DAY // 60).astype(np.int64), known, world.members, world.days)
