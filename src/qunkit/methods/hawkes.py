"""Who makes others speak: a Hawkes process of rank one, fitted by EM to the times and senders of turns and to what is known of who answers whom.

    rate of i at t = base_i x profile(hour) + sum over others' turns j: pull_j x share_i x g(t - t_j) + echo x sum over own turns: g_own(t - t_j)

A turn of j makes ``pull_j`` turns by others, of which i takes ``share_i`` (of all but j's own); both delays are exponential and cut at `WINDOW` minutes. Everybody has a rate of
their own, and the hour of the day is the whole group's. A turn whose parent is known is that turn's child and nothing else's. How much of their answers people
say is a habit of each: who always quotes, and does not, most likely answers nobody. Of all turns whose parent is not known the
E-step says how likely each cause is (Lewis & Mohler 2011; Zhou, Zha & Song 2013). Each M-step is a maximum in closed form or a root of one variable, so the likelihood never falls.

Pulls are shrunk to the group's: a Gamma prior of `STRENGTH` turns' worth, about the pull of a model in which all are alike. Only a window of turns is held at a time: time and memory
do not grow with the square of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from qunkit.methods.runs import WINDOW, Log, Run, held

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

STRENGTH = 10.0
"""Turns that the group's pull weighs in everybody's."""
_COUNT = 0.5
"""Answers that everybody is given, and turns that every hour is."""
TINY = 1e-12
"""What stands for zero where one divides or takes logarithms."""
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters, and what the last E-step says of every turn."""

    pull: Floats
    """Of each member, answers by others that one turn makes."""
    share: Floats
    """Of each member, how much of the answers is theirs; the sum is one."""
    base: Floats
    """Of each member, turns a minute that nobody made them write, on the average over the day."""
    profile: Floats
    """Of each hour; the mean is one."""
    said: Floats
    """Of each member, of how much of their answers it is known whom they answer."""
    echo: float
    """Turns of one's own that a turn makes."""
    rate: float
    """One over the mean delay of an answer, in minutes; of the exponential before it is cut."""
    own_rate: float
    """The same of the echo."""
    prior: float
    """The pull of the group, to which all are shrunk."""
    answers: Floats
    """Of each turn, the expected number of answers by others."""
    caused: Floats
    """Of each turn, how likely it is that it answers another's."""
    fresh: Floats
    """Of each turn, how likely it is that nothing here caused it."""
    likelihoods: tuple[float, ...]
    """Logarithms, with that of the prior, before each round."""


class Caused(NamedTuple):
    """Of a run, how likely each cause is."""

    run: Run
    answer: Floats
    """Of each pair of `others`."""
    by_others: Floats
    """Of each turn."""
    echo: Floats
    """Of each pair of `own`."""
    fresh: Floats
    """Of each turn."""
    rate: Floats
    """At each turn; one where the parent is known."""


class _Same(NamedTuple):
    """What of a log is the same in every round."""

    turns: Ints
    """Of each member."""
    child: Ints
    """Turns whose parent is known."""
    parent: Ints
    delay: Floats
    own: Flags
    """Whether both are of one sender."""
    near: Flags
    """Whether the delay is within the window; what is beyond says nothing of delays."""
    spoken: Floats
    """How many answers of each member it is known of whom they answer."""


class _Expected(NamedTuple):
    """Sums of an E-step."""

    answers: Floats
    caused: Floats
    fresh: Floats
    echoes: float
    answer_delay: tuple[float, float]
    """Weight and weighted sum of delays within the window."""
    echo_delay: tuple[float, float]
    likelihood: float


def fit(
    log: Log,
    *,
    strength: float = STRENGTH,
    count: float = _COUNT,
    rounds: int = 100,
    precision: float = 1e-6,
    near: Fit | None = None,
) -> Fit:
    """The parameters that explain the log best; `rounds` end when the likelihood of a turn grows by less than `precision`.

    `near` was fitted to much the same log: it is begun with all of it but the pulls, which are alike again.
    """
    import numpy as np

    n, same = len(log.who), _same(log)
    share = (same.turns + 1) / (n + log.members)
    minutes = 24 * 60 * log.days
    start = Fit(
        np.full(log.members, 0.4), share, same.turns / minutes / 2 + TINY, np.ones(_HOURS), same.spoken / (same.turns + 1), 0.1, 0.3, 1.0, 0.4,
        np.zeros(n), np.zeros(n), np.zeros(n), (),
    )  # fmt: skip
    runs = held(log)

    def climbed(now: Fit, strength: float, precision: float) -> Fit:
        told: list[float] = []
        while True:
            found = _expect(log, same, runs, now)
            told.append(found.likelihood + _prior(now, strength, count))
            if len(told) == rounds or (len(told) > 1 and told[-1] - told[-2] < precision * n):
                return replace(
                    now, answers=found.answers, caused=found.caused, fresh=found.fresh, likelihoods=tuple(told)
                )
            now = _maximise(log, same, now, found, strength, count)

    if not strength:
        return climbed(start, 0.0, precision)
    if near is not None:
        alike = replace(near, pull=np.full(log.members, near.prior), said=start.said)
    else:
        alike = climbed(start, np.inf, precision * 10)
    return climbed(alike, strength, precision)


def _same(log: Log) -> _Same:
    import numpy as np

    child = np.flatnonzero(log.known >= 0)
    parent = log.known[child]
    delay = log.at[child] - log.at[parent] + log.half
    own = log.who[child] == log.who[parent]
    spoken = np.bincount(log.who[child[~own]], minlength=log.members).astype(np.float64)
    return _Same(np.bincount(log.who, minlength=log.members), child, parent, delay, own, delay <= WINDOW, spoken)


def _expect(log: Log, known: _Same, runs: Iterable[Run], now: Fit) -> _Expected:
    """The E-step, and the likelihood of the parameters that it was made with."""
    import numpy as np

    answers, caused, fresh = (np.zeros(len(log.who)) for _ in range(3))
    likelihood = -_compensator(log, known, now)
    sums = np.zeros(4)
    for run, answer, by_others, echo, untouched, rate in causes(log, runs, now):
        others, own = run.others, run.own
        begin = int(others.parent.min(initial=run.turns.start))
        got = np.bincount(others.parent - begin, answer)
        answers[begin : begin + len(got)] += got
        caused[run.turns], fresh[run.turns] = by_others, untouched
        sums += by_others.sum(), _inner(answer, others.delay), echo.sum(), _inner(echo, own.delay)
        likelihood += float(np.log(rate).sum())
    answers += np.bincount(known.parent[~known.own], minlength=len(answers))
    caused[known.child], fresh[known.child] = ~known.own, 0.0
    for kind, place in ((~known.own, 0), (known.own, 2)):
        sums[place : place + 2] += (kind & known.near).sum(), known.delay[kind & known.near].sum()
    far_echoes = float((known.own & ~known.near).sum())
    likelihood += float(np.log(_known_rates(log, known, now) + TINY).sum())
    return _Expected(
        answers, caused, fresh, float(sums[2]) + far_echoes, (sums[0], sums[1]), (sums[2], sums[3]), likelihood
    )


def _maximise(log: Log, same: _Same, now: Fit, found: _Expected, strength: float, count: float) -> Fit:
    """The M-step."""
    import numpy as np

    n, turns = len(log.who), same.turns
    got, given, fresh = (by_member(log, values) for values in (found.answers, found.caused, found.fresh))
    share = _shares(given + count, turns * now.pull)
    exposed = turns * (1 - share)
    prior = now.prior
    if np.isinf(strength):
        prior = float(got.sum() / max(exposed.sum(), TINY))
        pull = np.full(log.members, prior)
    else:
        pull = (got + strength * prior) / np.maximum(exposed + strength, TINY)
    profile: Floats = np.bincount(log.hour, found.fresh, _HOURS).astype(np.float64) + count
    profile *= _HOURS / max(profile.sum(), TINY)
    base = fresh / (24 * 60 * log.days) + TINY
    said = same.spoken / np.maximum(given + count, TINY)
    return replace(
        now, pull=pull, share=share, base=base, profile=profile, said=said, echo=found.echoes / max(n, 1), prior=prior,
        rate=_rate(*found.answer_delay), own_rate=_rate(*found.echo_delay),
    )  # fmt: skip


def by_member(log: Log, values: Floats) -> Floats:
    """The sum over everybody's turns."""
    import numpy as np

    return np.bincount(log.who, values, log.members).astype(np.float64)


def _shares(given: Floats, making: Floats) -> Floats:
    """What of ``given @ log(share) - making @ (1 - share)`` is greatest, where the shares' sum is one.

    Of a multiplier m, ``share = given / (m - making)``; Newton's steps to it from below never pass it.
    """
    import numpy as np

    if not given.any():
        return np.full(len(given), 1 / max(len(given), 1))
    m = float((making + given)[given > 0].max())
    for _ in range(100):
        left = np.maximum(m - making, TINY)
        over = (given / left).sum() - 1
        if over < 1e-13:
            break
        m += float(over / (given / left**2).sum())
    found: Floats = given / np.maximum(m - making, TINY)
    found /= found.sum()
    return found


def _rate(weight: float, total: float) -> float:
    """The rate of an exponential, cut at WINDOW, from the weight and the weighted sum of delays: its mean is 1/rate - WINDOW/(exp(rate WINDOW) - 1).

    Newton's steps to it, and where one leads out of what is still possible, half of that instead.
    """
    from math import exp, expm1

    mean = total / weight if weight > TINY else 1.0
    low, high = 1e-4, 100.0
    rate = min(max(1 / max(mean, TINY), low), high)
    for _ in range(100):
        cut = WINDOW / expm1(rate * WINDOW) if rate * WINDOW < 500 else WINDOW * exp(-500)
        over, slope = 1 / rate - cut - mean, cut * (cut + WINDOW) - 1 / rate**2
        low, high = (rate, high) if over > 0 else (low, rate)
        step = rate - over / slope if slope < 0 else low
        step = step if low < step < high else (low * high) ** 0.5
        if abs(step - rate) <= 1e-14 * rate:
            break
        rate = step
    return rate


def _prior(now: Fit, strength: float, count: float) -> float:
    """The logarithm of what is believed beforehand, but for constants."""
    import numpy as np

    of_pull = 0.0 if np.isinf(strength) else strength * (now.prior * np.log(now.pull + TINY) - now.pull).sum()
    of_others = sum(np.log(values + TINY).sum() for values in (now.share, now.profile, 1 - now.said))
    return float(of_pull + count * of_others)


def _compensator(log: Log, same: _Same, now: Fit) -> float:
    """How many turns the parameters expect."""
    made = (same.turns * now.pull * (1 - now.share)).sum() + now.echo * len(log.who)
    return float(made + now.base.sum() * 24 * 60 * log.days)


def _kernel(rate: float, delay: Floats) -> Floats:
    """The density of a delay; beyond the window, where only people's word makes an answer of it, the same for all."""
    import numpy as np

    density: Floats = np.exp(delay * -rate) * (rate / -np.expm1(-rate * WINDOW))
    return density


def causes(log: Log, runs: Iterable[Run], now: Fit) -> Iterator[Caused]:
    """Run by run, how likely each cause of each turn is."""
    import numpy as np

    pull, share = now.pull[log.who], (now.share * (1 - now.said))[log.who]
    for run in runs:
        others, own, open_ = run.others, run.own, log.known[run.turns] < 0
        answer = _kernel(now.rate, others.delay)
        answer *= pull[others.parent]
        echo = _kernel(now.own_rate, own.delay)
        echo *= now.echo
        by_others = share[run.turns] * others.sums(answer)
        base = now.base[log.who[run.turns]] * now.profile[log.hour[run.turns]]
        rate = np.where(open_, base + by_others + own.sums(echo), 1.0)
        answer *= np.repeat(share[run.turns] / rate, others.many)
        echo *= np.repeat(1 / rate, own.many)
        yield Caused(run, answer, by_others / rate, echo, np.where(open_, base / rate, 0.0), rate)


def _inner(a: Floats, b: Floats) -> float:
    """The sum of products, without BLAS: its threads cost more than they do here."""
    import numpy as np

    return float(np.einsum("i,i", a, b))


def _known_rates(log: Log, known: _Same, now: Fit) -> Floats:
    """The rate at which known parents made their children."""
    import numpy as np

    answer, echo = (np.where(known.near, _kernel(rate, known.delay), 1.0) for rate in (now.rate, now.own_rate))
    answer *= now.pull[log.who[known.parent]] * (now.share * now.said)[log.who[known.child]]
    return np.where(known.own, now.echo * echo, answer)
