"""QQChatExporter's records: what each element and each wording becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.formats import qce_chunks, qce_json, qce_manifest
from qunkit.parsing.source import open_source

QUOTED = {
    "referencedMessageId": "71",
    "messageId": "70",
    "senderUin": "10001",
    "senderName": "阿岚",
    "timestamp": 1732982310,
    "content": "早",
}


def record(text: str = "", *elements: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    told = [{"type": type_, "data": data} for type_, data in elements]
    return {
        "id": "72",
        "timestamp": 1732982401000,
        "sender": {
            "uid": "u_k",
            "uin": "10002",
            "name": "Kevin",
            "nickname": "kev",
            "groupCard": "Kevin",
            "remark": "凯文",
        },
        "type": "type_1",
        "content": {"text": text, "elements": told, "resources": [], "mentions": more.pop("mentions", [])},
        **more,
    }


def read(folder: Path, *records: dict[str, Any], name: str = "a.json", **chat: Any) -> list[dict[str, Any]]:
    path = folder / name
    info = {"name": "徒步群", "selfUid": "u_a", "selfUin": "10001", **chat}
    path.write_text(json.dumps({"chatInfo": info, "messages": records}, ensure_ascii=False), encoding="utf-8")
    source = open_source(path)
    assert qce_json.sniff(source.head)
    assert not qce_chunks.sniff(source.head)
    return [row for batch in qce_json.read(source) for row in batch.messages.to_pylist()]


@pytest.mark.parametrize(
    ("told", "kind", "text"),
    [
        (record("早", ("text", {"text": "早"})), "text", "早"),
        (record("好的[[微笑]]", ("text", {"text": "好的"}), ("face", {"name": "[微笑]"})), "text", "好的[微笑]"),
        (record("[图片: a.jpg]", ("image", {"filename": "a.jpg"})), "image", ""),
        (record("[图片: a.jpg][图片: b.jpg]\n", ("image", {}), ("image", {})), "image", ""),
        (record("看[图片: a.jpg]这里", ("text", {"text": "看"}), ("image", {})), "text", "看这里"),
        (record("看[图片]\n", ("text", {"text": "看"}), ("image", {})), "text", "看"),
        (record("看[图片]", ("text", {"text": "看[图片]"})), "text", "看[图片]"),
        (record("", ("image", {"filename": "a.jpg"})), "image", ""),
        (record("[语音 5秒]", ("audio", {"filename": "v.silk"})), "voice", ""),
        (record("[视频: v.mp4]", ("video", {"filename": "v.mp4"})), "video", ""),
        (record("", ("video", {"filename": "v.mp4"})), "video", ""),
        (record("[文件: 路线[1].pdf]", ("file", {"filename": "路线[1].pdf"})), "file", "路线[1].pdf"),
        (record("[文件: 路线[1].pdf]"), "file", "路线[1].pdf"),
        (record("[开心]", ("market_face", {"name": "[开心]"})), "sticker", "[开心]"),
        (record("", ("market_face", {"name": "开心"})), "sticker", "[开心]"),
        (record("[卡片消息: [QQ小程序]拼车]", ("json", {"title": "拼车", "url": "https://a.invalid/"})), "miniprogram", "拼车\nhttps://a.invalid/"),
        (record("[卡片消息: [QQ小程序]拼车]"), "miniprogram", "拼车"),
        (record("[卡片消息: [分享]标题]"), "link", "标题"),
        (record("[JSON消息: 标题]", ("json", {"title": "标题", "description": "标题"})), "link", "标题"),
        (record("[卡片消息: 别的]"), "link", "别的"),
        (record("[聊天记录]", ("forward", {"title": "群聊的聊天记录", "summary": "查看3条"})), "forward", "群聊的聊天记录\n查看3条"),
        (record("[位置: 东门]", ("location", {"name": "东门"})), "location", "东门"),
        (record("[UNKNOWN_37消息]"), "other", None),
        (record(""), "other", None),
        (record("【9.9】券 [x]"), "text", "【9.9】券 [x]"),
        (record("<msg>没有XML</msg>"), "text", "<msg>没有XML</msg>"),
    ],
)  # fmt: skip
def test_what_a_message_is(told: dict[str, Any], kind: str, text: str | None, tmp_path: Path) -> None:
    (row,) = read(tmp_path, told)
    assert (row["kind"], row["text"]) == (kind, text)
    (other,) = read(tmp_path, told | {"type": "type_9"})
    assert {**row, "native_type": "type_9"} == other  # the type says nothing


@pytest.mark.parametrize(
    ("text", "reply", "words"),
    [
        ("[回复 阿岚: 早]\n还差2个", QUOTED, "还差2个"),
        ("[回复 阿岚: 早]\n", QUOTED, None),
        ("还差2个", QUOTED, "还差2个"),
        ("[回复 阿岚: 路线[微笑]\n东门]\n[回复 我]\n好", QUOTED, "[回复 我]\n好"),
        ("[回复 阿岚: [回复 小王: 几点]\n7:30]\n好", QUOTED | {"content": "[回复 小王: 几点]\n7:30"}, "好"),
        ("[回复 甲: 乙: 早]\n好", QUOTED | {"senderName": "甲: 乙"}, "好"),
        ("[回复 阿岚: 半个 ]]\n好", QUOTED, "好"),
    ],
)
def test_a_reply(text: str, reply: dict[str, Any], words: str | None, tmp_path: Path) -> None:
    (row,) = read(tmp_path, record(text, ("reply", reply), ("text", {"text": text})))
    assert (row["kind"], row["text"], row["quote_id"]) == ("quote", words, "71")
    assert (row["quote_sender"], row["quote_text"], row["quote_time"]) == ("10001", reply["content"], 1732982310000)


def test_a_reply_without_its_first_id_or_with_none(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        record("好", ("reply", {"messageId": "70", "senderName": "阿岚"})),
        record("[回复 阿岚: 早]\n好", ("reply", {"referencedMessageId": "0", "senderUin": "0", "senderName": "阿岚"})),
    )
    assert [(row["quote_id"], row["quote_sender"], row["quote_text"]) for row in rows] == [
        ("70", "阿岚", None),
        (None, "阿岚", "早"),
    ]


def test_who_speaks(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        record("a"),
        record("b", sender={"uid": "u_x", "uin": "0", "groupCard": "新人"}),
        record("c", sender={"uid": "u_a", "uin": 10001, "nickname": "阿岚"}),
        record("小王 加入了群聊", system=True),
        record("", ("system", {"text": "小王 退出了群聊"})),
    )
    assert [(row["sender_id"], row["sender_name"], row["from_me"]) for row in rows] == [
        ("10002", "Kevin", False),
        ("u_x", "新人", False),
        ("10001", "阿岚", True),
        (None, None, False),
        (None, None, False),
    ]
    assert [(row["kind"], row["text"]) for row in rows[3:]] == [
        ("system", "小王 加入了群聊"),
        ("system", "小王 退出了群聊"),
    ]


def test_mentions_are_numbers_names_of_strangers_or_everyone(tmp_path: Path) -> None:
    told = [
        {"uid": "u_k", "name": "@Kevin", "type": "user"},
        {"uid": "u_new", "name": "@新人", "type": "user"},
        {"uid": "u_y", "uin": "10009", "name": "老陈"},
        {"uid": "all", "name": "全体成员", "type": "all"},
        {"uid": "u_z"},
        "x",
    ]
    (row,) = read(tmp_path, record("@Kevin @新人 @老陈 @全体成员", mentions=told))
    assert row["mention_ids"] == ["10002", "name:新人", "10009", "notify@all"]


def test_what_else_is_kept(tmp_path: Path) -> None:
    md5 = "0123456789abcdef0123456789ABCDEF"
    rows = read(
        tmp_path,
        record("[图片: a.jpg]", ("image", {"md5": md5}), recalled=True),
        record("a", isRecalled=True),
        record("b"),
    )
    assert [row["extra"] for row in rows] == [f'{{"md5":"{md5}","recalled":true}}', '{"recalled":true}', None]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("group_周末_徒步_770011223_20250109_120000.json", "770011223"),
        ("group_770011223_20250109_120000 (1).json", "770011223"),
        ("friend_770011223_20250109_120000.json", None),
        ("770011223.json", None),
    ],
)
def test_the_group_s_number_is_in_the_file_s_name(name: str, group: str | None, tmp_path: Path) -> None:
    (row,) = read(tmp_path, record("a"), name=name)
    assert (row["group_id"], row["group_name"]) == (group, "徒步群")


def test_a_chat_that_is_described_behind_its_messages(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"messages": [record("a")], "chatInfo": {"name": "后面", "selfUin": "10002"}}), encoding="utf-8"
    )
    (row,) = [row for batch in qce_json.read(open_source(path)) for row in batch.messages.to_pylist()]
    assert (row["group_name"], row["from_me"]) == ("后面", True)


def test_those_who_spoke_are_listed_by_their_last_names(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    later = record("b", sender={"uin": "10002", "name": "K", "groupCard": "K", "role": "admin"})
    path.write_text(json.dumps({"chatInfo": {}, "messages": [record("a"), later]}), encoding="utf-8")
    (member,) = [row for batch in qce_json.read(open_source(path)) for row in batch.members]
    assert (member["member_id"], member["group_nickname"], member["role"], member["complete"]) == (
        "10002",
        "K",
        "admin",
        False,
    )


@pytest.mark.parametrize(
    ("manifest", "chunks"),
    [
        ({"metadata": {"name": "QQChatExporter V6"}, "chunked": {"chunks": [{"relativePath": "a/1.jsonl"}, {"fileName": "2.jsonl"}, {}, 3]}}, ["a/1.jsonl", "chunks/2.jsonl"]),
        ({"metadata": {"name": "QQChatExporter V6"}, "chunked": {"chunksDir": "c", "chunks": [{"fileName": "2.jsonl"}]}}, ["c/2.jsonl"]),
        ({"metadata": {"format": "chunked-jsonl"}, "chunks": [{"file": "chunks/1.jsonl", "messages": 3}]}, ["chunks/1.jsonl"]),
        ({"metadata": {"name": "QQChatExporter V6"}, "chunked": {"chunks": 5}}, []),
        ({"metadata": {"name": "QQChatExporter V6"}, "chunked": {"chunks": [{"relativePath": f"chunks/{n}.jsonl"} for n in range(500)]}}, [f"chunks/{n}.jsonl" for n in range(500)]),
    ],
)  # fmt: skip
def test_a_manifest_names_its_chunks(manifest: dict[str, Any], chunks: list[str], tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    source = open_source(path)
    assert qce_manifest.sniff(source.head)
    assert not qce_json.sniff(source.head)
    assert qce_manifest.files(source) == chunks


def test_the_words_of_a_manifest_do_not_make_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    told = {
        "metadata": {"name": "QQChatExporter V5"},
        "chatInfo": {},
        "messages": [record('"format":"chunked-jsonl" "chunked": {}')],
    }
    path.write_text(json.dumps(told), encoding="utf-8")
    head = open_source(path).head
    assert qce_json.sniff(head)
    assert not qce_manifest.sniff(head)


ONE = json.dumps(record("a"), ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "ours"),
    [(f"{ONE}\n{ONE}\n", True), (f"{ONE}\n", True), (f"[{ONE},{ONE}]", False), (f'{{"messages":[{ONE}]}}', False)],
)
def test_chunks_are_lines(text: str, ours: bool, tmp_path: Path) -> None:
    path = tmp_path / "c000001.jsonl"
    path.write_text(text, encoding="utf-8")
    assert qce_chunks.sniff(open_source(path).head) is ours
