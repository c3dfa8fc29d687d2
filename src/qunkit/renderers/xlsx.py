"""A workbook for Excel and other spreadsheets: numbers, percentages and times as such, texts as text and never as formulas.

A result is one sheet; a report has one for each of its tables, for the data of each of its charts, and for the headline figures of a section. The heading stays in sight and filters; shares from
0 to 1 have a bar behind them. One more sheet holds the sentences, the notes and the facts. Codes are words, durations are in seconds, lists are joined by commas, a time with a zone is a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from qunkit import ink
from qunkit.ink import workbook as styles
from qunkit.results import Cell, Column, Report, Result, Section
from qunkit.words import Lang, Text

TITLE = Text("Excel workbook", "Excel 工作簿")
SUFFIX = ".xlsx"
BINARY = True

_ABOUT = Text("Notes", "说明")
_SECONDS = Text("{label} (s)", "{label}（秒）")
_CONTINUED = Text(
    "A sheet holds {limit} rows: the others are on {names}.", "每张工作表最多 {limit} 行，其余见{names}。"
)
_CUT = Text(
    "Texts longer than a cell may be end in …: {count}; {left} characters are left out. --format tsv gives all.",
    "{count} 处文本超过单元格上限，以 … 结尾，省略 {left} 个字符，--format tsv 可得到全部。",
)
_COLUMNS = Text(
    "A sheet holds {limit} columns: {left} are left out. --format tsv gives all.",
    "每张工作表最多 {limit} 列，其余 {left} 列未写入，--format tsv 可得到全部。",
)
_Page = tuple[str, list[str]]
"""A heading, and what is said under it."""
_PROBE = 200
"""Rows whose cells say how wide a column is."""
_NARROW, _WIDE, _PAGE = 6, 50, 100
"""Columns of text."""


def write(thing: Result | Report, out: BinaryIO, lang: Lang) -> list[str]:
    """Write `thing`, its rows as they come; returns what was cut, in `lang`."""
    book = ink.Workbook(out)
    if isinstance(thing, Report):
        said, pages = _sections(book, thing, lang)
        pages = [(ink.sentence(thing.title, lang), []), *pages]
    else:
        said = _result(book, thing, thing.title.say(lang), lang)
        pages = [(thing.title.say(lang), [ink.sentence(note, lang) for note in thing.notes])]
    _about(book, [*pages, ("", said), ("", ink.context(thing.facts, lang))], lang)
    book.close(last_first=isinstance(thing, Report))
    return said


def _sections(book: ink.Workbook, report: Report, lang: Lang) -> tuple[list[str], list[_Page]]:
    """The tables; returns what was cut, and all that the sections say in words."""
    cut: list[str] = []
    pages: list[_Page] = []
    for _, section in report.walk():
        title = section.title.say(lang)
        notes = [*section.lines, *(section.result.notes if section.result else ())]
        told = [ink.sentence(one.note, lang) for one in section.figures if one.note]
        shown = [ink.sentence(chart.about, lang) for chart in section.charts]
        pages.append((title, [*(ink.sentence(note, lang) for note in notes), *told, *shown]))
        if section.figures:
            _figures(book, section, lang)
        results = [section.result] if section.result else []
        for result in [*results, *(chart.result for chart in section.charts)]:
            cut += ink.within(section.title, _result(book, result, title, lang), lang)
    return cut, [page for page in pages if page[1]]


def _figures(book: ink.Workbook, section: Section, lang: Lang) -> None:
    """Headline figures as rows, each value as what it is."""
    table = ink.figures_table(section.name, section.title, section.figures)
    labels = [column.label.say(lang) for column in table.columns]
    with book.sheet(section.title.say(lang), (30, *[14] * (len(labels) - 1))) as sheet:
        sheet.add(
            labels, [styles.OVER_NUMBERS if ink.is_number(column) else styles.HEADING for column in table.columns]
        )
        for figure, row in zip(section.figures, table.rows(), strict=True):
            kinds = [styles.PLAIN, *[_style(figure.column)] * 3, styles.INTEGER, styles.INTEGER]
            sheet.add((_label(figure.column, lang), *row[1:]), kinds)


def _result(book: ink.Workbook, result: Result, title: str, lang: Lang) -> list[str]:
    """The table, on as many sheets as that takes; returns what was cut."""
    columns = result.columns[: styles.COLUMNS]
    labels = [_label(column, lang) for column in columns]
    kinds = [_style(column) for column in columns]
    rows = (_in_words(columns, row, lang) for row in result.rows())
    first = list(islice(rows, _PROBE))
    widths = [
        _width(label, column, [row[at] for row in first], lang)
        for at, (label, column) in enumerate(zip(labels, columns, strict=True))
    ]
    rest = chain(first, rows)
    names: list[str] = []
    cut: list[int] = []
    row = next(rest, None)
    while row is not None or not names:
        with book.sheet(title, widths) as sheet:
            sheet.bars = [
                at for at, column in enumerate(columns) if column.type == "ratio" and not ink.is_change(column.name)
            ]
            sheet.add(labels, [styles.OVER_NUMBERS if ink.is_number(column) else styles.HEADING for column in columns])
            while row is not None and not sheet.is_full:
                sheet.add(row, kinds)
                row = next(rest, None)
        names.append(book.last)
        cut += sheet.cut
    return [*_said(names, cut, lang), *_missing(result.columns, lang)]


def _in_words(columns: Sequence[Column], row: Sequence[Cell], lang: Lang) -> list[Cell]:
    """The cells of a row, with words for codes."""
    return [_worded(cell, column, lang) if column.words else cell for column, cell in zip(columns, row, strict=False)]


def _worded(cell: Cell, column: Column, lang: Lang) -> Cell:
    if isinstance(cell, list | tuple):
        return [ink.show(item, column, lang) for item in cell]
    return ink.show(cell, column, lang) if isinstance(cell, str) else cell


def _said(names: Sequence[str], cut: Sequence[int], lang: Lang) -> Iterator[str]:
    if len(names) > 1:
        yield _CONTINUED.say(lang, limit=ink.number(styles.ROWS - 1), names=ink.listed(names[1:], lang))
    if cut:
        yield _CUT.say(lang, count=ink.number(len(cut)), left=ink.number(sum(cut)))


def _missing(columns: Sequence[Column], lang: Lang) -> Iterator[str]:
    if left := len(columns[styles.COLUMNS :]):
        yield _COLUMNS.say(lang, limit=ink.number(styles.COLUMNS), left=ink.number(left))


def _label(column: Column, lang: Lang) -> str:
    label = column.label.say(lang)
    return _SECONDS.say(lang, label=label) if column.type == "seconds" else label


def _style(column: Column) -> int:
    if column.type == "ratio":
        return styles.PERCENT
    if column.type == "int":
        return styles.PLAIN if column.name == "year" else styles.INTEGER
    return styles.DECIMAL if column.type in ("float", "seconds") else styles.PLAIN


def _width(label: str, column: Column, cells: Sequence[Cell], lang: Lang) -> int:
    """Columns of text for a column of the sheet; a heading may stand on three lines."""
    shown = (
        ink.width(ink.term(ink.machine(cell) if column.type != "int" else ink.show(cell, column, lang)))
        for cell in cells
    )
    longest = {"ratio": 8, "float": 12, "seconds": 10, "datetime": 18, "date": 10, "bool": 7}.get(column.type)
    heading = ink.width(ink.term(label))
    return min(_WIDE, max(_NARROW, longest or max(shown, default=0), min(heading, max(12, heading // 3))) + 2)


def _about(book: ink.Workbook, pages: Sequence[_Page], lang: Lang) -> None:
    """The sheet of everything that is no table."""
    with book.sheet(_ABOUT.say(lang), (_PAGE,), table=False) as sheet:
        for title, lines in pages:
            if title or lines:
                sheet.add((title,), (styles.HEADING,))
            for line in lines:
                sheet.add((line,), (styles.PROSE,))
