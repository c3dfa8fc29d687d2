"""Parquet, read back by pyarrow and by DuckDB."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunkit.errors import BadOption
from qunkit.renderers import parquet
from qunkit.results import Cell, Column, Result
from qunkit.words import Text


def _written(thing: Any) -> bytes:
    out = io.BytesIO()
    parquet.write(thing, out, "en")
    return out.getvalue()


def _result(kind: Any, *cells: Cell) -> Result:
    return Result("r", Text("r", "r"), (Column("c", kind, Text("c", "c")),), [(cell,) for cell in cells])


def test_a_table_by_hand(sample: ModuleType) -> None:
    table = pq.read_table(io.BytesIO(_written(sample.ordinary())))
    assert table.to_pylist()[0] == {
        "member_name": "小满🐼", "group_name": "阅读打卡①群", "messages": 1234, "message_share": 0.4571, "change": 0.12,
        "reply_seconds": 200.0, "per_day": 176.285714285714, "last_seen": date(2026, 5, 17), "days": [3, 5, 9, 1, 0, 8, 12], "official": True,
    }  # fmt: skip
    assert table.to_pylist()[3]["days"] == [1, None, 0, 0, 2, 0, 6]
    about = json.loads(table.schema.metadata[b"qunkit"])
    assert (about["name"], about["facts"]["timezone"]) == ("kol", "Asia/Shanghai")


def test_another_program_reads_it(sample: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(_written(sample.ordinary()))
    [found] = duckdb.sql(f"SELECT count(*), sum(messages) FROM '{tmp_path}/a.parquet'").fetchall()
    assert found == (5, 1234 + 402 + 377 + 9 + 1)


@pytest.mark.parametrize(
    ("kind", "cells", "type_", "read"),
    [
        ("text", ("a\ud800\x1b", None, ""), pa.string(), ["a\ufffd\x1b", None, ""]),
        ("int", (1, None, -(2**63)), pa.int64(), [1, None, -(2**63)]),
        ("float", (0.5, float("nan")), pa.float64(), [0.5, None]),
        ("ratio", (1, None), pa.float64(), [1.0, None]),
        ("bool", (True, None), pa.bool_(), [True, None]),
        ("date", (date(2024, 2, 29),), pa.date32(), [date(2024, 2, 29)]),
        ("datetime", (datetime(2024, 2, 29, 1, 2, 3, 4000),), pa.timestamp("us"), [datetime(2024, 2, 29, 1, 2, 3, 4000)]),
        ("datetime", (None, datetime(2024, 2, 29, 1, tzinfo=UTC)), pa.timestamp("us", "UTC"), [None, datetime(2024, 2, 29, 1, tzinfo=UTC)]),
        ("list", (["a", None, "\udc00"], [], None), pa.list_(pa.string()), [["a", None, "\ufffd"], [], None]),
        ("series", ([1, float("nan")], None), pa.list_(pa.float64()), [[1.0, None], None]),
    ],
    ids=["text", "int", "float", "ratio", "bool", "date", "datetime", "zoned", "list", "series"],
)  # fmt: skip
def test_types_by_hand(kind: str, cells: tuple[Cell, ...], type_: pa.DataType, read: list[object]) -> None:
    column = pq.read_table(io.BytesIO(_written(_result(kind, *cells))))["c"]
    assert (column.type, column.to_pylist()) == (type_, read)


def test_nothing_found_has_its_columns(sample: ModuleType) -> None:
    table = pq.read_table(io.BytesIO(_written(sample.empty())))
    assert (table.num_rows, table.column_names[:2]) == (0, ["member_name", "group_name"])


def test_many_rows_go_out_in_pieces() -> None:
    file = pq.ParquetFile(io.BytesIO(_written(_result("int", *range(40_000)))))
    assert (file.metadata.num_rows, file.num_row_groups) == (40_000, 3)
    assert file.read()["c"].to_pylist() == list(range(40_000))


def test_a_number_too_large_is_refused_not_rounded() -> None:
    with pytest.raises(BadOption, match="64 bits"):
        _written(_result("int", 2**63))


def test_a_report_is_refused(sample: ModuleType) -> None:
    with pytest.raises(BadOption, match="several tables of a report"):
        _written(sample.weekly())
