"""The byte segmenter against a slow reader that goes line by line, and against cases worked out by hand."""

from __future__ import annotations

import datetime as dt
import re
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from qunkit.exports import Reject
from qunkit.parsing import places, text
from qunkit.parsing.places import Records
from qunkit.parsing.source import Source, open_source
from qunkit.parsing.stamps import Acceptance, Stamp, days_from_civil
from qunkit.parsing.text import segment

STAMP = Stamp(followers=(b" ", b"\n", b"\r\n"))
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
EPOCH = dt.datetime(1970, 1, 1)
NEVER = EPOCH - dt.timedelta(days=1)

Write = Callable[[bytes], Source]
Found = tuple[list[tuple[int, int, dt.datetime]], list[tuple[int, int, str]], int]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(content: bytes) -> Source:
        path = tmp_path / "chat.txt"
        path.write_bytes(content)
        return open_source(path)

    return _write


def fast(source: Source, stamp: Stamp = STAMP, block: int = 4 << 20) -> Found:
    """(records as (start, end, time), rejects and framing as (start, end, why), refused), checking that they tile the file."""
    records, spans, refused = [], [], 0
    for found in segment(source, stamp, block):
        assert found.data[: found.end[-1] if len(found) else 0].decode() is not None
        times = [EPOCH + dt.timedelta(milliseconds=ms) for ms in found.wall.tolist()]
        records += list(zip(found.offset.tolist(), times, strict=True))
        spans += [(reject.start, reject.end, reject.reason) for reject in found.rejects]
        spans += [(start, end, "framing") for start, end in found.framing]
        refused += found.refused
    starts = [*sorted(start for start, *_ in [*records, *spans]), source.size]
    assert starts[0] == 0
    assert all(a < b for a, b in pairwise(starts)) or source.size == 0
    following = dict(pairwise(starts))
    assert all(following[start] == end for start, end, _ in spans)
    return [(start, following[start], time) for start, time in records], sorted(spans), refused


# -- the slow reader: the rules once more, without a block, an array or a vote counted in advance -------------------
_LOOKS = re.compile(rb"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})(?= |\n|\r\n|\r?\Z)")


def slow(content: bytes) -> Found:
    looks = []
    position = 0
    for line in content.split(b"\n"):
        if match := _LOOKS.match(content, position):
            looks.append((position, _time(match)))
        position += len(line) + 1
    candidates = [(at, time) for at, time in looks if time and _follows_blank(content, at)]
    heads: list[tuple[int, dt.datetime]] = []
    for index, (at, time) in enumerate(candidates):
        newest = heads[-1][1] if heads else NEVER
        begins_file = index == 0 and not content[:at].strip()
        if time >= newest and (begins_file or not _is_outlier(at, time, newest, candidates[index + 1 :])):
            heads.append((at, time))
    return _spans(content, heads, len(looks) - len(heads))


def _time(match: re.Match[bytes]) -> dt.datetime | None:
    try:
        time = dt.datetime(*map(int, match.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
    return time if 1970 <= time.year < 2100 else None


def _follows_blank(content: bytes, at: int) -> bool:
    return content[:at] in (b"", b"\n", b"\r\n") or content[:at].endswith((b"\n\n", b"\n\r\n"))


def _is_outlier(at: int, time: dt.datetime, newest: dt.datetime, later: Sequence[tuple[int, dt.datetime]]) -> bool:
    near = [other for place, other in later[:64] if place - at <= 1 << 20]
    voters = [other for other in near if other >= newest]
    against = sum(other < time for other in voters)
    return against >= 2 and against > len(voters) / 2


def _spans(content: bytes, heads: list[tuple[int, dt.datetime]], refused: int) -> Found:
    edges = [at for at, _ in heads] + [len(content)]
    spans, records = [], []
    if edges[0]:
        spans.append((0, edges[0], "framing" if not content[: edges[0]].strip() else "bad-record"))
    for (at, time), end in zip(heads, edges[1:], strict=True):
        stop = _end_of_tail(content, at) if end == len(content) else end
        if stop < end:
            spans.append((stop, end, "truncated-tail"))
        if stop > at and time.year < 1999:
            spans.append((at, stop, "time-out-of-range"))
        elif stop > at:
            records.append((at, end if stop == end else stop, time))
    return records, sorted(spans), refused


def _end_of_tail(content: bytes, at: int) -> int:
    if b"\n" not in content[at:]:
        return at
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start
    last = content.rindex(b"\n") + 1
    full = b"2024-12-01 00:00:08"
    line = content[last:]
    shape = bytes(b"0"[0] if 48 <= byte <= 57 else byte for byte in line)
    pattern = bytes(b"0"[0] if 48 <= byte <= 57 else byte for byte in full)[: len(line)]
    is_begin = 5 <= len(line) < 19 and shape == pattern and line >= content[at : at + len(line)]
    return last if is_begin and _follows_blank(content, last) else len(content)


DAY = dt.datetime.fromisoformat("2024-11-30 23:59:00")
HEADERS = st.one_of(
    st.integers(0, 90).map(lambda s: f"{DAY + dt.timedelta(seconds=s)} 凯文"),
    st.integers(0, 90).map(lambda s: f"{DAY + dt.timedelta(seconds=s)}"),
    st.sampled_from(
        [
            "2026-12-24 19:00:00 东门",
            "2024-13-01 00:00:00 月",
            "2023-02-29 10:00:00 日",
            "2024-02-29 24:00:00 时",
            "2150-01-01 00:00:00 远",
            "0000-01-01 00:00:00 零",
            "1969-12-31 23:59:59 早",
            "1998-05-05 05:05:05 老",
            "2024-12-01 00:00:10x",
            "2024-12-01 00:0",
            "２024-12-01 00:00:10 全",
        ]
    ),
)
PIECES = st.lists(
    st.tuples(
        st.one_of(HEADERS, st.sampled_from(["早", "", " ", "\r", "x\u2028\x85\x0by"])),
        st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\n\n\n", ""]),
    ),
    max_size=30,
)


@settings(ANY, max_examples=300)
@given(PIECES, st.sampled_from([1, 5, 23, 100, 4 << 20]), st.integers(0, 3))
@example([("2024-12-01 00:00:08", "\n\n")] * 20, 23, 0)
@example([("2024-11-30 23:59:00 凯文", "\n"), ("\r", "\r\n"), ("2024-11-30 23:59:00", "\n")], 1, 2)
def test_fast_reader_agrees_with_slow_reader(write: Write, pieces: list[tuple[str, str]], block: int, cut: int) -> None:
    content = "".join(map("".join, pieces)).encode()
    content = content[: max(len(content) - cut, 0)]
    source = write(content)
    assume(source.encoding == "utf-8")
    assert fast(source, block=block) == slow(content)


@settings(ANY, max_examples=200)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=60),
    st.lists(st.integers(1, 900_000), min_size=60, max_size=60),
    st.data(),
)
def test_acceptance_agrees_with_slow_reader_however_it_is_fed(
    times: list[int], gaps: list[int], data: st.DataObject
) -> None:
    """Mostly ascending times with pasted ones; fed in pieces that end where `decided` says."""
    jumps = data.draw(st.lists(st.sampled_from([0, 0, 0, -30, 50]), min_size=len(times), max_size=len(times)))
    seconds = np.cumsum(times) + np.array(jumps)
    starts = np.cumsum(gaps[: len(times)])
    expected: list[int] = []
    stamps = [DAY + dt.timedelta(seconds=int(second)) for second in seconds]
    for index, time in enumerate(stamps):
        newest = stamps[expected[-1]] if expected else NEVER
        later = list(zip(starts[index + 1 :].tolist(), stamps[index + 1 :], strict=True))
        if time >= newest and not _is_outlier(int(starts[index]), time, newest, later):
            expected.append(index)
    acceptance, found, at = Acceptance(), [], 0
    while at < len(seconds):
        step = data.draw(st.integers(1, len(seconds) - at))
        found += (np.flatnonzero(acceptance.of(starts[at:], seconds[at:], step, trusted=False)) + at).tolist()
        at += step
    assert found == expected


# -- worked out by hand --------------------------------------------------------------------------------------------
def bodies(source: Source, block: int = 4 << 20) -> list[str]:
    """Each record's text without the time."""
    return [
        found.data[start + 19 : end].decode().strip()
        for found in segment(source, STAMP, block)
        for start, end in zip(found.start.tolist(), found.end.tolist(), strict=True)
    ]


def minutes(*numbers: int) -> str:
    return "".join(f"2024-12-01 08:{number:02}:00 K\nm{number}\n\n" for number in numbers)


def test_a_paste_of_the_past_stays_in_its_message(write: Write) -> None:
    pasted = "看昨天的:\n\n" + "".join(f"2024-11-30 0{hour}:00:00 A\n旧\n\n" for hour in range(10))
    source = write((minutes(1) + "2024-12-01 08:02:00 K\n" + pasted + minutes(3)).encode())
    assert [body[:4] for body in bodies(source)] == ["K\nm1", "K\n看昨", "K\nm3"]
    assert fast(source)[2] == 10


def test_an_appointment_does_not_swallow_the_rest(write: Write) -> None:
    source = write((minutes(1) + "2026-12-24 19:00:00 圣诞聚会\n报名\n\n" + minutes(*range(2, 60))).encode())
    found = bodies(source)
    assert len(found) == 59
    assert found[0] == "K\nm1\n\n2026-12-24 19:00:00 圣诞聚会\n报名"
    assert fast(source)[2] == 1


def test_several_appointments_in_one_message(write: Write) -> None:
    plans = "".join(f"2026-12-{day} 19:00:00 第{day}天\n\n" for day in range(20, 25))
    source = write((minutes(1) + plans + minutes(*range(2, 60))).encode())
    assert len(bodies(source)) == 59
    assert fast(source)[2] == 5


def test_a_paste_from_the_hour_since_the_last_message(write: Write) -> None:
    pasted = "隔壁群:\n\n" + "".join(f"2024-12-01 08:{m:02}:00 A\n旧\n\n" for m in range(2, 22))
    source = write((minutes(1) + "2024-12-01 08:30:00 K\n" + pasted + minutes(*range(31, 60))).encode())
    assert len(bodies(source)) == 31
    assert fast(source)[2] == 20


@pytest.mark.parametrize(
    ("times", "gap", "accepted"),
    [
        ([10, 5, 6, 12, 13], 1, [0, 3, 4]),  # two of four precede it: a draw, it is a header
        ([10, 5, 6, 7, 12, 13], 1, [1, 2, 3, 4, 5]),  # three of five
        ([10, 5], 1, [0]),  # one voice is no majority
        ([10, 5, 6], 1, [1, 2]),
        ([10, 5, 6], 1 << 20, [0]),  # the second is out of reach
        ([1, 10, 0, 0, 0, 5, 6], 1, [0, 5, 6]),  # what is older than the last header has no vote
    ],
)
def test_who_is_voted_down(times: list[int], gap: int, accepted: list[int]) -> None:
    starts = np.arange(len(times)) * gap
    found = Acceptance().of(starts, np.array(times), len(times), trusted=False)
    assert np.flatnonzero(found).tolist() == accepted


def test_the_first_header_of_a_file_is_one_even_if_it_quotes_many(write: Write) -> None:
    pasted = "".join(f"2024-11-30 0{hour}:00:00 A\n旧\n\n" for hour in range(10))
    assert len(bodies(write(("2024-12-01 08:02:00 K\n" + pasted + minutes(3)).encode()))) == 2


def test_a_pasted_header_needs_a_blank_line_before_it(write: Write) -> None:
    assert bodies(write(b"2024-12-01 08:00:00 A\nsee\n2024-12-01 08:00:09 B\nhi\n\n")) == [
        "A\nsee\n2024-12-01 08:00:09 B\nhi"
    ]
    source = write(b"2024-12-01 08:00:00 A\nsee\n2024-12-01 08:00:09 B\nhi\n\n")
    assert fast(source, Stamp(followers=(b" ",), after_blank=False))[0][1][0] == 26


def test_a_header_must_be_followed_as_the_format_says(write: Write) -> None:
    source = write(b"2024-12-01 08:00:00 'A'\nhi\n\n2024-12-01 08:00:09 B\nno\n\n2024-12-01 08:00:10 'C'\n")
    assert [start for start, _, _ in fast(source, Stamp(followers=(b" '",)))[0]] == [0, 54]


def test_other_templates(write: Write) -> None:
    source = write(b"2024/12/01 08:05 A\nhi\n\n2024/12/01 08:06 B\n")
    stamp = Stamp(followers=(b" ",), template="0000/00/00 00:00")
    assert [time.minute for _, _, time in fast(source, stamp)[0]] == [5, 6]


@pytest.mark.parametrize(
    ("content", "spans"),
    [
        (b"", []),
        (b"\n\n", [(0, 2, "framing")]),
        (b"hello\n", [(0, 6, "bad-record")]),
        (b"\xef\xbb\xbf", [(0, 3, "framing")]),
        (b"\xef\xbb\xbf\n2024-12-01 08:00:00 A\nhi\n\n", [(0, 3, "framing"), (3, 4, "framing")]),
        (b"title\n\n2024-12-01 08:00:00 A\nhi\n\n", [(0, 7, "bad-record")]),
        (b"1970-01-01 00:00:00 A\nhi\n\n2024-12-01 08:00:00 A\nhi\n\n", [(0, 26, "time-out-of-range")]),
        (b"2024-12-01 08:00:00 A\nhi\n\n2024-12-01 08:0", [(26, 41, "truncated-tail")]),
        (b"2024-12-01 08:00:00 A\nhi\n\n2024-12-01 08:00:01 B", [(26, 47, "truncated-tail")]),
        (b"2024-12-01 08:00:00 A\nhi\n\n2024", []),  # could be what somebody wrote
        (b"2024-12-01 08:00:00 A\nhi\n\n2023-12-01 0", []),  # earlier: a paste
        (b"2024-12-01 08:00:00 A\nhi\n2024-12-01 0", []),  # no blank line
        ("2024-12-01 08:00:00 A\n早".encode()[:-1], [(22, 24, "truncated-tail")]),
        ("2024-12-01 08:00:00 早".encode()[:-1], [(0, 22, "truncated-tail")]),
    ],
)
def test_what_is_no_record(write: Write, content: bytes, spans: list[tuple[int, int, str]]) -> None:
    assert fast(write(content))[1] == spans
    assert fast(write(content), block=3)[1] == spans


def test_days_from_civil_agrees_with_the_calendar() -> None:
    days = [dt.date(1970, 1, 1) + dt.timedelta(days=number) for number in range(47_482)]
    year, month, day = (np.array([getattr(date, name) for date in days]) for name in ("year", "month", "day"))
    assert days_from_civil(year, month, day).tolist() == list(range(47_482))


# -- long records --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("block", [1 << 16, 4 << 20])
@pytest.mark.parametrize("filler", [b"x", b"x\n", b"\n\n2024-11-11 11:11:11 A\n"])
def test_a_record_over_the_limit_is_rejected_and_its_neighbours_are_kept(
    write: Write, filler: bytes, block: int
) -> None:
    long = b"2024-12-01 08:02:00 K\n" + filler * (5 * text.LIMIT // 2 // len(filler)) + b"\n\n"
    content = minutes(1).encode() + long + minutes(3, 4).encode()
    records, spans, _ = fast(write(content), block=block)
    at = len(minutes(1))
    assert [start for start, _, _ in records] == [0, at + len(long), at + len(long) + at]
    assert {why for _, _, why in spans} == {"record-too-long"}
    assert spans[0][0] == at
    assert spans[-1][1] == at + len(long)
    assert all(end - start <= text.LIMIT for start, end, _ in spans)


def test_the_header_after_a_record_too_long_is_found_where_blocks_part(write: Write) -> None:
    long = "2024-12-01 08:02:00 K\n" + "x" * (3 * text.LIMIT // 2) + "\n\n"
    source = write((minutes(1) + long + minutes(3) + "y" * 100_000).encode())
    at = len(minutes(1)) + len(long)
    for block in (at + 60, at + 5000):
        records, spans, _ = fast(source, block=block)
        assert [start for start, _, _ in records] == [0, at]
        assert spans[-1][1] == at


def test_a_record_of_exactly_the_limit_is_kept(write: Write) -> None:
    head, tail = "2024-12-01 08:02:00 K\n", "\n\n"
    for extra in (0, 1):
        body = "x" * (text.LIMIT - len(head) - len(tail) + extra)
        spans = fast(write((head + body + tail + minutes(3)).encode()))[1]
        assert bool(spans) == bool(extra)


@pytest.mark.parametrize("begin", [b"", b"2024-12-01 08:02:00 K\n"])
@pytest.mark.parametrize("filler", [b"x", b"\n\n2024-11-11 11:11:11 A\n"])
def test_memory_is_flat_for_one_endless_record(tmp_path: Path, begin: bytes, filler: bytes) -> None:
    path = tmp_path / "a.txt"
    block = filler * ((1 << 20) // len(filler))
    peaks = []
    for size in (20, 60):
        path.write_bytes(begin + block * size)
        source = open_source(path)
        tracemalloc.start()
        covered = 0
        for records in segment(source, STAMP):
            covered += sum(reject.end - reject.start for reject in records.rejects)
        assert covered == source.size or (filler, begin) == (b"\n\n2024-11-11 11:11:11 A\n", b"")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


# -- encodings -----------------------------------------------------------------------------------------------------
def test_mixed_encodings_are_read_record_by_record(write: Write) -> None:
    parts = [
        "2024-12-01 08:01:00 凯文\n早上好，大家早上好\n\n".encode(),
        "2024-12-01 08:02:00 阿岚\n下午三点东门\n\n".encode("gb18030"),
        "2024-12-01 08:03:00 凯文\n坏\n".encode() + b"\xff\xff\n\n",
        "2024-12-01 08:04:00 小刘🍉\n收到，东门集合\n\n".encode(),
    ]
    source = write(b"".join(parts))
    assert source.encoding == "mixed"
    for block in (7, 4 << 20):
        assert bodies(source, block) == ["凯文\n早上好，大家早上好", "阿岚\n下午三点东门", "小刘🍉\n收到，东门集合"]
        records, spans, _ = fast(source, block=block)
        edges = np.cumsum([0, *map(len, parts)]).tolist()
        assert [start for start, _, _ in records] == [edges[0], edges[1], edges[3]]
        assert spans == [(edges[2], edges[3], "undecodable")]


def test_mixed_file_cut_in_a_character(write: Write) -> None:
    content = "2024-12-01 08:01:00 凯文\n早上好\n\n".encode() + "2024-12-01 08:02:00 阿\n下午三点东门\n\n".encode(
        "gb18030"
    )
    content += "2024-12-01 08:03:00 凯文\n收到".encode()
    assert fast(write(content[:-1]))[1] == [(len(content) - 3, len(content) - 1, "truncated-tail")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_offsets_are_those_of_the_files_own_bytes(write: Write, encoding: str) -> None:
    parts = [f"2024-12-01 08:{i:02}:00 凯文\n{'早🍉' * i}\n\n".encode(encoding.removesuffix("-sig")) for i in range(40)]
    bom = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    records, _, _ = fast(write(bom + b"".join(parts)), block=50)
    assert [start for start, _, _ in records] == (len(bom) + np.cumsum([0, *map(len, parts[:-1])])).tolist()


# -- places --------------------------------------------------------------------------------------------------------
def test_lines_of_records(write: Write) -> None:
    content = "2024-12-01 08:01:00 凯文\r\n早\r\n\r\n好\r\n\r\n2024-12-01 08:02:00\n\n\n\n2024-12-01 08:03:00 a \n\n2024-12-01 08:04:00 b\nc"
    (records,) = [found for found in segment(write(content.encode()), STAMP) if len(found)]
    found = places.lines(records)
    head = places.strings(records.data, found.head, found.head_end)
    body = places.strings(records.data, found.body, found.body_end)
    assert head.to_pylist() == [" 凯文", "", " a ", " b"]
    assert body.to_pylist() == ["早\n\n好", "\n", "", "c"]
    assert found.closing.tolist() == [2, 2, 1, 0]


TEXTS = st.lists(st.text(st.sampled_from("ab早\n\r ")), max_size=8)


@given(TEXTS, st.sampled_from(["a", "早", "\n早", "ab"]))
def test_begin_with_and_hold_find_what_python_finds(texts: list[str], mark: str) -> None:
    edges = np.cumsum([0, *(len(value.encode()) for value in texts)])
    data = "".join(texts).encode()
    start, end = edges[:-1], edges[1:]
    assert places.begin_with(data, start, end, mark.encode()).tolist() == [
        i for i, t in enumerate(texts) if t.startswith(mark)
    ]
    assert places.strings(data, start, end).to_pylist() == [value.replace("\r\n", "\n") for value in texts]
    assert set(places.hold(data, start, end, mark.encode()).tolist()) <= {i for i, t in enumerate(texts) if mark in t}


@given(TEXTS, st.sampled_from(["a", "早", "\n早", "ab"]))
def test_hold_finds_what_python_finds_where_texts_lie_apart(texts: list[str], mark: str) -> None:
    data = b"".join(b"#" + value.encode() + b"#" for value in texts)
    start = np.cumsum([1, *(len(value.encode()) + 2 for value in texts)])[:-1]
    end = start + np.array([len(value.encode()) for value in texts], np.int64)
    assert places.hold(data, start, end, mark.encode()).tolist() == [i for i, t in enumerate(texts) if mark in t]


def test_raw_batch_fills_what_is_not_given() -> None:
    import pyarrow as pa

    batch = places.raw_batch(np.array([0, 7]), group_name="群", wall=pa.array([1_732_982_302_000] * 2), text=None)
    assert batch.to_pylist()[1] | {"text": None} == {
        "offset": 7,
        "group_name": "群",
        "wall": dt.datetime.fromisoformat("2024-11-30 15:58:22"),
    } | {name: None for name in batch.schema.names if name not in ("offset", "group_name", "wall")}


def test_records_know_their_number() -> None:
    none = np.array([], np.int64)
    assert len(Records(b"", none, none, none, none, 19, [Reject(0, 1, "bad-record")])) == 0
