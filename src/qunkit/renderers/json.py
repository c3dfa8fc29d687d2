"""One JSON object: what was asked, about what, the columns, the rows (a line each) and the notes.

A result: ``{"format": 1, "name", "title", "facts": {…}, "columns": [{"name", "type", "label"}], "rows": [{…}],
"notes": ["…"]}``. A report: ``{"format": 1, "report", "title", "facts": {…}, "sections": [{"name", "title", "lines":
["…"], "result": a result without "format", or null}]}``. Titles, labels, lines and notes are English whatever the
language, so that the same data give the same bytes. Times are ISO 8601 in the zone that ``facts.timezone`` names,
ratios shares of 1, durations seconds, floats have 12 significant digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TextIO

from qunkit import ink
from qunkit.results import Cell, Column, Report, Result, Section
from qunkit.words import Lang, Text

TITLE = Text("one JSON object", "一个 JSON 对象")
SUFFIX = ".json"
FORMAT = 1


def write(thing: Result | Report, out: TextIO, lang: Lang) -> None:
    """Write `thing`; rows are written as they come. `lang` changes nothing."""
    parts = _report(thing) if isinstance(thing, Report) else _result(thing)
    out.write(f'{{"format": {FORMAT}, ')
    out.writelines(parts)
    out.write("}\n")


def _result(result: Result) -> Iterator[str]:
    """The members of a result's object."""
    yield f'"name": {ink.json_dump(result.name)}, "title": {_said(result.title)}, "facts": {_facts(result.facts)}, '
    yield f'"columns": {_lines(map(_column, result.columns))}, "rows": ['
    names = [column.name for column in result.columns]
    for at, row in enumerate(result.rows()):
        yield (",\n" if at else "\n") + ink.json_dump(dict(zip(names, map(ink.plain, row), strict=True)))
    notes = [ink.plain(ink.sentence(note, "en")) for note in result.notes]
    yield f'\n], "notes": {ink.json_dump(notes)}'


def _report(report: Report) -> Iterator[str]:
    title = ink.json_dump(ink.plain(ink.sentence(report.title, "en")))
    yield f'"report": {ink.json_dump(report.name)}, "title": {title}, "facts": {_facts(report.facts)}, "sections": ['
    for at, section in enumerate(report.sections):
        yield ",\n" if at else "\n"
        yield from _section(section)
    yield "\n]"


def _section(section: Section) -> Iterator[str]:
    lines = [ink.plain(ink.sentence(note, "en")) for note in section.lines]
    yield f'{{"name": {ink.json_dump(section.name)}, "title": {_said(section.title)}, "lines": {ink.json_dump(lines)}, '
    if section.result:
        yield '"result": {'
        yield from _result(section.result)
        yield "}}"
    else:
        yield '"result": null}'


def _said(text: Text) -> str:
    return ink.json_dump(text.say("en"))


def _column(column: Column) -> str:
    return ink.json_dump({"name": column.name, "type": column.type, "label": column.label.say("en")})


def _facts(facts: Mapping[str, Cell]) -> str:
    return ink.json_dump({name: ink.plain(value) for name, value in facts.items()})


def _lines(values: Iterator[str]) -> str:
    return "[\n" + ",\n".join(values) + "\n]"
