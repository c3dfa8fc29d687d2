"""WeFlow text: its wording, its headers, whose it is; and an independent slow reader."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.exports import Head
from qunkit.formats import memotrace_txt, weflow_txt
from qunkit.parsing.source import Source, open_source
from qunkit.parsing.stamps import Stamp

Row = dict[str, Any]
Write = Callable[..., Source]
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
TIME = "2024-12-01 08:00:00"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str | bytes, name: str = "群.txt") -> Source:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return open_source(path)

    return _write


def rows(source: Source) -> list[Row]:
    """Every row, without what is null."""
    told = [row for batch in weflow_txt.read(source) for row in batch.messages.to_pylist()]
    return [{key: value for key, value in row.items() if value is not None} for row in told]


@pytest.mark.parametrize(
    ("words", "kind", "text"),
    [
        ("早", None, "早"),
        ("\n早", "text", "\n早"),
        ("\n[链接] 我打的", "text", "\n[链接] 我打的"),
        ("[图片]", None, "[图片]"),
        ("[图片]看", None, "[图片]看"),
        ("[其他消息]", "voice", ""),
        ("[链接] 标题\nhttps://example.invalid/?a=1&amp;b=2", "link", "标题\nhttps://example.invalid/?a=1&b=2"),
        ("[链接]#接龙\n1. 甲", "link", "#接龙\n1. 甲"),
        ("[链接]当前版本不支持展示该内容，请升级至最新版本。", "channels", None),
        ("[文件]路线 &quot;1&quot;.pdf", "file", '路线 "1".pdf'),
        ("[小程序]拼车", "miniprogram", "拼车"),
        ("[群公告]明早\n东门", "announcement", "明早\n东门"),
        ("[转发的聊天记录]聊天记录\n甲: 好", "forward", "聊天记录\n甲: 好"),
        ("[红包]微信红包", "red_packet", None),
        ("微信红包", "red_packet", None),
        ("微信红包怎么发", None, "微信红包怎么发"),
        ("[转账] (甲 转账给 乙)￥35.00 车费", "transfer", "￥35.00"),
        ("[名片]", "contact_card", None),
        ("[语音通话] 02:15", "call", "02:15"),
        ("[位置] 东门 大道1号 (31.2,121.4)", "location", "东门"),
        ("好[引用 甲：几点]", "quote", "好"),
        ("好[引用 几点]", None, "好[引用 几点]"),
        ("[a](https://example.invalid)", None, "[a](https://example.invalid)"),
        ("[微笑]", None, "[微笑]"),
    ],
)
def test_words(write: Write, words: str, kind: str | None, text: str | None) -> None:
    (row,) = rows(write(f"{TIME} '甲'\n{words}\n\n"))
    assert (row.get("kind"), row.get("text")) == (kind, text)


def test_the_quoted_words_and_their_sender_are_kept(write: Write) -> None:
    (row,) = rows(write(f"{TIME} '甲'\n好[引用 乙：几点\n出发]\n\n"))
    assert (row["quote_sender"], row["quote_text"]) == ("乙", "几点\n出发")


@pytest.mark.parametrize(
    "name", ["甲", "O'Neil", "'", "''", "a' b", '"甲"邀请"乙"加入了群聊', "a\u2028b", "\u202eabc", "甲、乙", "@", "x:y"]
)
def test_hostile_names(write: Write, name: str) -> None:
    assert [row["sender_name"] for row in rows(write(f"{TIME} '{name}'\n早\n\n" * 2))] == [name] * 2


@pytest.mark.parametrize(
    ("file", "shown", "group"),
    [
        ("读书会.txt", "读书会", "读书会"),
        ("群聊_读书会_20240101-20240201.txt", "读书会", "读书会"),
        ("私聊_读书会_全部时间.txt", "读书会", "读书会"),
        ("读_书会_.txt", "读/书会*", "读_书会_"),
        ("读书会.txt", "读书会..", "读书会"),
        ("别的.txt", "读书会", "别的"),
    ],
)
def test_the_file_names_the_group(write: Write, file: str, shown: str, group: str) -> None:
    (row,) = rows(write(f"{TIME} '{shown}'\n早\n\n", file))
    assert (row["group_name"], row["sender_name"]) == (group, shown if file == "别的.txt" else group)


def test_only_the_owner_of_a_private_chat_is_known(write: Write) -> None:
    told = rows(write(f"{TIME} '我'\n早\n\n{TIME} '老王'\n早\n\n", "私聊_老王.txt"))
    assert [(row["sender_name"], row.get("from_me")) for row in told] == [("我", True), ("老王", None)]


def test_a_line_without_its_closing_quote_is_text(write: Write) -> None:
    told = rows(write(f"{TIME} '甲'\n早\n\n{TIME} 'tis late\n\n{TIME} '乙' \n\n{TIME} '丙'\n好\n\n"))
    assert [(row["sender_name"], row["text"]) for row in told] == [
        ("甲", f"早\n\n{TIME} 'tis late\n\n{TIME} '乙' "),
        ("丙", "好"),
    ]


@pytest.mark.parametrize("end", ["", "\r"])
@pytest.mark.parametrize("at_end", [True, False])
def test_closing_bytes(end: str, at_end: bool) -> None:
    lines = [f"{TIME} ''", f"{TIME} '", f"{TIME} 'a", f"{TIME} 'a'", f"{TIME} 'a'b'", f"{TIME} 'a' "]
    data = np.frombuffer("".join(f"{line}{end}\n" for line in lines).encode() + f"{TIME} 'cut".encode(), np.uint8)
    begins = np.append(0, np.flatnonzero(data == 10) + 1)
    found, _ = Stamp(followers=(b" '",), closing=b"'").find(data, begins, at_end)
    assert np.searchsorted(begins, found).tolist() == [0, 3, 4, *([6] if at_end else [])]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", None),
        (f"{TIME} 'K'\nhi\n\n", "weflow"),
        (f"\n\r\n{TIME} 'K'\r\nhi\r\n\r\n", "weflow"),
        (f"{TIME} K\nhi\n\n", "memotrace"),
        (f"{TIME} 'K'\nhi\n\n{TIME} K\nhi\n\n{TIME} K\nhi\n\n", "memotrace"),
        (f"{TIME} 'K'\nhi\n\n{TIME} 'K'\nhi\n\n{TIME} K\nhi\n\n", "weflow"),
        (f"{TIME} 'K'\nhi\n\n{TIME} K\nhi\n\n", "memotrace"),
        (f"x\n{TIME} 'K'\nhi\n\n", None),
        ("2024-12-01T08:00:00 'K'\nhi\n\n", None),
    ],
)
def test_one_of_the_two_says_yes(text: str, answer: str | None) -> None:
    head = Head(text, ("a.txt",))
    assert (weflow_txt.sniff(head), memotrace_txt.sniff(head)) == (answer == "weflow", answer == "memotrace")


# -- a slow reader: line by line, with a regular expression --------------------------------------------------------
_SLOW = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) '(.*)'")


def slow(text: str) -> list[tuple[str, str, str]]:
    """(time, sender, text) of every message; for files whose times have no far future and no damage."""
    records: list[tuple[str, str, list[str]]] = []
    before = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        match = _SLOW.fullmatch(line)
        if match and not before and (not records or match[1] >= records[-1][0]):
            records.append((match[1], match[2], []))
        elif records:
            records[-1][2].append(line)
        before = line
    found = []
    for number, (time, name, body) in enumerate(records, 1):
        words = "".join(line + "\n" for line in body) if number < len(records) else "\n".join(body)
        for _ in range(2):
            words = words.removesuffix("\n")
        found.append((time, name, words))
    return found


BASE = dt.datetime.fromisoformat("2024-11-30 23:59:30")
LINE = st.one_of(
    st.tuples(st.integers(0, 9), st.sampled_from([" '凯文'", " '阿岚'", " 'a' b'", " ''", " '", " 'x", " x", ""])),
    st.sampled_from(["早", "", " ", "x\u2028y", "2023-01-01 00:00:00 '旧'"]),
)


@settings(ANY, max_examples=300)
@given(st.lists(st.tuples(LINE, st.sampled_from(["\n", "\n\n", "\n\n\n"])), max_size=20), st.booleans())
@example([((0, " ''"), "\n\n"), ((0, " 'x"), "\n\n")], True)
def test_agrees_with_slow_reader(write: Write, lines: list[tuple[str | tuple[int, str], str]], crlf: bool) -> None:
    text, time = f"{BASE} '凯文'\n早\n\n", BASE
    for line, end in lines:
        if isinstance(line, tuple):
            time += dt.timedelta(seconds=line[0])
            line = f"{time}{line[1]}"
        text += line + end
    text += "\n"
    source = write((text.replace("\n", "\r\n") if crlf else text).encode())
    told = [(str(row["wall"]), row["sender_name"], row["text"]) for row in rows(source)]
    assert told == [(time, name, words) for time, name, words in slow(text)]
