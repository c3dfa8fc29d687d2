"""Ratios: a row for each, a dot within the whisker of its interval, a ring where it was before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qunkit.ink.cells import NULL, percent, show
from qunkit.ink.cells import number as counted
from qunkit.ink.charts.key import Key, figure
from qunkit.ink.charts.vega import COLUMN, WIDTH, Spec, colour, label, layer, number, spec, words
from qunkit.ink.columns import width
from qunkit.results import Chart, Role
from qunkit.words import Lang, Text

_ROW, _TOP, _BOTTOM = 22, 6, 22
_MOST = 25
_NAME = 16
"""Columns of a label."""
_INTERVAL = Text("{low} to {high}", "{low}至{high}")
_MORE = Text("only the first {most}, {left} are left out", "只画前 {most} 项，其余 {left} 项未画")
_OF = Text("{share} of {n}", "{share}（n={n}）")


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    said: str
    value: float | None
    low: float | None
    high: float | None
    before: float | None


def draw(chart: Chart, lang: Lang, year: int | None) -> tuple[Spec | None, list[Key]]:
    """The specification, and the key; nothing without a value."""
    rows, left_out = _rows(chart, lang, year)
    if not any(row.value is not None for row in rows):
        return None, []
    left, right = (
        int(max(map(width, texts)) * COLUMN) + 14 for texts in ([row.name for row in rows], [row.said for row in rows])
    )
    height = _TOP + _ROW * len(rows) + _BOTTOM
    return spec(_layers(rows, WIDTH - left - right), height, left=left, right=right, top=_TOP, bottom=_BOTTOM), _keys(
        chart, left_out, lang
    )


def _rows(chart: Chart, lang: Lang, year: int | None) -> tuple[list[_Row], int]:
    rows = list(chart.result.rows())
    name, n = chart.at("label"), chart.at("n")
    places: list[Role] = ["value", "low", "high", "before"]
    drawn: list[_Row] = []
    for row in rows[:_MOST]:
        value, low, high, before = (None if (at := chart.at(role)) is None else figure(row[at]) for role in places)
        many = figure(row[n]) if n is not None else None
        share = NULL if value is None else percent(value)
        said = share if many is None else _OF.say(lang, share=share, n=counted(int(many)))
        title = show(row[name], chart.column("label"), lang, year) if name is not None else ""
        drawn.append(_Row(label(title, _NAME), said, value, low, high, before))
    return drawn, len(rows[_MOST:])


def _layers(rows: Sequence[_Row], wide: int) -> Iterator[Spec]:
    ends = [end for row in rows for end in (row.value, row.high, row.before) if end is not None]
    top = max(ends) or 0.01
    axis = {"tickCount": max(2, min(5, wide // 45)), "format": ".1~%" if top < 0.1 else ".0~%"}
    x = number("v", axis=axis, scale={"domain": [0, top], "nice": 4})
    y = {"field": "row", "type": "ordinal", "axis": None, "scale": {"domain": list(range(len(rows))), "padding": 0.2}}
    whiskers = [
        {"row": at, "v": row.low, "w": row.high} for at, row in enumerate(rows) if None not in (row.low, row.high)
    ]
    yield layer(
        {"type": "rule", "color": colour("one"), "strokeWidth": 2}, {"x": x, "y": y, "x2": {"field": "w"}}, whiskers
    )
    rings = [{"row": at, "v": row.before} for at, row in enumerate(rows) if row.before is not None]
    if rings:
        yield layer(
            {"type": "point", "filled": False, "color": colour("two"), "size": 50, "strokeWidth": 1.5, "opacity": 1},
            {"x": x, "y": y},
            rings,
        )
    dots = [{"row": at, "v": row.value} for at, row in enumerate(rows) if row.value is not None]
    yield layer({"type": "circle", "color": colour("one"), "size": 60, "opacity": 1}, {"x": x, "y": y}, dots)
    side = {"type": "text", "color": colour("ink"), "align": "right", "baseline": "middle", "dx": -8}
    yield layer(
        side,
        {"x": {"value": 0}, "y": y, "text": words()},
        [{"row": at, "text": row.name} for at, row in enumerate(rows)],
    )
    end = {"type": "text", "color": colour("soft"), "align": "left", "baseline": "middle", "dx": 8}
    yield layer(
        end,
        {"x": {"value": "width"}, "y": y, "text": words()},
        [{"row": at, "text": row.said} for at, row in enumerate(rows)],
    )


def _keys(chart: Chart, left_out: int, lang: Lang) -> list[Key]:
    low, high = (chart.column(role).label.say(lang) for role in ("low", "high"))
    keys = [
        Key("●", "one", chart.column("value").label.say(lang)),
        Key("━", "one", low if low == high else _INTERVAL.say(lang, low=low, high=high)),
    ]
    if chart.at("before") is not None:
        keys.append(Key("○", "two", chart.column("before").label.say(lang)))
    if left_out:
        keys.append(Key("", "ink", _MORE.say(lang, most=_MOST, left=counted(left_out))))
    return keys
