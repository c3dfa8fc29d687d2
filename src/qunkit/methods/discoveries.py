"""Who stands out of many who are asked about: the false discovery rate (Benjamini & Hochberg 1995)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

DISCOVERIES = 0.1
"""The share of those found to stand out who do so by chance."""


def discoveries(p: Floats, asked: Flags) -> Floats:
    """The q of those who are asked about: the share of chance findings among all that are as sure; NaN for others."""
    import numpy as np

    found, of = np.full(len(p), np.nan), p[asked]
    order = np.argsort(of)[::-1]
    shares = of[order] * len(of) / np.arange(len(of), 0, -1)
    found[np.flatnonzero(asked)[order]] = np.minimum(np.minimum.accumulate(shares), 1.0)
    return found
