"""TSV, CSV, JSON and JSON Lines, read back with other readers than wrote them."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from types import ModuleType
from typing import Any

import pyarrow.csv
import pytest

from qunkit import registry
from qunkit.results import Cell, Column, Result
from qunkit.words import Text


def _write(name: str, thing: Any, **options: object) -> str:
    out = io.StringIO(newline="")
    registry.load("renderers", name).write(thing, out, "zh", **options)
    return out.getvalue()


def _result(*rows: tuple[Cell, ...]) -> Result:
    columns = (Column("name", "text", Text("name", "名称")), Column("value", "float", Text("value", "值")))
    return Result("r", Text("r", "结果"), columns, rows)


def test_tsv_by_hand() -> None:
    assert _write("tsv", _result(("a\tb", 0.1 + 0.2), ("", None), ("群", 2.0))) == "name\tvalue\na b\t0.3\n\t\n群\t2\n"
    assert _write("tsv", _result()) == "name\tvalue\n"


def test_tsv_is_read_by_cut_and_by_arrow(sample: ModuleType) -> None:
    table = pyarrow.csv.read_csv(
        io.BytesIO(_write("tsv", sample.ordinary()).encode()), parse_options=pyarrow.csv.ParseOptions(delimiter="\t")
    )
    assert table["messages"].to_pylist() == [1234, 402, 377, 9, 1]
    assert table["change"].to_pylist()[:3] == [0.12, -0.305, 0.0]
    assert str(table.schema.field("last_seen").type) == "date32[day]"


def test_a_report_as_tsv(sample: ModuleType) -> None:
    blocks = _write("tsv", sample.weekly()).split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == [
        "# summary: At a glance",
        "# kol: Key people",
        "# hours: Busy hours",
        "# alerts: Alerts",
    ]
    assert blocks[0].split("\n")[1] == "# 1,286 members spoke (▲ 8.2%), 20,431 messages in 14 groups."
    assert blocks[2].count("\n") == 7 * 24 + 1


def test_csv_by_hand() -> None:
    written = _write("csv", _result(('=a"b', -1.5), ("两\n行", None)))
    assert written == '"name","value"\r\n"\'=a""b","-1.5"\r\n"两\n行",""\r\n'


def test_the_byte_order_mark_is_asked_for(sample: ModuleType) -> None:
    assert _write("csv", sample.ordinary(), bom=True) == "\ufeff" + _write("csv", sample.ordinary())


@pytest.mark.parametrize("thing", ["ordinary", "hostile"])
def test_csv_has_the_shape_of_the_result(sample: ModuleType, thing: str) -> None:
    result = getattr(sample, thing)()
    rows = list(csv.reader(io.StringIO(_write("csv", result), newline="")))
    assert rows[0] == [column.name for column in result.columns]
    assert {len(row) for row in rows} == {len(result.columns)}
    assert len(rows) == 1 + len(tuple(result.rows()))


def test_a_report_as_csv(sample: ModuleType) -> None:
    rows = list(csv.reader(io.StringIO(_write("csv", sample.weekly()), newline="")))
    assert rows[0] == ["# summary: At a glance"]
    assert rows[4] == []
    assert rows[5] == ["# kol: Key people"]
    assert rows[6][:2] == ["member_name", "group_name"]


def test_json_says_what_it_is_about(sample: ModuleType) -> None:
    found = json.loads(_write("json", sample.ordinary()))
    assert list(found) == ["format", "name", "title", "facts", "columns", "rows", "notes"]
    assert (found["format"], found["name"], found["title"]) == (1, "kol", "Key people")
    assert found["facts"]["as_of"] == "2026-05-17T23:59:59.999000"
    assert found["facts"]["timezone"] == "Asia/Shanghai"
    assert found["facts"]["config"] == "e3b0c44298fc1c14"
    assert found["facts"]["holes"] == ["2026-02-17", "2026-02-18"]
    assert found["columns"][3] == {"name": "message_share", "type": "ratio", "label": "share"}
    assert found["rows"][3]["change"] is None
    assert found["rows"][0]["per_day"] == 176.285714286
    assert found["notes"] == ["Shares are of 2,700 messages by people.", "No reply time under 5 replies."]


def test_json_of_nothing(sample: ModuleType) -> None:
    assert json.loads(_write("json", sample.empty()))["rows"] == []


def test_json_has_no_nan_and_keeps_hostile_text() -> None:
    found = json.loads(_write("json", _result(("\x1b\u202e\u2028", float("nan")), ("x\ud800", float("inf")))))
    assert found["rows"] == [{"name": "\x1b\u202e\u2028", "value": None}, {"name": "x\ufffd", "value": None}]


def test_a_report_as_json(sample: ModuleType) -> None:
    found = json.loads(_write("json", sample.weekly()))
    assert list(found) == ["format", "report", "title", "facts", "sections"]
    assert (found["report"], found["title"]) == ("weekly", "Week 20 of 2026")
    assert [section["name"] for section in found["sections"]] == ["summary", "kol", "hours", "alerts"]
    assert found["sections"][0]["result"] is None
    assert found["sections"][0]["lines"][1] == "Ads: 3.1% of messages (▼ 25.0%); most from “加V❤️领福利\x1b[31m”."
    assert found["sections"][1]["result"]["rows"][0]["member_name"] == "小满🐼"
    assert "format" not in found["sections"][1]["result"]


def test_json_lines_are_the_rows_of_json(sample: ModuleType) -> None:
    lines = [json.loads(line) for line in _write("jsonl", sample.ordinary()).split("\n")[:-1]]
    assert lines == json.loads(_write("json", sample.ordinary()))["rows"]


def test_a_report_as_json_lines(sample: ModuleType) -> None:
    lines = [json.loads(line) for line in _write("jsonl", sample.weekly()).split("\n")[:-1]]
    assert len(lines) == 3 + 5 + 7 * 24 + 1
    assert lines[0]["section"] == "summary"
    assert lines[0]["line"].startswith("1,286 members")
    assert lines[3]["row"]["messages"] == 1234


@pytest.mark.parametrize("name", ["tsv", "csv", "json", "jsonl"])
def test_times_say_their_seconds(name: str) -> None:
    column = (Column("at", "datetime", Text("at", "时间")),)
    written = _write(name, Result("r", Text("r", "r"), column, [(datetime(2026, 5, 17, 9, 5),)]))
    assert "2026-05-17T09:05:00" in written.replace("17 09", "17T09")
