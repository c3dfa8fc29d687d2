"""DuckDB, embedded: the views of `dataset` over the Parquet files of one snapshot, and the portable SQL on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from qunkit.dataset import Scope
from qunkit.engines._guest import guarded, must_be_one_select, must_read_views
from qunkit.engines._heard import batches, heard
from qunkit.engines._pool import run
from qunkit.engines._reasons import damaged, failed
from qunkit.engines._views import read, views
from qunkit.schema import MEMBERS, MESSAGES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from qunkit.chat.scrub import Scrubber
    from qunkit.privacy import Pseudonyms

T = TypeVar("T")
PRELUDE = (
    "SET TimeZone = 'UTC'",
    "SET enable_progress_bar = false",  # it writes to stdout, also where that is no terminal
    "SET default_null_order = 'nulls_first_on_asc_last_on_desc'",
    "SET python_enable_replacements = false",  # a name in a query is a view, never a Python variable
    "CREATE MACRO epoch_s(x) AS epoch_us(x) / 1e6",
    "CREATE MACRO iso_dow(d) AS isodow(d)",
    "CREATE MACRO days_between(a, b) AS date_diff('day', a, b)",
    "CREATE MACRO week_start(d) AS CAST(date_trunc('week', d) AS DATE)",
    "CREATE MACRO month_start(d) AS CAST(date_trunc('month', d) AS DATE)",
    "CREATE MACRO explode(l) AS unnest(l)",
)
"""What the dialects disagree on: session settings and the helper functions that portable SQL may use.

``epoch_s(t)`` seconds since 1970 as a double; ``iso_dow(d)`` 1 Monday to 7 Sunday; ``days_between(a, b)`` whole calendar
days from a to b; ``week_start(d)``, ``month_start(d)`` first day as a DATE; ``explode(list)`` one row an element, none for
null, in a SELECT list.
"""

_PARAMETER = re.compile(r"'[^']*'|--[^\n]*|:([a-z_][a-z0-9_]*)")
_BATCH = 1 << 16
_POOLED_BATCH_ROWS = 1 << 17
"""Above this many rows a text function is worth a pool: a worker costs about a second to start."""
_POOLED_PART_ROWS = 1 << 22
"""Above this many rows arithmetic on parts is."""


def connect(
    snapshot: Path,
    scope: Scope,
    *,
    files: Sequence[Path] | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    temp_dir: Path | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> Engine:
    """An engine on the committed state in the folder `snapshot`, showing what `scope` lets through.

    `files` are the Parquet files that its manifest names, and no other is read; None: all that lie in a folder without a manifest.
    With `pseudonyms` they stand for all people and groups, in `scope` too (`masked`); nothing else can be asked of the engine then.
    `memory_limit` is DuckDB's spelling ("4GB"; None: 80 % of the machine's), `temp_dir` is where it may spill (None: a
    private folder that goes when the engine is closed).
    """
    import duckdb

    spill = TemporaryDirectory(prefix="qunkit-")
    config: dict[str, Any] = {
        "temp_directory": str(temp_dir or spill.name),
        "autoinstall_known_extensions": False,  # no network, ever
        "autoload_known_extensions": False,
    }
    config |= {"memory_limit": memory_limit} if memory_limit else {}
    config |= {"threads": threads} if threads else {}
    connection = duckdb.connect(config=config)
    for statement in PRELUDE:
        connection.execute(statement)
    engine = Engine(connection, spill, snapshot)
    files = sorted(snapshot.rglob("*.parquet") if files is None else files)
    messages, members = _message_files(files, scope), [file for file in files if file.match("members/*.parquet")]
    if pseudonyms:
        from qunkit.engines._masks import mask

        engine.scrubber = mask(connection, read(MESSAGES, messages), read(MEMBERS, members), files, pseudonyms)
    for name, text in views(messages, members, scope, masked=pseudonyms is not None).items():
        engine.view(name, text)
    return engine


class Engine:
    """A connection to an in-memory DuckDB, with the views made. Not for use from two threads at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, spill: TemporaryDirectory[str], snapshot: Path) -> None:
        self._connection = connection
        self._spill = spill
        self._snapshot = snapshot
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self.scrubber: Scrubber | None = None
        """What takes people out of texts, where pseudonyms stand for them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files, memory and the spill folder, and of queries that are still running."""
        for connection in (*self._cursors, self._connection):
            connection.interrupt()  # closing would wait for what a half-read stream works on ahead
            connection.close()
        self._spill.cleanup()

    def sql(self, text: str, **params: object) -> pa.Table:
        """The rows of a portable query as an Arrow table. Of `params`, only those that the text names are used.

        Raises:
            KeyError: the text names a parameter that is not given.
            OutOfResources: the query does not fit into the memory limit.
            ReadWriteFailed: a file of the snapshot cannot be opened or read.
            DatasetDamaged: what a file of the snapshot holds makes no sense.
        """
        return self._asked(self._connection, text, params, lambda relation: relation.to_arrow_table())

    def stream(self, text: str, **params: object) -> pa.RecordBatchReader:
        """The rows of a portable query, a batch at a time. Other queries may run meanwhile; errors as for `sql`."""
        import pyarrow as pa

        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        for setting in (statement for statement in PRELUDE if statement.startswith("SET")):
            cursor.execute(setting)
        reader = self._asked(cursor, text, params, _reader)
        return pa.RecordBatchReader.from_batches(reader.schema, self._streamed(cursor, reader))

    def guest(self, text: str, files: Sequence[Path]) -> pa.RecordBatchReader:
        """The rows of one SELECT that a person wrote, in DuckDB's own dialect, on the views over `files`.

        Where pseudonyms stand for people, it reads the views and nothing else: the files hold the true names. They are copied for it,
        and nothing else can be asked of the engine then.

        Raises:
            UsageError: not one SELECT, or what DuckDB says of it; while the rows are read, too.
            OutOfResources, ReadWriteFailed, DatasetDamaged: as for `sql`.
        """
        if self.scrubber:
            self._seal(text)
            files = ()
        return guarded(self._connection, text, files, self._snapshot)

    def _seal(self, text: str) -> None:
        """Leave in the connection only what a SELECT on the views may see."""
        from qunkit.engines._masks import reads_texts, seal

        must_be_one_select(self._connection, text)
        views, texts = must_read_views(self._connection, text), reads_texts(self._connection, text)
        self._told(self._connection, lambda: seal(self._connection, views, texts=texts))
        for statement in PRELUDE:
            self._connection.execute(statement)

    def view(self, name: str, sql: str) -> None:
        """Show the rows of a query under `name`; it runs whenever the view is read."""
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS {sql}")

    def table(self, name: str, table: pa.Table) -> None:
        """Show an Arrow table under `name`."""
        self._connection.register("arriving", table)
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving")
        self._connection.unregister("arriving")

    def map_batches(
        self, function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], table: pa.Table
    ) -> pa.Table:
        """`function` over the batches of `table`, in order; an importable function, for it may run in other processes.

        It must yield at least one batch; an empty table is given to it as one empty batch.
        """
        import pyarrow as pa

        slices = [table.slice(start, _BATCH) for start in range(0, max(table.num_rows, 1), _BATCH)]
        large = table.num_rows > _POOLED_BATCH_ROWS
        return pa.concat_tables(run(partial(_over_batches, function), slices, self._threads(), large=large))

    def map_groups(self, function: Callable[[pa.Table], pa.Table], table: pa.Table, key: str) -> pa.Table:
        """`function` of the rows of each value of `key`, put together again.

        `table` must be sorted by `key`, so that each part is one slice of it. The function must be importable; an empty
        table is given to it as one empty part, so that the result has its columns.
        """
        import pyarrow as pa

        large = table.num_rows > _POOLED_PART_ROWS
        return pa.concat_tables(run(function, _parts(table, key), self._threads(), large=large))

    def _threads(self) -> int:
        threads: int = self.sql("SELECT current_setting('threads') AS n")["n"][0].as_py()
        return threads

    def _streamed(self, connection: duckdb.DuckDBPyConnection, reader: Any) -> Iterator[pa.RecordBatch]:
        """The batches of `reader`. Arrow tells whatever DuckDB says on the way as an OSError without a number."""
        try:
            yield from batches(connection, reader)
        except OSError as error:
            raise failed(error, self._snapshot) from error

    def _asked(
        self,
        connection: duckdb.DuckDBPyConnection,
        text: str,
        params: Mapping[str, object],
        fetch: Callable[[duckdb.DuckDBPyRelation], Any],
    ) -> Any:
        query, used = _rewritten(text)
        given = {name: params[name] for name in used} or None
        return self._told(connection, lambda: fetch(connection.sql(query, params=given)))

    def _told(self, connection: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
        """What `work` gives; what goes wrong with files and memory is told in words of ours."""
        import duckdb

        try:
            return heard(connection, work)
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise failed(error, self._snapshot) from error
        except duckdb.Error as error:
            if type(error) in (duckdb.Error, duckdb.InvalidInputException):  # what the Parquet reader raises
                raise damaged(error, self._snapshot) from error
            raise


def _reader(relation: Any) -> Any:
    """A reader of `relation`'s batches: DuckDB 2 renamed the method."""
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch
    return read(_BATCH)


def _rewritten(text: str) -> tuple[str, set[str]]:
    """The text with DuckDB's ``$name`` for ``:name``, and the names; quoted text and comments are left alone."""
    used = set()

    def dollar(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        used.add(found[1])
        return f"${found[1]}"

    return _PARAMETER.sub(dollar, text), used


def _message_files(files: Sequence[Path], scope: Scope) -> list[Path]:
    """Those of messages, without the months that lie after the end of the scope.

    A day's grace, since a month may be counted in another zone than the window.
    """
    ends = [time for time in (scope.until, scope.as_of) if time]
    last = f"{min(ends) + timedelta(days=1):month=%Y-%m}" if ends else f"month={date.max:%Y-%m}"
    return [file for file in files if file.match("messages/month=*/*.parquet") and file.parent.name <= last]


def _over_batches(
    function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], table: pa.Table
) -> pa.Table:
    import pyarrow as pa

    batches = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    return pa.Table.from_batches(function(iter(batches)))


def _parts(table: pa.Table, key: str) -> list[pa.Table]:
    """Slices of equal `key`."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return [table]
    runs = pc.run_end_encode(table[key].combine_chunks()).run_ends.to_pylist()
    return [table.slice(start, end - start) for start, end in zip([0, *runs], runs, strict=False)]
