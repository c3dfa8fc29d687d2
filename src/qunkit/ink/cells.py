"""A cell in words: as people read it (`show`), as programs read it (`machine`, `plain`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from qunkit.ink.clean import csv_text, json_text, tsv_text
from qunkit.results import Cell, Column
from qunkit.words import Lang, Text

NULL = "–"
WEEKDAYS = (
    Text("Mon", "周一"),
    Text("Tue", "周二"),
    Text("Wed", "周三"),
    Text("Thu", "周四"),
    Text("Fri", "周五"),
    Text("Sat", "周六"),
    Text("Sun", "周日"),
)
"""Names of ISO weekdays; 1 is Monday."""

_UNITS = (
    (86400, Text(" d", "天")),
    (3600, Text(" h", "小时")),
    (60, Text(" min", "分")),
    (1, Text(" s", "秒")),
)
_YES, _NO = Text("yes", "是"), Text("no", "否")
_SPARKS = "▁▂▃▄▅▆▇█"
_BARS = " ▏▎▍▌▋▊▉█"
_SPARK_WIDTH = 40


def is_missing(cell: object) -> bool:
    """Whether a cell says nothing: null, not a number, infinite, not a time."""
    if isinstance(cell, float):
        return not math.isfinite(cell)
    return cell is None or (isinstance(cell, date) and cell != cell)  # pandas' NaT is a datetime that equals nothing


# -- for people ----------------------------------------------------------------------------------------------------
def number(value: float) -> str:
    """A count or a measure: thousands separated; what is not whole has three digits, but all those before its point.

    Zeros at the end of decimals say nothing and go: 113, 28.3, 0.5, 1,235.
    """
    if isinstance(value, int):
        return f"{value:,}"
    if value.is_integer():
        return f"{value + 0.0:,.0f}"
    if abs(value) < 0.001:
        return f"{value:.3g}"
    exact = Decimal(str(float(value)))  # as it is written: 28.25 is rounded up, as people do
    places = max(0, 2 - exact.adjusted())
    shown = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return shown.rstrip("0").rstrip(".") if places else shown


def percent(share: float) -> str:
    """A share of 1 as per cent with one decimal; what is not zero is never shown as zero."""
    if 0 < abs(share) < 0.0005:
        return "<0.1%" if share > 0 else ">-0.1%"
    return f"{100 * share + 0.0:,.1f}%"


def duration(seconds: float, lang: Lang) -> str:
    """Seconds in the two largest units: 3 min 20 s, 3分20秒; 0.4 s below a second."""
    if 0 < abs(seconds) < 0.95:
        return f"{'<0.1' if abs(seconds) < 0.05 else f'{seconds:.1f}'}{_UNITS[-1][1].say(lang)}"
    left = round(abs(seconds))
    said: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            said.append(f"{count}{unit.say(lang)}")
        if said and (len(said) == 2 or not count):
            break
    joint = " " if lang == "en" else ""
    return ("-" if seconds < 0 else "") + (joint.join(said) or f"0{_UNITS[-1][1].say(lang)}")


def day(value: date, year: int | None = None) -> str:
    """A date, or a time to the minute; without its year where that is `year`."""
    said = f"{value:%m-%d}" if value.year == year else f"{value.year:04d}-{value:%m-%d}"
    return f"{said} {value:%H:%M}" if isinstance(value, datetime) else said


def change(value: float, *, share: bool) -> str:
    """A change with its sign: ▲ 12.0%, ▼ 3; `share`: the value is a share of 1."""
    size = percent(abs(value)) if share else number(abs(value))
    return f"{'▲' if value > 0 else '▼' if value < 0 else '±'} {size}"


def is_change(name: str) -> bool:
    """Whether a column or fact is a change against an earlier time: its name is or ends in ``change``."""
    return name == "change" or name.endswith("_change")


def is_number(column: Column) -> bool:
    """Whether a column's cells are read as numbers and stand at the right."""
    return column.type in ("int", "float", "ratio", "seconds") and column.name != "weekday"


def sparkline(values: Sequence[object]) -> str:
    """A short run of numbers as blocks, from 0 (or the least negative number) to the largest; missing ones are blank.

    More than 40 numbers are first averaged into 40 or fewer.
    """
    points = [value if isinstance(value, int | float) and not is_missing(value) else None for value in values]
    step = math.ceil(len(points) / _SPARK_WIDTH)
    if step > 1:
        points = [_mean(points[at : at + step]) for at in range(0, len(points), step)]
    known = [point for point in points if point is not None]
    low, high = min([0, *known]), max([0, *known])
    top = len(_SPARKS) - 1
    scale = top / (high - low) if high > low else 0
    return "".join(" " if point is None else _SPARKS[round((point - low) * scale)] for point in points)


def _mean(points: Sequence[float | None]) -> float | None:
    known = [point for point in points if point is not None]
    return sum(known) / len(known) if known else None


def bar(value: float, full: float, columns: int) -> str:
    """A bar of at most `columns` columns, in eighths; `full` fills it. What is not zero is at least an eighth."""
    if full <= 0 or value <= 0:
        return ""
    eighths = max(1, round(min(1.0, value / full) * columns * 8))
    return "█" * (eighths // 8) + _BARS[eighths % 8].strip(" ")


def show(cell: Cell, column: Column, lang: Lang, year: int | None = None) -> str:
    """A cell as people read it, not yet cleaned: per cent, durations, thousands, ▲▼, words for codes; null is –.

    By name: ``weekday`` is an ISO weekday, ``change`` and ``…_change`` are signed. Dates of `year` leave the year out.
    """
    if is_missing(cell):
        return NULL
    if isinstance(cell, bool):
        return (_YES if cell else _NO).say(lang)
    if isinstance(cell, int | float):
        return _show_number(cell, column, lang)
    if isinstance(cell, date):
        return day(cell, year)
    if isinstance(cell, str):
        return column.words[cell].say(lang) if column.words and cell in column.words else cell
    if column.type == "series":
        return sparkline(cell or ())
    return listed((_item(item, column, lang, year) for item in cell or ()), lang)


def listed(items: Iterable[str], lang: Lang) -> str:
    """Items one after another, with the language's comma."""
    return (", " if lang == "en" else "、").join(items)


def _show_number(value: float, column: Column, lang: Lang) -> str:
    if is_change(column.name):
        return change(value, share=column.type == "ratio")
    if column.name == "weekday" and value in range(1, 8):
        return WEEKDAYS[int(value) - 1].say(lang)
    if column.type == "ratio":
        return percent(value)
    return duration(value, lang) if column.type == "seconds" else number(value)


def _item(item: object, column: Column, lang: Lang, year: int | None) -> str:
    plainly = Column("", "text", _YES, words=column.words)
    known = isinstance(item, str | int | float | date) or item is None
    return show(item if known else str(item), plainly, lang, year)  # type: ignore[arg-type]


# -- for programs --------------------------------------------------------------------------------------------------
def _digits(value: float) -> str:
    """12 significant digits: what engines disagree on lies behind them. -0.0 is 0."""
    return f"{value + 0.0:.12g}"


def plain(cell: object) -> object:
    """A cell as JSON takes it: dates in ISO 8601, floats to 12 significant digits, null for what is missing."""
    if isinstance(cell, str):
        return json_text(cell)
    if is_missing(cell):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return float(_digits(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return [plain(item) for item in cell] if isinstance(cell, Sequence) else json_text(str(cell))


def rank(cell: object) -> str:
    """A number, time or truth as the number by which it is sorted; empty for what is missing."""
    if is_missing(cell) or not isinstance(cell, int | float | date):
        return ""
    if isinstance(cell, date):
        return f"{cell:%Y%m%d%H%M%S}" if isinstance(cell, datetime) else f"{cell:%Y%m%d}000000"
    return _digits(float(cell))


def machine(cell: object) -> str:
    """A cell as one plain text, not yet cleaned: ISO dates (a space before the time, as spreadsheets know it), floats to
    12 significant digits, true and false, empty for null; a list joined by commas (commas inside become ，)."""
    if isinstance(cell, str):
        return cell
    if is_missing(cell):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _digits(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, Sequence):
        return ",".join(machine(item).replace(",", "，") for item in cell)
    return str(cell)


def tsv_cell(cell: object) -> str:
    """A cell for TSV: see `machine` and `tsv_text`."""
    return tsv_text(machine(cell))


def csv_cell(cell: object) -> str:
    """A cell for CSV: see `machine` and `csv_text`. Numbers, dates and booleans are never taken for formulas."""
    text = machine(cell)
    return csv_text(text) if isinstance(cell, str | Sequence) else text
