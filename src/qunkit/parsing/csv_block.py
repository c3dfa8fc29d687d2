"""One block of CSV: which of its bytes are records, and the values of the asked columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from re import Pattern

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from qunkit.parsing.csv_walk import SUSPECT, Opening, Walker, split, without_line_end

Ints = npt.NDArray[np.int64]

FRAMING = "framing"
_FEW = 1000
"""So many records are read one by one where pyarrow refuses."""
_LF, _CR, _QUOTE = b'\n\r"'


@dataclass(slots=True)
class Piece:
    """Neighbouring ranges of a block."""

    bounds: Ints
    """Begin of each range, and the end of the last, in the block."""
    rows: pa.RecordBatch
    """The values of the ranges that are records."""
    other: dict[int, str] = field(default_factory=dict)
    """What the other ranges are: framing, or the reason of a reject."""


@dataclass(slots=True)
class BlockReader:
    """Reads block after block of one file."""

    opening: Opening
    columns: Sequence[str]
    starts: Pattern[bytes]
    encoding: str
    walker: Walker = field(init=False)
    _wanted: list[int] = field(init=False)

    def __post_init__(self) -> None:
        names = self.opening.names
        self.walker = Walker(self.opening.delimiter, len(names), self.starts)
        self._wanted = [names.index(name) for name in self.columns if name in names]

    def take(self, data: bytes, at: int, last: bool) -> Iterator[Piece]:
        """Pieces of `data` from `at` on, one behind the other, up to what needs more data (nothing if `last`)."""
        trouble = True
        if not self.walker.lost:
            bounds, trouble = self._sound(data, at)
            yield from self._fast(data, bounds)
            at = int(bounds[-1])
        if last or trouble or len(data) - at > SUSPECT:
            marks = self.walker.walk(data, at, last)
            if marks:
                yield self._slow(data, np.array([at, *(end for end, _ in marks)]), [why for _, why in marks])

    def rows(self, columns: Sequence[object], count: int) -> pa.RecordBatch:
        """The asked columns from the values of those that the file has."""
        given = iter(columns)
        names = self.opening.names
        absent = pa.nulls(count, pa.string())
        arrays = [pa.array(next(given), pa.string()) if name in names else absent for name in self.columns]
        return pa.RecordBatch.from_arrays(arrays, list(self.columns))

    def _sound(self, data: bytes, at: int) -> tuple[Ints, bool]:
        """Bounds of the records from `at` on that keep the rules of CSV; and whether one follows that does not."""
        view = np.frombuffer(data, np.uint8)[at:]
        quotes, newlines = np.flatnonzero(view == _QUOTE), np.flatnonzero(view == _LF)
        if len(quotes):
            newlines = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        bounds = np.concatenate(([0], newlines + 1)) + at
        trouble = min(self._breach(view, quotes) + at, _lone_cr(data, view, quotes) + at, self._oversize(data, bounds))
        if trouble == len(data):
            return bounds, False
        bounds = bounds[bounds <= trouble]
        if len(bounds) > 1 and self.walker.next_start(data, int(bounds[-2]), int(bounds[-1])) > 0:
            bounds = bounds[:-1]  # the walker judges the record before it as well: it seems to have swallowed others
        return bounds, True

    def _breach(self, view: npt.NDArray[np.uint8], quotes: Ints) -> int:
        """The first quote that may not stand where it does; the end of the data, if there is none."""
        delimiter = self.opening.delimiter[0]
        opens, closes = quotes[::2], quotes[1::2]
        opens, closes = opens[opens > 0], closes[closes < len(view) - 1]
        bad_opens = opens[~np.isin(view[opens - 1], (delimiter, _LF, _QUOTE))]
        bad_closes = closes[~np.isin(view[closes + 1], (delimiter, _LF, _CR, _QUOTE))]
        return min(int(first) for first in (*bad_opens[:1], *bad_closes[:1], len(view)))

    def _oversize(self, data: bytes, bounds: Ints) -> int:
        """The first record that is too long to be one; the end of the data, if there is none."""
        for index in np.flatnonzero(np.diff(bounds) > SUSPECT).tolist():
            if self.walker.suspect(data, int(bounds[index]), int(bounds[index + 1])):
                return int(bounds[index])
        return len(data)

    def _fast(self, data: bytes, bounds: Ints) -> Iterator[Piece]:
        """Sound records in one go; in halves where pyarrow refuses, or counts otherwise."""
        count = len(bounds) - 1
        if not count:
            return
        blank = _blank(data, bounds)
        rows = self._parsed(data, int(bounds[0]), int(bounds[-1]))
        if rows is not None and rows.num_rows == count - len(blank):
            yield Piece(bounds, rows, dict.fromkeys(blank, FRAMING))
        elif count <= _FEW:
            yield self._slow(data, bounds, [None] * count)
        else:
            yield from self._fast(data, bounds[: count // 2 + 1])
            yield from self._fast(data, bounds[count // 2 :])

    def _parsed(self, data: bytes, begin: int, end: int) -> pa.RecordBatch | None:
        """What pyarrow reads there; None: it refuses."""
        wanted = [str(index) for index in self._wanted]
        reading = arrow_csv.ReadOptions(
            column_names=[str(index) for index in range(self.walker.width)],
            block_size=end - begin + 1,
            use_threads=False,
        )
        parsing = arrow_csv.ParseOptions(delimiter=self.opening.delimiter.decode(), newlines_in_values=True)
        converting = arrow_csv.ConvertOptions(column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted)
        text = pa.BufferReader(pa.py_buffer(data).slice(begin, end - begin))
        try:
            table = arrow_csv.read_csv(text, reading, parsing, converting)
        except pa.ArrowInvalid:
            return None
        return self.rows([table[name].combine_chunks() for name in wanted], table.num_rows)

    def _slow(self, data: bytes, bounds: Ints, whys: Sequence[str | None]) -> Piece:
        """Record by record."""
        other: dict[int, str] = {}
        rows: list[list[str]] = []
        for index, why in enumerate(whys):
            row = why or self._row(data[bounds[index] : bounds[index + 1]])
            if isinstance(row, str):
                other[index] = row
            else:
                rows.append(row)
        columns = [[row[place] for row in rows] for place in range(len(self._wanted))]
        return Piece(bounds, self.rows(columns, len(rows)), other)

    def _row(self, record: bytes) -> list[str] | str:
        """The wanted values of a record, or what it is instead."""
        line = without_line_end(record)
        if not line:
            return FRAMING
        cut = not record.endswith(b"\n")
        fields = split(line, self.opening.delimiter)
        if fields is None or len(fields) != self.walker.width:
            return "truncated-tail" if cut else "bad-columns"
        values = _decoded([fields[index] for index in self._wanted], self.encoding)
        return values or ("truncated-tail" if cut else "undecodable")


def _lone_cr(data: bytes, view: npt.NDArray[np.uint8], quotes: Ints) -> int:
    """The first CR outside quotes without LF, which pyarrow would take for a line end; the end, if there is none."""
    if b"\r" not in data:
        return len(view)
    returns = np.flatnonzero(view[:-1] == _CR)
    returns = returns[view[returns + 1] != _LF]
    outside = returns[np.searchsorted(quotes, returns) % 2 == 0]
    return int(outside[0]) if len(outside) else len(view)


def _blank(data: bytes, bounds: Ints) -> list[int]:
    """Which ranges are empty lines."""
    short = np.flatnonzero(np.diff(bounds) <= 2)
    return [index for index in short.tolist() if not data[bounds[index] : bounds[index + 1]].strip(b"\r\n")]


def _decoded(fields: list[bytes], encoding: str) -> list[str] | None:
    """The fields of one record as text: UTF-8, else, in a file that is neither as a whole, GB18030. None: neither."""
    try:
        return [value.decode() for value in fields]
    except UnicodeDecodeError:
        if encoding != "mixed" or _mostly_utf8(b"".join(fields)):
            return None
    try:
        return [value.decode("gb18030") for value in fields]
    except UnicodeDecodeError:
        return None


def _mostly_utf8(raw: bytes) -> bool:
    """Whether most of it is sequences of three or four bytes, which GB18030 rarely forms: then a few bytes are damaged."""
    long = sum(len(character.encode()) for character in raw.decode("utf-8", "ignore") if character >= "\u0800")
    return 2 * long > sum(byte >= 0x80 for byte in raw)
