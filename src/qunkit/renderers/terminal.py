"""Tables and reports for people at a terminal, drawn by Rich.

Signs carry the meaning (▲▼, bars, shades), colour only repeats it. A table that does not fit gives way in steps (long
texts fold, bars go, headings fold) and then becomes cards, one a row, and says so. Where the output cannot carry block
characters, plain ASCII stands in for them.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from qunkit import ink
from qunkit.results import Cell, Column, Note, Report, Result
from qunkit.words import Lang, Text

if TYPE_CHECKING:
    import rich.console as rc
    from rich.measure import Measurement
    from rich.segment import Segment
    from rich.table import Table
    from rich.text import Text as Styled

TITLE = Text("table for people", "给人看的表格")
SUFFIX = ".txt"

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
_READABLE = 100
"""Rules and sentences grow no wider than this."""
_LONGEST = 160
"""Columns of text that one cell shows, on as many lines as it takes."""
_BAR = 8
_GAP = 2
_DRAWN = "cyan"
_SIGNS = {"▲": "cyan", "▼": "yellow", "–": "dim"}
_ASCII = str.maketrans("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░▒▓─–—▲▼±≤⏎…·•、◌", "_..--=+#.:::+++.:*---^v=<|~.*,o")


@dataclass(frozen=True, slots=True)
class _Page:
    """What is drawn on, how wide it is and in which language."""

    console: rc.Console
    lang: Lang
    width: int

    def draw(self, *things: rc.RenderableType) -> None:
        for thing in things:
            self.console.print(_Trimmed(thing))

    def say(self, text: str, style: str = "dim") -> None:
        """A paragraph of text that is clean already."""
        self.draw(_narrow(_Folded(_styled((text, style))), self.width))


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
    drawn = io.StringIO()
    columns = max(20, width or shutil.get_terminal_size().columns)
    page = _Page(_console(drawn, columns, _wants_color(out) if color is None else color), lang, columns)
    if isinstance(thing, Report):
        _report(page, thing, limit)
    else:
        page.say(ink.term(thing.title.say(lang)), "bold")
        _context(page, ink.context(thing.facts, lang))
        page.draw("")
        _body(page, thing, limit, _year(thing))
    text = drawn.getvalue()
    out.write(text if _can_draw(out) else text.translate(_ASCII))


def _console(out: TextIO, width: int, color: bool) -> rc.Console:
    """A console that asks the environment nothing: the same data and options give the same bytes."""
    from rich.console import Console

    return Console(
        file=out,
        width=width,
        height=25,
        color_system="standard" if color else None,
        no_color=not color,
        force_terminal=color,
        force_jupyter=False,
        force_interactive=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )


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


# -- what Rich lacks -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Folded:
    """Text that folds between Chinese characters too; it asks for `least` columns."""

    text: Styled
    least: int = 12

    def __rich_measure__(self, console: rc.Console, options: rc.ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        whole = self.text.cell_len
        return Measurement(min(whole, self.least), whole).with_maximum(options.max_width)

    def __rich_console__(self, console: rc.Console, options: rc.ConsoleOptions) -> rc.RenderResult:
        for line in self.text.divide(ink.breaks(self.text.plain, options.max_width)):
            line.rstrip()
            yield line


@dataclass(frozen=True, slots=True)
class _Trimmed:
    """Anything without the spaces at the ends of its lines."""

    thing: rc.RenderableType

    def __rich_console__(self, console: rc.Console, options: rc.ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import Segment

        for line in console.render_lines(self.thing, options, pad=False):
            while line and not line[-1].text.strip(" "):
                line.pop()
            yield from line[:-1]
            yield from (Segment(last.text.rstrip(" "), last.style) for last in line[-1:])
            yield Segment.line()


def _styled(*runs: tuple[str, str]) -> Styled:
    """Clean text with styles; never read as markup."""
    from rich.text import Text as Styled

    return Styled.assemble(*runs)


def _narrow(thing: rc.RenderableType, width: int) -> rc.RenderableType:
    from rich.constrain import Constrain

    return Constrain(thing, min(width, _READABLE))


def _grid(gap: int) -> Table:
    from rich.table import Table

    return Table.grid(padding=(0, gap, 0, 0))


# -- report --------------------------------------------------------------------------------------------------------
def _report(page: _Page, report: Report, limit: int) -> None:
    page.say(ink.term(ink.sentence(report.title, page.lang)), "bold")
    _context(page, ink.context(report.facts, page.lang))
    for section in report.sections:
        page.draw("", _heading(page, ink.term(section.title.say(page.lang))))
        _list(page, "•", [_runs(note, page.lang) for note in section.lines])
        if section.result:
            if section.lines:
                page.draw("")
            own = {name: value for name, value in section.result.facts.items() if report.facts.get(name) != value}
            _context(page, ink.context(own, page.lang))
            _body(page, section.result, limit, _year(report))


def _heading(page: _Page, title: str) -> rc.RenderableType:
    from rich.rule import Rule

    return _narrow(Rule(_styled(("── ", "dim"), (title, "bold")), align="left", style="dim"), page.width)


def _context(page: _Page, said: list[str]) -> None:
    """Facts with dots between, on lines that break between facts."""
    lines: list[str] = []
    for fact in map(ink.term, said):
        longer = f"{lines[-1]} · {fact}" if lines else fact
        if lines and _styled((longer, "")).cell_len <= min(page.width, _READABLE):
            lines[-1] = longer
        else:
            lines.append(fact)
    for line in lines:
        page.say(line)


def _runs(note: Note, lang: Lang) -> Styled:
    return _styled(*((ink.term(text), _style(text) or ("bold" if bold else "")) for text, bold in ink.pieces(note, lang)))


def _list(page: _Page, mark: str, items: Sequence[Styled]) -> None:
    grid = _grid(1)
    for item in items:
        grid.add_row(_styled((mark, "dim")), _Folded(item))
    if items:
        page.draw(_narrow(grid, page.width))


# -- tables --------------------------------------------------------------------------------------------------------
def _body(page: _Page, result: Result, limit: int, year: int | None) -> None:
    """The table, the map or the cards of a result, and its notes."""
    heat, result = ink.heat(result)
    notes = _map(page, heat) if heat and page.width >= _MAP_WIDTH else _table(page, result, limit, year)
    notes += [ink.sentence(note, page.lang) for note in result.notes]
    if notes:
        page.draw("")
    _list(page, "·", [_styled((ink.term(note), "dim")) for note in notes])


def _table(page: _Page, result: Result, limit: int, year: int | None) -> list[str]:
    """Draw the rows; returns what has to be said about it."""
    source = result.rows()
    rows = list(islice(source, limit))
    said = [ink.MORE.say(page.lang, limit=ink.number(limit))] if next(source, None) is not None else []
    if not rows:
        page.say(ink.EMPTY.say(page.lang))
        return []
    strips = [_strip(column, [row[at] for row in rows], page.lang, year) for at, column in enumerate(result.columns)]
    if table := _side_by_side(page, strips):
        page.draw(table)
    else:
        page.draw(_cards(strips, page.width))
        said.insert(0, _CARDS.say(page.lang, count=len(strips), width=page.width))
    cut = sum(strip.cut for strip in strips)
    return [*said, _CUT.say(page.lang, count=ink.number(cut))] if cut else said


@dataclass(frozen=True, slots=True)
class _Strip:
    """One column made ready: cleaned texts, a bar behind each or none, and how many texts were cut."""

    column: Column
    label: str
    cells: list[str]
    bars: list[str]
    cut: int
