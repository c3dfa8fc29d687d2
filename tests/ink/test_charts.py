"""Charts: what is drawn where, worked out by hand; what cannot be drawn; colours that the eye can tell apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from qunkit.ink import page
from qunkit.ink.charts import chart_line, chart_markup, drawing, vega
from qunkit.results import Cell, Chart, Column, Kind, Note, Result, Role
from qunkit.words import Text
from support import nasty, week

DICE = Random(3)
ALL = (
    week.trend(DICE),
    week.waits(DICE),
    week.heat(DICE),
    week.cohorts(),
    week.ratios(week.PEOPLE),
    week.network(week.PEOPLE),
)


def _column(name: str, type_: str) -> Column:
    return Column(name, type_, Text(name, name))  # type: ignore[arg-type]


def _chart(kind: Kind, columns: Sequence[tuple[str, str]], rows: Sequence[tuple[Cell, ...]], roles: dict[Role, str] | None = None) -> Chart:  # fmt: skip
    made = Result("r", Text("r", "r"), tuple(_column(*column) for column in columns), rows)
    own: Any = {column[0]: column[0] for column in columns}
    return Chart("c", kind, Text("c", "c"), Note(Text("About it.", "关于它。")), made, own if roles is None else roles)


def _trend(values: Sequence[float | None], type_: str = "int") -> Chart:
    rows = [(date(2026, 5, 4) + timedelta(days=at), value) for at, value in enumerate(values)]
    return _chart("trend", [("x", "date"), ("y", type_)], rows)


def _shapes(chart: Chart, colour: str) -> list[ElementTree.Element]:
    """All shapes and texts of a colour, each with `at`: where it stands in the drawing, in pixels."""
    found: list[ElementTree.Element] = []

    def walk(element: ElementTree.Element, x: float, y: float) -> None:
        moved = re.findall(r"-?[\d.]+", element.get("transform", "")) or ["0", "0"]
        x, y = x + float(moved[0]), y + float(moved[1])
        if colour in element.get("class", "").split():
            element.set("at", f"{x:g} {y:g}")
            found.append(element)
        for child in element:
            walk(child, x, y)

    walk(ElementTree.fromstring(drawing(chart, "en", 2026).svg), 0, 0)
    return found


def _texts(chart: Chart, colour: str) -> list[str]:
    return [element.text or "" for element in _shapes(chart, colour)]


def test_a_trend_by_hand() -> None:
    """Of 380 pixels 44 are left of the frame and 18 right of it: three days stand at 44, 203 and 362; of 170 in height, 10 are above and 22 below: 0 is at 148, the top at 10.

    Days are written 14 below, their letters on a line 3 lower than their middle."""
    chart = _trend([0, 100, 50])
    line = _shapes(chart, "k-one")[0]
    assert (line.get("d"), line.get("at")) == ("M0,138L159,0L318,69", "44 10")
    assert _texts(chart, "f-soft") == ["0", "20", "40", "60", "80", "100", "05-04", "05-05", "05-06"]
    days = [element for element in _shapes(chart, "f-soft") if element.text in ("05-04", "05-06")]
    assert [element.get("at") for element in days] == ["44 165", "362 165"]


def test_a_gap_is_a_gap() -> None:
    line = _shapes(_trend([0, 100, None, 100, 0]), "k-one")[0]
    assert line.get("d") == "M0,138L79.5,0M238.5,0L318,138"
    assert len(_shapes(_trend([0, 100, None, 100, 0]), "f-one")) == 4


def test_days_that_are_not_there_take_room() -> None:
    rows = [(date(2026, 5, 4), 1), (date(2026, 5, 5), 1), (date(2026, 5, 8), 1)]
    assert "M0,0L79.5,0L318,0" in str(
        _shapes(_chart("trend", [("x", "date"), ("y", "int")], rows), "k-one")[0].get("d")
    )


@pytest.mark.parametrize(
    ("type_", "values", "said"),
    [
        ("ratio", [0.0, 0.4], ["0%", "10%", "20%", "30%", "40%"]),
        ("ratio", [0.0, 0.004], ["0%", "0.1%", "0.2%", "0.3%", "0.4%"]),
        ("seconds", [0.0, 600.0], ["0 min", "2 min", "4 min", "6 min", "8 min", "10 min"]),
        ("seconds", [0.0, 7.2e3], ["0 h", "0.5 h", "1 h", "1.5 h", "2 h"]),
        ("int", [0, 2], ["0", "1", "2"]),
        ("int", [0, 4_000_000], ["0", "1M", "2M", "3M", "4M"]),
        ("int", [0, 0], ["0", "1"]),
        ("int", [-20, 40], ["−20", "0", "20", "40"]),
        ("int", [-3, -1], ["−3", "−2", "−1", "0"]),
    ],
)
def test_the_scale_is_said_in_its_unit(type_: str, values: list[float | None], said: list[str]) -> None:
    assert _texts(_trend(values, type_), "f-soft")[:-2] == said


def test_marks_of_a_trend() -> None:
    chart = week.trend(Random(1))
    assert [element.get("at") for element in _shapes(chart, "f-ink")] == [
        element.get("at", "").replace(" 18", " 13") for element in _shapes(chart, "k-soft")
    ]
    assert _texts(chart, "f-ink") == ["1", "2"]
    assert len(_shapes(chart, "f-alarm")) == 1
    assert len(_shapes(chart, "f-band")) == 1
    assert _shapes(chart, "k-two")[0].get("stroke-dasharray") == "4,3"
    keys = [(key.sign, key.text) for key in drawing(chart, "en", 2026).keys]
    assert keys == [
        ("━", "messages"), ("╌╌", "four weeks earlier"), ("▒", "usual limits"), ("◆", "out of the limits"),
        ("1", "11-01 换群公告：每晚八点打卡"), ("2", "11-20 双十一返场直播"),
    ]  # fmt: skip


def test_many_events_are_counted() -> None:
    rows = [(date(2026, 1, 1) + timedelta(days=at), at, f"event {at}") for at in range(30)]
    keys = drawing(_chart("trend", [("x", "date"), ("y", "int"), ("event", "text")], rows), "en", 2026).keys
    assert [key.text for key in keys[-2:]] == ["01-20 event 19", "… and 10 more"]


def test_a_heat_map_has_a_square_for_each_hour() -> None:
    chart = _chart(
        "heat",
        [("weekday", "int"), ("hour", "int"), ("value", "float")],
        [(1, 0, 4.0), (7, 23, 1.0), (3, 5, 0.0), (4, 4, None)],
    )
    steps = [len(_shapes(chart, f"f-s{step}")) for step in range(5)]
    assert steps == [1, 1, 0, 0, 1]
    first, last = (str(_shapes(chart, f"f-s{step}")[0].get("d")) for step in (4, 1))
    assert re.match(r"M0\.\d,0\.\d", first)
    assert float(last.partition(",")[0][1:]) > 300
    assert [key.text for key in drawing(chart, "en").keys] == ["≤1", "≤2", "≤3", "≤4", "blank: not observed"]


def test_a_triangle_by_hand() -> None:
    rows = [
        (date(2026, 5, 4), 0, 1.0, 20),
        (date(2026, 5, 4), 1, 0.25, 20),
        (date(2026, 5, 11), 0, 0.251, 7),
        (date(2026, 5, 11), 1, None, 7),
    ]
    chart = _chart("cohorts", [("cohort", "date"), ("age", "int"), ("value", "ratio"), ("n", "int")], rows)
    assert [_texts(chart, f"f-on{step}") for step in (1, 2, 4)] == [["25"], ["25"], ["100"]]
    assert _texts(chart, "f-soft") == ["05-04 (20)", "05-11 (7)", "0", "1"]


def test_a_large_triangle_keeps_its_last_cohorts() -> None:
    chart = week.cohorts(60)
    assert len([text for text in _texts(chart, "f-soft") if "(" in text]) == 26
    assert _texts(chart, "f-on4") == []


def test_ratios_by_hand() -> None:
    rows = [("a", 0.2, 0.1, 0.4, 1000, 0.4), ("b", None, None, None, 3, None)]
    columns = [
        ("label", "text"),
        ("value", "ratio"),
        ("low", "ratio"),
        ("high", "ratio"),
        ("n", "int"),
        ("before", "ratio"),
    ]
    chart = _chart("ratios", columns, rows)
    whisker, dot, ring = _shapes(chart, "k-one")[0], _shapes(chart, "f-one")[0], _shapes(chart, "k-two")[0]
    # the scale ends at 40 %: the whisker begins at a quarter of it and is three quarters long, the dot stands in the middle, the ring at the end
    left = float(str(whisker.get("at")).split()[0]) - float(str(whisker.get("x2"))) / 3
    wide = float(str(whisker.get("x2"))) * 4 / 3
    assert float(str(dot.get("at")).split()[0]) == pytest.approx(left + wide / 2, abs=0.2)
    assert float(str(ring.get("at")).split()[0]) == pytest.approx(left + wide, abs=0.2)
    assert len(_shapes(chart, "f-one")) == 1
    assert _texts(chart, "f-ink") == ["a", "b"]
    assert _texts(chart, "f-soft")[-2:] == ["20.0% of 1,000", "– of 3"]


def test_more_ratios_than_can_be_seen() -> None:
    rows = [(f"r{at}", 0.1, 0.0, 0.2) for at in range(40)]
    chart = _chart("ratios", [("label", "text"), ("value", "ratio"), ("low", "ratio"), ("high", "ratio")], rows)
    assert len(_texts(chart, "f-ink")) == 25
    assert drawing(chart, "en").keys[-1].text == "only the first 25, 15 are left out"


def test_a_network_has_its_largest_members() -> None:
    chart = week.network([f"n{at}" for at in range(20)])
    names = _texts(chart, "f-ink")
    assert len(names) == 12
    assert "n0" in names
    assert "n19" not in names
    lines = _shapes(chart, "k-two")
    assert max(float(line.get("stroke-width", 1)) for line in lines) == 6
    assert drawing(chart, "en").keys[-1].text == "the 12 with most replies, of 19"


def test_namesakes_are_two() -> None:
    assert _texts(week.network(["x"], members=3), "f-ink") == ["x"] * 2  # by their ids: the third has no edge


@pytest.mark.parametrize(
    "chart",
    [
        _trend([]), _trend([None, None]), _chart("heat", [("weekday", "int"), ("hour", "int"), ("value", "float")], []),
        _chart("heat", [("weekday", "int"), ("hour", "int"), ("value", "float")], [(1, 1, None)]),
        _chart("cohorts", [("cohort", "date"), ("age", "int"), ("value", "ratio")], []),
        _chart("cohorts", [("cohort", "date"), ("age", "int"), ("value", "ratio")], [(None, None, None)]),
        _chart("ratios", [("label", "text"), ("value", "ratio"), ("low", "ratio"), ("high", "ratio")], [("a", None, None, None)]),
        week.network(["x"], members=1),
    ],
    ids=lambda chart: chart.kind,
)  # fmt: skip
def test_nothing_to_draw(chart: Chart) -> None:
    drawn = drawing(chart, "en")
    assert (drawn.svg, chart_markup(drawn)) == ("", "")
    assert list(drawn.chart.result.rows()) == list(chart.result.rows())


@pytest.mark.parametrize("value", [0, 1, 5_000_000, float("inf"), float("nan"), -3])
def test_one_value(value: float) -> None:
    """A single day, and odd numbers."""
    drawn = drawing(_trend([value, 1]), "en").svg + drawing(_trend([value]), "en").svg
    assert "NaN" not in drawn
    assert "Infinity" not in drawn


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: f"{chart.kind}-{chart.name}")
def test_a_drawing_is_only_shapes_and_texts(chart: Chart) -> None:
    """No style, script, id, link or font: the page's policy forbids the first two, and ids would meet on one page."""
    drawn = drawing(chart, "zh", 2026).svg
    assert drawn == drawing(chart, "zh", 2026).svg
    root = ElementTree.fromstring(drawn)
    assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "line", "text"}
    assert {name for element in root.iter() for name in element.attrib} <= {
        "viewBox", "role", "aria-label", "fill", "class", "transform", "d", "x2", "y2", "text-anchor", "font-size", "stroke-width", "stroke-dasharray", "opacity",
    }  # fmt: skip
    assert (root.get("role"), root.get("aria-label")) == ("img", chart.about.say("zh"))
    classes = {name for element in root.iter() for name in element.get("class", "").split()}
    assert classes
    assert {name.partition("-")[2] for name in classes} <= {*vega.COLOURS.values()}
    assert "#" not in drawn


def test_names_in_charts_are_texts() -> None:
    for at in range(0, len(nasty.PIECES), 10):
        names = nasty.PIECES[at : at + 10]
        for chart in (week.ratios(names), week.network(names)):
            drawn = drawing(chart, "en")
            assert {element.tag for element in ElementTree.fromstring(drawn.svg).iter()} <= {
                "svg",
                "g",
                "path",
                "line",
                "text",
            }
            assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", drawn.svg)
    long = _texts(week.ratios(["很长的群名" * 20, "b"]), "f-ink")[0]
    assert long == "很长的群名很长…"


def test_texts_stay_inside() -> None:
    """By their columns, for no font is measured; letters of the widest fonts that browsers come with have 0.63 of their size."""
    names = ["宽" * 30, "W" * 40, "请叫我产品部门里最爱跑马拉松的那位同学"] * 5
    for chart in (week.ratios(names), week.network(names), week.cohorts(), week.heat(DICE), week.trend(DICE)):
        for colour in ("f-ink", "f-soft"):
            for element in _shapes(chart, colour):
                x = float(str(element.get("at")).split()[0])
                wide = sum(2 if ord(sign) > 0x2E80 else 1 for sign in element.text or "") * vega.COLUMN
                start = {"end": x - wide, "middle": x - wide / 2}.get(element.get("text-anchor", ""), x)
                assert start >= -2
                assert start + wide <= vega.WIDTH + 4, element.text


def test_a_chart_as_a_line() -> None:
    assert chart_line(_trend([0, 50, 100]), "en") == "c: ▁▅█ About it."
    assert chart_line(week.cohorts(), "zh").endswith("入群后第几周仍在发言：一半新成员一周后不再发言。")


@pytest.mark.parametrize("roles", [{"x": "x"}, {"x": "x", "y": "z"}, {"x": "x", "y": "y", "hour": "x"}])
def test_roles_must_fit(roles: dict[Role, str]) -> None:
    with pytest.raises(ValueError, match="c: "):
        _chart("trend", [("x", "date"), ("y", "int")], [], roles)


def test_a_network_needs_edges() -> None:
    with pytest.raises(ValueError, match="source"):
        _chart("network", [("x", "text")], [], {})


# -- colours -----------------------------------------------------------------------------------------------------------
def _light(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_by_hand() -> None:
    assert _contrast("#fff", "#000") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the grey that just fails AA


@pytest.mark.parametrize("colours", [page.LIGHT, page.DARK], ids=["light", "dark"])
def test_what_is_read_and_what_is_seen_has_contrast(colours: dict[str, str]) -> None:
    for text, ground in [("ink", "back"), ("ink", "head"), ("soft", "back"), ("soft", "head"), ("link", "back"), *((f"on{step}", f"s{step}") for step in range(5))]:  # fmt: skip
        assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for mark in ("one", "two", "edge", "alarm", "s4"):
        assert _contrast(colours[mark], colours["back"]) >= 3, mark
    for mark in ("one", "two", "alarm"):
        assert _contrast(colours[mark], colours["band"]) >= 3, mark
    shades = [_light(colours[f"s{step}"]) for step in range(1, 5)]
    assert shades in (sorted(shades), sorted(shades, reverse=True))
    assert all(_contrast(colours[f"s{step}"], colours[f"s{step + 1}"]) >= 1.3 for step in range(1, 4))


# Machado, Oliveira and Fernandes (2009), full deficiency, on linear RGB.
BLIND = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def _seen(colour: str, by: str) -> tuple[float, ...]:
    """A colour as CIE Lab, as the colour-blind see it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    r, g, b = (min(1.0, max(0.0, sum(a * c for a, c in zip(row, linear, strict=True)))) for row in BLIND[by])
    x, y, z = (
        0.4124 * r + 0.3576 * g + 0.1805 * b,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        0.0193 * r + 0.1192 * g + 0.9505 * b,
    )
    f = [value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x / 0.95047, y, z / 1.08883)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("by", BLIND)
@pytest.mark.parametrize("colours", [page.LIGHT, page.DARK], ids=["light", "dark"])
def test_the_colour_blind_tell_them_apart(colours: dict[str, str], by: str) -> None:
    marks = ("one", "two", "alarm")
    for at, one in enumerate(marks):
        for other in marks[at + 1 :]:
            apart = (
                sum((a - b) ** 2 for a, b in zip(_seen(colours[one], by), _seen(colours[other], by), strict=True))
                ** 0.5
            )
            assert apart >= 20, (one, other, apart)  # a difference of 2.3 is just seen
