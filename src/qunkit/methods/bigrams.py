"""Texts as sets of bigrams, pairs of neighbouring signs: their hashes, and which texts share half of them. NumPy over a whole batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Hashes = NDArray[np.uint32]
    Flags = NDArray[np.bool_]

_SIGN = 21
"""Bits of a code point."""
_ROOM = 1 << 17
"""Signs that are worked on at a time: they stay in the processor's cache."""
_MARKS = 11
"""Bits of a mark."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The code points of texts of two signs or more, one after the other."""

    points: Hashes
    starts: Ints
    """Where each begins, and where the last ends."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, texts: Sequence[str]) -> Signs:
        import numpy as np

        joined = "".join(texts).encode("utf-32-le", "surrogatepass")
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        return cls(np.frombuffer(joined, np.uint32), np.r_[0, np.cumsum(lengths)])

    def hashes(self) -> tuple[Hashes, Ints]:
        """The hashes of the bigrams of all texts, and where those of each begin."""
        import numpy as np

        within = np.ones(max(len(self.points) - 1, 0), bool)
        within[self.starts[1:-1] - 1] = False
        found = hash_of(self.points[:-1].astype(np.uint64), self.points[1:]).astype(np.uint32)
        return found[within], self.starts[:-1] - np.arange(len(self))

    def keys(self, texts: Ints, number: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The bigrams of `texts`, repeated ones too, each behind the number of its text."""
        import numpy as np

        at, lengths = _ranges(self.starts[texts], self.starts[texts + 1] - 1)
        sign = np.uint64(_SIGN)
        bigrams = (self.points[at].astype(np.uint64) << sign) | self.points[at + 1]
        keys: NDArray[np.uint64] = np.repeat(number, lengths) << (2 * sign) | bigrams
        return keys


def hash_of(first: Any, second: Any) -> Any:
    """32 bits of a bigram: of two code points, numbers or arrays of them."""
    return (first * 0x9E3779B1 + second) & 0xFFFFFFFF


def mixed(hashes: Hashes) -> Hashes:
    """The finalizer of MurmurHash3: every bit of the input moves every bit."""
    import numpy as np

    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes = (hashes ^ (hashes >> np.uint32(shift))) * np.uint32(factor)
    return hashes ^ (hashes >> np.uint32(16))


@dataclass(frozen=True, slots=True)
class Sets:
    """The different bigrams of texts: how many, and a mark of some bits of each. They show that a pair is not near, for a tenth of what it takes to show that it is."""

    signs: Signs
    marks: NDArray[np.uint16]
    starts: Ints

    @classmethod
    def of(cls, texts: Sequence[str]) -> Sets:
        import numpy as np

        signs = Signs.of(texts)
        marks, sizes = [np.empty(0, np.uint16)], [np.empty(0, np.int64)]
        for start, stop in _chunks(np.diff(signs.starts)):
            some = np.arange(start, stop)
            keys = _different(signs.keys(some, (some - start).astype(np.uint64)))
            bigrams = keys & np.uint64((1 << 2 * _SIGN) - 1)
            hashes = mixed(
                hash_of(bigrams >> np.uint64(_SIGN), bigrams & np.uint64((1 << _SIGN) - 1)).astype(np.uint32)
            )
            marks.append((hashes >> np.uint32(32 - _MARKS)).astype(np.uint16))
            sizes.append(np.bincount((keys >> np.uint64(2 * _SIGN)).astype(np.int64), minlength=stop - start))
        return cls(signs, np.concatenate(marks), np.r_[0, np.cumsum(np.concatenate(sizes))])

    def near(self, left: Ints, right: Ints) -> Flags:
        """Whether of the bigrams that the texts at `left`, ascending, and those at `right` have, half or more are in both."""
        import numpy as np

        told = np.zeros(len(left), bool)
        for start, stop in _chunks(self.starts[right + 1] - self.starts[right]):
            told[start:stop] = self._may_be(left[start:stop], right[start:stop])
        maybe = np.flatnonzero(told)
        lengths = np.diff(self.signs.starts)
        for start, stop in _chunks(lengths[left[maybe]] + lengths[right[maybe]]):
            some = maybe[start:stop]
            told[some] = self._are(left[some], right[some])
        return told

    def _may_be(self, left: Ints, right: Ints) -> Flags:
        """What marks do not rule out: as many as are shared, or more, are among those of the other text."""
        import numpy as np

        slot = np.cumsum(np.r_[False, left[1:] != left[:-1]])
        begins = np.flatnonzero(np.r_[True, left[1:] != left[:-1]])
        table = np.zeros(len(begins) << _MARKS, bool)
        at, lengths = _ranges(self.starts[left[begins]], self.starts[left[begins] + 1])
        table[(np.repeat(slot[begins], lengths) << _MARKS) + self.marks[at]] = True
        at, lengths = _ranges(self.starts[right], self.starts[right + 1])
        there = table[(np.repeat(slot, lengths) << _MARKS) + self.marks[at]]
        both = np.add.reduceat(there, np.cumsum(lengths) - lengths, dtype=np.int64)
        told: Flags = 3 * both >= lengths + self.starts[left + 1] - self.starts[left]
        return told

    def _are(self, left: Ints, right: Ints) -> Flags:
        import numpy as np

        pair = np.arange(len(left), dtype=np.uint64)
        sides = [_different(self.signs.keys(side, pair)) for side in (left, right)]
        keys = np.sort(np.concatenate(sides))
        shared = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(2 * _SIGN)
        both = np.bincount(shared.astype(np.int64), minlength=len(left))
        sizes = np.diff(self.starts)
        told: Flags = 3 * both >= sizes[left] + sizes[right]
        return told


def _different(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each once, ascending."""
    import numpy as np

    keys = np.sort(keys)
    different: NDArray[np.uint64] = keys[np.r_[True, keys[1:] != keys[:-1]][: len(keys)]]
    return different


def _ranges(starts: Ints, stops: Ints) -> tuple[Ints, Ints]:
    """All numbers from each start up to its stop, and how many those are."""
    import numpy as np

    lengths = stops - starts
    return np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths), lengths


def _chunks(sizes: Ints) -> Iterator[tuple[int, int]]:
    """Where runs begin and end of about as much in all."""
    import numpy as np

    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        room = (int(ends[start - 1]) if start else 0) + _ROOM
        stop = max(int(np.searchsorted(ends, room, "right")), start + 1)
        yield start, stop
        start = stop
