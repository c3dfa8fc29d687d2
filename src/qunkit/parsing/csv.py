"""CSV as a stream of records with exact byte ranges, whatever the size and the state of the file.

A newline outside quotes ends a record. Where the quotes are, NumPy says for a whole block at once; whole records then go to
`pyarrow.csv`, and its count of rows must be ours. What it does not take (wrong number of columns, undecodable bytes) is halved
until the few records in question are read one by one. From a place on that breaks the rules of CSV, `csv_walk` reads the rest of
the block, so that an unclosed quote costs its own record and not the file.

A CR without LF is data. Delimiters are ``,`` and, as spreadsheets save it again, ``;`` and tab, with or without a line ``sep=;``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import repeat
from re import Pattern
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.exports import Batch, Reject
from qunkit.parsing.csv_block import FRAMING, BlockReader, Ints, Piece
from qunkit.parsing.csv_walk import opening
from qunkit.parsing.places import raw_batch

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

BLOCK = 4 << 20
_DAY_AND_TIME = re.compile(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)[ T](\d\d?):(\d\d)(?::(\d\d))?", re.ASCII)
_WALL_WIDTH = len("2024-12-01 08:03:10")
_EARLIEST, _LATEST = 915_148_800_000, 4_102_444_800_000
"""1999 and 2100, in milliseconds."""
_NO_ROWS = pa.RecordBatch.from_arrays([], [])


@dataclass(slots=True)
class Records:
    """Some records of a file, in file order. All places are bytes of the original file."""

    source: Source
    rows: pa.RecordBatch
    """The asked columns as strings; null only where the file has no such column."""
    offsets: Ints
    """Where each record begins."""
    ends: Ints
    """Where what follows it begins."""
    rejects: list[Reject] = field(default_factory=list)
    framing: list[tuple[int, int]] = field(default_factory=list)

    def __getitem__(self, column: str) -> pa.Array:
        return self.rows.column(column)

    def without(self, bad: npt.NDArray[np.bool_], reason: str) -> Records:
        """The same, with the rows where `bad` is true turned into rejects."""
        if not bad.any():
            return self
        ranges = zip(self.offsets[bad].tolist(), self.ends[bad].tolist(), repeat(reason))
        rejects = [*self.rejects, *(Reject(*one) for one in ranges)]
        return replace(
            self,
            rows=self.rows.filter(pa.array(~bad)),
            offsets=self.offsets[~bad],
            ends=self.ends[~bad],
            rejects=sorted(rejects, key=lambda reject: reject.start),
        )

    def framed(self, unsaid: npt.NDArray[np.bool_]) -> Records:
        """The same, with the rows where `unsaid` is true turned into framing: records that are no messages."""
        if not unsaid.any():
            return self
        ranges = zip(self.offsets[unsaid].tolist(), self.ends[unsaid].tolist(), strict=True)
        return replace(
            self,
            rows=self.rows.filter(pa.array(~unsaid)),
            offsets=self.offsets[~unsaid],
            ends=self.ends[~unsaid],
            framing=sorted([*self.framing, *ranges]),
        )

    def timed(self, times: pa.Array) -> tuple[Records, pa.Array]:
        """Without the rows whose time (milliseconds, int64 or timestamp) is null or not between 1999 and 2100; and the others' times."""
        unread = times.is_null().to_numpy(zero_copy_only=False)
        number = pc.fill_null(times.cast(pa.int64()), _EARLIEST).to_numpy()
        strange = (number < _EARLIEST) | (number >= _LATEST)
        records = self.without(unread, "bad-time").without(strange[~unread], "time-out-of-range")
        return records, times.filter(pa.array(~unread & ~strange))

    def batch(self, **columns: pa.Array | str | None) -> Batch:
        """A batch of RAW. Columns not given are null; a string stands for a whole column of it."""
        return Batch(raw_batch(self.offsets, **columns), self.rejects, self.framing)


def read_records(
    source: Source, *, columns: Sequence[str], starts_record: Pattern[bytes], block: int = BLOCK
) -> Iterator[Records]:
    """Every record of the file, in batches of about `block` bytes; memory does not grow with the file.

    Args:
        source: the file. Its first line that is neither blank nor ``sep=…`` is the header.
        columns: names of the header whose values are wanted; where the header has a name twice, the first counts.
        starts_record: matches the bytes of a line that looks like the begin of a record (UTF-8, or as they are in a "mixed"
            file). It says where reading goes on behind damage, and is not asked about sound records.
        block: bytes to read at once; the first block holds the header.
    """
    rest, base = b"", 0
    reader: BlockReader | None = None
    framing: list[tuple[int, int]] = []
    for more, last in _chunks(source, block):
        data, taken = rest + more, 0
        if reader is None:
            begin = opening(data)
            taken = begin.end
            framing += _located(source, Piece(np.array([0, taken]), _NO_ROWS, {0: FRAMING}), base).framing
            reader = BlockReader(begin, columns, starts_record, source.encoding) if begin.names else None
        for piece in reader.take(data, taken, last) if reader else ():
            records = _located(source, piece, base)
            records.framing, framing = framing + records.framing, []
            yield records
            taken = int(piece.bounds[-1])
        rest, base = data[taken:], base + taken
    if framing:
        none = np.empty(0, np.int64)
        rows = pa.RecordBatch.from_arrays([pa.nulls(0, pa.string())] * len(columns), list(columns))
        yield Records(source, rows, none, none, [], framing)


def filled(texts: pa.Array) -> pa.Array:
    """The same, empty strings as null."""
    return pc.if_else(pc.not_equal(texts, ""), texts, pa.scalar(None, pa.string()))


def numbers(texts: pa.Array) -> pa.Array:
    """Whole numbers as int64, null where it is none."""
    try:
        return texts.cast(pa.int64())
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(texts, r"^-?\d{1,18}$")
        return pc.if_else(plain, texts, pa.scalar(None, pa.string())).cast(pa.int64())


def wall_clock(texts: pa.Array) -> pa.Array:
    """``YYYY-MM-DD HH:MM:SS`` as naive timestamp[ms], null where it is no time.

    Takes what spreadsheets make of it as well: ``2024/12/1 8:03``.
    """
    try:
        lengths = pc.min_max(pc.binary_length(texts))  # Arrow would also take a date alone
        if lengths["min"].as_py() == lengths["max"].as_py() == _WALL_WIDTH:
            return texts.cast(pa.timestamp("ms"))
    except pa.ArrowInvalid:
        pass
    return pa.array([_wall(text) for text in texts.to_pylist()], pa.timestamp("ms"))


def _wall(text: str | None) -> datetime | None:
    found = _DAY_AND_TIME.fullmatch(text.strip()) if text else None
    try:
        return datetime(*(int(number or 0) for number in found.groups())) if found else None  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def _chunks(source: Source, size: int) -> Iterator[tuple[bytes, bool]]:
    """The blocks of the text, and whether a block is the last."""
    held: bytes | None = None
    for _, block in source.blocks(size):
        if held is not None:
            yield held, False
        held = block
    yield held or b"", True


def _located(source: Source, piece: Piece, base: int) -> Records:
    """A piece of the text at `base` as records of the original file, whose byte order mark goes with the header."""
    places = source.original(piece.bounds + base)
    if base + piece.bounds[0] == 0:
        places[0] = 0
    begins, ends = places[:-1], places[1:]
    is_row = np.ones(len(begins), np.bool_)
    is_row[list(piece.other)] = False
    other = [(int(begins[index]), int(ends[index]), what) for index, what in piece.other.items()]
    return Records(
        source,
        piece.rows,
        begins[is_row],
        ends[is_row],
        [Reject(*one) for one in other if one[2] != FRAMING],
        [(begin, end) for begin, end, what in other if what == FRAMING and begin < end],
    )
