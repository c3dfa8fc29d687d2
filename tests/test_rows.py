"""Tables as rows of plain cells."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from qunkit import rows
from qunkit.results import Column
from qunkit.rows import Rows
from qunkit.words import Text

DAY, LATER = date(2026, 5, 4), date(1969, 12, 31)
NOON, BEFORE = datetime(2026, 5, 4, 12, 0, 0, 678000), datetime(1969, 12, 31, 23, 59, 59)


def cells(values, type_, kind):
    table = pa.table({"x": pa.chunked_array([pa.array(values[:1], type_), pa.array(values[1:], type_)])})
    return [cell for (cell,) in Rows(table, (Column("x", kind, Text("x", "x")),))]


@pytest.mark.parametrize(
    ("values", "type_", "kind"),
    [
        ([DAY, None, LATER], pa.date32(), "date"),
        ([NOON, None, BEFORE], pa.timestamp("ms"), "datetime"),
        ([NOON, BEFORE, None], pa.timestamp("us"), "datetime"),
        ([1, None, -3], pa.int64(), "int"),
        ([None, "a"], pa.string(), "text"),
        ([0.25, None], pa.float64(), "ratio"),
    ],
)  # fmt: skip
def test_plain_cells(values, type_, kind):
    found = cells(values, type_, kind)
    assert found == values
    assert [type(cell) for cell in found] == [type(value) for value in values]


def test_other_types_become_what_the_column_says():
    assert cells([NOON, None], pa.timestamp("us"), "date") == [DAY, None]
    assert cells([Decimal(3), None], pa.decimal128(38, 0), "int") == [3, None]
    assert cells([2.0, None], pa.float64(), "int") == [2, None]


def test_rows_are_made_slice_by_slice_and_anew(monkeypatch):
    monkeypatch.setattr(rows, "_SLICE", 2)
    made = Rows(pa.table({"x": [1, 2, 3, 4, 5]}), (Column("x", "int", Text("x", "x")),))
    assert list(made) == list(made) == [(1,), (2,), (3,), (4,), (5,)]
