"""Records under headers of any form: cases worked out by hand, and every cut into blocks against one block."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.parsing import headed as module
from qunkit.parsing import text as segmenter
from qunkit.parsing.headed import Layout, headed
from qunkit.parsing.source import Source, open_source

DAY = 86_400_000
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
Write = Callable[[bytes], Source]
Row = tuple[int, int, str | None, str | None, str, Any]


def _clock(match: re.Match[bytes], section: Any) -> int | None:
    """Hours and minutes of the day that the section is; 2024-01-01 is day 0."""
    hour, minute = int(match["hour"]), int(match["minute"])
    known = isinstance(section, int) and hour < 24 and minute < 60
    return (19_723 + section) * DAY + (hour * 60 + minute) * 60_000 if known else None


def _day(match: re.Match[bytes], section: Any) -> int | None:
    if match["day"] is None:
        return section or 0
    return int(match["day"]) if int(match["day"]) >= (section or 0) else None


MAIL = Layout(
    header=re.compile(rb"(?m)^(?P<name>[^\n]*?)  (?P<hour>\d\d):(?P<minute>\d\d)(?=\r?$)"),
    time=_clock,
    banner=re.compile(rb"(?m)^-- day (?P<day>\d+) --\r?\n"),
    open=_day,
    after_blank=True,
    gap=2,
)
"""Days as banners, a name and a time on a line of its own, then the text."""

INLINE = Layout(
    header=re.compile(rb"(?m)^(?P<hour>\d\d):(?P<minute>\d\d) - (?:(?P<name>[^:\n]*): )?"),
    time=_clock,
    preamble=re.compile(rb"chat of day (?P<day>\d)\n"),
    open=_day,
    banner=re.compile(rb"(?m)^== end ==\n?(?P<day>never)?\Z"),
    whole_line=False,
)
"""A preamble, the text on the header's line, a last line."""

TWO_LINES = Layout(
    header=re.compile(rb"(?m)^(?P<name>[^\n]*):\ntime: (?P<hour>\d\d):(?P<minute>\d\d)(?=\r?$)"),
    time=lambda match, _: _clock(match, 0),
)
"""A header of two lines, and no banner."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(content: bytes) -> Source:
        path = tmp_path / "chat.txt"
        path.write_bytes(content)
        return open_source(path)

    return _write


def read(source: Source, layout: Layout, block: int = 4 << 20) -> tuple[list[Row], list[tuple[int, int, str]], int]:
    """Records (begin, end, time of day in minutes, name, text, section), what is none, refused; they tile the file."""
    rows, spans, refused = [], [], 0
    for found in headed(source, layout, block):
        minutes = [value // 60_000 % 1440 for value in found.wall.cast("int64").to_pylist()]
        sections = [found.sections[at] for at in found.section.tolist()]
        names, texts = found.group("name").to_pylist(), found.text().to_pylist()
        rows += zip(found.offset.tolist(), minutes, names, texts, sections, strict=True)
        spans += [(reject.start, reject.end, reject.reason) for reject in found.rejects]
        spans += [(start, end, "framing") for start, end in found.framing]
        refused += found.refused
    starts = [*sorted(one[0] for one in [*rows, *spans]), source.size]
    assert starts[0] == 0
    assert all(a < b for a, b in pairwise(starts)) or not source.size
    following = dict(pairwise(starts))
    assert all(following[start] == end for start, end, _ in spans)
    return [(row[0], following[row[0]], *row[1:]) for row in rows], sorted(spans), refused  # type: ignore[misc]


def test_sections_give_headers_their_day(write: Write) -> None:
    text = "-- day 3 --\n\n小刘  12:47\n\n明天\n几点\n\n阿岚  12:47\n\n7:30\n\n-- day 5 --\n\n小刘  00:01\n\n早\n"
    rows, spans, refused = read(write(text.encode()), MAIL)
    assert [row[2:] for row in rows] == [
        (767, "小刘", "\n明天\n几点", 3),
        (767, "阿岚", "\n7:30", 3),
        (1, "小刘", "\n早", 5),
    ]
    assert [text.encode()[start:end].strip() for start, end, _ in spans] == [b"-- day 3 --", b"", b"-- day 5 --", b""]
    assert {why for *_, why in spans} == {"framing"}
    assert refused == 0


def test_an_earlier_day_and_an_earlier_time_are_pasted(write: Write) -> None:
    text = "-- day 3 --\n\nA  12:47\nlook:\n\n-- day 2 --\n\nB  11:00\n\nhi\n\nC  12:50\n\nok\n"
    rows, _, refused = read(write(text.encode()), MAIL)
    assert [(row[3], row[5]) for row in rows] == [("A", 3), ("C", 3)]
    assert refused == 1


def test_text_without_a_header_is_rejected(write: Write) -> None:
    rows, spans, _ = read(write(b"-- day 3 --\nwho says this?\n\nA  12:47\nhi"), MAIL)
    assert [row[4] for row in rows] == ["hi"]
    assert [why for *_, why in spans] == ["framing", "bad-record"]


def test_a_file_that_ends_in_a_header_is_cut(write: Write) -> None:
    rows, spans, _ = read(write(b"-- day 3 --\n\nA  12:47\nhi\n\nB  12:48"), MAIL)
    assert [row[4] for row in rows] == ["hi"]
    assert [why for *_, why in spans] == ["framing", "framing", "truncated-tail"]


def test_text_on_the_line_of_the_header(write: Write) -> None:
    text = "chat of day 4\n08:00 - A: \nhi\nthere\n08:01 - B joined\n08:01 - C: 再\r\n== end ==\n"
    rows, spans, _ = read(write(text.encode()), INLINE)
    assert [row[2:] for row in rows] == [(480, "A", "\nhi\nthere", 4), (481, None, "B joined", 4), (481, "C", "再", 4)]
    assert [text.encode()[start:end] for start, end, _ in spans] == [b"chat of day 4\n", b"== end ==\n"]


def test_a_preamble_is_at_the_begin_only(write: Write) -> None:
    rows, _, _ = read(write(b"chat of day 4\n08:00 - A: hi\nchat of day 5\n"), INLINE, 20)
    assert [row[4] for row in rows] == ["hi\nchat of day 5"]


def test_too_long_a_record_is_rejected_in_pieces(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 10_000)
    monkeypatch.setattr(segmenter, "LIMIT", 10_000)
    text = b"a:\ntime: 08:00\n" + b"x" * 35_000 + b"\nb:\ntime: 08:01\nhi\n"
    for block in (1000, 1 << 20):
        rows, spans, _ = read(write(text), TWO_LINES, block)
        assert [row[4] for row in rows] == ["hi"]
        assert {why for *_, why in spans} == {"record-too-long"}
        assert max(end - start for start, end, _ in spans) <= 10_000


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_encodings(write: Write, encoding: str) -> None:
    text = "-- day 3 --\n\n小刘  12:47\n明天😀\n\n阿岚  12:48\n好\n"
    rows, _, _ = read(write(text.encode(encoding)), MAIL)
    assert [row[3:5] for row in rows] == [("小刘", "明天😀"), ("阿岚", "好")]


def test_of_two_encodings(write: Write) -> None:
    parts = [
        "-- day 3 --\n\n小刘  12:47\n明天\n\n".encode(),
        "阿岚  12:48\n好的\n\n".encode("gb18030"),
        b"C  12:49\n\xff\xff\xff\n",
    ]
    rows, spans, _ = read(write(b"".join(parts)), MAIL)
    assert [row[3:5] for row in rows] == [("小刘", "明天"), ("阿岚", "好的")]
    assert [why for *_, why in spans] == ["framing", "framing", "undecodable"]


PIECES = st.sampled_from(
    ["-- day 3 --\n", "-- day 4 --\r\n", "A  08:00\n", "小  08:01\r\n", "B  07:00\n", "\n", "\r\n", "hi\n", "x" * 40 + "\n", "C  99:00\n",
     "08:00 - A: hi\n", "08:01 - no one\n", "07:00 - B: re\n", "chat of day 4\n", "== end ==\n", "a:\n", "time: 08:00\n", "time: 07:00\n", "end"]
)  # fmt: skip


def _joined(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Neighbours of one kind as one."""
    joined: list[tuple[int, int, str]] = []
    for start, end, why in spans:
        if joined and joined[-1][1:] == (start, why):
            joined[-1] = (joined[-1][0], end, why)
        else:
            joined.append((start, end, why))
    return joined


@pytest.mark.parametrize("layout", [MAIL, INLINE, TWO_LINES], ids=["mail", "inline", "two-lines"])
@ANY
@given(pieces=st.lists(PIECES, max_size=60), block=st.integers(1, 300), margin=st.sampled_from([64, 4096]))
@example(
    pieces=["-- day 3 --\n", "A  08:00\n", "hi\n", "-- day 4 --\r\n", "小  08:01\r\n", "hi\n"] * 9, block=7, margin=64
)
def test_where_blocks_end_does_not_matter(
    layout: Layout, pieces: list[str], block: int, margin: int, write: Write
) -> None:
    source = write("".join(pieces).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MARGIN", margin)
        patch.setattr(module, "LOOK_AHEAD", 4)
        rows, spans, refused = read(source, layout, block)
        whole = read(source, layout)
    assert (rows, _joined(spans), refused) == (whole[0], _joined(whole[1]), whole[2])
