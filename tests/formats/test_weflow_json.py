"""WeFlow's builds, and what third parties make of its files. The real samples are compared in tests/ingest/test_truth.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.formats import weflow_json
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

SESSION = {"wxid": "1@chatroom", "nickname": "读书会", "remark": "", "displayName": "读书会", "type": "群聊"}
SAID = {
    "localId": 1,
    "createTime": 1732982302,
    "localType": 1,
    "type": "文本消息",
    "content": "早",
    "isSend": 0,
    "senderUsername": "wxid_a",
    "senderDisplayName": "小王",
}


def rows(tmp_path: Path, document: dict[str, Any]) -> list[dict[str, Any]]:
    path = tmp_path / "群.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
    source = open_source(path)
    assert list(said_yes(source.head)) == ["weflow_json"]
    return [row for batch in weflow_json.read(source) for row in batch.messages.to_pylist()]


@pytest.mark.parametrize(
    "header",
    [
        {},  # 2026-01-17
        {
            "chatlab": {"version": "0.0.1", "exportedAt": 1},
            "meta": {"name": "读书会", "platform": "wechat"},
        },  # 2026-01-23
        {"weflow": {"version": "1.0.3", "exportedAt": 1, "generator": "WeFlow"}},  # since 2026-02
    ],
)
def test_every_build_says_the_same(tmp_path: Path, header: dict[str, Any]) -> None:
    (row,) = rows(tmp_path, {**header, "session": SESSION, "messages": [SAID]})
    assert (row["group_id"], row["group_name"], row["epoch"]) == ("1@chatroom", "读书会", 1732982302000)
    assert (row["sender_id"], row["sender_name"], row["kind"], row["text"]) == ("wxid_a", "小王", "text", "早")
    assert (row["native_id"], row["from_me"]) == (None, False)


@pytest.mark.parametrize(("flag", "own"), [(1, True), (0, False), (True, True), (False, False)])
def test_the_flag_of_own_messages_may_be_a_number_or_true(tmp_path: Path, flag: Any, own: bool) -> None:
    told = rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": [SAID, {**SAID, "isSend": flag}]})
    assert [row["from_me"] for row in told] == [False, own]


def test_a_session_that_follows_the_messages_counts_too(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, {"weflow": {}, "messages": [SAID], "session": SESSION})
    assert row["group_id"] == "1@chatroom"


def test_the_siblings_files_are_not_taken(tmp_path: Path) -> None:
    for extra in ({"exportTime": 1}, {"exportInfo": {"generator": "CipherTalk"}}):
        path = tmp_path / "other.json"
        path.write_text(json.dumps({**extra, "session": SESSION, "messages": [SAID]}), "utf-8")
        assert not weflow_json.sniff(open_source(path).head)


@pytest.mark.parametrize(
    ("content", "fields", "text", "sender", "quoted"),
    [
        ("有[引用 阿岚：几点]", {}, "有", "阿岚", "几点"),
        ("有[引用 阿岚：几点]", {"quotedSender": "领队", "quotedContent": "几点"}, "有", "领队", "几点"),
        ("看[引用 甲：乙][引用 丙：丁]", {}, "看[引用 甲：乙]", "丙", "丁"),
        ("好[引用 甲：他说[引用 乙：丙]]", {"quotedContent": "他说[引用 乙：丙]"}, "好", "甲", "他说[引用 乙：丙]"),
        ("没有引用", {}, "没有引用", None, None),
    ],
)
def test_the_quote_is_taken_off_the_reply(
    tmp_path: Path, content: str, fields: dict[str, str], text: str, sender: str | None, quoted: str | None
) -> None:
    said = {**SAID, "localType": 57 << 32 | 49, "content": content, "replyToMessageId": "77", **fields}
    (row,) = rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": [said]})
    assert (row["kind"], row["text"], row["quote_sender"], row["quote_text"]) == ("quote", text, sender, quoted)
    assert row["quote_id"] == "77"


def test_an_id_written_as_a_number_keeps_every_digit(tmp_path: Path) -> None:
    (row,) = rows(
        tmp_path, {"weflow": {}, "session": SESSION, "messages": [{**SAID, "platformMessageId": 2755705033944784198}]}
    )
    assert row["native_id"] == "2755705033944784198"


ARKME = {
    "weflow": {"version": "1.0.3", "exportedAt": 1795284574, "generator": "WeFlow", "format": "arkme-json"},
    "session": SESSION,
    "senders": [
        {"senderID": 1, "wxid": "1@chatroom", "displayName": "读书会", "nickname": "读书会"},
        {
            "senderID": 2,
            "wxid": "wxid_a",
            "displayName": "老王",
            "nickname": "小王",
            "remark": "老王",
            "groupNickname": "王",
        },
        {"senderID": 3, "wxid": "wxid_b", "displayName": "小李", "nickname": "小李"},
    ],
    "messages": [
        {"localId": n, "createTime": 1732982302, "localType": 1, "content": "早", "isSend": 0, "senderID": sender}
        for n, sender in enumerate((2, 3, 1, 99, None))
    ],
    "groupMembers": [
        {"wxid": "1@chatroom", "nickname": "读书会", "alias": ""},
        {
            "wxid": "wxid_a",
            "displayName": "老王",
            "nickname": "小王",
            "remark": "老王",
            "alias": "w88",
            "groupNickname": "王",
        },
        {"displayName": "ohne"},
    ],
}


@pytest.mark.parametrize("order", [list(ARKME), sorted(ARKME), ["weflow", "session", "messages", "senders"]])
def test_arkme_names_senders_by_number(tmp_path: Path, order: list[str]) -> None:
    told = rows(tmp_path, {part: ARKME[part] for part in order})
    assert [(row["sender_id"], row["sender_name"]) for row in told] == [
        ("wxid_a", "王"),
        ("wxid_b", "小李"),
        (None, None),
        (None, None),
        (None, None),
    ]


def test_arkme_has_the_whole_membership(tmp_path: Path) -> None:
    path = tmp_path / "群.json"
    path.write_text(json.dumps(ARKME), "utf-8")
    members = [row for batch in weflow_json.read(open_source(path)) for row in batch.members]
    columns = ("member_id", "group_nickname", "nickname", "remark", "account", "complete", "seen_at")
    assert [tuple(row[column] for column in columns) for row in members] == [
        ("wxid_a", "王", "小王", "老王", None, False, 1795284574000),
        ("wxid_b", None, "小李", None, None, False, 1795284574000),
        ("wxid_a", "王", "小王", "老王", "w88", True, 1795284574000),
    ]


def test_the_other_one_of_a_private_chat_speaks(tmp_path: Path) -> None:
    private = {"wxid": "wxid_a", "displayName": "小王", "type": "私聊"}
    notice = {**SAID, "localType": 10000, "content": "以上是打招呼的内容"}
    told = rows(tmp_path, {"weflow": {}, "session": private, "messages": [SAID, notice]})
    assert [(row["sender_id"], row["kind"]) for row in told] == [("wxid_a", "text"), (None, "system")]


@pytest.mark.parametrize("sender", ["1@chatroom", "2@chatroom"])
@pytest.mark.parametrize(("type_", "kind"), [(10000, "system"), (62 << 32 | 49, "pat"), (1, "text")])
def test_a_room_does_not_speak(tmp_path: Path, sender: str, type_: int, kind: str) -> None:
    said = {**SAID, "localType": type_, "senderUsername": sender}
    (row,) = rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": [said]})
    assert (row["sender_id"], row["sender_name"], row["kind"]) == (None, None, kind)


@pytest.mark.parametrize(
    ("type_", "label", "kind"),
    [
        (3, "文本消息", "image"),
        (244813135921, "其他消息", "quote"),
        (219043332145, "其他消息", "channels"),
        (None, "图片消息", "image"),
        (None, "新消息", None),
        (49, "链接消息", "link"),
        (49, "其他消息", "other"),
        ("34", "其他消息", "voice"),
    ],
)
def test_the_type_number_says_the_kind_and_the_label_where_it_does_not(
    tmp_path: Path, type_: Any, label: str, kind: str | None
) -> None:
    said = {**SAID, "localType": type_, "type": label}
    (row,) = rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": [said]})
    assert row["kind"] == kind


def test_what_else_a_message_says(tmp_path: Path) -> None:
    sticker = {**SAID, "localType": 47, "content": "[表情包]", "emojiMd5": "d41d8cd98f00b204e9800998ecf8427e"}
    link = {
        **SAID,
        "localType": 5 << 32 | 49,
        "content": "[链接] 标题\nhttps://example.invalid",
        "appMsgDesc": '三层"穿衣',
    }
    video = {**SAID, "localType": 51 << 32 | 49, "content": "当前版本不支持展示该内容", "appMsgDesc": "日出\n太美了"}
    odd = {**sticker, "emojiMd5": '"}'}
    told = rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": [sticker, link, video, odd, SAID]})
    assert [(row["text"], row["extra"]) for row in told] == [
        ("", '{"md5":"d41d8cd98f00b204e9800998ecf8427e"}'),
        ("标题\nhttps://example.invalid", '{"description":"三层\\"穿衣"}'),
        ("日出\n太美了", None),
        ("", None),
        ("早", None),
    ]


def test_a_message_without_a_time_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "群.json"
    times = [1732982302, None, "1732982302", 0, 1732982302000]
    messages = [{**SAID, "createTime": time} for time in times]
    path.write_text(json.dumps({"weflow": {}, "session": SESSION, "messages": messages}), "utf-8")
    (_, batch, *_) = weflow_json.read(open_source(path))
    assert batch.messages["epoch"].to_pylist() == [1732982302000] * 3
    assert [reject.reason for reject in batch.rejects] == ["bad-time", "time-out-of-range"]


def test_a_damaged_message_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "群.json"
    text = json.dumps(
        {"weflow": {}, "session": SESSION, "messages": [{**SAID, "localId": n} for n in range(99)]}, indent=2
    )
    path.write_text(text.replace('"localId": 40,', '"localId": 40'), "utf-8")
    found = list(weflow_json.read(open_source(path)))
    assert sum(batch.messages.num_rows for batch in found) == 98
    assert [reject.reason for batch in found for reject in batch.rejects] == ["bad-json"]


def test_an_export_without_messages(tmp_path: Path) -> None:
    assert rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": []}) == []


def test_a_system_line_of_echotrace_has_no_sender(tmp_path: Path) -> None:
    """Cut before its exportTime, echotrace's file looks like the build of 2026-01-17."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"session": SESSION, "messages": [{**SAID, "senderUsername": None}]}), "utf-8")
    assert not weflow_json.sniff(open_source(path).head)


@pytest.mark.parametrize("size", range(12, 260, 31))
def test_a_file_cut_in_its_header_is_known(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.json"
    document = {
        "weflow": {"version": "1.0.3", "exportedAt": 1, "generator": "WeFlow"},
        "session": SESSION,
        "messages": [SAID],
    }
    path.write_bytes(json.dumps(document, ensure_ascii=False, indent=2).encode()[:size])
    assert list(said_yes(open_source(path).head)) == ["weflow_json"]
