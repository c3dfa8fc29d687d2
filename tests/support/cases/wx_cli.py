"""wx-cli's JSON and text, whole and damaged."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case

ROOM = "1@chatroom"
HOSTILE = '"甲"邀请"乙、丙"加入了群聊\u2028\u202e'


def _item(second: int, content: object = "早", **more: Any) -> dict[str, Any]:
    told = {"server_id": 9 + second, "create_time": 1733311800 + second, "sender": "wxid_aaa", "sender_name": "小刘"}
    return {**told, "type": "text", "content": content, **more}


def _json(*items: object, **more: Any) -> str:
    chat = {"talker": ROOM, "display_name": "读书会", "type": "group", "message_count": len(items)}
    told = {"export_info": {"version": "1"}, "conversation": chat, "items": items, "paging": {"has_more": False}}
    return json.dumps({**told, **more}, ensure_ascii=False, indent=2)


TWO = _json(_item(0), _item(1, "好"))
TITLE = '"读书会"的聊天记录如下:\n导出时间：2024-12-06 10:00:00\n消息数：2\n\n'
DAY = "—————  2024-12-04  —————\n\n"
TEXT = TITLE + DAY + "小刘  19:30\n\n早\n\n阿岚  19:31\n\n好\n"

GOOD = (
    Case(
        name="json",
        files={
            "a.json": _json(_item(0), _item(1, None, create_time=None, timestamp="2024-12-04T11:30:05Z", text="好"))
        },
        format="wx_cli_json",
        messages=2,
        rows=(
            {"group_id": ROOM, "group_name": "读书会", "sender_id": "wxid_aaa", "native_id": "9", "text": "早"},
            {"sender_name": "小刘", "text": "好", "kind": "text", "event": None, "time_quality": "exact"},
        ),
    ),
    Case(
        name="json-names-only",
        files={"a.json": _json(_item(0, sender="小刘 2", sender_name=None))},
        messages=1,
        rows=({"sender_id": "name:小刘 2", "sender_name": "小刘 2"},),
    ),
    Case(
        name="json-bom-crlf",
        files={"a.json": "\ufeff" + TWO.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="json-gb18030", files={"a.json": TWO.encode("gb18030")}, messages=2, rows=({"sender_name": "小刘"},)),
    Case(
        name="json-hostile",
        files={"a.json": _json(_item(0, HOSTILE + "\n第二行", sender_name=HOSTILE))},
        messages=1,
        rows=({"text": HOSTILE + "\n第二行", "sender_name": HOSTILE, "kind": "text", "event": None},),
    ),
    Case(
        name="json-kinds",
        files={
            "a.json": _json(
                _item(0, "", type="image"),
                _item(1, "", local_type=34),
                _item(2, '"阿岚"邀请"小刘"加入了群聊', type="system", sender=ROOM),
                _item(3, "x", type="what"),
            )
        },
        messages=4,
        rows=(
            {"kind": "image", "text": ""},
            {"kind": "voice"},
            {"kind": "system", "event": "invited", "sender_id": None, "target_names": ["小刘"]},
            {"sender_id": "wxid_aaa", "text": "x"},
        ),
    ),
    Case(
        name="json-pages",
        files={"a.json": _json(_item(0)), "b.json": _json(_item(1, "好"))},
        messages=2,
        rows=({"group_id": ROOM, "text": "早"}, {"group_id": ROOM, "text": "好"}),
    ),
    Case(
        name="text",
        files={"a.txt": TEXT},
        format="wx_cli_txt",
        messages=2,
        rows=(
            {"group_name": "读书会", "sender_name": "小刘", "text": "早", "time_quality": "minute"},
            {"sender_id": "name:阿岚", "text": "好", "kind": "text", "event": None},
        ),
    ),
    Case(
        name="text-bom-crlf",
        files={"a.txt": "\ufeff" + TEXT.replace("\n", "\r\n")},
        format="wx_cli_txt",
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="text-gb18030", files={"a.txt": TEXT.encode("gb18030")}, format="wx_cli_txt", messages=2),
    Case(
        name="text-hostile",
        files={"a.txt": TEXT.replace("小刘", HOSTILE).replace("早", "看:\n\n—————  2024-12-01  —————\n\n旧 8:30\n完")},
        messages=2,
        rows=(
            {"sender_name": HOSTILE, "event": None, "text": "看:\n\n—————  2024-12-01  —————\n\n旧 8:30\n完"},
            {"text": "好"},
        ),
    ),
    Case(
        name="text-reply",
        files={"a.txt": TEXT.replace("好\n", "「小刘：早」\n- - - - - - - - - - - - - - -\n好\n")},
        messages=2,
        rows=({"text": "早", "reply_to": None}, {"kind": "quote", "text": "好", "reply_how": "text"}),
    ),
)

BAD = (
    Case(name="empty", files={"a.txt": ""}, code=65, error="NoMessages"),
    Case(name="json-no-items", files={"a.json": _json()}, code=65, error="NoMessages"),
    Case(name="json-nothing-known", files={"a.json": _json({"x": 1})}, code=65, error="NoMessages"),
    Case(
        name="json-without-time",
        files={"a.json": _json(_item(0), _item(1, create_time=None), _item(2, create_time="2024-12-04 19:30"))},
        messages=1,
        rejects={"bad-time": 2},
        code=3,
    ),
    Case(
        name="json-times-out-of-range",
        files={"a.json": _json(_item(0), _item(1, create_time=12), _item(2, create_time="2150-01-01T00:00:00Z"))},
        messages=1,
        rejects={"time-out-of-range": 2},
        code=3,
    ),
    Case(
        name="json-no-objects",
        files={"a.json": _json(_item(0), 7, None, "x")},
        messages=1,
        rejects={"bad-record": 3},
        code=3,
    ),
    Case(name="json-cut", files={"a.json": TWO[: TWO.index("好")]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="json-cut-in-a-character",
        files={"a.json": TWO.encode()[: TWO.encode().index("好".encode()) + 2]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="json-broken-in-the-middle",
        files={"a.json": _json(_item(0), _item(1, "怪"), _item(2)).replace('"怪"', "怪")},
        messages=2,
        rejects={"bad-json": 1},
        code=3,
        rows=({"native_id": "9"}, {"native_id": "11"}),
    ),
    Case(
        name="json-damaged-bytes",
        files={"a.json": TWO.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="json-without-conversation",
        files={"a.json": TWO.replace('"conversation"', '"chat"')},
        code=65,
        error="UnknownFormat",
    ),
    Case(name="text-facts-only", files={"a.txt": TITLE}, code=65, error="NoMessages"),
    Case(name="text-no-such-day", files={"a.txt": TEXT.replace("12-04", "13-04")}, code=65, error="NoMessages"),
    Case(
        name="text-no-hour",
        files={"a.txt": TEXT.replace("19:30", "29:30")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(
        name="text-cut-in-a-header",
        files={"a.txt": TEXT.partition("\n\n好")[0]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="text-huge-line",
        files={"a.txt": TEXT.replace("早", "早" * 400_000)},
        messages=1,
        rejects={"record-too-long": 3},
        code=3,
        rows=({"text": "好"},),
    ),
)
