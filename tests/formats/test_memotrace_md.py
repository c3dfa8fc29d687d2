"""MemoTrace's Markdown: the made-up sample row by row, and any message against a slow reader of the whole text."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.exports import Head
from qunkit.formats import memotrace_md
from qunkit.parsing.source import open_source
from support.reading import read
from support.truth.base import SAMPLES
from support.truth.memotrace_made import MD
from support.writers.memotrace_md import escaped

Row = dict[str, Any]
DAY = "## 2024\n### 2024-12\n#### 2024-12-01\n"


def said(row: Row) -> Row:
    """Without nulls and place."""
    return {key: value for key, value in row.items() if value is not None and key != "offset"}


def test_the_sample() -> None:
    rows = [row for batch in memotrace_md.read(open_source(SAMPLES / MD)) for row in batch.messages.to_pylist()]
    group = {"group_id": "70000000001@chatroom", "group_name": "周三读书会"}
    assert [said(row) for row in rows] == [
        group | {"wall": datetime(2024, 11, 30, 23, 58, 10), "kind": "system", "text": '"书虫"邀请"小满、阿*珍"加入了群聊'},
        group | {"wall": datetime(2024, 11, 30, 23, 58, 22), "sender_name": "书虫", "text": "这周读《活着》, 第1-3章\n\n谁带*书签*?"},
        group
        | {
            "wall": datetime(2024, 12, 1, 0, 0, 8), "sender_name": "小 满", "kind": "quote", "text": "有,还差2个",
            "quote_sender": "书虫", "quote_text": "谁带*书签*?",
        },
        group | {"wall": datetime(2024, 12, 1, 0, 0, 30), "sender_name": "阿*珍", "text": "【图片】"},
        group
        | {
            "wall": datetime(2024, 12, 1, 0, 0, 40), "sender_name": "阿*珍", "kind": "file", "text": "讲义.pdf",
            "extra": '{"md5":"900150983cd24fb0d6963f7d28e17f72","size":"0.20 MB"}',
        },
        group | {"wall": datetime(2024, 12, 1, 0, 0, 50), "kind": "system", "text": '"小 满" 撤回了一条消息'},
        group
        | {
            "wall": datetime(2024, 12, 1, 0, 1), "sender_name": "小 满",
            "text": "转一下:\n**23:58:22 书虫**: 不是新消息\n> 也不是引用",
        },
    ]  # fmt: skip


def rows_of(tmp_path: Path, text: str) -> list[Row]:
    rows, reasons = read(memotrace_md, tmp_path / "群.md", text)
    assert reasons == []
    return [{key: value for key, value in said(row).items() if key != "group_name"} for row in rows]


def test_quotations(tmp_path: Path) -> None:
    (plain, marked, lost, odd) = rows_of(
        tmp_path,
        DAY + "**08:00:00 甲**: 一\n> 乙: 早\n> 好\n\n**08:00:01 甲**: 二\n> 引用：乙: 早\n\n"
        "**08:00:02 甲**: 三\n> 引用：1@chatroom: 无效的消息\n\n**08:00:03 甲**: 四\n> 没有名字\n",
    )
    assert (plain["text"], plain["quote_sender"], plain["quote_text"]) == ("一", "乙", "早\n好")
    assert (marked["text"], marked["quote_sender"], marked["quote_text"]) == ("二", "乙", "早")
    assert (lost["kind"], lost["text"], "quote_text" in lost) == ("quote", "三", False)
    assert (odd["kind"], odd["text"], odd["quote_text"]) == ("quote", "四", "没有名字")


def test_a_pat_is_one_under_the_patters_name_only(tmp_path: Path) -> None:
    text = DAY + '**08:00:00 甲\\_**: "甲_" 拍了拍 "乙"\n\n**08:00:01 乙**: "甲_" 拍了拍 "乙"\n'
    assert [row.get("kind") for row in rows_of(tmp_path, text)] == ["pat", None]


def test_a_notice_may_have_its_day(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, DAY + "> 2024-12-01 08:00:00 甲撤回了一条消息\n")
    assert row == {"wall": datetime(2024, 12, 1, 8), "kind": "system", "text": "甲撤回了一条消息"}


def test_times_of_no_day_are_text(tmp_path: Path) -> None:
    rows, reasons = read(memotrace_md, tmp_path / "群.md", "**08:00:00 甲**: 一\n" + DAY + "**08:00:00 甲**: 二\n")
    assert ([row["text"] for row in rows], reasons) == (["二"], ["bad-record"])


NAMES = st.text(st.sampled_from("甲乙* >#\\:😀"), min_size=1, max_size=6)
WORDS = st.text(st.sampled_from("好\n#>*\\- 1:2、\u2028😀"), max_size=15).filter(
    lambda words: not words.startswith("\n")
)
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)


@ANY
@given(said=st.lists(st.tuples(st.integers(0, 99_999), NAMES, WORDS), min_size=1, max_size=12))
@example(said=[(0, "甲", "#### 2024-12-02\n**08:00:00 乙**: 假"), (1, "乙", "> 08:00:00 假")])
def test_messages_are_what_a_slow_reader_finds(said: list[tuple[int, str, str]], tmp_path: Path) -> None:
    text, day = "", ""
    for second, name, words in sorted(said, key=lambda one: one[0]):
        at = datetime(2024, 12, 1) + timedelta(seconds=second)
        if f"{at:%F}" != day:
            day = f"{at:%F}"
            text += f"#### {day}\n"
        text += f"**{at:%T} {escaped(name)}**: {escaped(words)}\n\n"
    rows = rows_of(tmp_path, text)
    assert [(row["wall"], row["sender_name"], row["text"]) for row in rows] == list(slowly(text))


def slowly(text: str) -> list[tuple[datetime, str, str]]:
    """The messages of a whole text, a line after the other."""
    found: list[tuple[datetime, str, list[str]]] = []
    day = ""
    for line in text.split("\n"):
        if heading := re.fullmatch(r"#### (\d{4}-\d\d-\d\d)", line):
            day = heading[1]
        elif header := re.match(r"\*\*(\d\d:\d\d:\d\d) (.*?)\*\*: ?", line):
            at = datetime.fromisoformat(f"{day} {header[1]}")
            found.append((at, header[2], [line[header.end() :]]))
        elif found:
            found[-1][2].append(line)
    plain = [(at, name, "\n".join(lines)) for at, name, lines in found]
    last = len(plain) - 1
    bodies = [body[: -2 if row == last else -1] for row, (_, _, body) in enumerate(plain)]
    return [
        (at, re.sub(r"\\(.)", r"\1", name), re.sub(r"\\(.)", r"\1", body))
        for (at, name, _), body in zip(plain, bodies, strict=True)
    ]


def test_sniffs_days_with_messages_only() -> None:
    assert memotrace_md.sniff(open_source(SAMPLES / MD).head)
    for text in ("# Notes\n\n#### 2024-12-01\n\nplan\n", "**08:00:00 甲**: 一\n", "[群]\n"):
        assert not memotrace_md.sniff(Head(text, ("x.md",)))
