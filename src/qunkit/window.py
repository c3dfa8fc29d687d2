"""Which time a question is about: --since, --until, --last, --week and --as-of, read into instants of the dataset's calendar.

Everything is wall clock of the dataset's zone, naive. A date means a calendar day, which begins at `day_start` o'clock.

* *as-of* is the "now" of a question, and the last instant that is seen: what --as-of says (a date: the last millisecond
  of that day), else the time of the last message. The machine's clock plays no part.
* --since takes a date or a date-time, --until too: a date is the last day that counts, a date-time is the first
  instant that no longer counts. Without --until the window reaches to the end of as-of's day.
* --last 7d counts whole days back from the end of as-of's day, that day included; 4w is 28 days, 3m are three calendar
  months (as of 30 May: from the last of February).
* --week 2026-W20 is an ISO week, Monday to Sunday; --week last is the last one of which as-of's day is the Sunday or later. A question
  that takes weeks that are not over (`Asked.unfinished`), such as the report, gets the week of as-of's day where the data begin after that one.
* A window that ends before the end of the data moves "now" to its last instant unless --as-of says otherwise, so that a question
  about an old week has the answer it had then.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from qunkit.errors import BadOption, UsageError
from qunkit.words import Text

_DAY = timedelta(days=1)
_TICK = timedelta(milliseconds=1)
_FIRST_YEAR, _LAST_YEAR = 1999, 2100
_NO_DATA = datetime.combine(date(_FIRST_YEAR, 1, 1), time())
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)
_LAST = re.compile(r"([1-9]\d{0,4})([dwm])", re.ASCII)

A_MOMENT = Text(
    "a date such as 2026-05-11 or a date-time such as 2026-05-11T18:30",
    "日期（如 2026-05-11）或时间（如 2026-05-11T18:30）",
)
A_LENGTH = Text("a length of time such as 7d, 4w or 3m", "时长（如 7d、4w、3m）")
A_WEEK = Text("an ISO week such as 2026-W20", "ISO 周（如 2026-W20）")


@dataclass(frozen=True, slots=True)
class Window:
    """Naive instants in the dataset's zone; `since` None: from the beginning; `until` is exclusive."""

    since: datetime | None
    until: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """The five options as typed, None: not given; and what the question takes."""

    since: str | None = None
    until: str | None = None
    last: str | None = None
    week: str | None = None
    as_of: str | None = None
    unfinished: bool = False
    """Whether the last week may be one that is not over, while there is no complete one."""


def resolve(
    asked: Asked, data_end: datetime | None, day_start: int = 0, *, data_begin: datetime | None = None
) -> Window:
    """The window that `asked` means for data whose first message was at `data_begin`, and the last at `data_end` (None: there is none).

    Raises:
        BadOption: a value that cannot be read, or an empty window.
        UsageError: two ways of saying which time.
    """
    _one_way(asked)
    told = _moment("--as-of", asked.as_of, day_start, last_day=True, last_instant=True)
    now = told or data_end or _NO_DATA
    since, until = _asked(asked, now, day_start)
    if asked.week == "last" and asked.unfinished and data_begin and until and until <= data_begin <= now:
        since, until = until, until + 7 * _DAY
    if since and until and since >= until:
        raise BadOption(option="--since", value=asked.since, expected=Text("before --until", "早于 --until 的时间"))
    if told:
        return _window(since, min(until or told + _TICK, told + _TICK), told)
    until = until or _begin(_day(now, day_start) + _DAY, day_start)
    return _window(since, until, min(data_end or until - _TICK, until - _TICK))


def iso_week(value: str, option: str = "--week") -> date:
    """The Monday of an ISO week written 2026-W20.

    Raises:
        BadOption: not written so, or a year without that week.
    """
    found = _WEEK.fullmatch(value)
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise BadOption(option=option, value=value, expected=A_WEEK)
    year, week = int(found[1]), int(found[2])
    last = date(year, 12, 28).isocalendar().week
    if not 1 <= week <= last:
        weeks = f"{year:04}-W01", f"{year:04}-W{last}"
        expected = Text("an ISO week, {} to {}".format(*weeks), "ISO 周（{} 至 {}）".format(*weeks))
        raise BadOption(option=option, value=value, expected=expected)
    return date.fromisocalendar(year, week, 1)


def week_name(day: date) -> str:
    """The ISO week of `day`, written 2026-W20."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _window(since: datetime | None, until: datetime, as_of: datetime) -> Window:
    """A window that begins after the last thing seen is empty, not negative."""
    return Window(since, max(until, since or until), as_of)


def _one_way(asked: Asked) -> None:
    ways = [
        name
        for name, given in (
            ("--week", asked.week),
            ("--last", asked.last),
            ("--since/--until", asked.since or asked.until),
        )
        if given
    ]
    if len(ways) > 1:
        both = " + ".join(ways)
        raise UsageError(what=Text(f"{both}: give one of them.", f"{both}：只能使用其中一种。"))


def _asked(asked: Asked, now: datetime, day_start: int) -> tuple[datetime | None, datetime | None]:
    if asked.week:
        monday = _last_week(_day(now, day_start)) if asked.week == "last" else iso_week(asked.week)
        return _begin(monday, day_start), _begin(monday + 7 * _DAY, day_start)
    if asked.last:
        return _last(asked.last, now, day_start)
    since = _moment("--since", asked.since, day_start)
    return since, _moment("--until", asked.until, day_start, last_day=True)


def _last_week(day: date) -> date:
    """The Monday of the last week that is over when `day` is."""
    return day - timedelta(days=day.isoweekday() % 7 + 6)


def _last(value: str, now: datetime, day_start: int) -> tuple[datetime, datetime]:
    found = _LAST.fullmatch(value)
    if not found:
        raise BadOption(option="--last", value=value, expected=A_LENGTH)
    count, unit = int(found[1]), found[2]
    after = _day(now, day_start) + _DAY
    try:
        first = _months_before(after, count) if unit == "m" else after - count * (7 if unit == "w" else 1) * _DAY
    except (OverflowError, ValueError):
        raise BadOption(option="--last", value=value, expected=A_LENGTH) from None
    return _begin(first, day_start), _begin(after, day_start)


def _months_before(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _moment(
    option: str, value: str | None, day_start: int, *, last_day: bool = False, last_instant: bool = False
) -> datetime | None:
    """The instant that `value` means; `last_day`: a date means the end of its day; `last_instant`: its last millisecond."""
    if value is None:
        return None
    found = _MOMENT.fullmatch(value.strip())
    try:
        day = date.fromisoformat(found[1] if found else "")
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValueError
        if found and found[2]:
            return datetime.combine(day, time.fromisoformat(found[2]))
        begin = _begin(day + _DAY if last_day else day, day_start)
        return begin - _TICK if last_instant else begin
    except ValueError:
        raise BadOption(option=option, value=value, expected=A_MOMENT) from None


def _begin(day: date, day_start: int) -> datetime:
    return datetime.combine(day, time(day_start))


def _day(moment: datetime, day_start: int) -> date:
    return (moment - timedelta(hours=day_start)).date()
