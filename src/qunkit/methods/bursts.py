"""Whether more people do something than a group's own past lets expect: few counts, unequal crowds, and many groups at a time.

Of the periods before, Y of E people did it (both added up over the periods). Of e people now, m = e (Y + 0.5) ÷ E are expected: the half keeps what never happened from being impossible. Counts
are taken for negative binomial with mean m and variance φ m (1 + e ÷ E): φ is what the periods scatter more than Poisson's law lets them (Pearson's, no less than 1), and e ÷ E what is not
known of the rate itself. The chance of as many or more is asked of all groups at once (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Sequence

LEAST_PERIODS = 4
"""Of the periods before, in which anybody of the group spoke."""
LEAST_PEOPLE = 3
"""Fewer make no burst."""
DISCOVERIES = 0.05
_HALF = 0.5


def expected(did: Sequence[int], crowd: Sequence[int]) -> float | None:
    """How many people are expected now, which is the last of `did` (people who did it) and `crowd` (people who spoke); None where too little is known."""
    known = sum(1 for people in crowd[:-1] if people)
    return sum(did[:-1]) * crowd[-1] / sum(crowd[:-1]) if known >= LEAST_PERIODS and crowd[-1] else None


def chance(did: Sequence[int], crowd: Sequence[int]) -> float:
    """Of as many people or more now; NaN where too little is known."""
    if expected(did, crowd) is None:
        return float("nan")
    if not did[-1]:
        return 1.0
    from scipy.stats import nbinom, poisson

    now, past = crowd[-1], sum(crowd[:-1])
    mean = now * (sum(did[:-1]) + _HALF) / past
    variance = _scatter(did[:-1], crowd[:-1]) * mean * (1 + now / past)
    if variance <= mean * (1 + 1e-9):
        return float(poisson.sf(did[-1] - 1, mean))
    size = mean**2 / (variance - mean)
    return float(nbinom.sf(did[-1] - 1, size, size / (size + mean)))


def _scatter(did: Sequence[int], crowd: Sequence[int]) -> float:
    """By how much the periods scatter more than Poisson's law lets them."""
    rate = sum(did) / sum(crowd)
    if not rate:
        return 1.0
    known = [(n, rate * people) for n, people in zip(did, crowd, strict=True) if people]
    return max(1.0, sum((n - mean) ** 2 / mean for n, mean in known) / (len(known) - 1))
