"""Random choices that come out the same on every machine and Python."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """One stream of random choices, named by its labels: ``Dice(8, "group", 3)``.

    Everything is made from `random.Random.random`, the one method whose sequence Python promises to keep, and from
    exact arithmetic (no logarithms or powers, whose last bit differs between machines).
    """

    def __init__(self, *labels: object) -> None:
        self._labels = labels
        self._next = Random("/".join(str(label) for label in labels)).random

    def fork(self, *labels: object) -> Dice:
        """A stream of its own: what is drawn from it leaves this one as it was."""
        return Dice(*self._labels, *labels)

    def chance(self, share: float) -> bool:
        """True in `share` of all throws."""
        return self._next() < share

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._next() * (high - low + 1))

    def around(self, middle: float, spread: float) -> float:
        """`middle` times a factor in 1 ± `spread`, the middle likelier than the ends."""
        return middle * (1 + spread * (self._next() + self._next() - 1))

    def pick(self, things: Sequence[T]) -> T:
        """One of `things`."""
        return things[int(self._next() * len(things))]

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """Up to `count` different places of `things`, in random order."""
        pool = list(things)
        count = min(count, len(pool))
        for i in range(count):
            j = i + int(self._next() * (len(pool) - i))
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:count]

    def weighted(self, things: Sequence[T], totals: Sequence[float]) -> T:
        """One of `things`; `totals` are the running sums of their weights, as `running` gives them."""
        return things[min(bisect(totals, self._next() * totals[-1]), len(things) - 1)]

    def token(self, alphabet: str, length: int) -> str:
        """`length` letters of `alphabet`."""
        return "".join(self.pick(alphabet) for _ in range(length))


def running(weights: Sequence[float]) -> list[float]:
    """Running sums, for `Dice.weighted`."""
    return list(accumulate(weights))
