"""The rules of wechat-dump's text, and every file against a slow reader. The sample is compared in test_wechat_truth.py."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.formats import wechat_dump_txt
from support.reading import read, sniffs

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
AT = "2015-03-08 12:47:05"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"1|小刘:{AT}:早\n", True),
        (f"-1879048186|小刘:{AT}.123000:早\n", True),
        ("1|小刘:1425790025:早\n", True),
        ("1|小刘:1425790025123:早\n", True),
        (f"1|小:刘:{AT}:", True),
        (f"小刘:{AT}:早\n", False),
        ("1|小刘:早\n", False),
        ("1|小刘:142579002512:早\n", False),
        (f"a\n1|小刘:{AT}:早\n", False),
    ],
)
def test_sniff(tmp_path: Path, text: str, answer: bool) -> None:
    assert sniffs(wechat_dump_txt, tmp_path / "a.txt", text) == answer


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("1", "text"),
        ("3", "image"),
        ("34", "voice"),
        ("43", "video"),
        ("47", "sticker"),
        ("42", "contact_card"),
        ("48", "location"),
        ("50", "call"),
        ("10000", "system"),
        ("49", None),
        ("-1879048186", None),
        ("436207665", None),
    ],
)
def test_kinds(tmp_path: Path, number: str, kind: str | None) -> None:
    (row,), _ = read(wechat_dump_txt, tmp_path / "a.txt", f"{number}|小刘:{AT}:早\n")
    assert (row["kind"], row["native_type"], row["sender_name"]) == (kind, number, None if kind == "system" else "小刘")


@pytest.mark.parametrize(
    ("stamp", "epoch", "wall"),
    [
        (AT, None, datetime(2015, 3, 8, 12, 47, 5)),
        (f"{AT}.999999", None, datetime(2015, 3, 8, 12, 47, 5)),
        ("1425790025", 1425790025000, None),
        ("1425790025123", 1425790025123, None),
    ],
)
def test_times(tmp_path: Path, stamp: str, epoch: int | None, wall: datetime | None) -> None:
    (row,), _ = read(wechat_dump_txt, tmp_path / "a.txt", f"1|小刘:{stamp}:早\n")
    assert (row["epoch"], row["wall"], row["text"]) == (epoch, wall, "早")


def test_the_owner_is_me_but_in_notices(tmp_path: Path) -> None:
    rows, _ = read(wechat_dump_txt, tmp_path / "a.txt", f"1|me:{AT}:早\n10000|me:{AT}:好\n1|Me:{AT}:走\n")
    assert [(row["from_me"], row["sender_name"]) for row in rows] == [(True, None), (False, None), (False, "Me")]


@pytest.mark.parametrize(
    ("text", "words", "extra"),
    [
        ("|img:th_1", "", '{"img":"th_1"}'),
        ("早|img:a b.jpg", "早", '{"img":"a b.jpg"}'),
        ("早|img:", "早", '{"img":""}'),
        ("早|img:a\n好", "早|img:a\n好", None),
        ("早|好", "早|好", None),
    ],
)
def test_pictures(tmp_path: Path, text: str, words: str, extra: str | None) -> None:
    (row,), _ = read(wechat_dump_txt, tmp_path / "a.txt", f"1|小刘:{AT}:{text}\n")
    assert (row["text"], row["extra"]) == (words, extra)


# -- a slow reader -------------------------------------------------------------------------------------------------------
def slow(text: str) -> list[tuple[str, str, str]]:
    """Lines that begin a message and do not go back in time; the others go on with the one before."""
    found: list[tuple[datetime, str, list[str]]] = []
    for line in text.removesuffix("\n").split("\n"):
        match = re.fullmatch(r"-?\d+\|(.*?):(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d):(.*)", line)
        if match and (not found or datetime.fromisoformat(match[2]) >= found[-1][0]):
            found.append((datetime.fromisoformat(match[2]), match[1], [match[3]]))
        else:
            found[-1][2].append(line)
    return [(str(time), name, "\n".join(lines)) for time, name, lines in found]


LINES = st.sampled_from(
    ["早", "", "1|", "1|小王:2014-01-01 00:00:00:旧", "1|小王:早", " 好:", "\u2028", "2. 带书", "|"]
)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["小刘", "a|b", "a:b:", ""]), st.integers(0, 99_999), st.lists(LINES, min_size=1, max_size=5)
    ),
    min_size=1,
    max_size=12,
)


@settings(ANY, max_examples=150)
@given(RECORDS)
def test_agrees_with_the_slow_reader(tmp_path: Path, records: list[tuple[str, int, list[str]]]) -> None:
    time, text = datetime(2015, 3, 8), ""
    for name, seconds, body in records:
        time += timedelta(seconds=seconds)
        text += f"1|{name}:{time}:" + "\n".join([*body, "完"]) + "\n"
    rows, reasons = read(wechat_dump_txt, tmp_path / "a.txt", text)
    assert reasons == []
    assert [(str(row["wall"]), row["sender_name"], row["text"]) for row in rows] == slow(text)
    assert len(rows) == len(records)
