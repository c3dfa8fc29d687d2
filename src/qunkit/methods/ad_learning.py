"""A group's own model of advertisements, from labels: ``learn(shipped(), texts, labels)``.

The weights start at those of another model and are held to them (L2): what the labels say nothing of stays as it was. Where there are labels enough,
Platt's scale turns logits into shares that hold in this group. How well it does is said by the p that every label gets from a model that has
not seen it, nor any other text that is the same when normalised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zlib import crc32

from qunkit.chat import normal
from qunkit.methods.ad_model import AdModel, design

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Vector = NDArray[np.float64]
    Flags = NDArray[np.bool_]

WEIGHT = 20.0
"""What one label counts, against the pull of the weights from which learning starts."""
ENOUGH = 50
"""Labels from which Platt's scale is fitted."""
FOLDS = 5
_ROUNDS, _NOTHING = 200, 1e-12
"""When to stop: nothing of what is done here takes a tenth of them."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The model, and what models that had not seen a label say of it."""

    model: AdModel
    out_of_fold: Vector
    """The p of each text, in the order of the labels."""
    scaled: bool
    """Whether Platt's scale was fitted."""


def learn(
    base: AdModel,
    texts: Sequence[str],
    labels: Sequence[bool],
    *,
    name: str = "learned",
    weight: float = WEIGHT,
    weights: Sequence[float] | None = None,
) -> Learned:
    """`base` after these labels (an advertisement or not); `weights` has what each of them counts beside the others, one if none are given.

    The same labels in another order give the same.

    Raises:
        ValueError: not as many labels or weights as texts.
    """
    import numpy as np
    from scipy.special import expit

    each = np.ones(len(texts)) if weights is None else np.asarray(weights, np.float64)
    if not len(texts) == len(labels) == len(each):
        raise ValueError("texts, labels and weights are not of one length")
    said = np.asarray(labels, bool)
    order = sorted(range(len(texts)), key=lambda place: (texts[place], bool(said[place]), float(each[place])))
    rows, said, each = design([texts[place] for place in order]), said[order], each[order]
    folds = np.array([_fold(texts[place]) for place in order], np.int64)
    slope, shift = base.scale
    start = np.append(base.weights.astype(np.float64) * slope, base.bias * slope + shift)

    logits = np.zeros(len(order))
    for fold in range(FOLDS):
        held = folds == fold
        fitted = _fitted(start, rows[~held], said[~held], weight * each[~held])
        logits[held] = rows[held] @ fitted[:-1] + fitted[-1]
    whole = _fitted(start, rows, said, weight * each)
    enough = len(order) >= ENOUGH and 0 < said.sum() < len(said)
    scale = _scale(logits, said, each) if enough else (1.0, 0.0)
    told = np.empty(len(order))
    told[order] = expit(scale[0] * logits + scale[1])
    about = {"from": base.name, "labels": len(order), "advertisements": int(said.sum())}
    model = replace(
        base, name=name, weights=whole[:-1].astype(np.float16), bias=float(whole[-1]), scale=scale, about=about
    )
    return Learned(model, told, enough)


def _fold(text: str) -> int:
    """The same for texts that are the same when normalised."""
    return crc32(normal.normalise(text).encode()) % FOLDS


def _fitted(start: Vector, rows: csr_matrix, said: Flags, counts: Vector) -> Vector:
    """Weights and bias: what of the logistic loss and half the squared distance from `start` is least, by Newton's method with conjugate gradients.

    Columns that no row has stay where they are, so that only the others are moved.
    """
    import numpy as np
    from scipy.special import expit

    used = np.unique(rows.indices)
    few = rows[:, used]
    turned = few.T.tocsr()
    fixed = rows @ start[:-1] + start[-1]
    signs = np.where(said, 1.0, -1.0)

    def across(moved: Vector) -> Vector:
        """What each row gets."""
        got: Vector = few @ moved[:-1] + moved[-1]
        return got

    def down(each: Vector) -> Vector:
        """What each column gets, and the bias."""
        return np.append(turned @ each, each.sum())

    def loss(moved: Vector) -> float:
        return _dot(counts, np.logaddexp(0, -signs * (fixed + across(moved)))) + _dot(moved, moved) / 2

    moved = np.zeros(len(used) + 1)
    for _ in range(_ROUNDS):
        p = expit(fixed + across(moved))
        gradient = moved + down(counts * (p - said))
        if _dot(gradient, gradient) < _NOTHING:
            break
        curve = counts * p * (1 - p)
        step = _solved(lambda v, curve=curve: v + down(curve * across(v)), -gradient)  # type: ignore[misc]
        here, slope, size = loss(moved), _dot(gradient, step), 1.0
        while loss(moved + size * step) > here + 1e-4 * size * slope and size > _NOTHING:
            size /= 2
        moved = moved + size * step
    whole = start.copy()
    whole[used] += moved[:-1]
    whole[-1] += moved[-1]
    return whole


def _solved(times: Callable[[Vector], Vector], right: Vector) -> Vector:
    """v of ``times(v) = right`` by conjugate gradients, to a thousandth."""
    import numpy as np

    found, rest = np.zeros(len(right)), right
    way, left = rest, _dot(rest, rest)
    enough = left * 1e-6
    for _ in range(_ROUNDS):
        if left <= enough:
            break
        bent = times(way)
        size = left / _dot(way, bent)
        found, rest = found + size * way, rest - size * bent
        before, left = left, _dot(rest, rest)
        way = rest + (left / before) * way
    return found


def _dot(one: Vector, other: Vector) -> float:
    """Without BLAS: its threads cost a hundred times what they do here, and sum in another order on another machine."""
    return float((one * other).sum())


def _scale(logits: Vector, said: Flags, counts: Vector) -> tuple[float, float]:
    """Platt's, with 0.5 moved to where F1 may be expected to be the greatest: below it, advertisements being few."""
    import numpy as np
    from scipy.special import expit, logit

    slope, shift = _platt(logits, said, counts)
    p = expit(slope * logits + shift)
    order = np.argsort(-p, kind="stable")
    hits, flagged = np.cumsum((counts * p)[order]), np.cumsum(counts[order])
    best = np.max(2 * hits / (flagged + hits[-1]))
    return slope, shift - float(logit(best / 2))  # what adds to F1 is what is likelier than half of it


def _platt(logits: Vector, said: Flags, counts: Vector) -> tuple[float, float]:
    """Slope and shift by Newton's method, on Platt's targets, which keep them finite; a slope that turns the order round is none."""
    import numpy as np
    from scipy.special import expit

    for_, against = counts[said].sum(), counts[~said].sum()
    targets = np.where(said, (for_ + 1) / (for_ + 2), 1 / (against + 2))
    slope, shift = 1.0, 0.0

    def loss(slope: float, shift: float) -> float:
        z = slope * logits + shift
        return _dot(counts, np.logaddexp(0, z) - targets * z)

    for _ in range(_ROUNDS):
        p = expit(slope * logits + shift)
        off, curve = counts * (p - targets), counts * p * (1 - p)
        a, b, c = _dot(curve, logits * logits) + 1e-9, _dot(curve, logits), curve.sum() + 1e-9
        u, v = _dot(off, logits), off.sum()
        step = ((c * u - b * v) / (a * c - b * b), (a * v - b * u) / (a * c - b * b))
        size = 1.0
        while loss(slope - size * step[0], shift - size * step[1]) > loss(slope, shift) and size > _NOTHING:
            size /= 2
        slope, shift = slope - size * step[0], shift - size * step[1]
        if max(map(abs, step)) < 1e-9:
            break
    slope, shift = float(slope), float(shift)
    return (slope, shift) if slope > 0 else (1.0, 0.0)
