"""Columns of times as people and programs write them: numbers since 1970, ISO 8601 with a zone, wall clocks.

What is told apart by its looks is read as what it is, whatever the rest of the column holds. Only a date such as ``3/4/2024`` needs
the column: somewhere a number above 12 must say whether the day or the month comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.parsing.csv import wall_clock
from qunkit.parsing.json_rows import instants

Order = Literal["day", "month"]
"""What comes first in a date that ends with its year."""

_NUMBER = r"^-?\d{1,19}(?:\.\d{1,9})?$"
_MILLISECONDS = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_TOGETHER = r"^([12]\d{3})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$"
_HALVES = {"上午": 0, "午前": 0, "am": 0, "下午": 12, "午後": 12, "pm": 12}
_HALF = "上午|午前|下午|午後|[AaPp]\\.?[Mm]\\.?"
_TIME = re.compile(
    r"(?:(?P<year>\d{4})(?P<mark>[-/.年])(?P<month>\d\d?)[-/.月](?P<day>\d\d?)日?|(?P<a>\d\d?)[-/.](?P<b>\d\d?)[-/.](?P<last>\d{4}|\d\d))"
    rf"(?:[ T,，\u00a0\u202f]*(?:(?P<before>{_HALF})\s*)?(?P<hour>\d\d?)[:：时](?P<minute>\d\d)分?"
    rf"(?:[:：]?(?P<second>\d\d)秒?(?:[.,](?P<fraction>\d{{1,9}}))?)?(?:[\s\u00a0\u202f]*(?P<after>{_HALF}))?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times."""

    milliseconds: pa.Array
    """Since 1970, of each row's own clock; null where it is no time."""
    is_wall: pa.Array
    """Whether that clock is the writer's own, and not UTC."""


def read_times(texts: pa.Array, order: Order | None = None) -> Times:
    """The times that these texts say."""
    texts = pc.replace_substring_regex(texts, _TOGETHER, r"\1-\2-\3 \4:\5:\6")
    numeric = pc.match_substring_regex(texts, _NUMBER)
    if pc.all(numeric, min_count=0).as_py():
        return _absolute(instants(texts.cast(pa.float64())))
    zoned = _zoned(texts)
    if zoned is not None:
        return _absolute(zoned)
    walls = wall_clock(texts)
    if walls.null_count == texts.null_count:
        return Times(walls.cast(pa.int64()), pa.repeat(True, len(texts)))
    numeric = pc.fill_null(numeric, False)
    number = instants(pc.if_else(numeric, texts, None).cast(pa.float64()))
    told = [_read(text, order) for text in pc.if_else(numeric, None, texts).to_pylist()]
    milliseconds = pc.coalesce(number, pa.array([time for time, _ in told], pa.int64()))
    return Times(milliseconds, pc.and_not(pa.array([is_wall for _, is_wall in told], pa.bool_()), numeric))


def order_of(texts: Iterable[str | None]) -> Order | None:
    """What comes first in dates that end with their year, if any of them shows it."""
    for text in texts:
        found = _TIME.fullmatch(text.strip()) if text else None
        if found and found["a"] and (int(found["a"]) > 12) != (int(found["b"]) > 12):
            return "day" if int(found["a"]) > 12 else "month"
    return None


def needs_order(texts: Iterable[str | None]) -> bool:
    """Whether any of these dates ends with its year."""
    return any((found := _TIME.fullmatch(text.strip())) and found["a"] for text in texts if text)


def coarse(texts: Iterable[str | None]) -> str | None:
    """``day`` or ``minute``, if no time among these is finer."""
    found = [match for text in texts if text and (match := _TIME.fullmatch(text.strip()))]
    if not found or any(match["second"] for match in found):
        return None
    return "minute" if any(match["hour"] for match in found) else "day"


def _absolute(milliseconds: pa.Array) -> Times:
    return Times(milliseconds, pa.repeat(False, len(milliseconds)))


def _zoned(texts: pa.Array) -> pa.Array | None:
    """ISO 8601, all of it with a zone."""
    try:
        return texts.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        return None


def _read(text: str | None, order: Order | None) -> tuple[int | None, bool]:
    """Milliseconds, and whether they are of a wall clock."""
    found = _TIME.fullmatch(text.strip()) if text else None
    if not found or (found["a"] and not order):
        return None, True
    try:
        time = datetime(*_date(found, order), *_clock(found))  # noqa: DTZ001
        zone = found["zone"]
        if zone is None:
            return (time - _EPOCH) // _MILLISECONDS, True
        return (time.replace(tzinfo=_offset(zone)) - datetime.fromtimestamp(0, UTC)) // _MILLISECONDS, False
    except (ValueError, OverflowError):
        return None, True


def _date(found: re.Match[str], order: Order | None) -> tuple[int, int, int]:
    if found["year"]:
        return int(found["year"]), int(found["month"]), int(found["day"])
    a, b, year = int(found["a"]), int(found["b"]), int(found["last"])
    year += 2000 if len(found["last"]) == 2 else 0
    return (year, b, a) if order == "day" else (year, a, b)


def _clock(found: re.Match[str]) -> tuple[int, int, int, int]:
    if found["hour"] is None:
        return 0, 0, 0, 0
    hour = int(found["hour"])
    half = (found["before"] or found["after"] or "").replace(".", "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + _HALVES[half]
    micro = int(((found["fraction"] or "") + "000000")[:6])
    return hour, int(found["minute"]), int(found["second"] or 0), micro


def _offset(zone: str) -> timezone:
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(ahead if zone[0] == "+" else -ahead)
