"""A trend: a line by day or week, the period before as its ghost, limits as a band, marks where something happened or broke the limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qunkit.ink.cells import NULL, day, show
from qunkit.ink.charts.key import Key, figure
from qunkit.ink.charts.vega import COLUMN, Spec, colour, label, layer, number, spec, words
from qunkit.ink.columns import width
from qunkit.results import Cell, Chart, Column, Role
from qunkit.words import Lang, Text

_HEIGHT = 170
_LABELS = 5
"""Most dates below the line."""
_DOTTED = 31
"""Lines of so many points or fewer show them."""
_EVENTS = 20
"""Most events that are told one by one."""
_UNITS = ((86400, Text("d", "天")), (3600, Text("h", "小时")), (60, Text("min", "分")), (1, Text("s", "秒")))
_BAND = Text("{low} to {high}", "{low}至{high}")
_MORE = Text("… and {count} more", "……另有 {count} 项")


@dataclass(frozen=True, slots=True)
class _Point:
    at: float
    name: str
    """Of its day."""
    cells: tuple[Cell, ...]


def draw(chart: Chart, lang: Lang, year: int | None) -> tuple[Spec | None, list[Key]]:
    """The specification, and the key; nothing without a value."""
    points = _points(chart, lang, year)
    lines = {role: _line(chart, points, role) for role in ("y", "ghost", "low", "high")}
    if not any(row["v"] is not None for row in lines["y"]):
        return None, []
    size, unit = _unit(chart.column("y"), max(row["v"] or 0 for rows in lines.values() for row in rows), lang)
    for row in (row for rows in lines.values() for row in rows):
        row["v"] = None if row["v"] is None else row["v"] / size
    known = [row["v"] for rows in lines.values() for row in rows if row["v"] is not None]
    x, y = _across(points), _up(chart.column("y"), min(0, *known), max(0, *known), unit)
    events = _events(chart, points)
    layers = [*_layers(lines, points, x, y), *_marks(chart, lines["y"], events, points, x, y)]
    return spec(layers, _HEIGHT, left=44, right=18, top=18 if events else 10), _keys(chart, points, events, lang)


def _points(chart: Chart, lang: Lang, year: int | None) -> list[_Point]:
    at, column = chart.at("x"), chart.column("x")
    rows = list(chart.result.rows())
    cells = [row[at] for row in rows if at is not None]
    dated = all(isinstance(cell, date) for cell in cells)
    places = [cell.toordinal() if dated and isinstance(cell, date) else nth for nth, cell in enumerate(cells)]
    return [
        _Point(place, label(_name(cell, column, lang, year), 10), row)
        for place, cell, row in zip(places, cells, rows, strict=True)
    ]


def _name(cell: Cell, column: Column, lang: Lang, year: int | None) -> str:
    return day(date(cell.year, cell.month, cell.day), year) if isinstance(cell, date) else show(cell, column, lang)


def _line(chart: Chart, points: Sequence[_Point], role: Role) -> list[dict[str, float | None]]:
    at = chart.at(role)
    return [] if at is None else [{"at": point.at, "v": figure(point.cells[at])} for point in points]


def _unit(column: Column, most: float, lang: Lang) -> tuple[int, str]:
    """What durations are divided by, and the name of that unit."""
    if column.type != "seconds":
        return 1, ""
    return next(((size, unit.say(lang)) for size, unit in _UNITS if most >= 2 * size), (1, _UNITS[-1][1].say(lang)))


def _across(points: Sequence[_Point]) -> Spec:
    first, last = points[0].at, points[-1].at
    if first == last:
        first, last = first - 1, last + 1
    return number("at", axis=None, scale={"domain": [first, last], "nice": False, "zero": False})


def _layers(lines: dict[str, list[dict[str, float | None]]], points: Sequence[_Point], x: Spec, y: Spec) -> Iterator[Spec]:  # fmt: skip
    if lines["low"] and lines["high"]:
        band = [
            {"at": low["at"], "v": low["v"], "w": high["v"]}
            for low, high in zip(lines["low"], lines["high"], strict=True)
        ]
        yield layer(
            {"type": "area", "color": colour("band"), "stroke": colour("edge"), "strokeWidth": 0.5},
            {"x": x, "y": y, "y2": {"field": "w"}},
            band,
        )
    if lines["ghost"]:
        yield layer(
            {"type": "line", "color": colour("two"), "strokeWidth": 1.5, "strokeDash": [4, 3]},
            {"x": x, "y": y},
            lines["ghost"],
        )
    yield layer({"type": "line", "color": colour("one"), "strokeWidth": 2}, {"x": x, "y": y}, lines["y"])
    if len(points) <= _DOTTED:
        known = [row for row in lines["y"] if row["v"] is not None]
        yield layer({"type": "circle", "color": colour("one"), "size": 16, "opacity": 1}, {"x": x, "y": y}, known)
    below = {"type": "text", "color": colour("soft"), "dy": 14}
    yield layer(
        below,
        {"x": x, "y": {"value": "height"}, "text": words()},
        [{"at": point.at, "text": point.name} for point in _labelled(points)],
    )


def _up(column: Column, low: float, top: float, unit: str) -> Spec:
    """From nothing, or the least negative value, to the highest; numbers in few digits, whole where they count."""
    top = top if top > low else 1
    axis: dict[str, object] = {"tickCount": 4}
    if column.type == "ratio":
        axis["format"] = ".1~%" if top - low < 0.1 else ".0~%"
    else:
        digits = ".3~s" if max(top, -low) >= 100_000 else ",.3~f"
        axis["labelExpr"] = f"format(datum.value, '{digits}') + '{' ' + unit if unit else ''}'"
    if column.type == "int" and top - low < 4:
        axis["values"] = list(range(int(low), int(top) + 1))
    return number("v", axis=axis, scale={"domain": [low, top], "nice": 4})


def _labelled(points: Sequence[_Point]) -> list[_Point]:
    """Some of the points, evenly; their names must not meet."""
    wide = max(width(point.name) for point in points) * COLUMN + 10
    most = max(2, min(_LABELS, int(320 / wide)))
    if len(points) <= most:
        return list(points)
    step = -(-(len(points) - 1) // (most - 1))
    return list(points[::step])


def _marks(chart: Chart, line: Sequence[dict[str, float | None]], events: Sequence[tuple[_Point, str]], points: Sequence[_Point], x: Spec, y: Spec) -> Iterator[Spec]:  # fmt: skip
    if events:
        rows = [{"at": point.at, "text": str(nth)} for nth, (point, _) in enumerate(events, 1)]
        yield layer(
            {"type": "rule", "color": colour("soft"), "strokeDash": [2, 2]},
            {"x": x, "y": {"value": 0}, "y2": {"value": "height"}},
            rows,
        )
        yield layer(
            {"type": "text", "color": colour("ink"), "dy": -8},
            {"x": x, "y": {"value": 0}, "text": words()},
            rows[:_EVENTS],
        )
    at = chart.at("alarm")
    broken = [
        row
        for row, point in zip(line, points, strict=True)
        if at is not None and point.cells[at] and row["v"] is not None
    ]
    if broken:
        mark = {"type": "point", "shape": "diamond", "filled": True, "color": colour("alarm"), "size": 90, "opacity": 1}
        yield layer(mark, {"x": x, "y": y}, broken)


def _events(chart: Chart, points: Sequence[_Point]) -> list[tuple[_Point, str]]:
    at = chart.at("event")
    return [] if at is None else [(point, str(point.cells[at])) for point in points if point.cells[at]]


def _keys(chart: Chart, points: Sequence[_Point], events: Sequence[tuple[_Point, str]], lang: Lang) -> list[Key]:
    keys = [Key("━", "one", chart.column("y").label.say(lang))]
    if chart.at("ghost") is not None:
        keys.append(Key("╌╌", "two", chart.column("ghost").label.say(lang)))
    if chart.at("low") is not None and chart.at("high") is not None:
        low, high = (chart.column(role).label.say(lang) for role in ("low", "high"))
        keys.append(Key("▒", "edge", low if low == high else _BAND.say(lang, low=low, high=high)))
    at = chart.at("alarm")
    if at is not None and any(point.cells[at] for point in points):
        keys.append(Key("◆", "alarm", chart.column("alarm").label.say(lang)))
    keys += [
        Key(str(nth), "ink", f"{point.name or NULL} {said}") for nth, (point, said) in enumerate(events[:_EVENTS], 1)
    ]
    if more := len(events[_EVENTS:]):
        keys.append(Key("", "ink", _MORE.say(lang, count=more)))
    return keys
