"""How sure we are that a text is an advertisement, and why: a logistic of `grams` and `ad_marks`.

The logit of a text is the bias, the weight of each mark it has, and of its grams the weights, each kind scaled by its number. Weights have 16 bits:
their sums are exact in 64, so that a text gets the same p in whatever company it is scored. Which texts count as advertisements is put into
the bias: those of p ≥ 0.5. A model that has learnt labels has Platt's scale, too.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit.chat import normal
from qunkit.errors import ModelDamaged, ModelOfAnotherVersion
from qunkit.methods import ad_marks, ad_reasons, grams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from qunkit.chat.normal import Normals

VERSION = 1
"""Of what the weights are of: normalising, hashing, marks. Another number where one of them changes."""
WIDTH = grams.WIDTH + len(ad_marks.MARKS)
"""Columns: those of grams, then one for each mark."""
_MOST_TEXTS, _MOST_SIGNS = 4096, 1 << 20
"""Of one batch."""


@dataclass(frozen=True, slots=True)
class AdModel:
    """Weights, and what they are called."""

    name: str
    weights: NDArray[np.float16]
    bias: float
    scale: tuple[float, float] = (1.0, 0.0)
    """Platt's: p is the logistic of ``scale[0] * (bias + weights) + scale[1]``."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What it was fitted on; plain JSON."""
    version: int = VERSION

    @property
    def key(self) -> str:
        """What tells its scores from those of others."""
        numbers = repr((self.version, self.bias, self.scale)).encode()
        return hashlib.sha256(self.weights.astype("<f2").tobytes() + numbers).hexdigest()[:16]

    def score(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The p of each raw text, in order."""
        from scipy.special import expit

        found: NDArray[np.float64] = expit(self.logits(texts))
        return found

    def logits(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The same before the logistic: p is 0.5 at 0."""
        import numpy as np

        weights = self.weights.astype(np.float64)
        padded = np.append(weights[: grams.WIDTH], 0.0)  # of what is no gram
        found = [_summed(normals, padded, weights[grams.WIDTH :]) for normals in map(normal.batch, _parts(texts))]
        slope, shift = self.scale
        whole: NDArray[np.float64] = slope * (np.concatenate([np.zeros(0), *found]) + self.bias) + shift
        return whole

    def explain(self, text: str) -> ad_reasons.Why:
        """Why a raw text has its p."""
        return ad_reasons.why(self, text)

    def packed(self) -> bytes:
        """The model as the bytes of a file, the same every time."""
        import numpy as np

        said = {
            "name": self.name,
            "version": self.version,
            "bias": self.bias,
            "scale": list(self.scale),
            "marks": [mark.code for mark in ad_marks.MARKS],
            "about": dict(self.about),
        }
        told = np.frombuffer(json.dumps(said, ensure_ascii=False, sort_keys=True).encode(), np.uint8)
        packed = io.BytesIO()
        np.savez_compressed(packed, said=told, weights=self.weights.astype("<f2"))
        return packed.getvalue()

    def save(self, path: Path) -> None:
        """Write it to a file: .npz, nothing of it pickled."""
        path.write_bytes(self.packed())

    @classmethod
    def unpacked(cls, packed: bytes, where: str) -> AdModel:
        """The model of the bytes of a file; `where` is for the error.

        Raises:
            ModelDamaged: they are none.
            ModelOfAnotherVersion: its weights are of other columns than those of this program.
        """
        import numpy as np

        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as held:
                said = json.loads(held["said"].tobytes())
                weights = held["weights"]
            marks = said["marks"]
            model = cls(said["name"], weights, said["bias"], tuple(said["scale"]), said["about"], said["version"])
            sound = _is_sound(model, len(marks))
        except Exception as reason:  # zipfile, zlib, numpy, tokenize: each fails in its own ways
            raise ModelDamaged(path=where) from reason
        if not sound:
            raise ModelDamaged(path=where)
        if model.version != VERSION or marks != [mark.code for mark in ad_marks.MARKS]:
            raise ModelOfAnotherVersion(path=where, name=model.name)
        return model

    @classmethod
    def load(cls, path: Path) -> AdModel:
        """The model of a file. Raises what `unpacked` raises."""
        return cls.unpacked(path.read_bytes(), str(path))


@cache
def shipped() -> AdModel:
    """The one that comes with the program."""
    return AdModel.unpacked((files("qunkit.features") / "data" / "ads.npz").read_bytes(), "ads.npz")


def design(texts: Sequence[str]) -> csr_matrix:
    """The columns of raw texts, a row a text: what a logistic is fitted on. ``design(texts) @ weights + bias`` is the logit before Platt's scale."""
    import numpy as np
    from scipy.sparse import csr_matrix, hstack, vstack

    rows = [csr_matrix((0, WIDTH))]
    for part in _parts(texts):
        normals = normal.batch(part)
        said = grams.matrix((grams.of_characters(normals), grams.of_syllables(normals)))
        rows.append(hstack([said, csr_matrix(ad_marks.flags(normals).astype(np.float64))], format="csr"))
    return vstack(rows, format="csr")


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Batches that fit into the processor's caches, and whatever their texts into memory."""
    first = signs = 0
    for place, text in enumerate(texts):
        if place > first and (place - first == _MOST_TEXTS or signs + len(text) > _MOST_SIGNS):
            yield texts[first:place]
            first, signs = place, 0
        signs += len(text)
    if first < len(texts):
        yield texts[first:]


def _summed(normals: Normals, of_grams: NDArray[np.float64], of_marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the texts of one batch have, weighed."""
    found = grams.summed(grams.of_characters(normals), of_grams)
    found += grams.summed(grams.of_syllables(normals), of_grams)
    for there, weight in zip(ad_marks.flags(normals).T, of_marks, strict=True):
        found += there * weight
    return found


def _is_sound(model: AdModel, marks: int) -> bool:
    """Whether everything is of its type and size, and every number is one."""
    import numpy as np

    weights, numbers = model.weights, [model.bias, *model.scale]
    return (
        isinstance(model.name, str)
        and isinstance(model.version, int)
        and isinstance(model.about, dict)
        and weights.dtype == np.float16
        and weights.shape == (grams.WIDTH + marks,)
        and len(numbers) == 3
        and all(isinstance(number, float | int) for number in numbers)
        and bool(np.isfinite(weights).all() and np.isfinite(numbers).all())
    )
