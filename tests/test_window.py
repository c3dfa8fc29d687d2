"""Which time a question is about: every rule of the window, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit.errors import BadOption, UsageError
from qunkit.window import Asked, iso_week, resolve, week_name

END = datetime(2024, 12, 1, 23, 45, 59)  # a Sunday: the last message
TICK = timedelta(milliseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_nothing_asked_is_everything_up_to_the_end_of_the_last_day() -> None:
    window = resolve(Asked(), END)
    assert (window.since, window.until, window.as_of) == (None, at("2024-12-02"), END)


def test_a_date_counts_whole_both_ways() -> None:
    window = resolve(Asked(since="2024-11-04", until="2024-11-10"), END)
    assert (window.since, window.until) == (at("2024-11-04"), at("2024-11-11"))


def test_a_date_time_is_exact_and_until_is_exclusive() -> None:
    window = resolve(Asked(since="2024-11-04 18:30", until="2024-11-04T19:00:01"), END)
    assert (window.since, window.until) == (at("2024-11-04T18:30"), at("2024-11-04T19:00:01"))


def test_an_old_window_moves_now_to_its_last_instant() -> None:
    assert resolve(Asked(week="2024-W40"), END).as_of == at("2024-10-07") - TICK
    assert resolve(Asked(week="2024-W48"), END).as_of == END  # the week is not over: now is the end of the data


def test_a_week_is_monday_to_sunday() -> None:
    window = resolve(Asked(week="2024-W48"), END)
    assert (window.since, window.until) == (at("2024-11-25"), at("2024-12-02"))


@pytest.mark.parametrize(
    ("week", "monday"),
    [
        ("2026-W01", date(2025, 12, 29)),  # the week that holds the year's first Thursday
        ("2020-W53", date(2020, 12, 28)),
        ("2021-W01", date(2021, 1, 4)),
        ("2009-W53", date(2009, 12, 28)),
    ],
)
def test_iso_weeks_at_the_turn_of_the_year(week: str, monday: date) -> None:
    assert iso_week(week) == monday


@pytest.mark.parametrize("week", ["2024-W53", "2024-W00", "2024-W99"])
def test_a_week_that_the_year_does_not_have_names_the_range(week: str) -> None:
    with pytest.raises(BadOption, match=r"--week: '2024-W\d\d' is not an ISO week, 2024-W01 to 2024-W52") as caught:
        iso_week(week)
    assert "2024-W01 至 2024-W52" in caught.value.sentence("zh")


@pytest.mark.parametrize("week", ["", "2024-48", "2024W48", "2024-W4", "２０２４-W48", "1815-W10", "2024-W48\n"])
def test_what_is_no_week(week: str) -> None:
    with pytest.raises(BadOption, match="ISO week"):
        iso_week(week)


@given(st.dates(date(1999, 1, 4), date(2100, 12, 26)))
def test_week_names_go_round(day: date) -> None:
    monday = iso_week(week_name(day))
    assert monday <= day < monday + timedelta(7)
    assert monday.weekday() == 0


@pytest.mark.parametrize(
    ("last", "as_of", "since"),
    [
        ("1d", "2024-12-01", "2024-12-01"),
        ("7d", "2024-12-01", "2024-11-25"),
        ("4w", "2024-12-01", "2024-11-04"),
        ("1m", "2024-12-31", "2024-12-01"),
        ("3m", "2024-11-30", "2024-09-01"),
        ("3m", "2024-05-30", "2024-02-29"),  # there is no 31 February
        ("12m", "2024-02-28", "2023-02-28"),  # the day after is 29 February 2024
    ],
)
def test_last_counts_whole_days_back_from_the_end_of_as_of(last: str, as_of: str, since: str) -> None:
    window = resolve(Asked(last=last, as_of=as_of), END)
    assert (window.since, window.until) == (at(since), at(as_of) + timedelta(1))
    assert window.as_of == window.until - TICK


def test_last_without_as_of_counts_from_the_end_of_the_data() -> None:
    window = resolve(Asked(last="7d"), END)
    assert (window.since, window.until, window.as_of) == (at("2024-11-25"), at("2024-12-02"), END)


@pytest.mark.parametrize(
    ("as_of", "monday"),
    [
        ("2024-12-01 12:00", "2024-11-25"),  # a Sunday: its week is the last one
        ("2024-12-02 00:00", "2024-11-25"),
        ("2024-12-07 23:59", "2024-11-25"),  # Saturday: the week is not over
        ("2024-12-08 00:00", "2024-12-02"),
    ],
)
def test_the_last_complete_week(as_of: str, monday: str) -> None:
    assert resolve(Asked(week="last", as_of=as_of), END).since == at(monday)


@pytest.mark.parametrize(
    ("begin", "as_of", "monday", "until"),
    [
        ("2024-11-25 00:00", "2024-11-29 12:00", "2024-11-25", "2024-12-02"),  # Monday to Friday: none is complete
        ("2024-11-29 12:00", "2024-11-29 12:00", "2024-11-25", "2024-12-02"),  # a single message
        ("2024-11-24 23:59", "2024-11-29 12:00", "2024-11-18", "2024-11-25"),  # a Sunday: its week is over
        ("2024-11-25 00:00", "2024-12-01 12:00", "2024-11-25", "2024-12-02"),
        ("2024-11-25 00:00", "2024-12-03 12:00", "2024-11-25", "2024-12-02"),
    ],
)
def test_without_a_complete_week_the_last_one_is_the_one_that_has_begun(
    begin: str, as_of: str, monday: str, until: str
) -> None:
    asked = Asked(week="last", unfinished=True)
    window = resolve(asked, at(as_of), data_begin=at(begin))
    assert (window.since, window.until) == (at(monday), at(until))


def test_the_week_that_has_begun_is_asked_for_and_seen() -> None:
    monday, friday = at("2024-11-25 09:00"), at("2024-11-29 12:00")
    complete = resolve(Asked(week="last"), friday, data_begin=monday)
    assert (complete.since, complete.until) == (at("2024-11-18"), at("2024-11-25"))
    told = Asked(week="last", as_of="2024-11-26", unfinished=True)
    seen = resolve(told, friday, data_begin=monday)
    assert (seen.since, seen.until) == (at("2024-11-25"), at("2024-11-27"))
    before = resolve(Asked(week="last", as_of="2024-11-20", unfinished=True), friday, data_begin=monday)
    assert (before.since, before.until) == (at("2024-11-11"), at("2024-11-18"))  # nothing of the data is seen
    night = resolve(Asked(week="last", unfinished=True), friday, 4, data_begin=at("2024-11-25 03:59"))  # still Sunday
    assert night.since == at("2024-11-18T04:00")


def test_nothing_after_as_of_is_seen() -> None:
    window = resolve(Asked(as_of="2024-11-20 12:00", week="2024-W47"), END)
    assert (window.since, window.until) == (at("2024-11-18"), at("2024-11-20 12:00") + TICK)
    assert window.as_of == at("2024-11-20 12:00")


def test_a_window_after_as_of_is_empty_and_not_negative() -> None:
    window = resolve(Asked(as_of="2024-11-20", week="2024-W50"), END)
    assert window.since == window.until == at("2024-12-09")


def test_a_day_may_begin_late() -> None:
    assert resolve(Asked(since="2024-11-04", until="2024-11-04"), END, 4).since == at("2024-11-04T04:00")
    assert resolve(Asked(since="2024-11-04", until="2024-11-04"), END, 4).until == at("2024-11-05T04:00")
    assert resolve(Asked(week="2024-W48"), END, 4).until == at("2024-12-02T04:00")
    night = resolve(Asked(last="1d"), at("2024-12-01 03:59"), 4)  # still the day before
    assert (night.since, night.until) == (at("2024-11-30T04:00"), at("2024-12-01T04:00"))
    assert resolve(Asked(as_of="2024-12-01"), END, 4).as_of == at("2024-12-02T04:00") - TICK


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Asked(since="yesterday"), "--since"),
        (Asked(since="2024-02-30"), "--since"),
        (Asked(until="2024-12-01T25:00"), "--until"),
        (Asked(until="20241201"), "--until"),
        (Asked(as_of="2024-12-01T00:00+08:00"), "--as-of"),
        (Asked(as_of="0001-01-01"), "--as-of"),
        (Asked(last="7"), "--last"),
        (Asked(last="0d"), "--last"),
        (Asked(last="99999m"), "--last"),
        (Asked(since="2024-11-05", until="2024-11-04"), "before --until"),
    ],
)
def test_what_cannot_be_read_is_said(asked: Asked, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        resolve(asked, END)


@pytest.mark.parametrize(
    "asked", [Asked(week="2024-W48", last="7d"), Asked(last="7d", since="2024-11-01"), Asked(week="x", until="x")]
)
def test_one_way_of_saying_which_time(asked: Asked) -> None:
    with pytest.raises(UsageError, match="one of them"):
        resolve(asked, END)


def test_no_data_is_no_error() -> None:
    assert resolve(Asked(week="2024-W48"), None).as_of == at("2024-12-02") - TICK
    assert resolve(Asked(), None).since is None
    assert resolve(Asked(last="7d"), None).since is not None
