"""One JSON object: what was asked, about what, the columns, the rows (a line each) and the notes.

A result: ``{"format": 1, "name", "title", "facts": {…}, "columns": [{"name", "type", "label"}], "rows": [{…}],
"notes": ["…"]}``. A report: ``{"format": 1, "report", "title", "facts": {…}, "sections": [{"name", "title", "lines":
["…"], "figures": [{"name", "type", "label", "value", "before", "usual", "weeks", "n", "note"}], "charts": [{"name", "kind", "title",
"about", "roles": {role: column}, "result"}], "result": a result without "format", or null, "sections": […]}]}``. Titles, labels, lines and notes are English whatever the
language, so that the same data give the same bytes. Times are ISO 8601 in the zone that ``facts.timezone`` names,
ratios shares of 1, durations seconds, floats have 12 significant digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from qunkit import ink
from qunkit.results import Cell, Column, Figure, Report, Result, Section
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
    yield from _sections(report.sections)
    yield "\n]"


def _sections(sections: Iterable[Section]) -> Iterator[str]:
    for at, section in enumerate(sections):
        yield ",\n" if at else "\n"
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    lines = [ink.plain(ink.sentence(note, "en")) for note in section.lines]
    yield f'{{"name": {ink.json_dump(section.name)}, "title": {_said(section.title)}, "lines": {ink.json_dump(lines)}, '
    yield f'"figures": {ink.json_dump([_figure(figure) for figure in section.figures])}, "charts": ['
    for at, chart in enumerate(section.charts):
        yield (
            (",\n" if at else "\n")
            + f'{{"name": {ink.json_dump(chart.name)}, "kind": {ink.json_dump(chart.kind)}, "title": {_said(chart.title)}, '
        )
        yield f'"about": {ink.json_dump(ink.plain(ink.sentence(chart.about, "en")))}, "roles": {ink.json_dump(dict(chart.roles))}, "result": {{'
        yield from _result(chart.result)
        yield "}}"
    yield '], "result": '
    if section.result:
        yield "{"
        yield from _result(section.result)
        yield "}"
    else:
        yield "null"
    yield ', "sections": ['
    yield from _sections(section.sections)
    yield "]}"


def _figure(figure: Figure) -> dict[str, object]:
    note = ink.plain(ink.sentence(figure.note, "en")) if figure.note else None
    cells = {
        "value": figure.value,
        "before": figure.before,
        "usual": figure.usual,
        "weeks": figure.weeks,
        "n": figure.n,
    }
    told = {"name": figure.column.name, "type": figure.column.type, "label": figure.column.label.say("en")}
    return {**told, **{name: ink.plain(cell) for name, cell in cells.items()}, "note": note}


def _said(text: Text) -> str:
    return ink.json_dump(text.say("en"))


def _column(column: Column) -> str:
    return ink.json_dump({"name": column.name, "type": column.type, "label": column.label.say("en")})


def _facts(facts: Mapping[str, Cell]) -> str:
    return ink.json_dump({name: ink.plain(value) for name, value in facts.items()})


def _lines(values: Iterator[str]) -> str:
    return "[\n" + ",\n".join(values) + "\n]"
