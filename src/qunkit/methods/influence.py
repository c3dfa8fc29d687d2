"""What a fitted Hawkes process says of turns and members: who answered whom, who began what, how sure a pull is, and whether it is to be believed here at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from qunkit.methods.hawkes import STRENGTH, TINY, Fit, causes, fit
from qunkit.methods.runs import Log, held

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qunkit.methods.runs import Before

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ENOUGH_TURNS = 20
"""Turns of a member below which nothing is said of their pull."""
LEAST_RHO = 0.2
"""Self-check below which no pull is shown."""
ALIKE_RHO = 0.1
"""What chats reach in which all are alike, about (0 to .25): its interval must lie above."""
_ENOUGH_MEMBERS, _ENOUGH_LINKS = 8, 30
"""Members with so many turns, and hidden links, below which there is no self-check."""
_ROUGHLY = 1e-5
"""Precision of the fits whose pulls are only ranked."""
_AT_A_TIME = 1 << 20
"""Turns of families that are followed to their roots together."""
_WIDEST = 10.0
"""The logarithm of a factor beyond which an interval says nothing."""


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
        luck = dice.random((draws, len(open_)))
        by = _drawn(run.others, caused.answer, luck)
        own = _drawn(run.own, caused.echo, luck - caused.by_others)
        parents[:, run.turns] = np.where(open_, np.where(by >= 0, by, own), parents[:, run.turns])
    credit, some = np.zeros(n), max(1, _AT_A_TIME // max(n, 1))
    for rows in (parents[first : first + some] for first in range(0, draws, some)):
        root = _roots(rows)
        credit += np.bincount(root[log.who[root] != log.who], minlength=n)
    return credit / draws


def _drawn(before: Before, p: Floats, luck: Floats) -> Ints:
    """Of each turn of a run, in each row of `luck`, the parent that falls to it: -1 where luck, from 0 to 1, is less than none or more than its parents' p together."""
    import numpy as np

    if not len(p):
        return np.full(luck.shape, -1)
    upto = np.cumsum(p)
    end = np.cumsum(before.many)
    start = end - before.many
    at = np.where(start > 0, upto[start - 1], 0.0)
    place = np.searchsorted(upto, at + luck, "right")
    inside = (luck >= 0) & (place >= start) & (place < end)
    found: Ints = np.where(inside, before.parent[np.minimum(place, len(p) - 1)], -1)
    return found


def _roots(parents: Ints) -> Ints:
    """Of each row, where the parents of each lead in the end; every parent is before its child."""
    import numpy as np

    rows, n = parents.shape
    line = parents + np.arange(rows)[:, None] * n
    root: Ints = np.where(parents < 0, np.arange(rows * n).reshape(rows, n), line).ravel()
    while not np.array_equal(above := root[root], root):
        root = above
    found: Ints = root.reshape(rows, n) % max(n, 1)
    return found


class Spread(NamedTuple):
    """Everybody's pull, and how sure one is of it."""

    pull: Floats
    """Answers by others that one turn makes, shrunk to the group's."""
    low: Floats
    high: Floats
    """About 95 %: of what days differ by, and of what times leave open of who answered whom."""
    p: Floats
    """How often chance alone would give somebody with the group's pull as much or more."""


def spread(
    log: Log, found: Fit, answers: Floats | None = None, weight: Floats | None = None, strength: float = STRENGTH
) -> Spread:
    """Pulls with intervals, and one-sided p. Counted are turns by `weight` (None: all alike), and of each its `answers` (None: those of the fit; others are known for sure).

    A sandwich (Huber 1967) for the logarithm of a pull: the meat is how answers vary from day to day, for turns of a day hang together and counts of them are no Poisson's; the bread
    is what is known of the pull when it is not known which turn was the cause (Louis 1982), the squares of the chances that each turn answers this member.
    """
    import numpy as np
    from scipy.special import stdtr

    got = found.answers if answers is None else answers
    counted = np.ones(len(log.who)) if weight is None else weight
    day = (log.at - log.at.min(initial=0.0)) // (24 * 60)
    number, place = np.unique(day * log.members + log.who, return_inverse=True)
    who = (number % max(log.members, 1)).astype(np.int64)
    daily = np.bincount(place, got * counted, len(number))
    exposed = np.bincount(place, counted, len(number)) * (1 - found.share[who])
    days = np.bincount(who[exposed > 0], minlength=log.members)
    sums, weights = (np.bincount(who, values, log.members) for values in (daily, exposed))
    prior = found.prior if answers is None else float(sums.sum() / max(weights.sum(), TINY))
    pull = (sums + strength * prior) / np.maximum(weights + strength, TINY)

    def error(pull: Floats) -> Floats:
        squares = np.bincount(who, (daily - pull[who] * exposed) ** 2, log.members)
        least = np.bincount(log.who, got * counted**2, log.members)
        return np.sqrt(np.maximum(squares * days / np.maximum(days - 1, 1), least))

    told = sums if answers is not None else np.minimum(_told(log, found, counted), sums)
    wide = np.exp(np.minimum(1.96 * error(pull) / np.maximum(told + strength * prior, TINY), _WIDEST))
    excess = sums - prior * weights
    p = stdtr(np.maximum(days - 1, 1), -excess / np.maximum(error(np.full(log.members, prior)), TINY))
    return Spread(pull, pull / wide, pull * wide, p)


def _told(log: Log, found: Fit, weight: Floats) -> Floats:
    """How many answers' worth is known of each member's pull: of each turn the square of the chance that it answers them."""
    import numpy as np

    child = np.flatnonzero(log.known >= 0)
    parent = log.known[child]
    sure = log.who[child] != log.who[parent]
    sums = np.bincount(log.who[parent[sure]], weight[parent[sure]], log.members).astype(np.float64)
    for caused in causes(log, held(log), found):
        of = caused.run.others
        if not len(of.parent):
            continue
        key = np.repeat(np.arange(len(of.many)), of.many) * log.members + log.who[of.parent]
        keys, place = np.unique(key, return_inverse=True)
        chance = np.bincount(place, caused.answer, len(keys))
        counted = np.bincount(place, caused.answer * weight[of.parent], len(keys))
        sums += np.bincount(keys % log.members, chance * counted, log.members)
    return sums


class Check(NamedTuple):
    """Whether pulls tell here what people said themselves."""

    rho: float
    low: float
    """The lower end of its 95 % interval (Fisher 1915; Bonett & Wright 2000)."""

    @property
    def stands(self) -> bool:
        """Whether pulls are to be shown."""
        return self.rho >= LEAST_RHO and self.low >= ALIKE_RHO


def self_check(log: Log, asked: Flags | None = None, found: Fit | None = None, seed: int = 0) -> Check | None:
    """Spearman's rho between pulls fitted while one half of the people are not heard saying whom they answer, and what these said: answers a turn, of members with turns enough who are `asked` about. `found` is the
    log's fit, if there is one: the checks begin near it, but for its pulls.

    Each half in turn, and the mean of both. Halves of people, not of what was said: who is answered by somebody that always quotes has more quotes in any half of them,
    whatever their pull, and where all are alike such a check would pass every other time. None where there are too few to tell.
    """
    import numpy as np

    if not checkable(log, asked):
        return None
    turns, known, enough = _asked(log, asked)
    first = _half(np.bincount(log.who[known], minlength=log.members), seed)[log.who[known]]
    near = fit(log) if found is None else found
    checked = []
    for hidden in (known[first], known[~first]):
        left = log.known.copy()
        left[hidden] = -1
        answers = np.bincount(log.who[log.known[hidden]], minlength=log.members)
        rates, pulls = (
            (answers / np.maximum(turns, 1))[enough],
            fit(replace(log, known=left), precision=_ROUGHLY, near=near).pull[enough],
        )
        if not np.ptp(rates) or not np.ptp(pulls):
            return None
        checked.append(float(np.corrcoef(ranks(pulls), ranks(rates))[0, 1]))
    rho, n = float(np.clip(np.mean(checked), -1, 1)), int(enough.sum())
    near = np.arctanh(min(rho, 1 - 1e-9)) - 1.96 * np.sqrt((1 + rho**2 / 2) / (n - 3))
    return Check(rho, float(np.tanh(near)))


def checkable(log: Log, asked: Flags | None = None) -> bool:
    """Whether there are members and answers enough for a self-check."""
    _, known, enough = _asked(log, asked)
    return int(enough.sum()) >= _ENOUGH_MEMBERS and len(known) >= 2 * _ENOUGH_LINKS


def _asked(log: Log, asked: Flags | None) -> tuple[Ints, Ints, Flags]:
    """Turns of each member, the turns that are known to answer somebody else's, and the members who are asked about."""
    import numpy as np

    turns = np.bincount(log.who, minlength=log.members)
    known = np.flatnonzero(log.known >= 0)
    known = known[log.who[log.known[known]] != log.who[known]]
    return turns, known, (turns >= ENOUGH_TURNS) & (True if asked is None else asked)


def ranks(values: Floats) -> Floats:
    """The rank of each, of equals the mean: scipy.stats has it, too, but takes half a second to begin with."""
    import numpy as np

    _, place, many = np.unique(values, return_inverse=True, return_counts=True)
    found: Floats = (np.cumsum(many) - (many - 1) / 2)[place]
    return found


def _half(said: Ints, seed: int) -> Flags:
    """Some of the people who said about half of it: dealt out in pairs of equal talk."""
    import numpy as np

    dice = np.random.default_rng(seed)
    order = np.argsort(-said, kind="stable")
    toss = dice.random((len(said) + 1) // 2) < 0.5
    half = np.zeros(len(said), bool)
    half[order] = np.column_stack([toss, ~toss]).ravel()[: len(said)]
    return half
