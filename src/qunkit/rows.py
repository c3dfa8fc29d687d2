"""The table of an analysis as rows of plain cells: no NumPy, no pandas, no NaN; derived floats with 12 digits.

The sums of floats differ in their last bits with the number of threads; 12 significant digits do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from qunkit.arrays import known, numbers
from qunkit.results import Cell, Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

_SLICE = 1 << 14
"""Rows that are Python objects at one time."""


class Rows:
    """Rows that are made as they are read, each time anew: the table alone is kept."""

    def __init__(self, table: pa.Table | pd.DataFrame, columns: tuple[Column, ...]) -> None:
        self._table = table
        self._columns = columns

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for start in range(0, len(self._table), _SLICE):
            columns = ((self._table[column.name], column.type) for column in self._columns)
            parts = (_column(found[start : start + _SLICE], type_) for found, type_ in columns)
            yield from zip(*parts, strict=True)


def _column(found: pa.ChunkedArray | pd.Series[Any], type_: str) -> list[Cell]:
    import pyarrow as pa

    if type_ in ("float", "ratio", "seconds"):
        return _rounded(_floats(found))
    if not isinstance(found, pa.ChunkedArray):
        series = found.astype(object)
        return [_PLAIN[type_](cell) for cell in series.where(series.notna(), None)]
    if pa.types.is_decimal(found.type):  # a sum of whole numbers
        found = found.cast(pa.int64())
    kept = str(found.type)
    if unit := _TIMES.get((type_, kept)):
        return [cell for chunk in found.chunks for cell in _times(chunk, unit)]
    cells: list[Cell] = found.to_pylist()
    return cells if kept in _AS_IT_IS.get(type_, ()) else [_PLAIN[type_](cell) for cell in cells]


def _times(chunk: pa.Array, unit: str) -> list[Cell]:
    """Wall clocks and days, many times as fast as Arrow makes them."""
    import pyarrow as pa

    stored = numbers(chunk.view(pa.int32() if unit == "D" else pa.int64()))
    cells: list[Cell] = stored.astype(f"datetime64[{unit}]").tolist()
    return (
        [cell if told else None for cell, told in zip(cells, known(chunk), strict=True)] if chunk.null_count else cells
    )


def _floats(found: pa.ChunkedArray | pd.Series[Any]) -> NDArray[np.float64]:
    """NaN for null."""
    import numpy as np
    import pyarrow as pa

    if not isinstance(found, pa.ChunkedArray):
        series: NDArray[np.float64] = found.to_numpy(dtype=float, na_value=np.nan)
        return series
    if pa.types.is_float64(found.type):
        return numbers(found)
    return np.array(found.to_pylist(), dtype=float)


def _rounded(x: NDArray[np.float64]) -> list[Cell]:
    """Floats with 12 significant digits; None for null, NaN and infinity.

    A whole number below 2^53 divided by an exact power of ten is the double nearest to that decimal (Clinger 1990).
    """
    import numpy as np

    told = np.isfinite(x)
    size = np.floor(np.log10(np.abs(x), where=told & (x != 0), out=np.zeros_like(x)))
    with np.errstate(all="ignore"):
        up, down = 10.0 ** np.maximum(11 - size, 0), 10.0 ** np.maximum(size - 11, 0)
        short = np.rint(x * up / down) / up * down
    cells = np.where(np.isfinite(short), short, x).tolist()
    return cells if told.all() else [cell if yes else None for cell, yes in zip(cells, told, strict=True)]


def _series(numbers: Iterable[float | None]) -> list[Cell]:
    import numpy as np

    return _rounded(np.array(list(numbers), dtype=float))


def _maybe(plain: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
    """`plain` of a value, None of a null or NaN."""
    return lambda cell: None if cell is None or cell != cell else plain(cell)


def _datetime(cell: Any) -> datetime:
    """A wall clock; pandas gives its own kind of it."""
    time: datetime = cell.to_pydatetime() if hasattr(cell, "to_pydatetime") else cell
    return time


def _date(cell: Any) -> date:
    """A day; pandas gives midnights."""
    day: date = cell.date() if isinstance(cell, datetime) else cell
    return day


_PLAIN: dict[str, Callable[[Any], Cell]] = {
    "text": _maybe(str),
    "int": _maybe(int),
    "bool": _maybe(bool),
    "date": _maybe(_date),
    "datetime": _maybe(_datetime),
    "list": lambda cell: None if cell is None else list(cell),
    "series": lambda cell: None if cell is None else _series(cell),
}

_AS_IT_IS = {
    "text": ("string",),
    "int": ("int32", "int64"),
    "bool": ("bool",),
}
"""Arrow types whose values are plain already: a long listing is not gone over again."""

_TIMES = {("date", "date32[day]"): "D", ("datetime", "timestamp[ms]"): "ms", ("datetime", "timestamp[us]"): "us"}
"""Columns of times as Arrow has them, and their units."""
