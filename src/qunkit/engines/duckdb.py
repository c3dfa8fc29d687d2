"""DuckDB, embedded: the views of `dataset` over the Parquet files of one snapshot, and the portable SQL on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from qunkit import scratch
from qunkit.chat.people import UNSAFE
from qunkit.dataset import Kept, Scope
from qunkit.engines import _files, _parameters
from qunkit.engines._guest import guarded, must_be_one_select, must_read_views
from qunkit.engines._heard import batches, heard
from qunkit.engines._pool import Workers, threaded
from qunkit.engines._quiet import quiet
from qunkit.engines._reasons import damaged, failed
from qunkit.engines._views import among, views
from qunkit.engines._views import text as literal
from qunkit.schema import MEMBERS, MESSAGES, Table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from qunkit.chat.scrub import Scrubber
    from qunkit.privacy import Pseudonyms

T = TypeVar("T")
PRELUDE = (
    "SET TimeZone = 'UTC'",
    "SET default_null_order = 'nulls_first_on_asc_last_on_desc'",
    "SET python_enable_replacements = false",  # a name in a query is a view, never a Python variable
    "CREATE MACRO epoch_s(x) AS epoch_us(x) / 1e6",
    "CREATE MACRO iso_dow(d) AS isodow(d)",
    "CREATE MACRO days_between(a, b) AS date_diff('day', a, b)",
    "CREATE MACRO week_start(d) AS CAST(date_trunc('week', d) AS DATE)",
    "CREATE MACRO month_start(d) AS CAST(date_trunc('month', d) AS DATE)",
    "CREATE MACRO explode(l) AS unnest(l)",
    "CREATE MACRO size(l) AS len(l)",
    "CREATE MACRO day_list(a, b) AS CAST(generate_series(CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP), INTERVAL 1 DAY) AS DATE[])",
    "CREATE MACRO wall_clock(zone, t) AS timezone(zone, t)",
    f"CREATE MACRO file_safe(name) AS regexp_replace(name, '{UNSAFE}', '_', 'g')",
)
"""What the dialects disagree on: session settings and the helper functions that portable SQL may use.

``epoch_s(t)`` seconds since 1970 as a double; ``iso_dow(d)`` 1 Monday to 7 Sunday; ``days_between(a, b)`` whole calendar
days from a to b; ``week_start(d)``, ``month_start(d)`` first day as a DATE; ``explode(list)`` one row an element, none for
null, in a SELECT list; ``size(list)`` how many, null of null. The views alone need ``day_list(a, b)``, the days from a to b, ``wall_clock(zone, t)``, what clocks show in a zone,
and ``file_safe(name)``, the name as it is written where a file is named by it.
"""

_TYPES = {
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "timestamp[ms, UTC]": "TIMESTAMPTZ",
    "timestamp[ms]": "TIMESTAMP",
    "list<string>": "VARCHAR[]",
}
_READ = re.compile(r"(?:\bFROM|\bJOIN|,)\s+(\w+)", re.IGNORECASE)
_BATCH = 1 << 16
_WHOLE = ("members", "rosters")
"""Views that are tables: they hold few rows of all there are."""
_POOLED_PART_ROWS = 1 << 15
"""Above this many rows of parts, Python is worth a pool: a worker costs about a second to start."""
_WORKER = 1 << 28
"""Bytes that a worker may need, with NumPy and SciPy."""


def connect(
    snapshot: Path,
    scope: Scope,
    *,
    files: Sequence[Path] | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    temp_dir: Path | None = None,
    pseudonyms: Pseudonyms | None = None,
    kept: Path | None = None,
    crew: Workers | None = None,
) -> Engine:
    """An engine on the committed state in the folder `snapshot`, showing what `scope` lets through.

    `files` are the Parquet files that its manifest names, and no other is read; None: all that lie in a folder without a manifest.
    With `pseudonyms` they stand for all people and groups, in `scope` too (`masked`); nothing else can be asked of the engine then.
    `memory_limit` is DuckDB's spelling ("4GB"; None: 80 % of the machine's), `temp_dir` is where it may spill (None: a
    private folder that goes when the engine is closed), `kept` where what `derive` works out stays for the next time (None: nowhere).
    `crew` are processes that others use, too (None: its own).
    """
    import duckdb

    spill = scratch.Folder()
    config: dict[str, Any] = {
        "temp_directory": str(temp_dir or spill.name),
        "autoinstall_known_extensions": False,  # no network, ever
        "autoload_known_extensions": False,
    }
    config |= {"memory_limit": memory_limit} if memory_limit else {}
    config |= {"threads": threads} if threads else {}
    connection = duckdb.connect(config=config)
    quiet(connection)
    for statement in PRELUDE:
        connection.execute(statement)
    engine = Engine(connection, spill, snapshot, kept, crew)
    files = _files.of_snapshot(snapshot, files)
    messages = read(MESSAGES, _files.of_messages(files, scope))
    members = read(MEMBERS, _files.of_members(files))
    if pseudonyms:
        from qunkit.engines import _masks

        engine.scrubber = _masks.mask(connection, messages, members, files, pseudonyms)
        messages, members = _masks.masked_messages(messages), _masks.masked_members(members)
    else:
        messages = f"SELECT *, length(text) AS chars FROM ({messages})"
    engine.facts, engine.shown = (messages, members), scope
    engine.unmade = views(*engine.facts, scope)
    return engine


class Engine:
    """A connection to an in-memory DuckDB, and its views. Not for use from two threads at once."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        spill: scratch.Folder,
        snapshot: Path,
        kept: Path | None = None,
        crew: Workers | None = None,
    ) -> None:
        self._connection = connection
        self._spill = spill
        self._snapshot = snapshot
        self._kept = kept
        self._ending = ExitStack()
        self._crew = crew or self._ending.enter_context(Workers())
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._tables: dict[str, str] = {}
        """What `keep` has made: queries by names."""
        self._features: dict[str, tuple[str, set[str]]] = {}
        """What `derive` shows: names of tables, and the queries whose rows they hold."""
        self._held: frozenset[str] = frozenset()
        self.shown: Scope | None = None
        """What the views let through."""
        self.facts = ("", "")
        """What the views are of: queries of messages and of members."""
        self.unmade: dict[str, str] = {}
        """Views that are made when a query first names them: each takes milliseconds, and most queries read few."""
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
        self._ending.close()
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
        for name in list(self.unmade):
            self._make_views(f"FROM {name}", whole=False)
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

    def narrow(self, scope: Scope) -> None:
        """From now on show what `scope` lets through, other groups of the same time: what the days hold stays as it is."""
        if scope == self.shown:
            return
        self.shown = scope
        self._tables.clear()
        self._features.clear()
        kept = {"days"} - self.unmade.keys()
        self.unmade = {name: sql for name, sql in views(*self.facts, scope).items() if name not in kept}
        if self._held.issuperset(scope.groups) and scope.groups:
            self.unmade["told_messages"] = self.unmade["told_messages"].replace("FROM raw_messages", "FROM held")

    def hold(self, groups: Collection[str]) -> None:
        """Have the messages of `groups` in memory, and of no others any more: for questions about one of them after the other (`narrow`)."""
        if self.scrubber:  # texts without names take long, and few questions read texts
            return
        messages, _ = self.facts
        text = f"SELECT * FROM ({messages}) WHERE {among('group_id', groups)} ORDER BY group_id"
        self._told(self._connection, lambda: self._connection.execute(f"CREATE OR REPLACE TABLE held AS {text}"))
        self._held = frozenset(groups)

    def view(self, name: str, sql: str) -> None:
        """Show the rows of a query under `name`; it runs whenever the view is read."""
        self._make_views(sql)
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS {sql}")
        self.unmade.pop(name, None)

    def table(self, name: str, table: pa.Table) -> None:
        """Show an Arrow table under `name`."""
        self._connection.register("arriving", table)
        self._connection.execute(f"CREATE OR REPLACE TABLE rows_of_{name} AS SELECT * FROM arriving")
        self._connection.unregister("arriving")
        self.view(name, f"SELECT * FROM rows_of_{name}")  # it may take the place of a view

    def keep(self, name: str, kept: Kept) -> None:
        """Show a table under `name`; while the engine shows the same, it is worked out once."""
        if self._tables.get(name) == kept.sql:
            return
        if kept.function:
            self.parts(name, kept.function, kept.sql, "part", False)
        else:
            self.table(name, self.sql(kept.sql))
        self._tables[name] = kept.sql

    def parts(
        self,
        name: str,
        function: Callable[[pa.Table], pa.Table],
        text: str,
        key: str,
        python: bool,
        /,
        **params: object,
    ) -> None:
        """Show under `name` what `function` makes of the rows of each value of `key`, in the order of the query.

        The query must sort by `key` first. Several parts are worked on at a time: in threads if the function works on whole columns; if it is `python`,
        which holds the interpreter, and the rows are many, in processes, which must be able to import it. Without rows it is given an empty table.
        """
        import pyarrow as pa

        tables = _in_parts(self.stream(text, **params), key)
        first = _first(tables, _POOLED_PART_ROWS) if python else []
        pooled = len(first) > 1 and sum(map(len, first)) > _POOLED_PART_ROWS
        spread = self._crew.processed if pooled else threaded
        workers = min(self._threads(), max(1, self._memory() // _WORKER)) if pooled else self._threads()
        self.table(name, pa.concat_tables(spread(function, chain(first, tables), workers)))

    def derive(
        self,
        name: str,
        function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]],
        text: str,
        table: Table,
    ) -> bool:
        """Show under `name` the `table` that `function` makes of the rows of `text`, a query of the table's first column, all different.

        What it made of such rows before is kept under the table's own name and shown with them. Returns False if that should be, and cannot.
        """
        from qunkit.engines import _derived

        shown, texts = self._features.get(name, (table.name, set()))
        if shown != table.name:  # kept tables may have been made of what it was
            self._tables.clear()
            texts = set()
        if texts & {text, text.replace("texts_of_posts", "texts_of_all_posts")}:
            return True
        key = table.names[0]
        with _derived.opened(self._kept, table.name) as store:
            known = store.files()
            self.view(name, read(table, known))
            fresh = self.stream(f"SELECT wanted.{key} FROM ({text}) wanted ANTI JOIN {name} USING ({key})")
            own = Path(self._spill.name)
            workers = min(self._threads(), max(1, self._memory() // _derived.WORKER))
            made, all_kept = _derived.work_out(function, fresh, store, own, workers)
        self.view(name, read(table, known + made))
        kept = all_kept or not (store.failed or store.may_add)
        if kept:
            self._features[name] = table.name, texts | {text}
        return kept

    def _make_views(self, text: str, *, whole: bool = True) -> None:
        """Make those that `text` reads; `whole`: what takes a scan of everything, and several queries read, is worked out for good."""
        for name in self.unmade.keys() & set(_READ.findall(text)):
            if name in self.unmade:  # no other that was made meanwhile reads it
                sql = self.unmade[name]
                self._make_views(sql, whole=whole)
                if whole and name in _WHOLE:
                    self._connection.execute(f"CREATE OR REPLACE TABLE rows_of_{name} AS {sql}")
                    sql = f"SELECT * FROM rows_of_{name}"
                self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS {sql}")
                self.unmade.pop(name, None)

    def _memory(self) -> int:
        """Bytes that the memory limit leaves."""
        text = "SELECT parse_formatted_bytes(current_setting('memory_limit')) AS n"
        memory: int = self.sql(text)["n"][0].as_py()
        return memory

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
        query, given = _parameters.with_dollars(text), _parameters.used(text, params) or None

        def ask() -> Any:
            self._make_views(text)
            return fetch(connection.sql(query, params=given))

        return self._told(connection, ask)

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


def read(table: Table, files: Sequence[Path]) -> str:
    """The rows of `files`."""
    nulls = ", ".join(f"CAST(NULL AS {_TYPES[field.type]}) AS {field.name}" for field in table.fields)
    nothing = f"SELECT {nulls} WHERE FALSE"
    if not files:
        return nothing
    paths = ", ".join(literal(str(file)) for file in files)
    stored = f"FROM read_parquet([{paths}], hive_partitioning=false)"
    return f"{nothing} UNION ALL BY NAME {stored}" if table.newer else f"SELECT {', '.join(table.names)} {stored}"


def _parts(table: pa.Table, key: str) -> list[pa.Table]:
    """Slices of equal `key`."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return [table]
    runs = pc.run_end_encode(table[key].combine_chunks()).run_ends.to_pylist()
    return [table.slice(start, end - start) for start, end in zip([0, *runs], runs, strict=False)]


def _in_parts(rows: pa.RecordBatchReader, key: str) -> Iterator[pa.Table]:
    """The rows of each value of `key`, by which they are sorted, as they come; an empty table if there are none."""
    import pyarrow as pa

    held: list[pa.Table] = []
    for batch in rows:
        for part in _parts(pa.Table.from_batches([batch]), key) if len(batch) else ():
            if held and held[0][key][0] != part[key][0]:
                yield pa.concat_tables(held).combine_chunks()
                held = []
            held.append(part)
    yield pa.concat_tables(held or [rows.schema.empty_table()]).combine_chunks()


def _first(tables: Iterator[pa.Table], rows: int) -> list[pa.Table]:
    """So many of `tables` that there are several, with more than so many rows; fewer if there are no more."""
    taken: list[pa.Table] = []
    held = 0
    for table in tables:
        taken.append(table)
        held += len(table)
        if held > rows and len(taken) > 1:
            break
    return taken
