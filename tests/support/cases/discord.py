"""DiscordChatExporter's JSON and CSV, whole and damaged."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case

HOSTILE = '"甲、乙"加入了群聊: \u2028\u202e<b>\n第二行'
LAN = {"id": "801000000000000001", "name": "lan", "nickname": "阿岚", "isBot": False}
KEVIN = {"id": "801000000000000002", "name": "kevin", "nickname": None, "isBot": False}


def _said(number: int, content: object = "早", **more: Any) -> dict[str, Any]:
    told = {"id": str(number), "type": "Default", "timestamp": f"2024-12-01T00:00:{number:02}.5+00:00"}
    return {**told, "content": content, "author": LAN, "attachments": [], "stickers": [], "mentions": [], **more}


def _json(*messages: object, **more: Any) -> str:
    head = {"guild": {"id": "1", "name": "会"}, "channel": {"id": "2", "type": "GuildTextChat", "name": "一"}}
    return json.dumps({**head, "messages": list(messages), **more}, ensure_ascii=False, indent=2)


def _row(second: int, content: str = "早", author: str = "lan", more: str = '"",""') -> str:
    quoted = content.replace('"', '""')
    return f'"801000000000000001","{author}","2024-12-01T00:00:{second:02}.1230000+00:00","{quoted}",{more}\r\n'


TWO = _json(_said(1), _said(2, "好"))
HEADER = "AuthorID,Author,Date,Content,Attachments,Reactions\r\n"
NAME = "会 - 一 [871000000000000001].csv"
CSV = HEADER + _row(1) + _row(2, "好")

GOOD = (
    Case(
        name="json",
        files={"a.json": TWO},
        format="discord_json",
        messages=2,
        rows=(
            {
                "platform": "discord",
                "group_id": "2",
                "group_name": "会 - 一",
                "native_id": "1",
                "time_quality": "exact",
            },
            {"sender_id": LAN["id"], "sender_name": "阿岚", "kind": "text", "text": "好", "event": None},
        ),
    ),
    Case(
        name="json-bom-crlf", files={"a.json": "\ufeff" + TWO.replace("\n", "\r\n")}, messages=2, rows=({"text": "早"},)
    ),
    Case(
        name="json-long-text",
        files={"a.json": _json(_said(1), _said(2, "长" * 400_000), _said(3))},
        messages=3,
        rows=({"text": "早"}, {"text": "长" * 400_000}, {"text": "早"}),
    ),
    Case(name="json-gb18030", files={"a.json": TWO.encode("gb18030")}, messages=2, rows=({"sender_name": "阿岚"},)),
    Case(name="json-utf-16", files={"a.json": TWO.encode("utf-16")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="json-hostile",
        files={"a.json": _json(_said(1, HOSTILE, author={**LAN, "nickname": HOSTILE}))},
        messages=1,
        rows=({"text": HOSTILE, "sender_name": HOSTILE, "kind": "text", "event": None},),
    ),
    Case(
        name="json-reply",
        files={"a.json": _json(_said(1), _said(2, "好", type="Reply", reference={"messageId": "1"}, author=KEVIN))},
        messages=2,
        rows=(
            {"kind": "text", "reply_to": None},
            {"kind": "quote", "text": "好", "reply_to": "1", "reply_how": "id", "sender_name": "kevin"},
        ),
    ),
    Case(
        name="json-notices",
        files={
            "a.json": _json(
                _said(1, "Joined the server.", type="GuildMemberJoin"),
                _said(2, "Added kevin to the group.", type="RecipientAdd", mentions=[KEVIN]),
                _said(3, "Pinned a message.", type="ChannelPinnedMessage", reference={"messageId": "1"}),
                _said(4, "Joined the server."),
            )
        },
        messages=4,
        rows=(
            {"kind": "system", "event": "joined", "sender_id": None, "target_ids": [LAN["id"]]},
            {"kind": "system", "event": "invited", "actor_id": LAN["id"], "target_ids": [KEVIN["id"]]},
            {"kind": "system", "event": "pinned", "reply_to": None},
            {"kind": "text", "event": None, "sender_id": LAN["id"]},
        ),
    ),
    Case(
        name="json-files-and-mentions",
        files={
            "a.json": _json(
                _said(1, "看", attachments=[{"fileName": "a.png"}]),
                _said(2, "", attachments=[{"fileName": "书单.pdf"}]),
                _said(3, "@kevin @everyone", mentions=[KEVIN]),
                _said(4, "", stickers=[{"name": "wave"}]),
            )
        },
        messages=4,
        rows=(
            {"kind": "image", "text": "看"},
            {"kind": "file", "text": "书单.pdf"},
            {"kind": "text", "mention_ids": [KEVIN["id"], "notify@all"]},
            {"kind": "sticker", "text": ""},
        ),
    ),
    Case(
        name="json-wrong-types-beside-the-text",
        files={"a.json": _json(_said(1, attachments=[1, {"fileName": 3}], mentions=[{"id": 5}, None], author=None))},
        messages=1,
        rows=({"sender_id": None, "mention_ids": ["5"]},),
    ),
    Case(
        name="json-two-channels",
        files={"a.json": TWO, "b.json": _json(_said(3), channel={"id": "3", "name": "二"})},
        messages=3,
        rows=({"group_id": "2"}, {"group_id": "2"}, {"group_id": "3", "group_name": "会 - 二"}),
    ),
    Case(
        name="csv",
        files={NAME: CSV},
        format="discord_csv",
        messages=2,
        rows=(
            {"group_id": "871000000000000001", "group_name": "会 - 一", "sender_id": LAN["id"], "sender_name": "lan"},
            {"kind": "text", "text": "好", "native_id": None, "time_quality": "exact"},
        ),
    ),
    Case(
        name="csv-part-of-a-channel",
        files={"会 - 一 [871000000000000001] (after 2024-01-01) [part 2].csv": CSV},
        messages=2,
        rows=({"group_id": "871000000000000001"},),
    ),
    Case(name="csv-bom-lf", files={NAME: "\ufeff" + CSV.replace("\r\n", "\n")}, messages=2, rows=({"text": "早"},)),
    Case(name="csv-gb18030", files={NAME: CSV.encode("gb18030")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="csv-hostile",
        files={
            NAME: HEADER + _row(1, HOSTILE + '\n"1","x","2024-12-01T00:00:09+00:00","假"') + _row(2, author="甲,乙")
        },
        messages=2,
        rows=(
            {"text": HOSTILE + '\n"1","x","2024-12-01T00:00:09+00:00","假"', "event": None},
            {"sender_name": "甲,乙", "text": "早"},
        ),
    ),
    Case(
        name="csv-notice-and-file",
        files={
            NAME: HEADER
            + _row(1, "Joined the server.")
            + _row(2, "", more='"https://cdn.example.invalid/1/a.pdf?x=1",""')
        },
        messages=2,
        rows=({"kind": "system", "event": "joined", "sender_id": None}, {"kind": "file", "text": "a.pdf"}),
    ),
)

BAD = (
    Case(
        name="csv-huge-row",
        files={NAME: HEADER + _row(1) + _row(2, "长" * 400_000) + _row(3)},
        messages=2,
        rejects={"record-too-long": 1},
        code=3,
    ),
    Case(name="json-no-messages", files={"a.json": _json()}, code=65, error="NoMessages"),
    Case(name="empty", files={"a.json": ""}, code=65, error="NoMessages"),
    Case(
        name="json-bad-times",
        files={
            "a.json": _json(
                _said(1),
                _said(2, timestamp="yesterday"),
                _said(3, timestamp="2024-12-01 08:00:00"),
                _said(4, timestamp=None),
            )
        },
        messages=1,
        rejects={"bad-time": 3},
        code=3,
    ),
    Case(
        name="json-times-out-of-range",
        files={
            "a.json": _json(
                _said(1),
                _said(2, timestamp="1970-01-01T00:00:00+00:00"),
                _said(3, timestamp="2199-01-01T00:00:00+00:00"),
            )
        },
        messages=1,
        rejects={"time-out-of-range": 2},
        code=3,
    ),
    Case(name="json-cut", files={"a.json": TWO[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="json-cut-in-a-character",
        files={"a.json": TWO.encode()[: TWO.encode().index("好".encode()) + 2]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="json-broken-in-the-middle",
        files={"a.json": _json(_said(1), _said(2, "怪"), _said(3)).replace('"怪"', "怪")},
        messages=2,
        rejects={"bad-json": 1},
        code=3,
        rows=({"native_id": "1"}, {"native_id": "3"}),
    ),
    Case(
        name="json-no-objects",
        files={"a.json": _json(_said(1), None, "x", [_said(2)])},
        messages=1,
        rejects={"bad-record": 3},
        code=3,
    ),
    Case(
        name="json-without-channel",
        files={"a.json": TWO.replace('"channel"', '"room"')},
        code=65,
        error="UnknownFormat",
    ),
    Case(name="json-messages-are-none", files={"a.json": _json(messages=None)}, code=65, error="NoMessages"),
    Case(name="csv-header-only", files={NAME: HEADER}, code=65, error="NoMessages"),
    Case(
        name="csv-missing-column",
        files={NAME: HEADER.replace(",Content", "") + "1,lan,2024-12-01,,\r\n"},
        code=65,
        error="UnknownFormat",
    ),
    Case(
        name="csv-bad-rows",
        files={
            NAME: CSV
            + '"1","lan"\r\n'
            + _row(3).replace("2024-12-01T", "gestern ")
            + _row(4).replace("2024-12", "1970-12")
        },
        messages=2,
        rejects={"bad-columns": 1, "bad-time": 1, "time-out-of-range": 1},
        code=3,
    ),
    Case(
        name="csv-unclosed-quote",
        files={NAME: CSV.replace('早"', "早")},
        messages=1,
        rejects={"unclosed-quote": 1},
        code=3,
    ),
    Case(
        name="csv-damaged-bytes",
        files={NAME: CSV.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
)
