"""Rows of one source on their way into the store: observations by month, members.

A long source whose times ascend is numbered on the way, so that a month that nobody else tells is a part as it stands (``ready``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import local
from typing import IO, TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.ingest import durable
from qunkit.ingest.clock import Clock
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.keys import Integers, codes, places, seconds, together
from qunkit.ingest.observed import OCCURRENCE
from qunkit.ingest.parquet import ROW_GROUP, writer
from qunkit.ingest.read import Reading

T = TypeVar("T")
R = TypeVar("R")
_OPEN = 8
"""Months of a source whose times do not ascend. Together they hold no more than one of another does: a row group."""
_THREADS = 2
_OCCURRENCES = f"SELECT row, {OCCURRENCE} FROM (SELECT *, sources[1] AS src FROM crowded)"
SHORT = 1 << 14
"""Rows of a source below which it is not numbered on the way: many short ones are numbered together."""
_READY = ".ready.parquet"


def is_ready(path: Path) -> bool:
    """Whether a staged file is what a part of it alone would be."""
    return path.name.endswith(_READY)


def changed(path: Path) -> Path:
    """The name of a staged file of which rows were taken out."""
    return path.with_name(path.name.removesuffix(_READY) + ".parquet") if is_ready(path) else path


class MonthWriters:
    """Appends observations to one file a local month; exports are sorted, so few are open at a time.

    Numbering and writing are done by threads, as far as there is much of it, while the next rows are made ready.
    """

    def __init__(self, folder: Path, source: str, staged: dict[str, list[Path]]) -> None:
        self.folder, self.source, self.staged = folder, source, staged
        self.files: dict[str, _MonthFile] = {}
        self.opened = 0
        self.ascending = _Ascending()
        self.pool = ThreadPoolExecutor(_THREADS)
        self.numbers = Numbers()
        self.numbering: deque[tuple[Future[pa.Table], bool]] = deque()
        self.closing: deque[Future[None]] = deque()

    def __enter__(self) -> MonthWriters:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._number(self.ascending.rest())
                while self.numbering:
                    self._append_next()
                for file in self.files.values():
                    self._close(file)
                while self.closing:
                    self.closing.popleft().result()
        finally:
            self.pool.shutdown(cancel_futures=True)
            for file in self.files.values():
                file.abandon()
            self.numbers.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add `batch`, in runs of one month: a file out of order costs more runs, nothing else."""
        self._number(self.ascending.cut(observation_rows(batch, self.source)))

    def _number(self, tables: Iterator[pa.Table]) -> None:
        for table in tables:
            ready = self.ascending.ready
            work = self.numbers.put if ready else _as_it_is
            self.numbering.append((_run(self.pool, work, table, alone=not ready), ready))
            while len(self.numbering) > _THREADS:
                self._append_next()

    def _append_next(self) -> None:
        numbered, ready = self.numbering.popleft()
        table = numbered.result()
        months = months_of(table)
        starts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]]) if len(table) else ()
        for start, end in zip(starts, np.r_[starts[1:], len(months)], strict=True):
            month = f"{months[start] // 12:04}-{months[start] % 12 + 1:02}"
            self._file(month, ready).write(table.slice(start, end - start))

    def _file(self, month: str, ready: bool) -> _MonthFile:
        if month in self.files and self.files[month].ready != ready:
            self._close(self.files.pop(month))
        if month not in self.files:
            while len(self.files) >= (1 if ready else _OPEN):  # as long as times ascend, no month comes back
                self._close(self.files.pop(next(iter(self.files))))
            self.opened += 1
            path = self.folder / f"{self.source}-{month}-{self.opened:06}{_READY if ready else '.parquet'}"
            self.staged.setdefault(month, []).append(path)
            self.files[month] = _MonthFile(path, ready, self.pool)
        return self.files[month]

    def _close(self, file: _MonthFile) -> None:
        self.closing.append(file.close())
        while len(self.closing) > _THREADS:
            self.closing.popleft().result()


class _MonthFile:
    """A staged file, in row groups as a part has them."""

    def __init__(self, path: Path, ready: bool, pool: ThreadPoolExecutor) -> None:
        self.ready, self.pool = ready, pool
        self.most = ROW_GROUP if ready else ROW_GROUP // _OPEN
        path.unlink(missing_ok=True)  # of a run that begins again
        self.file: IO[bytes] = durable.create(path)
        self.parquet: pq.ParquetWriter = writer(self.file, schema.OBSERVATIONS.arrow)
        self.waiting: list[pa.Table] = []
        self.rows = 0
        self.writing: Future[None] | None = None

    def write(self, table: pa.Table) -> None:
        self.waiting.append(table)
        self.rows += len(table)
        if self.rows >= self.most:
            self._flush(self._put)

    def close(self) -> Future[None]:
        """Write what waits, and close; it may be done later."""
        return self._flush(self._end)

    def abandon(self) -> None:
        """Close it as it is."""
        with suppress(OSError, ValueError), self.file, self.parquet:
            pass

    def _flush(self, work: Callable[[list[pa.Table]], None]) -> Future[None]:
        if self.writing:
            self.writing.result()  # no more is held than one row group
        tables, rows = self.waiting, self.rows
        self.waiting, self.rows = [], 0
        self.writing = _run(self.pool, work, tables, alone=rows < SHORT)
        return self.writing

    def _put(self, tables: list[pa.Table]) -> None:
        if tables:
            whole = pa.concat_tables(tables).cast(schema.OBSERVATIONS.arrow)
            self.parquet.write_table(whole, row_group_size=ROW_GROUP)

    def _end(self, tables: list[pa.Table]) -> None:
        with self.file, self.parquet:
            self._put(tables)


class _Ascending:
    """Cuts rows into runs that can be numbered by themselves, as long as their times ascend. The last second is held back: more of it may come."""

    def __init__(self) -> None:
        self.ready = False
        """Whether what comes out can be numbered."""
        self.over = False
        """Whether a time has come that was before the one before it, or a second of more rows than are held."""
        self.held: list[pa.Table] = []
        self.last = -(1 << 63)

    def cut(self, table: pa.Table) -> Iterator[pa.Table]:
        """What of the rows before and these can go on."""
        times = table["sent_at"].cast(pa.int64()).to_numpy()
        if self.over or not len(times):
            yield table
            return
        whole = pa.concat_tables([*self.held, table])
        ascends = times[0] >= self.last and bool((times[1:] >= times[:-1]).all())
        self.last = int(times[-1])
        told = seconds(whole)
        end = int(np.searchsorted(told, told[-1])) if ascends else 0
        self.held = []
        if not ascends or len(whole) - end > ROW_GROUP:
            self.over, self.ready = True, False
            yield whole
        elif self.ready or len(whole) >= SHORT:
            self.ready, self.held = True, [whole.slice(end)]
            yield whole.slice(0, end)
        else:
            self.held = [whole]

    def rest(self) -> Iterator[pa.Table]:
        """What was held back, after the last row."""
        yield from self.held


class Numbers:
    """Numbers rows of sources that hold whole seconds, by threads."""

    def __init__(self) -> None:
        self.own = local()
        self.connections: list[duckdb.DuckDBPyConnection] = []

    def put(self, table: pa.Table) -> pa.Table:
        """Nearly every row is alone with its sender in its second, and is the first; the others are numbered as `observed` does it."""
        sources = pc.list_flatten(table["sources"])
        groups = codes(sources, table["group_id"], table["group_name"])
        seq = places(groups, table["sent_at"].cast(pa.int64()).to_numpy())
        table = table.set_column(table.schema.get_field_index("seq"), "seq", pa.array(seq, pa.int32()))
        senders = codes(table["sender_id"], _named(table))
        senders[pc.equal(table["kind"], "pat").to_numpy()] = -1  # of which only some exporters say whose they are
        rows = together(groups, seconds(table), senders)
        if not len(rows):
            return table
        crowded = table.take(pa.array(rows)).append_column("row", pa.array(rows))
        connection = self._connection()
        connection.register("crowded", crowded)
        found = connection.sql(_OCCURRENCES).to_arrow_table()
        numbers = table["occurrence"].to_numpy().copy()
        numbers[found["row"].to_numpy()] = found["occurrence"].to_numpy()
        return table.set_column(table.schema.get_field_index("occurrence"), "occurrence", pa.array(numbers))

    def close(self) -> None:
        for connection in self.connections:
            connection.close()

    def _connection(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self.own, "connection"):
            self.own.connection = duckdb.connect(
                config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 1}
            )
            self.connections.append(self.own.connection)
        found: duckdb.DuckDBPyConnection = self.own.connection
        return found


def _run(pool: ThreadPoolExecutor, work: Callable[[T], R], item: T, *, alone: bool) -> Future[R]:
    """Let a thread work, or do it now if it is to be done `alone`."""
    if not alone:
        return pool.submit(work, item)
    done: Future[R] = Future()
    done.set_result(work(item))
    return done


def _as_it_is(table: pa.Table) -> pa.Table:
    return table


def _named(table: pa.Table) -> pa.ChunkedArray:
    """The name of senders of whom there is nothing else."""
    return pc.if_else(pc.is_null(table["sender_id"]), table["sender_name"], None)


def observation_rows(batch: pa.RecordBatch, source: str) -> pa.Table:
    """What `read.observe` gives of a source, as rows of observations that are not numbered yet."""
    sources = pa.array([[source]], pa.list_(pa.string())).take(pa.array(np.zeros(len(batch), np.int32)))
    first, nought = pa.array(np.ones(len(batch), np.int32)), pa.array(np.zeros(len(batch), np.int32))
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns |= {"sources": sources, "occurrence": first, "seq": nought}
    return pa.Table.from_pydict(columns).select(schema.OBSERVATIONS.names)


def months_of(table: pa.Table) -> Integers:
    """The local month of each row, counted from year 0."""
    local = table["local_time"]
    found: Integers = pc.add(pc.multiply(pc.year(local), 12), pc.subtract(pc.month(local), 1)).to_numpy()
    return found


def member_rows(reading: Reading, as_group: str | None, clock: Clock) -> list[dict[str, object]]:
    """Members as the format told them, with their group and source. Naive times are of the source's wall clock."""
    group_id, group_name = reading.group
    called = reading.called(as_group) if as_group else {}
    usual = {"group_id": group_id, "group_name": group_name, "complete": False, **reading.called(None)}
    instants: dict[int | datetime, datetime] = {}  # a list has few
    found = []
    for row in reading.members:
        told = {**usual, **row, "source": reading.id}
        if told.pop("contact", False):
            told |= {"group_id": ANY_GROUP, "group_name": None}
        else:
            told |= called
        for name in ("seen_at", "joined_at"):
            value = told.get(name)
            if isinstance(value, int | datetime):
                if value not in instants:
                    instants[value] = (
                        datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) else clock.instant(value)
                    )
                told[name] = instants[value]
        found.append(told)
    return found
