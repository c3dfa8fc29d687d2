"""A person's own SELECT, in DuckDB's dialect: it sees the views, and neither files, settings nor the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.engines._heard import batches, heard
from qunkit.errors import OutOfResources, UsageError
from qunkit.words import Text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_ONE = Text("Give exactly one SELECT.", "请只写一条 SELECT 语句。")
_SELECT = Text("Only SELECT is allowed: SQL never writes to the dataset.", "只允许 SELECT：不能用 SQL 修改数据集。")
_BATCH = 1 << 14


def guarded(connection: duckdb.DuckDBPyConnection, text: str, files: Sequence[Path]) -> pa.RecordBatchReader:
    """The rows of `text`, a batch at a time; from now on `connection` reads no file but `files`, those of the views.

    Raises:
        UsageError: not one SELECT, or what DuckDB says of it; while the rows are read, too.
        OutOfResources: it does not fit into the memory limit.
    """
    import duckdb
    import pyarrow as pa

    _shut(connection, files)
    try:
        _must_be_one_select(connection.extract_statements(text))
        reader = heard(connection, lambda: connection.sql(text).to_arrow_reader(_BATCH))
    except duckdb.Error as error:
        raise _said(error) from None
    return pa.RecordBatchReader.from_batches(reader.schema, _told(batches(connection, reader)))


def _shut(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    paths = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    for setting in (f"allowed_paths = [{paths}]", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}")


def _must_be_one_select(statements: Sequence[duckdb.Statement]) -> None:
    import duckdb

    if len(statements) != 1:
        raise UsageError(what=_ONE)
    if statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError(what=_SELECT)


def _told(rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """`rows`; what goes wrong on the way is DuckDB's complaint about the question."""
    import duckdb
    import pyarrow as pa

    try:
        yield from rows
    except (duckdb.Error, pa.ArrowException, OSError) as error:  # Arrow's stream says everything as an OSError
        raise _said(error) from None


def _said(error: Exception) -> OutOfResources | UsageError:
    if type(error).__name__ == "OutOfMemoryException" or "Out of Memory" in str(error):
        return OutOfResources(what=Text("memory", "内存"))
    return UsageError(what=str(error).partition("\n")[0])
