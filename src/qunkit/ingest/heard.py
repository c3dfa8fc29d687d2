"""Who of the forgotten is spoken of in what somebody says: all that looks like an id, and every place where a forgotten name may begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from qunkit.chat.people import file_safe
from qunkit.chat.spelling import fold
from qunkit.ingest.scrub import ALONE, LONGEST
from qunkit.ingest.tombstones import ID, Shown, Tombstones

_PARTS = re.compile(r"[a-z0-9]+|[^a-z0-9]+")
_ALONE = re.compile(ALONE.format(one=r"(\w)"))
_PIECE = 1 << 16
"""Characters that are looked through at once."""
_REMEMBERED = 1 << 20


@dataclass(slots=True)
class Ear:
    """Listens for the forgotten of some groups."""

    stones: Tombstones
    groups: list[Shown]
    ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    """What was heard, folded."""
    _known: dict[str, list[int]] = field(default_factory=dict)
    """Begins that were met, and the lengths of forgotten names that begin so."""
    _tried: set[str] = field(default_factory=set)
    _looked_up: set[str] = field(default_factory=set)

    def listen(self, texts: Iterable[str | None]) -> None:
        """Hear whoever of them is in the texts."""
        for text in texts:
            folded = fold(text) if text else ""
            for at in range(0, len(folded), _PIECE):
                self._hear(folded[max(at - LONGEST, 0) : at + _PIECE])

    def _hear(self, text: str) -> None:
        for id_ in {part for found in ID.finditer(text) for part in _within(found[0])} - self._looked_up:
            self._look_up(id_)
        for start, end in self._names(file_safe(text)):
            if (name := text[start:end]) not in self._tried:
                self._tried.add(name)
                self._look_up(name)
                if any(self.stones.has_name(group, name) for group in self.groups):
                    self.names.add(name)
        for memory in (self._known, self._tried, self._looked_up):
            if len(memory) > _REMEMBERED:
                memory.clear()

    def _look_up(self, id_: str) -> None:
        self._looked_up.add(id_)
        if self.stones.has_member(id_):
            self.ids.add(id_)

    def _names(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a forgotten name may stand in a text that is `plain`."""
        begins = set(map("".join, pairwise(text)))
        for begin in begins:
            for length in self._lengths(begin):
                at = text.find(begin)
                while at >= 0:
                    yield at, at + length
                    at = text.find(begin, at + 1)
        for found in _ALONE.finditer(text):
            if 1 in self._lengths(found[0]):
                yield found.span()

    def _lengths(self, begin: str) -> list[int]:
        if begin not in self._known:
            self._known[begin] = self.stones.lengths(begin)
        return self._known[begin]


def _within(token: str) -> Iterator[str]:
    """What may be an id in a token: what others write beside it may be joined to it by a sign that ids have, too."""
    yield token
    parts = _PARTS.findall(token) if len(token) < LONGEST else []
    for start, end in combinations(range(len(parts) + 1), 2):
        yield "".join(parts[start:end])
