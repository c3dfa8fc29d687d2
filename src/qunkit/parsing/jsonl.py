"""JSON lines: one record a line, as columns, with the range of each. Blank lines and lines that begin with # are framing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from qunkit.parsing.csv import Records
from qunkit.parsing.csv_block import FRAMING, Piece
from qunkit.parsing.json_array import located
from qunkit.parsing.json_rows import RowReader
from qunkit.parsing.json_stream import CUT, RECORD_CAP, TOO_LONG
from qunkit.parsing.source import Source

BLOCK = 8 << 20
_LF, _HASH = 10, 35
_BLANKS = np.frombuffer(b" \t\r\n", np.uint8)


def read_lines(source: Source, columns: Mapping[str, str], *, block: int = BLOCK) -> Iterator[Records]:
    """Every line of the file, in batches of about `block` bytes.

    Args:
        source: the file.
        columns: name → type (string, int64, double, bool) of the wanted members; `json_rows.RECORD` comes with them.
        block: bytes to read at once.
    """
    reader = RowReader(columns, source.encoding == "mixed")
    rest, base, skipping = b"", 0, False
    for _, more in source.blocks(block):
        data = rest + more
        end = data.rfind(b"\n") + 1
        if end:
            yield located(source, _piece(reader, data[:end], skipping), base)
            skipping = False
        elif len(data) > RECORD_CAP:
            yield located(source, Piece(np.array([0, len(data)]), reader.none(), {0: TOO_LONG}), base)
            end, skipping = len(data), True
        rest, base = data[end:], base + end
    if rest:
        yield located(source, _piece(reader, rest, skipping), base)


def _piece(reader: RowReader, data: bytes, skipping: bool) -> Piece:
    """The lines of `data`; `skipping`: the first is the end of one that was too long."""
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == _LF) + 1
    if not len(ends) or ends[-1] != len(data):
        ends = np.r_[ends, len(data)]
    starts = np.r_[0, ends[:-1]]
    is_record = _first_character(raw, data, starts, ends)
    other = dict.fromkeys(np.flatnonzero(~is_record).tolist(), FRAMING)
    if skipping:
        is_record[0], other[0] = False, TOO_LONG
    places = np.flatnonzero(is_record)
    rows, bad = reader.read(data, starts[places], ends[places])
    for index, reason in bad.items():
        line = int(places[index])
        cut = line == len(starts) - 1 and data[-1] != _LF
        other[line] = CUT if cut else reason
    return Piece(np.r_[starts, len(data)], rows, other)


def _first_character(raw: np.ndarray, data: bytes, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Whether each line holds a record: neither blank nor a comment."""
    first = raw[starts]
    is_record: np.ndarray = first != _HASH
    for line in np.flatnonzero(np.isin(first, _BLANKS)):  # exporters do not indent: few
        text = data[starts[line] : ends[line]].lstrip()
        is_record[line] = bool(text) and not text.startswith(b"#")
    return is_record
