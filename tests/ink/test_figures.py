"""Headline figures in words, worked out by hand."""

from __future__ import annotations

import pytest

from qunkit import ink
from qunkit.results import Cell, Column, Figure, Note
from qunkit.words import Text


def _figure(type_: str, value: Cell, before: float | None, usual: float | None, **more: object) -> Figure:
    return Figure(Column("f", type_, Text("f", "f")), value, before, usual, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "value", "before", "said"),
    [
        ("int", 12, 10, "▲ 20.0% on the week before (10)"),
        ("int", 10, 12, "▼ 16.7% on the week before (12)"),
        ("int", 0, 12, "▼ 100.0% on the week before (12)"),
        ("int", 3, 0, "▲ on the week before (0)"),  # no share of nothing
        ("int", 0, 0, "± on the week before (0)"),
        ("ratio", 0.05, 0.031, "▲ 1.9 pp on the week before (3.1%)"),
        ("ratio", 0.05, 0.05, "± 0 pp on the week before (5.0%)"),
        ("seconds", 90.0, 120.0, "▼ 25.0% on the week before (2 min)"),
        ("int", 3, None, "no data of the week before"),
    ],
)
def test_against_the_week_before(type_: str, value: float, before: float | None, said: str) -> None:
    assert ink.card(_figure(type_, value, before, None), "en").told == [said, "no earlier weeks to compare with"]


def test_against_what_is_usual() -> None:
    assert ink.card(_figure("float", 11.0, 11.0, 10.0, weeks=3), "zh").told == [
        "较上周 ± 0.0%（11）",
        "较前 3 周中位数 ▲ 10.0%（10）",
    ]


def test_what_is_not_known_is_said() -> None:
    why = Note(Text("no {what}", "没有{what}"), (("what", Text("roster", "名单")),))
    assert ink.figure_line(_figure("int", None, 5, 5.0, note=why), "en") == "f: –; no roster"
    assert ink.figure_line(_figure("ratio", None, None, None, n=12), "zh") == "f：–；n=12"


def test_figures_as_rows() -> None:
    made = ink.figures_table("s", Text("s", "s"), [_figure("ratio", 0.5, 0.25, None, n=8), _figure("int", 3, 4, 5.0)])
    assert list(made.rows()) == [("f", 0.5, 0.25, None, None, 8), ("f", 3, 4, 5.0, 8, None)]
