"""Comma-separated values for spreadsheets: RFC 4180, everything quoted, no cell that could be a formula.

The cells are those of TSV, in every language the same, but line ends inside a cell stay. A report is its tables one
after another, an empty line between them, each under rows of one cell that begins with ``# ``; charts are not in it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from qunkit import ink
from qunkit.results import Report, Result
from qunkit.words import Lang, Text

TITLE = Text("comma-separated values, safe to open in a spreadsheet", "逗号分隔文本，可放心用表格软件打开")
SUFFIX = ".csv"


def write(thing: Result | Report, out: TextIO, lang: Lang, *, bom: bool = False) -> None:
    """Write `thing` row by row; `lang` changes nothing. See `ink.csv_cell` for what cells look like.

    `bom` puts a byte order mark first: for files, so that Excel reads the Chinese right. `out` must not translate line
    ends (they are CRLF).
    """
    if bom:
        out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in _table(thing) if isinstance(thing, Result) else _tables(thing):
        if row:
            writer.writerow(row)
        else:
            out.write("\r\n")


def _table(result: Result) -> Iterator[list[str]]:
    yield [ink.csv_text(column.name) for column in result.columns]
    for row in result.rows():
        yield [ink.csv_cell(cell) for cell in row]


def _tables(report: Report) -> Iterator[list[str]]:
    for at, (_, section) in enumerate(report.walk()):
        if at:
            yield []
        yield [ink.csv_cell(f"# {section.name}: {section.title.say('en')}")]
        for note in section.lines:
            yield [ink.csv_cell(f"# {ink.sentence(note, 'en')}")]
        if section.figures:
            yield from _table(ink.figures_table(section.name, section.title, section.figures))
        if section.figures and section.result:
            yield []
        if section.result:
            yield from _table(section.result)
