"""Charts (`results.Chart`) for a page: drawn, with a key to what the drawing means. Names in them are clean, cut, and never read as anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from qunkit.ink.cells import sparkline
from qunkit.ink.charts import cohorts, heat, network, ratios, trend
from qunkit.ink.charts.key import Key
from qunkit.ink.charts.vega import Spec, svg
from qunkit.ink.clean import html
from qunkit.ink.heatmap import Heat
from qunkit.ink.sentences import sentence
from qunkit.results import Chart, Kind
from qunkit.words import Lang, Text

__all__ = ["Drawing", "Key", "chart_heat", "chart_line", "chart_markup", "drawing"]

_LINE = Text("{title}: {drawn}{about}", "{title}：{drawn}{about}")
_Draw = Callable[[Chart, Lang, int | None], tuple[Spec | None, list[Key]]]
_DRAWN: Mapping[Kind, _Draw] = {
    "trend": trend.draw,
    "heat": heat.draw,
    "cohorts": cohorts.draw,
    "ratios": ratios.draw,
    "network": network.draw,
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as a page has it."""

    svg: str
    """Markup; empty where there is nothing to draw."""
    keys: list[Key]
    chart: Chart
    """The same; its result can still be read."""


def drawing(chart: Chart, lang: Lang, year: int | None = None) -> Drawing:
    """Draw a chart. Dates of `year` leave the year out."""
    kept = replace(chart, result=replace(chart.result, cells=list(chart.result.rows())))
    drawn, keys = _DRAWN[chart.kind](kept, lang, year)
    return Drawing(svg(drawn, sentence(chart.about, lang)) if drawn else "", keys, kept)


def chart_line(chart: Chart, lang: Lang) -> str:
    """A chart as a line of text, not yet cleaned: its title, a trend as blocks, and what it shows in words."""
    at = chart.at("y")
    drawn = "" if at is None else f"{sparkline([row[at] for row in chart.result.rows()])} "
    return _LINE.say(lang, title=chart.title.say(lang), drawn=drawn, about=sentence(chart.about, lang))


def chart_heat(chart: Chart) -> Heat | None:
    """The map of a chart that is one, for those who draw it in letters."""
    return heat.of(chart) if chart.kind == "heat" else None


def chart_markup(drawn: Drawing) -> str:
    """Markup for a page: the drawing, and the key to it."""
    keys = "".join(
        f'<li><span class="c-{html(key.colour)}">{html(key.sign)}</span> {html(key.text)}</li>' for key in drawn.keys
    )
    return f'{drawn.svg}\n<ul class="key">{keys}</ul>\n' if drawn.svg else ""
