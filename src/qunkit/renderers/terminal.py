"""Tables and reports for people at a terminal.

Signs carry the meaning (▲▼, bars, shades), colour only repeats it. A table that does not fit gives way in steps (long
texts fold, bars go, headings fold) and then becomes cards, one a row, and says so. Where the output cannot carry block
characters, plain ASCII stands in for them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from qunkit import ink
from qunkit.results import Cell, Column, Note, Report, Result
from qunkit.words import Lang, Text

TITLE = Text("table for people", "给人看的表格")
SUFFIX = ".txt"

_BELOW = Text(
    "Too narrow ({width}) for all columns: {below} of {count} stand below each row.",
    "窗口太窄（{width}），{count} 列中有 {below} 列写在每行下面。",
)
_CARDS = Text(
    "Too narrow ({width}) for {count} columns side by side: one card a row.",
    "窗口太窄（{width}），放不下 {count} 列，改为每行一张卡片。",
)
_CUT = Text(
    "Long texts cut (…): {count}; --format tsv gives all.", "{count} 处长文本已截断（…），--format tsv 可得到全部。"
)
_MAP = Text("{label}: {steps}", "{label}：{steps}")
_BLANK = Text("blank: not observed", "空白：未观察到")
_PEAK = Text("Highest: {weekday} {hour}:00, {value}.", "最高：{weekday} {hour} 点，{value}。")

_MAP_WIDTH = 30
"""A map is 24 hours and the names of the weekdays wide; where that does not fit, it is a table."""

_STYLES = {"": "", "cut": "", "bold": "1", "dim": "2", "bar": "36", "up": "36", "down": "33"}
_ASCII = str.maketrans("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░▒▓─–—▲▼±≤⏎…·•、◌", "_..--=+#.:::+++.:*---^v=<|~.*,o")
_READABLE = 100
"""Rules and sentences grow no wider than this."""


@dataclass(slots=True)
class _Page:
    """Where lines go: how wide it is, and what it can show."""

    out: TextIO
    lang: Lang
    width: int
    color: bool
    ascii: bool

    def line(self, *runs: ink.Run) -> None:
        text = "".join(self._paint(*run) for run in ink.trimmed(list(runs)))
        self.out.write((text.translate(_ASCII) if self.ascii else text) + "\n")

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.color and _STYLES[style] and text else text

    def draw(self, lines: Iterable[ink.Line]) -> int:
        """Lines one by one; returns how many cells were cut."""
        cut = 0
        for line in lines:
            self.line(*line)
            cut += sum(style == "cut" for _, style in line)
        return cut

    def flow(self, runs: list[ink.Run], *, first: str = "", rest: str = "") -> None:
        """Runs as a paragraph, folded at the width."""
        for at, line in enumerate(ink.fold_runs(runs, min(self.width, _READABLE) - ink.width(rest))):
            self.line((rest if at else first, "dim"), *line)


def write(
    thing: Result | Report,
    out: TextIO,
    lang: Lang,
    *,
    width: int | None = None,
    color: bool | None = None,
    limit: int = 200,
) -> None:
    """Draw `thing` on `out`.

    `width`: columns, at least 20; None asks the terminal. `color`: None means yes on a terminal, unless NO_COLOR is set or
    TERM is dumb. `limit`: rows of one table that are read and drawn; more are announced, not drawn.
    """
    columns = max(20, width or shutil.get_terminal_size().columns)
    page = _Page(out, lang, columns, _wants_color(out) if color is None else color, not _can_draw(out))
    if isinstance(thing, Report):
        _report(page, thing, limit)
    else:
        page.line((ink.term(thing.title.say(lang)), "bold"))
        _context(page, ink.context(thing.facts, lang))
        page.line()
        _body(page, thing, limit, _year(thing))


def _year(thing: Result | Report) -> int | None:
    """The year that need not be said."""
    return getattr(thing.facts.get("as_of"), "year", None)


def _wants_color(out: TextIO) -> bool:
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", "unknown")


def _can_draw(out: TextIO) -> bool:
    try:
        "▁▄█▏░▒▓─–▲▼≤·•…".encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


# -- report --------------------------------------------------------------------------------------------------------
def _report(page: _Page, report: Report, limit: int) -> None:
    page.line((ink.term(ink.sentence(report.title, page.lang)), "bold"))
    _context(page, ink.context(report.facts, page.lang))
    for section in report.sections:
        title = ink.clip(ink.term(section.title.say(page.lang)), page.width - 6)
        rule = "─" * (min(page.width, _READABLE) - ink.width(title) - 4)
        page.line()
        page.line(("── ", "dim"), (title, "bold"), (" " + rule, "dim"))
        for note in section.lines:
            page.flow(_runs(note, page.lang), first="• ", rest="  ")
        if section.result:
            if section.lines:
                page.line()
            own = {name: value for name, value in section.result.facts.items() if report.facts.get(name) != value}
            _context(page, ink.context(own, page.lang))
            _body(page, section.result, limit, _year(report))


def _context(page: _Page, said: list[str]) -> None:
    for line in ink.flow([ink.term(fact) for fact in said], min(page.width, _READABLE)):
        page.line((line, "dim"))


def _runs(note: Note, lang: Lang) -> list[ink.Run]:
    return [(ink.term(text), ink.style_of(text) or ("bold" if bold else "")) for text, bold in ink.pieces(note, lang)]


# -- tables --------------------------------------------------------------------------------------------------------
def _body(page: _Page, result: Result, limit: int, year: int | None) -> None:
    """The table, the map or the cards of a result, and its notes."""
    heat, result = ink.heat(result)
    notes = _map(page, heat) if heat and page.width >= _MAP_WIDTH else _table(page, result, limit, year)
    notes += [ink.sentence(note, page.lang) for note in result.notes]
    if notes:
        page.line()
    for note in notes:
        page.flow([(ink.term(note), "dim")], first="· ", rest="  ")


def _table(page: _Page, result: Result, limit: int, year: int | None) -> list[str]:
    """Draw the rows; returns what has to be said about it."""
    source = result.rows()
    rows = list(islice(source, limit))
    said = [ink.MORE.say(page.lang, limit=ink.number(limit))] if next(source, None) is not None else []
    strips = [_strip(column, [row[at] for row in rows], page.lang, year) for at, column in enumerate(result.columns)]
    if not rows:
        page.flow([(ink.EMPTY.say(page.lang), "dim")])
        return []
    if plan := ink.plan(strips, page.width):
        cut = page.draw(ink.grid(strips, plan))
        if below := len(strips) - len(plan.widths):
            said.insert(0, _BELOW.say(page.lang, below=below, count=len(strips), width=page.width))
    else:
        cut = page.draw(ink.cards(strips, page.width))
        said.insert(0, _CARDS.say(page.lang, count=len(strips), width=page.width))
    return [*said, _CUT.say(page.lang, count=ink.number(cut))] if cut else said


def _strip(column: Column, cells: list[Cell], lang: Lang, year: int | None) -> ink.Strip:
    shown = [ink.term(ink.show(cell, column, lang, year)) for cell in cells]
    bars: list[str] = []
    if column.type == "ratio" and (column.name == "share" or column.name.endswith("_share")):
        shares = [cell if isinstance(cell, int | float) and not ink.is_missing(cell) else 0 for cell in cells]
        bars = [ink.bar(share, max(shares, default=0), ink.BAR) for share in shares]
    style = "bar" if column.type == "series" else ""
    return ink.Strip(ink.term(column.label.say(lang)), shown, ink.is_number(column), bars, style)


def _map(page: _Page, heat: ink.Heat) -> list[str]:
    """Draw weekdays and hours as shades; returns the legend."""
    names = [weekday.say(page.lang) for weekday in ink.WEEKDAYS]
    margin = max(map(ink.width, names)) + 2
    wide = 2 if page.width >= margin + 2 * len(ink.HOURS) else 1
    page.line((" " * margin + "".join(f"{hour:<{3 * wide}}" for hour in ink.HOURS[::3]), "dim"))
    for weekday, name in enumerate(names, 1):
        shades = "".join(f"{shade:{wide}}" if shade == "·" else shade * wide for shade in heat.shades(weekday))
        page.line((ink.pad(name, margin), ""), (shades, "bar"))
    return _legend(heat, page.lang)


def _legend(heat: ink.Heat, lang: Lang) -> list[str]:
    def say(value: float) -> str:
        return ink.show(value, heat.measure, lang)

    steps = ["·0", *(f"{shade}≤{say(heat.top * quarter / 4)}" for quarter, shade in enumerate("░▒▓█", 1))]
    if len(heat.values) < 7 * 24:
        steps.append(_BLANK.say(lang))
    said = [_MAP.say(lang, label=heat.measure.label.say(lang), steps="  ".join(steps))]
    if peak := heat.peak():
        weekday, hour = ink.WEEKDAYS[peak[0] - 1].say(lang), peak[1]
        said.append(_PEAK.say(lang, weekday=weekday, hour=hour, value=say(heat.values[peak])))
    return said + heat.left_out(lang)
