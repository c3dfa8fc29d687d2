"""Which messages are versions of one sign-up relay (接龙): everybody who joins sends the whole list again, longer by a line.

Versions have the same heading, but for small edits: of the pairs of neighbouring signs that two have, six in ten are in both. A relay without a heading is known by its first
entry. One that begins anew with one entry where the last had several is another relay: weekly ones have one heading.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

DAYS_OPEN = 14
"""Days after its last version for which a relay is open."""
OPEN = DAYS_OPEN * 24 * 3600 * 1000
"""The same in milliseconds."""
_ENTRY = re.compile(r"^[ \t]*[0-9]{1,4}[.．、)）]", re.MULTILINE)
_MARK = re.compile(r"^\s*(?:[#＃] ?(?:接龙|接龍|Group Note)|接[龙龍][:：])")
_HEADING = 200
_SEVERAL = 3
"""Entries after which one alone begins another relay."""
_COMPARED = 50
"""Open relays that a heading is compared with, the latest."""


class _Relay(NamedTuple):
    """What is known of an open one: its first version, and of the last when it came and how many entries it had."""

    first: int
    at: int
    entries: int
    pairs: frozenset[str]


def relays(texts: Sequence[str], at: Ints) -> Ints:
    """Of each text, in order of time (milliseconds), the place of the first version of its relay."""
    import numpy as np

    open_: OrderedDict[str, _Relay] = OrderedDict()
    """By heading."""
    found = np.empty(len(texts), np.int64)
    for place, (text, time) in enumerate(zip(texts, at.tolist(), strict=True)):
        heading, entries = _heading(text), len(_ENTRY.findall(text))
        pairs = _pairs(heading)
        while open_ and next(iter(open_.values())).at < time - OPEN:
            open_.popitem(last=False)
        known = heading if heading in open_ else _near(open_, pairs)
        before = open_.pop(known) if known is not None else None
        goes_on = before is not None and not (entries <= 1 and before.entries >= _SEVERAL)
        found[place] = before.first if before is not None and goes_on else place
        open_[heading] = _Relay(int(found[place]), time, entries, pairs)
    return found


def _heading(text: str) -> str:
    """What stands above the entries, without spaces; the first entry, where that is nothing."""
    text = _MARK.sub("", text[:4000], count=1)
    entry = _ENTRY.search(text)
    above = "".join(text[: entry.start() if entry else None].split())[:_HEADING]
    if above or entry is None:
        return above
    return "".join(text[entry.end() :].partition("\n")[0].split())[:_HEADING]


def _pairs(heading: str) -> frozenset[str]:
    return frozenset(one + other for one, other in pairwise(heading))


def _near(open_: OrderedDict[str, _Relay], pairs: frozenset[str]) -> str | None:
    """The latest open relay whose heading has enough of these pairs."""
    for _, (heading, relay) in zip(range(_COMPARED), reversed(open_.items()), strict=False):
        if pairs and 5 * len(pairs & relay.pairs) >= 3 * len(pairs | relay.pairs):
            return heading
    return None
