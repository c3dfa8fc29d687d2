"""Header lines that begin with a time: which lines look like one, and which of those are one.

People paste chats into chats, so a line that looks like a header need not be one. Text exporters sort by time, put a blank line
before each header, and a paste quotes the past. Hence a header must follow a blank line (or begin the file), hold a time of the
calendar before 2100, and not be earlier than the header before it. A line such as "2026-12-24 19:00:00 东门" in an invitation
lies ahead: a header that most of the next ones precede is text as well, or it would swallow them. A far-off time that
ends the file cannot be told from a message. In the hour that a clock repeats in autumn, messages count as text of the one before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qunkit.parsing.decode import Ints

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

LOOK_AHEAD = 64
"""So many of the next header-looking lines are asked, …"""
REACH = 1 << 20
"""… as far as they are within so many bytes."""
_MAJORITY = 2
_EARLIEST_TIME = -(1 << 62)
_LATEST = 4_102_444_800_000  # 2100-01-01
_SHORTEST_FRAGMENT = len("2024-")
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a header line begins: a time, and what may come right after it."""

    followers: tuple[bytes, ...]
    """What may follow the time; the end of the file may, too."""
    template: str = "0000-00-00 00:00:00"
    """Zeros are digits: year, month, day, hour, minute and perhaps second, in this order."""
    after_blank: bool = True
    """The writer puts a blank line before each header."""
    closing: bytes = b""
    """The byte that ends every header line, if there is one: a quote behind a name."""

    @property
    def width(self) -> int:
        """Bytes of the time."""
        return len(self.template)

    def find(self, data: Bytes, lines: Ints, at_end: bool) -> tuple[Ints, Ints]:
        """Those of `lines` (places where lines begin) that look like headers, and their times: ms of the wall clock.

        A time that no calendar has is -1. Unless `at_end`, lines too near the end of the data are left out.
        """
        reach = self.width + (0 if at_end else max(map(len, self.followers)))
        found = lines[lines + reach <= len(data)]
        for place, char in enumerate(self.template):
            if char != "0":
                found = found[data[found + place] == ord(char)]
        digits = data[found[:, None] + self._digits()] - np.uint8(ord("0"))
        good = (digits <= 9).all(axis=1) & self._followed(data, found)
        if self.closing:
            good &= self._closed(data, found, lines, at_end)
        return found[good], self._times(digits[good].astype(np.int64))

    def is_cut(self, line: bytes, header: bytes) -> bool:
        """Whether the last line of a file is a header that ends within its time, not earlier than the last `header`."""
        if not _SHORTEST_FRAGMENT <= len(line) < self.width or line < header[: len(line)]:
            return False
        pattern = self.template[: len(line)].replace("0", "[0-9]")
        return re.fullmatch(pattern.encode(), line) is not None

    def _digits(self) -> Ints:
        return np.array([place for place, char in enumerate(self.template) if char == "0"])

    def _followed(self, data: Bytes, starts: Ints) -> Mask:
        good = starts + self.width >= len(data)
        for follower in self.followers:
            same = np.ones(len(starts), bool)
            for place, byte in enumerate(follower, self.width):
                at = starts + place
                same &= (at >= len(data)) | (data[np.minimum(at, len(data) - 1)] == byte)
            good |= same
        return good

    def _closed(self, data: Bytes, starts: Ints, lines: Ints, at_end: bool) -> Mask:
        """Whether the line ends as it should; one that the end of the file cuts may have lost it."""
        behind = np.searchsorted(lines, starts, "right")
        whole = behind < len(lines)
        last = np.append(lines, len(data))[behind] - 2
        last -= data[last] == 13
        earliest = starts + self.width + min(map(len, self.followers))
        return np.where(whole, (last >= earliest) & (data[last] == self.closing[0]), at_end)

    def _times(self, digits: Ints) -> Ints:
        parts, done = [], 0
        for run in re.findall("0+", self.template):
            parts.append(digits[:, done : done + len(run)] @ (10 ** np.arange(len(run))[::-1]))
            done += len(run)
        year, month, day, hour, minute, *second = parts
        seconds = second[0] if second else np.zeros_like(minute)
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        days = _DAYS[np.where(month <= 12, month, 0)] - ((month == 2) & ~leap)
        good = (year > 0) & (day >= 1) & (day <= days) & (hour < 24) & (minute < 60) & (seconds < 60)
        time = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + seconds
        return np.where(good & (time >= 0), time * 1000, -1)


def days_from_civil(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970-01-01 of dates of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms")."""
    year = year - (month <= 2)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    days: Ints = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days


def after_blank(data: Bytes, starts: Ints) -> Mask:
    """Whether an empty line, or nothing, is before each line that begins at `starts`."""
    one, two = (np.where(starts >= back, data[np.maximum(starts - back, 0)], 10) for back in (2, 3))
    blank: Mask = (one == 10) | ((one == 13) & (two == 10))
    return blank


def possible(times: Ints) -> Mask:
    """Whether a header may have that time: of the calendar, before 2100."""
    return (times >= 0) & (times < _LATEST)


class Acceptance:
    """Says of header-looking lines, in the order of the file, which are headers."""

    def __init__(self) -> None:
        self.newest = _EARLIEST_TIME
        """Time of the last header."""

    def of(self, starts: Ints, times: Ints, decided: int, trusted: bool) -> Mask:
        """Which of the first `decided` candidates are headers; the others only vote. `trusted`: the first one is, whatever follows."""
        newest = np.maximum.accumulate(np.append(self.newest, times))
        late_enough: Mask = times >= newest[:-1]
        if not late_enough.all() and self._any_outvoted(starts, times, newest, decided):
            accepted = self._one_by_one(starts.tolist(), times.tolist(), decided, trusted)
        else:
            accepted = late_enough[:decided]
        if accepted.any():
            self.newest = int(times[:decided][accepted][-1])
        return accepted

    def _any_outvoted(self, starts: Ints, times: Ints, newest: Ints, decided: int) -> bool:
        """Whether any of the first `decided` is voted down, if all that are late enough were headers.

        A line that is too early votes against one header only: the first that is later than it.
        """
        early = np.flatnonzero((times < newest[:-1]) & (times >= self.newest))
        against = np.searchsorted(newest[1:], times[early], "right")
        votes = np.bincount(against[early - against <= LOOK_AHEAD], minlength=1)[:decided]
        return any(
            _outvoted(starts[at:][: LOOK_AHEAD + 1].tolist(), times[at:][: LOOK_AHEAD + 1].tolist(), 0, int(newest[at]))
            for at in np.flatnonzero(votes >= _MAJORITY).tolist()
        )

    def _one_by_one(self, starts: list[int], times: list[int], decided: int, trusted: bool) -> Mask:
        accepted, newest = np.zeros(decided, bool), self.newest
        for at in range(decided):
            if times[at] >= newest and ((trusted and at == 0) or not _outvoted(starts, times, at, newest)):
                accepted[at], newest = True, times[at]
        return accepted


def _outvoted(starts: list[int], times: list[int], at: int, newest: int) -> bool:
    """Whether most of the next headers precede this one. Those earlier than the last header have no vote; two at least must agree."""
    voters = against = 0
    for later in range(at + 1, min(at + 1 + LOOK_AHEAD, len(times))):
        if starts[later] - starts[at] > REACH:
            break
        if times[later] >= newest:
            voters += 1
            against += times[later] < times[at]
    return against >= _MAJORITY and 2 * against > voters
