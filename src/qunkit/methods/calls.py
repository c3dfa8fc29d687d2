"""How many different people answer a turn, whether that is more than usual, and whose turns get more.

*Responders* of a turn: different people, not its sender, who write within some minutes of its last line. *Usual* is the mean over all turns of its stratum: as many turns in the ten
minutes before, the same four hours of the day. In a lively hour everybody is followed by many, so nobody is compared with the mean of all hours.

Turns that follow each other have answers in common, so their numbers are no independent draws: Poisson's law would call nearly everybody extraordinary. `chances` shuffles the numbers
within strata instead, `qunkit.methods.discoveries` asks of all members at a time, `shrunk` draws the means of few turns towards what is usual.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

MINUTE = 60_000
"""Milliseconds: times are whole numbers here, so that every engine finds the same on the edge of a window."""
BEFORE = 10 * MINUTE
MOST = 12
"""Turns of the ten minutes before, above which all hours are alike."""
HOURS = 4
COMPARABLE = 20
"""Turns of a stratum, below which it is put together with others."""
REPEATS = 999
_ROOM = 1 << 20
"""Numbers that are shuffled at a time."""
_CALLS = 1 << 11
"""Calls whose answers are looked up at a time."""


def responders(who: Ints, at: Ints, within: int) -> Ints:
    """Of each line, in order of time, how many others write in the `within` milliseconds after it.

    A line of somebody makes them a responder to the lines since their line before: one run of lines, whose ends are added up.
    """
    import numpy as np

    place = np.arange(len(who))
    begin = np.maximum(earlier(who) + 1, np.searchsorted(at, at - within))
    begun, ended = np.bincount(begin, minlength=len(who) + 1), np.bincount(place, minlength=len(who) + 1)
    return np.cumsum(begun - ended)[:-1]


def earlier(who: Ints) -> Ints:
    """Of each line the line before by the same sender; -1: none."""
    import numpy as np

    order = np.argsort(who, kind="stable")
    same = np.diff(who[order]) == 0
    found = np.full(len(who), -1)
    found[order[1:][same]] = order[:-1][same]
    return found


class Answers(NamedTuple):
    """The first line of everybody who answered a call; calls in order, and of each the answers in order."""

    call: Ints
    line: Ints
    who: Ints
    delay: Ints
    """Milliseconds."""


def answers(last: Ints, who: Ints, at: Ints, within: Ints) -> Answers:
    """Those to the calls whose last lines are `last`, in as many milliseconds as `within` says of each."""
    import numpy as np

    found = [
        _answers(np.arange(start, min(start + _CALLS, len(last))), last, who, at, within)
        for start in range(0, len(last), _CALLS)
    ] or [np.empty((2, 0), np.int64)]
    call, line = np.concatenate(found, axis=1)
    return Answers(call, line, who[line], at[line] - at[last[call]])


def _answers(calls: Ints, last: Ints, who: Ints, at: Ints, within: Ints) -> Ints:
    import numpy as np

    first = last[calls] + 1
    many = np.maximum(np.searchsorted(at, at[last[calls]] + within[calls], "right") - first, 0)
    call = np.repeat(calls, many)
    line = np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)
    other = who[line] != who[last[call]]
    call, line = call[other], line[other]
    _, place = np.unique(call * (who.max(initial=0) + 1) + who[line], return_index=True)
    place.sort()
    found: Ints = np.stack([call[place], line[place]])
    return found


def nth(found: Answers, calls: int, of: Ints) -> Ints:
    """Delay of the answer number `of` (from 1) to each of `calls` calls; -1 where it is 0."""
    import numpy as np

    start = np.searchsorted(found.call, np.arange(calls))
    some = of > 0
    delays = np.full(calls, -1)
    delays[some] = found.delay[(start + of - 1)[some]]
    return delays


def posters(who: Ints, at: Ints, when: Ints, days: int) -> Ints:
    """How many different people wrote in the `days` up to each time of `when`."""
    import numpy as np

    order = np.argsort(who, kind="stable")
    after = np.full(len(who), np.iinfo(np.int64).max)
    same = np.diff(who[order]) == 0
    after[order[:-1][same]] = at[order[1:][same]]
    over = np.sort(np.minimum(after, at + days * 24 * 60 * MINUTE))
    found: Ints = np.searchsorted(at, when, "right") - np.searchsorted(over, when, "right")
    return found


def strata(at: Ints, hour: Ints, counted: Flags) -> Ints:
    """The stratum of each turn, by the turns in the ten minutes before and by the hour; -1 where fewer than `COMPARABLE` turns that are `counted` can be compared.

    Where one has too few, those of the same liveliness are put together, and what is left after that.
    """
    import numpy as np

    lively = np.minimum(np.arange(len(at)) - np.searchsorted(at, at - BEFORE), MOST)
    blocks = 24 // HOURS
    found: Ints = lively * blocks + hour // HOURS
    for wider in (blocks * (MOST + 1) + lively, np.full(len(at), (blocks + 1) * (MOST + 1)), np.full(len(at), -1)):
        few = np.bincount(found[counted], minlength=(blocks + 1) * (MOST + 1) + 1) < COMPARABLE
        found = np.where(few[found], wider, found)
    return found


class Usual(NamedTuple):
    """What is usual for each turn; NaN where nothing can be compared."""

    mean: Floats
    """Responders in its stratum."""
    as_many: Floats
    """Share of the turns of its stratum with as many responders or more."""


def usual(stratum: Ints, counts: Ints, counted: Flags) -> Usual:
    """Means and ranks of `counts` in their strata, by the turns that are `counted`."""
    import numpy as np

    group, number = stratum[counted] + 1, counts[counted]  # the group 0 has none that is counted enough
    size = np.bincount(group, minlength=int(stratum.max(initial=0)) + 2)
    total = np.bincount(group, number, minlength=len(size))
    span = int(counts.max(initial=0)) + 1
    ranked = np.sort(group * span + number)
    below = np.searchsorted(ranked, (stratum + 1) * span + counts) - np.searchsorted(ranked, (stratum + 1) * span)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, share = (total / size)[stratum + 1], 1 - below / size[stratum + 1]
    none = stratum < 0
    return Usual(np.where(none, np.nan, mean), np.where(none, np.nan, share))


def chances(stratum: Ints, who: Ints, counts: Ints, members: int, seed: int = 0) -> Floats:
    """How often everybody would have as many responders in all, or more, if the turns of each stratum were dealt out anew among those who made them.

    `who` is -1 where a turn is nobody's that is asked about: it is dealt out with the others. 1 for those who have none.
    """
    import numpy as np

    dice = np.random.default_rng(seed)
    asked, number = np.unique(who, return_inverse=True)
    unasked = int((asked < 0).sum())
    owner = np.where(who < 0, len(asked), number - unasked)
    order = np.lexsort((owner, stratum))
    stratum, owner, counts = stratum[order], owner[order], counts[order].astype(np.int64)
    sums = np.zeros((REPEATS, len(asked) + 1), np.int64)
    edges = np.flatnonzero(np.r_[True, np.diff(stratum) != 0, True]) if len(order) else np.zeros(1, np.int64)
    for start, end in pairwise(edges.tolist()):
        if owner[start] < len(asked):
            _deal(dice, counts[start:end], owner[start:end], sums)
    real = np.zeros(len(asked) + 1, np.int64)
    np.add.at(real, owner, counts)
    p = np.ones(members)
    p[asked[unasked:]] = (1 + (sums >= real).sum(axis=0)[: len(asked) - unasked]) / (REPEATS + 1)
    return p


def _deal(dice: np.random.Generator, counts: Ints, owner: Ints, sums: Ints) -> None:
    """Add to `sums` what falls to each owner, who are in order, when `counts` are shuffled; one row each time."""
    import numpy as np

    runs = np.flatnonzero(np.r_[True, np.diff(owner) != 0])
    rows = max(1, _ROOM // len(counts))
    for begin in range(0, REPEATS, rows):
        dealt = np.tile(counts, (min(rows, REPEATS - begin), 1))
        dice.permuted(dealt, axis=1, out=dealt)
        sums[begin : begin + rows, owner[runs]] += np.add.reduceat(dealt, runs, axis=1)


def shrunk(who: Ints, day: Ints, lift: Floats, members: int) -> Floats:
    """Everybody's mean lift, drawn to 0 by as much as chance explains: empirical Bayes with one variance between people and one within.

    That within is of sums of days, where turns of a day go together; it is no less than that of turns.
    """
    import numpy as np

    turns = np.bincount(who, minlength=members)
    mean = np.bincount(who, lift, members) / np.maximum(turns, 1)
    people, n = int((turns > 0).sum()), len(who)
    rest = lift - mean[who]
    _, place = np.unique(day * members + who, return_inverse=True)
    days = int(place.max(initial=-1)) + 1
    of_turns = (rest**2).sum() / max(n - people, 1)
    of_days = (np.bincount(place, rest) ** 2).sum() / max(n, 1) * days / max(days - people, 1) if days else 0.0
    within = max(of_turns, of_days)
    between = max((turns * mean**2).sum() - people * within, 0.0) / max(n, 1)
    weight = turns * between
    drawn: Floats = mean * weight / np.maximum(weight + within, np.finfo(float).tiny)
    return drawn
