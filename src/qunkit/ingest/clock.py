"""Exported times → instants and the dataset's wall clock. The only place that knows zones."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.errors import UnknownTimeZone
from qunkit.parsing.stamps import possible

DEFAULT_ZONE = "Asia/Shanghai"
_COMMON = (
    "Asia/Shanghai", "UTC", "America/New_York", "America/Los_Angeles", "Europe/London", "Europe/Berlin", "Asia/Tokyo", "Asia/Bangkok",
    "Australia/Sydney", "Pacific/Auckland", "America/Chicago", "America/Denver", "Europe/Moscow", "Asia/Dubai", "Asia/Kolkata", "America/Sao_Paulo",
)  # fmt: skip
"""Zones where people export chats, one for each distance from UTC and rule of summer time, the likely ones first."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The zone of a source's wall clocks, and the zone of the dataset's calendar."""

    source: str
    dataset: str

    def __post_init__(self) -> None:
        for name in (self.source, self.dataset):
            check_zone(name)

    def read(self, raw: pa.RecordBatch, coarse: str | None = None) -> tuple[pa.Array, pa.Array, pa.Array]:
        """(sent_at, local_time, time_quality) of a RAW batch. `coarse`: minute or day, where the file has no finer times.

        In a gap of daylight saving the later instant is taken, in an overlap the earlier; both, and only those, are ``guessed``.
        """
        epoch = raw.column("epoch").cast(pa.timestamp("ms", "UTC"))
        wall = raw.column("wall")
        if wall.null_count == len(wall):
            return epoch, self.local(epoch), pa.array([coarse or "exact"] * len(epoch), pa.string())
        told, sure = self._instants(wall)
        quality = pc.if_else(sure, coarse or "local", "guessed")
        sent = pc.coalesce(epoch, told)
        return sent, self.local(sent), pc.if_else(pc.is_valid(epoch), coarse or "exact", quality)

    def instants(self, milliseconds: pa.Array, walls: pa.Array) -> pa.Array:
        """Times on each row's own clock (`walls` true: wall clock) → instants. Used for the time of a quoted message.

        Null where no message can have been sent: nobody else has looked at these times.
        """
        is_possible = possible(pc.fill_null(milliseconds, 0).to_numpy())
        milliseconds = pc.if_else(pa.array(is_possible), milliseconds, None)
        epoch = milliseconds.cast(pa.timestamp("ms", "UTC"))
        told, _ = self._instants(milliseconds.cast(pa.timestamp("ms")))
        return pc.if_else(walls, told, epoch)

    def instant(self, wall: datetime) -> datetime:
        """A single time of the source's wall clock → an instant."""
        told, _ = self._instants(pa.array([wall], pa.timestamp("ms")))
        found: datetime = told[0].as_py()
        return found

    def local(self, instants: pa.Array) -> pa.Array:
        """Naive wall clock of the dataset's zone."""
        zoned = instants.cast(pa.timestamp("ms", self.dataset))
        return pc.local_timestamp(zoned).cast(pa.timestamp("ms"))

    def _instants(self, wall: pa.Array) -> tuple[pa.Array, pa.Array]:
        early = pc.assume_timezone(wall, self.source, ambiguous="earliest", nonexistent="latest")
        late = pc.assume_timezone(wall, self.source, ambiguous="latest", nonexistent="earliest")
        utc = pa.timestamp("ms", "UTC")
        return early.cast(utc), pc.equal(early, late)


def check_zone(name: str) -> None:
    """Raises UnknownTimeZone if this machine has no such zone."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZone(tz=name) from None


def behind(zone: str, minutes: int, at: int, first: str) -> str | None:
    """The zone whose clocks are so many minutes behind those of `zone` when they show what those show at `at` (milliseconds since 1970).

    A common name is taken before one that only says the hours (whose sign is the other way round): `first`, if it fits. None: no zone fits.
    """
    shown = datetime.fromtimestamp(at / 1000, zoneinfo.ZoneInfo(zone))
    offset = (shown.utcoffset() or timedelta()) - timedelta(minutes=minutes)
    instant = shown + timedelta(minutes=minutes)
    for name in (first, *_COMMON):
        if instant.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() == offset:
            return name
    hours, rest = divmod(offset, timedelta(hours=1))
    return f"Etc/GMT{-hours:+d}" if not rest and -12 <= hours <= 14 else None
