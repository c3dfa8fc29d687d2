"""A stream of Arrow batches → a result whose rows are made as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.results import Cell, Column, Result, Type
from qunkit.schema import MESSAGES
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

_SLICE = 1 << 12
"""Rows that are Python objects at one time."""


def as_result(name: str, title: Text, rows: pa.RecordBatchReader) -> Result:
    """`rows` as a result; columns that `schema.MESSAGES` knows have its meanings."""
    meanings = {field.name: field.meaning for field in MESSAGES.fields}
    columns = tuple(
        Column(field.name, _type(field.type), Text(field.name, field.name), meanings.get(field.name))
        for field in rows.schema
    )
    return Result(name, title, columns, _Rows(rows))


class _Rows:
    """Rows that are made as they are read; what nobody reads is only counted."""

    def __init__(self, batches: pa.RecordBatchReader) -> None:
        self._parts = (batch.slice(at, _SLICE) for batch in batches for at in range(0, batch.num_rows, _SLICE))
        self._made: Iterator[tuple[Cell, ...]] = iter(())

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return self

    def __next__(self) -> tuple[Cell, ...]:
        while (row := next(self._made, None)) is None:
            self._made = zip(*(_plain(column) for column in next(self._parts).columns), strict=True)
        return row

    def rest(self) -> int:
        """How many rows there are still; see `results.rest`."""
        made, unmade = sum(1 for _ in self._made), sum(int(part.num_rows) for part in self._parts)
        return made + unmade


def _plain(column: pa.Array) -> list[Cell]:
    """Python values; what a cell cannot hold as it is (a struct, bytes, a decimal) as text or float."""
    values: list[Cell] = column.to_pylist()
    as_one = {"text": str, "float": float}.get(_type(column.type))
    return [None if value is None else as_one(value) for value in values] if as_one else values


def _type(kind: pa.DataType) -> Type:
    import pyarrow.types as is_

    tests: tuple[tuple[Type, bool], ...] = (
        ("bool", is_.is_boolean(kind)),
        ("int", is_.is_integer(kind)),
        ("float", is_.is_floating(kind) or is_.is_decimal(kind)),
        ("datetime", is_.is_timestamp(kind)),
        ("date", is_.is_date(kind)),
        ("list", is_.is_list(kind)),
    )
    return next((name for name, yes in tests if yes), "text")
