"""Shares that are not seen but estimated: how sure one can be of a ratio when who counted makes mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

HIT, FALSE_ALARM = (0.85, 0.98), (0.002, 0.02)
"""What share of ads the classifier finds, and of other messages it takes for ads: the ranges it has shown on data it was not fitted on."""
_GRID = 96
"""Points of each of the two distributions that are combined."""
_DRAWS = 400


class Interval(NamedTuple):
    """A ratio and what it lies between; all None where there is nothing to divide."""

    ratio: float | None
    low: float | None
    high: float | None


def counted(found: int, of: int) -> Interval:
    """`found` of `of` by a classifier that nobody has audited: the ratio as counted, and what it and the true ratios under HIT and FALSE_ALARM lie between.

    Rogan & Gladen 1978: true = (counted - false alarms) / (hits - false alarms). A range from stated error rates, no confidence interval.
    """
    if not of:
        return Interval(None, None, None)
    ratio = found / of
    true = [ratio, *((ratio - wrong) / (hit - wrong) for hit in HIT for wrong in FALSE_ALARM)]
    return Interval(ratio, max(0.0, min(true)), min(1.0, max(true)))


def audited(found: int, passed: int, of: int, ads: tuple[float, float], rest: tuple[float, float]) -> Interval:
    """The ratio by a stratified audit, with its 95 % interval: `ads` are (ads, labelled) of what the classifier flagged, `rest` of what it passed.

    ratio = (found p1 + passed p0) / of; what is neither found nor passed (pictures) is no ad. p1 and p0 have Jeffreys' posteriors Beta(k + 1/2, n - k + 1/2) (Brown, Cai & DasGupta 2001), combined on a grid
    of their quantiles, so that equal audits give equal intervals.
    """
    if not of:
        return Interval(None, None, None)
    import numpy as np

    share, rest_share = found / of, passed / of
    values = share * _posterior(*ads)[:, None] + rest_share * _posterior(*rest)[None, :]
    low, high = np.quantile(values, [0.025, 0.975])
    ratio = share * (ads[0] + 0.5) / (ads[1] + 1) + rest_share * (rest[0] + 0.5) / (rest[1] + 1)
    return Interval(float(ratio), float(low), float(high))


def _posterior(hits: float, of: float) -> np.ndarray:
    """Quantiles of Jeffreys' posterior, in equal steps of probability."""
    import numpy as np
    from scipy.special import betaincinv

    steps = (np.arange(_GRID) + 0.5) / _GRID
    return np.asarray(betaincinv(hits + 0.5, of - hits + 0.5, steps))


def change(now: np.ndarray, before: np.ndarray, seed: int) -> Interval:
    """The difference of two ratios and its 95 % interval, by bootstrap over senders (Efron 1979): ads come in runs of one sender, so messages are not independent.

    `now` and `before` are (senders, 2): ads and messages of each sender, who is one row in both. `seed` fixes the draws.
    """
    import numpy as np

    if not now[:, 1].sum() or not before[:, 1].sum():
        return Interval(None, None, None)
    dice = np.random.default_rng(seed)
    senders = len(now)
    weights = dice.multinomial(senders, np.full(senders, 1 / senders), size=_DRAWS)
    told = (weights @ now), (weights @ before)
    whole = np.all([one[:, 1] > 0 for one in told], axis=0)
    drawn = (told[0][whole, 0] / told[0][whole, 1]) - (told[1][whole, 0] / told[1][whole, 1])
    low, high = np.quantile(drawn, [0.025, 0.975])
    difference = now[:, 0].sum() / now[:, 1].sum() - before[:, 0].sum() / before[:, 1].sum()
    return Interval(float(difference), float(low), float(high))
