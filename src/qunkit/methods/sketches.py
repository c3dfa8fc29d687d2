"""Texts as sketches: which of `BITS` cells their pairs of neighbouring characters fall into. Texts that share many say much the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qunkit.methods.bigrams import hash_of, mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITS = 256
_CELL = 8
"""Bits of a cell's number."""
_CHUNK = 4096
"""Texts at a time."""


def sketches(texts: Sequence[str]) -> NDArray[np.uint64]:
    """A row of 64-bit words for each text; capitals are small letters."""
    import numpy as np

    found = np.zeros((len(texts), BITS // 64), np.uint64)
    for begin in range(0, len(texts), _CHUNK):
        some = [text.lower() for text in texts[begin : begin + _CHUNK]]
        points = np.frombuffer("\n".join((*some, "")).encode("utf-32-le", "surrogatepass"), np.uint32)
        text = np.repeat(np.arange(len(some)), [len(one) + 1 for one in some])
        within = np.flatnonzero(text[2:] == text[:-2])  # the last of each is the end
        hashes = hash_of(points[within].astype(np.uint64), points[within + 1]).astype(np.uint32)
        cells = np.zeros((len(some), BITS), bool)
        cells[text[within], mixed(hashes) >> np.uint32(32 - _CELL)] = True
        found[begin : begin + _CHUNK] = np.packbits(cells, axis=1, bitorder="little").view(np.uint64)
    return found
