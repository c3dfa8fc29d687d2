"""Parquet for programs: one table, with the types of its columns.

Texts are strings, lists are lists of strings, a series one of floats; times are local, or UTC where they have a zone. What the
table is about (name, facts) is JSON in the schema's metadata under ``qunkit``. A report is several tables, so it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from qunkit import ink
from qunkit.errors import BadOption
from qunkit.results import Cell, Column, Report, Result
from qunkit.words import Lang, Text

if TYPE_CHECKING:
    import pyarrow as pa

TITLE = Text("Parquet, one table", "Parquet（单个表格）")
SUFFIX = ".parquet"
BINARY = True

_SLICE = 1 << 14
"""Rows that are Python objects at one time."""
_TOO_LARGE = Text("a format for whole numbers beyond 64 bits; csv is", "可容纳超过 64 位整数的格式，可用 csv")
_ONE_TABLE = Text("a format for the several tables of a report; xlsx is", "可容纳周报多个表格的格式，可用 xlsx")


def write(thing: Result | Report, out: BinaryIO, lang: Lang) -> None:
    """Write `thing` in pieces as its rows come; `lang` changes nothing.

    Raises:
        BadOption: it is a report.
    """
    import pyarrow as pa
    from pyarrow import parquet

    if isinstance(thing, Report):
        raise BadOption(option="--format", value="parquet", expected=_ONE_TABLE)
    rows = thing.rows()
    part = list(islice(rows, _SLICE))
    fields = [
        pa.field(column.name, _type(column, [row[at] for row in part])) for at, column in enumerate(thing.columns)
    ]
    about = ink.json_dump(
        {"name": thing.name, "facts": {name: ink.plain(value) for name, value in thing.facts.items()}}
    )
    schema = pa.schema(fields, metadata={"qunkit": about})
    with parquet.ParquetWriter(out, schema, compression="zstd", write_page_checksum=True) as writer:
        while part:
            columns = zip(*part, strict=True)
            writer.write_batch(
                pa.record_batch(
                    [_array(cells, field) for cells, field in zip(columns, schema, strict=True)], schema=schema
                )
            )
            part = list(islice(rows, _SLICE))


def _type(column: Column, cells: Sequence[Cell]) -> pa.DataType:
    """The type of a column; its first cells tell whether its times have a zone."""
    import pyarrow as pa

    zoned = any(isinstance(cell, datetime) and cell.tzinfo for cell in cells)
    return {
        "int": pa.int64(),
        "float": pa.float64(),
        "ratio": pa.float64(),
        "seconds": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", "UTC" if zoned else None),
        "list": pa.list_(pa.string()),
        "series": pa.list_(pa.float64()),
    }.get(column.type, pa.string())


def _array(cells: Sequence[Cell], field: pa.Field) -> pa.Array:
    """One column of one piece.

    Raises:
        BadOption: a whole number is too large for the type.
    """
    import pyarrow as pa
    import pyarrow.types as is_

    plain = [None if ink.is_missing(cell) else cell for cell in cells]
    if is_.is_string(field.type):
        plain = [_text(cell) for cell in plain]
    elif is_.is_list(field.type):
        item = _text if is_.is_string(field.type.value_type) else ink.plain
        plain = [[item(one) for one in cell] if isinstance(cell, Sequence) else None for cell in plain]
    try:
        return pa.array(plain, field.type)
    except OverflowError:
        raise BadOption(option="--format", value="parquet", expected=_TOO_LARGE) from None


def _text(cell: object) -> str | None:
    return None if ink.is_missing(cell) else ink.json_text(ink.machine(cell))
