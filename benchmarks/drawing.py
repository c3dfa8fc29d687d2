"""What pages of a report cost: each kind of chart, and whole pages of a group with five of them. A chart for each 2,000 of the asked messages.

The first chart waits until the library has loaded what it draws with, which is measured alone.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

from asked import Asked, Row
from process import best, measured

_CHARTS_OF_A_PAGE = 5


def rows(asked: Asked) -> list[Row]:
    """One row a kind of chart, and one of pages."""
    count = max(_CHARTS_OF_A_PAGE, asked.messages // 2000)
    works = {
        kind: partial(measured, "drawing.charts", kind, count)
        for kind in ("trend", "heat", "cohorts", "ratios", "network")
    }
    pages = count // _CHARTS_OF_A_PAGE
    first = best(asked.rounds, {"": partial(measured, "drawing.first")})[""]
    took = best(asked.rounds, {**works, "page": partial(measured, "drawing.pages", pages)})
    made = {name: pages if name == "page" else count for name in took}
    return [
        {"": "the first chart", "drawn": 1, "CPU ms each": 1000 * first.cpu, "KB each": first.answer / 1e3, "peak MB": first.peak},
        *(
            {"": name, "drawn": made[name], "CPU ms each": 1000 * one.cpu / made[name], "KB each": one.answer / made[name] / 1e3, "peak MB": one.peak}
            for name, one in took.items()
        ),
    ]  # fmt: skip


def first() -> Callable[[], int]:
    """One chart, with all that it loads."""
    week = _week()
    return lambda: _draw(week.trend(Random(1)))


def charts(kind: str, count: int) -> Callable[[], int]:
    """Bytes of so many charts of one kind."""
    week = _week()
    made = {
        "trend": week.trend(Random(1)),
        "heat": week.heat(Random(1)),
        "cohorts": week.cohorts(),
        "ratios": week.ratios(week.GROUPS),
        "network": week.network(week.PEOPLE),
    }[kind]
    _draw(week.waits(Random(1)))
    return lambda: sum(_draw(made) for _ in range(count))


def pages(count: int) -> Callable[[], int]:
    """Bytes of so many pages of groups."""
    from qunkit.renderers import html

    week = _week()
    _draw(week.waits(Random(1)))

    def work() -> int:
        written = 0
        for at in range(count):
            out = io.StringIO()
            html.write(week.group(at=at % len(week.GROUPS)), out, "zh")
            written += len(out.getvalue().encode())
        return written

    return work


def _draw(chart: object) -> int:
    from qunkit import ink

    return len(ink.chart_markup(ink.drawing(chart, "zh", 2026)).encode())  # type: ignore[arg-type]


def _week():  # type: ignore[no-untyped-def]
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support import week

    return week
