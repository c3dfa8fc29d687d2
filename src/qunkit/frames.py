"""Results as pandas frames: machine names as columns, and types that know what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from qunkit import ink
from qunkit.results import Report, Result, Section
from qunkit.words import Lang

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {
    "text": "string",
    "int": "Int64",
    "float": "float64",
    "ratio": "float64",
    "seconds": "float64",
    "bool": "boolean",
} | dict.fromkeys(("date", "datetime"), "datetime64[us]")
_FIGURES = {
    "section": "string",
    "name": "string",
    "type": "string",
    "value": "object",
    "before": "float64",
    "usual": "float64",
    "weeks": "Int64",
    "n": "Int64",
}


def to_frame(result: Result, lang: Lang = "en") -> pd.DataFrame:
    """A result as a frame: texts as string, whole numbers as Int64, shares of 1 and seconds as float64, days and times as datetime64; lists are lists.

    `attrs` hold the facts of the result, its ``title``, and its ``notes``, as sentences in `lang`.
    """
    import pandas as pd

    names = [column.name for column in result.columns]
    frame = pd.DataFrame.from_records(list(result.rows()), columns=names)
    types = {column.name: _DTYPES[column.type] for column in result.columns if column.type in _DTYPES}
    frame = frame.astype(types)
    notes = [ink.sentence(note, lang) for note in result.notes]
    frame.attrs.update(result.facts, title=result.title.say(lang), notes=notes)
    return frame


def of_report(report: Report, lang: Lang = "en") -> dict[str, pd.DataFrame]:
    """A report as frames: its headlines are ``figures``; a table has the name of its section, one further down ``section.below``.

    The data of a chart have the name of the section, if it has no table, else ``section.chart``.
    """
    import pandas as pd

    rows = [
        (section.name, one.column.name, one.column.type, one.value, one.before, one.usual, one.weeks, one.n)
        for _, section in report.walk()
        for one in section.figures
    ]
    figures = pd.DataFrame.from_records(rows, columns=list(_FIGURES)).astype(_FIGURES)
    results = _results(report.sections, "")
    return {"figures": figures, **{name: to_frame(result, lang) for name, result in results}}


def _results(sections: Iterable[Section], above: str) -> Iterator[tuple[str, Result]]:
    for section in sections:
        name = above + section.name
        tables = ([(name, section.result)] if section.result else []) + [
            (f"{name}.{chart.name}", chart.result) for chart in section.charts
        ]
        if len(tables) == 1:
            tables = [(name, tables[0][1])]
        yield from tables
        yield from _results(section.sections, f"{name}.")
