"""Workbooks, read back by openpyxl."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from qunkit.ink import workbook
from qunkit.renderers import xlsx
from qunkit.results import Cell, Column, Result
from qunkit.words import Lang, Text
from support import week


def _read(thing: Any, lang: Lang = "en") -> tuple[Any, list[str]]:
    out = io.BytesIO()
    said = xlsx.write(thing, out, lang)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue())), said


def _result(kind: Any, *cells: Cell, name: str = "c") -> Result:
    return Result("r", Text("r", "结果"), (Column(name, kind, Text("c", "列")),), [(cell,) for cell in cells])


def _values(book: Any, at: int = 0) -> list[list[Any]]:
    return [list(row) for row in book.worksheets[at].iter_rows(values_only=True)]


def test_a_table_by_hand(sample: ModuleType) -> None:
    book, said = _read(sample.ordinary(), "zh")
    assert (book.sheetnames, said) == (["关键成员", "说明"], [])
    assert _values(book)[0] == [
        "成员",
        "群",
        "消息数",
        "占比",
        "较上周",
        "回复中位时长（秒）",
        "日均",
        "最近发言",
        "每日",
        "官方",
    ]
    assert _values(book)[1] == [
        "小满🐼", "阅读打卡①群", 1234, 0.4571, 0.12, 200, 176.285714285714, datetime(2026, 5, 17), "3,5,9,1,0,8,12", True,
    ]  # fmt: skip
    assert _values(book)[4][4:6] == [None, None]
    shown = [cell.number_format for cell in book.worksheets[0][2]]
    assert shown == ["General", "General", "#,##0", "0.0%", "0.0%", "#,##0.00", "#,##0.00", r"yyyy\-mm\-dd", "General", "General"]  # fmt: skip


def test_codes_are_words() -> None:
    """… of a closed list; what is not on it stays, and so does a text that only looks like a code."""
    stages = {"fan": Text("fan", "粉丝"), "friend": Text("friend", "朋友")}
    columns = (
        Column("stage", "text", Text("stage", "阶段"), words=stages),
        Column("labels", "list", Text("labels", "标签"), words=stages),
        Column("name", "text", Text("name", "名称")),
    )
    result = Result("r", Text("r", "结果"), columns, [("fan", ["friend", "fan"], "fan"), ("new", [], None)])
    rows = _values(_read(result, "zh")[0])[1:]
    assert rows == [["粉丝", "朋友,粉丝", "fan"], ["new", "", None]]


def test_the_heading_stays_filters_and_is_printed(sample: ModuleType) -> None:
    sheet = _read(sample.ordinary())[0].worksheets[0]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:J6", "$1:$1")
    assert [cell.font.b for cell in sheet[1]] == [True] * 10
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["D"].width >= 8


def test_shares_have_bars_from_0_to_1_and_changes_have_none(sample: ModuleType) -> None:
    """Column D is a share, E a change against last week."""
    (found,) = _read(sample.ordinary())[0].worksheets[0].conditional_formatting
    assert str(found.sqref) == "D2:D6"
    (rule,) = found.rules
    assert rule.type == "dataBar"
    assert [(one.type, one.val) for one in rule.dataBar.cfvo] == [("num", 0), ("num", 1)]


def test_no_bars_without_rows(sample: ModuleType) -> None:
    assert not list(_read(_result("ratio"))[0].worksheets[0].conditional_formatting)


def test_the_data_of_charts_are_in_it() -> None:
    book, _ = _read(week.fleet(), "zh")
    daily = next(sheet for sheet in book.worksheets if sheet["A1"].value == "日期")
    assert daily.max_row == 29
    assert isinstance(daily["A2"].value, datetime)
    said = [row[0] for row in _values(book)]
    assert "28 天每日消息数：11-20 最高，为 6,900 条，超出正常范围。" in said


def test_notes_and_facts_have_a_sheet(sample: ModuleType) -> None:
    said = [row[0] for row in _values(_read(sample.ordinary())[0], 1)]
    assert said[:3] == ["Key people", "Shares are of 2,700 messages by people.", "No reply time under 5 replies."]
    assert "time zone Asia/Shanghai" in said


def test_a_report_has_a_sheet_a_table_and_its_words_first(sample: ModuleType) -> None:
    book, said = _read(sample.weekly())
    assert (book.sheetnames, said) == (["Notes", "Key people", "Busy hours"], [])
    words = [row[0] for row in _values(book)]
    assert words[:3] == [
        "Week 20 of 2026",
        "At a glance",
        "1,286 members spoke (▲ 8.2%), 20,431 messages in 14 groups.",
    ]
    assert book.worksheets[2].auto_filter.ref == "A1:F169"


def test_nothing_found(sample: ModuleType) -> None:
    book, said = _read(sample.empty())
    assert (len(_values(book)), said) == (1, [])


@pytest.mark.parametrize(
    ("kind", "cell", "read", "type_"),
    [
        ("text", "=1+1", "=1+1", "s"),
        ("text", "http://evil.example", "http://evil.example", "s"),
        ("text", "-5", "-5", "s"),
        ("text", "", "", "s"),
        ("text", "a\nb\x1b\x00\ud800\ufffe", "a\nb\\x1b\\x00\\u{d800}\\u{fffe}", "s"),
        ("text", None, None, "n"),
        ("int", -7, -7, "n"),
        ("int", 999_999_999_999_999, 999_999_999_999_999, "n"),
        ("int", 2**63, "9223372036854775808", "s"),  # spreadsheets keep 15 digits
        ("float", 1e-9, 1e-9, "n"),
        ("float", float("nan"), None, "n"),
        ("float", float("inf"), None, "n"),
        ("bool", False, False, "b"),
        ("date", date(2024, 2, 29), datetime(2024, 2, 29), "d"),
        ("date", date(1899, 5, 1), "1899-05-01", "s"),
        ("datetime", datetime(2024, 2, 29, 23, 59, 59), datetime(2024, 2, 29, 23, 59, 59), "d"),
        ("datetime", datetime(2024, 2, 29, 23, 59, 59, 500000), datetime(2024, 2, 29, 23, 59, 59, 500000), "d"),
        ("datetime", datetime(2024, 2, 29, 1, tzinfo=UTC), "2024-02-29 01:00:00+00:00", "s"),
        ("list", ["=a", "b,c"], "=a,b，c", "s"),
    ],
    ids=str,
)  # fmt: skip
def test_cells_by_hand(kind: str, cell: Cell, read: object, type_: str) -> None:
    found = _read(_result(kind, cell))[0].worksheets[0]["A2"]
    assert (found.value, found.data_type) == (read, type_)


def test_what_could_become_a_formula_by_editing_is_marked_as_text() -> None:
    sheet = _read(_result("text", "=1+1", "－1", "a=1", "-5"))[0].worksheets[0]
    assert [bool(sheet.cell(row, 1).quotePrefix) for row in range(2, 6)] == [True, True, False, False]


def test_a_year_has_no_thousands() -> None:
    assert _read(_result("int", 2026, name="year"))[0].worksheets[0]["A2"].number_format == "General"


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Texts longer than a cell may be end in …: 2; 5 characters are left out. --format tsv gives all."),
        ("zh", "2 处文本超过单元格上限，以 … 结尾，省略 5 个字符，--format tsv 可得到全部。"),
    ],
)
def test_P16_long_texts_are_cut_and_counted(lang: Lang, told: str) -> None:
    book, said = _read(_result("text", "a" * 32_768, "b" * 32_769, "c" * 32_767), lang)
    assert said == [told]
    assert told in [row[0] for row in _values(book, 1)]
    assert [len(row[0]) for row in _values(book)[1:]] == [32_767] * 3
    assert _values(book)[1][0].endswith("a…")


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "A sheet holds 4 rows: the others are on r (2), r (3)."),
        ("zh", "每张工作表最多 4 行，其余见结果 (2)、结果 (3)。"),
    ],
)
def test_P16_more_rows_than_a_sheet_holds_go_on(monkeypatch: pytest.MonkeyPatch, lang: Lang, told: str) -> None:
    monkeypatch.setattr(workbook, "ROWS", 5)
    book, said = _read(_result("int", *range(10)), lang)
    assert said == [told]
    assert told in [row[0] for row in _values(book, 3)]
    sheets = [[row[0] for row in _values(book, at)] for at in range(3)]
    assert [sheet[1:] for sheet in sheets] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [sheet[0] for sheet in sheets] == ["c" if lang == "en" else "列"] * 3


def test_rows_that_just_fit_need_one_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 5)
    assert _read(_result("int", *range(4)))[0].sheetnames == ["r", "Notes"]


def test_a_sheet_of_two_gigabytes_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST", 1000)
    book, said = _read(_result("text", *["a" * 600] * 3))
    assert [len(_values(book, at)) - 1 for at in range(2)] == [2, 1]
    assert len(said) == 1


@pytest.mark.slow
def test_a_real_sheet_is_full_at_1048576_rows() -> None:
    out = io.BytesIO()
    said = xlsx.write(_result("int", *[1] * 1_048_576), out, "en")
    assert said == ["A sheet holds 1,048,575 rows: the others are on r (2)."]
    with zipfile.ZipFile(out) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == 1_048_576
        assert book.read("xl/worksheets/sheet2.xml").count(b"<row ") == 2


def test_P16_more_columns_than_a_sheet_holds_are_counted() -> None:
    columns = tuple(Column(f"c{at}", "int", Text(f"c{at}", f"c{at}")) for at in range(16_390))
    book, said = _read(Result("r", Text("r", "r"), columns, [tuple(range(16_390))]))
    assert said == ["A sheet holds 16,384 columns: 6 are left out. --format tsv gives all."]
    assert said[0] in [row[0] for row in _values(book, 1)]
    assert (len(_values(book)[1]), _values(book)[1][-1]) == (16_384, 16_383)
    assert book.worksheets[0].auto_filter.ref == "A1:XFD2"


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["a[b]:c*d?e/f\\g"], ["a_b__c_d_e_f_g"]),
        (["'quoted'", "''"], ["quoted", "_"]),
        (["Same", "same", "SAME"], ["Same", "same (2)", "SAME (3)"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
        (["🐼" * 20], ["🐼" * 15]),
        (["History"], ["History (2)"]),
        (["=1+1", "", "a\nb\x1b"], ["=1+1", "_", "a b_x1b"]),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_names_of_sheets(titles: list[str], names: list[str]) -> None:
    out = io.BytesIO()
    book = workbook.Workbook(out)
    for title in titles:
        with book.sheet(title, (9,)) as sheet:
            sheet.add(("x",), (0,))
    book.close()
    assert openpyxl.load_workbook(out).sheetnames == names


def test_nothing_in_the_file_can_be_live(sample: ModuleType) -> None:
    """No formula, link, drawing, macro or connection; no name of a person or a program; no time but 1980."""
    out = io.BytesIO()
    xlsx.write(sample.hostile(), out, "en")
    with zipfile.ZipFile(out) as book:
        assert book.testzip() is None
        assert sorted(book.namelist()) == [
            "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/workbook.xml",
            "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml",
        ]  # fmt: skip
        tags = {
            tag.decode()
            for name in book.namelist()
            for tag in re.findall(rb"<([A-Za-z]+)", book.read(name))
            if "sheet" in name
        }
        assert tags == {"worksheet", "sheetPr", "pageSetUpPr", "sheetViews", "sheetView", "pane", "sheetFormatPr", "cols", "col", "sheetData", "row", "c", "v", "is", "t", "autoFilter", "pageSetup"}  # fmt: skip
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_pipe_gets_the_same_bytes(sample: ModuleType) -> None:
    class Pipe(io.RawIOBase):
        """Bytes go in; nothing else is possible."""

        def __init__(self) -> None:
            self.got = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.got += bytes(data)
            return len(data)

    pipe, out = Pipe(), io.BytesIO()
    xlsx.write(sample.ordinary(), pipe, "en")  # type: ignore[arg-type]
    xlsx.write(sample.ordinary(), out, "en")
    assert pipe.got == out.getvalue()


def test_rows_are_written_as_they_come(sample: ModuleType) -> None:
    """A row is not kept: of 5,000 large ones the 200 that tell the widths are in memory at most, and the rest on their way out."""
    out = io.BytesIO()
    sizes = []

    def rows() -> Any:
        for at in range(5000):
            sizes.append(out.tell())
            yield (f"{at}-" + "".join(chr(0x4E00 + (at * 7919 + step * 104729) % 20000) for step in range(200)), [], at)

    xlsx.write(dataclasses.replace(sample.hostile(()), cells=rows()), out, "en")
    assert sizes[199] < 10_000
    assert sizes[4999] > 500_000
