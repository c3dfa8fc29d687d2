"""One HTML file for a browser, a mail or a printer: headings, sentences, tables, and at the foot what they are about.

The page holds no script and loads nothing: its policy forbids both. Chat content stands in it as text (see `ink.html`). It
follows the reader's light or dark colours, scrolls wide tables on a phone, and prints on A4.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby, islice
from typing import TextIO

from qunkit import ink
from qunkit.results import Column, Report, Result, rest
from qunkit.words import Lang, Text

TITLE = Text("a page for a browser, in one file", "单个网页文件")
SUFFIX = ".html"

_HOUR = Text("hour", "时")
_MAP = Text(
    "Each cell: {label}; a deeper shade for each quarter of the highest.",
    "每格：{label}；颜色分四级，每级为最高值的四分之一。",
)
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2126;--soft:#5c6670;--line:#d8dde2;--back:#fff;--head:#f3f5f7;
--s1:#e3f0f8;--s2:#bcdcee;--s3:#8cc3e2;--s4:#5aa7d4}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7ea;--soft:#9aa4ad;--line:#3a4149;--back:#15181b;--head:#20252a;
--s1:#18303e;--s2:#1b445c;--s3:#1f5878;--s4:#236c95}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:80rem;background:var(--back);color:var(--ink);
font:16px/1.6 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.3;margin:0 0 1rem}
h2{font-size:1.2rem;line-height:1.3;margin:2.2rem 0 .6rem}
p,ul{margin:.6rem 0;max-width:48rem}
ul{padding-left:1.2rem}
.about,footer{color:var(--soft);font-size:.875rem}
footer{margin-top:2.5rem;border-top:1px solid var(--line)}
.wide{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;width:max-content;font-size:.9375rem;line-height:1.45}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;max-width:24rem}
th{background:var(--head);font-weight:600;vertical-align:bottom;max-width:8rem}
.n,.d{white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums}
th.n{white-space:normal;overflow-wrap:normal}
.s1{background:var(--s1)}.s2{background:var(--s2)}.s3{background:var(--s3)}.s4{background:var(--s4)}
h3{font-size:.9375rem;color:var(--soft);margin:1.2rem 0 .4rem}
.say,.note,.quote{margin:.15rem 0;padding-left:3.4rem}
.say,.note{text-indent:-3.4rem}
.say *,.note *{text-indent:0}
.time{display:inline-block;width:3.4rem;color:var(--soft);font-variant-numeric:tabular-nums}
.note,.quote{color:var(--soft)}
.quote{margin:0 0 .3rem 3.4rem;padding-left:.6rem;border-left:3px solid var(--line)}
@page{size:A4;margin:15mm}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--back:#fff;--head:#eee;
--s1:#e3f0f8;--s2:#bcdcee;--s3:#8cc3e2;--s4:#5aa7d4}
td{print-color-adjust:exact}
body{padding:0;max-width:none;font-size:10pt}.wide{overflow:visible}
table{font-size:8pt;width:auto}th,td{padding:.15rem .3rem}th,td:not(.n):not(.d){white-space:normal;overflow-wrap:anywhere}
thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}}
"""


@dataclass(frozen=True, slots=True)
class _Page:
    """Where to write and how."""

    out: TextIO
    lang: Lang
    limit: int
    year: int | None
    """Of the data; it need not be said."""

    def say(self, tag: str, text: str, about: str = "") -> None:
        """A heading or a paragraph."""
        kind = f' class="{ink.html(about)}"' if about else ""
        self.out.write(f"<{ink.html(tag)}{kind}>{ink.html(text)}</{ink.html(tag)}>\n")

    def lines(self, items: Iterable[str]) -> None:
        """Sentences, a line each."""
        said = "".join(f"<li>{ink.html(item)}</li>\n" for item in items)
        self.out.write(f"<ul>\n{said}</ul>\n" if said else "")

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
        self._begin([column.label.say(self.lang) for column in columns], kinds)
        for row in cells:
            shown = (ink.show(cell, column, self.lang, self.year) for cell, column in zip(row, columns, strict=True))
            self._row("td", shown, kinds)
        self.out.write("</tbody></table></div>\n")
        left = rest(source)
        said = [ink.MORE.say(self.lang, limit=ink.number(self.limit), left=ink.number(left))] if left else []
        return [ink.IDS.say(self.lang)] if has_ids else [], said

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

    def _begin(self, labels: Iterable[str], kinds: Iterable[str]) -> None:
        self.out.write('<div class="wide" tabindex="0"><table><thead>\n')
        self._row("th", labels, kinds)
        self.out.write("</thead><tbody>\n")

    def _row(self, tag: str, cells: Iterable[str], kinds: Iterable[str]) -> None:
        drawn = (f"<{tag}{kind}>{ink.html(cell)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True))
        self.out.write(f"<tr>{''.join(drawn)}</tr>\n")


def write(thing: Result | Report, out: TextIO, lang: Lang, *, limit: int = 10_000) -> list[str]:
    """Write `thing`. `limit`: rows of one table; the rest is counted. Returns what was left out, in `lang`."""
    page = _Page(out, lang, limit, getattr(thing.facts.get("as_of"), "year", None))
    title = ink.sentence(thing.title, lang) if isinstance(thing, Report) else thing.title.say(lang)
    _head(out, title, lang)
    page.say("h1", title)
    said = _sections(page, thing) if isinstance(thing, Report) else page.result(thing, alone=True)
    out.write("</main>\n<footer>\n")
    if about := ink.context(thing.facts, lang):
        page.say("p", " · ".join(about))
    out.write("</footer>\n</body>\n</html>\n")
    return said


def _spoken(one: ink.Said) -> str:
    """A message, and what it answers."""
    lines = "<br>".join(ink.html(line) for line in one.lines)
    who = f"<b>{ink.html(one.who)}</b> " if one.who else ""
    answered = f'<p class="quote">{ink.html(one.quoted)}</p>\n' if one.quoted else ""
    kind = "say" if one.who else "note"
    return f'<p class="{kind}"><span class="time">{ink.html(one.time)}</span>{who}{lines}</p>\n{answered}'


def _sections(page: _Page, report: Report) -> list[str]:
    left_out: list[str] = []
    for section in report.sections:
        page.say("h2", section.title.say(page.lang))
        page.lines(ink.sentence(note, page.lang) for note in section.lines)
        if section.result:
            own = {name: value for name, value in section.result.facts.items() if report.facts.get(name) != value}
            if about := ink.context(own, page.lang):
                page.say("p", " · ".join(about), "about")
            left_out += ink.within(section.title, page.result(section.result, alone=False), page.lang)
    return left_out


def _head(out: TextIO, title: str, lang: Lang) -> None:
    style = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{ink.html(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    out.write(
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{ink.html(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )


def _kind(column: Column) -> str:
    """The class of a column: numbers stand at the right, they and times on one line."""
    if ink.is_number(column):
        return ' class="n"'
    return ' class="d"' if column.type in ("date", "datetime", "bool", "series") else ""
