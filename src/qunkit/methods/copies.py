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
from typing import TYPE_CHECKING

from qunkit.methods.bigrams import Sets, Signs, mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Hashes = NDArray[np.uint32]
    Places = NDArray[np.int32]

LEAST = 12
"""Signs that a text must have: shorter ones are alike by chance."""
BANDS, ROWS = 32, 4
_SEED = 1
_TRIES = 8
_BLOCK = 1 << 15
"""Bigrams whose signatures are worked out at a time: they stay in the processor's cache."""


def copies(texts: Sequence[str]) -> Ints:
    """For each of `texts` the place of the head of its copy, which may be itself; -1: the text is too short to tell."""
    import numpy as np

    found = np.full(len(texts), -1, np.int64)
    long = np.array([place for place, text in enumerate(texts) if len(text) >= LEAST], np.int64)
    found[long] = long
    keys = band_keys([texts[place] for place in long.tolist()])
    entries = _buckets(keys)
    some = np.unique(entries.text)
    entries.text = np.searchsorted(some, entries.text).astype(np.int32)
    sets = Sets.of([texts[place] for place in long[some].tolist()])
    rank = _rank(entries, keys[:, some])
    del keys
    heads = _heads(entries, rank, sets)
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
            here[:] = mixed(here * np.uint32(31) + rows[:, row])
        done += len(signs)
    return keys


def signature(signs: Signs) -> Hashes:
    """One row a permutation, one column a text: the least of what the permutation makes of its bigrams' hashes."""
    import numpy as np

    hashes, firsts = signs.hashes()
    hashes = mixed(hashes)
    permuted, least = np.empty_like(hashes), np.empty((BANDS * ROWS, len(signs)), np.uint32)
    for row, (a, b) in enumerate(_permutations()):
        np.multiply(hashes, a, out=permuted)
        np.add(permuted, b, out=permuted)
        np.minimum.reduceat(permuted, firsts, out=least[row])
    return least


@dataclass(slots=True)
class _Entries:
    """Texts in buckets, those of a bucket one after the other."""

    text: Places
    bucket: Places
    against: Places
    """The text with which each was compared last, in its bucket; -1: none yet."""

    def where(self, kept: NDArray[np.bool_]) -> _Entries:
        """Those that are kept, of buckets that still have two."""
        import numpy as np

        text, bucket, against = self.text[kept], self.bucket[kept], self.against[kept]
        again = bucket[1:] == bucket[:-1]
        two = np.r_[False, again] | np.r_[again, False] if len(bucket) else np.zeros(0, bool)
        return _Entries(text[two], bucket[two], against[two])


@dataclass(slots=True)
class _Edges:
    """Pairs of near texts; the one that comes first in rank is `left`."""

    left: Ints
    right: Ints

    def joined(self, sets: Sets, left: Places, right: Places) -> _Edges:
        """These, and those of the pairs (left, right) that are near."""
        import numpy as np

        pairs = np.sort(left.astype(np.int64) * len(sets.signs) + right)
        one, other = np.divmod(pairs[np.r_[True, pairs[1:] != pairs[:-1]][: len(pairs)]], len(sets.signs))
        near = sets.near(one, other)
        return _Edges(np.r_[self.left, one[near]], np.r_[self.right, other[near]])

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


def _buckets(keys: Hashes) -> _Entries:
    """The texts that share a key of a band with another."""
    import numpy as np

    found = [_Entries(*(np.empty((3, 0), np.int32)))]
    number = 0
    for band in keys:
        order = np.argsort(band, kind="stable")
        runs = np.cumsum(np.r_[0, band[order][1:] != band[order][:-1]])[: len(order)] + number
        number += len(order)
        some = _Entries(order.astype(np.int32), runs.astype(np.int32), np.full(len(order), -1, np.int32))
        found.append(some.where(np.ones(len(order), bool)))
    return _Entries(
        np.concatenate([one.text for one in found]),
        np.concatenate([one.bucket for one in found]),
        np.concatenate([one.against for one in found]),
    )


def _rank(entries: _Entries, keys: Hashes) -> Ints:
    """The place of each text among all: first who shares most buckets with others. Equals, which are many, in no order that a text could be written for."""
    import numpy as np

    _, at, sizes = np.unique(entries.bucket, return_inverse=True, return_counts=True)
    candidates = np.bincount(entries.text, weights=sizes[at] - 1, minlength=keys.shape[1])
    tie = np.zeros(keys.shape[1], np.uint32)
    for band in keys:
        tie = mixed(tie * np.uint32(31) + band)
    rank = np.empty(keys.shape[1], np.int64)
    rank[np.lexsort((tie, -candidates))] = np.arange(keys.shape[1])
    return rank


def _heads(entries: _Entries, rank: Ints, sets: Sets) -> Ints:
    """The head of each text, maybe itself.

    In turns: each text is compared with the foremost of those that come first in its buckets. Who has been compared with all of them, and is near none that comes
    before it, is a head and takes those near it. The first of a bucket stays so while it may yet be taken; one that is near nobody gives way to the next.
    """
    import numpy as np

    head = np.arange(len(rank))
    active = np.ones(len(rank), bool)
    order = np.lexsort((rank[entries.text], entries.bucket))
    entries.text, bucket = entries.text[order], entries.bucket[order]
    entries.bucket = np.cumsum(np.r_[False, bucket[1:] != bucket[:-1]][: len(bucket)], dtype=np.int32)
    del order, bucket
    left = _TRIES * np.bincount(entries.bucket)
    edges = _Edges(np.empty(0, np.int64), np.empty(0, np.int64))
    while len(entries.text) or len(edges.left):
        first = np.r_[True, entries.bucket[1:] != entries.bucket[:-1]][: len(entries.text)]
        leader = entries.text[first][np.cumsum(first) - 1]
        fresh = np.flatnonzero(~first & (entries.against != leader))
        text, by = entries.text[fresh], leader[fresh]
        foremost = rank[by] == _least(text, rank[by], len(rank))[text]
        now = fresh[foremost]
        entries.against[now] = leader[now]
        left -= np.bincount(entries.bucket[now], minlength=len(left))
        edges = edges.joined(sets, leader[now], entries.text[now])
        waits = np.zeros(len(rank), bool)
        waits[edges.right] = waits[text[~foremost]] = True
        free = ~waits[edges.left]
        taken, by = edges.right[free], edges.left[free]
        foremost = rank[by] == _least(taken, rank[by], len(rank))[taken]
        head[taken[foremost]] = by[foremost]
        active[taken] = active[by] = False
        entries = entries.where(active[entries.text] & (waits[entries.text] | ~first) & (left[entries.bucket] > 0))
        edges = edges.among(active)
    return head


def _least(text: Ints | Places, values: Ints, size: int) -> Ints:
    """For each of `size` texts the least of its values; `size` where it has none."""
    import numpy as np

    least = np.full(size, size)
    np.minimum.at(least, text, values)
    return least
