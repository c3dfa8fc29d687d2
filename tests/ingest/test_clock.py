"""Zones: the one place that knows them. Every expectation is worked out by hand."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from qunkit import schema
from qunkit.errors import UnknownTimeZone
from qunkit.ingest.clock import Clock, behind


def raw(epoch=(), wall=()):
    rows = [{"offset": i, "epoch": e} for i, e in enumerate(epoch)]
    rows += [{"offset": 100 + i, "wall": w} for i, w in enumerate(wall)]
    return pa.Table.from_pylist(rows, schema=schema.RAW.arrow).to_batches()[0]


def read(clock, coarse=None, **rows):
    sent, local, quality = clock.read(raw(**rows), coarse)
    return [(s, t, q) for s, t, q in zip(sent.to_pylist(), local.to_pylist(), quality.to_pylist(), strict=True)]


def test_an_epoch_is_exact_and_shown_in_the_datasets_zone():
    # 1732982302 s = 2024-11-30 15:58:22 UTC = 23:58:22 in Shanghai (UTC+8)
    assert read(Clock("UTC", "Asia/Shanghai"), epoch=[1732982302000]) == [
        (datetime(2024, 11, 30, 15, 58, 22, tzinfo=UTC), datetime(2024, 11, 30, 23, 58, 22), "exact")
    ]


def test_a_wall_clock_is_read_in_the_sources_zone():
    # 09:00 in Tokyo (UTC+9) is 00:00 UTC and 08:00 in Shanghai
    assert read(Clock("Asia/Tokyo", "Asia/Shanghai"), wall=[datetime(2024, 5, 1, 9)]) == [
        (datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 5, 1, 8), "local")
    ]


def test_milliseconds_survive():
    assert read(Clock("UTC", "UTC"), epoch=[1732982302123])[0][0].microsecond == 123000


def test_an_hour_that_happens_twice_is_a_marked_guess():
    # New York, 2024-11-03: 01:30 happens at UTC-4 (05:30 UTC) and at UTC-5; the earlier is taken
    assert read(
        Clock("America/New_York", "UTC"), wall=[datetime(2024, 11, 3, 1, 30), datetime(2024, 11, 3, 3, 30)]
    ) == [
        (datetime(2024, 11, 3, 5, 30, tzinfo=UTC), datetime(2024, 11, 3, 5, 30), "guessed"),
        (datetime(2024, 11, 3, 8, 30, tzinfo=UTC), datetime(2024, 11, 3, 8, 30), "local"),
    ]


def test_an_hour_that_never_happens_is_a_marked_guess():
    # New York, 2024-03-10: clocks jump from 02:00 to 03:00, which is 07:00 UTC
    assert read(Clock("America/New_York", "UTC"), wall=[datetime(2024, 3, 10, 2, 30)])[0][2] == "guessed"


def test_shanghai_kept_summer_time_from_1986_to_1991():
    # in July 1990 Shanghai was at UTC+9: 12:00 there is 03:00 UTC
    assert read(Clock("Asia/Shanghai", "UTC"), wall=[datetime(1990, 7, 1, 12)])[0][0] == datetime(
        1990, 7, 1, 3, tzinfo=UTC
    )


def test_epochs_and_wall_clocks_in_one_batch():
    told = read(Clock("Asia/Shanghai", "Asia/Shanghai"), epoch=[0], wall=[datetime(2024, 1, 1)])
    assert [quality for _, _, quality in told] == ["exact", "local"]
    assert told[1][0] == datetime(2023, 12, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "rows", [{"epoch": [0]}, {"wall": [datetime(2024, 5, 1)]}, {"epoch": [0], "wall": [datetime(2024, 5, 1)]}]
)
def test_coarse_times_are_marked_whatever_clock_they_are_of(rows):
    told = read(Clock("UTC", "UTC"), coarse="minute", **rows)
    assert {quality for _, _, quality in told} == {"minute"}


def test_a_coarse_time_that_happens_twice_is_a_guess_all_the_same():
    # New York, 2024-11-03 01:30: at UTC-4 and at UTC-5
    walls = [datetime(2024, 11, 3, 1, 30), datetime(2024, 11, 3, 3, 30)]
    told = read(Clock("America/New_York", "UTC"), coarse="day", wall=walls)
    assert [quality for _, _, quality in told] == ["guessed", "day"]


def test_a_quoted_time_is_on_its_rows_own_clock():
    got = Clock("Asia/Shanghai", "UTC").instants(pa.array([0, 0, None], pa.int64()), pa.array([True, False, True]))
    assert got.to_pylist() == [datetime(1969, 12, 31, 16, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), None]


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "UTC\0"])
def test_an_unknown_zone_is_a_configuration_error(name):
    with pytest.raises(UnknownTimeZone) as caught:
        Clock("UTC", name)
    assert caught.value.code == 78


@pytest.mark.parametrize(
    ("zone", "hours", "month", "first", "found"),
    [
        # what Shanghai's clock (UTC+8) shows 13 h early is New York's in winter (UTC-5), 12 h in summer (UTC-4)
        ("Asia/Shanghai", 13, 1, "Asia/Shanghai", "America/New_York"),
        ("Asia/Shanghai", 12, 7, "Asia/Shanghai", "America/New_York"),
        ("Asia/Shanghai", 12, 1, "Asia/Shanghai", "Etc/GMT+4"),
        ("America/New_York", -13, 1, "Asia/Shanghai", "Asia/Shanghai"),
        ("America/New_York", -13, 1, "Asia/Singapore", "Asia/Singapore"),
        ("Asia/Shanghai", 8, 1, "Asia/Shanghai", "UTC"),
        ("Asia/Shanghai", 8, 7, "Europe/London", "UTC"),  # London is an hour ahead in July
        ("Asia/Shanghai", -2, 1, "Asia/Shanghai", "Etc/GMT-10"),
        ("Asia/Shanghai", 2.5, 1, "Asia/Shanghai", "Asia/Kolkata"),
        ("Asia/Shanghai", 0.5, 1, "Asia/Shanghai", None),
        ("Asia/Shanghai", -8, 1, "Asia/Shanghai", None),
    ],
)
def test_the_zone_that_a_clock_was_in(zone, hours, month, first, found):
    at = datetime(2024, month, 15, 12, tzinfo=UTC).timestamp() * 1000
    assert behind(zone, int(hours * 60), int(at), first) == found
