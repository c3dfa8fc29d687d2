"""Whether somebody's answers a turn grew from one time to the next, when turns of a day hang together: days are what is drawn and shuffled."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

DAYS = 28
"""Of either time."""
_SHUFFLES, _DRAWS = 1999, 400
_AT_A_TIME = 256
"""Members who are looked at together: the memory does not grow with the group."""


class Growth(NamedTuple):
    """One value a member."""

    now: Floats
    before: Floats
    """Answers a turn, shrunk to the group's."""
    low: Floats
    high: Floats
    """95 % of their difference, by drawing the days of either time anew (Efron 1979)."""
    p: Floats
    """How often the difference is as great or greater when days are dealt out to the two times by chance."""


def growth(answers: Floats, exposed: Floats, strength: float, prior: float) -> Growth:
    """Of matrices (members, 2 x `DAYS`), the latest day first: what was answered, and turns that could be."""
    import numpy as np

    parts = [
        _some(answers[first : first + _AT_A_TIME], exposed[first : first + _AT_A_TIME], strength, prior)
        for first in range(0, len(answers), _AT_A_TIME)
    ]
    if not parts:
        return Growth(*np.empty((5, 0)))
    return Growth(*(np.concatenate(values) for values in zip(*parts, strict=True)))


@cache
def _dealt() -> tuple[Floats, Floats, Floats]:
    """Days dealt out to the later time (2 x `DAYS`, `_SHUFFLES`), and how often each day of the one and of the other is drawn (`DAYS`, `_DRAWS`): the same for all."""
    import numpy as np

    dice = np.random.default_rng(0)
    order = np.argsort(dice.random((2 * DAYS, _SHUFFLES)), axis=0)
    drawn = [dice.multinomial(DAYS, np.full(DAYS, 1 / DAYS), _DRAWS).T.astype(np.float64) for _ in range(2)]
    return (order < DAYS).astype(np.float64), drawn[0], drawn[1]


def _some(answers: Floats, exposed: Floats, strength: float, prior: float) -> tuple[Floats, ...]:
    import numpy as np

    shuffled, *drawn = _dealt()

    def pull(answered: Floats, of: Floats) -> Floats:
        return (answered + strength * prior) / np.maximum(of + strength, 1e-12)

    now, before = (
        pull(answers[:, days].sum(axis=1), exposed[:, days].sum(axis=1)) for days in (slice(DAYS), slice(DAYS, None))
    )
    chosen, of = np.einsum("md,db->mb", answers, shuffled), np.einsum("md,db->mb", exposed, shuffled)
    chance = pull(chosen, of) - pull(answers.sum(axis=1)[:, None] - chosen, exposed.sum(axis=1)[:, None] - of)
    p = (1 + (chance >= (now - before)[:, None] - 1e-12).sum(axis=1)) / (1 + shuffled.shape[1])
    anew = [
        pull(np.einsum("md,db->mb", answers[:, days], weights), np.einsum("md,db->mb", exposed[:, days], weights))
        for days, weights in zip((slice(DAYS), slice(DAYS, None)), drawn, strict=True)
    ]
    low, high = np.quantile(anew[0] - anew[1], [0.025, 0.975], axis=1)
    return now, before, low, high, p
