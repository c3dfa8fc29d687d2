"""QQChatExporter's text: where messages begin, and what is behind their words; against a slow reader of the whole text."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.formats import qce_txt
from qunkit.parsing.source import open_source

RULE = "=" * 47
HEAD = f"""[QQChatExporter V5 / https://example.invalid]
[本软件是免费的]

{RULE}
           QQ聊天记录导出文件
{RULE}

聊天名称: 徒步:群
聊天类型: 群聊
消息总数: 9
时间范围: 2024-12-01 00:00:00 - 2024-12-02 00:00:00
"""
FOOT = f"\n{RULE}\n              导出完成\n{RULE}\n总计导出 9 条消息\n导出时间: 2026-11-22 02:02:15"
START = datetime(2024, 12, 1, 8)


def message(second: int, name: str, text: str) -> str:
    return f"\n\n{name}:\n时间: {START + timedelta(seconds=second)}\n内容: {text}\n"


def read(path: Path, text: str) -> list[dict[str, Any]]:
    path.write_bytes(text.encode())
    source = open_source(path)
    assert qce_txt.sniff(source.head)
    return [row for batch in qce_txt.read(source) for row in batch.messages.to_pylist()]


def one(folder: Path, text: str, *before: str) -> dict[str, Any]:
    told = [message(number, name, "早") for number, name in enumerate(before)]
    return read(folder / "a.txt", HEAD + "".join(told) + message(100, "Kevin", text) + FOOT)[-1]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("早", "text", "早"),
        ("[无文本内容]", "other", None),
        ("[图片: a.jpg]\n资源: 1 个文件\n  - image: a.jpg", "image", ""),
        ("看[图片: a.jpg]\n资源: 1 个文件\n  - image: a.jpg", "text", "看"),
        ("[文件: a.pdf]\n资源: 1 个文件\n  - file: a.pdf", "file", "a.pdf"),
        ("早\n资源: 2 个文件", "text", "早\n资源: 2 个文件"),
        ("早\n资源: 1 个文件\n  - a\n  - b", "text", "早\n资源: 1 个文件\n  - a\n  - b"),
        ("早\n资源: 1 个文件\n  - a\n好", "text", "早\n资源: 1 个文件\n  - a\n好"),
        ("@阿岚 几点\n提及: 阿岚", "text", "@阿岚 几点"),
        ("@阿岚 @小王 几点\n提及: 阿岚, 小王", "text", "@阿岚 @小王 几点"),
        ("会议\n提及: 阿岚", "text", "会议\n提及: 阿岚"),
        ("好的[[微笑]]", "text", "好的[微笑]"),
        ("费用AA\n时间: 2024-12-01 08:00:00", "text", "费用AA\n时间: 2024-12-01 08:00:00"),
        ("看\n阿岚:\n时间: 2024-12-01 23:00:00\n内容: 好", "text", "看\n阿岚:\n时间: 2024-12-01 23:00:00\n内容: 好"),
        ("", "other", None),
    ],
)
def test_what_a_text_says(text: str, kind: str, words: str | None, tmp_path: Path) -> None:
    row = one(tmp_path, text)
    assert (row["kind"], row["text"], row["quote_text"]) == (kind, words, None)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("阿岚", "早"),
        ("刘(东区): 甲", "第一\n第二\n\n回复: 11-30 23:58 阿岚 - 早"),
        ("a - b", "[回复 阿岚: 早]\n好[微笑]"),
    ],
)
def test_a_reply(name: str, quoted: str, tmp_path: Path) -> None:
    row = one(tmp_path, f"[回复 {name}: {quoted}]\n还差2个\n回复: 11-30 23:58 {name} - {quoted}", name)
    assert (row["kind"], row["text"], row["quote_sender"]) == ("quote", "还差2个", name)
    assert row["quote_text"] == quoted


def test_a_reply_whose_quoted_words_are_cut(tmp_path: Path) -> None:
    row = one(
        tmp_path, "[回复 阿岚: 很长很长的话]\n好\n回复: 11-30 23:58 阿岚 - 很长…\n资源: 1 个文件\n  - image: a.jpg"
    )
    assert (row["text"], row["quote_text"]) == ("好", "很长很长的话")


def test_the_last_lines_are_framing_also_where_they_are_pasted(tmp_path: Path) -> None:
    rows = read(tmp_path / "a.txt", HEAD + message(1, "a", "早") + FOOT + "\n" + message(2, "b", "好"))
    assert [(row["sender_name"], row["text"], row["group_name"]) for row in rows] == [
        ("a", "早", "徒步:群"),
        ("b", "好", "徒步:群"),
    ]


def test_a_file_without_the_name_of_the_chat_has_that_of_the_file(tmp_path: Path) -> None:
    head = HEAD.replace("聊天名称: 徒步:群\n", "")
    (row,) = read(tmp_path / "group_徒步_770011223_20250109_120000.txt", head + message(1, "a", "早"))
    assert (row["group_id"], row["group_name"]) == ("770011223", "徒步")


LINES = st.sampled_from(
    ["早", "", "内容: 假的", "时间: 2024-12-01 08:00:00", "a:", "=" * 47, "\u2028", "  - x", "\t好 "]
)
PASTED = st.integers(1, 60).map(lambda minute: f"\n\n甲:\n时间: {START - timedelta(minutes=minute)}\n内容: 昨天")
NAMES = st.text(st.sampled_from(":：甲a (),\u202e\"'、"), min_size=1, max_size=6)
TEXTS = st.lists(LINES | PASTED, min_size=1, max_size=5).map("\n".join).filter(lambda text: text.strip())
MESSAGES = st.lists(st.tuples(st.integers(0, 3), NAMES, TEXTS), min_size=1, max_size=12)


def slowly(text: str) -> list[tuple[str, datetime, str]]:
    """Headers in the whole text, those before the last one's time left out; what is between them."""
    header = re.compile(r"(?<=\n\n)([^\n]+):\n时间: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\n内容: ")
    found: list[tuple[str, datetime, int, int]] = []
    for match in header.finditer(text):
        time = datetime.fromisoformat(match[2])
        if not found or time >= found[-1][1]:
            found.append((match[1], time, match.start(), match.end()))
    ends = [start for _, _, start, _ in found[1:]] + [len(text)]
    bodies = [text[start:end] for (_, _, _, start), end in zip(found, ends, strict=True)]
    return [(name, time, re.sub(r"\n{1,3}\Z", "", body)) for (name, time, *_), body in zip(found, bodies, strict=True)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=MESSAGES, crlf=st.booleans())
def test_it_reads_what_a_slow_reader_reads(told: list[tuple[int, str, str]], crlf: bool, tmp_path: Path) -> None:
    second, text = 0, HEAD
    for step, name, words in told:
        second += step
        text += message(second, name, words)
    rows = read(tmp_path / "a.txt", text.replace("\n", "\r\n") if crlf else text)
    found = [(row["sender_name"], row["wall"], row["text"]) for row in rows]
    assert found == slowly(text)
