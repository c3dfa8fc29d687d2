"""A reply network: the members that answer and are answered most, on a circle; the thicker the line, the more replies either way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from qunkit.ink.cells import number as counted
from qunkit.ink.charts.key import Key
from qunkit.ink.charts.vega import WIDTH, Spec, colour, given, label, layer, number, spec, words
from qunkit.ink.graph import Graph, graph
from qunkit.results import Chart
from qunkit.words import Lang, Text

_HEIGHT, _RADIUS = 260, 94
_MOST = 12
_NAME = 12
"""Columns of a name."""
_LINE = Text("replies between two, either way; the thickest: {count}", "两人之间的回复（不分方向），最粗为 {count} 次")
_DOT = Text("member; the larger, the more replies given and got", "成员；圆点越大，回复与被回复越多")
_TOP = Text("the {most} with most replies, of {all}", "回复往来最多的 {most} 人，共 {all} 人")


def draw(chart: Chart, lang: Lang, year: int | None) -> tuple[Spec | None, list[Key]]:
    """The specification, and the key; nothing without an edge."""
    made = graph(chart.result, "html")
    ties = _ties(made)
    if not ties:
        return None, []
    weights: Counter[int] = Counter()
    for (one, other), weight in ties.items():
        weights[one] += weight  # type: ignore[assignment]
        weights[other] += weight  # type: ignore[assignment]
    top = sorted(weights, key=lambda node: (-weights[node], made.nodes[node].member))[:_MOST]
    shown = {pair: weight for pair, weight in ties.items() if {*pair} <= {*top}}
    drawn = spec(_layers(made, top, weights, shown), _HEIGHT, left=0, right=0, top=0, bottom=0)
    keys = [
        Key("●", "one", _DOT.say(lang)),
        Key("━", "two", _LINE.say(lang, count=counted(round(max(shown.values(), default=0), 1)))),
    ]
    if len(weights) > len(top):
        keys.append(Key("", "ink", _TOP.say(lang, most=len(top), all=counted(len(weights)))))
    return drawn, keys


def _ties(made: Graph) -> dict[tuple[int, int], float]:
    """Between whom, whichever way; how much."""
    ties: dict[tuple[int, int], float] = {}
    for edge in made.edges:
        pair = (min(edge.source, edge.target), max(edge.source, edge.target))
        ties[pair] = ties.get(pair, 0.0) + edge.weight
    return ties


def _layers(
    made: Graph, top: Sequence[int], weights: Counter[int], ties: dict[tuple[int, int], float]
) -> Iterator[Spec]:
    places = {node: _place(at, len(top)) for at, node in enumerate(top)}
    x = number("x", axis=None, scale={"domain": [0, WIDTH], "nice": False})
    y = number("y", axis=None, scale={"domain": [0, _HEIGHT], "nice": False, "reverse": True})
    most = max(ties.values(), default=1)
    lines = [
        {**_at(*places[one]), "x2": places[other][0], "y2": places[other][1], "w": round(0.6 + 5.4 * weight / most, 2)}
        for (one, other), weight in sorted(ties.items(), key=lambda tie: tie[1])
    ]
    ends = {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}, "strokeWidth": given("w")}
    if lines:
        yield layer({"type": "rule", "color": colour("two"), "opacity": 0.55}, ends, lines)
    largest = weights[top[0]]
    dots = [{**_at(*places[node]), "s": round(60 + 240 * weights[node] / largest, 1)} for node in top]
    yield layer({"type": "circle", "color": colour("one"), "opacity": 1}, {"x": x, "y": y, "size": given("s")}, dots)
    for align in ("left", "right", "center"):
        names = [_name(made, node, at, len(top)) for at, node in enumerate(top) if _align(at, len(top)) == align]
        if names:
            mark = {"type": "text", "color": colour("ink"), "align": align, "baseline": "middle"}
            yield layer(mark, {"x": x, "y": y, "text": words()}, names)


def _angle(at: int, count: int) -> float:
    return 2 * math.pi * at / count - math.pi / 2


def _place(at: int, count: int, radius: float = _RADIUS) -> tuple[float, float]:
    angle = _angle(at, count)
    return round(WIDTH / 2 + radius * math.cos(angle), 1), round(_HEIGHT / 2 + radius * math.sin(angle), 1)


def _at(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def _align(at: int, count: int) -> str:
    across = math.cos(_angle(at, count))
    return "center" if abs(across) < 0.2 else "left" if across > 0 else "right"


def _name(made: Graph, node: int, at: int, count: int) -> dict[str, float | str]:
    x, y = _place(at, count, _RADIUS + 18)
    return {"x": x, "y": y, "text": label(made.nodes[node].name, _NAME)}
