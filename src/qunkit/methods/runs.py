"""Turns, and which of those before each may have caused it: pairs, held a run at a time, so that memory does not grow with the square of the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

WINDOW = 20.0
"""Minutes after which nothing is an answer, unless people say so."""
_MOST_BACK = 256
"""Turns before a turn that may have caused it."""
_CHUNK, _HELD = 1 << 16, 1 << 22
"""Pairs of turns that are worked on at a time, and that are kept from round to round."""
NOBODY = -2
"""`Log.known` of a turn that answers none."""


@dataclass(frozen=True, slots=True)
class Log:
    """Turns in order of time."""

    who: Ints
    """Senders, 0 to `members` - 1."""
    at: Floats
    """Minutes."""
    hour: Ints
    """Hours of the day, 0 to 23."""
    known: Ints
    """The turn that each answers, where that is known; `NOBODY` where it is known to answer none; else -1."""
    members: int
    days: float
    """For how many days the chat was seen."""
    half: float = 0.0
    """Minutes to add to a delay: half a minute where seconds are not known."""


class Before(NamedTuple):
    """What lies within the window before the turns of a run: pairs in order of the later turn."""

    many: Ints
    """How many pairs each turn of the run has."""
    parent: Ints
    """The earlier turn of each pair."""
    delay: Floats

    def sums(self, values: Floats) -> Floats:
        """The sum of values over the pairs of each turn."""
        import numpy as np

        found = np.zeros(len(self.many))
        some = self.many > 0
        if len(values):
            found[some] = np.add.reduceat(values, (np.cumsum(self.many) - self.many)[some])
        return found


class Run(NamedTuple):
    """Some turns, and what may have caused them; nothing where that is known."""

    turns: slice
    others: Before
    own: Before


def held(log: Log) -> Iterable[Run]:
    """The runs: all at once if that is little, else made anew whenever they are needed."""
    import numpy as np

    many = np.arange(len(log.who)) - _earliest(log)
    return tuple(_Runs(log)) if int(many.sum()) <= _HELD else _Runs(log)


def _earliest(log: Log) -> Ints:
    """The earliest turn that may have caused each; the turn itself where that is known."""
    import numpy as np

    number = np.arange(len(log.who))
    first = np.maximum(np.searchsorted(log.at, log.at - (WINDOW - log.half)), number - _MOST_BACK)
    return np.where(log.known != -1, number, np.minimum(first, number))


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of some `_CHUNK` pairs, made one by one."""

    log: Log

    def __iter__(self) -> Iterator[Run]:
        import numpy as np

        log, number = self.log, np.arange(len(self.log.who))
        many = number - _earliest(log)
        ends = np.cumsum(many)
        begin = 0
        while begin < len(number):
            done = ends[begin - 1] if begin else 0
            end = max(begin + 1, int(np.searchsorted(ends, done + _CHUNK, "right")))
            here = many[begin:end]
            child = np.repeat(number[begin:end], here)
            parent = child - 1 - (np.arange(len(child)) - np.repeat(np.cumsum(here) - here, here))
            same = log.who[child] == log.who[parent]
            yield Run(slice(begin, end), *(_before(log, begin, end, child[of], parent[of]) for of in (~same, same)))
            begin = end


def _before(log: Log, begin: int, end: int, child: Ints, parent: Ints) -> Before:
    import numpy as np

    delay = log.at[child] - log.at[parent] + log.half
    return Before(np.bincount(child - begin, minlength=end - begin), parent, delay)
