"""A group's own model of advertisements, from labels: ``learn(shipped(), texts, labels)``.

The weights start at those of another model and are held to them (L2): what the labels say nothing of stays as it was. Where there are labels enough,
Platt's scale turns logits into shares that hold in this group. How well it does is said by the p that every label gets from a model that has
not seen it, nor any other text that is the same when normalised.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """Weights and bias: what of the logistic loss and half the squared distance from `start` is least.

    Columns that no row has stay where they are, so that only the others are moved.
    """
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit

    used = np.unique(rows.indices)
    few = rows[:, used]
    turned = few.T.tocsr()
    fixed = rows @ start[:-1] + start[-1]
    signs = np.where(said, 1.0, -1.0)

    def loss(moved: Vector) -> tuple[float, Vector]:
        margins = signs * (fixed + few @ moved[:-1] + moved[-1])
        pull = -signs * counts * expit(-margins)
        gradient = moved + np.append(turned @ pull, pull.sum())
        return float(counts @ np.logaddexp(0, -margins) + 0.5 * (moved @ moved)), gradient

    found = minimize(loss, np.zeros(len(used) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500, "gtol": 1e-6})
    whole = start.copy()
    whole[used] += found.x[:-1]
    whole[-1] += found.x[-1]
    return whole


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
    columns = np.stack([logits, np.ones(len(logits))], axis=1)
    found = np.array([1.0, 0.0])

    def loss(at: Vector) -> float:
        z = columns @ at
        return float(counts @ (np.logaddexp(0, z) - targets * z))

    for _ in range(100):
        p = expit(columns @ found)
        gradient = columns.T @ (counts * (p - targets))
        curve = columns.T @ (columns * (counts * p * (1 - p))[:, None]) + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        while loss(found - step) > loss(found) and np.abs(step).max() > 1e-12:
            step /= 2
        found = found - step
        if np.abs(step).max() < 1e-10:
            break
    slope, shift = (float(number) for number in found)
    return (slope, shift) if slope > 0 else (1.0, 0.0)
