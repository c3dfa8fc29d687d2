"""Why a text has its p: what each mark and each piece of text adds to the logit, and where it stands in the raw text."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.chat import normal
from qunkit.methods import ad_marks, grams
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from qunkit.chat.normal import Normals
    from qunkit.methods.ad_model import AdModel

PIECES = 8
"""Pieces of text that are named, of both signs; the others are summed."""
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

    normals = normal.batch([text])
    weights = model.weights.astype(np.float64)
    slope, shift = model.scale
    marks = [
        Reason(mark.code, mark.words, float(slope * weight), _raw(normals, spans))
        for mark, weight in zip(ad_marks.MARKS, weights[grams.WIDTH :], strict=True)
        if len(spans := mark.find(normals))
    ]
    pieces = sorted(_pieces(normals, weights, slope), key=lambda piece: (-abs(piece.weight), piece.code))
    named = sorted((*marks, *pieces[:PIECES]), key=lambda reason: (-abs(reason.weight), reason.code))
    logit = float(model.logits([text])[0])
    others = math.fsum(piece.weight for piece in pieces[PIECES:])
    return Why(float(model.score([text])[0]), logit, slope * model.bias + shift, tuple(named), others)


def _pieces(normals: Normals, weights: NDArray[np.float64], slope: float) -> Iterator[Reason]:
    """What each piece of the text adds: as characters and as syllables, wherever it stands."""
    import numpy as np

    added: dict[str, list[float]] = defaultdict(list)
    stands: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for kind in (grams.of_characters(normals), grams.of_syllables(normals)):
        for n, place in np.argwhere(kind.columns < grams.WIDTH).tolist():
            signs = kind.places[place : place + n + 1]
            said = "".join(normals.joined[sign] for sign in signs.tolist())
            added[said].append(float(weights[kind.columns[n, place]] * kind.scale[0]))
            stands[said].append((int(signs[0]), int(signs[-1]) + 1))
    for said, several in added.items():
        words = Text(f"says “{said}”", f"出现“{said}”")
        yield Reason(f"says:{said}", words, slope * math.fsum(several), _raw(normals, np.array(stands[said])))


def _raw(normals: Normals, spans: NDArray[np.int64]) -> Spans:
    """Where spans of the normalised text stand in the raw one; none for those of an empty text."""
    found = {
        (int(normals.starts[first]), int(normals.ends[last - 1])) for first, last in spans.tolist() if first < last
    }
    return tuple(sorted(found))
