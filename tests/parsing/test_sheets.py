"""Tables in workbooks: found wherever they stand, with ranges that tile the transcript."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.parsing.csv import Records
from qunkit.parsing.sheets import FIRST, read_table, rows
from qunkit.parsing.source import Source, open_source

Sheets = dict[str, list[list[str]]]
Make = Callable[[Sheets], Source]
HEADER = ["序号", "时间", "内容"]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def _make(sheets: Sheets) -> Source:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, cells in sheets.items():
            sheet = book.create_sheet(name)
            for row in cells:
                sheet.append(row)
        book.save(tmp_path / "w.xlsx")
        return open_source(tmp_path / "w.xlsx")

    return _make


def told(source: Source, header: Sequence[str], **options: object) -> tuple[list[Records], list[list[str | None]]]:
    """The batches, checked to tile the transcript, and their rows."""
    batches = list(read_table(source, header, **options))  # type: ignore[arg-type]
    ranges = []
    for records in batches:
        assert len(records.rows) == len(records.offsets) == len(records.ends)
        ranges += [*zip(records.offsets.tolist(), records.ends.tolist(), strict=True), *records.framing]
    ranges.sort()
    assert [begin for begin, _ in ranges] == [0, *(end for _, end in ranges[:-1])][: len(ranges)]
    assert (ranges[-1][1] if ranges else 0) == source.size
    return batches, [list(row.values()) for records in batches for row in records.rows.to_pylist()]


def test_a_table_below_other_rows_and_before_other_sheets(make: Make) -> None:
    source = make(
        {
            "说明": [["导出工具", "某"], ["时间", "2024"]],
            "聊天": [
                ["会话", "群"],
                ["备注", "序号", "内容", "时间"],
                ["x", "1", "早", "8:00"],
                ["", "2"],
                ["y", "3", "", "9:00"],
            ],
            "聊天2": [HEADER, ["9", "别的表", "z"]],
        }
    )
    (records,), found = told(source, HEADER)
    assert found == [["1", "8:00", "早"], ["2", "", ""], ["3", "9:00", ""]]
    assert [json.loads(source.raw(begin, end)) for begin, end in zip(records.offsets, records.ends, strict=True)] == [
        ["聊天", 3, "x", "1", "早", "8:00"],
        ["聊天", 4, "", "2"],
        ["聊天", 5, "y", "3", "", "9:00"],
    ]
    assert len(records.framing) == 2


def test_columns_that_may_be_missing_are_null_and_the_first_of_a_name_counts(make: Make) -> None:
    source = make({"a": [["时间", "内容", "内容"], ["8:00", "一", "二"], ["9:00"]]})
    _, found = told(source, ["时间"], columns=["时间", "昵称", "内容"])
    assert found == [["8:00", None, "一"], ["9:00", None, ""]]


def test_no_table_is_framing(make: Make) -> None:
    batches, found = told(make({"a": [["时间"]] * 40}), HEADER)
    assert found == []
    assert batches[0].rows.schema.names == HEADER
    assert told(make({"a": []}), HEADER) == ([], [])


def test_batches_of_any_size_say_the_same(make: Make) -> None:
    table = [[str(n), "8:00", "长" * (n % 50)] for n in range(300)]
    source = make({"前": [["x"]] * 30, "聊天": [["标题"], HEADER, *table], "后": [["y"]] * 30})
    for block in (1, 7, 100, 4096, 1 << 22):
        batches, found = told(source, HEADER, block=block)
        assert found == table
        assert len(batches) > 1 or block > source.size
    assert max(len(records.rows) for records in told(source, HEADER, block=4096)[0]) < 150


def test_rows_become_rejects_with_their_bytes(make: Make) -> None:
    (records,), _ = told(make({"a": [HEADER, ["1", "?", "x"], ["2", "8:00", "y"]]}), HEADER)
    left = records.without(np.array([True, False]), "bad-time")
    assert [(reject.reason, json.loads(left.source.raw(reject.start, reject.end))) for reject in left.rejects] == [
        ("bad-time", ["a", 2, "1", "?", "x"])
    ]
    assert left["内容"].to_pylist() == ["y"]


def test_the_rows_of_a_sheet(make: Make) -> None:
    source = make({"成员": [["甲", "1"], [], ["乙"]], "成员2": [["丙"]]})
    assert rows(source, "成员") == [["甲", "1"], ["乙"]]
    assert rows(source, "成") == []


def test_the_head_shows_the_first_rows_of_every_sheet(make: Make) -> None:
    source = make({"a": [[str(n)] for n in range(40)], "空": [], "b": [["x", "", "y"]]})
    assert source.head.text == ""
    assert source.head.parts[-1] == "w.xlsx"
    assert source.head.sheets == {"a": tuple((str(n),) for n in range(FIRST)), "b": (("x", "", "y"),)}


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\/?*[]:\ufffe\uffff'"), min_size=1, max_size=8
)
CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff_="), max_size=5
) | st.just('a\nb\r"\\')


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sheets=st.dictionaries(NAMES, st.lists(st.lists(CELLS, max_size=4), max_size=6), min_size=1, max_size=3),
    block=st.sampled_from([1, 30, 1 << 20]),
)
def test_any_table_against_a_plain_reader(make: Make, sheets: Sheets, block: int) -> None:
    unique = {name.casefold(): name for name in sheets}
    name = unique.popitem()[1]
    cells = sheets[name]
    source = make({name: [*cells[:2], HEADER, *cells[2:]]})
    _, found = told(source, HEADER, block=block)
    expected = [
        [cell.replace("\r", "\n") for cell in [*row, "", "", ""][:3]] for row in cells[2:] if any(cell for cell in row)
    ]
    assert [[cell.replace("\r", "\n") for cell in row if cell is not None] for row in found] == expected
