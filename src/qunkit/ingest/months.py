"""Months of staged and old observations → their parts; several at a time where they are small, each in a thread and on a cursor of its own.

A month waits for earlier ones where it needs them: for the observations of the one before (`turns`), for the messages it may quote, and for its
turn to be counted, so that the outcome is that of one after the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import local

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.ingest import held, merge, overlap, replies, turns
from qunkit.ingest import observed as seen
from qunkit.ingest.canon import ORDER, Digest, numbered
from qunkit.ingest.parquet import ROW_GROUP, from_parts, writer
from qunkit.ingest.revision import Revision
from qunkit.ingest.stage import is_ready
from qunkit.ingest.store import Staging

_FEW = 1 << 20
_HELD = 8 << 20
"""Bytes of observations, as they lie in files: below, threads cost more than they save; above, no more months at a time are built."""


def observations(month: str) -> str:
    """The part that holds a month's observations."""
    return f"observations/month={month}/part.parquet"


def messages(month: str) -> str:
    """The part that holds a month's messages."""
    return f"messages/month={month}/part.parquet"


@dataclass(slots=True)
class State:
    """What there is beside the staged observations: the old state, what a revision leaves of it, and what is built already."""

    staging: Staging
    revision: Revision | None = None
    dropped: set[str] = field(default_factory=set)
    """Parts of months of which nothing is left."""
    compared: dict[str, Path | None] = field(default_factory=dict)
    """Parts of the old state that were found to be what they were."""

    @property
    def months(self) -> set[str]:
        """Those of the old state."""
        parts = self.staging.base["parts"]
        return {part.split("month=")[1][:7] for part in parts if part.startswith("observations/month=")}

    def part(self, part: str) -> Path | None:
        """A part of an earlier month: as this run built it, else as it was; None if there is none."""
        if part in self.dropped:
            return None
        return self.staging.path / part if part in self.staging.parts else self.old_part(part)

    def old_part(self, part: str) -> Path | None:
        """A part as it was; its sha256 is compared once."""
        if part not in self.compared:
            self.compared[part] = self.staging.old_part(part)
        return self.compared[part]

    def known(self, month: str) -> str:
        """The observations of a month before this run, as a FROM item."""
        return from_parts(self.old_part(observations(month)), "")

    def left(self, month: str) -> str:
        """What the revision leaves of them."""
        known = self.known(month)
        return f"({self.revision.observations.format(old=known)})" if self.revision else known

    def said(self, month: str, old: Callable[[str], str], staged: Sequence[Path]) -> str:
        """Both, as a FROM item of what `turns` looks at; a row may be there twice."""
        columns = "platform, group_id, group_name, native_id, local_time, kind, text, sources"
        said = [f"SELECT {columns} FROM {old(month)}"] if month in self.months else []
        said += [f"SELECT {columns} FROM {from_parts(staged, '')}"] if staged else []
        return f"({' UNION ALL '.join(said)})"

    def quoted(self, month: str) -> set[str]:
        """Months in which the month's old messages may quote."""
        return set(self.staging.base["parts"][messages(month)]["quoted_months"])


@dataclass(slots=True)
class _Done:
    """How far a month is. Who waits for what failed fails, too."""

    observed: Future[None] = field(default_factory=Future)
    resolved: Future[None] = field(default_factory=Future)
    counted: Future[None] = field(default_factory=Future)
    written: Future[None] = field(default_factory=Future)
    said: pa.Table | None = None
    """Its messages, as later ones may quote them, while they are not written; None if there are too many to hold."""

    def end(self) -> None:
        """Of a month that has nothing any more."""
        for step in self._steps:
            step.set_result(None)

    def fail(self, error: BaseException) -> None:
        """… with what is not done."""
        for step in self._steps:
            if not step.done():
                step.set_exception(error)

    def quotable(self) -> pa.Table | None:
        """Its messages once they are resolved; None once its part is written."""
        self.resolved.result()
        if (said := self.said) is None:
            self.written.result()
        return said

    @property
    def _steps(self) -> tuple[Future[None], ...]:
        return (self.observed, self.resolved, self.counted, self.written)


@dataclass(slots=True)
class Months:
    """Builds months."""

    connection: duckdb.DuckDBPyConnection
    state: State
    staged: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    run: Sequence[str] = ()
    revised: frozenset[str] = frozenset()
    """Months of which the revision leaves something else."""
    new: dict[str, int] = field(default_factory=dict)
    """New messages per source of the run."""
    done: dict[str, _Done] = field(default_factory=dict)
    met: dict[str, bool] = field(default_factory=dict)
    """Months → whether the one before tells ids of theirs."""

    def build(self, months: Sequence[str], threads: int | None) -> None:
        """Write the parts of `months`, which are in order."""
        overlap.start(self.connection)
        self.done = {month: _Done() for month in months}
        # what a revision prepares is the connection's own
        abreast = 1 if self.state.revision else self._abreast(months, threads)
        # joins stay as they are written, the small table on the right: they keep the order of the left one
        self.connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        if abreast > 1:
            self._build_abreast(months, abreast)
        else:
            for month in months:
                self._build(self.connection, month)
        self.connection.execute("RESET disabled_optimizers")
        self.connection.execute(f"SET threads = {threads}" if threads else "RESET threads")

    def _build_abreast(self, months: Sequence[str], abreast: int) -> None:
        """… so many at a time; each on a core of its own."""
        self.connection.execute("SET threads = 1")
        cursors: list[duckdb.DuckDBPyConnection] = []
        own = local()

        def work(month: str) -> None:
            if not hasattr(own, "cursor"):
                own.cursor = self.connection.cursor()
                cursors.append(own.cursor)
            self._build(own.cursor, month)

        pool = ThreadPoolExecutor(abreast)
        try:
            for job in [pool.submit(work, month) for month in months]:
                job.result()
        except BaseException:
            for cursor in cursors:
                cursor.interrupt()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
            for cursor in cursors:
                cursor.close()

    def _abreast(self, months: Sequence[str], threads: int | None) -> int:
        """How many months to build at a time."""
        old = self.state.staging.base["parts"]
        sizes = [
            sum(path.stat().st_size for path in self.staged.get(month, ()))
            + int(old.get(observations(month), {"bytes": 0})["bytes"])
            for month in months
        ]
        if sum(sizes) < _FEW:
            return 1
        return max(1, min(threads or os.cpu_count() or 1, len(months), _HELD // max(sizes)))

    def _build(self, connection: duckdb.DuckDBPyConnection, month: str) -> None:
        """One month's observations and messages."""
        done = self.done[month]
        try:
            ready = self._adopted(connection, month)
            if not ready and not self._observed(connection, month):
                self.state.dropped |= {observations(month), messages(month)}
                done.end()
                return
            done.observed.set_result(None)
            turned = self._turn(connection, month)
            resolved = merge.resolve(connection, in_order=ready and not turned)
            if resolved.held is not None:
                done.said = resolved.held.set_column(
                    resolved.held.schema.get_field_index("seq"), "seq", resolved.held["number"]
                ).select(replies.QUOTABLE)
            done.resolved.set_result(None)
            self._count(connection, month, resolved)
            merge.drop(connection, "keyed", "overlap_told")
            self._write_messages(connection, month, resolved, in_order=ready and not turned and resolved.in_order)
            done.written.set_result(None)
            done.said = None
            merge.clear(connection)
        except BaseException as error:
            done.fail(error)
            raise

    def _adopted(self, connection: duckdb.DuckDBPyConnection, month: str) -> bool:
        """Make ``observed`` and its part of a file that is the month's as it stands; whether there is one."""
        files = self.staged.get(month, ())
        if len(files) != 1 or not is_ready(files[0]) or month in self.state.months:
            return False
        part, staging = observations(month), self.state.staging
        staging.adopt(part, files[0], rows=pq.read_metadata(files[0]).num_rows)
        seen.show(connection, staging.path / part)
        return True

    def _observed(self, connection: duckdb.DuckDBPyConnection, month: str) -> bool:
        """Make ``observed``, and its part if it is another than before; whether there is anything."""
        files, revised = self.staged.get(month, ()), month in self.revised
        old = self.state.left(month) if month in self.state.months else None
        seen.observe(connection, files, old, revised=revised)
        if not merge.count(connection, "observed"):
            return False
        if files or revised:
            query = f"SELECT {', '.join(schema.OBSERVATIONS.names)} FROM observed ORDER BY sent_at, seq"
            rows = connection.sql(query).to_arrow_reader(ROW_GROUP)
            write(self.state.staging, observations(month), schema.OBSERVATIONS.arrow, rows)
        return True

    def _turn(self, connection: duckdb.DuckDBPyConnection, month: str) -> bool:
        """Hand over what ``observed`` has of the next month's messages, and take what the one before has of its own; whether there is anything."""
        known = self.state.months | set(self.staged)
        turned, after = False, turns.following(month)
        if after in known and self._meet(connection, month, after):
            turned = turns.give(connection, self._said(after), after)
        before = next((other for other in known if turns.following(other) == month), None)
        if before and self._meet(connection, before, month):
            if before in self.done:
                self.done[before].observed.result()
            if path := self.state.part(observations(before)):
                turned |= turns.take(connection, from_parts(path, ""), month)
        return turned

    def _meet(self, connection: duckdb.DuckDBPyConnection, before: str, month: str) -> bool:
        if month not in self.met:
            self.met[month] = turns.meet(connection, self._said(before), self._said(month), month)
        return self.met[month]

    def _said(self, month: str) -> str:
        return self.state.said(month, self.state.left, self.staged.get(month, ()))

    def _count(self, connection: duckdb.DuckDBPyConnection, month: str, resolved: merge.Resolved) -> None:
        """… after the earlier months: of what is much alike, the first is counted."""
        months = [*self.done]
        if place := months.index(month):
            self.done[months[place - 1]].counted.result()
        overlap.observe(connection, self.run, resolved.shared(self.run))
        for source, new in resolved.new(self.run).items():
            self.new[source] = self.new.get(source, 0) + new
        self.done[month].counted.set_result(None)

    def _write_messages(
        self, connection: duckdb.DuckDBPyConnection, month: str, resolved: merge.Resolved, *, in_order: bool
    ) -> None:
        """… with replies linked. `in_order`: ``resolved`` is in the order of the part."""
        quoted: list[str] = []
        if resolved.held is None:
            connection.execute("CREATE OR REPLACE TEMP VIEW quoting AS FROM told")
            quoted = self._link(connection, month, None)
            columns = {
                name: f"{'l' if name in ('reply_to', 'reply_how') else 'r'}.{name}" for name in schema.MESSAGES.names
            }
            order = "" if in_order else f"ORDER BY {', '.join(f'r.{name}' for name in ORDER)}"
            query = f"SELECT {', '.join(columns.values())} FROM resolved r LEFT JOIN linked l USING (message) {order}"
            rows: Iterable[pa.RecordBatch] = numbered(connection.sql(query).to_arrow_reader(ROW_GROUP))
        else:
            linked = None
            if len(quoting := held.quoting(resolved.held)):
                merge.show(connection, "quoting", quoting)
                quoted = self._link(connection, month, resolved.held)
                linked = connection.sql("FROM linked").to_arrow_table()
            rows = held.written(resolved.held, linked).to_batches(ROW_GROUP)
        digest = Digest()
        write(
            self.state.staging,
            messages(month),
            schema.MESSAGES.arrow,
            digest.added(rows),
            quoted_months=quoted,
            digest=digest.close,
        )
        merge.drop(connection, "quotes", "candidates", "linked")

    def _link(self, connection: duckdb.DuckDBPyConnection, month: str, told: pa.Table | None) -> list[str]:
        """Make ``linked`` of the quotes in ``quoting``; returns the months into which they may point. `told`: if it is held."""
        quoted = replies.quoted_months(connection)
        earlier = (self._quotable(other) for other in quoted if other < month)
        replies.link(connection, told, [messages for messages in earlier if messages is not None])
        return quoted

    def _quotable(self, month: str) -> Path | pa.Table | None:
        """The messages of an earlier month."""
        if month in self.done and (said := self.done[month].quotable()) is not None:
            return said
        return self.state.part(messages(month))


def write(staging: Staging, part: str, table: pa.Schema, batches: Iterable[pa.RecordBatch], **facts: object) -> None:
    """Stream rows into a part. `facts` go to the manifest; those that can be called, after the last row."""
    rows = 0
    with staging.create(part) as file, writer(file, table) as parquet:
        for batch in batches:
            rows += len(batch)
            parquet.write_table(
                pa.Table.from_batches([batch]).select(table.names).cast(table), row_group_size=ROW_GROUP
            )
    staging.finish(part, rows, **{name: fact() if callable(fact) else fact for name, fact in facts.items()})
