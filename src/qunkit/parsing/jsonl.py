"""JSON Lines, streamed: one record a line, as columns. Blank lines and lines that begin with # are framing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from qunkit.parsing.csv import Records
from qunkit.parsing.csv_block import FRAMING, Piece
from qunkit.parsing.json_array import located
from qunkit.parsing.json_rows import BAD_JSON, BAD_RECORD, RowReader
from qunkit.parsing.json_scan import DEPTH_LIMIT, Ints, State, blanks, walk
from qunkit.parsing.json_stream import CUT, RECORD_CAP, TOO_LONG, Window

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

BLOCK = 8 << 20
_LF = 10
_BLANKS = b" \t\r\n"


def read_lines(source: Source, columns: Mapping[str, str], *, block: int = BLOCK) -> Iterator[Records]:
    """Every line of the file, in batches: the wanted columns and `json_rows.RECORD`; memory does not grow with the file.

    Args:
        source: the file.
        columns: name → type (string, int64, double, bool) of the wanted members of a record. What has another type is converted
            where that loses nothing, else null.
        block: bytes to read at once.
    """
    window, rows = Window(source.blocks(block), block), RowReader(columns, source.encoding == "mixed")
    too_long = False
    while not window.at_end:
        window.grow()
        end = len(window.data) if window.at_end else window.data.rfind(b"\n") + 1
        if not end and len(window.data) > RECORD_CAP:
            end, too_long = len(window.data), True
            yield located(source, Piece(np.array([0, end]), rows.none(), {0: TOO_LONG}), window.base)
        elif end:
            yield located(source, _piece(window.data, end, rows, too_long, window.at_end), window.base)
            too_long = False
        window.drop(end)


def _piece(data: bytes, end: int, rows: RowReader, goes_on: bool, at_end: bool) -> Piece:
    """The lines of `data` up to `end`. `goes_on`: the first is the rest of one that is too long."""
    codes = np.frombuffer(data, np.uint8)[:end]
    bounds = np.append(np.append(0, np.flatnonzero(codes[:-1] == _LF) + 1), end)
    starts, ends = bounds[:-1], bounds[1:]
    other = {0: TOO_LONG} if goes_on else {}
    odd = (codes[starts] != ord("{")) | (ends - starts > RECORD_CAP)
    for index in np.flatnonzero(odd).tolist():
        what = _what(data[starts[index] : ends[index]])
        if what:
            other.setdefault(index, what)
    plain = np.ones(len(starts), np.bool_)
    plain[list(other)] = False
    read, bad = _rows(rows, data, starts[plain], ends[plain])
    index_of = np.flatnonzero(plain)
    other |= {int(index_of[index]): reason for index, reason in bad.items()}
    last = len(starts) - 1
    if at_end and other.get(last) == BAD_JSON and codes[end - 1] != _LF:
        other[last] = CUT
    return Piece(bounds, read, other)
