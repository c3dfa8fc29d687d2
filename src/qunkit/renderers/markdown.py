"""GitHub-flavoured Markdown for wikis, issues and mails: headings, tables, notes, in the language asked for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, islice
from typing import TextIO

from qunkit import ink
from qunkit.results import Report, Result, rest
from qunkit.words import Lang, Text

TITLE = Text("Markdown tables", "Markdown 表格")
SUFFIX = ".md"

_HOUR = Text("hour", "时")
_MAP = Text("Each cell: {label}.", "每格：{label}。")


def write(thing: Result | Report, out: TextIO, lang: Lang, *, limit: int = 1000) -> list[str]:
    """Write `thing`. Chat content renders as itself: see `ink.md`. `limit`: rows of one table; the rest is counted.

    Returns what was left out, in `lang`.
    """
    year = getattr(thing.facts.get("as_of"), "year", None)  # it need not be said
    if isinstance(thing, Result):
        out.write(f"# {ink.md(thing.title.say(lang))}\n")
        _context(out, ink.context(thing.facts, lang))
        return _result(thing, out, lang, limit, year, alone=True)
    left_out: list[str] = []
    out.write(f"# {ink.md(ink.sentence(thing.title, lang))}\n")
    _context(out, ink.context(thing.facts, lang))
    for depth, section in thing.walk():
        mark = "####" if depth > 1 else "###" if depth else "##"
        out.write(f"\n{mark} {ink.md(section.title.say(lang))}\n")
        said = [
            *(ink.figure_line(one, lang) for one in section.figures),
            *(ink.chart_line(one, lang) for one in section.charts),
        ]
        _list(out, [*(ink.sentence(note, lang) for note in section.lines), *said])
        if section.result:
            own = {name: value for name, value in section.result.facts.items() if thing.facts.get(name) != value}
            _context(out, ink.context(own, lang))
            said = _result(section.result, out, lang, limit, year, alone=False)
            left_out += ink.within(section.title, said, lang)
    _list(out, [ink.IDS.say(lang)] if ink.leaves_ids(thing) else [])
    return left_out


def _context(out: TextIO, said: list[str]) -> None:
    if said:
        out.write(f"\n{' · '.join(map(ink.md, said))}\n")


def _list(out: TextIO, items: list[str]) -> None:
    if items:
        out.write("\n" + "".join(f"- {ink.md(item)}\n" for item in items))


def _result(result: Result, out: TextIO, lang: Lang, limit: int, year: int | None, *, alone: bool) -> list[str]:
    """The table or map, and its notes; returns what was left out."""
    heat, result = ink.heat(result)
    if result.chat:
        notes, said = _chat(result, out, lang, limit)
    else:
        notes, said = (_map(heat, out, lang), []) if heat else _table(result, out, lang, limit, year, alone=alone)
    notes += heat.left_out(lang) if heat and alone else []
    _list(out, [*said, *notes, *(ink.sentence(note, lang) for note in result.notes)])
    return said


def _table(result: Result, out: TextIO, lang: Lang, limit: int, year: int | None, *, alone: bool) -> tuple[list[str], list[str]]:  # fmt: skip
    """The table; returns what has to be said about it (a report says once that ids are left out), and what was left out."""
    source = result.rows()
    rows = list(islice(source, limit))
    columns, cells, has_ids = ink.named(result.columns, rows)
    rules = ["--:" if ink.is_number(column) else "---" for column in columns]
    out.write("\n" + _line(ink.md(column.label.say(lang)) for column in columns) + _line(rules))
    for row in cells:
        pairs = zip(row, columns, strict=True)
        out.write(_line(ink.md(ink.show(cell, column, lang, year)) for cell, column in pairs))
    if not rows:
        return [(result.empty or ink.EMPTY).say(lang)], []
    left = rest(source)
    said = [ink.MORE.say(lang, limit=ink.number(limit), left=ink.number(left))] if left else []
    return [ink.IDS.say(lang)] if has_ids and alone else [], said


def _chat(result: Result, out: TextIO, lang: Lang, limit: int) -> tuple[list[str], list[str]]:
    """Messages as lists below their groups and days; returns what has to be said about them, and what was left out."""
    told, left_out = ink.chat(result, lang, limit)
    for group, ones in groupby(told, lambda one: one.group):
        out.write(f"\n## {ink.md(group)}\n")
        for day, said in groupby(ones, lambda one: one.day):
            out.write(f"\n### {ink.md(day)}\n\n")
            out.writelines(_spoken(one) for one in said)
    return [] if told else [(result.empty or ink.EMPTY).say(lang)], left_out


def _spoken(one: ink.Said) -> str:
    """A message: further lines, and what it answers, stand below the first."""
    begin = f"**{ink.md(one.who)}** " if ink.md(one.who) else "· "
    lines = "\\\n  ".join(ink.md(line) for line in one.lines)
    time = f"{ink.md(one.time)} " if one.time else ""
    answered = f"\n  > {ink.md(one.quoted)}" if one.quoted else ""
    return f"- {time}{begin}{lines}{answered}\n"


def _map(heat: ink.Heat, out: TextIO, lang: Lang) -> list[str]:
    """Hours down, weekdays across: a table that is not wider than a page."""
    days = range(1, 8)
    out.write(
        "\n"
        + _line(map(ink.md, [_HOUR.say(lang), *(ink.WEEKDAYS[day - 1].say(lang) for day in days)]))
        + _line(["--:"] * 8)
    )
    for hour in ink.HOURS:
        cells = (heat.values.get((day, hour)) for day in days)
        out.write(_line([str(hour), *(ink.md(ink.show(cell, heat.measure, lang)) for cell in cells)]))
    return [_MAP.say(lang, label=heat.measure.label.say(lang))]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"
