"""wechat-decrypt's JSON and CSV by hand. The samples are compared in test_wechat_truth.py."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.formats import wechat_decrypt_csv, wechat_decrypt_json
from support.reading import Row, read, sniffs

CHAT = {"chat_username": "1@chatroom", "display_name": "读书会", "is_group": True, "message_count": 1}
SAID = {
    "local_id": 1,
    "server_id": 9223372036854775807,
    "type": 1,
    "sender_username": "wxid_aaa",
    "sender": "小刘",
    "create_time": 1733311800,
    "content": "wxid_aaa:\n早",
    "display_content": "早",
    "is_system": False,
    "is_received": True,
}


def document(*records: dict[str, Any], **more: Any) -> str:
    return json.dumps({**CHAT, "messages": records, **more}, ensure_ascii=False)


def told(tmp_path: Path, **changed: Any) -> Row:
    (row,), reasons = read(wechat_decrypt_json, tmp_path / "a.json", document({**SAID, **changed}))
    assert reasons == []
    return row


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (document(SAID), True),
        (document(), True),
        (document({"x": 1}), False),
        (document(SAID).replace("chat_username", "chat"), False),
        (document(SAID).replace("message_count", "count"), False),
        (json.dumps([SAID]), False),
    ],
)
def test_sniff_of_the_document(tmp_path: Path, text: str, answer: bool) -> None:
    assert sniffs(wechat_decrypt_json, tmp_path / "a.json", text) == answer


def test_a_record(tmp_path: Path) -> None:
    row = told(tmp_path)
    assert (row["group_id"], row["group_name"], row["epoch"]) == ("1@chatroom", "读书会", 1733311800000)
    assert (row["native_id"], row["native_type"], row["kind"]) == ("9223372036854775807", "1", "text")
    assert (row["sender_id"], row["sender_name"], row["from_me"]) == ("wxid_aaa", "小刘", False)
    assert row["text"] == "wxid_aaa:\n早"  # the prefix is taken off where all formats' is


@pytest.mark.parametrize(
    ("changed", "sender", "name", "mine"),
    [
        ({"sender": "我", "is_received": False}, "wxid_aaa", None, True),
        ({"sender": "我", "is_received": None, "sender_username": ""}, None, None, True),
        ({"sender": "小刘", "is_received": False}, "wxid_aaa", "小刘", True),
        ({"sender": "系统", "is_system": True, "is_received": False}, None, None, False),
        ({"type": 10000, "sender": "系统"}, None, None, False),
        ({"is_received": 0}, "wxid_aaa", "小刘", True),
    ],
)
def test_who(tmp_path: Path, changed: dict[str, Any], sender: str | None, name: str | None, mine: bool) -> None:
    row = told(tmp_path, **changed)
    assert (row["sender_id"], row["sender_name"], row["from_me"]) == (sender, name, mine)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, "text"),
        (3, "image"),
        (10000, "system"),
        (244813135921, "quote"),
        (227633266737, "solitaire"),
        (266287972401, "pat"),
        (99, "other"),
    ],
)
def test_kinds(tmp_path: Path, number: int, kind: str) -> None:
    assert told(tmp_path, type=number)["kind"] == kind


@pytest.mark.parametrize(("given", "kept"), [(0, None), ("", None), (None, None), ("123", "123"), (-5, None)])
def test_message_ids(tmp_path: Path, given: Any, kept: str | None) -> None:
    assert told(tmp_path, server_id=given)["native_id"] == kept


@pytest.mark.parametrize(
    ("content", "shown", "text"), [("", "[图片]", "[图片]"), (None, "早", "早"), ("a", "b", "a"), (None, None, None)]
)
def test_what_is_shown_stands_in_for_a_lost_content(tmp_path: Path, content: Any, shown: Any, text: Any) -> None:
    assert told(tmp_path, content=content, display_content=shown)["text"] == text


# -- CSV -----------------------------------------------------------------------------------------------------------------
HEADER = ["时间", "发送者", "消息类型", "内容", "server_id"]
XML = '<?xml version="1.0"?>\n<msg>\n\t<appmsg appid="" sdkver="0">\n\t\t'


def rows_of(tmp_path: Path, *records: list[str]) -> list[Row]:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *records])
    folder = tmp_path / "读书会"
    folder.mkdir(exist_ok=True)
    rows, reasons = read(wechat_decrypt_csv, folder / "message_0.db.csv", out.getvalue().encode("utf-8-sig"))
    assert reasons == []
    return rows


@pytest.mark.parametrize(
    ("label", "content", "kind", "text"),
    [
        ("文本", "早", "text", "早"),
        ("文本", "[名片: 甲]", "text", "[名片: 甲]"),
        ("图片", "[图片]", "image", "[图片]"),
        ("语音", "[语音]", "voice", "[语音]"),
        ("视频", "[视频]", "video", "[视频]"),
        ("表情包", "[表情包]", "sticker", "[表情包]"),
        ("名片", "[名片: 甲]", "contact_card", "甲"),
        ("位置", "[位置: 书店]", "location", "书店"),
        ("链接", "[分享: 一\n二]", "link", "一\n二"),
        ("系统", '[系统: "甲" 撤回了一条消息]', "system", '"甲" 撤回了一条消息'),
        ("系统", "你已添加了小刘", "system", "你已添加了小刘"),
        ("什么", "早", None, "早"),
        ("未知(244813135921)", XML + "<title>有 &amp; 好</title>\n\t\t<type>57", "quote", "有 & 好"),
        ("未知(227633266737)", XML + "<title><![CDATA[#接龙\n1. 甲]]></title>", "solitaire", "#接龙\n1. 甲"),
        ("未知(227633266737)", XML + "<title>#接龙\n1. 甲", "solitaire", None),
        ("未知(373662154801)", XML + "<title>群公告</title>", "announcement", None),
        ("未知(8594229559345)", XML + "<title>微信红包</title>", "red_packet", None),
        ("未知(266287972401)", '"甲" 拍了拍 "乙"', "pat", '"甲" 拍了拍 "乙"'),
        ("未知(4294967345)", XML + "<title>一</title>", "link", "一"),
        ("未知(999)", "x", "other", "x"),
    ],
)
def test_labels(tmp_path: Path, label: str, content: str, kind: str | None, text: str | None) -> None:
    (row,) = rows_of(tmp_path, ["2024-12-04 19:30:00", "小刘", label, content, "7"])
    assert (row["kind"], row["text"], row["native_type"], row["native_id"]) == (kind, text, label, "7")


def test_who_wrote_it(tmp_path: Path) -> None:
    told = rows_of(
        tmp_path,
        ["2024-12-04 19:30:00", "小刘", "文本", "早", "1"],
        ["2024-12-04 19:30:00", "我", "文本", "早", "0"],
        ["2024-12-04 19:30:00", "系统", "系统", "早", "2.75571E+18"],
        ["2024-12-04 19:30:00", "", "文本", "早", ""],
    )
    assert [(row["sender_name"], row["from_me"]) for row in told] == [
        ("小刘", False),
        (None, True),
        (None, False),
        (None, False),
    ]
    assert [row["native_id"] for row in told] == ["1", None, None, None]


@pytest.mark.parametrize(
    ("info", "group"),
    [
        ("username:  1@chatroom\n", "1@chatroom"),
        ("name: x\r\nusername: 1@chatroom\r\n", "1@chatroom"),
        ("username:\nx: y\n", None),
        ("a username: 1\n", None),
        ("", None),
    ],
)
def test_the_file_beside_says_which_chat(tmp_path: Path, info: str, group: str | None) -> None:
    (tmp_path / "读书会").mkdir()
    (tmp_path / "读书会/.info").write_bytes(info.encode())
    (row,) = rows_of(tmp_path, ["2024-12-04 19:30:00", "小刘", "文本", "早", "1"])
    assert (row["group_id"], row["group_name"]) == (group, "读书会")
