"""How well influence is measured where it is known: on simulated chats, one after the other, by seed.

Tests hold bars on them, and `training/influence.py` writes them into docs/methods.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import false_discovery_control, poisson, spearmanr

from qunkit.methods.calls import COMPARABLE, MINUTE, chances, responders, shrunk, strata, usual
from qunkit.methods.discoveries import discoveries
from qunkit.methods.hawkes import fit
from qunkit.methods.influence import Check, ignited, self_check, spread
from qunkit.methods.turns import turns
from support.kol_worlds import DAY, WORLDS, logged, simulate, threads

MANY = 20
"""Turns from which a member is judged."""


class Found(NamedTuple):
    """Spearman's rho with what was planted, of members of ten turns or more."""

    pull: float
    volume: float
    top: float
    """Of the ten of the greatest volume, how many are found."""


def planted(world: str, explicit: float, seed: int) -> Found:
    """Of a chat of `world` in which so many answers are explicit."""
    chat = simulate(seed, **WORLDS[world])
    log = logged(chat, explicit, seed + 99)
    found = fit(log)
    enough = np.bincount(log.who, minlength=log.members) >= 10
    volume, truth = np.bincount(log.who, found.answers, log.members)[enough], chat.volume[enough]
    tops = [set(np.argsort(-values)[:10].tolist()) for values in (volume, truth)]
    pull = spearmanr(found.pull[enough], chat.pull[enough]).statistic
    return Found(pull, spearmanr(volume, truth).statistic, len(tops[0] & tops[1]) / 10)


def rooted(against: float, seed: int) -> tuple[float, float]:
    """In a chat of threads, Spearman's rho with what their beginners were to get: of volume, and of root credit."""
    chat = threads(seed, against=against)
    log = logged(chat)
    found = fit(log)
    begun = np.bincount(chat.who[~chat.goes_on], minlength=log.members)
    enough = (np.bincount(log.who, minlength=log.members) >= 10) & (begun >= 5)
    got = [np.bincount(log.who, values, log.members)[enough] for values in (found.answers, ignited(log, found))]
    volume, credit = (float(spearmanr(values, chat.volume[enough]).statistic) for values in got)
    return volume, credit


def flagged(world: str, seed: int) -> float:
    """The share of members of `MANY` turns who are said to have more pull than the group, one in ten of them wrongly."""
    log = logged(simulate(seed, **WORLDS[world]), 0.15, seed)
    enough = np.bincount(log.who, minlength=log.members) >= MANY
    return float((false_discovery_control(spread(log, fit(log)).p[enough]) <= 0.1).mean())


def checked(world: str, explicit: float, seed: int) -> Check:
    """What the self-check says."""
    found = self_check(logged(simulate(seed, **WORLDS[world]), explicit, seed + 99))
    assert found is not None
    return found


def covered(world: str, explicit: float, seed: int) -> float:
    """How many of the pulls that were planted, as answers a turn, lie in their intervals."""
    chat = simulate(seed, **WORLDS[world])
    log = logged(chat, explicit, seed + 99)
    made, sure = np.bincount(log.who, minlength=log.members), spread(log, fit(log))
    enough, truth = made >= MANY, chat.volume / np.maximum(made, 1)
    return float(((sure.low <= truth) & (truth <= sure.high))[enough].mean())


class Asked(NamedTuple):
    """Of members of `MANY` turns, one value each."""

    naive: np.ndarray
    """p by the law of Poisson and the hour of the day."""
    p: np.ndarray
    """Of shuffles."""
    q: np.ndarray
    top: np.ndarray
    """Whether they are of the twelve with the most pull."""
    rho: float
    """Spearman's, of shrunk lifts with planted pulls; NaN where all are alike."""


def asked(world: str, seed: int) -> Asked:
    """What responders within 5 minutes tell of a chat."""
    chat = simulate(seed, **WORLDS[world])
    at, who = np.rint(chat.at * MINUTE).astype(np.int64), chat.who.astype(np.int64)
    found = turns(who, at / 1000)
    counts = responders(who, at, 5 * MINUTE)[found.last]
    hour = (chat.at[found.first] % DAY // 60).astype(np.int64)
    over = at[found.last] + 5 * MINUTE <= at[-1]
    stratum = strata(at[found.first], hour, over)
    some = over & (stratum >= 0)
    enough = np.bincount(found.who[some], minlength=chat.members) >= COMPARABLE
    p = chances(stratum[some], np.where(enough[found.who], found.who, -1)[some], counts[some], chat.members)
    lines = np.searchsorted(at, at[found.last] + 5 * MINUTE, "right") - found.last - 1
    hourly = np.bincount((chat.at % DAY // 60).astype(np.int64), minlength=24) / chat.days / 60 * 5
    naive = poisson.sf(np.bincount(found.who, lines) - 1, np.bincount(found.who, hourly[hour]))
    lift = counts - usual(stratum, counts, some).mean
    drawn = shrunk(found.who[some], (at[found.first] // (24 * 60 * MINUTE))[some], lift[some], chat.members)
    rho = spearmanr(drawn[enough], chat.pull[enough]).statistic if np.ptp(chat.pull) else np.nan
    top = np.isin(np.flatnonzero(enough), np.argsort(-chat.pull)[:12])
    return Asked(naive[enough], p[enough], discoveries(p, enough)[enough], top, rho)
