"""Headline figures in words: the value, how it stands against the week before and against what is usual, of how many, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qunkit.ink.cells import change, is_missing, number, show
from qunkit.ink.sentences import sentence
from qunkit.results import Cell, Column, Figure, Result
from qunkit.words import Lang, Text

_BEFORE = Text("{change} on the week before ({value})", "较上周 {change}（{value}）")
_USUAL = Text("{change} on the median of {weeks} weeks ({value})", "较前 {weeks} 周中位数 {change}（{value}）")
_NOT_BEFORE = Text("no data of the week before", "上周无数据")
_NOT_USUAL = Text("no earlier weeks to compare with", "没有更早的数据可比")
_POINTS = Text("{change} pp", "{change} 个百分点")
_OF = Text("n = {n}", "n={n}")
_LINE = Text("{label}: {told}", "{label}：{told}")
_JOINT = Text("; ", "；")

COLUMNS = (
    Column("figure", "text", Text("figure", "指标")),
    Column("value", "float", Text("value", "数值")),
    Column("before", "float", Text("week before", "上周")),
    Column("usual", "float", Text("median of the weeks before", "往周中位数")),
    Column("weeks", "int", Text("weeks of that median", "中位数所用周数")),
    Column("n", "int", Text("n", "n")),
)
"""Of figures as a table for programs."""


@dataclass(frozen=True, slots=True)
class Card:
    """One figure for people, not yet cleaned."""

    label: str
    value: str
    told: list[str]


def card(figure: Figure, lang: Lang) -> Card:
    """A figure in words."""
    return Card(figure.column.label.say(lang), show(figure.value, figure.column, lang), list(_told(figure, lang)))


def figure_line(figure: Figure, lang: Lang) -> str:
    """A figure as one sentence, not yet cleaned."""
    one = card(figure, lang)
    return _LINE.say(lang, label=one.label, told=_JOINT.say(lang).join([one.value, *one.told]))


def figures_table(name: str, title: Text, figures: Sequence[Figure]) -> Result:
    """Figures as rows for programs: plain numbers, whatever each of them counts."""
    rows: list[tuple[Cell, ...]] = [
        (one.column.name, one.value, one.before, one.usual, None if one.usual is None else one.weeks, one.n)
        for one in figures
    ]
    return Result(name, title, COLUMNS, rows)


def _told(figure: Figure, lang: Lang) -> Iterator[str]:
    if figure.compared and isinstance(figure.value, int | float) and not is_missing(figure.value):
        before = figure.before
        usual = figure.usual
        yield _NOT_BEFORE.say(lang) if before is None else _BEFORE.say(lang, **_against(figure, before, lang))
        yield (
            _NOT_USUAL.say(lang)
            if usual is None
            else _USUAL.say(lang, weeks=figure.weeks, **_against(figure, usual, lang))
        )
    if figure.n is not None:
        yield _OF.say(lang, n=number(figure.n))
    if figure.note:
        yield sentence(figure.note, lang)


def _against(figure: Figure, other: float, lang: Lang) -> dict[str, str]:
    """How much the value differs: of a share in points, of all else as a share of the other; from nothing only the sign."""
    value = float(figure.value)  # type: ignore[arg-type]
    if figure.column.type == "ratio":
        said = _POINTS.say(lang, change=change(round(100 * (value - other), 1), share=False))
    elif other:
        said = change((value - other) / other, share=True)
    else:
        said = "▲" if value > 0 else "±"
    shown = show(int(other) if float(other).is_integer() else other, figure.column, lang)
    return {"change": said, "value": shown}
