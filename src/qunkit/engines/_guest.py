"""A person's own SELECT, in DuckDB's dialect: it sees the views, and neither files, settings nor the network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit.dataset import VIEWS
from qunkit.engines._heard import batches, heard
from qunkit.engines._reasons import failed
from qunkit.errors import QunkitError, SqlFailed, SqlRefused
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
_TELLING = ("current_setting", "json_serialize_plan")
"""Functions that tell settings, folders among them."""
_BATCH = 1 << 14
_OF_THE_QUERY = (
    "Parser Error",
    "Syntax Error",
    "Binder Error",
    "Catalog Error",
    "Permission Error",
    "Not implemented Error",
)
"""How complaints begin that quote the query and nothing else, if they come before a row was read."""
_KIND = re.compile(r"[A-Z][A-Za-z ]{2,30} Error(?=: )")


def guarded(
    connection: duckdb.DuckDBPyConnection, text: str, files: Sequence[Path], place: Path
) -> pa.RecordBatchReader:
    """The rows of `text`, a batch at a time; from now on `connection` reads no file but `files`, those of the views.

    Raises:
        SqlRefused: not one SELECT, or what DuckDB says of it.
        SqlFailed: what went wrong as the rows were read; it may quote them, and is left out.
        OutOfResources: it does not fit into the memory limit.
        ReadWriteFailed: a file at `place` cannot be read.
    """
    import duckdb
    import pyarrow as pa

    paths = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    for setting in (f"allowed_paths = [{paths}]", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}")
    must_be_one_select(connection, text)
    try:
        relation = heard(connection, lambda: connection.sql(text))
    except duckdb.Error as error:
        raise _refused(error, place) from None
    try:
        reader = heard(connection, lambda: relation.to_arrow_reader(_BATCH))
    except duckdb.Error as error:
        raise _failed(error, place) from None
    return pa.RecordBatchReader.from_batches(reader.schema, _told(batches(connection, reader), place))


def must_be_one_select(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    """Refuse what is not one SELECT."""
    import duckdb

    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise SqlRefused(what=_first_line(error), views=", ".join(VIEWS)) from None
    if len(statements) != 1:
        raise _no(_ONE)
    if statements[0].type != duckdb.StatementType.SELECT:
        raise _no(_SELECT)


def must_read_views(connection: duckdb.DuckDBPyConnection, text: str) -> set[str]:
    """Refuse whatever is no view, no query of the text's own, no list, or tells settings. Returns the views that are named.

    It knows nothing of scopes, so a name may slip through: what must not be seen must not be there either (`_masks.seal`).
    """
    tree = json.loads(connection.execute("SELECT json_serialize_sql($1)", [text]).fetchall()[0][0])
    nodes = list(_nodes(tree))
    own = {entry["key"] for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    plain = all(_NAME.fullmatch(name) for name in own)
    if tree["error"] or not plain or not all(_allowed(node, own) for node in nodes):
        raise _no(_VIEWS_ONLY)
    return {node["table_name"].lower() for node in nodes if node.get("type") == "BASE_TABLE"} & set(VIEWS)


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
    if "function_name" in node:
        return not (node.get("schema") or node.get("catalog")) and node["function_name"].lower() not in _TELLING
    return kind != "SHOW_REF"


def _told(rows: Iterator[pa.RecordBatch], place: Path) -> Iterator[pa.RecordBatch]:
    """`rows`; Arrow's stream says everything that goes wrong on the way as an OSError."""
    import duckdb
    import pyarrow as pa

    try:
        yield from rows
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise _failed(error, place) from None


def _no(what: Text) -> SqlRefused:
    return SqlRefused(what=what, views=", ".join(VIEWS))


def _refused(error: Exception, place: Path) -> QunkitError:
    words = _first_line(error)
    return SqlRefused(what=words, views=", ".join(VIEWS)) if words.startswith(_OF_THE_QUERY) else _failed(error, place)


def _failed(error: Exception, place: Path) -> QunkitError:
    """What went wrong with the rows: DuckDB's words may quote any of them, so that only their kind is told."""
    words = _first_line(error)
    if "Out of Memory" in words or type(error).__name__ == "OutOfMemoryException" or words.startswith("IO Error"):
        return failed(error, place)
    kind = _KIND.match(words)
    return SqlFailed(kind=kind[0] if kind else "Error")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
