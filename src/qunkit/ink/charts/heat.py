"""A heat map: hours across, weekdays down; a deeper shade for each quarter of the highest value."""

from __future__ import annotations

from collections.abc import Iterator

from qunkit.ink.cells import WEEKDAYS, show
from qunkit.ink.charts.key import Key
from qunkit.ink.charts.vega import COLUMN, Spec, colour, label, layer, spec, words
from qunkit.ink.columns import width
from qunkit.ink.heatmap import HOURS, Heat, heat
from qunkit.results import Chart
from qunkit.words import Lang, Text

_HEIGHT, _TOP, _BOTTOM = 150, 4, 18
_BLANK = Text("blank: not observed", "空白：未观察到")
_UP_TO = Text("≤{value}", "≤{value}")


def draw(chart: Chart, lang: Lang, year: int | None) -> tuple[Spec | None, list[Key]]:
    """The specification, and the key; nothing without a value."""
    found = of(chart)
    if found is None or not found.values:
        return None, []
    days = [label(weekday.say(lang), 4) for weekday in WEEKDAYS]
    left = int(max(map(width, days)) * COLUMN) + 10
    return spec(_layers(found, days), _HEIGHT, left=left, right=4, top=_TOP, bottom=_BOTTOM), list(keys(found, lang))


def of(chart: Chart) -> Heat | None:
    """The map, by the roles of the columns."""
    from dataclasses import replace

    places = [at for role in ("weekday", "hour", "value") if (at := chart.at(role)) is not None]
    columns = tuple(
        replace(chart.result.columns[at], name=name) if name else chart.result.columns[at]
        for at, name in zip(places, ("weekday", "hour", ""), strict=True)
    )
    rows = [tuple(row[at] for at in places) for row in chart.result.rows()]
    return heat(replace(chart.result, columns=columns, cells=rows))[0]


def keys(found: Heat, lang: Lang) -> Iterator[Key]:
    """What the shades mean."""
    for step in range(1, 5):
        yield Key("■", f"s{step}", _UP_TO.say(lang, value=show(found.top * step / 4, found.measure, lang)))
    if len(found.values) < 7 * 24:
        yield Key("", "ink", _BLANK.say(lang))


def _layers(found: Heat, days: list[str]) -> Iterator[Spec]:
    x = {"field": "hour", "type": "ordinal", "axis": None, "scale": {"domain": list(HOURS), "paddingInner": 0.1}}
    y = {"field": "day", "type": "ordinal", "axis": None, "scale": {"domain": list(range(1, 8)), "paddingInner": 0.1}}
    for step in range(5):
        cells = [{"hour": hour, "day": day} for day in range(1, 8) for hour in HOURS if found.step(day, hour) == step]
        if cells:
            yield layer({"type": "rect", "color": colour(f"s{step}")}, {"x": x, "y": y}, cells)
    side = {"type": "text", "color": colour("soft"), "align": "right", "baseline": "middle", "dx": -6}
    yield layer(
        side,
        {"x": {"value": 0}, "y": y, "text": words()},
        [{"day": at, "text": name} for at, name in enumerate(days, 1)],
    )
    below = {"type": "text", "color": colour("soft"), "dy": 12}
    yield layer(
        below,
        {"x": x, "y": {"value": "height"}, "text": words()},
        [{"hour": hour, "text": str(hour)} for hour in HOURS[::3]],
    )
