"""One HTML file for a browser, a mail or a printer: headings, sentences, figures, charts, tables, and at the foot what they are about.

The page loads nothing, and runs nothing but a script of its own that sorts the tables of a report; everything is there without it (see `ink.page_head`). Chat
content stands in it as text (see `ink.html`). It follows the reader's light or dark colours, scrolls wide tables on a phone, and prints on A4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from typing import TextIO

from qunkit import ink
from qunkit.results import Cell, Chart, Column, Figure, Report, Result, Section, rest
from qunkit.words import Lang, Text

TITLE = Text("a page for a browser, in one file", "单个网页文件")
SUFFIX = ".html"

_HOUR = Text("hour", "时")
_MAP = Text(
    "Each cell: {label}; a deeper shade for each quarter of the highest.",
    "每格：{label}；颜色分四级，每级为最高值的四分之一。",
)
_CONTENTS = Text("Contents", "目录")
_DATA = Text("Data of this chart", "图表数据")
_UP = Text("All groups", "全部群")
_RANKED = ("int", "float", "ratio", "seconds", "date", "datetime", "bool")
_FEW = 3
"""Reports of fewer sections have no contents."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Where to write and how."""

    out: TextIO
    lang: Lang
    limit: int
    year: int | None
    """Of the data; it need not be said."""
    links: Mapping[str, str] = field(default_factory=dict)
    """The page of each group, by its id."""
    sorts: bool = False
    """It is a report: its tables can be sorted."""
    remarks: list[str] = field(default_factory=list)
    """What is said once, at the foot."""

    def say(self, tag: str, text: str, about: str = "") -> None:
        """A heading or a paragraph."""
        kind = f' class="{ink.html(about)}"' if about else ""
        self.out.write(f"<{ink.html(tag)}{kind}>{ink.html(text)}</{ink.html(tag)}>\n")

    def lines(self, items: Iterable[str]) -> None:
        """Sentences, a line each."""
        said = "".join(f"<li>{ink.html(item)}</li>\n" for item in items)
        self.out.write(f"<ul>\n{said}</ul>\n" if said else "")

    def figures(self, figures: Iterable[Figure]) -> None:
        """Cards."""
        drawn = "".join(_card(ink.card(figure, self.lang)) for figure in figures)
        self.out.write(f'<dl class="cards">\n{drawn}</dl>\n' if drawn else "")

    def charts(self, charts: Sequence[Chart]) -> list[str]:
        """Drawings, each with its key and its data; returns what was left out of these."""
        left_out: list[str] = []
        self.out.write('<div class="charts">\n' if charts else "")
        for chart in charts:
            drawn = ink.drawing(chart, self.lang, self.year)
            self.out.write(
                f"<figure>\n<figcaption>{ink.html(chart.title.say(self.lang))}</figcaption>\n{ink.chart_markup(drawn)}"
            )
            if drawn.svg:
                self.out.write(f"<details><summary>{ink.html(_DATA.say(self.lang))}</summary>\n")
            said = self.result(drawn.chart.result, alone=False)
            left_out += ink.within(chart.title, said, self.lang)
            self.out.write("</details>\n" if drawn.svg else "")
            self.out.write("</figure>\n")
        self.out.write("</div>\n" if charts else "")
        return left_out

    def result(self, result: Result, *, alone: bool) -> list[str]:
        """The table, map or chat of a result, and its notes; returns what was left out."""
        heat, result = ink.heat(result)
        if result.chat:
            notes, said = self._chat(result)
        else:
            notes, said = (self._map(heat), []) if heat else self._table(result)
        notes += heat.left_out(self.lang) if heat and alone else []
        self.lines([*said, *notes, *(ink.sentence(note, self.lang) for note in result.notes)])
        return said

    def _table(self, result: Result) -> tuple[list[str], list[str]]:
        """The table; returns what has to be said of it, and what was left out."""
        source = result.rows()
        rows = list(islice(source, self.limit))
        if not rows:
            return [(result.empty or ink.EMPTY).say(self.lang)], []
        columns, cells, has_ids = ink.named(result.columns, rows)
        kinds = [_kind(column) for column in columns]
        sorts = self.sorts and len(rows) > 1
        leads = [self.links.get(key) for key in ink.group_ids(result.columns, rows)] if self.links else []
        linked = next((at for at, column in enumerate(columns) if column.name in ("group_name", "group_id")), None)
        self._begin([column.label.say(self.lang) for column in columns], kinds, " sort" if sorts else "")
        for nth, row in enumerate(cells):
            shown = (ink.show(cell, column, self.lang, self.year) for cell, column in zip(row, columns, strict=True))
            ranks = [
                _ranked(cell, column, kind) if sorts else kind
                for cell, column, kind in zip(row, columns, kinds, strict=True)
            ]
            self._row("td", shown, ranks, linked, leads[nth] if leads else None)
        self.out.write("</tbody></table></div>\n")
        left = rest(source)
        said = [ink.MORE.say(self.lang, limit=ink.number(self.limit), left=ink.number(left))] if left else []
        ids = [ink.IDS.say(self.lang)] if has_ids else []
        self.remarks.extend(ids if self.sorts else [])
        return [] if self.sorts else ids, said

    def _chat(self, result: Result) -> tuple[list[str], list[str]]:
        """Messages below their groups and days; returns what has to be said of them, and what was left out."""
        told, left_out = ink.chat(result, self.lang, self.limit)
        for group, ones in groupby(told, lambda one: one.group):
            self.say("h2", group)
            for day, said in groupby(ones, lambda one: one.day):
                self.say("h3", day)
                self.out.writelines(_spoken(one) for one in said)
        return [] if told else [(result.empty or ink.EMPTY).say(self.lang)], left_out

    def _map(self, heat: ink.Heat) -> list[str]:
        """Hours down, weekdays across."""
        days = range(1, 8)
        kinds = [' class="n"'] * 8
        self._begin([_HOUR.say(self.lang), *(ink.WEEKDAYS[day - 1].say(self.lang) for day in days)], kinds)
        for hour in ink.HOURS:
            cells = (ink.show(heat.values.get((day, hour)), heat.measure, self.lang) for day in days)
            shades = (f' class="n s{ink.number(heat.step(day, hour) or 0)}"' for day in days)
            self._row("td", (str(hour), *cells), (kinds[0], *shades))
        self.out.write("</tbody></table></div>\n")
        return [_MAP.say(self.lang, label=heat.measure.label.say(self.lang))]

    def _begin(self, labels: Iterable[str], kinds: Iterable[str], sort: str = "") -> None:
        opened = '<table class="sort">' if sort else "<table>"
        self.out.write(f'<div class="wide" tabindex="0">{opened}<thead>\n')
        self._row("th", labels, kinds)
        self.out.write("</thead><tbody>\n")

    def _row(self, tag: str, cells: Iterable[str], kinds: Iterable[str], linked: int | None = None, to: str | None = None) -> None:  # fmt: skip
        drawn = []
        for at, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            inside = f'<a href="{ink.href(to)}">{ink.html(cell)}</a>' if to and at == linked else ink.html(cell)
            drawn.append(f"<{tag}{kind}>{inside}</{tag}>")
        self.out.write(f"<tr>{''.join(drawn)}</tr>\n")


def write(
    thing: Result | Report,
    out: TextIO,
    lang: Lang,
    *,
    limit: int = 10_000,
    links: Mapping[str, str] | None = None,
    up: str | None = None,
) -> list[str]:
    """Write `thing`. `limit`: rows of one table; the rest is counted. Returns what was left out, in `lang`.

    `links`: by the id of a group, the file of its page, to which its name leads. `up`: the file of the page that this one belongs to. Both are names of files beside this one.
    """
    sorts = isinstance(thing, Report)
    page = _Page(out, lang, limit, getattr(thing.facts.get("as_of"), "year", None), links or {}, sorts)
    title = ink.sentence(thing.title, lang) if isinstance(thing, Report) else thing.title.say(lang)
    out.write(ink.page_head(title, lang, sorts=sorts))
    out.write(f'<nav><a href="{ink.href(up)}">← {ink.html(_UP.say(lang))}</a></nav>\n' if up else "")
    page.say("h1", title)
    said = _report(page, thing) if isinstance(thing, Report) else page.result(thing, alone=True)
    out.write("</main>\n<footer>\n")
    if about := ink.context(thing.facts, lang):
        page.say("p", " · ".join(about))
    for remark in dict.fromkeys(page.remarks):
        page.say("p", remark)
    out.write("</footer>\n")
    out.write(ink.page_end(sorts=sorts))
    return said


def _card(card: ink.Card) -> str:
    told = "".join(f"<dd>{ink.html(one)}</dd>" for one in card.told)
    return f"<div><dt>{ink.html(card.label)}</dt><dd>{ink.html(card.value)}</dd>{told}</div>\n"


def _spoken(one: ink.Said) -> str:
    """A message, and what it answers."""
    lines = "<br>".join(ink.html(line) for line in one.lines)
    who = f"<b>{ink.html(one.who)}</b> " if one.who else ""
    answered = f'<p class="quote">{ink.html(one.quoted)}</p>\n' if one.quoted else ""
    kind = "say" if one.who else "note"
    return f'<p class="{kind}"><span class="time">{ink.html(one.time)}</span>{who}{lines}</p>\n{answered}'


def _report(page: _Page, report: Report) -> list[str]:
    anchors = ink.anchors(section.name for _, section in report.walk())
    if len(report.sections) >= _FEW:
        _contents(
            page,
            [(anchor, section) for anchor, (depth, section) in zip(anchors, report.walk(), strict=True) if not depth],
        )
    left_out: list[str] = []
    for anchor, (depth, section) in zip(anchors, report.walk(), strict=True):
        page.out.write(f'<section id="{ink.html(anchor)}">\n')
        page.say(("h2", "h3", "h4")[min(depth, 2)], section.title.say(page.lang))
        left_out += _section(page, section, report)
        page.out.write("</section>\n")
    return left_out


def _contents(page: _Page, sections: Iterable[tuple[str, Section]]) -> None:
    items = "".join(
        f'<li><a href="#{ink.html(anchor)}">{ink.html(section.title.say(page.lang))}</a></li>\n'
        for anchor, section in sections
    )
    page.out.write(f'<nav aria-label="{ink.html(_CONTENTS.say(page.lang))}"><ul>\n{items}</ul></nav>\n')


def _section(page: _Page, section: Section, report: Report) -> list[str]:
    page.lines(ink.sentence(note, page.lang) for note in section.lines)
    page.figures(section.figures)
    left_out = ink.within(section.title, page.charts(section.charts), page.lang)
    if section.result is None:
        return left_out
    own = {name: value for name, value in section.result.facts.items() if report.facts.get(name) != value}
    if about := ink.context(own, page.lang):
        page.say("p", " · ".join(about), "about")
    return [*left_out, *ink.within(section.title, page.result(section.result, alone=False), page.lang)]


def _kind(column: Column) -> str:
    """The class of a column: numbers stand at the right, they and times on one line."""
    if ink.is_number(column):
        return ' class="n"'
    return ' class="d"' if column.type in ("date", "datetime", "bool", "series") else ""


def _ranked(cell: Cell, column: Column, kind: str) -> str:
    """The class of a cell, and the number by which it is sorted where that is not its text."""
    ranked = isinstance(cell, int | float | date) or column.type in _RANKED
    return f'{kind} data-n="{ink.html(ink.rank(cell))}"' if ranked else kind
