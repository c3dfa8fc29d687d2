"""Which line a turn answers, by a small model: a choice among the lines before it, and to start a thread.

A conditional logit (McFadden 1974): each of the last `REACH` lines, an hour back at most, has a score, the sum of the weights of what holds of the pair; to start a thread has one, of
what holds of the turn alone; how likely each is, is its share of the exponentials. Nothing in it is about a language: who wrote both, who named or quoted whom, how many lines
and minutes lie between, whether they ask, how long they are beside what is usual in the chat, how many pairs of neighbouring characters they share.

The weights (data/links.json) were fitted on an annotated channel, see docs/methods/kol-links.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from qunkit.methods.sketches import BITS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qunkit.methods.turns import Turns

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Flags = NDArray[np.bool_]

REACH = 50
"""Lines back among which the answered one is looked for."""
NEAR = 60.0
"""Minutes back, at most."""
ANYBODY = -1
NEVER = 1 << 40
"""A line after all others."""
_SOON = 0.5
"""Minutes that every gap is given: half of what a clock without seconds cannot tell."""
_AWAY = 200
"""Lines after which all absences are alike."""
_CHUNK = 2048
"""Lines that are worked on at a time: their pairs stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What lines say, as far as the model asks; one value a line."""

    at: Floats
    """Minutes."""
    asks: Flags
    size: Floats
    """The logarithm of its length, beside the chat's mean; 0 of what is no text."""
    sketch: NDArray[np.uint64]
    """Of each line's text: see `qunkit.methods.sketches`."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the model knows of each line."""

    spoken: Spoken
    first: Flags
    """Whether it begins its turn."""
    last: Flags
    """Whether it ends it."""
    who: Ints
    """The sender."""
    to: Ints
    """Whom it addresses: who wrote what it quotes, or the first whom it names; -1: nobody."""
    by: Ints
    """The last line before it that addressed its sender; -1: none."""
    own: Ints
    """The last line of its sender before it; -1: none."""
    own_next: Ints
    """Their next after it; NEVER: none."""
    mate: Ints
    """Whom its sender last addressed before it; -1: nobody."""
    caller: Ints
    """Who wrote `by`; -1: nobody."""
    heard: Ints
    """The next line after it that addresses its sender; NEVER: none."""
    bits: Singles
    """How many of its sketch's cells are taken."""

    def __len__(self) -> int:
        return len(self.who)


@dataclass(frozen=True, slots=True)
class Links:
    """What the model says of some lines."""

    parent: Ints
    """The likeliest line that each answers; -1: there is none within reach."""
    p: Floats
    """How likely that is."""
    start: Floats
    """How likely it is that it answers none."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of what holds of pairs, and of lines that start a thread."""

    pair: Mapping[str, float]
    start: Mapping[str, float]


@cache
def shipped() -> Weights:
    """Those that come with the program."""
    told = json.loads(files("qunkit.methods").joinpath("data/links.json").read_text("utf-8"))
    return Weights(told["pair"], told["start"])


def facts(turns: Turns, spoken: Spoken, calling: Ints, called: Ints) -> Facts:
    """Of the lines of a chat; line ``calling[k]`` addresses sender ``called[k]``: of one line the first counts."""
    import numpy as np

    n = len(turns.of_line)
    who, number = turns.who[turns.of_line], np.arange(n)
    to = np.full(n, -1)
    to[calling[::-1]] = called[::-1]
    own = before(who, number, who, number)
    own_next = np.full(n, NEVER)
    own_next[own[own >= 0]] = number[own >= 0]
    says = np.flatnonzero(to >= 0)
    said = before(who[says], says, who, number)
    by = before(called, calling, who, number)
    heard = before(called, n - calling, who, n - number)
    return Facts(
        spoken,
        number == turns.first[turns.of_line],
        number == turns.last[turns.of_line],
        who,
        to,
        by,
        own,
        own_next,
        np.where(said >= 0, to[said], -1),
        np.where(by >= 0, who[by], -1),
        np.where(heard >= 0, n - heard, NEVER),
        np.bitwise_count(spoken.sketch).sum(axis=1).astype(np.float32),
    )


class Pairs:
    """Some lines j and the lines i that each may answer: arrays with a row for each distance, 1 to `REACH`, and a column for each j."""

    def __init__(self, facts: Facts, lines: Ints) -> None:
        import numpy as np

        self.facts, self.j = facts, lines
        back = lines - np.arange(1, REACH + 1)[:, None]
        self.i = np.maximum(back, 0)
        self.minutes = np.maximum(facts.spoken.at[lines] - facts.spoken.at[self.i], 0).astype(np.float32)
        self.possible = (back >= 0) & (self.minutes <= NEAR)

    def shared(self) -> Singles:
        """How many more bits both sketches have than chance would give them, in standard deviations or so."""
        import numpy as np

        bits = self.facts.bits
        both = np.zeros(self.i.shape, np.uint16)
        for word in self.facts.spoken.sketch.T:
            both += np.bitwise_count(word[self.i] & word[self.j])
        chance = bits[self.i] * (bits[self.j] / BITS)
        found: Singles = (both - chance) / np.sqrt(1 + chance)
        return found

    def values(self) -> Iterator[tuple[str, Singles | Flags]]:
        """What holds of the pairs, by its name in the weights."""
        import numpy as np

        f, i, j, wait = self.facts, self.i, self.j, self.minutes
        far = np.broadcast_to(np.log(np.arange(1, REACH + 1, dtype=np.float32))[:, None], i.shape)
        who, to, who_i, to_i, mate_i = f.who[j], f.to[j], f.who[i], f.to[i], f.mate[i]
        mine, last = who_i == who, f.own_next[i] >= j
        other, names, free = ~mine, to >= 0, to < 0
        calls, called, says_other = to == who_i, to_i == who, (to_i >= 0) & (to_i != who) & other
        mates, theirs, callers, heard = f.mate[j] == who_i, mate_i == who, f.caller[j] == who_i, f.heard[i] < j
        asks = f.spoken.asks[i]
        yield "one", np.ones(i.shape, bool)
        yield "far", far
        yield "wait", wait
        yield "crowd", self._crowd(last)
        yield "next", i == j - 1
        yield "mine", mine
        yield "mine_last", mine & last
        yield "mine_far", mine * far
        yield "mine_soon", mine * np.log(wait + np.float32(_SOON))
        yield "mine_names", mine & names
        yield "mine_size", mine * f.spoken.size[j].astype(np.float32)
        yield "last", last & other
        yield "last_far", (last & other) * far
        yield "calls", calls
        yield "calls_called", calls & called
        yield "calls_heard", calls & heard
        yield "calls_mates", calls & mates
        yield "names_other", names & ~calls
        yield "names_wait", names * wait
        yield "called_since", called & (i > f.own[j])
        yield "called_by", i == f.by[j]
        yield "called_far", called * far
        yield "says_other", says_other
        yield "says_other_free", says_other & free
        yield "same_to", names & (to_i == to) & other
        yield "mates", mates & other
        yield "mates_free", mates & free
        yield "mates_other", (f.mate[j] >= 0) & ~mates & free & other
        yield "theirs", theirs & other
        yield "theirs_other", (mate_i >= 0) & ~theirs & (to_i < 0) & other
        yield "callers", callers & other
        yield "callers_free", callers & free
        yield "callers_mates", callers & mates & free
        yield "since", (f.own[j] >= 0) & (i > f.own[j]) & free
        yield "heard", heard & other
        yield "asks", asks & other
        yield "asks_both", asks & f.spoken.asks[j]
        yield "new", (f.own[i] < 0) | (i - f.own[i] > REACH)
        yield "first", f.first[i] & other
        yield "end", f.last[i] & other
        yield "shared", self.shared()

    def _crowd(self, last: Flags) -> Singles:
        """The logarithm of how many people spoke from i to j, of whom `last` is the last line before j."""
        import numpy as np

        people = (last & self.possible).astype(np.uint8)
        for nearer, row in pairwise(people):  # np.cumsum along this axis takes ten times as long
            row += nearer
        found: Singles = np.log1p(np.arange(REACH + 1, dtype=np.float32))[people]
        return found


def beginning(facts: Facts, lines: Ints) -> Iterator[tuple[str, Floats | Flags]]:
    """What holds of lines as starts of threads, by its name in the weights."""
    import numpy as np

    own = facts.own[lines]
    yield "asks", facts.spoken.asks[lines]
    yield "size", facts.spoken.size[lines]
    yield "away", np.log(np.where(own >= 0, np.minimum(lines - own, _AWAY), _AWAY))


def links(facts: Facts, lines: Ints, only: Ints, weights: Weights) -> Links:
    """Of each of `lines`, the likeliest that it answers; where `only` is a sender, among theirs."""
    import numpy as np

    n = len(lines)
    parent, p, start = np.full(n, -1), np.zeros(n), np.ones(n)
    for begin in range(0, n, _CHUNK):
        some = slice(begin, begin + _CHUNK)
        pairs = Pairs(facts, lines[some])
        none = sum((weights.start[name] * values for name, values in beginning(facts, pairs.j)), np.zeros(len(pairs.j)))
        score, part = np.zeros((2, *pairs.i.shape), np.float32)
        for name, values in pairs.values():
            score += np.multiply(values, np.float32(weights.pair[name]), out=part)
        allowed = pairs.possible & ((only[some] == ANYBODY) | (facts.who[pairs.i] == only[some]))
        score[~allowed] = -np.inf
        best = score.argmax(axis=0)
        most = np.maximum(score.max(axis=0), none)
        begun = np.exp(none - most)
        total = np.exp(score - most).sum(axis=0) + begun
        at = np.arange(len(best))
        parent[some] = np.where(allowed[best, at], pairs.i[best, at], -1)
        p[some], start[some] = np.exp(score[best, at] - most) / total, begun / total
    return Links(parent, p, start)


def before(keys: Ints, places: Ints, wanted: Ints, of: Ints) -> Ints:
    """The greatest of `places` whose key is ``wanted[i]`` and that lies before ``of[i]``; -1: none."""
    import numpy as np

    span = int(max(places.max(initial=0), of.max(initial=0))) + 1
    order = np.sort((keys + 1) * span + places)  # -1 is a key like others
    at = np.searchsorted(order, (wanted + 1) * span + of) - 1
    found = order[at] if len(order) else np.full(len(of), -1)
    same = (at >= 0) & (found // span == wanted + 1)
    return np.where(same, found % span, -1)
