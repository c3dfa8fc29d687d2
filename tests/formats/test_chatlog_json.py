"""chatlog's JSON: contents, quotes, whose messages were cut, times."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.chat.chatlog_wording import from_contents
from qunkit.exports import Head
from qunkit.formats.chatlog_json import read, sniff
from qunkit.parsing import json_array
from qunkit.parsing.source import open_source

Row = dict[str, Any]
NOON = 1733025600000
"""2024-12-01 12:00 in Shanghai."""
ITEMS = [
    {"DataType": "1", "SourceName": "老陈", "SourceTime": "2024-11-30 18:02:11", "DataDesc": "有雪"},
    {"DataType": "2", "SourceName": "小高", "SourceTime": "2024-11-30 18:03:00", "DataDesc": "", "DataTitle": ""},
    {"DataType": 5, "SourceName": None},
    "x",
]


def message(**more: object) -> Row:
    told = {
        "seq": 1,
        "time": "2024-12-01T12:00:00+08:00",
        "talker": "1@chatroom",
        "talkerName": "群",
        "isChatRoom": True,
    }
    said = {"sender": "wxid_aaa1", "senderName": "凯文", "isSelf": False, "type": 1, "subType": 0, "content": "早"}
    return {**told, **said, **more}


def rows(path: Path, *messages: Row) -> list[Row]:
    path.write_text(json.dumps(messages, ensure_ascii=False), encoding="utf-8")
    found = [row for batch in read(open_source(path)) for row in batch.messages.to_pylist()]
    return [{name: value for name, value in row.items() if value is not None and name != "offset"} for row in found]


def test_a_message(tmp_path: Path) -> None:
    assert rows(tmp_path / "x.json", message()) == [
        {
            "epoch": NOON,
            "group_id": "1@chatroom",
            "group_name": "群",
            "sender_id": "wxid_aaa1",
            "sender_name": "凯文",
            "native_type": "1/0",
            "kind": "text",
            "text": "早",
            "from_me": False,
        }
    ]


@pytest.mark.parametrize(
    ("type_", "sub", "content", "contents", "said"),
    [
        (3, 0, "", {"md5": "0f34"}, {"kind": "image", "text": "", "extra": '{"md5":"0f34"}'}),
        (34, 0, "", {"voice": "42"}, {"kind": "voice", "text": "", "extra": '{"voice":"42"}'}),
        (43, 0, "", {"md5": "9e", "rawmd5": "e4"}, {"kind": "video", "text": "", "extra": '{"md5":"9e"}'}),
        (47, 0, "", {"cdnurl": "http://e"}, {"kind": "sticker", "text": "", "extra": '{"url":"http://e"}'}),
        (49, 5, "", {"title": "t", "desc": "d", "url": "u"}, {"kind": "link", "text": "t\nu", "extra": '{"description":"d"}'}),
        (49, 3, "", {"title": "t", "url": "u"}, {"kind": "music", "text": "t\nu"}),
        (49, 92, "", {"title": "t", "url": "u"}, {"kind": "music", "text": "t\nu"}),
        (49, 6, "", {"title": "a.pdf", "md5": "90"}, {"kind": "file", "text": "a.pdf", "extra": '{"md5":"90"}'}),
        (49, 33, "", {"title": "拼车", "url": "u"}, {"kind": "miniprogram", "extra": '{"app":"拼车","url":"u"}'}),
        (49, 51, "", {"title": "日出", "url": "u"}, {"kind": "channels", "text": "日出", "extra": '{"url":"u"}'}),
        (49, 53, "", {}, {"kind": "solitaire"}),
        (49, 87, "", {"title": "群公告", "desc": ""}, {"kind": "announcement"}),
        (49, 2001, "", {}, {"kind": "red_packet"}),
        (49, 2000, "[转账|发送 ￥35.00](车费)", {}, {"kind": "transfer", "text": "￥35.00", "extra": '{"action":"发送","memo":"车费"}'}),
        (49, 2000, "", {}, {"kind": "transfer"}),
        (49, 62, '"甲" 拍了拍 "乙"', {}, {"kind": "pat", "text": '"甲" 拍了拍 "乙"'}),
        (49, 62, "", {}, {"kind": "pat"}),
        (48, 0, "", {"label": "东门", "cityname": "上海", "x": "1", "y": "2"}, {"kind": "location", "text": "东门", "extra": '{"city":"上海","x":"1","y":"2"}'}),
        (42, 0, "", {}, {"kind": "contact_card"}),
        (50, 0, "", {}, {"kind": "call"}),
        (49, 999, "", {}, {"kind": "other"}),
        (77, 0, "x", None, {"kind": "other", "text": "x"}),
        (49, 57, "好", {}, {"kind": "quote", "text": "好"}),
        (49, 57, "好", {"refer": "x"}, {"kind": "quote", "text": "好"}),
        (3, 0, "", [1], {"kind": "image", "text": ""}),
        (10000, 0, "你撤回了一条消息", {}, {"kind": "system", "text": "你撤回了一条消息"}),
    ],
)  # fmt: skip
def test_contents(type_: int, sub: int, content: str, contents: object, said: Row, tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "x.json", message(type=type_, subType=sub, content=content, contents=contents))
    told = {name: row[name] for name in ("kind", "text", "extra", "quote_text", "quote_time") if name in row}
    assert told == said
    assert row["native_type"] == f"{type_}/{sub}"


def test_a_forwarded_chat_has_a_line_for_each_message() -> None:
    contents = {"title": "群聊的聊天记录", "recordInfo": {"DataList": {"DataItems": ITEMS}}}
    found = from_contents("forward", "", contents)
    lines = ["群聊的聊天记录", "2024-11-30 18:02:11 老陈: 有雪", "2024-11-30 18:03:00 小高: [图片]", ":"]
    assert found.text == "\n".join(lines)
    for damaged in (None, [], {"DataList": None}, {"DataList": {"DataItems": {}}}):
        assert from_contents("forward", "", {**contents, "recordInfo": damaged}).text == "群聊的聊天记录"


@pytest.mark.parametrize(
    ("refer", "said"),
    [
        ({"time": "2024-12-01T11:59:00+08:00", "sender": "wxid_b", "senderName": "乙", "type": 1, "content": "几点"}, ("wxid_b", NOON - 60_000, "几点")),
        ({"time": "2024-12-01T03:59:00Z", "sender": "", "senderName": "乙", "type": 3, "content": ""}, ("乙", NOON - 60_000, "[图片]")),
        ({"time": "0001-01-01T00:00:00Z", "sender": "wxid_b", "type": 49, "subType": 5, "content": "", "contents": {"title": "清单"}}, ("wxid_b", None, "清单")),
        ({"time": "2024-12-01 11:59:00", "sender": [5], "type": "x", "subType": None, "content": None, "contents": None}, (None, None, "")),
        ({}, (None, None, "")),
    ],
)  # fmt: skip
def test_quotes(refer: Row, said: tuple[Any, ...], tmp_path: Path) -> None:
    """The quoted time is an instant, as the message's own."""
    (row,) = rows(tmp_path / "x.json", message(type=49, subType=57, content="好", contents={"refer": refer}))
    assert (row.get("quote_sender"), row.get("quote_time"), row.get("quote_text")) == said
    assert row["text"] == "好"


@pytest.mark.parametrize(
    ("sender", "more", "said"),
    [
        ("系统消息", {"type": 10000, "senderName": ""}, {"kind": "system", "from_me": False}),
        ("系统消息", {"type": 1, "senderName": ""}, {"kind": "system", "from_me": False}),
        ("1@chatroom", {"type": 1, "senderName": ""}, {"kind": "text", "from_me": False}),
        ("wxid_b", {"senderName": ""}, {"sender_id": "wxid_b", "kind": "text", "from_me": False}),
        ("123", {}, {"sender_id": "123", "sender_name": "凯文", "kind": "text", "from_me": False}),
        ("", {"isSelf": True, "senderName": ""}, {"kind": "text", "from_me": True}),
    ],
)  # fmt: skip
def test_who_spoke(sender: str, more: Row, said: Row, tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "x.json", message(sender=sender, **more))
    assert {name: row[name] for name in ("sender_id", "sender_name", "kind", "from_me") if name in row} == said
    assert row["text"] == "早"


OWN = message(sender="zhang_1990", senderName="阿岚", isSelf=True, content="到了")


@pytest.mark.parametrize("line", ["本周路线", "Notice", "a", "wxid_b", "7:30 东门"])
@pytest.mark.parametrize("place", [0, 1, 40])
def test_a_message_cut_at_a_colon_is_put_together_again(line: str, place: int, tmp_path: Path) -> None:
    """Also where its first line could be an id, for the owner's is known from another message: before it, behind it, in another block."""
    told = [OWN] * 40
    told.insert(place, message(sender=line, senderName="", isSelf=True, content="东门:\n7:30"))
    row = rows(tmp_path / "x.json", *told)[place]
    assert (row.get("sender_id"), row["from_me"], row["text"]) == (None, True, f"{line}:\n东门:\n7:30")


def test_an_owner_without_a_name_is_not_taken_for_a_line(tmp_path: Path) -> None:
    told = [message(sender="zhang_1990", senderName="", isSelf=True)] * 2
    assert [row["sender_id"] for row in rows(tmp_path / "x.json", *told)] == ["zhang_1990"] * 2


def test_a_card_that_was_cut_keeps_its_xml(tmp_path: Path) -> None:
    """Its type is known, so ingest reads the document."""
    cut = message(
        type=49,
        subType=5,
        sender="<msg><appmsg><title>甲",
        senderName="",
        isSelf=True,
        content="乙</title></appmsg></msg>",
    )
    (row,) = rows(tmp_path / "x.json", cut)
    assert (row["kind"], row["text"]) == ("link", "<msg><appmsg><title>甲:\n乙</title></appmsg></msg>")


@pytest.mark.parametrize("count", [1, 40])
def test_times_have_their_own_zones(count: int, tmp_path: Path) -> None:
    times = [
        "2024-12-01T12:00:00+08:00",
        "2024-12-01T04:00:00Z",
        "2024-11-30T23:30:00.25-04:30",
        "2024-12-01T12:00:00",
    ] * count
    found = rows(tmp_path / "x.json", *(message(time=time) for time in times))
    assert [row["epoch"] for row in found] == [NOON, NOON, NOON + 250] * count


def test_the_owner_is_looked_for_only_if_in_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    plain = json_array.JsonArray.__init__
    monkeypatch.setattr(
        json_array.JsonArray, "__init__", lambda self, *told, **more: opened.append(1) or plain(self, *told, **more)
    )
    rows(tmp_path / "x.json", OWN, message(), message(sender="本周路线", senderName="", isSelf=True))
    assert len(opened) == 1
    rows(tmp_path / "y.json", *[message(sender="Notice", senderName="", isSelf=True)] * 3)
    assert len(opened) == 3


def test_sniffs_its_own_records_only() -> None:
    first = message()
    assert sniff(Head("[", ("x.json",), {}, first))
    assert sniff(Head(" \n[", ("x.json",), {}, first))
    assert not sniff(Head("{", ("x.jsonl",), {}, first))
    assert not sniff(Head("[", ("x.json",), {}, {"seq": 1, "talker": "a"}))
    assert not sniff(Head("[", ("x.json",)))
