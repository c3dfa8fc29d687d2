"""How long members go on: lives made of first and last days, the curve of Kaplan & Meier (1958), and Cox's hazards (1972; by lifelines, the extra `survival`).

A life is counted in days on which the data can tell. Its first day is 1, and who was last there on that day lived 1 day: ``survival`` at n days is the share of those
who were there n days after their first, or later. Three traps, and what is done about them:

* Silence is known to last only when it has lasted. Whoever was last there on day ``until`` or before has lapsed then; all others are followed up to
  ``until`` and no further (right-censored), for in the days after it nobody can be seen to lapse.
* Members older than the log are in it because they lasted. They count from the day on which they are watched (left truncation: ``entry``).
* What somebody did in the first week is known after it: who lapsed in that week had no time to do it (immortal time). Such groups are compared among those who
  were there after it (`landmark`).
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from qunkit.errors import ExtraMissing

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LEAST, GAPS = 30, 3
"""Days of silence that count as a lapse: this many, or so many times the gap between active days that 95 % of gaps do not exceed."""
_Z = 1.959963984540054


class Lives(NamedTuple):
    """One a row: days lived when they began to be watched (0: all the time), days lived in the end, and whether they lapsed then."""

    entry: Vector
    end: Vector
    lapsed: Flags

    @property
    def seen(self) -> Flags:
        """Who was watched at all."""
        watched: Flags = self.end > self.entry
        return watched

    def take(self, chosen: Flags) -> Lives:
        """Some of them."""
        return Lives(self.entry[chosen], self.end[chosen], self.lapsed[chosen])

    def landmark(self, day: int) -> Lives:
        """The same, watched from `day` days on."""
        import numpy as np

        return self._replace(entry=np.maximum(self.entry, day))


class Curve(NamedTuple):
    """At each number of days at which somebody lapsed: how many were watched, how many lapsed, the share that lasted longer, and its 95 % interval."""

    days: Vector
    at_risk: Vector
    lapses: Vector
    survival: Vector
    low: Vector
    high: Vector

    def at(self, day: float) -> int:
        """Which of them tells of `day`; -1: nobody had lapsed."""
        import numpy as np

        return int(np.searchsorted(self.days, day, side="right")) - 1

    def median(self) -> float | None:
        """After how many days fewer than half, or half, are left; None: more are."""
        below = (self.survival <= 0.5).nonzero()[0]
        return float(self.days[below[0]]) if len(below) else None


def lives(start: Vector, last: Vector, watched: Vector, until: float) -> Lives:
    """From the days on which members began, were last there, and began to be watched; `until` which day it is known who has lapsed."""
    import numpy as np

    return Lives(np.maximum(watched - start, 0), np.minimum(last, until) - start + 1, last <= until)


def kaplan_meier(some: Lives) -> Curve:
    """The curve of those who were seen, with Greenwood's variance on the scale of log(-log S)."""
    import numpy as np

    some = some.take(some.seen)
    days, lapses = np.unique(some.end[some.lapsed], return_counts=True)
    entered = np.searchsorted(np.sort(some.entry), days, side="left")
    at_risk = entered - np.searchsorted(np.sort(some.end), days, side="left")
    survival = np.cumprod(1 - lapses / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(lapses / (at_risk * (at_risk - lapses)))) / np.log(survival)
        low, high = survival ** np.exp(-_Z * spread), survival ** np.exp(_Z * spread)
    return Curve(days, at_risk.astype(float), lapses.astype(float), survival, low, high)


def cox(some: Lives, covariates: pd.DataFrame) -> pd.DataFrame | None:
    """A row for each covariate: ``coef``, with the ends ``low`` and ``high`` of its 95 % interval; the log-likelihood is in ``attrs``. None where covariates say the same, or all.

    Raises:
        ExtraMissing: lifelines is not there.
    """
    import warnings

    import pandas as pd

    if find_spec("lifelines") is None:
        raise ExtraMissing(module="lifelines", extra="survival")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses what pandas will drop
        from lifelines import CoxPHFitter

        frame = covariates.assign(**some._asdict())
        from lifelines.exceptions import ConvergenceError

        try:
            model: Any = CoxPHFitter().fit(frame[some.seen], "end", "lapsed", entry_col="entry")
        except ConvergenceError:
            return None
    found = pd.DataFrame({"coef": model.params_})
    found[["low", "high"]] = model.confidence_intervals_.to_numpy()
    found.attrs["log_likelihood"] = float(model.log_likelihood_)
    return found
