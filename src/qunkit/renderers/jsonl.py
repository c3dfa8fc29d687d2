"""JSON Lines: one object a row, as they come. The same in every language; times and numbers as in JSON.

A row of a result is ``{column: cell, …}``. A report gives ``{"section": name, "line": sentence}``, ``{"section": name,
"figure": {…}}`` and ``{"section": name, "row": {…}}``. Notes, facts and charts are not in it: JSON has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from qunkit import ink
from qunkit.results import Report, Result
from qunkit.words import Lang, Text

TITLE = Text("one JSON object a row", "每行一个 JSON 对象")
SUFFIX = ".jsonl"


def write(thing: Result | Report, out: TextIO, lang: Lang) -> None:
    """Write `thing` row by row; `lang` changes nothing."""
    for record in _report(thing) if isinstance(thing, Report) else _rows(thing):
        out.write(ink.json_dump(record) + "\n")


def _rows(result: Result) -> Iterator[dict[str, object]]:
    names = [column.name for column in result.columns]
    for row in result.rows():
        yield dict(zip(names, map(ink.plain, row), strict=True))


def _report(report: Report) -> Iterator[dict[str, object]]:
    for _, section in report.walk():
        for note in section.lines:
            yield {"section": section.name, "line": ink.plain(ink.sentence(note, "en"))}
        for row in _rows(ink.figures_table(section.name, section.title, section.figures)):
            yield {"section": section.name, "figure": row}
        if section.result:
            for row in _rows(section.result):
                yield {"section": section.name, "row": row}
