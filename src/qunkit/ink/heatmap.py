"""A table of weekdays and hours as a map: which cells it has, how deep each is shaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, islice

from qunkit.ink.cells import is_missing, listed
from qunkit.results import Cell, Column, Result
from qunkit.words import Lang, Text

HOURS = range(24)
_SHADES = "·░▒▓█"
_LEFT_OUT = Text("Also counted: {names}; --format tsv gives them.", "另有：{names}，--format tsv 可得到。")


@dataclass(frozen=True, slots=True)
class Heat:
    """The values of a map by (ISO weekday, hour); a cell that is missing was not observed."""

    values: dict[tuple[int, int], float]
    measure: Column
    others: tuple[Column, ...]
    """Columns that the map does not show."""

    @property
    def top(self) -> float:
        """The largest value, 0 where there is none."""
        return max(self.values.values(), default=0)

    def step(self, weekday: int, hour: int) -> int | None:
        """How deep a cell is shaded: 0 for zero, then a step for each quarter of the largest value; None: not observed."""
        value = self.values.get((weekday, hour))
        if value is None:
            return None
        return min(4, -int(-4 * value // self.top)) if value > 0 else 0

    def shade(self, weekday: int, hour: int) -> str:
        """One character: blank for not observed, else as deep as the step."""
        step = self.step(weekday, hour)
        return " " if step is None else _SHADES[step]

    def shades(self, weekday: int) -> list[str]:
        """One character an hour; see `shade`."""
        return [self.shade(weekday, hour) for hour in HOURS]

    def peak(self) -> tuple[int, int] | None:
        """(weekday, hour) of the largest value, the earliest of several; None where all are zero."""
        best = max(self.values, key=lambda at: (self.values[at], -at[0], -at[1]), default=None)
        return best if best and self.values[best] > 0 else None

    def left_out(self, lang: Lang) -> list[str]:
        """A sentence that names what the map does not show, or none."""
        names = listed((column.label.say(lang) for column in self.others), lang)
        return [_LEFT_OUT.say(lang, names=names)] if names else []


def heat(result: Result) -> tuple[Heat | None, Result]:
    """`result` as a map, if it is one; and the result to draw as a table if not.

    It is one if its first two columns are ``weekday`` (1 to 7) and ``hour`` (0 to 23), and no two rows are of the same
    weekday and hour. The map shows the first column of type float or ratio that has a value anywhere, else the first int after those two.
    """
    if [column.name for column in result.columns[:2]] != ["weekday", "hour"]:
        return None, result
    rows = result.rows()
    first = list(islice(rows, 7 * 24 + 1))
    return _heat(result.columns, first), replace(result, cells=chain(first, rows))


def _heat(columns: tuple[Column, ...], rows: list[tuple[Cell, ...]]) -> Heat | None:
    measure = _measure(columns, rows)
    if measure is None:
        return None
    shown = columns.index(measure)
    values: dict[tuple[int, int], float] = {}
    seen: set[tuple[Cell, Cell]] = set()
    for row in rows:
        weekday, hour, value = row[0], row[1], row[shown]
        if weekday not in range(1, 8) or hour not in HOURS or (weekday, hour) in seen:
            return None
        seen.add((weekday, hour))
        if isinstance(value, int | float) and not is_missing(value):
            values[int(weekday), int(hour)] = value  # type: ignore[arg-type]
    return Heat(values, measure, tuple(column for column in columns[2:] if column is not measure))


def _measure(columns: tuple[Column, ...], rows: list[tuple[Cell, ...]]) -> Column | None:
    floats = [place for place, column in enumerate(columns) if place > 1 and column.type in ("float", "ratio")]
    counts = [place for place, column in enumerate(columns) if place > 1 and column.type == "int"]
    told = (place for place in floats + counts if not all(is_missing(row[place]) for row in rows))
    place = next(told, next(iter(floats + counts), None))
    return None if place is None else columns[place]
