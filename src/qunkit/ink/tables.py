"""Columns of cells as a Rich table, or, where they do not fit side by side, as cards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from qunkit.ink.cells import bar, is_missing, is_number, show
from qunkit.ink.clean import term
from qunkit.ink.columns import breaks, clip
from qunkit.ink.paper import Folded, Paper, grid, style_of, styled
from qunkit.results import Cell, Column, Type
from qunkit.words import Lang

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

GAP = 2
BAR = 8
_PLACE = re.compile("([0-9]{1,9}):([0-9]{1,9})")
_MARK = "bold yellow"
"""The style of what tells."""
LONGEST = 160
"""Columns of text that one cell shows, on as many lines as that takes."""


class _Step(NamedTuple):
    """How far columns give way: `text` is how narrow texts may become; the rest is drawn so, or not."""

    text: int
    bars: bool = False
    lines: int = 1
    """On how many lines a heading may stand."""
    gap: int = GAP
    short_times: bool = False
    """The day stands above the hour; of a first or last time the day is enough."""


_STEPS = (
    _Step(24, bars=True),
    _Step(24),
    _Step(24, lines=2),
    _Step(16, lines=3),
    _Step(16, lines=3, gap=1),
    _Step(16, lines=3, gap=1, short_times=True),
    _Step(12, lines=3, gap=1),
    _Step(12, lines=3, gap=1, short_times=True),
)


@dataclass(frozen=True, slots=True)
class Strip:
    """One column made ready: cleaned texts, and a bar behind each or none."""

    label: str
    cells: list[str]
    type: Type
    right: bool
    bars: list[str]
    style: str
    cut: int
    """How many texts were too long and end in …."""
    days: list[str]
    """The cells of a first or last time without the hour; else none."""
    spare: int
    """How soon it gives way; see `results.Column`."""
    marks: list[list[tuple[int, int]]]
    """The telling places of each cell, or nothing where there are none."""

    @property
    def body(self) -> int:
        """Columns of the widest cell, without its bar."""
        return max((styled((cell, "")).cell_len for cell in self.cells), default=0)

    def text(self, at: int, style: str = "") -> Text:
        """The cell of row `at`, without its bar."""
        shown = styled((self.cells[at], style or self.style or style_of(self.cells[at])))
        for start, end in self.marks[at] if self.marks else ():
            shown.stylize(_MARK, start, end)
        return shown


def strip(
    column: Column, cells: Sequence[Cell], lang: Lang, year: int | None, places: Sequence[Cell] | None = None
) -> Strip:
    """A column of a result, ready to be drawn; dates of `year` leave the year out. `places` are the cells of the column that its texts have theirs in."""
    whole = [term(show(cell, column, lang, year)) for cell in cells]
    shown = [clip(text, LONGEST) for text in whole]
    return Strip(
        label=term(column.label.say(lang)),
        cells=shown,
        type=column.type,
        right=is_number(column),
        bars=_bars(cells) if _is_share(column) else [],
        style="cyan" if column.type == "series" else "",
        cut=sum(text != short for text, short in zip(whole, shown, strict=True)),
        days=[text.partition(" ")[0] for text in shown] if _is_end(column) else [],
        spare=column.spare,
        marks=[_marks(*row) for row in zip(cells, shown, places, strict=True)] if places else [],
    )


def _marks(cell: Cell, shown: str, places: Cell) -> list[tuple[int, int]]:
    """Where the places of a raw text stand in what is shown of it."""
    if not isinstance(cell, str) or not isinstance(places, Sequence) or isinstance(places, str):
        return []
    spans = (tuple(map(int, found.groups())) for place in places if (found := _PLACE.fullmatch(str(place))))
    marks = ((len(term(cell[:start])), len(term(cell[:end]))) for start, end in spans)
    return [(start, min(end, len(shown))) for start, end in marks if start < len(shown)]


def _is_end(column: Column) -> bool:
    """Whether the day of a time says most of it: the first or last of something, long ago or not."""
    return column.type == "datetime" and column.name.startswith(("first_", "last_"))


def _is_share(column: Column) -> bool:
    return column.type == "ratio" and (column.name == "share" or column.name.endswith("_share"))


def _bars(cells: Sequence[Cell]) -> list[str]:
    shares = [cell if isinstance(cell, int | float) and not is_missing(cell) else 0 for cell in cells]
    return [bar(share, max(shares, default=0), BAR) for share in shares]


class Fit(NamedTuple):
    """Strips side by side, and how that came about."""

    table: Table
    days_only: bool
    """Whether hours were left out."""
    same: list[Strip]
    """Left out because all their cells say the same."""
    gone: list[Strip]
    """Left out because there was no room."""


def side_by_side(strips: Sequence[Strip], paper: Paper) -> Fit | None:
    """The strips as a table that fits on `paper`; None where no such table can be read.

    What says the same in every row goes first, then what can be spared; only then do names become very narrow.
    """
    kept, same, gone = list(strips), list[Strip](), list[Strip]()
    while True:
        alike = [] if same else _alike(kept)
        spare = max(one.spare for one in kept)
        if found := _fitting(kept, paper, _STEPS[:-2] if alike or spare else _STEPS):
            return Fit(*found, same, [one for one in strips if any(one is other for other in gone)])
        if alike:
            same = alike
        elif spare:
            gone.append(next(one for one in reversed(kept) if one.spare == spare))
        else:
            return None
        kept = [one for one in kept if not any(one is other for other in (*same, *gone))]


def _alike(strips: Sequence[Strip]) -> list[Strip]:
    """Those whose cells all say the same, if there are rows enough to say so and two others are left."""
    alike = [one for one in strips if len(one.cells) > 2 and len(set(one.cells)) == 1]
    return alike if len(strips) - len(alike) > 1 else []


def _fitting(strips: Sequence[Strip], paper: Paper, steps: Sequence[_Step]) -> tuple[Table, bool] | None:
    """The strips as a table that fits on `paper`, and whether hours were left out."""
    from rich.measure import Measurement

    endless = paper.console.options.update(width=1 << 20)
    for step in steps:
        table = _table(strips, step)
        if Measurement.get(paper.console, endless, table).minimum <= paper.width:
            return table, step.short_times and any(one.days != one.cells for one in strips if one.days)
    return None


def _table(strips: Sequence[Strip], step: _Step) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, step.gap - 1, 0, 0), border_style="dim")
    for one in strips:
        label = styled((one.label, "bold"))
        floor = _label_width(label, step.lines)
        width = None if one.type in ("text", "list") else max(floor, _body(one, step))
        right = one.right and not (step.bars and one.bars)
        table.add_column(Folded(label, floor), justify="right" if right else "left", width=width)
    for at in range(len(strips[0].cells)):
        table.add_row(*(_cell(one, at, step) for one in strips))
    return table


def _label_width(label: Text, lines: int) -> int:
    """The columns that a heading needs on so many lines of about the same length; no word is cut."""
    whole = label.cell_len
    word = max((len(word) for word in label.plain.split() if word.isascii()), default=1)
    narrow = range(max(word, 4, -(-whole // lines)), whole)
    return next((columns for columns in narrow if len(breaks(label.plain, columns)) < lines), whole)


def _body(one: Strip, step: _Step) -> int:
    """The columns of what never folds: numbers, sparklines, and times but where the day may stand above the hour."""
    if one.type == "datetime" and step.short_times:
        return max((len(word) for cell in one.days or one.cells for word in cell.split()), default=0)
    return one.body + (1 + BAR if step.bars and one.bars else 0)


def _cell(one: Strip, at: int, step: _Step) -> Text | Folded:
    if step.bars and one.bars:
        return _barred(one, at)
    if step.short_times and one.days:
        return styled((one.days[at], style_of(one.days[at])))
    return Folded(one.text(at), step.text)


def _barred(one: Strip, at: int) -> Text:
    return styled((f"{one.cells[at]:>{one.body}} ", style_of(one.cells[at])), (one.bars[at], "cyan"))


def cards(strips: Sequence[Strip], paper: Paper) -> Table:
    """Rows one below the other: a line or more for each column, label and value; an empty line between rows."""
    table = grid(GAP)
    widest = max(styled((one.label, "")).cell_len for one in strips)
    table.add_column(width=min(widest, paper.width // 2 - GAP))
    for at in range(len(strips[0].cells)):
        if at:
            table.add_row()
        for nth, one in enumerate(strips):
            value = one.text(at, "" if nth else "bold")
            if one.bars:
                value.append(f" {one.bars[at]}", "cyan")
            table.add_row(Folded(styled((one.label, "dim"))), Folded(value))
    return table
