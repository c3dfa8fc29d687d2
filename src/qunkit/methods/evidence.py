"""Whom a turn answers, by the surest sign that there is: the evidence ladder.

1. ``quote``  it quotes a line of an earlier turn.
2. ``mention``  it names somebody with @: their last turn, at most `TURNS_BACK` turns and a day before.
3. ``rule``  somebody addressed its sender since they last spoke: that turn; else, if it neither asks nor is long, the sender's own turn of the last ten minutes.
   What asks or is long starts a thread (``start``) and answers nobody.
4. All others are left open (``soft``): only times can tell.

The first two are explicit: people said so. The rules are those that find most links in an annotated channel where people name each other (Kummerfeld et al.,
ACL 2019); where nobody is named they are hardly better than the message before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qunkit.methods.turns import Turns

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

SOFT, QUOTE, MENTION, RULE, START = range(5)
"""`Evidence.how` and `Evidence.line_how`."""
TURNS_BACK = 100
DAY = 86400.0
ADDRESSED = 3600.0
"""Seconds within which who was addressed answers, if they answer nobody else."""
THREAD = 600.0
"""Seconds after which one's own thread is cold."""
LONG = 60
"""Characters above which a message starts a thread."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a chat say about whom they answer."""

    quoted: Ints
    """The line that each quotes; -1: none that is known."""
    naming: Ints
    """Lines with a mention, in order; one that names several people is there several times."""
    named: Ints
    """The sender whom each of these names; -1: nobody who speaks here."""
    starts: Flags
    """Whether each line asks, or is long."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whom turns and lines answer, and how that is known."""

    parent: Ints
    """Of each turn, the turn that it answers; -1: none, or not known."""
    how: Ints
    """Of each turn: SOFT … START."""
    line_parent: Ints
    """Of each line, the line that it answers explicitly; -1: none."""
    line_how: Ints
    """Of each line: QUOTE, MENTION or SOFT."""

    @property
    def explicit(self) -> Flags:
        """Of which turns it was said whom they answer."""
        said: Flags = (self.how == QUOTE) | (self.how == MENTION)
        return said


def evidence(turns: Turns, lines: Lines) -> Evidence:
    """The ladder, over all turns of a chat."""
    import numpy as np

    line_parent, line_how = _explicit(turns, lines)
    parent, how = np.full(len(turns), -1), np.full(len(turns), SOFT)
    for kind in (MENTION, QUOTE):  # the surer overrides
        found = np.flatnonzero(line_how == kind)[::-1]  # the first of a turn is written last
        parent[turns.of_line[found]], how[turns.of_line[found]] = turns.of_line[line_parent[found]], kind
    _rules(turns, lines, parent, how)
    return Evidence(parent, how, line_parent, line_how)


def _explicit(turns: Turns, lines: Lines) -> tuple[Ints, Ints]:
    """The line that each line quotes, or the last line of the last turn of who it names."""
    import numpy as np

    n = len(turns.of_line)
    parent, how = np.full(n, -1), np.full(n, SOFT)
    naming, named = lines.naming[::-1], lines.named[::-1]  # the first name of a line is written last
    here = turns.of_line[naming]
    there = before(turns.who, np.arange(len(turns)), named, here)
    near = (there >= 0) & (here - there <= TURNS_BACK) & (turns.who[here] != named)
    near[near] = (turns.at[here] - turns.at[there])[near] <= DAY
    parent[naming[near]], how[naming[near]] = turns.last[there[near]], MENTION
    earlier = (lines.quoted >= 0) & (lines.quoted < turns.first[turns.of_line])
    parent[earlier], how[earlier] = lines.quoted[earlier], QUOTE
    return parent, how


def _rules(turns: Turns, lines: Lines, parent: Ints, how: Ints) -> None:
    """Fill in, for turns without explicit evidence, what the rules say."""
    import numpy as np

    number = np.arange(len(turns))
    own = before(turns.who, number, turns.who, number)
    said = np.flatnonzero(parent >= 0)
    calling = np.r_[said, turns.of_line[lines.naming]]
    called = np.r_[turns.who[parent[said]], lines.named]
    by = before(called, calling, turns.who, number)
    addressed = (by > own) & (turns.who[by] != turns.who) & (turns.at - turns.at[by] <= ADDRESSED)
    starts = np.zeros(len(turns), bool)
    starts[turns.of_line[lines.starts]] = True
    thread = (own >= 0) & (turns.at - turns.at[own] <= THREAD)
    open_ = how == SOFT
    for which, to, kind in (
        (addressed, by, RULE),
        (~addressed & starts, np.full(len(turns), -1), START),
        (~addressed & ~starts & thread, own, RULE),
    ):
        chosen = open_ & which
        parent[chosen], how[chosen] = to[chosen], kind


def before(keys: Ints, places: Ints, wanted: Ints, of: Ints) -> Ints:
    """The greatest of `places` whose key is ``wanted[i]`` and that lies before ``of[i]``; -1: none."""
    import numpy as np

    span = int(max(places.max(initial=0), of.max(initial=0))) + 1
    order = np.sort((keys + 1) * span + places)  # -1 is a key like others
    at = np.searchsorted(order, (wanted + 1) * span + of) - 1
    found = order[at] if len(order) else np.full(len(of), -1)
    same = (at >= 0) & (found // span == wanted + 1)
    return np.where(same, found % span, -1)
