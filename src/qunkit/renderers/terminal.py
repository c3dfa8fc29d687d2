"""Tables and reports for people at a terminal, drawn by Rich.

Signs carry the meaning (▲▼, bars, shades), colour only repeats it. A table that does not fit gives way in steps (bars go,
headings and long texts fold, columns stand closer, hours go; then columns that say the same in every row, and those that can be spared); if nothing
helps it becomes cards, one a row; each is said. Messages are written as a chat. Where the output cannot carry block characters, plain ASCII stands
in for them.
"""

from __future__ import annotations

import io
import os
import shutil
from itertools import groupby, islice
from typing import TYPE_CHECKING, TextIO

from qunkit import ink
from qunkit.ink import tables
from qunkit.ink.paper import Paper, Run, grid, style_of, styled
from qunkit.results import Note, Report, Result, rest
from qunkit.words import Lang, Text

if TYPE_CHECKING:
    from rich.text import Text as Styled

TITLE = Text("table for people", "给人看的表格")
SUFFIX = ".txt"

_CARDS = Text(
    "Too narrow ({width}) for {count} columns side by side: one card a row.",
    "窗口太窄（{width}），放不下 {count} 列，改为每行一张卡片。",
)
_DAYS = Text(
    "Too narrow ({width}) for the hours of first and last times: days only.",
    "窗口太窄（{width}），首末时间只显示日期。",
)
_SAME = Text("The same in every row: {said}.", "各行相同：{said}。")
_SAME_SHOWN = Text("The same in every row shown: {said}.", "所示各行相同：{said}。")
_GONE = Text(
    "Too narrow ({width}) for: {names}; a wider window shows them, --format tsv gives all.",
    "窗口太窄（{width}），未显示：{names}；加宽窗口可显示，--format tsv 可得到全部。",
)
_MAP = Text("{label}: {steps}", "{label}：{steps}")
_BLANK = Text("blank: not observed", "空白：未观察到")
_PEAK = Text("Highest: {weekday} {hour}:00, {value}.", "最高：{weekday} {hour} 点，{value}。")

_MAP_WIDTH = 30
"""A map is 24 hours and the names of the weekdays wide; where that does not fit, it is a table."""
_ASCII = str.maketrans("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░▒▓─–—▲▼±≤⏎…·•、◌┃", "_..--=+#.:::+++.:*---^v=<|~.*,o|")


def write(
    thing: Result | Report,
    out: TextIO,
    lang: Lang,
    *,
    width: int | None = None,
    color: bool | None = None,
    limit: int = 200,
) -> list[str]:
    """Draw `thing` on `out`.

    `width`: columns, at least 20; None asks the terminal. `color`: None means yes on a terminal, unless NO_COLOR is set or
    TERM is dumb. `limit`: rows of one table that are drawn; the rest is counted. Returns what was left out, in `lang`.
    """
    drawn = io.StringIO()  # Rich would flush after every line, and end the process where a pipe breaks
    columns = max(20, width or shutil.get_terminal_size().columns)
    paper = Paper(drawn, columns, color=_wants_color(out) if color is None else color)
    if isinstance(thing, Report):
        left_out = _report(paper, thing, lang, limit)
    else:
        paper.say(ink.term(thing.title.say(lang)), "bold")
        paper.flow([ink.term(fact) for fact in ink.context(thing.facts, lang)])
        if not thing.chat:  # it begins with a heading
            paper.draw()
        left_out = _body(paper, thing, lang, limit, _year(thing), alone=True)
    text = drawn.getvalue()
    out.write(text if _can_draw(out) else text.translate(_ASCII))
    return left_out


def _year(thing: Result | Report) -> int | None:
    """The year that need not be said."""
    return getattr(thing.facts.get("as_of"), "year", None)


def _wants_color(out: TextIO) -> bool:
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", "unknown")


def _can_draw(out: TextIO) -> bool:
    try:
        "▁▄█▏░▒▓─–▲▼≤·•…┃".encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


def _report(paper: Paper, report: Report, lang: Lang, limit: int) -> list[str]:
    left_out: list[str] = []
    paper.say(ink.term(ink.sentence(report.title, lang)), "bold")
    paper.flow([ink.term(fact) for fact in ink.context(report.facts, lang)])
    for _, section in report.walk():
        paper.head(ink.term(section.title.say(lang)))
        said = [
            *(ink.figure_line(one, lang) for one in section.figures),
            *(ink.chart_line(one, lang) for one in section.charts),
        ]
        lines = [*(_runs(note, lang) for note in section.lines), *(styled((ink.term(one), "")) for one in said)]
        paper.bullets("•", lines)
        for heat in map(ink.chart_heat, section.charts):
            if heat and heat.values and paper.width >= _MAP_WIDTH:
                paper.draw()
                paper.bullets("·", [styled((ink.term(one), "dim")) for one in _map(paper, heat, lang)])
        if section.result:
            if lines:
                paper.draw()
            own = {name: value for name, value in section.result.facts.items() if report.facts.get(name) != value}
            paper.flow([ink.term(fact) for fact in ink.context(own, lang)])
            said = _body(paper, section.result, lang, limit, _year(report), alone=False)
            left_out += ink.within(section.title, said, lang)
    if ink.leaves_ids(report):
        paper.draw()
        paper.bullets("·", [styled((ink.term(ink.IDS.say(lang)), "dim"))])
    return left_out


def _runs(note: Note, lang: Lang) -> Styled:
    return styled(*(_run(ink.term(text), bold) for text, bold in ink.pieces(note, lang)))


def _run(text: str, bold: bool) -> Run:
    return text, style_of(text) or ("bold" if bold else "")


def _body(paper: Paper, result: Result, lang: Lang, limit: int, year: int | None, *, alone: bool) -> list[str]:
    """The table, the map, the cards or the chat of a result, and its notes; a map `alone`, not in a report, says what it leaves out.

    Returns what was left out for its length.
    """
    heat, result = ink.heat(result)
    drawn = heat and paper.width >= _MAP_WIDTH
    if result.chat:
        notes, said = list[str](), _chat(paper, result, lang, limit)
    else:
        notes, said = (
            (_map(paper, heat, lang), []) if heat and drawn else _table(paper, result, lang, limit, year, alone=alone)
        )
    notes += said
    notes += heat.left_out(lang) if heat and drawn and alone else []
    notes += [ink.sentence(note, lang) for note in result.notes]
    if notes:
        paper.draw()
    paper.bullets("·", [styled((ink.term(note), "dim")) for note in notes])
    return said


def _table(paper: Paper, result: Result, lang: Lang, limit: int, year: int | None, *, alone: bool) -> tuple[list[str], list[str]]:  # fmt: skip
    """Draw the rows; returns how they are drawn, where that has to be said (a report says once that ids are left out), and what was left out."""
    source = result.rows()
    rows = list(islice(source, limit))
    if not rows:
        paper.say(ink.term((result.empty or ink.EMPTY).say(lang)))
        return [], []
    places = {column.name: [row[at] for row in rows] for at, column in enumerate(result.columns)}
    columns, rows, has_ids = ink.named(result.columns, rows)
    strips = [
        tables.strip(column, [row[at] for row in rows], lang, year, places.get(column.places or ""))
        for at, column in enumerate(columns)
    ]
    fit = tables.side_by_side(strips, paper)
    paper.draw(fit.table if fit else tables.cards(strips, paper))
    left = rest(source)
    how = _how(fit, len(strips), paper.width, lang, _SAME_SHOWN if left else _SAME)
    how += [ink.IDS.say(lang)] if has_ids and alone else []
    return how, _left_out(left, sum(strip.cut for strip in strips), fit, limit, paper.width, lang)


def _how(fit: tables.Fit | None, count: int, width: int, lang: Lang, same_of: Text) -> list[str]:
    """How a table gave way without loss."""
    if fit is None:
        return [_CARDS.say(lang, count=count, width=width)]
    same = ink.listed((f"{one.label} {one.cells[0]}" for one in fit.same if one.cells[0]), lang)
    said = [same_of.say(lang, said=same)] if same else []
    return [*said, _DAYS.say(lang, width=width)] if fit.days_only else said


def _left_out(rows: int, cut: int, fit: tables.Fit | None, limit: int, width: int, lang: Lang) -> list[str]:
    said = [ink.MORE.say(lang, limit=ink.number(limit), left=ink.number(rows))] if rows else []
    if fit and fit.gone:
        said.append(_GONE.say(lang, width=width, names=ink.listed((one.label for one in fit.gone), lang)))
    return [*said, ink.CUT.say(lang, count=ink.number(cut))] if cut else said


def _chat(paper: Paper, result: Result, lang: Lang, limit: int) -> list[str]:
    """Draw the messages, under their groups and days; returns what was left out."""
    told, left_out = ink.chat(result, lang, limit, short=True)
    if not told:
        paper.say(ink.term((result.empty or ink.EMPTY).say(lang)))
    for group, ones in groupby(told, lambda one: one.group):
        paper.head(ink.term(group))
        for at, (day, said) in enumerate(groupby(ones, lambda one: one.day)):
            if at:
                paper.draw()
            paper.say(ink.term(day))
            paper.talk([_spoken(one) for one in said])
    return left_out


def _spoken(one: ink.Said) -> tuple[str, list[Styled], Styled]:
    """A message: the time, its lines, what it answers."""
    first, *more = one.lines
    if one.who:
        begin = styled((ink.term(one.who), "bold"), (f"  {ink.term(first)}", ""))
        return ink.term(one.time), [begin, *(styled((ink.term(line), "")) for line in more)], _answered(one)
    lines = [f"· {first}", *more]
    return ink.term(one.time), [styled((ink.term(line), "dim")) for line in lines], _answered(one)


def _answered(one: ink.Said) -> Styled:
    return styled((ink.term(one.quoted), "dim"))


def _map(paper: Paper, heat: ink.Heat, lang: Lang) -> list[str]:
    """Draw weekdays and hours as shades; returns the legend."""
    names = [ink.term(weekday.say(lang)) for weekday in ink.WEEKDAYS]
    margin = max(styled((name, "")).cell_len for name in names) + 2
    wide = 2 if paper.width >= margin + 2 * len(ink.HOURS) else 1
    drawn = grid(2)
    drawn.add_row("", styled(("".join(f"{hour:<{3 * wide}}" for hour in ink.HOURS[::3]), "dim")))
    for weekday, name in enumerate(names, 1):
        shades = "".join(f"{shade:{wide}}" if shade == "·" else shade * wide for shade in heat.shades(weekday))
        drawn.add_row(name, styled((ink.term(shades), "cyan")))
    paper.draw(drawn)
    return _legend(heat, lang)


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
    return said
