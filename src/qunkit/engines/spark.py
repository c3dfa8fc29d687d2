"""Spark: the same views over the same Parquet files, and the same SQL on them, on a cluster or through Spark Connect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from qunkit.chat.people import file_safe
from qunkit.dataset import Kept, Scope
from qunkit.engines import _files, _parameters
from qunkit.engines._spark_package import ship
from qunkit.engines._spark_reasons import reason
from qunkit.engines._spark_session import is_remote
from qunkit.engines._views import text as literal
from qunkit.engines._views import views
from qunkit.schema import MEMBERS, MESSAGES, Table

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # TIMESTAMP is a wall clock, as DuckDB has it
    "spark.sql.ansi.enabled": "true",
    "spark.sql.variable.substitute": "false",  # ${…} in a name is a name
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.caseSensitive": "false",
    "spark.sql.execution.arrow.useLargeVarTypes": "false",
}
_UNSAFE = "".join(sign for sign in map(chr, range(0x3001)) if sign != "_" and file_safe(sign) == "_")
PRELUDE = (
    "FUNCTION epoch_s(t TIMESTAMP_LTZ) RETURNS DOUBLE RETURN unix_micros(t) / 1e6D",
    "FUNCTION iso_dow(d DATE) RETURNS INT RETURN weekday(d) + 1",
    "FUNCTION days_between(a DATE, b DATE) RETURNS INT RETURN datediff(b, a)",
    "FUNCTION week_start(d DATE) RETURNS DATE RETURN CAST(trunc(d, 'WEEK') AS DATE)",
    "FUNCTION month_start(d DATE) RETURNS DATE RETURN CAST(trunc(d, 'MONTH') AS DATE)",
    "FUNCTION day_list(a DATE, b DATE) RETURNS ARRAY<DATE> RETURN sequence(a, b)",
    "FUNCTION wall_clock(zone STRING, t TIMESTAMP_LTZ) RETURNS TIMESTAMP_NTZ RETURN convert_timezone('UTC', zone, CAST(t AS TIMESTAMP_NTZ))",
    f"FUNCTION file_safe(name STRING) RETURNS STRING RETURN translate(name, {literal(_UNSAFE)}, '{'_' * len(_UNSAFE)}')",
)
"""What `duckdb.PRELUDE` says, in Spark's words; nulls come first, `explode` and `size` are there by themselves."""

_TYPES = {
    "string": "STRING",
    "bool": "BOOLEAN",
    "int32": "INT",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "timestamp[ms, UTC]": "TIMESTAMP_LTZ",
    "timestamp[ms]": "TIMESTAMP_NTZ",
    "list<string>": "ARRAY<STRING>",
}
_PLACE = "place in the order"
_GLOBBING = str.maketrans({sign: f"\\{sign}" for sign in "{}[]*?\\"})


def connect(session: SparkSession, snapshot: Path, scope: Scope, *, files: Sequence[Path] | None = None) -> Engine:
    """An engine on the committed state in the folder `snapshot`, showing what `scope` lets through; see `duckdb.connect`.

    `session` must be nobody else's (`_spark_session.opened`): settings, views and functions are made in it, over those of an engine before.
    """
    for key, value in SETTINGS.items():
        session.conf.set(key, value)
    for function in PRELUDE:
        session.sql(f"CREATE OR REPLACE TEMPORARY {function}")
    engine = Engine(session, snapshot)
    files = _files.of_snapshot(snapshot, files)
    engine.read("stored_messages", MESSAGES, _files.of_messages(files, scope))
    engine.read("stored_members", MEMBERS, _files.of_members(files))
    messages = "SELECT *, CAST(LENGTH(text) AS BIGINT) AS chars FROM stored_messages"
    for name, text in views(messages, "SELECT * FROM stored_members", scope).items():
        engine.view(name, text)
    return engine


class Engine:
    """A session with the views made. Not for use from two threads at once."""

    def __init__(self, session: SparkSession, snapshot: Path) -> None:
        self._session = session
        self._snapshot = snapshot
        self._shipped = False
        self._persisted: list[DataFrame] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what workers keep for it; the session ends with who opened it."""
        with suppress(Exception):  # a cluster that is gone keeps nothing
            for frame in self._persisted:
                frame.unpersist()

    def read(self, name: str, table: Table, files: Sequence[Path]) -> None:
        """Show the rows of exactly these `files` under `name`."""
        columns = ", ".join(f"`{field.name}` {_TYPES[field.type]}" for field in table.fields)
        with self._told():
            if files:
                paths = [f"file:{str(file.absolute()).translate(_GLOBBING)}" for file in files]
                frame = self._session.read.schema(columns).parquet(*paths)
            else:
                frame = self._session.createDataFrame([], columns)
            frame.createOrReplaceTempView(name)

    def sql(self, text: str, **params: object) -> pa.Table:
        """The rows of a portable query as an Arrow table. Of `params`, only those that the text names are used.

        Raises:
            KeyError: the text names a parameter that is not given.
            OutOfResources, ReadWriteFailed, DatasetDamaged: as for `duckdb.Engine.sql`.
            NotOnWorkers: this machine can read the dataset, and the cluster cannot.
            SparkFailed: the cluster gave up.
        """
        with self._told():
            return self._frame(text, params).toArrow()

    def view(self, name: str, sql: str) -> None:
        """Show the rows of a query under `name`; it runs whenever the view is read."""
        with self._told():
            self._session.sql(f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {sql}")

    def table(self, name: str, table: pa.Table) -> None:
        """Show an Arrow table under `name`."""
        with self._told():
            self._given(table).createOrReplaceTempView(name)

    def keep(self, name: str, kept: Kept) -> None:
        """Show a table under `name`, as it is now: a view of what changes later would change, too."""
        if kept.function:
            self.parts(name, kept.function, kept.sql, "part", False)
        else:
            self.view(name, kept.sql)

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
        """Show under `name` what `function` makes of the rows of each value of `key`, each in the order of the query.

        It runs where the rows are, in the workers' Python; the parts come in any order. The function must be importable; it is given an empty table
        here, so that the columns are known.
        """
        with self._told():
            self._grouped(function, self._frame(text, params), key).createOrReplaceTempView(name)

    def derive(
        self,
        name: str,
        function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]],
        text: str,
        table: Table,
    ) -> bool:
        """Show under `name` the `table` that `function` makes of the rows of `text`, where they are.

        Worked out once for this engine, kept by the workers meanwhile, and not beyond: True, since nothing else was promised.
        """
        self._ship()
        with self._told():
            frame = self._session.sql(text).mapInArrow(_share(function, table.arrow), _schema(table.arrow)).persist()
            self._persisted.append(frame)
            frame.createOrReplaceTempView(name)
        return True

    def _grouped(self, function: Callable[[pa.Table], pa.Table], frame: DataFrame, key: str) -> DataFrame:
        """The rows know their place, since they are dealt out by `key` and come in any order."""
        self._ship()
        schema = function(frame.limit(0).toArrow()).schema
        placed = frame.selectExpr("*", f"monotonically_increasing_id() AS `{_PLACE}`")
        return placed.groupBy(key).applyInArrow(_part(function, schema), _schema(schema))

    def _given(self, table: pa.Table) -> DataFrame:
        """An Arrow table as Spark's; of an empty one a Connect session does not take the columns."""
        if table.num_rows:
            return self._session.createDataFrame(table)
        return self._session.createDataFrame([], _schema(table.schema))

    def _frame(self, text: str, params: Mapping[str, object]) -> DataFrame:
        given = {name: self._literal(value) for name, value in _parameters.used(text, params).items()}
        return self._session.sql(text, args=given)

    def _literal(self, value: object) -> Any:
        """A parameter; of a wall clock Spark would make an instant by the zone of this machine."""
        if not isinstance(value, datetime):
            return value
        if is_remote(self._session):
            from pyspark.sql.connect.functions import expr
        else:
            from pyspark.sql.functions import expr
        return expr(f"TIMESTAMP_NTZ '{value.isoformat(sep=' ')}'")

    def _ship(self) -> None:
        """Give the workers this package, once."""
        if not self._shipped:
            with self._told():
                ship(self._session)
            self._shipped = True

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong in the cluster is told in words of ours."""
        try:
            yield
        except Exception as error:
            said = reason(error, self._snapshot)
            if said is error:
                raise
            raise said from error


def _part(function: Callable[[pa.Table], pa.Table], schema: pa.Schema) -> Callable[[pa.Table], pa.Table]:
    """`function` of one part, as a worker calls it: its rows in order again, its result with the columns that were announced.

    A plain function, since Spark counts the arguments of what it is given.
    """

    def part(table: pa.Table) -> pa.Table:
        return function(table.sort_by(_PLACE).drop_columns([_PLACE])).cast(schema)

    return part


def _share(
    function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], schema: pa.Schema
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """`function` over one share of the batches, which may have none."""

    def share(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from itertools import chain

        for first in batches:
            for answer in function(chain([first], batches)):
                yield answer.cast(schema)

    return share


def _schema(schema: pa.Schema) -> Any:
    """A schema of Arrow as Spark's."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema, prefer_timestamp_ntz=True)
