"""How likely a member is to say nothing for the next H days: a logistic of three terms, and how sure its numbers are here.

    P(no message in the next H days) = 1 / (1 + exp(-(b0 + b1 ln(1 + days silent) + b2 ln(1 + active days) + b3 ln(1 + days known))))

`SHIPPED` was fitted to 38 thousand snapshots of three public IRC channels of two communities, in English: aggregate numbers, no text. Another chat has other rates,
so a log that is long enough is asked itself: at earlier days (origins), what was known of each member then and whether they spoke in the H days after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

SHIPPED = {
    7: (0.116, 0.806, -0.862, 0.259),
    14: (-0.080, 0.826, -0.841, 0.133),
    30: (-0.172, 0.858, -0.755, -0.052),
}
"""Horizon in days → b0, b1, b2, b3."""
LONG, SHORT = 90, 45
"""Days with data from which the coefficients are fitted to the log, and from which the shipped ones are scaled to it."""
MANY, SOME = 200, 50
"""Snapshots that each needs."""
_SIGNS = ((None, None), (0.0, None), (None, 0.0), (None, None))
"""More silence never lowers the risk, and more active days never raise it, whatever a small log seems to say."""
_SAID = {
    "silent": Text("silent {0} d ({1})", "{0} 天未发言（{1}）"),
    "active": Text("active {0} d ({1})", "活跃 {0} 天（{1}）"),
    "known": Text("known {0} d ({1})", "已知 {0} 天（{1}）"),
}
"""What each term means, in the order of the coefficients."""


class Reasons(Mapping[str, Text]):
    """What people read for reasons: programs read ``silent 12 +1.9``, the days of a term and what it adds to the log-odds."""

    def __getitem__(self, code: str) -> Text:
        name, *facts = code.split(" ")
        if len(facts) != 2:
            raise KeyError(code)
        return Text(_SAID[name].en.format(*facts), _SAID[name].zh.format(*facts))

    def __iter__(self) -> Iterator[str]:
        return (f"{name} N +X" for name in _SAID)

    def __len__(self) -> int:
        return len(_SAID)


def reasons(days: Sequence[float], parts: Sequence[float]) -> list[str]:
    """The codes of a member's three terms, the weightiest first."""
    told = sorted(zip(_SAID, days, parts, strict=True), key=lambda one: -abs(one[2]))
    return [f"{name} {count:.0f} {part:+.1f}" for name, count, part in told]


class Model(NamedTuple):
    """Coefficients, and where they come from: ``fitted`` to this log, ``scaled`` to it, or ``shipped`` as they are."""

    coefficients: tuple[float, ...]
    basis: str

    def parts(self, silent: Vector, active: Vector, known: Vector) -> Vector:
        """The four addends of the log-odds, one row a member."""
        return terms(silent, active, known) * self.coefficients


def terms(silent: Vector, active: Vector, known: Vector) -> Vector:
    """What the coefficients are multiplied with: 1 and three logarithms."""
    import numpy as np

    return np.column_stack([np.ones(len(silent)), np.log1p(silent), np.log1p(active), np.log1p(known)])


def model(horizon: int, log_days: int, x: Vector, y: Vector) -> Model:
    """The model for a log of `log_days` days with data, of which `x` (`terms`) and `y` (1: silent for the next `horizon` days) are earlier snapshots."""
    both = 0 < y.sum() < len(y)
    shipped = SHIPPED[horizon]
    if log_days >= LONG and len(y) >= MANY and both:
        return Model(tuple(fit(x, y, _SIGNS).tolist()), "fitted")
    if log_days >= SHORT and len(y) >= SOME and both:
        intercept, slope = _scale(x @ shipped, y)
        if slope > 0:
            return Model((slope * shipped[0] + intercept, *(slope * b for b in shipped[1:])), "scaled")
    return Model(shipped, "shipped")


def fit(x: Vector, y: Vector, bounds: tuple[tuple[float | None, float | None], ...]) -> Vector:
    """Coefficients of a logistic regression with an L2 penalty of C = 1 on all but the first, within `bounds`."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit

    def loss(b: Vector) -> tuple[float, Vector]:
        z = x @ b
        value = np.logaddexp(0, z).sum() - y @ z + 0.5 * b[1:] @ b[1:]
        return float(value), x.T @ (expit(z) - y) + np.r_[0.0, b[1:]]

    start = np.zeros(x.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-12, "gtol": 1e-7})
    return np.asarray(found.x)


def _scale(z: Vector, y: Vector) -> tuple[float, float]:
    """Platt's intercept and slope of log-odds `z`: the slope is held at 1 by the penalty, where there is little to go by."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit

    def loss(b: Vector) -> tuple[float, Vector]:
        scaled = b[0] + b[1] * z
        wrong = expit(scaled) - y
        value = np.logaddexp(0, scaled).sum() - y @ scaled + 0.5 * (b[1] - 1) ** 2
        return float(value), np.array([wrong.sum(), wrong @ z + b[1] - 1])

    found = minimize(loss, np.array([0.0, 1.0]), jac=True, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])
