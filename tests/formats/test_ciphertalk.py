"""CipherTalk: what of the sample no dataset shows, the made-up page row by row, and the owner of a workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qunkit.exports import Head
from qunkit.formats import ciphertalk_html, ciphertalk_json, ciphertalk_xlsx, weflow_json
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.staged import members, messages

SAMPLES = Path(__file__).parents[1] / "samples"
(DETAILED,), (PAGE,) = (SAMPLES / "ciphertalk/json").iterdir(), (SAMPLES / "made/ciphertalk_html").iterdir()
(WORKBOOK,) = (SAMPLES / "ciphertalk/excel").iterdir()
BEGIN = 1733310000
SHU, YU, CHEN = "wxid_shu0000000011", "wxid_yu00000000022", "chen_laoshi"
SAID: list[tuple[Any, ...]] = [
    (None, "system", '"雨"邀请"陈老师"加入了群聊', "invited", YU, [CHEN]),
    (SHU, "text", "今晚读第三章\n@陈老师\u2005来领读", None, None, None),
    (CHEN, "text", "好[微笑]", None, None, None),
    (YU, "image", "", None, None, None),
    (CHEN, "quote", "是这一页吗", None, None, None),
    (YU, "sticker", "", None, None, None),
    (SHU, "link", "书评\nhttps://books.example.invalid/?a=1&b=2", None, None, None),
    (SHU, "file", "第三章.pdf", None, None, None),
    (YU, "voice", "", None, None, None),
    (None, "recall", '"雨" 撤回了一条消息', "recalled", YU, None),
]


def test_replies_find_messages_whose_ids_are_rounded(tmp_path: Path) -> None:
    ingest([DETAILED], tmp_path)
    rows = messages(tmp_path)[0]
    known = {row["message_id"]: row["text"] for row in rows}
    replies = [(row["text"], row["reply_to"], row["reply_how"]) for row in rows if row["kind"] == "quote"]
    assert [(text, known.get(id_, id_), how) for text, id_, how in replies] == [
        ("有,还差2个", "本周路线:\n东门集合 -> 鹰嘴岩\n\n备选: 下雨就改室内攀岩\n费用AA, 约￥35/人", "id"),
        ("这是去年的吧", "", "id"),
        ("同意", "7391820345619280001", "id"),  # never exported
    ]


def test_the_sample_keeps_what_cards_say_besides(tmp_path: Path) -> None:
    ingest([DETAILED], tmp_path)
    extra = {row["kind"]: json.loads(row["extra"]) for row in messages(tmp_path)[0] if row["extra"]}
    assert extra["transfer"] == {"memo": "车费"}
    assert extra["voice"] == {"milliseconds": "5240"}
    assert extra["contact_card"] == {"account": "laozhou", "username": "wxid_driver0001"}


def test_every_message_of_the_page_is_as_it_was_written(tmp_path: Path) -> None:
    ingest([PAGE], tmp_path)
    rows = messages(tmp_path)[0]
    told = ("sender_id", "kind", "text", "event", "actor_id", "target_ids")
    assert [tuple(row[name] for name in told) for row in rows] == SAID
    assert [int(row["sent_at"].timestamp()) for row in rows] == [BEGIN + 60 * n for n in range(1, 11)]
    assert {(row["group_id"], row["group_name"]) for row in rows} == {("70000000001@chatroom", "周三读书会")}
    assert rows[1]["mention_ids"] == [CHEN]
    assert [row["from_me"] for row in rows if row["sender_id"] == SHU] == [True] * 3
    listed = {(row["member_id"], row["nickname"]) for row in members(tmp_path)}
    assert listed == {(SHU, "小舒"), (YU, "雨"), (CHEN, "陈老师")}


def test_a_page_may_call_things_as_the_other_exports_do(tmp_path: Path) -> None:
    said = {"createTime": BEGIN, "senderUsername": "wxid_a", "senderDisplayName": "小王", "content": "[链接] 书评"}
    chat = {"messages": [said], "meta": {"groupId": "1@chatroom", "name": "读书会"}}
    path = tmp_path / "a.html"
    path.write_text(f"<html><script>window.CHAT_DATA = {json.dumps(chat)}</script>", "utf-8")
    assert ciphertalk_html.sniff(open_source(path).head)
    (row,) = [row for batch in ciphertalk_html.read(open_source(path)) for row in batch.messages.to_pylist()]
    assert (row["group_id"], row["group_name"], row["epoch"]) == ("1@chatroom", "读书会", BEGIN * 1000)
    assert (row["sender_id"], row["sender_name"], row["kind"], row["text"]) == ("wxid_a", "小王", "link", "书评")


@pytest.mark.parametrize(
    ("top", "answer"),
    [
        ({"exportInfo": {"generator": "CipherTalk"}}, True),
        ({"exportInfo": {"format": "detailed-json"}}, True),
        ({"exportInfo": {"format": "json"}}, False),
        ({"exportInfo": "CipherTalk"}, False),
        ({}, False),
    ],
)
def test_sniff(top: dict[str, object], answer: bool) -> None:
    said = {"createTime": 1, "senderUsername": "wxid_a", "rawContent": ""}
    for first in (None, said, {"timestamp": 1}):
        head = Head("{", ("a.json",), {**top, "session": {}}, first)
        assert ciphertalk_json.sniff(head) is (answer and first != {"timestamp": 1})
        assert not weflow_json.sniff(head)


HEADER = [
    "序号",
    "时间",
    "日期",
    "时刻",
    "星期",
    "发送者",
    "微信ID",
    "消息类型",
    "消息内容",
    "原始类型代码",
    "时间戳",
    "聊天记录详情",
]


def workbook(folder: Path, *said: tuple[str, str, str, str, int]) -> Path:
    """A workbook of rows (shown name, id, label, words, code), a minute apart."""
    book = openpyxl.Workbook()
    book.active.title = "读书会"
    book.active.append(HEADER)
    for number, (shown, sender, label, words, code) in enumerate(said):
        book.active.append([number, "", "", "", "", shown, sender, label, words, str(code), BEGIN + 60 * number, ""])
    path = folder / "读书会.xlsx"
    book.save(path)
    return path


def test_the_owner_gets_the_begin_of_the_id_back(tmp_path: Path) -> None:
    said = [
        ("me0001aaaa11", "me0001aaaa11", "wxid_me0001aaaa11"),
        ("l8pv2f2pwy0o22", "l8pv2f2pwy0o22", "wxid_l8pv2f2pwy0o22"),
        ("阿岚", "me0001aaaa12", "me0001aaaa12"),  # a custom id of somebody whose name is known
        ("zhangdazui_1990", "zhangdazui_1990", "zhangdazui_1990"),
        ("zhangwei8", "zhangwei8", "zhangwei8"),
        ("wxid_gone9left022", "wxid_gone9left022", "wxid_gone9left022"),
        ("123@openim", "123@openim", "123@openim"),
    ]
    ingest([workbook(tmp_path, *((shown, id_, "文本消息", "早", 1) for shown, id_, _ in said))], tmp_path / "data")
    rows = messages(tmp_path / "data")[0]
    assert [row["sender_id"] for row in rows] == [id_ for _, _, id_ in said]
    assert [row["from_me"] for row in rows] == [True, True, None, None, None, None, None]


def test_what_a_workbook_says(tmp_path: Path) -> None:
    said = [
        ("小王", "wxid_a", "语音消息", "[语音消息] [object Promise]", 34),
        ("小王", "wxid_a", "其他消息", "微信红包", 2001 << 32 | 49),
        ("读书会", "1@chatroom", "系统消息", '1@chatroom17391820345619283999"小王" 撤回了一条消息', 10000),
        ("读书会", "1@chatroom", "其他消息", "&quot;小王&quot; 拍了拍 &quot;乙&quot;", 62 << 32 | 49),
        ("读书会", "1@chatroom", "系统消息", "1@chatroom:", 10000),
    ]
    ingest([workbook(tmp_path, *said)], tmp_path / "data")
    rows = messages(tmp_path / "data")[0]
    assert [(row["sender_id"], row["kind"], row["text"], row["event"], row["actor_id"]) for row in rows] == [
        ("wxid_a", "voice", "", None, None),
        ("wxid_a", "red_packet", None, None, None),
        (None, "recall", '"小王" 撤回了一条消息', "recalled", "wxid_a"),
        (None, "pat", '"小王" 拍了拍 "乙"', "patted", "wxid_a"),
        (None, "system", None, "other", None),
    ]
    assert {(row["group_id"], row["group_name"]) for row in rows} == {("1@chatroom", "读书会")}


def test_a_workbook_is_told_by_its_columns(tmp_path: Path) -> None:
    ingest([WORKBOOK], tmp_path)
    rows = messages(tmp_path)[0]
    assert {(row["group_id"], row["group_name"]) for row in rows} == {("58192034417@chatroom", "周末徒步·拼车群(东区)")}
    assert {row["sender_id"] for row in rows if row["from_me"]} == {"wxid_me0001aaaa11"}
    assert ciphertalk_xlsx.sniff(Head("", ("a.xlsx",), sheets={"x": ((), tuple(HEADER))}))
    assert not ciphertalk_xlsx.sniff(Head("", ("a.xlsx",), sheets={"x": (tuple(HEADER[:-1]),)}))
    assert not ciphertalk_xlsx.sniff(Head("", ("a.xlsx",)))
