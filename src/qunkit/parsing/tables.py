"""Tables in any container: CSV, JSON lines, a JSON array or a workbook, as records of strings with exact byte ranges."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from qunkit.parsing.csv import Records, read_records
from qunkit.parsing.csv_walk import columns_of, opening
from qunkit.parsing.json_array import JsonArray
from qunkit.parsing.json_rows import RECORD, loads
from qunkit.parsing.jsonl import read_lines
from qunkit.parsing.sheets import read_table

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

LOOK = 100
"""Records of a JSON file that are looked at for the names of members."""
_STARTS = re.compile(rb'(?:"[^"\n]*"|[^",;\t\n]+)[,;\t]')
_MANY = 1 << 10
_ROWS = 20
"""Rows of a text that show whether it is a table."""
_NO_NAME = re.compile(r".{41}|\d{3}|\d:\d|://|[\n。！？；!?]")
"""What no column is called."""
_NUMBER = re.compile(r"\W*\d")


def names(source: Source, wanted: Collection[str] = (), key: str = "messages") -> list[str]:
    """The columns there are; of JSON records the paths of scalars, such as ``Data.FromUserName.string``.

    In a workbook the header is the row with most of the `wanted` cells, else with most cells. `key` is the member that holds the
    records where they are an array in a JSON document.
    """
    if source.head.sheets:
        rows = [list(filter(None, row)) for sheet in source.head.sheets.values() for row in sheet]
        return max(rows, key=lambda row: (len(set(wanted).intersection(row)), len(row)), default=[])
    if container(source) == "csv":
        return list(columns_of(source.head.text))
    records = (raw for records in _json(source, {}, key) for raw in records[RECORD].to_pylist())
    found: dict[str, None] = {}
    for raw in islice(records, LOOK):
        found |= dict.fromkeys(_paths(_loaded(raw), ""))
    return list(found)


def header(source: Source, wanted: Collection[str] = (), key: str = "messages") -> list[str]:
    """The same where they are names for sure, else none: errors tell them, and the first row of a file may be what somebody said.

    Messages have times: in a table of them, below a row of names without a number, a column has nothing but numbers.
    """
    found = list(filter(None, names(source, wanted, key)))
    if container(source) == "json":
        return [name for name in found if not _NO_NAME.search(name)]
    if len(found) < 2 or any(map(_NO_NAME.search, found)):
        return []
    columns = zip(*_below(source, found), strict=False)
    return found if any(all(map(_NUMBER.match, column)) for column in columns) else []


def rows_of(text: str) -> list[Sequence[str]]:
    """The first rows of the CSV file that begins with `text`; none of what is no table: rows of one width, of two columns or more."""
    data = text.encode("utf-8", "replace")
    first = opening(data)
    below = StringIO(data[first.end :].decode("utf-8", "replace"), newline="")
    rows: list[Sequence[str]] = []
    with suppress(csv.Error):
        rows = list(islice(filter(None, csv.reader(below, delimiter=first.delimiter.decode())), _ROWS))
    rows = rows[:-1] if len(rows) > 1 else rows  # the last may be cut
    width = len(first.names)
    return [first.names, *rows] if rows and width > 1 and {len(row) for row in rows} == {width} else []


def read_rows(source: Source, columns: Sequence[str], key: str = "messages") -> Iterator[Records]:
    """The rows, with these columns as strings; null where a JSON record lacks one, or where the value is null."""
    wanted = list(dict.fromkeys(columns))
    if source.head.sheets:
        yield from read_table(source, wanted)
    elif container(source) == "json":
        yield from _json(source, dict.fromkeys(wanted, "string"), key)
    else:
        yield from read_records(source, columns=wanted, starts_record=_STARTS)


def container(source: Source) -> str:
    """xlsx, json (of any kind) or csv."""
    if source.head.sheets:
        return "xlsx"
    return "json" if source.head.text.lstrip().startswith(("{", "[")) else "csv"


def _below(source: Source, found: list[str]) -> Sequence[Sequence[str]]:
    """The rows below that of the names."""
    for rows in source.head.sheets.values():
        for at, row in enumerate(rows):
            if list(filter(None, row)) == found:
                return rows[at + 1 :]
    return rows_of(source.head.text)[1:]


def _json(source: Source, columns: Mapping[str, str], key: str) -> Iterator[Records]:
    """The records of lines, of the array that is the document, or of its member `key`."""
    line = next(filter(None, map(str.strip, source.head.text.split("\n"))), "")
    if _is_record(line, key):
        return read_lines(source, columns)
    return iter(JsonArray(source, columns, key=key))


def _is_record(line: str, key: str) -> bool:
    """Whether a line is an object, and no document with the records in it."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not isinstance(value.get(key), list)


def _loaded(raw: bytes) -> Any:
    """A record, or nothing where it is damaged."""
    try:
        return loads(raw, mixed=True)
    except (ValueError, RecursionError, MemoryError):
        return {}


def _paths(value: Any, before: str) -> Iterator[str]:
    """Paths of the scalars of a record."""
    if not isinstance(value, dict):
        return
    for name, below in islice(value.items(), _MANY):
        if isinstance(below, dict):
            yield from _paths(below, f"{before}{name}.")
        elif not isinstance(below, list):
            yield before + name
