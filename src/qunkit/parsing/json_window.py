"""A window that moves along a text, and the way from its pieces to records of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from qunkit.exports import Reject
from qunkit.parsing.csv import Records
from qunkit.parsing.csv_block import FRAMING, Piece

if TYPE_CHECKING:
    from qunkit.parsing.source import Source


class Window:
    """Some bytes of a text, and where in it they stand."""

    def __init__(self, blocks: Iterator[tuple[int, bytes]], size: int, base: int = 0) -> None:
        self._blocks = blocks
        self._size = size
        self.data = b""
        self.base = base
        self.at_end = False

    def drop(self, place: int) -> None:
        """Forget what is before `place`."""
        self.data = self.data[place:]
        self.base += place

    def grow(self) -> None:
        """Read on until there is twice as much, so that reading something again costs no more than reading it once."""
        have, parts = len(self.data), [self.data]
        want = max(2 * have, self._size)
        while have < want and not self.at_end:
            block = next(self._blocks, (0, b""))[1]
            self.at_end = not block
            parts.append(block)
            have += len(block)
        self.data = b"".join(parts)


def clipped(blocks: Iterator[tuple[int, bytes]], begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    """What of the blocks of a text stands from `begin` up to `end`."""
    for offset, block in blocks:
        if offset >= end:
            break
        if piece := block[max(begin - offset, 0) : end - offset]:
            yield max(offset, begin), piece


def located(source: Source, piece: Piece, base: int) -> Records:
    """A piece of the text at `base` as records of the original file, whose byte order mark goes with the header."""
    places = source.original(piece.bounds + base)
    if base + piece.bounds[0] == 0:
        places[0] = 0
    begins, ends = places[:-1], places[1:]
    is_row = np.ones(len(begins), np.bool_)
    is_row[list(piece.other)] = False
    records = Records(source, piece.rows, begins[is_row], ends[is_row])
    for index, what in sorted(piece.other.items()):
        begin, end = int(begins[index]), int(ends[index])
        if what != FRAMING:
            records.rejects.append(Reject(begin, end, what))
        elif begin < end:
            records.framing.append((begin, end))
    return records
