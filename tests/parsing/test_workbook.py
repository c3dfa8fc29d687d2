"""Workbooks: every cell as text, and whatever a workbook tries, a refusal with a reason and no traceback."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.formula import ArrayFormula

from qunkit.errors import MissingInput, UnreadableExport
from qunkit.parsing import _workbook_worker, workbook
from qunkit.parsing.source import open_source
from qunkit.parsing.workbook import transcribe

SAMPLES = Path(__file__).parents[1] / "samples"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{more}</Types>'
)
STRINGS = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A workbook by hand: the XML of its first sheet's rows, and parts to add, replace or (None) leave out."""

    def _write(
        rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', sheets: int = 1, **parts: str | bytes | None
    ) -> Path:
        names = range(1, sheets + 1)
        files: dict[str, str | bytes | None] = {
            "[Content_Types].xml": TYPES.format(more=""),
            "_rels/.rels": "<Relationships/>",
            "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATIONS}"><sheets>'
            + "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in names)
            + "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="worksheets/{n}.xml"/>' for n in names
            )
            + "</Relationships>",
            **{f"xl/worksheets/{n}.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>" for n in names},
        }
        files |= {name.replace("__", "/") + ".xml": body for name, body in parts.items()}
        path = tmp_path / "w.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, body in files.items():
                if body is not None:
                    zipped.writestr(name, body)
        return path

    return _write


def lines(path: Path) -> list[list[Any]]:
    out = io.BytesIO()
    transcribe(path, out)
    assert not out.getvalue() or out.getvalue().endswith(b"\n")
    return [json.loads(line) for line in out.getvalue().splitlines()]


def refusal(path: Path, **options: float) -> str:
    with pytest.raises(UnreadableExport) as caught:
        transcribe(path, io.BytesIO(), **options)  # type: ignore[arg-type]
    assert str(path) in caught.value.sentence("zh")
    assert caught.value.hint("en") != caught.value.hint("zh")
    return caught.value.sentence("en").replace(str(path.parent), "")


# -- cells ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("收到\n好", "收到\n好"),
        (" 前后 ", " 前后 "),
        ("\u2028\u202e🍉", "\u2028\u202e🍉"),
        (12_345_678, "12345678"),
        (-3, "-3"),
        (1.0, "1"),
        (2.5, "2.5"),
        (1e21, "1000000000000000000000"),
        (True, "TRUE"),
        (False, "FALSE"),
        (datetime(2024, 12, 1, 8, 3, 10), "2024-12-01 08:03:10"),
        (datetime(2024, 12, 1, 8, 3, 10, 250_000), "2024-12-01 08:03:10.250"),
        (datetime(2024, 12, 1, 23, 59, 59, 999_600), "2024-12-02 00:00:00"),
        (date(2024, 12, 1), "2024-12-01 00:00:00"),
        (clock(8, 3, 10), "08:03:10"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
        ("=1+1", "=1+1"),
        (ArrayFormula("B1:B2", "=SUM(A1:A2)"), "=SUM(A1:A2)"),
        ("#N/A", "#N/A"),
        ("7441000000000000001", "7441000000000000001"),
        (CellRichText("a", TextBlock(InlineFont(b=True), "b"), "c"), "abc"),
    ],
)
def test_cells_are_text(tmp_path: Path, value: object, text: str) -> None:
    book = openpyxl.Workbook()
    book.active.title = "聊天"
    book.active.append(["", value, None, ""])
    book.save(tmp_path / "w.xlsx")
    assert lines(tmp_path / "w.xlsx") == [["聊天", 1, "", text]]


def test_empty_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "一"
    book.active["B3"] = "x"
    book.active["A7"] = "y"
    book.active.merge_cells("A7:C9")
    book.create_sheet("空")
    book.create_sheet("二")["A1"] = "z"
    book.create_chartsheet("图")
    book.save(tmp_path / "w.xlsx")
    assert lines(tmp_path / "w.xlsx") == [["一", 3, "", "x"], ["一", 7, "y"], ["二", 1, "z"]]


def test_ten_sheets_come_in_their_order(write: Write) -> None:
    assert [line[0] for line in lines(write(sheets=10))] == [f"s{n}" for n in range(1, 11)]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        ('<c r="A1" t="inlineStr"><is><t>a</t></is></c>', ["a"]),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c>', ["a b"]),
        ('<c r="A1" t="str"><v>a</v></c>', ["a"]),
        ('<c r="A1" t="str"><f>1+1</f><v>2</v></c>', ["=1+1"]),
        ("<c><v>1</v></c><c><v>2</v></c>", ["1", "2"]),
        ('<c r="B1"><v>2</v></c><c r="A1"><v>1</v></c>', ["1", "2"]),
        ('<c r="A1" t="e"><v>#REF!</v></c>', ["#REF!"]),
        ('<c r="A1" t="d"><v>2024-12-01T08:03:10</v></c>', ["2024-12-01 08:03:10"]),
        ('<c r="A1"><v>7441000000000000001</v></c>', ["7441000000000000001"]),
        ('<c r="A1"><v>1.7329823e9</v></c>', ["1732982300"]),
        ('<c r="A1"><v>1E999</v></c>', ["inf"]),
        ('<c r="A1"/><c r="C1"><v></v></c>', None),
        (f'<c r="A1"><v>{"9" * 5000}</v></c>', ["9" * 5000]),
        (
            '<c r="A1"><f t="shared" ref="A1:B1" si="0">C1+1</f></c><c r="B1"><f t="shared" si="0"/></c>',
            ["=C1+1", "=D1+1"],
        ),
        ('<c r="A1" t="str"><v>a_x000D_\nb_x005F_x000D__xD83C__xDF49_</v></c>', ["a\r\nb_x000D_🍉"]),
        ('<c r="A1" t="str"><v>_xD83C_</v></c>', ["\ufffd"]),
        ('<c r="A1" t="str"><v>&lt;&amp;&#128514;</v></c>', ["<&😂"]),
        ('<c r="A1" t="inlineStr"><is><t>好</t><rPh sb="0" eb="1"><t>hǎo</t></rPh></is></c>', ["好"]),
        ('<c r="A1"><is><t>no inline</t></is><v>3</v></c>', ["3"]),
    ],
)
def test_cells_as_tools_write_them(write: Write, cells: str, read: list[str] | None) -> None:
    assert lines(write(f'<row r="1">{cells}</row>')) == ([["s1", 1, *read]] if read else [])


def test_a_wrong_dimension_and_rows_out_of_order_lose_nothing(write: Write) -> None:
    rows = '<row r="5"><c r="A5"><v>5</v></c><c r="B5"><v>6</v></c></row><row r="3"><c r="A3"><v>3</v></c></row><row><c><v>4</v></c></row>'
    sheet = f'<worksheet {MAIN}><dimension ref="A1"/><sheetData>{rows}</sheetData></worksheet>'
    assert lines(write(xl__worksheets__1=sheet)) == [["s1", 5, "5", "6"], ["s1", 3, "3"], ["s1", 4, "4"]]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<t>收到</t>", "收到"),
        ("<r><t>a</t></r><r><t>b</t></r>", "ab"),
        ("<t>好</t><rPh sb='0' eb='1'><t>hǎo</t></rPh>", "好"),
    ],
)
def test_shared_strings(write: Write, written: str, read: str) -> None:
    strings = f"<sst {MAIN}><si>{written}</si></sst>"
    types = {"[Content_Types]": TYPES.format(more=STRINGS)}
    assert lines(write('<row><c t="s"><v>0</v></c></row>', xl__sharedStrings=strings, **types)) == [["s1", 1, read]]


def test_the_samples_say_what_a_plain_reader_says() -> None:
    for path in sorted(SAMPLES.rglob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        told = [
            [sheet.title, number, *("" if value is None else str(value) for value in row)]
            for sheet in book
            for number, row in enumerate(sheet.values, 1)
        ]
        for row in told:
            while row[-1] == "":
                row.pop()
        assert lines(path) == [row for row in told if len(row) > 2], path.name


def test_other_prefixes_and_the_strict_namespace(write: Write) -> None:
    for space in (MAIN.replace("xmlns", "xmlns:x"), 'xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"'):
        sheet = f"<x:worksheet {space}><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
        assert lines(write(xl__worksheets__1=sheet)) == [["s1", 1, "1"]]


# -- what is refused -----------------------------------------------------------------------------------------------
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8)
)


@pytest.mark.parametrize("part", ["xl/worksheets/1", "xl/workbook", "xl/sharedStrings", "[Content_Types]", "xl/styles"])
def test_a_bomb_of_entities_in_any_part(write: Write, part: str) -> None:
    styles = '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    parts = {"[Content_Types]": TYPES.format(more=STRINGS + styles), "xl/sharedStrings": f"<sst {MAIN}/>"}
    parts |= {"xl/styles": f"<styleSheet {MAIN}/>", part: BOMB + "]><x>&i;</x>"}
    assert "entities" in refusal(write(**parts))


def test_entities_from_elsewhere_are_not_fetched(write: Write) -> None:
    sheet = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet {MAIN}><sheetData>&a;</sheetData></worksheet>'
    assert "entities" in refusal(write(xl__worksheets__1=sheet))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"xl/worksheets/1": None}, "lacks a sheet"),
        ({"[Content_Types]": None}, "damaged"),
        ({"xl/workbook": None}, "damaged"),
        ({"xl/workbook": "<workbook"}, "damaged"),
        ({"xl/_rels/workbook.xml": None, "xl/worksheets/1": "<worksheet>"}, "damaged"),
        ({"xl/worksheets/1": f"<worksheet {MAIN}><sheetData><row>"}, "damaged"),
        ({"xl/worksheets/1": b"\xff\xfe\0\0"}, "damaged"),
        ({"[Content_Types]": TYPES.format(more=STRINGS)}, "damaged"),  # shared strings that are not there
    ],
)
def test_missing_and_damaged_parts(write: Write, parts: dict[str, str | bytes | None], why: str) -> None:
    assert why in refusal(write(**parts))


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>x</v></c></row>',
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="x"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>yes</v></c></row>',
        '<row r="1"><c r="A1" s="x"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="inf"><c><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>heute</v></c></row>',
    ],
)
def test_values_of_the_wrong_type(write: Write, row: str) -> None:
    assert "damaged" in refusal(write(row))


def test_limits_on_rows_cells_and_sheets(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1,048,576 rows" in refusal(write('<row r="1048577"><c><v>1</v></c></row>'))
    assert lines(write('<row r="1048576"><c><v>1</v></c></row>')) == [["s1", 1048576, "1"]]
    assert "64 sheets" in refusal(write(sheets=65))
    longest = "x" * _workbook_worker.CELL
    assert lines(write(f'<row><c t="str"><v>{longest}</v></c></row>')) == [["s1", 1, longest]]
    assert "32,767 characters" in refusal(write(f'<row><c t="str"><v>{longest}x</v></c></row>'))


@pytest.mark.slow
def test_more_rows_than_a_sheet_may_have(write: Write) -> None:
    assert "1,048,576 rows" in refusal(write("<row/>" * (_workbook_worker.ROWS + 1)))


def test_limits_on_bytes(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("<row><c><v>1234567</v></c></row>" * 1000)
    monkeypatch.setattr(workbook, "SIZE", 30_000)
    assert "2 GiB" in refusal(path)
    monkeypatch.setattr(workbook, "SIZE", 36_000)
    assert len(lines(path)) == 1000
    path = write("<row><c><v>1234567</v></c></row>" * 1000 + " " * 8_000)
    assert "2 GiB" in refusal(path)


def test_a_few_bytes_that_become_much_text(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long shared string in every cell: the XML is small, what comes of it is not."""
    strings = f"<sst {MAIN}><si><t>{'x' * 30_000}</t></si></sst>"
    path = write(
        "<row>" + '<c t="s"><v>0</v></c>' * 1000 + "</row>",
        **{"xl/sharedStrings": strings, "[Content_Types]": TYPES.format(more=STRINGS)},
    )
    monkeypatch.setattr(workbook, "SIZE", 1 << 20)
    out = io.BytesIO()
    with pytest.raises(UnreadableExport, match="2 GiB"):
        transcribe(path, out)
    assert len(out.getvalue()) <= 1 << 20


def test_memory_has_a_limit(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MEMORY", 150 << 20)
    strings = f"<sst {MAIN}>" + "".join(f"<si><t>{n:01000}</t></si>" for n in range(120_000)) + "</sst>"
    types = {"[Content_Types]": TYPES.format(more=STRINGS)}
    assert "too much memory" in refusal(write(xl__sharedStrings=strings, **types))


def test_a_far_column_costs_no_more_than_the_limit(write: Write) -> None:
    ((_, _, *cells),) = lines(write('<row r="1"><c r="XFD1"><v>1</v></c></row>'))
    assert len(cells) == 16_384


def test_old_and_encrypted_workbooks_say_so(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    path.write_bytes(workbook.OLE + b"\0" * 1000)
    assert "encrypted" in refusal(path)
    with pytest.raises(UnreadableExport, match="encrypted"):
        open_source(path)
    os.rename(path, tmp_path / "letter.doc")
    assert open_source(tmp_path / "letter.doc").encoding != "xlsx"


def test_every_cut_of_a_workbook_is_refused(write: Write) -> None:
    path = write()
    whole = path.read_bytes()
    for cut in range(4, len(whole), len(whole) // 40):
        path.write_bytes(whole[:cut])
        refusal(path)


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    path.write_bytes(b"PK\3\4 not really")
    assert "an incomplete Excel file" in refusal(path)


# -- the worker ----------------------------------------------------------------------------------------------------
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Another worker: a module of this code."""
    (tmp_path / "stand_in.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    import importlib

    monkeypatch.setattr(workbook, "worker", importlib.import_module("stand_in"))


@pytest.mark.parametrize(
    "code",
    [
        "import time, sys\nif len(sys.argv) > 1: time.sleep(60)",
        "import os, time, sys\nif len(sys.argv) > 1: os.close(1); os.close(2); time.sleep(60)",
    ],
)
def test_a_worker_that_hangs_is_ended(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    path = write()
    monkeypatch.delitem(sys.modules, "stand_in", raising=False)
    stand_in(tmp_path, monkeypatch, code)
    began = time.monotonic()
    assert "no headway" in refusal(path, patience=0.5)
    assert time.monotonic() - began < 10


def test_a_worker_that_goes_on_reading_is_waited_for(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write()
    monkeypatch.delitem(sys.modules, "stand_in", raising=False)
    code = "import os, time, sys\nif len(sys.argv) > 1:\n  for _ in range(8): time.sleep(0.25); os.write(2, b'.')\n  print('[]')"
    stand_in(tmp_path, monkeypatch, code)
    out = io.BytesIO()
    transcribe(path, out, patience=1)
    assert out.getvalue() == b"[]\n"


def test_a_worker_that_dies_is_told_as_damage(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write()
    monkeypatch.delitem(sys.modules, "stand_in", raising=False)
    stand_in(tmp_path, monkeypatch, "import os, sys\nif len(sys.argv) > 1: os.abort()")
    assert "damaged" in refusal(path)


def test_nothing_is_left_behind(tmp_path: Path, write: Write) -> None:
    """Neither processes nor files, whatever comes."""
    path = write("<row>")
    code = (
        "import sys, io, subprocess; from pathlib import Path; from qunkit.parsing.workbook import transcribe\n"
        "try: transcribe(Path(sys.argv[1]), io.BytesIO())\nexcept Exception as error: print(type(error).__name__)"
    )
    found = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert (found.stdout, found.stderr) == ("UnreadableExport\n", "")
    assert os.listdir(tmp_path) == ["w.xlsx"]


def test_modules_in_the_current_folder_are_not_run(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write()
    for name in ("json", "openpyxl", "qunkit", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('owned', 'w')\nraise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert lines(path) == [["s1", 1, "1"]]
    assert not (tmp_path / "owned").exists()


def test_openpyxl_goes_through_defusedxml(monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    path = write()
    assert lines(path)
    monkeypatch.setattr(os, "environ", {**os.environ, "OPENPYXL_DEFUSEDXML": "False", "OPENPYXL_LXML": "True"})
    assert lines(path)  # the caller's environment does not weaken it
    code = "import openpyxl.xml.functions as f; print(f.iterparse.__module__, f.fromstring.__module__)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"OPENPYXL_DEFUSEDXML": "True", "OPENPYXL_LXML": "False"},
    ).stdout
    assert told == "defusedxml.common defusedxml.common\n"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        open_source(tmp_path / "w.xlsx")


# -- as a source ---------------------------------------------------------------------------------------------------
def test_a_source_is_its_transcript_under_the_file_s_own_hash(write: Write, tmp_path: Path) -> None:
    path = write('<row><c t="str"><v>时间</v></c></row><row><c><v>1</v></c></row>')
    spool = tmp_path / "spool"
    spool.mkdir()
    source = open_source(path, spool_dir=spool)
    text = '["s1",1,"时间"]\n["s1",2,"1"]\n'.encode()
    assert (source.encoding, source.bom, source.size) == ("xlsx", 0, len(text))
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert b"".join(block for _, block in source.blocks(3)) == text
    assert source.raw(2, 9) == text[2:9]
    assert source.original(np.array([0, 5, len(text)])).tolist() == [0, 5, len(text)]
    assert source.head.sheets == {"s1": (("时间",), ("1",))}
    assert source.head.text == ""
    assert os.listdir(spool) == []
    assert source.unchanged()
    path.write_bytes(b"other")
    assert not source.unchanged()


def test_other_zips_are_no_workbooks(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as zipped:
        zipped.writestr("word/document.xml", "<w/>")
    assert open_source(tmp_path / "a.xlsx").encoding != "xlsx"
