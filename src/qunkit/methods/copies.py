"""Near-duplicates: texts that say the same with small changes, as people copy what they post. Over texts that are normal (`chat.normal`) and distinct.

Two texts are near each other if of the pairs of neighbouring signs that they hold, half or more are in both (Jaccard of bigram sets ≥ ½). Candidates come from
MinHash-LSH (Broder 1997; Leskovec, Rajaraman & Ullman 2014, ch. 3): 128 permutations in 32 bands of 4 rows, the best for a threshold of 0.4. The signatures are,
bit for bit, those of datasketch 2 (scheme ``affine32``, seed 1), worked out for a block of texts at a time. Every candidate is checked exactly.

A copy is one text, its head, and the texts near it. Nothing is near by way of a third: of a chain of texts, each near the next, the ends may have nothing in
common, and an ad that is rewritten week by week would become one with the next. Heads are those with the most candidates, the middle of what varies, and the
copies do not depend on the order of the texts.

In a bucket of a band each text is compared with the bucket's head, and not with every other: a template that was posted 100,000 times costs about as many comparisons.
No bucket costs more than `_TRIES` comparisons a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Hashes = NDArray[np.uint32]

LEAST = 12
"""Signs that a text must have: shorter ones are alike by chance."""
BANDS, ROWS = 32, 4
_SEED = 1
_TRIES = 16
_BLOCK = 1 << 15
"""Bigrams whose signatures are worked out at a time: they stay in the processor's cache."""
_PAIRS = 1 << 18
"""Signs of pairs that are compared at a time."""
_SIGN = 21
"""Bits of a code point."""


def copies(texts: Sequence[str]) -> Ints:
    """For each of `texts` the place of the head of its copy, which may be itself; -1: the text is too short to tell."""
    import numpy as np

    found = np.full(len(texts), -1, np.int64)
    long = np.array([place for place, text in enumerate(texts) if len(text) >= LEAST], np.int64)
    found[long] = long
    keys = band_keys([texts[place] for place in long.tolist()])
    entries = _buckets(keys)
    some = np.unique(entries.text)
    entries.text = np.searchsorted(some, entries.text)
    signs = Signs.of([texts[place] for place in long[some].tolist()])
    rank = _rank(entries, keys[:, some])
    del keys
    heads = _heads(entries, rank, signs)
    found[long[some]] = long[some][heads]
    return found


def band_keys(texts: Sequence[str]) -> Hashes:
    """One row a band, one column a text: a hash of the band's rows of the signature. Texts have two signs or more."""
    import numpy as np

    keys = np.zeros((BANDS, len(texts)), np.uint32)
    done = 0
    for signs in _blocks(texts):
        rows = signature(signs).reshape(BANDS, ROWS, len(signs))
        here = keys[:, done : done + len(signs)]
        for row in range(ROWS):
            here[:] = _mixed(here * np.uint32(31) + rows[:, row])
        done += len(signs)
    return keys


def signature(signs: Signs) -> Hashes:
    """One row a permutation, one column a text: the least of what the permutation makes of its bigrams' hashes."""
    import numpy as np

    hashes, firsts = signs.bigrams()
    hashes = _mixed(hashes)
    permuted, least = np.empty_like(hashes), np.empty((BANDS * ROWS, len(signs)), np.uint32)
    for row, (a, b) in enumerate(_permutations()):
        np.multiply(hashes, a, out=permuted)
        np.add(permuted, b, out=permuted)
        np.minimum.reduceat(permuted, firsts, out=least[row])
    return least


def bigram_hash(first: Any, second: Any) -> Any:
    """32 bits of two code points, numbers or arrays of them."""
    return (first * 0x9E3779B1 + second) & 0xFFFFFFFF


@dataclass(slots=True)
class Signs:
    """The code points of texts, one after the other."""

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

    def bigrams(self) -> tuple[Hashes, Ints]:
        """Hashes of the bigrams of all texts, and where those of each begin."""
        import numpy as np

        within = np.ones(max(len(self.points) - 1, 0), bool)
        within[self.starts[1:-1] - 1] = False
        hashes = bigram_hash(self.points[:-1].astype(np.uint64), self.points[1:]).astype(np.uint32)
        return hashes[within], self.starts[:-1] - np.arange(len(self))

    def near(self, left: Ints, right: Ints) -> NDArray[np.bool_]:
        """Whether the texts at `left` are near those at `right`, some pairs at a time."""
        import numpy as np

        lengths = np.diff(self.starts)
        told = np.zeros(len(left), bool)
        ends = np.cumsum(lengths[left] + lengths[right])
        start = 0
        while start < len(left):
            room = (ends[start - 1] if start else 0) + _PAIRS
            stop = min(max(int(np.searchsorted(ends, room, "right")), start + 1), start + (1 << _SIGN))
            told[start:stop] = self._near(left[start:stop], right[start:stop])
            start = stop
        return told

    def _near(self, left: Ints, right: Ints) -> NDArray[np.bool_]:
        import numpy as np

        pair = np.arange(len(left), dtype=np.uint64)
        keys = np.concatenate([self._keys(left, pair), self._keys(right, pair) | np.uint64(1)])
        keys.sort()
        keys = keys[np.r_[True, keys[1:] != keys[:-1]]]
        of = (keys >> np.uint64(2 * _SIGN + 1)).astype(np.int64)
        shared = (keys[1:] >> np.uint64(1)) == (keys[:-1] >> np.uint64(1))
        both = np.bincount(of[1:][shared], minlength=len(left))
        either = np.bincount(of, minlength=len(left)) - both
        told: NDArray[np.bool_] = 2 * both >= either
        return told

    def _keys(self, texts: Ints, pair: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The bigrams of `texts`, each with the number of its pair before it, and room for the side behind."""
        import numpy as np

        lengths = self.starts[texts + 1] - self.starts[texts] - 1
        firsts = np.cumsum(lengths) - lengths
        at = np.arange(lengths.sum()) + np.repeat(self.starts[texts] - firsts, lengths)
        sign = np.uint64(_SIGN)
        bigrams = (self.points[at].astype(np.uint64) << sign) | self.points[at + 1]
        keys: NDArray[np.uint64] = (np.repeat(pair, lengths) << (2 * sign) | bigrams) << np.uint64(1)
        return keys


@dataclass(slots=True)
class _Entries:
    """Texts in buckets, those of a bucket one after the other."""

    text: Ints
    bucket: Ints

    def where(self, kept: NDArray[np.bool_]) -> _Entries:
        """Those that are kept, of buckets that still have two."""
        import numpy as np

        text, bucket = self.text[kept], self.bucket[kept]
        again = bucket[1:] == bucket[:-1]
        two = np.r_[False, again] | np.r_[again, False] if len(bucket) else np.zeros(0, bool)
        return _Entries(text[two], bucket[two])


@dataclass(slots=True)
class _Edges:
    """Pairs of near texts; the one that comes first in rank is `left`."""

    left: Ints
    right: Ints

    def among(self, active: NDArray[np.bool_]) -> _Edges:
        """Those of which both ends are active."""
        kept = active[self.left] & active[self.right]
        return _Edges(self.left[kept], self.right[kept])


def _blocks(texts: Sequence[str]) -> Iterator[Signs]:
    """`texts` in blocks of about as many signs."""
    start = size = 0
    for stop, text in enumerate(texts, 1):
        size += len(text)
        if size >= _BLOCK or stop == len(texts):
            yield Signs.of(texts[start:stop])
            start, size = stop, 0


@cache
def _permutations() -> list[tuple[np.uint32, np.uint32]]:
    """h → a·h + b mod 2³², a odd: as datasketch draws them."""
    import numpy as np

    dice = np.random.RandomState(_SEED)
    a = dice.randint(0, 1 << 31, BANDS * ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = dice.randint(0, 1 << 32, BANDS * ROWS, dtype=np.uint32)
    return list(zip(a, b, strict=True))


def _mixed(hashes: Hashes) -> Hashes:
    """The finalizer of MurmurHash3: every bit of the input moves every bit."""
    import numpy as np

    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes = (hashes ^ (hashes >> np.uint32(shift))) * np.uint32(factor)
    return hashes ^ (hashes >> np.uint32(16))


def _buckets(keys: Hashes) -> _Entries:
    """The texts that share a key of a band with another."""
    import numpy as np

    text, bucket = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    number = 0
    for band in keys:
        order = np.argsort(band, kind="stable")
        runs = np.cumsum(np.r_[0, band[order][1:] != band[order][:-1]])[: len(order)] + number
        number += len(order)
        found = _Entries(order, runs).where(np.ones(len(order), bool))
        text.append(found.text)
        bucket.append(found.bucket)
    return _Entries(np.concatenate(text), np.concatenate(bucket))


def _rank(entries: _Entries, keys: Hashes) -> Ints:
    """The place of each text among all: first who shares most buckets with others. Equals, which are many, in no order that a text could be written for."""
    import numpy as np

    _, at, sizes = np.unique(entries.bucket, return_inverse=True, return_counts=True)
    candidates = np.bincount(entries.text, weights=sizes[at] - 1, minlength=keys.shape[1])
    mixed = np.zeros(keys.shape[1], np.uint32)
    for band in keys:
        mixed = _mixed(mixed * np.uint32(31) + band)
    rank = np.empty(keys.shape[1], np.int64)
    rank[np.lexsort((mixed, -candidates))] = np.arange(keys.shape[1])
    return rank


def _heads(entries: _Entries, rank: Ints, signs: Signs) -> Ints:
    """The head of each text, maybe itself.

    In turns: each text is compared with the foremost of those that come first in its buckets. Who has been compared with all of them, and is near none that comes
    before it, is a head and takes those near it. The first of a bucket stays so while it may yet be taken; one that is near nobody gives way to the next.
    """
    import numpy as np

    head = np.arange(len(rank))
    active = np.ones(len(rank), bool)
    order = np.lexsort((rank[entries.text], entries.bucket))
    entries = _Entries(entries.text[order], np.unique(entries.bucket[order], return_inverse=True)[1])
    left = _TRIES * np.bincount(entries.bucket)
    seen, edges = np.empty(0, np.int64), _Edges(np.empty(0, np.int64), np.empty(0, np.int64))
    while len(entries.text) or len(edges.left):
        first = np.r_[True, entries.bucket[1:] != entries.bucket[:-1]][: len(entries.text)]
        leader, text, bucket = (
            entries.text[first][np.cumsum(first) - 1][~first],
            entries.text[~first],
            entries.bucket[~first],
        )
        fresh = np.isin(leader * len(rank) + text, seen, invert=True)
        leader, text, bucket = leader[fresh], text[fresh], bucket[fresh]
        now = rank[leader] == _least(text, rank[leader], len(rank))[text]
        left -= np.bincount(bucket[now], minlength=len(left))
        pairs = np.unique(leader[now] * len(rank) + text[now])
        seen = np.concatenate([seen, pairs])
        a, b = np.divmod(pairs, len(rank))
        is_near = signs.near(a, b)
        edges = _Edges(np.r_[edges.left, a[is_near]], np.r_[edges.right, b[is_near]])
        waits = np.zeros(len(rank), bool)
        waits[edges.right] = waits[text[~now]] = True
        free = ~waits[edges.left]
        taken, by = edges.right[free], edges.left[free]
        foremost = _least(taken, rank[by], len(rank))[taken] == rank[by]
        head[taken[foremost]] = by[foremost]
        active[taken] = active[by] = False
        entries = entries.where(active[entries.text] & (waits[entries.text] | ~first) & (left[entries.bucket] > 0))
        edges = edges.among(active)
        seen = seen[active[seen // len(rank)] & active[seen % len(rank)]]
    return head


def _least(text: Ints, values: Ints, size: int) -> Ints:
    """For each of `size` texts the least of its values; `size` where it has none."""
    import numpy as np

    least = np.full(size, size)
    np.minimum.at(least, text, values)
    return least
