"""JSON Lines, streamed: one record a line, as columns. Blank lines and lines that begin with # are framing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from qunkit.parsing.csv import Records
from qunkit.parsing.csv_block import FRAMING, Piece
from qunkit.parsing.json_rows import BAD_JSON, RowReader
from qunkit.parsing.json_scan import DEPTH_LIMIT, Ints, State, blanks, elements, walk
from qunkit.parsing.json_stream import CUT, RECORD_CAP, TOO_LONG
from qunkit.parsing.json_window import Window, located

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

BLOCK = 8 << 20
_LF, _OPENING = b"\n{"


def read_lines(source: Source, columns: Mapping[str, str], *, block: int = BLOCK) -> Iterator[Records]:
    """Every line of the file, in batches: the wanted columns and `json_rows.RECORD`; memory does not grow with the file.

    Args:
        source: the file.
        columns: name → type (string, int64, double, bool, list) of the wanted members of a record, ``a.b`` for nested ones. What has another type is converted
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
    bounds = np.concatenate(([0], np.flatnonzero(codes[:-1] == _LF) + 1, [end]))
    starts, ends = bounds[:-1].copy(), bounds[1:] - (codes[bounds[1:] - 1] == _LF)
    other = {0: TOO_LONG} if goes_on else {}
    for index in np.flatnonzero((codes[starts] != _OPENING) | (ends - starts > RECORD_CAP)).tolist():
        starts[index] = blanks(data, int(starts[index]), int(ends[index]))
        what = _what(data, int(starts[index]), int(ends[index]))
        if what is not None:
            other.setdefault(index, what)
    is_record = np.ones(len(starts), np.bool_)
    is_record[list(other)] = False
    records = np.flatnonzero(is_record)
    read, bad = _rows(data, starts[records], ends[records], rows)
    other |= {int(records[index]): reason for index, reason in bad.items()}
    last = len(starts) - 1
    if (
        at_end
        and codes[-1] != _LF
        and other.get(last, FRAMING) != FRAMING
        and walk(data, int(starts[last]))[0] is State.CUT
    ):
        other[last] = CUT
    return Piece(bounds, read, other)


def _what(data: bytes, start: int, end: int) -> str | None:
    """What a line is, blanks before it left out; None: perhaps a record."""
    if start == end or data[start : start + 1] == b"#":
        return FRAMING
    if end - start > RECORD_CAP:
        return TOO_LONG
    return None if data[start] == _OPENING else BAD_JSON


def _rows(data: bytes, starts: Ints, ends: Ints, rows: RowReader) -> tuple[pa.RecordBatch, dict[int, str]]:
    """The rows of the lines, and why others have none. One object a line and all brackets matched: then a block at once."""
    found = elements(data, int(starts[0]) if len(starts) else 0, int(ends[-1]) if len(ends) else 0)
    matched = len(found.ends) == len(starts) and not len(found.too_deep) and found.close is None
    if matched and np.array_equal(found.starts, starts) and _only_blanks(data, found.ends, ends):
        return rows.read(data, starts, found.ends)
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    shallow = np.array([_is_shallow(data, start, end) for start, end in places], np.bool_)
    read, bad = rows.read(data, starts[shallow], ends[shallow], matched=False)
    index_of = np.flatnonzero(shallow)
    return read, dict.fromkeys(np.flatnonzero(~shallow).tolist(), BAD_JSON) | {
        int(index_of[index]): reason for index, reason in bad.items()
    }


def _is_shallow(data: bytes, start: int, end: int) -> bool:
    brackets = data.count(b"{", start, end) + data.count(b"[", start, end)
    return brackets <= DEPTH_LIMIT or walk(data[start:end], 0)[0] is State.WHOLE


def _only_blanks(data: bytes, starts: Ints, ends: Ints) -> bool:
    """Whether nothing but blanks is behind the objects on their lines."""
    return bool((starts <= ends).all()) and all(
        blanks(data, int(starts[index]), int(ends[index])) == ends[index]
        for index in np.flatnonzero(starts != ends).tolist()
    )
