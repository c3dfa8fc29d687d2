"""Telegram Desktop's `result.json`, whole and damaged."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case

HOSTILE = '"甲、乙"加入了群聊: \u2028\u202e<b>\n第二行'


def _said(number: int, text: object = "早", **more: Any) -> dict[str, Any]:
    told = {"id": number, "type": "message", "date": "2024-12-01T08:00:00", "date_unixtime": str(1733011200 + number)}
    return {**told, "from": "甲", "from_id": "user1", "text": text, **more}


def _done(number: int, action: str, **more: Any) -> dict[str, Any]:
    told = {"id": number, "type": "service", "date": "2024-12-01T08:00:00", "date_unixtime": str(1733011200 + number)}
    return {**told, "actor": "甲", "actor_id": "user1", "action": action, "text": "", **more}


def _chat(*messages: object, name: str | None = "群", number: int = 7) -> dict[str, Any]:
    return {"name": name, "type": "private_supergroup", "id": number, "messages": list(messages)}


def _one(*messages: object, **more: Any) -> str:
    return json.dumps(_chat(*messages, **more), ensure_ascii=False, indent=1)


def _all(*chats: dict[str, Any], **more: Any) -> str:
    told = {"about": "Telegram is ad free", "chats": {"about": "", "list": list(chats)}, **more}
    return json.dumps(told, ensure_ascii=False)


ONE = _one(_said(1), _said(2, "好"))
TWO = _all(_chat(_said(1)), _chat(_said(1), name="乙群", number=8))
LONG = _one(_said(1), _said(2, "长" * 6_000_000), _said(3, "好"))

GOOD = (
    Case(
        name="one-chat",
        files={"result.json": ONE},
        format="telegram_json",
        messages=2,
        rows=(
            {"platform": "telegram", "group_id": "7", "group_name": "群", "native_id": "1", "time_quality": "exact"},
            {"sender_id": "user1", "sender_name": "甲", "kind": "text", "text": "好", "event": None, "reply_to": None},
        ),
    ),
    Case(
        name="all-chats",
        files={"result.json": TWO},
        format="telegram_json",
        messages=2,
        rows=({"group_id": "7", "group_name": "群"}, {"group_id": "8", "group_name": "乙群"}),
    ),
    Case(
        name="chats-left",
        files={"result.json": _all(_chat(_said(1)), left_chats={"about": "", "list": [_chat(_said(2), number=9)]})},
        messages=2,
        rows=({"group_id": "7"}, {"group_id": "9"}),
    ),
    Case(
        name="bom-crlf", files={"result.json": "\ufeff" + ONE.replace("\n", "\r\n")}, messages=2, rows=({"text": "早"},)
    ),
    Case(
        name="gb18030",
        files={"result.json": ONE.encode("gb18030")},
        messages=2,
        rows=({"sender_name": "甲", "text": "早"}, {"text": "好"}),
    ),
    Case(name="utf-16", files={"result.json": ONE.encode("utf-16")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="hostile-names",
        files={"result.json": _one(_said(1, HOSTILE, **{"from": HOSTILE}), name=HOSTILE)},
        messages=1,
        rows=({"text": HOSTILE, "sender_name": HOSTILE, "group_name": HOSTILE, "kind": "text", "event": None},),
    ),
    Case(
        name="text-in-parts",
        files={"result.json": _one(_said(1, ["早 ", {"type": "mention_name", "text": "乙", "user_id": 72}, "\n几点"]))},
        messages=1,
        rows=({"kind": "text", "text": "早 乙\n几点", "mention_ids": ["user72"]},),
    ),
    Case(
        name="wrong-types-in-texts",
        files={"result.json": _one(_said(1, {"a": 1}), _said(2, [1, ["x"], {"text": None}], members=3))},
        messages=2,
        rows=({"sender_id": "user1"}, {"sender_id": "user1"}),
    ),
    Case(
        name="old-wall-clock",
        files={"result.json": _one({**_said(1), "date_unixtime": None})},
        messages=1,
        rows=({"time_quality": "local", "text": "早"},),
    ),
    Case(
        name="reply",
        files={"result.json": _one(_said(1), _said(2, "好", reply_to_message_id=1))},
        messages=2,
        rows=({"kind": "text", "reply_to": None}, {"kind": "quote", "text": "好", "reply_to": "1", "reply_how": "id"}),
    ),
    Case(
        name="reply-to-another-chat",
        files={"result.json": _one(_said(1, reply_to_message_id=5, reply_to_peer_id="channel9"))},
        messages=1,
        rows=({"kind": "text", "reply_to": None},),
    ),
    Case(
        name="notices",
        files={
            "result.json": _one(
                _done(1, "invite_members", members=["乙"]),
                _done(2, "remove_members", members=["甲"]),
                _done(3, "edit_group_title", title="新名"),
                _done(4, "phone_call"),
            )
        },
        messages=4,
        rows=(
            {"kind": "system", "event": "invited", "sender_id": None, "actor_id": "user1", "target_names": ["乙"]},
            {"kind": "system", "event": "left", "target_ids": ["user1"]},
            {"kind": "system", "event": "renamed", "actor_name": "甲"},
            {"kind": "call", "event": None, "sender_id": "user1", "text": ""},
        ),
    ),
    Case(
        name="media",
        files={
            "result.json": _one(
                _said(1, "山", photo="photos/1.jpg"),
                _said(2, "", media_type="voice_message", file="voice/1.ogg"),
                _said(3, "", file="files/书单.pdf", file_name="书单.pdf"),
                _said(4, "", poll={"question": "几点?"}),
            )
        },
        messages=4,
        rows=(
            {"kind": "image", "text": "山"},
            {"kind": "voice", "text": ""},
            {"kind": "file", "text": "书单.pdf"},
            {"kind": "other", "text": "几点?"},
        ),
    ),
)

BAD = (
    Case(name="empty", files={"result.json": ""}, code=65, error="NoMessages"),
    Case(name="no-messages", files={"result.json": _one()}, code=65, error="NoMessages"),
    Case(name="no-chats", files={"result.json": _all()}, code=65, error="NoMessages"),
    Case(
        name="bad-time",
        files={"result.json": _one(_said(1), _said(2, date_unixtime="soon", date="soon"))},
        messages=1,
        rejects={"bad-time": 1},
        code=3,
    ),
    Case(
        name="no-time",
        files={
            "result.json": _one(_said(1), {"id": 2, "type": "message", "from": "甲", "from_id": "user1", "text": "好"})
        },
        messages=1,
        rejects={"bad-time": 1},
        code=3,
    ),
    Case(
        name="times-of-other-centuries",
        files={"result.json": _one(_said(1), _said(2, date_unixtime="99999999999"), _said(3, date_unixtime="0"))},
        messages=1,
        rejects={"time-out-of-range": 2},
        code=3,
    ),
    Case(name="cut", files={"result.json": ONE[:-40]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="cut-in-a-character",
        files={"result.json": ONE.encode()[: ONE.encode().index("好".encode()) + 1]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(name="all-cut", files={"result.json": TWO[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="no-objects",
        files={"result.json": _one(_said(1), 5, "x", None)},
        messages=1,
        rejects={"bad-record": 3},
        code=3,
    ),
    Case(
        name="broken-in-the-middle",
        files={"result.json": _one(_said(1), _said(2), _said(3)).replace('"id": 2', '"id": oops')},
        messages=2,
        rejects={"bad-json": 1},
        code=3,
        rows=({"native_id": "1"}, {"native_id": "3"}),
    ),
    Case(
        name="damaged-chat-of-all",
        files={
            "result.json": _all(_chat(_said(1, "长" * 4000)), _chat(_said(2), number=8)).replace('"id": 8', '"id": x8')
        },
        messages=1,
        rejects={"bad-json": 1, "bad-record": 1},
        code=3,
        rows=({"group_id": "7"},),
    ),
    Case(
        name="huge-text",
        files={"result.json": LONG},
        messages=2,
        rejects={"record-too-long": 2},  # told in pieces of 16 MiB
        code=3,
        rows=({"native_id": "1"}, {"native_id": "3"}),
    ),
    Case(
        name="damaged-bytes",
        files={"result.json": ONE.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="contacts-only",
        files={"result.json": json.dumps({"about": "Telegram", "contacts": {"about": "", "list": [{"user_id": 1}]}})},
        code=65,
        error="NoMessages",
    ),
    Case(
        name="a-chat-of-another-program",
        files={"result.json": json.dumps({**_chat(_said(1)), "type": "room"})},
        code=65,
        error="UnknownFormat",
    ),
)
