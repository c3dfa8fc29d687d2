"""MemoTrace's pages: the made-up samples row by row, any literal read back, damage that costs its own record, and version 3 as its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.exports import Head
from qunkit.formats import memotrace_html, memotrace_html_json
from qunkit.parsing.source import open_source
from support.reading import read
from support.truth.base import SAMPLES
from support.truth.memotrace_made import HTML_2, HTML_3
from support.writers.memotrace_html import literal, page

TIME = 1733364000
Row = dict[str, Any]


def messages(path: Path) -> list[Row]:
    return [row for batch in memotrace_html.read(open_source(path)) for row in batch.messages.to_pylist()]


def told(row: Row) -> Row:
    """Without nulls, place and group."""
    return {key: value for key, value in row.items() if value is not None and key not in ("offset", "group_name")}


def test_the_page_of_version_2() -> None:
    rows = messages(SAMPLES / HTML_2)
    assert {(row["group_id"], row["group_name"]) for row in rows} == {(None, "周三读书会")}
    book, girl, pearl = "书虫", "小满", "阿珍_读书"
    assert [told(row) for row in rows] == [
        {"epoch": 1733364000000, "native_type": "0", "kind": "system", "text": '"书虫"邀请"小满"加入了群聊', "from_me": False},
        {"epoch": 1733364010000, "native_type": "1", "kind": "text", "text": "这周读 <活着>, 第1-3章\n谁带'书签'?", "from_me": True, "sender_name": book},
        {"epoch": 1733364020000, "native_type": "1", "kind": "text", "text": "收到\\o/", "from_me": False, "sender_name": pearl},
        {"epoch": 1733364030000, "native_type": "3", "kind": "image", "text": "", "from_me": False, "sender_name": girl},
        {"epoch": 1733364040000, "native_type": "3", "kind": "sticker", "text": "", "from_me": False, "sender_name": girl},
        {"epoch": 1733364050000, "native_type": "34", "kind": "voice", "text": "晚上八点开始", "from_me": False, "sender_name": pearl},
        {"epoch": 1733364060000, "native_type": "43", "kind": "video", "text": "", "from_me": False, "sender_name": girl},
        {
            "epoch": 1733364070000, "native_type": "49/57", "kind": "quote", "text": "好的, 八点见", "from_me": True, "sender_name": book,
            "quote_sender": pearl, "quote_text": "收到\\o/",
        },
        {
            "epoch": 1733364080000, "native_type": "49/5", "kind": "link", "from_me": False, "sender_name": girl,
            "text": "共读计划 & 书单\nhttps://books.example.invalid/?a=1&b=2", "extra": '{"app":"读书","description":"十二月"}',
        },
        {"epoch": 1733364090000, "native_type": "49/6", "kind": "file", "text": "讲义{1}.pdf", "from_me": False, "sender_name": girl},
        {"epoch": 1733364100000, "native_type": "49/2000", "kind": "transfer", "text": "￥12.00", "from_me": False, "sender_name": girl},
        {"epoch": 1733364110000, "native_type": "50", "kind": "call", "text": "通话时长 01:02", "from_me": True, "sender_name": book},
        {"epoch": 1733364120000, "native_type": "0", "kind": "system", "text": '"小满" 撤回了一条消息', "from_me": False},
    ]  # fmt: skip


def test_the_page_of_version_3_says_its_group_and_ids() -> None:
    rows = messages(SAMPLES / HTML_3)
    assert {(row["group_id"], row["group_name"]) for row in rows} == {("70000000001@chatroom", "周三读书会")}
    assert [row["native_id"] for row in rows] == [str(7_000_000_000_000_000_000 + n) for n in (0, 10, 20, 30, 40, 50)]
    assert [row["kind"] for row in rows] == ["system", "text", "text", "quote", "forward", "image"]
    assert (rows[3]["quote_id"], rows[3]["quote_sender"]) == ("7000000000000000010", "wxid_shuchong001")
    assert rows[4]["text"] == "群聊的聊天记录\n2024-12-04 18:02:11 老陈: 带伞"


def test_a_page_of_version_3_says_what_the_json_beside_it_says(tmp_path: Path) -> None:
    (beside,) = SAMPLES.glob("memotrace_v3/*/*/*.html.json")
    folder = tmp_path / beside.parent.name
    folder.mkdir()
    content = "<!DOCTYPE html><script>const chatMessages = " + beside.read_text(encoding="utf-8") + ";</script>"
    rows, reasons = read(memotrace_html, folder / "x.html", content)
    assert reasons == []
    wanted = [row for batch in memotrace_html_json.read(open_source(beside)) for row in batch.messages.to_pylist()]
    assert [row | {"offset": 0} for row in rows] == [row | {"offset": 0} for row in wanted]


def test_the_group_is_in_the_folder_the_page_or_the_files_name(tmp_path: Path) -> None:
    one = literal(type=1, text="早", timestamp=TIME, displayname="甲")
    for name, title, want in [
        ("群(77@chatroom)/a.html", "b", ("77@chatroom", "群")),
        ("群/a.html", "b &amp; c", (None, "b & c")),
        ("群/a.html", "", (None, "a")),
    ]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        (row,), _ = read(memotrace_html, path, page(title, [one]))
        assert (row["group_id"], row["group_name"]) == want


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({"type": 3, "text": "视频丢失"}, "video", ""),
        ({"type": 1, "text": "视频丢失"}, "text", "视频丢失"),
        ({"type": 49, "sub_type": 3, "title": "歌", "url": "https://a.invalid/"}, "music", "歌\nhttps://a.invalid/"),
        ({"type": 49, "sub_type": 19, "text": ""}, "forward", None),
        ({"type": 49, "text": "x"}, "other", "x"),
        ({"type": 49, "sub_type": 57, "text": "好", "refer_text": "图片"}, "quote", "好"),
        ({"type": 12345, "text": "x"}, "other", "x"),
        ({"text": "x"}, None, "x"),
    ],
)
def test_kinds_of_version_2(more: Row, kind: str | None, text: str | None, tmp_path: Path) -> None:
    (row,), reasons = read(memotrace_html, tmp_path / "a.html", page("群", [literal(**more, timestamp=TIME)]))
    assert (row["kind"], row["text"], reasons) == (kind, text, [])


def test_strings_may_be_written_otherwise(tmp_path: Path) -> None:
    one = '{type:1,text:"\\u4f60\\x21\\\n\\v",is_send:true,timestamp:1733364000,displayname:None},'
    (row,), _ = read(memotrace_html, tmp_path / "a.html", page("群", [one]))
    assert (row["text"], row["from_me"], row["sender_name"]) == ("你!\v", True, "None")


GOOD = [literal(type=1, text=text, timestamp=TIME, displayname="甲") for text in ("一", "二", "三")]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{ type:1,text:'it's',timestamp:1733364000,displayname:'甲'},", "bad-record"),
        ("{ type:1,text:'x',timestamp:{},displayname:'甲'},", "bad-record"),
        ("{ type:1,text:'x',timestamp:'soon',displayname:'甲'},", "bad-time"),
        ("{ type:1,text:'x',displayname:'甲'},", "bad-time"),
        ("{ type:1,text:'x',timestamp:5,displayname:'甲'},", "time-out-of-range"),
        ("undefined,", "bad-record"),
        ("}},", "bad-record"),
        ("{ type:1,text:'" + "x" * (1 << 20) + "',timestamp:1733364000},", "record-too-long"),
    ],
    ids=["quote", "nested", "words", "missing", "early", "word", "braces", "long"],
)  # fmt: skip
def test_damage_costs_its_own_record(bad: str, reason: str, tmp_path: Path) -> None:
    rows, reasons = read(memotrace_html, tmp_path / "a.html", page("群", [GOOD[0], bad, *GOOD[1:]]))
    assert [row["text"] for row in rows] == ["一", "二", "三"]
    assert reasons == [reason]


def test_behind_damage_no_forwarded_message_is_taken_for_one(tmp_path: Path) -> None:
    def record(text: str) -> Row:
        inner = [{"type": "1", "timestamp": TIME, "text": "inner"}]
        return {
            "type": "1",
            "timestamp": TIME,
            "server_id": text,
            "display_name": "甲",
            "text": text,
            "messages": inner,
        }

    whole = json.dumps([record("1"), record("2"), record("3")], indent=4)
    content = "<html>const chatMessages = " + whole.replace('"server_id": "2"', '"server_id" "2"') + ";</html>"
    rows, reasons = read(memotrace_html, tmp_path / "a.html", content)
    assert ([row["text"] for row in rows], reasons) == (["1", "3"], ["bad-record"])


def test_a_cut_page_keeps_what_is_whole(tmp_path: Path) -> None:
    content = page("群", GOOD)
    rows, reasons = read(memotrace_html, tmp_path / "a.html", content[: content.index("三")])
    assert ([row["text"] for row in rows], reasons) == (["一", "二"], ["truncated-tail"])


ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
WORDS = st.text(
    st.sampled_from("'\"\\{}[],:<>&;\n\t\u2028中😀") | st.characters(exclude_categories=["Cs"]), max_size=20
)


@ANY
@given(
    said=st.lists(
        st.tuples(st.integers(915_148_800, 4_102_444_799), WORDS, WORDS.filter(bool)), min_size=1, max_size=20
    )
)
def test_every_literal_that_can_be_written_is_read_back(said: list[tuple[int, str, str]], tmp_path: Path) -> None:
    lines = [literal(type=1, text=text, timestamp=time, displayname=name) for time, text, name in said]
    rows, reasons = read(memotrace_html, tmp_path / "a.html", page("群", lines))
    assert reasons == []
    assert [(row["epoch"] // 1000, row["text"], row["sender_name"]) for row in rows] == said


def test_sniffs_its_pages_only() -> None:
    for name in (HTML_2, HTML_3):
        assert memotrace_html.sniff(open_source(SAMPLES / name).head)
    for text in ("<html>window.CHAT_DATA = [", "const chatMessages = [", "{}", ""):
        assert not memotrace_html.sniff(Head(text, ("x.html",)))
