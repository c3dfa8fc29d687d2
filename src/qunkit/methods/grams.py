"""Hashed n-grams of normalised texts: one to three characters in a row, and the same of syllables, 拼音.

Each kind has 2^16 columns: characters the first, syllables the second. Digits are all the same (prices and phone numbers differ, their shape does
not); syllables are those of Chinese alone, whatever stands between them, so that what sounds the same falls into the same column. Of a text with k
grams of a kind each counts 3/√k: a long text says no more than a short one for being long, and all of them together more than a mark, which counts 1.

All of it on arrays over a batch: one row for each n, one place for each sign; a gram has the place of its first sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.chat import characters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from qunkit.chat.normal import Normals

SIZE = 1 << 16
"""Columns of a kind."""
WIDTH = 2 * SIZE
"""Columns of both; also the column of what is no gram."""
LONGEST = 3
LOUD = 3.0
"""What the grams of a kind count together, beside a mark."""
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
"""Odd numbers of 64 bits, one for each n: multiplying by them spreads what follows over the high bits."""


@dataclass(frozen=True, slots=True)
class Grams:
    """The grams of one kind in a batch."""

    columns: NDArray[np.int32]
    """By n and place: the column of the gram of n signs that begins there, `WIDTH` where none does."""
    offsets: NDArray[np.int64]
    """Where each text begins, and where the last one ends. The last place of each is its end, and begins no gram."""
    places: NDArray[np.int64]
    """Of each place, which of the batch's codes it is."""
    scale: NDArray[np.float64]
    """What a gram of each text counts: 3/√k, 0 without grams."""


def of_characters(normals: Normals) -> Grams:
    """Those of the signs as they are."""
    import numpy as np

    codes = np.where((codes := normals.codes) - 48 < 10, np.uint32(48), codes)  # unsigned: what is below 0 wraps
    return _grams(codes, np.arange(len(codes)), normals.offsets, 0)


def of_syllables(normals: Normals) -> Grams:
    """Those of the syllables of what is Chinese."""
    import numpy as np

    spoken = characters.spoken()[normals.codes]
    places = np.flatnonzero((spoken > 0) | (normals.codes == 0))
    ends = np.flatnonzero(normals.codes[places] == 0)
    return _grams(spoken[places], places, np.concatenate(([0], ends + 1)), SIZE)


def summed(grams: Grams, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each text the sum of its grams' weights, scaled. `weights` has one for each column and 0 at `WIDTH`.

    Weights of 16 bits add up exactly in 64, so that the sum is the same in whatever order, and company, it is made.
    """
    import numpy as np

    if len(grams.offsets) < 2:
        return np.zeros(0)
    found = weights[grams.columns[0]]
    for row in grams.columns[1:]:
        found += weights[row]
    return np.add.reduceat(found, grams.offsets[:-1]) * grams.scale


def matrix(kinds: tuple[Grams, ...]) -> csr_matrix:
    """A row a text, `WIDTH` columns: how often each gram is in it, scaled."""
    import numpy as np
    from scipy.sparse import csr_matrix

    rows, columns, values = [], [], []
    for grams in kinds:
        texts = np.repeat(np.arange(len(grams.scale)), np.diff(grams.offsets))
        n, places = np.nonzero(grams.columns < WIDTH)
        columns.append(grams.columns[n, places])
        rows.append(texts[places])
        values.append(grams.scale[texts[places]])
    where = (np.concatenate(rows), np.concatenate(columns))
    made = csr_matrix((np.concatenate(values), where), shape=(len(kinds[0].scale), WIDTH))
    made.sum_duplicates()
    return made


def _grams(
    signs: NDArray[np.unsignedinteger], places: NDArray[np.int64], offsets: NDArray[np.int64], first: int
) -> Grams:
    """Signs are numbers, 0 behind each text."""
    import numpy as np

    columns = np.full((LONGEST, len(signs)), WIDTH, np.int32)
    hashed = signs.astype(np.uint64)
    whole = signs > 0
    for n, mix in enumerate(_MIX):
        if n:
            hashed = hashed[:-1] + signs[n:].astype(np.uint64)
            whole = whole[:-1] & (signs[n:] > 0)
        hashed = (hashed ^ (hashed >> np.uint64(29))) * np.uint64(mix)
        columns[n, : len(hashed)] = np.where(whole, (hashed >> np.uint64(48)).astype(np.int32) + first, WIDTH)
    sizes = np.diff(offsets) - 1  # without the end
    found = sum(np.maximum(sizes - n, 0) for n in range(LONGEST))
    scale = np.where(found > 0, LOUD / np.sqrt(np.maximum(found, 1)), 0.0)
    return Grams(columns, offsets, places, scale)
