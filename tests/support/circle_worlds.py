"""Groups in which it is known who belongs together: who answers whom, as far as people say so themselves."""

from __future__ import annotations

import numpy as np


def world(
    seed: int, members: int, edges: int, inside: float = 0.0, repeated: float = 0.0, circles: int = 4
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who answers, who is answered, and the circle of each member.

    Members write unlike much (lognormal, σ = 1.3) and are answered alike much. Of the edges the share `inside` stays within circles, all others go to anybody; then the share
    `repeated` is made those of a pair that answered before, one way or the other.
    """
    dice = np.random.default_rng(seed)
    active = np.exp(1.3 * dice.standard_normal(members))
    circle = dice.integers(0, circles, members)
    by, to = [], []
    while len(by) < edges:
        one = dice.choice(members, p=active / active.sum())
        chances = active * ((circle == circle[one]) | (dice.random() >= inside))
        chances[one] = 0
        if chances.any():
            by.append(one)
            to.append(dice.choice(members, p=chances / chances.sum()))
    for now in range(1, edges):
        if dice.random() < repeated:
            before = dice.integers(0, now)
            by[now], to[now] = (by[before], to[before]) if dice.random() < 0.5 else (to[before], by[before])
    return np.array(by), np.array(to), circle


def likeness(found: np.ndarray, known: np.ndarray) -> float:
    """Normalised mutual information of two partitions, of those members whom the first places somewhere (0 is nowhere)."""
    placed = found > 0
    one, other = found[placed], known[placed]
    both = _entropy(one * (known.max() + 1) + other)
    alone = _entropy(one) + _entropy(other)
    return float(2 * (alone - both) / alone) if alone else 1.0


def _entropy(labels: np.ndarray) -> float:
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(-(shares * np.log(shares)).sum())
