"""What records of ChatLab's format mean, whoever wrote them, in a document and as lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry
from qunkit.exports import Batch
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

HEADER = {
    "chatlab": {"version": "0.0.2", "exportedAt": 1700000000, "generator": "ChatLab"},
    "meta": {"name": "读书会", "platform": "wechat", "type": "group", "groupId": "1@chatroom"},
}
MEMBERS = [
    {"platformId": "wxid_a", "accountName": "小王", "groupNickname": "王"},
    {"platformId": "wxid_b", "accountName": "小李"},
]
SAID = {
    "sender": "wxid_a",
    "accountName": "小王",
    "groupNickname": "王",
    "timestamp": 1700000001,
    "type": 0,
    "content": "早",
    "platformMessageId": "9",
}
BOTH = pytest.mark.parametrize("name", ["chatlab_json", "chatlab_jsonl"])


def batches(folder: Path, name: str, messages: list[Any], header: Any = HEADER) -> list[Batch]:
    """The same chat as a document or as lines, read."""
    path = folder / "x"
    if name == "chatlab_json":
        path.write_text(json.dumps({**header, "members": MEMBERS, "messages": messages}), "utf-8")
    else:
        lines = [("header", header), *(("member", one) for one in MEMBERS), *(("message", one) for one in messages)]
        path.write_text("".join(json.dumps({"_type": type_, **one}) + "\n" for type_, one in lines), "utf-8")
    return read(path, name)


def read(path: Path, name: str) -> list[Batch]:
    source = open_source(path)
    assert list(said_yes(source.head)) == [name]
    return list(registry.load("formats", name).read(source))


def rows(folder: Path, name: str, *messages: dict[str, Any], **parts: Any) -> list[dict[str, Any]]:
    found = batches(folder, name, list(messages), **parts)
    return [row for batch in found for row in batch.messages.to_pylist()]


@BOTH
@pytest.mark.parametrize(
    ("type_", "content", "kind", "text"),
    [
        (0, "[链接] 不是链接", "text", "[链接] 不是链接"),
        (1, "[图片]", "image", ""),
        (2, "[语音消息] [object Promise]", "voice", ""),
        (2, "今天去吗", "voice", "今天去吗"),
        (3, None, "video", ""),
        (4, "[文件] 路线图 &quot;最终&quot;.pdf", "file", '路线图 "最终".pdf'),
        (5, "[动画表情]", "sticker", ""),
        (7, "[表情包]", "sticker", ""),
        (7, "[标题](https://example.invalid/?a=1)", "link", "标题\nhttps://example.invalid/?a=1"),
        (7, "[链接] 标题", "link", "标题"),
        (7, "标题", "link", "标题"),
        (7, "[接龙] #接龙", "solitaire", None),
        (7, "[群公告] 明早东门集合", "announcement", "明早东门集合"),
        (7, "[转发的聊天记录]群聊的聊天记录\n老陈: 有雪", "forward", "群聊的聊天记录\n老陈: 有雪"),
        (7, "微信红包", "red_packet", None),
        (7, "[位置] 东门 东区大道1号 (31.2,121.4)", "location", "东门"),
        (7, "[语音通话] 02:15", "call", "02:15"),
        (7, "当前版本不支持展示该内容，请升级至最新版本。", "channels", None),
        (8, "[位置]", "location", None),
        (21, "￥35.00", "transfer", "￥35.00"),
        (22, '"甲" 拍了拍 "乙"', "pat", '"甲" 拍了拍 "乙"'),
        (23, "[通话]", "call", None),
        (24, "[小程序] 拼车", "miniprogram", "拼车"),
        (26, "[聊天记录] 群聊的聊天记录", "forward", "群聊的聊天记录"),
        (27, "[名片]", "contact_card", None),
        (80, '"甲"邀请"乙"加入了群聊', "system", '"甲"邀请"乙"加入了群聊'),
        (81, "甲撤回了一条消息", "recall", "甲撤回了一条消息"),
        (99, "[转账] (甲 转账给 乙) ￥35.00 车费", "transfer", "￥35.00"),
        (4711, "什么", "other", "什么"),
    ],
)
def test_kinds_and_texts(
    tmp_path: Path, name: str, type_: int, content: str | None, kind: str, text: str | None
) -> None:
    (row,) = rows(tmp_path, name, {**SAID, "type": type_, "content": content})
    assert (row["kind"], row["text"], row["native_type"]) == (kind, text, str(type_))


@BOTH
def test_the_exporters_quote_is_taken_off_the_reply(tmp_path: Path, name: str) -> None:
    (row,) = rows(tmp_path, name, {**SAID, "type": 25, "content": "有[引用 阿岚：[图片]]", "replyToMessageId": "8"})
    told = [row[column] for column in ("text", "quote_sender", "quote_text", "quote_id")]
    assert told == ["有", "阿岚", "[图片]", "8"]


@BOTH
@pytest.mark.parametrize(
    ("sender", "type_", "sender_id", "kind"),
    [
        ("1@chatroom", 80, None, "system"),
        ("1@chatroom", 7, None, "system"),  # WeFlow's pats
        ("1@chatroom", 99, None, "system"),
        ("2@chatroom", 80, None, "system"),
        ("10000", 80, None, "system"),  # in no list
        ("10000", 81, None, "recall"),
        ("wxid_b", 80, "wxid_b", "system"),
        ("10000", 0, "10000", "text"),
    ],
)
def test_who_sends_a_notice(
    tmp_path: Path, name: str, sender: str, type_: int, sender_id: str | None, kind: str
) -> None:
    (row,) = rows(tmp_path, name, {**SAID, "sender": sender, "type": type_, "content": '"甲" 拍了拍 "乙"'})
    assert (row["sender_id"], row["kind"], row["sender_name"]) == (sender_id, kind, "王" if sender_id else None)


@BOTH
def test_what_ciphertalk_leaves_of_a_notices_xml(tmp_path: Path, name: str) -> None:
    contents = ["1@chatroom:", '1@chatroom17391820345619283999"小刘" 撤回了一条消息', "1@chatroom: invite"]
    told = rows(tmp_path, name, *({**SAID, "sender": "1@chatroom", "type": 80, "content": one} for one in contents))
    assert [row["text"] for row in told] == [None, '"小刘" 撤回了一条消息', "invite"]


@BOTH
def test_only_forwarded_messages_are_kept_aside(tmp_path: Path, name: str) -> None:
    inner = [{"sender": "老陈", "accountName": "老陈", "timestamp": 1732960931, "type": 0, "content": "有雪\ud83d"}]
    forward = {**SAID, "type": 7, "content": "[聊天记录] 群聊的聊天记录", "chatRecords": inner}
    plain, found = rows(tmp_path, name, {**SAID, "chatRecords": []}, forward)
    assert (plain["extra"], found["text"]) == (None, "群聊的聊天记录")
    assert json.loads(found["extra"]) == {"chatRecords": [{**inner[0], "content": "有雪\ufffd"}]}


@BOTH
@pytest.mark.parametrize("made", [None, "2024-01-01", 5, 10**30, 1700000000000, True])
def test_an_odd_time_of_export(tmp_path: Path, name: str, made: Any) -> None:
    header = {**HEADER, "chatlab": {"version": "0.0.2", "exportedAt": made}}
    found = [row["seen_at"] for batch in batches(tmp_path, name, [SAID], header) for row in batch.members]
    assert found == [1700000000000 if made == 1700000000000 else None] * 2


@BOTH
def test_a_private_chat(tmp_path: Path, name: str) -> None:
    header = {**HEADER, "meta": {"name": "小王", "platform": "wechat", "type": "private"}}
    (row,) = rows(tmp_path, name, SAID, header=header)
    assert (row["group_id"], row["sender_id"], row["kind"]) == (None, "wxid_a", "text")


def test_the_parts_of_a_document_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    told = {"chatlab": HEADER["chatlab"], "messages": [SAID], "members": MEMBERS, "meta": HEADER["meta"]}
    path.write_text(json.dumps(told), "utf-8")
    found = read(path, "chatlab_json")
    assert [row["group_id"] for batch in found for row in batch.messages.to_pylist()] == ["1@chatroom"]
    assert [row["member_id"] for batch in found for row in batch.members] == ["wxid_a", "wxid_b"]


def test_a_document_without_messages(tmp_path: Path) -> None:
    assert rows(tmp_path, "chatlab_json") == []


def test_a_member_line_that_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    told = [{"_type": "header", **HEADER}, {"_type": "member", "platformId": 5}, {"_type": "message", **SAID}]
    path.write_text("\n".join(map(json.dumps, told)), "utf-8")
    (batch,) = read(path, "chatlab_jsonl")
    assert (batch.members, batch.rejects, batch.messages.num_rows) == ([], [], 1)


@pytest.mark.parametrize(
    "head",
    [
        '{"chatlab": {"version": "1"}, "session": {"wxid": "x"}, "messages": [{"createTime": 1, "sender": "a"}]}',
        '{"chatlab": {"version": "1"}, "meta": {}, "messages": [{"createTime": 1}]}',
        '{"chatlab": {"version": "1"}}',
        '{"meta": {}, "messages": [{"sender": "a", "timestamp": 1}]}',
        '{"_type": "message", "sender": "a", "timestamp": 1}\n',
        '{"_type": "header"}\n{"_type": "message"}\n',
        "# nothing but a note\n",
        "[]",
    ],
)
def test_what_is_something_else(tmp_path: Path, head: str) -> None:
    path = tmp_path / "x"
    path.write_text(head, "utf-8")
    assert not {"chatlab_json", "chatlab_jsonl"} & set(said_yes(open_source(path).head))
