"""The key to a chart: signs in the colours of the drawing, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.ink.cells import is_missing
from qunkit.results import Cell


@dataclass(frozen=True, slots=True)
class Key:
    """One sign and its meaning, not yet cleaned."""

    sign: str
    colour: str
    """A class of `vega.COLOURS`."""
    text: str


def figure(cell: Cell) -> float | None:
    """A cell that can be drawn: a finite number."""
    return float(cell) if isinstance(cell, int | float) and not is_missing(cell) else None
