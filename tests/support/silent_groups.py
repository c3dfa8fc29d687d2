"""Groups that talk and die: days with and without a message, and how soon the silence rule says so, and how often wrongly.

`python -m support.silent_groups` prints the table of docs/methods/lifecycle.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qunkit.methods.lifecycle import silence

RATES = (40.0, 8.0, 2.0, 0.6)
ALIVE, AFTER, WARM = 200, 60, 56
"""Days of life, days after the death, and the first days, of which nothing is asked."""
_WEEKEND, _DRIFT, _SIZE = 0.6, 0.03, 1.0


class Told(NamedTuple):
    """Of groups of one rate: how many a rule called silent while they lived, and the median of days from the last message until it did."""

    false: float
    delay: float


def spoken(rate: float, seed: int) -> np.ndarray:
    """Days with a message: counts are negative binomial (size 1: bursts), fewer at weekends, around a level that drifts; dead after `ALIVE`."""
    dice = np.random.default_rng([seed, int(rate * 10)])
    level = np.exp(np.cumsum(dice.normal(0, _DRIFT, ALIVE)) - _DRIFT * _DRIFT * np.arange(ALIVE) / 2)
    mean = rate * level * np.where(np.arange(ALIVE) % 7 >= 5, _WEEKEND, 1.0)
    counts = dice.poisson(dice.gamma(_SIZE, mean / _SIZE))
    return np.r_[counts > 0, np.zeros(AFTER, bool)]


def adaptive(days: np.ndarray) -> int | None:
    """The limit of the rule."""
    return silence(days).limit


def watched(days: np.ndarray, limit: int | None = None) -> tuple[bool, int | None]:
    """Whether a rule (None: the adaptive one, else so many days) speaks in life, and after how many days of the last silence."""
    last = int(np.flatnonzero(days)[-1])
    false, told, quiet = False, None, 0
    known: int | None = None
    for day in range(WARM, len(days)):
        if days[day]:
            quiet, known = 0, None
            continue
        quiet += 1
        if quiet < 7:
            continue
        known = limit if limit is not None else known if known is not None else adaptive(days[: day + 1])
        if known is None or quiet < known:
            continue
        if day <= last:
            false = True
        elif told is None:
            told = day - last
    return false, told


def figures(groups: int, limit: int | None = None) -> dict[float, Told]:
    """By rate."""
    found = {}
    for rate in RATES:
        told = [watched(spoken(rate, seed), limit) for seed in range(groups)]
        delays = [delay if delay is not None else AFTER + 1 for _, delay in told]
        found[rate] = Told(float(np.mean([false for false, _ in told])), float(np.median(delays)))
    return found


if __name__ == "__main__":
    print("| messages a day | 7 days: false, after | 14 days | 30 days | adaptive |")
    print("| --: | --: | --: | --: | --: |")
    tables = [figures(200, limit) for limit in (7, 14, 30, None)]
    for rate in RATES:
        cells = (f"{told[rate].false:.2f}, {told[rate].delay:.0f} d" for told in tables)
        print(f"| {rate:g} | {' | '.join(cells)} |")
