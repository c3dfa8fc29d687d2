"""Records as places in a block of UTF-8, handed to Arrow without a Python object per message."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.exports import Reject
from qunkit.parsing.decode import Ints
from qunkit.parsing.stamps import Bytes, Mask
from qunkit.schema import RAW


@dataclass(slots=True)
class Records:
    """Some records of a file, in order: places in `data`, which is valid UTF-8 from the first start to the last end."""

    data: bytes
    start: Ints
    end: Ints
    wall: Ints
    """Time of each, in milliseconds of the wall clock."""
    offset: Ints
    """Where each begins in the original file."""
    stamp: int
    """Bytes of the time at each start."""
    rejects: list[Reject] = field(default_factory=list)
    framing: list[tuple[int, int]] = field(default_factory=list)
    refused: int = 0
    """Lines that look like headers and were taken as text."""

    def __len__(self) -> int:
        return len(self.start)


@dataclass(slots=True)
class Lines:
    """Header and body of every record: places in the records' data, line ends left out."""

    head: Ints
    """What follows the time on the header line."""
    head_end: Ints
    body: Ints
    body_end: Ints
    """Without the blank line that ends a record."""
    closing: Ints
    """Line ends taken off the body, at most 2."""


def lines(records: Records) -> Lines:
    """Where the header line and the body of every record are."""
    data = np.frombuffer(records.data, np.uint8)
    line_ends = np.append(np.flatnonzero(data == 10), len(data))
    head = records.start + records.stamp
    line = np.minimum(line_ends[np.searchsorted(line_ends, head)], records.end)
    body, body_end = np.minimum(line + 1, records.end), records.end
    closing = np.zeros(len(records), np.int64)
    for _ in range(2):
        shorter = _without_line_end(data, body, body_end)
        closing, body_end = closing + (shorter < body_end), shorter
    return Lines(head, _without(data, head, line, 13), body, body_end, closing)


def strings(data: bytes, start: Ints, end: Ints) -> pa.StringArray:
    """The texts at these places (ascending, apart), CRLF as LF. Arrow copies them once, straight out of `data`.

    Raises:
        pyarrow.ArrowInvalid: they are not UTF-8.
    """
    edges = np.empty(2 * len(start), np.int32)
    edges[::2], edges[1::2] = start, end
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(data)]
    every = pa.BinaryArray.from_buffers(pa.binary(), max(len(edges) - 1, 0), buffers)
    texts = every.take(pa.array(np.arange(0, len(edges), 2))).cast(pa.string())
    return pc.replace_substring(texts, "\r\n", "\n") if b"\r" in data else texts


def decodable(data: bytes, start: Ints, end: Ints) -> Mask:
    """Which of the texts at these places are UTF-8 or GB18030."""
    if _is(data, "utf-8"):
        return np.ones(len(start), bool)
    texts = (data[at:to] for at, to in zip(start.tolist(), end.tolist(), strict=True))
    return np.array([_is(text, "utf-8") or _is(text, "gb18030") for text in texts], bool)


def decoded(data: bytes, start: Ints, end: Ints) -> tuple[bytes, Ints, Ints]:
    """The same texts, all `decodable`, as UTF-8: new data and places."""
    if _is(data, "utf-8"):
        return data, start, end
    texts = [data[at:to] for at, to in zip(start.tolist(), end.tolist(), strict=True)]
    texts = [text if _is(text, "utf-8") else text.decode("gb18030").encode() for text in texts]
    edges = np.cumsum([0, *map(len, texts)])
    return b"".join(texts), edges[:-1], edges[1:]


def _is(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def begin_with(data: bytes, start: Ints, end: Ints, mark: bytes) -> Ints:
    """Which of the texts at these places begin with `mark`."""
    codes = np.frombuffer(data, np.uint8)
    rows = np.flatnonzero(end - start >= len(mark))
    for place, byte in enumerate(mark):
        rows = rows[codes[start[rows] + place] == byte]
    return rows


def hold(data: bytes, start: Ints, end: Ints, mark: bytes) -> Ints:
    """Which of the texts at these places hold `mark`."""
    found, at = [], data.find(mark) if len(start) else -1
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + len(mark))
    places = np.array(found, np.int64)
    rows = np.searchsorted(start, places, "right") - 1
    inside = (rows >= 0) & (places + len(mark) <= end[rows])
    return np.unique(rows[inside])


def raw_batch(offset: Ints, **columns: pa.Array | str | None) -> pa.RecordBatch:
    """A batch of schema RAW. Columns not given are null; a string stands for a whole column of it."""
    return pa.RecordBatch.from_arrays(
        [
            pa.array(offset) if c.name == "offset" else _column(columns.get(c.name), len(offset), c.type)
            for c in RAW.arrow
        ],
        schema=RAW.arrow,
    )


def _column(given: pa.Array | str | None, length: int, type_: pa.DataType) -> pa.Array:
    if given is None:
        return pa.nulls(length, type_)
    return pa.repeat(given, length) if isinstance(given, str) else given.cast(type_)


def _without_line_end(data: Bytes, start: Ints, end: Ints) -> Ints:
    shorter = _without(data, start, end, 10)
    return np.where(shorter < end, _without(data, start, shorter, 13), end)


def _without(data: Bytes, start: Ints, end: Ints, byte: int) -> Ints:
    """The ends, one less where the text ends in that byte."""
    if not len(data):
        return end
    ends_so = (end > start) & (data[np.maximum(end - 1, 0)] == byte)
    shorter: Ints = end - ends_so
    return shorter
