"""Turns, 发言轮次: one sender's consecutive lines, nobody else's between, at most two minutes apart.

People split a thought into one to four lines. Who is answered, and how often, is counted in turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

GAP = 120.0
"""Seconds between two lines of one turn, at most."""
STORM = 300.0
"""Seconds after a red packet in which what people write is its doing."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of one chat, in order; one value a turn, but for `of_line`."""

    of_line: Ints
    """The turn of each line."""
    first: Ints
    """The first line."""
    last: Ints
    """The last line."""
    who: Ints
    """The sender."""
    at: Floats
    """Seconds, of the first line."""

    def __len__(self) -> int:
        return len(self.first)


def turns(who: Ints, at: Floats, gap: float = GAP) -> Turns:
    """The turns of lines in order: their senders, and their times in seconds."""
    import numpy as np

    new = np.r_[True, (np.diff(who) != 0) | (np.diff(at) > gap)][: len(who)]
    first = np.flatnonzero(new)
    last = np.r_[first[1:], len(who)][: len(first)] - 1
    return Turns(np.cumsum(new) - 1, first, last, who[first], at[first])
