"""chatlog's text: which day a time is of, what is a header and who spoke; and a slow reader of another kind against it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.errors import UnreadableExport
from qunkit.exports import Head
from qunkit.formats.chatlog_txt import read, sniff
from qunkit.parsing.source import open_source

SAMPLES = Path(__file__).parents[1] / "samples" / "chatlog"
NOTHING: Mapping[str, str] = MappingProxyType({})
Row = dict[str, Any]


def rows(path: Path, text: str, options: Mapping[str, str] = NOTHING) -> list[Row]:
    """The messages without nulls and offsets."""
    path.write_bytes(text.encode())
    found = [row for batch in read(open_source(path, options=options)) for row in batch.messages.to_pylist()]
    return [{name: value for name, value in row.items() if value is not None and name != "offset"} for row in found]


def times(path: Path, *heads: str, options: Mapping[str, str] = NOTHING) -> list[datetime]:
    return [row["wall"] for row in rows(path, "".join(f"凯文(wxid_a) {head}\n早\n\n" for head in heads), options)]


@pytest.mark.parametrize(
    ("name", "heads", "said"),
    [
        ("x", ["2024-11-30 23:59:59", "2025-01-01 00:00:00"], ["2024-11-30 23:59:59", "2025-01-01 00:00:00"]),
        ("1@chatroom_2024-11-30_2024-12-01", ["11-30 23:59:59", "12-01 00:00:00"], ["2024-11-30 23:59:59", "2024-12-01"]),
        ("2024-11-30~2024-12-01", ["12-01 00:00:00"], ["2024-12-01"]),
        ("g_2024-12-30_2025-01-02", ["12-31 23:00:00", "01-01 00:00:00"], ["2024-12-31 23:00:00", "2025-01-01"]),
        ("g_2023-12-30_2025-01-02", ["12-31 23:00:00", "01-01 00:00:00"], ["2023-12-31 23:00:00", "2024-01-01"]),
        ("g_2024-02-28_2024-03-01", ["02-29 08:00:00"], ["2024-02-29 08:00:00"]),
        ("g_2024-12-01_2024-12-01", ["08:00:00", "23:59:59"], ["2024-12-01 08:00:00", "2024-12-01 23:59:59"]),
        ("g_2024-12-01_2024-12-02", ["08:00:00"], ["2024-12-01 08:00:00"]),
        ("g 2024-12-01", ["08:00:00"], ["2024-12-01 08:00:00"]),
    ],
)  # fmt: skip
def test_the_files_name_says_the_day(name: str, heads: list[str], said: list[str], tmp_path: Path) -> None:
    assert times(tmp_path / f"{name}.txt", *heads) == [datetime.fromisoformat(one) for one in said]


def test_the_command_line_says_the_day_and_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "g_2020-01-01_2020-01-01.txt"
    assert times(path, "08:00:00", options={"date": "2024-12-01"}) == [datetime(2024, 12, 1, 8)]
    assert times(path, "02-28 08:00:00", options={"date": "2024-12-01"}) == [datetime(2024, 2, 28, 8)]


@pytest.mark.parametrize(
    "name", ["x", "g_2024-13-01_2024-13-01", "g_2024-12-02_2024-12-01", "g_2024-11-01_2024-12-01", "12024-12-012"]
)
def test_without_a_day_it_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableExport) as refused:
        times(tmp_path / f"{name}.txt", "08:00:00")
    assert "--date" in str(refused.value.hint("en"))
    assert "--date" in str(refused.value.hint("zh"))


def test_a_day_that_is_not_in_the_calendar_is_text(tmp_path: Path) -> None:
    text = "凯文(wxid_a) 12-01 08:00:00\n早\n\n凯文(wxid_a) 13-01 08:00:00\n\n凯文(wxid_a) 12-01 24:00:00\n"
    (row,) = rows(tmp_path / "g_2024-12-01_2024-12-02.txt", text)
    assert row["text"] == "早\n\n凯文(wxid_a) 13-01 08:00:00\n\n凯文(wxid_a) 12-01 24:00:00"


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("凯文(wxid_a)", {"sender_id": "wxid_a", "sender_name": "凯文", "from_me": False}),
        ("a (b) (wxid_a)", {"sender_id": "wxid_a", "sender_name": "a (b) ", "from_me": False}),
        ("李(25984982143567890@openim)", {"sender_id": "25984982143567890@openim", "sender_name": "李", "from_me": False}),
        ("wxid_gone9", {"sender_id": "wxid_gone9", "from_me": False}),
        ("阿岚(我)", {"sender_name": "阿岚", "from_me": True}),
        ("我", {"from_me": True}),
        ("系统消息", {"kind": "system", "from_me": False}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("room", ["", " [周末 [东] 群(a)(1@chatroom)]"])
def test_who_spoke(who: str, said: Row, room: str, tmp_path: Path) -> None:
    first = f"凯文(wxid_first){room} 08:00:00\n早\n\n"
    _, row = rows(tmp_path / "9@chatroom_2024-12-01.txt", f"{first}{who}{room} 08:00:01\n早\n\n")
    group = {"group_id": "1@chatroom", "group_name": "周末 [东] 群(a)"} if room else {"group_id": "9@chatroom"}
    assert row == {"wall": datetime(2024, 12, 1, 8, 0, 1), "text": "早", **group, **said}


def test_wording_and_quotes_are_those_of_the_csv(tmp_path: Path) -> None:
    text = (
        "凯文(wxid_a) 08:00:00\n[链接|冬季](https://mp.example.invalid/)\n\n"
        "凯文(wxid_a) 08:00:01\n> 阿岚(wxid_me) 11-30 23:58:50\n> 本周路线\n> 第二行\n有\n\n还差2个\n\n"
        "系统消息 08:00:02\n> 阿岚(wxid_me) 11-30 23:58:50\n\n"
        "凯文(wxid_a) 08:00:03\n\n\n"
    )
    link, quote, notice, pat = rows(tmp_path / "g_2024-12-01.txt", text)
    assert (link["kind"], link["text"]) == ("link", "冬季\nhttps://mp.example.invalid/")
    assert (quote["kind"], quote["text"]) == ("quote", "有\n\n还差2个")
    assert (quote["quote_sender"], quote["quote_text"]) == ("wxid_me", "本周路线\n第二行")
    assert quote["quote_time"] == 1733011130000  # 2024-11-30 23:58:50 as if it were UTC
    assert (notice["kind"], notice["text"]) == ("system", "> 阿岚(wxid_me) 11-30 23:58:50")
    assert (pat["kind"], pat.get("text")) == ("pat", None)


def test_the_form_of_the_first_header_is_the_form_of_all(tmp_path: Path) -> None:
    pasted = "看\n\n小刘(wxid_b) 12-01 09:00:00\n好\n\n小刘(wxid_b) 2024-12-01 09:00:00\n好\n\n小刘(wxid_b) [g(1@chatroom)] 09:00:00\n好"
    found = rows(tmp_path / "g_2024-12-01.txt", f"凯文(wxid_a) 08:00:00\n{pasted}\n\n凯文(wxid_a) 10:00:00\n早\n\n")
    assert [row["text"] for row in found] == [pasted, "早"]


def test_a_part_of_an_export_is_read_from_its_first_header_on(tmp_path: Path) -> None:
    text = "的一半\n\nzhang_1990 09:00:00\n> 阿岚(wxid_me) 11-30 23:58:50\n> 早\n好\n\n凯文(wxid_a) 09:00:01\n早\n\n"
    assert [row["text"] for row in rows(tmp_path / "g_2024-12-01.txt", text)] == ["好", "早"]


def test_a_quoted_line_is_no_header(tmp_path: Path) -> None:
    text = "> 阿岚(wxid_me) 11-30 23:58:50\n\n我 09:00:00\n早\n\n凯文(wxid_a) 09:00:01\n早\n\n"
    assert len(rows(tmp_path / "g_2024-12-01.txt", text)) == 2


def test_the_three_samples_of_a_range_say_the_same() -> None:
    """Up to the chat's name, which only some have in their headers."""
    for folder in SAMPLES.iterdir():
        one, many = sorted(folder.glob("*.txt"), key=lambda path: len(path.name))
        tables = []
        for path in (one, many):
            found = [row for batch in read(open_source(path)) for row in batch.messages.to_pylist()]
            tables.append([{**row, "offset": 0, "group_name": None} for row in found])
        assert tables[0] == tables[1]
        assert len(tables[0]) in (43, 51)


def test_hostile_lines_take_linear_time(tmp_path: Path) -> None:
    for line in ("(" * 300_000, "(a) [" * 60_000, "(a) [" * 60_000 + "(b)] 08:00:00", "a" * 300_000 + " 08:00:00"):
        assert len(rows(tmp_path / "g_2024-12-01.txt", f"凯文(wxid_a) 08:00:00\n\n{line}\n\n")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("凯文(wxid_aaa) 11-30 23:58:22\n早\n", True),
        ("\r\n凯文(wxid_aaa) 23:58:22\r\n早\r\n", True),
        ("系统消息 2024-11-30 23:58:22\nx\n\nwxid_aaa 2024-11-30 23:58:22\nx\n", True),
        ("我 [群(1@chatroom)] 23:58:22\nx\n\n凯文(wxid_a) [群(1@chatroom)] 23:58:22\n", True),
        ("我 23:58:22\n早\n", False),
        ("凯文(12345678) 23:58:22\n早\n", False),
        ("2024-11-30 23:58:22 凯文\n早\n", False),
        ("2024-11-30 23:58:22 '凯文(wxid_aaa)'\n早\n", False),
        ("凯文(wxid_aaa) 23:58\n早\n", False),
        ("see\n凯文(wxid_aaa) 23:58:22\n早\n", False),
        ("", False),
    ],
)
def test_sniffs_its_own_headers_only(text: str, said: bool) -> None:
    assert sniff(Head(text, ("x.txt",))) is said


# -- a slow reader ---------------------------------------------------------------------------------------------------
_NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=8).filter(
    lambda name: "(" not in name and ")" not in name
)
_LINES = st.one_of(
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12),
    st.sampled_from(["", "小刘(wxid_b) 00:00:00", "小刘(wxid_b) 12-01 09:00:00", "我 00:00:01", "x 08:00", "> 引", "[图片]", "\u2028"]),
)  # fmt: skip
_MESSAGES = st.lists(
    st.tuples(_NAMES, st.sampled_from(["wxid_a", "zhang_1990", "我", "1@openim"]), st.integers(0, 50), st.lists(_LINES, max_size=4)),
    min_size=1,
    max_size=6,
)  # fmt: skip
_HEADER = re.compile(r"(?:(.*)\((\S+)\)|(我)) (\d\d):(\d\d):(\d\d)")


def slowly(text: str) -> list[tuple[str | None, str, int, str]]:
    """(name, id, second of the day, text) of every message: line by line, as a person would."""
    found: list[tuple[str | None, str, int, list[str]]] = []
    before, last = "", -1
    for line in text.split("\n"):
        match = _HEADER.fullmatch(line)
        at = (
            sum(int(part) * unit for part, unit in zip(match.groups()[3:], (3600, 60, 1), strict=True)) if match else -1
        )
        if match and not before and at >= last:
            if found:
                found[-1][3].append("")  # the line end before this line
            found.append((match[1] or None, match[2] or match[3], at, []))
            last = at
        else:
            found[-1][3].append(line)
        before = line
    return [(name, who, at, re.sub(r"\n{1,2}\Z", "", "\n".join(lines))) for name, who, at, lines in found]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(_MESSAGES)
@example([("甲", "wxid_a", 0, ["看", "", "小刘(wxid_b) 00:00:00", "好"]), ("甲", "我", 0, [])])
def test_a_slow_reader_reads_the_same(tmp_path: Path, messages: list[tuple[str, str, int, list[str]]]) -> None:
    text, second = "凯文(wxid_first) 08:00:00\n早\n\n", 8 * 3600
    for name, who, later, lines in messages:
        second += later
        text += f"{name}({who}) {timedelta(seconds=second)!s:0>8}\n" + "\n".join(lines) + "\n\n"
    told = []
    for row in rows(tmp_path / "g_2024-12-01.txt", text):
        at = row["wall"].hour * 3600 + row["wall"].minute * 60 + row["wall"].second
        kind_lost = row.get("kind") in ("image", "quote")
        said = "" if row.get("kind") == "pat" else None if kind_lost else row["text"]
        told.append((row.get("sender_name"), row.get("sender_id") or "我", at, said))
    wanted = slowly(text)
    assert [one[:3] for one in told] == [one[:3] for one in wanted]
    assert all(one[3] in (None, two[3]) for one, two in zip(told, wanted, strict=True))
