"""Conditions on the columns of a table, as people type them: ``active_days>=10``, ``segment=core``, ``tags=妈妈``, ``name~鹿``.

One of ``= != < <= > >= ~`` between the name of a column and a value; ``~`` is for texts and lists and asks whether they hold the value. Numbers, days (2026-05-01), times,
yes and no are read as what the column holds; of a closed list a code means itself, and so do its words. Of times a day means all of it: ``last_spoke=2026-05-01`` holds from midnight to
midnight, ``<`` before it, ``<=`` up to its end, ``>`` after it, ``>=`` from its beginning. Null meets no condition. Nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from qunkit.results import Column

    Flags = NDArray[np.bool_]

_SHAPE = re.compile(r"\s*(\w+)\s*(!=|<=|>=|=|<|>|~)(.*)", re.DOTALL)
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}
_YES, _NO = ("true", "yes", "1", "是"), ("false", "no", "0", "否")


class Condition(NamedTuple):
    """A column, a sign, and the value that it is compared with."""

    column: Column
    sign: str
    value: Any


class NoCondition(Exception):
    """What was typed is none; `expected` says what would be one."""

    def __init__(self, expected: Text) -> None:
        super().__init__(expected.en)
        self.expected = expected


def condition(typed: str, columns: tuple[Column, ...]) -> Condition:
    """The condition that was typed, on one of `columns`.

    Raises:
        NoCondition: it has another shape, names no column, or compares it with what it cannot hold.
    """
    found = _SHAPE.fullmatch(typed)
    known = {column.name: column for column in columns}
    if found is None or found[1] not in known:
        names = ", ".join(known)
        raise NoCondition(Text(f'a condition such as "active_days>=10", on one of: {names}', f"有效条件（如 active_days>=10），可用的列：{names}"))  # fmt: skip
    column, sign = known[found[1]], found[2]
    return Condition(column, sign, _value(column, sign, found[3].strip()))


def holds(condition: Condition, cells: pd.Series[Any]) -> Flags:
    """For which cells of its column it holds."""
    import numpy as np

    column, sign, value = condition
    held = column.type in _MANY or sign == "~"
    compare = (lambda cell, value: (value in cell) != (sign == "!=")) if held else _COMPARED[sign]
    plain = cells.astype(object)
    if column.type == "datetime" and not isinstance(value, datetime):  # a day
        plain = plain.map(lambda cell: cell.date(), na_action="ignore")
    known = plain.notna().to_numpy(bool)
    told = [bool(yes and compare(cell, value)) for cell, yes in zip(plain, known, strict=True)]
    return np.array(told, bool)


_MANY = ("list",)
_NUMBERS = ("int", "float", "ratio", "seconds")


def _value(column: Column, sign: str, typed: str) -> Any:
    allowed = {"list": ("=", "!=", "~"), "text": ("=", "!=", "~"), "bool": ("=", "!=")}.get(
        column.type, tuple(_COMPARED)
    )
    if sign not in allowed:
        signs = " ".join(allowed)
        raise NoCondition(
            Text(f"a condition with one of {signs} after {column.name}", f"有效条件（{column.name} 后可用：{signs}）")
        )
    try:
        return _READ[column.type](typed) if column.type in _READ else _code(column, sign, typed)
    except ValueError:
        kind = _KINDS.get(column.type, Text("a value", "值"))
        raise NoCondition(
            Text(
                f"a condition with {kind.en} after {column.name}{sign}",
                f"有效条件（{column.name}{sign} 后应为{kind.zh.strip()}）",
            )
        ) from None


def _yes(typed: str) -> bool:
    if typed.casefold() in (*_YES, *_NO):
        return typed.casefold() in _YES
    raise ValueError


def _code(column: Column, sign: str, typed: str) -> str:
    """A code of a closed list by its words."""
    for code, words in (column.words or {}).items():
        if typed in (code, words.zh) or typed.casefold() == words.en.casefold():
            return code
    if column.words and column.type == "text":
        codes = ", ".join(column.words)
        raise NoCondition(
            Text(
                f"a condition with one of {codes} after {column.name}{sign}",
                f"有效条件（{column.name}{sign} 后可用：{codes}）",
            )
        )
    return typed


def _number(typed: str) -> float:
    return float(typed.removesuffix("%")) / 100 if typed.endswith("%") else float(typed)


def _time(typed: str) -> datetime:
    return datetime.fromisoformat(typed).replace(tzinfo=None)


def _moment(typed: str) -> date:
    """A time, or the day that was typed."""
    with suppress(ValueError):
        return date.fromisoformat(typed)
    return _time(typed)


_READ: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(_NUMBERS, _number),
    "bool": _yes,
    "date": lambda typed: _time(typed).date(),
    "datetime": _moment,
}
_KINDS = {
    **dict.fromkeys(_NUMBERS, Text("a number", "数字")),
    "bool": Text("true or false", " true 或 false"),
    "date": Text("a day such as 2026-05-01", "日期（如 2026-05-01）"),
    "datetime": Text("a day or time such as 2026-05-01 or 2026-05-01T09:00", "日期或时间（如 2026-05-01T09:00）"),
}
