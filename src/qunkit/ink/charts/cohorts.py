"""A cohort triangle: a row for each week of newcomers, how many of them are still there across; a deeper shade for each quarter of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qunkit.ink.cells import day, number, show
from qunkit.ink.charts.key import Key, figure
from qunkit.ink.charts.vega import COLUMN, WIDTH, Spec, colour, label, layer, spec, words
from qunkit.ink.columns import width
from qunkit.results import Cell, Chart
from qunkit.words import Lang, Text

_ROW, _TOP, _BOTTOM = 17, 20, 4
_MOST = 26
"""Rows and columns; of more the last are drawn, of ages the first."""
_ROOM = 20
"""Pixels that a figure needs."""
_UP_TO = Text("≤{value}", "≤{value}")


@dataclass(frozen=True, slots=True)
class _Square:
    row: int
    age: int
    share: float


def draw(chart: Chart, lang: Lang, year: int | None) -> tuple[Spec | None, list[Key]]:
    """The specification, and the key; nothing without a value."""
    squares, names = _squares(chart, lang, year)
    if not squares:
        return None, []
    ages = range(max(one.age for one in squares) + 1)
    left = int(max(map(width, names)) * COLUMN) + 12
    height = _TOP + _ROW * len(names) + _BOTTOM
    told = (WIDTH - left - 4) / len(ages) >= _ROOM
    drawn = spec(_layers(squares, names, ages, told=told), height, left=left, right=4, top=_TOP, bottom=_BOTTOM)
    return drawn, [Key("■", f"s{step}", _UP_TO.say(lang, value=f"{25 * step}%")) for step in range(1, 5)]


def _squares(chart: Chart, lang: Lang, year: int | None) -> tuple[list[_Square], list[str]]:
    cohort, age, value, n = (chart.at(role) for role in ("cohort", "age", "value", "n"))
    rows = list(chart.result.rows())
    order = list(dict.fromkeys(row[cohort] for row in rows if cohort is not None))[-_MOST:]
    names: dict[Cell, str] = {}
    squares: list[_Square] = []
    for row in rows:
        if cohort is None or age is None or value is None or row[cohort] not in order:
            continue
        began = f" ({number(int(many))})" if n is not None and (many := figure(row[n])) is not None else ""
        names.setdefault(row[cohort], label(_name(row[cohort], chart, lang, year), 12) + began)
        old, share = figure(row[age]), figure(row[value])
        if old is not None and share is not None and 0 <= old < _MOST:
            squares.append(_Square(order.index(row[cohort]), int(old), share))
    return squares, [names[one] for one in order]


def _name(cell: Cell, chart: Chart, lang: Lang, year: int | None) -> str:
    return (
        day(date(cell.year, cell.month, cell.day), year)
        if isinstance(cell, date)
        else show(cell, chart.column("cohort"), lang)
    )


def _step(share: float) -> int:
    return max(0, min(4, -int(-4 * share // 1)))


def _layers(squares: Sequence[_Square], names: Sequence[str], ages: range, *, told: bool) -> Iterator[Spec]:
    x = {"field": "age", "type": "ordinal", "axis": None, "scale": {"domain": list(ages), "paddingInner": 0.06}}
    y = {
        "field": "row",
        "type": "ordinal",
        "axis": None,
        "scale": {"domain": list(range(len(names))), "paddingInner": 0.1},
    }
    for step in range(5):
        cells = [
            {"row": one.row, "age": one.age, "text": f"{100 * one.share:.0f}"}
            for one in squares
            if _step(one.share) == step
        ]
        if cells:
            yield layer({"type": "rect", "color": colour(f"s{step}")}, {"x": x, "y": y}, cells)
        if cells and told:
            yield layer(
                {"type": "text", "color": colour(f"on{step}"), "baseline": "middle"},
                {"x": x, "y": y, "text": words()},
                cells,
            )
    side = {"type": "text", "color": colour("soft"), "align": "right", "baseline": "middle", "dx": -6}
    yield layer(
        side, {"x": {"value": 0}, "y": y, "text": words()}, [{"row": at, "text": name} for at, name in enumerate(names)]
    )
    above = {"type": "text", "color": colour("soft"), "dy": -6}
    every = -(-len(ages) // 13)
    yield layer(
        above, {"x": x, "y": {"value": 0}, "text": words()}, [{"age": age, "text": str(age)} for age in ages[::every]]
    )
