"""What a fitted Hawkes process says of turns and members: who answered whom, who began what, how sure a pull is, and whether it is to be believed here at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from qunkit.methods.hawkes import STRENGTH, TINY, Fit, Log, by_member, causes, fit, held

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qunkit.methods.hawkes import Before

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

ENOUGH_TURNS = 20
"""Turns of a member below which nothing is said of their pull."""
_ENOUGH_MEMBERS, _ENOUGH_LINKS = 8, 30
"""Members with so many turns, and hidden links, below which there is no self-check."""


def likeliest(log: Log, found: Fit) -> tuple[Ints, Floats]:
    """Of each turn, the one by somebody else that most likely caused it, and how likely that is; -1 and 0 where there is none or the parent is known."""
    import numpy as np

    parent, p = np.full(len(log.who), -1), np.zeros(len(log.who))
    for caused in causes(log, held(log), found):
        of = caused.run.others
        some = of.many > 0
        if not some.any():
            continue
        starts = (np.cumsum(of.many) - of.many)[some]
        best = np.maximum.reduceat(caused.answer, starts)
        places = np.flatnonzero(caused.answer == np.repeat(best, of.many[some]))
        turn = np.repeat(np.arange(len(of.many)), of.many)[places][::-1] + caused.run.turns.start
        parent[turn] = of.parent[places][::-1]  # of equals the nearest, which comes first, is written last
        p[caused.run.turns.start + np.flatnonzero(some)] = best
    return parent, p


def ignited(log: Log, found: Fit, draws: int = 20, seed: int = 0) -> Floats:
    """Of each turn, how many turns by others go back to it, at any remove, if it began a thread: the mean of some families of turns, each drawn as likely as it is."""
    import numpy as np

    dice, n = np.random.default_rng(seed), len(log.who)
    parents = np.tile(log.known, (draws, 1))
    for caused in causes(log, held(log), found):
        run, open_ = caused.run, log.known[caused.run.turns] < 0
        for row in parents:
            luck = dice.random(len(open_))
            by = _drawn(run.others, caused.answer, luck)
            own = _drawn(run.own, caused.echo, luck - caused.by_others)
            row[run.turns] = np.where(open_, np.where(by >= 0, by, own), row[run.turns])
    credit = np.zeros(n)
    for row in parents:
        root = _roots(row)
        credit += np.bincount(root[log.who[root] != log.who], minlength=n)
    return credit / draws


def _drawn(before: Before, p: Floats, luck: Floats) -> Ints:
    """Of each turn of a run, the parent that falls to it: -1 where `luck`, from 0 to 1, is less than none or more than its parents' p together."""
    import numpy as np

    if not len(p):
        return np.full(len(luck), -1)
    upto = np.cumsum(p)
    end = np.cumsum(before.many)
    start = end - before.many
    at = np.r_[0.0, upto][start]
    place = np.searchsorted(upto, at + luck, "right")
    inside = (luck >= 0) & (place >= start) & (place < end)
    return np.where(inside, before.parent[np.minimum(place, len(p) - 1)], -1)


def _roots(parent: Ints) -> Ints:
    """Where the parents of each lead in the end; every parent is before its child."""
    import numpy as np

    root: Ints = np.where(parent < 0, np.arange(len(parent)), parent)
    while (above := root[root]).tolist() != root.tolist():
        root = above
    return root


class Spread(NamedTuple):
    """How sure one is of everybody's pull."""

    low: Floats
    high: Floats
    """95 % of what the days would give if they were drawn anew."""
    p: Floats
    """How often chance alone would give somebody with the group's pull as much or more."""


def spread(log: Log, found: Fit, strength: float = STRENGTH) -> Spread:
    """Intervals and one-sided p of pulls, from how answers vary from day to day: turns of a day hang together, and counts of them are no Poisson's."""
    import numpy as np
    from scipy.stats import t

    day = (log.at - log.at.min(initial=0.0)) // (24 * 60)
    number, place = np.unique(day * log.members + log.who, return_inverse=True)
    who = (number % log.members).astype(np.int64)
    answers = np.bincount(place, found.answers, len(number))
    exposed = np.bincount(place, minlength=len(number)) * (1 - found.share[who])
    days = np.bincount(who, minlength=log.members)

    def error(pull: Floats) -> Floats:
        squares = np.bincount(who, (answers - pull[who] * exposed) ** 2, log.members)
        return np.sqrt(np.maximum(squares * days / np.maximum(days - 1, 1), by_member(log, found.answers)))

    weight = np.maximum(np.bincount(who, exposed, log.members), TINY)
    wide = np.exp(1.96 * error(found.pull) / (weight + strength) / np.maximum(found.pull, TINY))
    excess = by_member(log, found.answers) - found.prior * weight
    alike = np.full(log.members, found.prior)
    p = t.sf(excess / np.maximum(error(alike), TINY), np.maximum(days - 1, 1))
    return Spread(found.pull / wide, found.pull * wide, p)


def self_check(log: Log, seed: int = 0) -> float | None:
    """Spearman's rho between pulls fitted while half of the known answers are hidden, and what the hidden half says: answers a turn, of members with turns enough.

    None where there are too few of either to tell.
    """
    import numpy as np
    from scipy.stats import spearmanr

    turns = np.bincount(log.who, minlength=log.members)
    known = np.flatnonzero(log.known >= 0)
    known = known[log.who[log.known[known]] != log.who[known]]
    hidden = known[np.random.default_rng(seed).random(len(known)) < 0.5]
    enough = turns >= ENOUGH_TURNS
    answers = np.bincount(log.who[log.known[hidden]], minlength=log.members)
    if enough.sum() < _ENOUGH_MEMBERS or len(hidden) < _ENOUGH_LINKS:
        return None
    left = log.known.copy()
    left[hidden] = -1
    rates, pulls = (answers / np.maximum(turns, 1))[enough], fit(replace(log, known=left)).pull[enough]
    return float(spearmanr(pulls, rates).statistic) if np.ptp(rates) and np.ptp(pulls) else None
