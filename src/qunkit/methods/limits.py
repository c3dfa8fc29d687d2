"""Control limits of daily counts, 控制限: how many are usual on such a weekday, and from which number on they are not.

A day is held against the 42 before it, of which 28 must be known. Each weekday has a factor, 0.75 × its mean ÷ the mean of all + 0.25; of counts by factor the mean μ and the
variance v are weighted by 0.97 a day. Counts are taken for negative binomial with mean μ × factor and size μ² ÷ (v - μ), Poisson where v is no greater than μ: people talk in
bursts, which Poisson's limits would take for alarms. The variance is widened by what 42 days leave open of mean and factor. A day is out of limits if either tail has less than
half of `alpha` (Noufaily et al. 2013 is the same family).

Seven days are held against the 42 before the first of them, so that what lasts does not become its own measure: the mean of the sum is that of its days, and its variance
theirs as if a tenth of each day's excess over Poisson were shared by all seven.

A count that is not known is NaN: no silence, and in nobody's mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TRAILING, LEAST, WEEK = 42, 28, 7
"""Days that a day is held against, how many of them must be known, and the days of a sum."""
DAY_ALPHA, WEEK_ALPHA = 0.01, 0.001
_FADES = 0.97
_KNOWN_OF_WEEK = 5
"""Days of a sum that must be known."""
_OPEN = 0.75**2 * WEEK / TRAILING
"""By how much the factor of a weekday, from six of its days, is uncertain: that share of the variance."""
_SHARED = 0.1
"""Of a day's excess variance: days of one week go up and down together."""


class Limits(NamedTuple):
    """Of every day, in the shape of the counts: what was counted, and what is usual; NaN where too little is known."""

    counted: Floats
    expected: Floats
    low: Floats
    """Less is out of limits."""
    high: Floats
    """More is."""

    @property
    def below(self) -> NDArray[np.bool_]:
        """Whether it is too few."""
        return self.counted < self.low

    @property
    def above(self) -> NDArray[np.bool_]:
        """Whether it is too many."""
        return self.counted > self.high


def days(counts: Floats, first_weekday: int, alpha: float = DAY_ALPHA) -> Limits:
    """Limits of single days: `counts` are a day a column (NaN: not known), `first_weekday` that of the first."""
    usual = _usual(counts, first_weekday, gap=0)
    mean = usual.mean * usual.factor
    return _limits(counts, mean, mean + usual.excess * usual.factor**2, alpha)


def weeks(counts: Floats, first_weekday: int, alpha: float = WEEK_ALPHA) -> Limits:
    """Limits of the sums of seven days, told of the last of them; of days not known nothing is expected either."""
    import numpy as np

    usual = _usual(counts, first_weekday, gap=WEEK - 1)
    lagged = _windows(counts, WEEK, 0)
    known = ~np.isnan(lagged)
    weekday = (np.arange(counts.shape[-1])[:, None] - np.arange(WEEK - 1, -1, -1) + first_weekday) % 7
    factors = np.where(known, _of_weekdays(usual.factors, weekday), 0)
    mean = usual.mean * factors.sum(-1)
    alone, together = (factors**2).sum(-1), factors.sum(-1) ** 2
    variance = mean + usual.excess * ((1 - _SHARED) * alone + _SHARED * together)
    sums = np.where(known.sum(-1) >= _KNOWN_OF_WEEK, np.nansum(lagged, -1), np.nan)
    return _limits(sums, mean, variance, alpha)


class _Usual(NamedTuple):
    mean: Floats
    excess: Floats
    """By how much the variance of counts by factor is beyond Poisson's."""
    factors: Floats
    """Of the seven weekdays."""
    factor: Floats
    """Of the day itself."""


def _usual(counts: Floats, first_weekday: int, gap: int) -> _Usual:
    """What the 42 days say that end `gap` days before the day before."""
    import numpy as np

    past = _windows(counts, TRAILING, gap + 1)
    known = ~np.isnan(past)
    enough = known.sum(-1) >= LEAST
    filled = np.where(known, past, 0)
    length = counts.shape[-1]
    weekday = (np.arange(length)[:, None] - np.arange(TRAILING + gap, gap, -1) + first_weekday) % 7
    mean = filled.sum(-1) / np.maximum(known.sum(-1), 1)
    factors = np.ones((*counts.shape, 7))
    for k in range(7):
        here = known & (weekday == k)
        own = (filled * here).sum(-1) / np.maximum(here.sum(-1), 1)
        told = (here.sum(-1) > 0) & (mean > 0)
        factors[..., k] = np.where(told, 0.75 * own / np.where(mean > 0, mean, 1) + 0.25, 1)
    level = filled / _of_weekdays(factors, weekday)
    weight = known * _FADES ** np.arange(TRAILING - 1, -1, -1)
    weight = weight / np.maximum(weight.sum(-1, keepdims=True), 1e-9)
    mu = (weight * level).sum(-1)
    share = (weight**2).sum(-1)
    spread = (weight * (level - mu[..., None]) ** 2).sum(-1) / np.maximum(1 - share, 1e-9)
    spread = spread * (1 + share + _OPEN)
    today = _of_weekdays(factors, ((np.arange(length) + first_weekday) % 7)[:, None])[..., 0]
    floor = 0.5 / TRAILING  # none at all in 42 days: less than one in 84 is not to be told from none
    mu = np.where(enough, np.maximum(mu, floor), np.nan)
    return _Usual(mu, np.maximum(spread - mu, 0), factors, today)


def _limits(counted: Floats, mean: Floats, variance: Floats, alpha: float) -> Limits:
    """The limits of a negative binomial of such moments."""
    import numpy as np
    from scipy import stats

    least = mean * (1 + 1e-6)
    size = mean**2 / (np.maximum(variance, least) - mean)
    chance = size / (size + mean)
    low, high = stats.nbinom.ppf(alpha / 2, size, chance), stats.nbinom.isf(alpha / 2, size, chance)
    return Limits(counted, mean, low, high)


def _windows(counts: Floats, length: int, gap: int) -> Floats:
    """Of each day the `length` days that end `gap` days before it, the oldest first."""
    import numpy as np

    before = np.full((*counts.shape[:-1], length - 1 + gap), np.nan)
    padded = np.concatenate([before, counts], axis=-1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=-1)
    found: Floats = windows[..., : counts.shape[-1], :]
    return found


def _of_weekdays(factors: Floats, weekday: Ints) -> Floats:
    """The factors of the days whose weekdays are `weekday`."""
    import numpy as np

    return np.take_along_axis(factors, np.broadcast_to(weekday, (*factors.shape[:-1], weekday.shape[-1])), axis=-1)
