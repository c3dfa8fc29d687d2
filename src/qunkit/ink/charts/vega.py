"""Vega-Lite as the draughtsman: a specification in, a bare SVG out, with classes in the place of colours.

Nothing of what the library writes goes to a page as it is: its SVG is read, and only shapes, texts and numbers that are known here are written anew. So the
bytes depend on no font, no clock and no style of its own, and a name in a chart is a text and nothing else. Nothing is measured by a
font: every place of a text is worked out here (`ink.width`), and the library is told to leave nothing out and to move nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qunkit.ink.clean import html, term

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_VERSION = "6.4"
"""Of Vega-Lite, of which the library brings several: a later library draws the same."""
Spec = Mapping[str, Any]

WIDTH = 380
"""Of every chart: as wide as a phone, so that one drawing serves all; a wide window has several in a row, or larger ones."""
TEXT = 10
"""Size of letters; a column of text is half of it and, in wide letters, a quarter more."""
COLUMN = 6.3

COLOURS = {f"#0000{at:02x}": name for at, name in enumerate(
    ("ink", "soft", "line", "one", "two", "band", "edge", "alarm", "s0", "s1", "s2", "s3", "s4", "on0", "on1", "on2", "on3", "on4"), 16
)}  # fmt: skip
"""What a specification paints with, and the class that it becomes: the page says which colour that is by light and in the dark."""
_OF_CLASS = {name: colour for colour, name in COLOURS.items()}

_SHAPES: Mapping[str, tuple[str, ...]] = {
    "path": ("d",),
    "line": ("x2", "y2"),
    "rect": ("width", "height"),
    "text": ("text-anchor", "font-size", "font-weight"),
}
_LOOKS = ("stroke-width", "stroke-dasharray", "opacity")
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?", re.ASCII)
_NOWHERE = ("translate(0,0)",)
_VALUE = re.compile(r"[A-Za-z0-9 ,.()+-]*", re.ASCII)


def colour(name: str) -> str:
    """What to paint with for a class."""
    return _OF_CLASS[name]


def spec(layers: Iterable[Spec], height: int, *, left: int, right: int = 10, top: int = 8, bottom: int = 22) -> Spec:
    """A specification of layers in a frame of fixed sizes; `height` is that of the whole."""
    axis = {
        "domain": False, "ticks": False, "title": None, "gridColor": colour("line"), "labelColor": colour("soft"), "labelFontSize": TEXT,
        "labelPadding": 6, "labelLimit": 0, "labelOverlap": False, "labelBound": False, "labelFlush": False,
    }  # fmt: skip
    return {
        "width": WIDTH - left - right,
        "height": height - top - bottom,
        "padding": {"left": left, "right": right, "top": top, "bottom": bottom},
        "autosize": {"type": "none"},
        "background": None,
        "config": {"aria": False, "view": {"stroke": None}, "axis": axis, "text": {"fontSize": TEXT, "limit": 0}},
        "layer": list(layers),
    }


def layer(mark: Spec, encoding: Spec, rows: Sequence[Spec] = ()) -> Spec:
    """Marks of one kind; `rows`: their data, where those of the whole chart are others."""
    return {"mark": mark, "encoding": encoding, "data": {"values": list(rows)}}


def number(field: str, **more: Any) -> Spec:
    """A field that counts or measures."""
    return {"field": field, "type": "quantitative", **more}


def given(field: str) -> Spec:
    """A field that says itself how something looks."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def words(field: str = "text") -> Spec:
    """A field of texts, shown as they are: not read as numbers or lines."""
    return {"field": field, "type": "nominal"}


def svg(drawn: Spec, about: str) -> str:
    """The drawing for a page; `about` is read out in its place."""
    from xml.etree import ElementTree

    import vl_convert

    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(dict(drawn), vl_version=_VERSION, allowed_base_urls=[]))
    height = drawn["height"] + drawn["padding"]["top"] + drawn["padding"]["bottom"]
    shapes = "".join(part for child in root for part in _parts(child))
    return f'<svg viewBox="0 0 {WIDTH} {height:d}" role="img" aria-label="{html(about)}" fill="none">{shapes}</svg>'


def _parts(element: Element) -> Iterator[str]:
    tag = element.tag.rpartition("}")[2]
    if tag == "g":
        inside = "".join(part for child in element for part in _parts(child))
        moved = _attribute(element, "transform")
        yield f"<g{moved}>{inside}</g>" if moved and inside else inside
    elif tag in _SHAPES and (classes := _classes(element)):
        looks = "".join(_attribute(element, name) for name in ("transform", *_SHAPES[tag], *_LOOKS))
        said = html(element.text or "")
        yield f'<{tag} class="{classes}"{looks}>{said}</{tag}>' if said else f'<{tag} class="{classes}"{looks}/>'


def _classes(element: Element) -> str:
    """Classes for its colours; what has no colour of ours is not seen."""
    painted = (("f", element.get("fill")), ("k", element.get("stroke")))
    return " ".join(f"{how}-{COLOURS[paint]}" for how, paint in painted if paint in COLOURS)


def _attribute(element: Element, name: str) -> str:
    value = _NUMBER.sub(_short, element.get(name, "")).replace("px", "")
    useless = not value or value in _NOWHERE or (name, value) in (("opacity", "1"), ("stroke-width", "1"))
    return "" if useless or not _VALUE.fullmatch(value) else f' {name}="{value}"'


def _short(found: re.Match[str]) -> str:
    """A tenth of a pixel is enough."""
    return f"{round(float(found[0]), 1) + 0.0:g}"


def label(text: str, columns: int) -> str:
    """A text in a chart: clean, and cut to `columns`."""
    from qunkit.ink.columns import clip

    return clip(term(text), columns)
