"""A person's own SELECT, in DuckDB's dialect: it sees the views, and neither files, settings nor the network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit.dataset import VIEWS
from qunkit.engines._heard import batches, heard
from qunkit.errors import OutOfResources, UsageError
from qunkit.words import Text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_ONE = Text("Give exactly one SELECT.", "请只写一条 SELECT 语句。")
_SELECT = Text("Only SELECT is allowed: SQL never writes to the dataset.", "只允许 SELECT：不能用 SQL 修改数据集。")
_VIEWS_ONLY = Text(
    f"With --pseudonymise a SELECT reads the views {', '.join(VIEWS)} and nothing else.",
    f"使用 --pseudonymise 时，SELECT 只能读取视图 {'、'.join(VIEWS)}。",
)
_NAME = re.compile(r"(?!private_)[A-Za-z_][A-Za-z0-9_]*", re.ASCII | re.IGNORECASE)
"""Names that a SELECT may give to a query of its own: no file's, and no table's that it must not see."""
_LISTS = ("unnest", "range", "generate_series")
_BATCH = 1 << 14
_OF_VALUES = ("Conversion Error", "Out of Range Error", "Invalid Input Error")
"""How complaints begin that quote what the query met, rather than the query: it may be a text of the chats."""
_QUOTED = re.compile(r"""'.*'|".*\"""")


def guarded(
    connection: duckdb.DuckDBPyConnection, text: str, files: Sequence[Path], *, only_views: bool = False
) -> pa.RecordBatchReader:
    """The rows of `text`, a batch at a time; from now on `connection` reads no file but `files`, those of the views.

    With `only_views` the text itself must not name them either, nor any table but `VIEWS`.

    Raises:
        UsageError: not one SELECT, or what DuckDB says of it; while the rows are read, too.
        OutOfResources: it does not fit into the memory limit.
    """
    import duckdb
    import pyarrow as pa

    _shut(connection, files)
    try:
        _must_be_one_select(connection.extract_statements(text))
        if only_views:
            _must_read_views(connection, text)
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


def _must_read_views(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    """Refuse whatever is no view, no query of the text's own and no list: every table of the parsed text is looked at."""
    tree = json.loads(connection.execute("SELECT json_serialize_sql($1)", [text]).fetchall()[0][0])
    nodes = list(_nodes(tree))
    own = {entry["key"] for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    if (
        tree["error"]
        or any(not _NAME.fullmatch(name) for name in own)
        or not all(_allowed(node, own) for node in nodes)
    ):
        raise UsageError(what=_VIEWS_ONLY)


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    for branch in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(branch)


def _allowed(node: dict[str, Any], own: set[str]) -> bool:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        name = node["table_name"].lower()
        return not (node["schema_name"] or node["catalog_name"]) and name in {*VIEWS, *map(str.lower, own)}
    if kind == "TABLE_FUNCTION":
        return node["function"]["function_name"].lower() in _LISTS
    return kind != "SHOW_REF"


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
    words = str(error).partition("\n")[0]
    return UsageError(what=_QUOTED.sub("'…'", words) if words.startswith(_OF_VALUES) else words)
