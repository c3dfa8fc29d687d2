"""Shares that are not seen but estimated: how sure one can be of a ratio when who counted makes mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

HIT, FALSE_ALARM = (0.67, 0.98), (0.0, 0.04)
"""What share of ads the classifier finds, and of other messages it takes for ads. The worst is of a whole group that it never saw, the best of the family of ads
that it tells best (docs/methods/ads-training.md); short texts alone are found less often, long ones more often taken for ads."""
LABELS, UNREAD = 20, 10
"""Labels that an audit's interval takes: of messages with a text, and of those without."""
_GRID = 96
"""Points of each of the two distributions that are combined."""
_DRAWS = 400
_MANY = 2000
"""Senders above which those with the same figures are drawn together: of a fleet's hundred thousand few differ."""


class Interval(NamedTuple):
    """A ratio and what it lies between; all None where there is nothing to divide."""

    ratio: float | None
    low: float | None
    high: float | None


class Stratum(NamedTuple):
    """A part of the messages of which some were labelled."""

    messages: int
    ads: float
    """Labels that say so; as many as they are worth."""
    labels: float


def counted(found: int, of: int) -> Interval:
    """`found` of `of` by a classifier that nobody has audited: the ratio as counted, and what the true ratio lies between under HIT and FALSE_ALARM.

    Rogan & Gladen 1978: true = (counted - false alarms) / (hits - false alarms), for the ends of Jeffreys' interval of what was counted: of few messages, chance decides
    how many are found. A range from error rates, no confidence interval.
    """
    if not of:
        return Interval(None, None, None)
    ends = _jeffreys(found, of)
    true = [(end - wrong) / (hit - wrong) for end in ends for hit in HIT for wrong in FALSE_ALARM]
    return Interval(found / of, max(0.0, min(true)), min(1.0, max(true)))


def beyond_mistakes(found: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Of each member, whether so many of their messages are not flagged by mistake alone: one chance in twenty at most, if of other messages as many are flagged as `FALSE_ALARM` holds possible."""
    import numpy as np
    from scipy.special import bdtrc

    return np.asarray((found > 0) & (bdtrc(np.maximum(found - 1, 0), of.astype(int), FALSE_ALARM[1]) <= 0.05))


def audited(strata: Sequence[Stratum], of: int) -> Interval:
    """The ratio by a stratified audit (Cochran 1977), with its 95 % interval; `of` messages in all, those of no stratum being none.

    The ratio is that of the labels. For the interval, the share of each stratum has Jeffreys' posterior Beta(k + 1/2, n - k + 1/2) (Brown, Cai & DasGupta 2001); they are combined on a grid of
    their quantiles, so that equal audits give equal intervals. Where no label is an ad, it begins at 0.
    """
    if not of:
        return Interval(None, None, None)
    import numpy as np

    values = np.zeros(1)
    for one in strata:
        share = one.messages / of * _posterior(one.ads, one.labels)
        values = _thinned((values[:, None] + share[None, :]).ravel())
    low, high = np.quantile(values, [0.025, 0.975])
    ratio = sum(one.messages / of * one.ads / one.labels for one in strata if one.labels)
    none, all_ = (all(one.ads == end * one.labels for one in strata if one.messages) for end in (0, 1))
    return Interval(
        float(ratio), 0.0 if none else float(low), sum(one.messages for one in strata) / of if all_ else float(high)
    )


def _thinned(values: np.ndarray) -> np.ndarray:
    """Quantiles of many values, in equal steps of probability; few values as they are."""
    import numpy as np

    if len(values) <= _GRID:
        return values
    return np.asarray(np.quantile(values, (np.arange(4 * _GRID) + 0.5) / (4 * _GRID)))


def _posterior(hits: float, of: float) -> np.ndarray:
    """Quantiles of Jeffreys' posterior, in equal steps of probability."""
    import numpy as np
    from scipy.special import betaincinv

    steps = (np.arange(_GRID) + 0.5) / _GRID
    return np.asarray(betaincinv(hits + 0.5, of - hits + 0.5, steps))


def _jeffreys(hits: int, of: int) -> tuple[float, float]:
    """Jeffreys' 95 % interval of a share."""
    from scipy.special import betaincinv

    low, high = (float(betaincinv(hits + 0.5, of - hits + 0.5, end)) for end in (0.025, 0.975))
    return low if hits else 0.0, high if hits < of else 1.0


def change(now: np.ndarray, before: np.ndarray, seed: int) -> Interval:
    """The difference of two ratios and its 95 % interval, by bootstrap over senders (Efron 1979): ads come in runs of one sender, so messages are not independent.

    `now` and `before` are (senders, 2): ads and messages of each sender, who is one row in both. `seed` fixes the draws.
    """
    import numpy as np

    if not now[:, 1].sum() or not before[:, 1].sum():
        return Interval(None, None, None)
    dice = np.random.default_rng(seed)
    senders = len(now)
    alike: np.ndarray = np.c_[now, before]
    many: np.ndarray = np.ones(senders)
    if senders > _MANY:
        alike, many = np.unique(alike, axis=0, return_counts=True)
    weights = dice.multinomial(senders, many / senders, size=_DRAWS)
    difference = now[:, 0].sum() / now[:, 1].sum() - before[:, 0].sum() / before[:, 1].sum()
    now, before = alike[:, :2], alike[:, 2:]
    told = (weights @ now), (weights @ before)
    whole = np.all([one[:, 1] > 0 for one in told], axis=0)
    drawn = (told[0][whole, 0] / told[0][whole, 1]) - (told[1][whole, 0] / told[1][whole, 1])
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(float(difference), float(low), float(high))
