"""How likely a member is to have left for good: the modified beta-geometric model of repeated acts (MBG/NBD; Batislam et al. 2007).

While somebody is there, their active days come at a rate of their own (gamma over people); after each, the first one too, they leave with a chance of their own (beta
over people). Of a member it needs three numbers: ``repeats``, the active days after the first; ``last``, the days from the first to the last; and ``known``, the days since the
first. Its unit is the active day: messages come in bursts, which no constant rate makes.

BG/NBD, the model it modifies, lets nobody leave after the first day, so who came once is there for ever: most of a chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LEAST = 50
"""Members that a fit needs."""
_BOUND = 12.0
"""Of the parameters' logarithms: beyond them the likelihood is flat."""


class Fit(NamedTuple):
    """Shape and rate of the gamma distribution of rates, the two shapes of the beta distribution of chances to leave, and their log-likelihood."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def left(self, repeats: Vector, last: Vector, known: Vector) -> Vector:
        """The probability that each member has left: 1 - P(alive)."""
        import numpy as np
        from scipy.special import expit

        return np.asarray(expit(_odds(np.array(self[:4]), repeats, last, known)))


def fit(repeats: Vector, last: Vector, known: Vector) -> Fit:
    """The likeliest parameters for some members."""
    import numpy as np
    from scipy.optimize import minimize

    rows, counts = np.unique(np.column_stack([repeats, last, known]), axis=0, return_counts=True)
    x, t_x, t = rows.T

    def loss(logs: Vector) -> tuple[float, Vector]:
        value, slope = _likelihood(np.exp(logs), x, t_x, t, counts)
        return -value / counts.sum(), -slope * np.exp(logs) / counts.sum()

    bounds = [(-_BOUND, _BOUND)] * 4
    found = minimize(loss, np.zeros(4), jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2000})  # fmt: skip
    r, alpha, a, b = np.exp(found.x).tolist()
    return Fit(r, alpha, a, b, float(-found.fun * counts.sum()))


def _odds(at: Vector, x: Vector, last: Vector, known: Vector) -> Vector:
    """Log-odds of having left."""
    import numpy as np

    r, alpha, a, b = at
    return np.asarray(np.log(a) - np.log(b + x) + (r + x) * (np.log(alpha + known) - np.log(alpha + last)))


def _likelihood(at: Vector, x: Vector, last: Vector, known: Vector, counts: NDArray[np.int64]) -> tuple[float, Vector]:
    """The log-likelihood and its slope: of being there all the time, divided by P(alive)."""
    import numpy as np
    from scipy.special import betaln, digamma, expit, gammaln

    r, alpha, a, b = at
    odds = _odds(at, x, last, known)
    gone = expit(odds)
    stays = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + known)
    value = stays + betaln(a, b + x + 1) - betaln(a, b) + np.logaddexp(0, odds)
    slopes = (
        digamma(r + x) - digamma(r) + np.log(alpha) - np.log(alpha + known)
        + gone * (np.log(alpha + known) - np.log(alpha + last)),
        r / alpha - (r + x) / (alpha + known) + gone * (r + x) * (1 / (alpha + known) - 1 / (alpha + last)),
        digamma(a + b) - digamma(a + b + x + 1) + gone / a,
        digamma(b + x + 1) - digamma(a + b + x + 1) - digamma(b) + digamma(a + b) - gone / (b + x),
    )  # fmt: skip
    return float(counts @ value), np.array([counts @ slope for slope in slopes])
