"""Whom a turn answers, by the surest sign that there is: the evidence ladder.

1. ``quote``  it quotes a line of an earlier turn.
2. ``mention``  it names somebody with @: their last turn, at most `TURNS_BACK` turns and a day before.
3. ``rule``  the line that a small model (`qunkit.methods.links`) finds the likeliest, if it finds it likelier than that the turn starts a thread, and as likely as `LIKELY`. It chooses among
   the lines of who is named, too.
4. What asks or is long answers nobody (``start``), if the model finds that the likeliest; all others are left open (``soft``): only times can tell.

The first two are explicit: people said so. The model is asked (`ruled`) where single replies are wanted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qunkit.methods import links
from qunkit.methods.links import before

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qunkit.methods.links import Spoken, Weights
    from qunkit.methods.turns import Turns

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SOFT, QUOTE, MENTION, RULE, START = range(5)
"""`Evidence.how` and `Evidence.line_how`."""
TURNS_BACK = 100
DAY = 86400.0
LIKELY = 0.3
"""What the model finds less likely is left open."""
LONG = 0.7
"""`Spoken.size` above which a line is long: twice as long as usual."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a chat say about whom they answer."""

    quoted: Ints
    """The line that each quotes; -1: none that is known."""
    naming: Ints
    """Lines with a mention, in order; one that names several people is there several times."""
    named: Ints
    """The sender whom each of these names; -1: nobody who speaks here."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whom turns and lines answer, and how that is known."""

    parent: Ints
    """Of each turn, the turn that it answers; -1: none, or not known."""
    how: Ints
    """Of each turn: SOFT … START."""
    line_parent: Ints
    """Of each line, the line that it answers; -1: none, or not known."""
    line_how: Ints
    """Of each line: QUOTE, MENTION or SOFT; of those that begin a turn, RULE and START, too, where the model was asked."""
    p: Floats
    """Of each line with RULE, how likely it is; NaN of others: not known."""

    @property
    def explicit(self) -> Flags:
        """Of which turns it was said whom they answer."""
        said: Flags = (self.how == QUOTE) | (self.how == MENTION)
        return said


def evidence(turns: Turns, lines: Lines) -> Evidence:
    """What people said, over all turns of a chat."""
    import numpy as np

    line_parent, line_how = _explicit(turns, lines)
    parent, how = _of_turns(turns, line_parent, line_how)
    return Evidence(parent, how, line_parent, line_how, np.full(len(line_how), np.nan))


def ruled(turns: Turns, lines: Lines, told: Evidence, spoken: Spoken, weights: Weights | None = None) -> Evidence:
    """`told`, and what the model says of the lines that begin a turn without explicit evidence, and of which line a name means."""
    import numpy as np

    who = turns.who[turns.of_line]
    quoting, naming = np.flatnonzero(told.line_how == QUOTE), told.line_how == MENTION
    others = (lines.named >= 0) & (lines.named != who[lines.naming])
    calling = np.r_[quoting, lines.naming[others]]
    called = np.r_[who[told.line_parent[quoting]], lines.named[others]]
    asked = naming.copy()
    asked[turns.first[told.how == SOFT]] = True
    asked = np.flatnonzero(asked)
    only = np.where(naming, who[told.line_parent], links.ANYBODY)[asked]
    found = links.links(links.facts(turns, spoken, calling, called), asked, only, weights or links.shipped())

    line_parent, line_how, p = told.line_parent.copy(), told.line_how.copy(), np.full(len(who), np.nan)
    named = (only >= 0) & (found.parent >= 0)
    line_parent[asked[named]] = found.parent[named]
    free = only < 0
    likely = free & (found.p > found.start) & (found.p >= LIKELY)
    opening = np.isin(turns.of_line, turns.of_line[spoken.asks | (spoken.size > LONG)])
    begun = free & (found.start >= found.p) & opening[asked]
    line_parent[asked[likely]], line_how[asked[likely]], p[asked[likely]] = found.parent[likely], RULE, found.p[likely]
    line_how[asked[begun]] = START
    parent, how = _of_turns(turns, line_parent, line_how)
    return replace(told, parent=parent, how=how, line_parent=line_parent, line_how=line_how, p=p)


def _of_turns(turns: Turns, line_parent: Ints, line_how: Ints) -> tuple[Ints, Ints]:
    """Of each turn the surest of its lines, and of those that are as sure the first."""
    import numpy as np

    parent, how = np.full(len(turns), -1), np.full(len(turns), SOFT)
    for kind in (START, RULE, MENTION, QUOTE):  # the surer overrides
        found = np.flatnonzero(line_how == kind)[::-1]  # the first of a turn is written last
        there = line_parent[found]
        parent[turns.of_line[found]] = np.where(there >= 0, turns.of_line[there], -1)
        how[turns.of_line[found]] = kind
    return parent, how


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
