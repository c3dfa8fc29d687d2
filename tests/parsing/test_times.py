"""Times as people and programs write them, against what Python's datetime wrote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit.parsing.times import coarse, needs_order, order_of, read_times

SECOND = datetime(2024, 12, 1, 8, 3, 10)
MINUTE = datetime(2024, 12, 1, 8, 3)
EVENING = datetime(2024, 12, 1, 20, 3, 10)


def walls(*texts: str | None, order: str | None = None) -> list[datetime | None]:
    """What wall clocks the texts say."""
    times = read_times(pa.array(texts, pa.string()), order)  # type: ignore[arg-type]
    assert all(
        is_wall
        for is_wall, time in zip(times.is_wall.to_pylist(), times.milliseconds.to_pylist(), strict=True)
        if time is not None
    )
    return times.milliseconds.cast(pa.timestamp("ms")).to_pylist()


def instants(*texts: str | None) -> list[datetime | None]:
    """What instants the texts say."""
    times = read_times(pa.array(texts, pa.string()))
    assert not any(times.is_wall.to_pylist())
    return times.milliseconds.cast(pa.timestamp("ms", "UTC")).to_pylist()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-12-01 08:03:10", SECOND),
        ("2024-12-01T08:03:10", SECOND),
        ("2024/12/1 8:03:10", SECOND),
        ("2024/12/01 8:03", MINUTE),
        ("2024.12.1 08:03", MINUTE),
        ("2024年12月1日 8:03", MINUTE),
        ("2024年12月1日 08时03分10秒", SECOND),
        ("2024年12月1日 上午8:03:10", SECOND),
        ("2024年12月1日 下午8:03:10", EVENING),
        ("2024-12-01 8:03:10 PM", EVENING),
        ("2024-12-01 8:03:10\u202fp.m.", EVENING),
        ("2024-12-01 12:00 AM", datetime(2024, 12, 1)),
        ("2024-12-01 12:00 PM", datetime(2024, 12, 1, 12)),
        ("2024-12-01, 08:03:10", SECOND),
        ("20241201080310", SECOND),
        ("2024-12-01 08:03:10.250", SECOND + timedelta(milliseconds=250)),
        ("2024-12-01 08:03:10,5", SECOND + timedelta(milliseconds=500)),
        ("2024-12-01", datetime(2024, 12, 1)),
        ("  2024-12-01 08:03:10\t", SECOND),
    ],
)
def test_wall_clocks(text: str, wanted: datetime) -> None:
    assert walls(text) == [wanted]
    assert walls(text, "not yet") == [wanted, None]  # with others, each for itself


@pytest.mark.parametrize(
    "text",
    [
        "1733011390",
        "1733011390000",
        "1733011390.0",
        "2024-12-01T08:03:10+08:00",
        "2024-12-01T00:03:10Z",
        "2024-12-01 08:03:10 +0800",
        "2024-12-01 00:03:10 UTC",
        "2024-11-30T16:03:10.000-08:00",
    ],
)
def test_instants(text: str) -> None:
    wanted = datetime(2024, 12, 1, 0, 3, 10, tzinfo=UTC)
    assert instants(text) == [wanted]
    assert read_times(pa.array([text, "2024-12-01 08:03:10", "?"])).is_wall.to_pylist()[:2] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gestern",
        "2024-13-01 08:03:10",
        "2024-02-30",
        "2024-12-01 25:00",
        "2024-12-01 08:61",
        "08:03",
        "12/1",
        "3/4/2024",
        "-",
        "2024-12-01 08:03:10 Europe",
        "２０２４-12-01",
        "1e9",
        "NaN",
        "2024-12-01 13:00 +99:99",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert read_times(pa.array([text])).milliseconds.to_pylist() == [None]


def test_null_is_no_time() -> None:
    assert read_times(pa.array([None], pa.string())).milliseconds.to_pylist() == [None]
    assert len(read_times(pa.array([], pa.string())).milliseconds) == 0


@pytest.mark.parametrize(
    ("texts", "order", "wanted"),
    [
        (("3/4/2024 8:03", "31/4/2024"), "day", datetime(2024, 4, 3, 8, 3)),
        (("3/4/2024 8:03", "4/31/24"), "month", datetime(2024, 3, 4, 8, 3)),
        (("3.4.24, 8:03", "31.12.24, 8:03"), "day", datetime(2024, 4, 3, 8, 3)),
    ],
)
def test_somewhere_a_column_says_what_comes_first(texts: tuple[str, ...], order: str, wanted: datetime) -> None:
    assert needs_order(texts)
    assert order_of(texts) == order
    assert walls(texts[0], order=order) == [wanted]


def test_dates_that_never_say_it() -> None:
    assert order_of(["3/4/2024", "5/5/2024", None, ""]) is None
    assert not needs_order(["2024-03-04", None])


@pytest.mark.parametrize(
    ("texts", "quality"),
    [
        (["2024-12-01", "2024/12/2"], "day"),
        (["2024-12-01", "2024/12/2 8:03"], "minute"),
        (["2024-12-01 08:03", "2024-12-01 08:03:00"], None),
        (["1733011390"], None),
        ([], None),
    ],
)
def test_how_fine_times_are(texts: list[str], quality: str | None) -> None:
    assert coarse(texts) == quality


times = st.datetimes(datetime(1999, 1, 1), datetime(2099, 12, 31)).map(lambda time: time.replace(microsecond=0))
FORMS = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y-%m-%d %I:%M:%S %p", "%Y%m%d%H%M%S"]


@given(st.lists(st.tuples(times, st.sampled_from(FORMS)), max_size=8))
def test_it_reads_what_datetime_writes(told: list[tuple[datetime, str]]) -> None:
    assert walls(*(time.strftime(form) for time, form in told)) == [time for time, _ in told]


@given(st.lists(st.tuples(times, st.integers(-12, 14)), max_size=8))
def test_so_it_does_with_zones(told: list[tuple[datetime, int]]) -> None:
    zoned = [time.replace(tzinfo=timezone(timedelta(hours=hours))) for time, hours in told]
    assert instants(*(time.isoformat() for time in zoned)) == zoned
    assert instants(*(str(int(time.timestamp())) for time in zoned)) == zoned
