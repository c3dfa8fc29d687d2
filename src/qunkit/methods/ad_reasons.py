"""Why a text has its p: what each mark and each piece of text adds to the logit, and where it stands in the raw text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.chat import normal
from qunkit.methods import ad_marks, grams
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from qunkit.chat.normal import Normals
    from qunkit.methods.ad_model import AdModel
    from qunkit.methods.grams import Grams

PIECES = 8
"""Pieces of text that are named, of both signs; the others are summed."""
READ = 1 << 14
"""Signs of a text of which pieces are named: of a longer one the rest is summed, so that the reasons of any text take bounded time."""
_SPANS = 100
"""Places that are told of one reason."""
_BITS = 21
"""Of a sign: those of a code point."""
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for an advertisement (its weight is positive) or against."""

    code: str
    """That of a mark, or ``says:`` and a piece of the normalised text."""
    words: Text
    weight: float
    spans: Spans
    """First and last + 1 sign of the raw text, ascending."""


@dataclass(frozen=True, slots=True)
class Why:
    """`bias`, the weights of the reasons and `others` add up to `logit`, whose logistic is `p`."""

    p: float
    logit: float
    bias: float
    reasons: tuple[Reason, ...]
    """The strongest first, whichever way they speak."""
    others: float
    """What all pieces that are not named add."""


def why(model: AdModel, text: str) -> Why:
    """The reasons of one raw text."""
    import numpy as np
    from scipy.special import expit

    normals = normal.batch([text])
    kinds = (grams.of_characters(normals), grams.of_syllables(normals))
    weights = model.weights.astype(np.float64)
    slope, shift = model.scale
    padded = np.append(weights[: grams.WIDTH], 0.0)
    summed = grams.summed(kinds[0], padded) + grams.summed(kinds[1], padded)
    marks = []
    for mark, weight in zip(ad_marks.MARKS, weights[grams.WIDTH :], strict=True):
        if len(spans := mark.find(normals)):
            summed += weight  # in the order of `AdModel.logits`: the sum is the same to the last bit
            marks.append(Reason(mark.code, mark.words, float(slope * weight), _raw(normals, spans)))
    named = sorted((*marks, *_pieces(kinds, normals, model)), key=lambda reason: (-abs(reason.weight), reason.code))
    logits, bias = slope * (summed + model.bias) + shift, slope * model.bias + shift
    others = math.fsum((float(logits[0]), -bias, *(-reason.weight for reason in named)))
    return Why(float(expit(logits)[0]), float(logits[0]), bias, tuple(named), others)


def _pieces(kinds: tuple[Grams, Grams], normals: Normals, model: AdModel) -> Iterator[Reason]:
    """The weightiest pieces of the text's first `READ` signs: what each adds, as characters and as syllables, wherever it stands."""
    import numpy as np

    found = (_found(kind, normals, model) for kind in kinds)
    signs, first, last, added = (np.concatenate(column) for column in zip(*found, strict=True))
    pieces, which = np.unique(signs, return_inverse=True)
    weights = model.scale[0] * np.bincount(which, added, len(pieces))
    for place in np.argsort(-np.abs(weights), kind="stable")[:PIECES].tolist():  # of equal weight: as they are spelt
        said = _spelt(int(pieces[place]))
        there = np.flatnonzero(which == place)
        spans = np.stack([first[there], last[there]], axis=1)
        words = Text(f"says “{said}”", f"出现“{said}”")
        yield Reason(f"says:{said}", words, float(weights[place]), _raw(normals, spans))


def _found(kind: Grams, normals: Normals, model: AdModel) -> tuple[NDArray[Any], ...]:
    """Of each gram of one kind its signs, 21 bits each, where it begins and ends, and what it adds."""
    import numpy as np

    codes, found = normals.codes[kind.places].astype(np.uint64), []
    for n, columns in enumerate(kind.columns[:, :READ]):
        there = np.flatnonzero(columns < grams.WIDTH)
        there = there[kind.places[there + n] < READ]
        signs = np.zeros(len(there), np.uint64)
        for place in range(n + 1):
            signs |= codes[there + place] << np.uint64(_BITS * (grams.LONGEST - 1 - place))
        added = model.weights[columns[there]].astype(np.float64) * kind.scale[0]
        found.append((signs, kind.places[there], kind.places[there + n] + 1, added))
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))


def _spelt(signs: int) -> str:
    codes = (signs >> _BITS * place & (1 << _BITS) - 1 for place in reversed(range(grams.LONGEST)))
    return "".join(map(chr, filter(None, codes)))


def _raw(normals: Normals, spans: NDArray[np.int64]) -> Spans:
    """Where spans of the normalised text stand in the raw one; none for those of an empty text. The first of them, where they are many."""
    import numpy as np

    spans = spans[np.argsort(spans[:, 0], kind="stable")][:_SPANS]
    found = {
        (int(normals.starts[first]), int(normals.ends[last - 1])) for first, last in spans.tolist() if first < last
    }
    return tuple(sorted(found))
