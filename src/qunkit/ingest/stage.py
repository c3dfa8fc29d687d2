"""Rows of one source on their way into the store: observations by month, members.

A long source whose times ascend is numbered on the way, so that a month that nobody else tells is a part as it stands (``ready``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.ingest import durable
from qunkit.ingest.clock import Clock
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.observed import NUMBERED
from qunkit.ingest.parquet import ROW_GROUP, writer
from qunkit.ingest.read import Reading

_OPEN = 8
_SHORT = 1 << 14
"""Rows of a source below which it is not numbered on the way: many short ones are numbered together."""
_READY = ".ready.parquet"


def is_ready(path: Path) -> bool:
    """Whether a staged file is what a part of it alone would be."""
    return path.name.endswith(_READY)


def changed(path: Path) -> Path:
    """The name of a staged file of which rows were taken out."""
    return path.with_name(path.name.removesuffix(_READY) + ".parquet") if is_ready(path) else path


class MonthWriters:
    """Appends observations to one file a local month; exports are sorted, so few are open at a time."""

    def __init__(self, folder: Path, source: str, staged: dict[str, list[Path]]) -> None:
        self.folder, self.source, self.staged = folder, source, staged
        self.files: dict[str, _MonthFile] = {}
        self.opened = 0
        self.ascending = _Ascending()

    def __enter__(self) -> MonthWriters:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._append(self.ascending.rest())
        for file in self.files.values():
            file.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add `batch`, in runs of one month: a file out of order costs more runs, nothing else."""
        sources = pa.array([[self.source]], pa.list_(pa.string())).take(pa.array(np.zeros(len(batch), np.int32)))
        first, nought = pa.array(np.ones(len(batch), np.int32)), pa.array(np.zeros(len(batch), np.int32))
        columns = {name: batch.column(name) for name in batch.schema.names}
        columns |= {"sources": sources, "occurrence": first, "seq": nought}
        self._append(self.ascending.numbered(pa.Table.from_pydict(columns).select(schema.OBSERVATIONS.names)))

    def _append(self, tables: Iterator[pa.Table]) -> None:
        for table in tables:
            local = table["local_time"]
            months = pc.add(pc.multiply(pc.year(local), 12), pc.subtract(pc.month(local), 1)).to_numpy()
            starts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]]) if len(table) else ()
            for start, end in zip(starts, np.r_[starts[1:], len(months)], strict=True):
                month = f"{months[start] // 12:04}-{months[start] % 12 + 1:02}"
                self._file(month).write(table.slice(start, end - start))

    def _file(self, month: str) -> _MonthFile:
        ready = self.ascending.ready
        if month in self.files and self.files[month].ready != ready:
            self.files.pop(month).close()
        if month not in self.files:
            if len(self.files) == _OPEN:
                self.files.pop(next(iter(self.files))).close()
            self.opened += 1
            path = self.folder / f"{self.source}-{month}-{self.opened:06}{_READY if ready else '.parquet'}"
            self.staged.setdefault(month, []).append(path)
            self.files[month] = _MonthFile(path, ready)
        return self.files[month]


class _MonthFile:
    """A staged file, in row groups as a part has them."""

    def __init__(self, path: Path, ready: bool) -> None:
        self.ready = ready
        path.unlink(missing_ok=True)  # of a run that begins again
        self.file: IO[bytes] = durable.create(path)
        self.parquet: pq.ParquetWriter = writer(self.file, schema.OBSERVATIONS.arrow)
        self.waiting: list[pa.Table] = []
        self.rows = 0

    def write(self, table: pa.Table) -> None:
        self.waiting.append(table)
        self.rows += len(table)
        if self.rows >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        with self.file, self.parquet:
            self._flush()

    def _flush(self) -> None:
        if self.waiting:
            whole = pa.concat_tables(self.waiting).cast(schema.OBSERVATIONS.arrow)
            self.parquet.write_table(whole, row_group_size=ROW_GROUP)
            self.waiting, self.rows = [], 0


class _Ascending:
    """Numbers rows as long as their times ascend. The last second is held back: more of it may come."""

    def __init__(self) -> None:
        self.ready = False
        """Whether what comes out is numbered."""
        self.over = False
        """Whether a time has come that was before the one before it, or a second of more rows than are held."""
        self.held: list[pa.Table] = []
        self.last = -(1 << 63)
        self.connection: duckdb.DuckDBPyConnection | None = None

    def numbered(self, table: pa.Table) -> Iterator[pa.Table]:
        """What of the rows before and these can go on."""
        times = table["sent_at"].cast(pa.int64()).to_numpy()
        if self.over or not len(times):
            yield table
            return
        whole = pa.concat_tables([*self.held, table])
        ascends = times[0] >= self.last and bool((times[1:] >= times[:-1]).all())
        self.last = int(times[-1])
        seconds = whole["sent_at"].cast(pa.int64()).to_numpy() // 1000
        end = int(np.searchsorted(seconds, seconds[-1])) if ascends else 0
        self.held = []
        if not ascends or len(whole) - end > ROW_GROUP:
            self.over, self.ready = True, False
            yield whole
        elif self.ready or len(whole) >= _SHORT:
            self.ready, self.held = True, [whole.slice(end)]
            yield self._numbered(whole.slice(0, end), seconds[:end])
        else:
            self.held = [whole]

    def rest(self) -> Iterator[pa.Table]:
        """What was held back, after the last row."""
        for table in self.held:
            yield self._numbered(table, table["sent_at"].cast(pa.int64()).to_numpy() // 1000) if self.ready else table
        if self.connection:
            self.connection.close()

    def _numbered(self, table: pa.Table, seconds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Table:
        same = seconds[1:] == seconds[:-1]
        rows = np.flatnonzero(np.r_[False, same] | np.r_[same, False])
        if not len(rows):
            return table
        self.connection = self.connection or duckdb.connect(
            config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        )
        crowded = table.take(pa.array(rows)).append_column("row", pa.array(rows))
        self.connection.register("crowded", crowded)
        query = f"SELECT row, {NUMBERED} FROM (SELECT *, sources[1] AS src FROM crowded)"
        found = self.connection.sql(query).to_arrow_table()
        for name in ("occurrence", "seq"):
            numbers = table[name].to_numpy().copy()
            numbers[found["row"].to_numpy()] = found[name].to_numpy()
            table = table.set_column(table.schema.get_field_index(name), name, pa.array(numbers))
        return table


def member_row(reading: Reading, row: dict[str, object], as_group: str | None, clock: Clock) -> dict[str, object]:
    """A member as the format told it, with its group and source. Naive times are of the source's wall clock."""
    group_id, group_name = reading.group
    told = {
        "group_id": group_id,
        "group_name": group_name,
        "complete": False,
        **reading.called(None),
        **row,
        "source": reading.id,
    }
    if told.pop("contact", False):
        told |= {"group_id": ANY_GROUP, "group_name": None}
    elif as_group:
        told |= reading.called(as_group)
    for name in ("seen_at", "joined_at"):
        value = told.get(name)
        if isinstance(value, int):
            told[name] = datetime.fromtimestamp(value / 1000, UTC)
        elif isinstance(value, datetime):
            told[name] = clock.instant(value)
    return told
