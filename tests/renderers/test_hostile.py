"""Whole results with hostile names in every text of every analysis, through every renderer; a new file of either shelf is tested without
an edit here."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from xml.etree import ElementTree

import html5lib
import openpyxl
import pyarrow.parquet
import pytest
from markdown_it import MarkdownIt

from qunkit import registry
from qunkit.errors import BadOption
from qunkit.results import Cell, Column, Note, Report, Result, Section
from qunkit.words import Text
from support import nasty, week
from support.shelves import BYTES, GRAPHS, REPORTS, TABLES

NAMES = registry.names("renderers")
ANALYSES = registry.names("analyses")
NASTY = [*nasty.PIECES, *nasty.made(99, 75)]
STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
CELLS: dict[str, Cell] = {
    "int": 3, "float": 1.5, "ratio": -0.25, "seconds": 90.0, "bool": True, "series": [1, 2, 0],
    "date": date(2026, 5, 17), "datetime": datetime(2026, 5, 17, 9, 30),
}  # fmt: skip


def _result(columns: tuple[Column, ...], texts: list[str]) -> Result:
    """A row a text: it stands in every column that can hold one, in a note and in a fact."""
    rows = [tuple(_cell(column, text) for column in columns) for text in texts]
    said = [Note(Text("Said by {who}.", "{who} 说的。"), (("who", text),)) for text in texts]
    facts: dict[str, Cell] = {"as_of": datetime(2026, 5, 17, 23, 59), "groups": list(texts), "who": texts[0]}
    return Result("r", Text("r", "r"), columns, rows, said, facts)


def _cell(column: Column, text: str) -> Cell:
    return text if column.type == "text" else [text, "x", text] if column.type == "list" else CELLS[column.type]


def _written(name: str, thing: Result | Report, **options: Any) -> Any:
    module = registry.load("renderers", name)
    out: Any = io.BytesIO() if getattr(module, "BINARY", False) else io.StringIO(newline="")
    module.write(thing, out, "en", **options)
    return out.getvalue()


# -- one check a renderer -------------------------------------------------------------------------------------------------
def _terminal(thing: Result | Report, plain: Result | Report) -> None:
    for width in (100,) if len(getattr(thing, "columns", ())) > 2 else (40, 100):
        said = _written("terminal", thing, width=width, color=False, limit=1000)
        said.encode()
        assert not STEERING.search(said.replace("\n", ""))
        assert "\t" not in said


MARKDOWN = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough", "linkify"])


def _markdown(thing: Result | Report, plain: Result | Report) -> None:
    tags = [re.findall("<[^>]*>", MARKDOWN.render(_written("markdown", one))) for one in (thing, plain)]
    assert tags[0] == tags[1]


def _html(thing: Result | Report, plain: Result | Report) -> None:
    pages = [_written("html", one) for one in (thing, plain)]
    assert not STEERING.search(pages[0])
    trees = [html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page) for page in pages]
    shapes = [
        [(str(one.tag), sorted(one.attrib.items())) for one in tree.iter() if not _is_drawn(one)] for tree in trees
    ]
    assert shapes[0] == shapes[1]


def _is_drawn(element: Any) -> bool:
    """A part of a drawing, whose places and number go by how wide the names are; it is a shape or a text, and says nothing else."""
    if not str(element.tag).startswith("{http://www.w3.org/2000/svg}"):
        return False
    assert str(element.tag).rpartition("}")[2] in ("svg", "g", "path", "line", "text")
    told = {name: value for name, value in element.attrib.items() if name not in ("class", "role", "aria-label", "text-anchor", "fill")}  # fmt: skip
    assert {*told} <= {"viewBox", "transform", "d", "x2", "y2", "font-size", "stroke-width", "stroke-dasharray", "opacity"}  # fmt: skip
    assert not re.search("[^-0-9., MLHVAZmlhvaztranslate()]", "".join(told.values()))
    return True


def _tsv(thing: Result | Report, plain: Result | Report) -> None:
    said, usual = (_written("tsv", one) for one in (thing, plain))
    assert not STEERING.search(said)
    assert [line.count("\t") for line in said.split("\n")] == [line.count("\t") for line in usual.split("\n")]


def _csv(thing: Result | Report, plain: Result | Report) -> None:
    said, usual = (list(csv.reader(io.StringIO(_written("csv", one), newline=""))) for one in (thing, plain))
    assert [len(row) for row in said] == [len(row) for row in usual]
    cells = [cell for row in said for cell in row]
    assert not STEERING.search("".join(cells))
    assert [
        cell for cell in cells if re.match('[\\s"\u200b\ufeff]*[=+@|%＝＋－＠−]|[\t\r\n]|-(?![0-9.]+$)', cell)
    ] == []


def _json(thing: Result | Report, plain: Result | Report) -> None:
    said, usual = (_written("json", one) for one in (thing, plain))
    assert not STEERING.search(said)
    assert _shape(json.loads(said)) == _shape(json.loads(usual))


def _jsonl(thing: Result | Report, plain: Result | Report) -> None:
    said, usual = (_written("jsonl", one).split("\n")[:-1] for one in (thing, plain))
    assert not STEERING.search("".join(said))
    assert [_shape(json.loads(line)) for line in said] == [_shape(json.loads(line)) for line in usual]


def _shape(value: Any) -> Any:
    """The objects, lists and keys, without what they hold."""
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in value.items()}
    return [_shape(one) for one in value] if isinstance(value, list) else type(value).__name__


def _xlsx(thing: Result | Report, plain: Result | Report) -> None:
    said, usual = (openpyxl.load_workbook(io.BytesIO(_written("xlsx", one))) for one in (thing, plain))
    assert said.sheetnames == usual.sheetnames
    for sheet, other in zip(said, usual, strict=True):
        assert sheet.dimensions == other.dimensions
        for row, usually in zip(sheet.iter_rows(), other.iter_rows(), strict=True):
            assert [cell.data_type for cell in row] == [cell.data_type for cell in usually]
            assert {cell.data_type for cell in row} <= {"s", "n", "d", "b"}
            assert not any(cell.hyperlink or STEERING.search(str(cell.value)) for cell in row)


def _parquet(thing: Result | Report, plain: Result | Report) -> None:
    if isinstance(thing, Result):
        said, usual = (pyarrow.parquet.read_table(io.BytesIO(_written("parquet", one))) for one in (thing, plain))
        assert (said.num_rows, said.schema) == (usual.num_rows, usual.schema)
        said.validate(full=True)


def _graph(name: str, thing: Result | Report, plain: Result | Report) -> None:
    """Of rows from members to themselves, as all are here, the members are left; what is no graph is refused."""
    if isinstance(thing, Report) or not any(column.edge for column in thing.columns):
        with pytest.raises(BadOption, match="qunkit replies"):
            _written(name, thing)
        return
    said, usual = (_written(name, one) for one in (thing, plain))
    assert not STEERING.search(said.replace("\n", ""))
    shapes = [{(one.tag, *sorted(one.attrib)) for one in ElementTree.fromstring(text).iter()} for text in (said, usual)]
    assert shapes[0] == shapes[1]


CHECKS: dict[str, Callable[[Any, Any], None]] = {
    "terminal": _terminal, "markdown": _markdown, "html": _html, "tsv": _tsv, "csv": _csv, "json": _json, "jsonl": _jsonl,
    "xlsx": _xlsx, "parquet": _parquet, **{name: partial(_graph, name) for name in GRAPHS},
}  # fmt: skip


def test_every_renderer_is_checked() -> None:
    assert set(CHECKS) == set(NAMES)
    assert len(NASTY) > 250


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("analysis", ANALYSES)
def test_P29_hostile_names_in_every_column(name: str, analysis: str) -> None:
    columns = registry.load("analyses", analysis).COLUMNS
    if not _texts(columns):  # days and hours have no names
        columns = (Column("name", "text", Text("name", "名称")), *columns)
    assert _texts(columns)
    CHECKS[name](_result(columns, NASTY), _result(columns, ["x"] * len(NASTY)))


def _texts(columns: tuple[Column, ...]) -> list[str]:
    return [column.name for column in columns if column.type in ("text", "list")]


@pytest.mark.parametrize("name", NAMES)
def test_P29_a_hostile_report(name: str) -> None:
    CHECKS[name](_report(NASTY), _report(["x"] * len(NASTY)))


def _report(texts: list[str]) -> Report:
    """Also titles: a file's name is one, in `qunkit formats`."""
    columns = (Column("name", "text", Text("name", "名称")), Column("names", "list", Text("names", "名单")))
    title = Note(Text("{who}", "{who}"), (("who", texts[0]),))
    sections = [
        Section("s", Text("Section", "节"), [Note(Text("{who} said", "{who} 说"), (("who", text),)) for text in texts]),
        Section("t", Text("Table", "表"), [], _result(columns, texts)),
    ]
    return Report("r", title, sections, {"who": texts[-1]})


@pytest.mark.parametrize("name", REPORTS)
def test_P29_a_hostile_week(name: str) -> None:
    """Charts, cards and sections below sections: a name stands in every chart that can show one."""
    for at in range(0, len(NASTY), 60):
        texts = NASTY[at : at + 60]
        CHECKS[name](week.group(texts), week.group(["x"] * len(texts)))


@pytest.mark.parametrize("name", [name for name in TABLES if name not in BYTES])
def test_P29_hostile_names_of_columns(name: str) -> None:
    """`qunkit sql` with a PIVOT makes columns of members' names."""
    texts = [text.encode("utf-8", "replace").decode() for text in NASTY]
    table = [tuple(Column(f"{at}{text}", "text", Text(text, text)) for at, text in enumerate(kind)) for kind in (texts, ["x"] * len(texts))]  # fmt: skip
    things = [Result("r", Text("r", "r"), columns, [("x",) * len(columns)]) for columns in table]
    if name in ("json", "jsonl"):
        assert not STEERING.search(_written(name, things[0]))
    else:
        CHECKS[name](*things)


def test_the_checks_bite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renderers whose ink does nothing are caught, all of them."""
    from qunkit import ink

    columns = (Column("name", "text", Text("name", "名称")),)
    things = _result(columns, NASTY), _result(columns, ["x"] * len(NASTY))
    for name in ("term", "md", "tsv_cell", "tsv_text", "csv_cell", "csv_text"):
        monkeypatch.setattr(ink, name, str)
    monkeypatch.setattr(ink, "html", html.unescape)
    monkeypatch.setattr(ink, "json_dump", lambda value: json.dumps(value, ensure_ascii=False))
    monkeypatch.setattr("qunkit.ink.tables.term", str)
    monkeypatch.setattr("qunkit.ink.workbook.xlsx_text", lambda text: (text, 0))
    for name in set(TABLES) - {"parquet"}:
        with pytest.raises(Exception):  # noqa: B017, PT011 - openpyxl and html5lib have their own
            CHECKS[name](*things)
