"""Rejects as rows of `schema.REJECTS`, written and read a few at a time: together their bytes may be more than memory holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.exports import Reject
from qunkit.ingest.parquet import writer
from qunkit.parsing.source import Source

AT_ONCE = 16 << 20
"""Bytes of rejects that are held at once. A longer reject is told as several of so many, so that one always is held whole."""
_GROUP_ROWS = 4096
_BATCH = 256
_LINES = 1 << 20


def split(rejects: Iterable[Reject]) -> list[Reject]:
    """The same ranges, none longer than `AT_ONCE`."""
    return [piece for reject in rejects for piece in _pieces(reject)]


def _pieces(reject: Reject) -> Iterator[Reject]:
    start = reject.start
    while reject.end - start > AT_ONCE:
        yield Reject(start, start + AT_ONCE, reject.reason)
        start += AT_ONCE
    yield Reject(start, reject.end, reject.reason)


def lines(source: Source, rejects: Sequence[Reject]) -> list[int]:
    """Line number of each reject's first byte, from 1, of rejects in the order of the file; one pass up to the last."""
    found, line, done = [], 1, 0
    for reject in rejects:
        while done < reject.start:
            piece = source.raw(done, min(reject.start, done + _LINES))
            line += _line_ends(piece, source.encoding)
            done += len(piece)
        found.append(line)
    return found


def _line_ends(piece: bytes, encoding: str) -> int:
    """In UTF-16 a byte that is a line end elsewhere may be half a character: ``上`` is 4E 0A."""
    if not encoding.startswith("utf-16"):
        return piece.count(b"\n")
    units = np.frombuffer(piece, "<u2" if encoding.endswith("le") else ">u2", len(piece) // 2)
    return int(np.count_nonzero(units == 10))


def told(
    source: Source, id_: str, format_: str, rejects: Sequence[Reject], on: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    """The rows of a source's rejects, with their bytes; `rejects` are in the order of the file, `on` their lines."""
    facts = {"source": id_, "path": source.parts[-1], "format": format_}
    line = iter(on)
    for near in _near(rejects):
        at = near[0].start
        raw = source.raw(at, near[-1].end)
        bytes_ = [raw[one.start - at : one.end - at] for one in near]
        rows = [
            {**facts, "start": one.start, "end": one.end, "line": next(line), "reason": one.reason, "raw": piece}
            for one, piece in zip(near, bytes_, strict=True)
        ]
        yield pa.RecordBatch.from_pylist(rows, schema=schema.REJECTS.arrow)


def _near(rejects: Iterable[Reject]) -> Iterator[list[Reject]]:
    """Neighbours that can be read at once."""
    near: list[Reject] = []
    for reject in rejects:
        if near and (reject.end - near[0].start > AT_ONCE or len(near) == _GROUP_ROWS):
            yield near
            near = []
        near.append(reject)
    if near:
        yield near


def write(file: IO[bytes] | Path, batches: Iterable[pa.RecordBatch]) -> int:
    """Write rows, in row groups of at most `AT_ONCE` bytes or one row; how many."""
    count = 0
    with writer(file, schema.REJECTS.arrow) as parquet:
        for table in _gathered(batches):
            parquet.write_table(table)
            count += len(table)
    return count


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    size = rows = 0
    for batch in batches:
        if held and (size + batch.nbytes > AT_ONCE or rows + len(batch) > _GROUP_ROWS):
            yield pa.Table.from_batches(held)
            held, size, rows = [], 0, 0
        held.append(batch)
        size, rows = size + batch.nbytes, rows + len(batch)
    if held:
        yield pa.Table.from_batches(held)


def batches(path: Path, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """What `write` wrote, never more than a row group at once."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            yield from file.iter_batches(_BATCH, row_groups=[group], columns=columns)


def by_source(path: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The same, each batch of one source; batches of one source follow each other."""
    for batch in batches(path):
        sources = batch["source"].to_pylist()
        for source, rows in groupby(range(len(batch)), sources.__getitem__):
            first, *others = rows
            yield source, batch.slice(first, 1 + len(others))


def merged(old: Path | None, gone: set[str], new: Mapping[str, Path]) -> Iterator[pa.RecordBatch]:
    """The rows of an old part, but for those of sources that are gone, and those of new sources: by source, then in the order of the file."""
    waiting = sorted(new, reverse=True)
    for source, batch in by_source(old) if old else ():
        while waiting and waiting[-1] < source:
            yield from batches(new[waiting.pop()])
        if source not in gone:
            yield batch
    while waiting:
        yield from batches(new[waiting.pop()])
