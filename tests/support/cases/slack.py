"""A Slack workspace export: days of channels, with and without what belongs to them."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case
from support.cases._packed import zipped

HOSTILE = '"甲、乙"加入了群聊: \u2028\u202e\n第二行'
DAY = "一/2024-12-01.json"


def _said(ts: object, text: object = "早", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": ts, **more}


def _at(second: int) -> str:
    return f"{1733011200 + second}.000100"


def _day(*messages: object) -> str:
    return json.dumps(messages, ensure_ascii=False, indent=4)


TWO = _day(_said(_at(0)), _said(_at(1), "好"))
USERS = json.dumps(
    [
        {"id": "U1", "team_id": "T1", "name": "lan", "profile": {"display_name": "阿岚"}},
        {"id": "U2", "team_id": "T1", "name": "kevin", "profile": {"display_name": "", "real_name": "凯文"}},
    ]
)
CHANNELS = json.dumps([{"id": "C1", "name": "一", "created": 1, "members": ["U1", "U2"]}])

GOOD = (
    Case(name="people-only", files={"users.json": USERS}, format="slack_users_json"),
    Case(
        name="zip",
        files={"export.zip": zipped({"channels.json": CHANNELS, "users.json": USERS, DAY: TWO})},
        messages=2,
        rows=(
            {"platform": "slack", "group_id": "C1", "group_name": "一", "native_id": _at(0), "time_quality": "exact"},
            {"sender_id": "U1", "sender_name": "阿岚", "kind": "text", "text": "好", "event": None, "reply_to": None},
        ),
    ),
    Case(
        name="folder",
        files={"channels.json": CHANNELS, "users.json": USERS, DAY: TWO},
        give=("",),
        messages=2,
        rows=({"group_id": "C1", "sender_name": "阿岚"},),
    ),
    Case(
        name="day-alone",
        files={DAY: TWO},
        format="slack_json",
        messages=2,
        rows=({"group_id": "name:一", "sender_id": "U1"},),
    ),
    Case(
        name="two-days-of-two-channels",
        files={
            DAY: TWO,
            "一/2024-12-02.json": _day(_said(_at(90_000))),
            "二/2024-12-02.json": _day(_said(_at(90_001))),
        },
        messages=4,
        rows=({"group_name": "一"}, {"group_name": "一"}, {"group_name": "一"}, {"group_name": "二"}),
    ),
    Case(
        name="bom-crlf",
        files={DAY: "\ufeff" + TWO.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(
        name="long-text",
        files={DAY: _day(_said(_at(0)), _said(_at(1), "长" * 400_000), _said(_at(2)))},
        messages=3,
        rows=({"text": "早"}, {"text": "长" * 400_000}, {"text": "早"}),
    ),
    Case(name="gb18030", files={DAY: TWO.encode("gb18030")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(name="utf-16", files={DAY: TWO.encode("utf-16")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="hostile",
        files={DAY: _day(_said(_at(0), HOSTILE, user_profile={"display_name": HOSTILE}))},
        messages=1,
        rows=({"text": HOSTILE, "sender_name": HOSTILE, "kind": "text", "event": None},),
    ),
    Case(
        name="markup",
        files={DAY: _day(_said(_at(0), "<@U2|凯文> <!channel> <https://a.example.invalid|看> a &lt; b"))},
        messages=1,
        rows=({"text": "@凯文 @channel 看 (https://a.example.invalid) a < b", "mention_ids": ["U2", "notify@all"]},),
    ),
    Case(
        name="thread",
        files={DAY: _day(_said(_at(0), thread_ts=_at(0)), _said(_at(1), "好", user="U2", thread_ts=_at(0)))},
        messages=2,
        rows=(
            {"kind": "text", "reply_to": None},
            {"kind": "quote", "sender_id": "U2", "reply_to": _at(0), "reply_how": "id"},
        ),
    ),
    Case(
        name="notices",
        files={
            "users.json": USERS,
            DAY: _day(
                _said(_at(0), "<@U2> has joined the channel", subtype="channel_join", user="U2"),
                _said(_at(1), "<@U2> has joined the channel", subtype="channel_join", user="U2", inviter="U1"),
                _said(_at(2), "<@U2> has left the channel", subtype="channel_leave", user="U2"),
                _said(_at(3), "has renamed", subtype="channel_name"),
            ),
        },
        give=(DAY,),
        messages=4,
        rows=(
            {
                "kind": "system",
                "event": "joined",
                "sender_id": None,
                "target_ids": ["U2"],
                "text": "@凯文 has joined the channel",
            },
            {"kind": "system", "event": "invited", "actor_id": "U1", "target_ids": ["U2"]},
            {"kind": "system", "event": "left", "target_names": ["凯文"]},
            {"kind": "system", "event": "renamed", "actor_id": "U1"},
        ),
    ),
    Case(
        name="files-and-bots",
        files={
            DAY: _day(
                _said(_at(0), "看", files=[{"name": "a.png", "mimetype": "image/png"}]),
                _said(_at(1), "", files=[{"name": "书单.pdf", "mimetype": "application/pdf"}]),
                {
                    "type": "message",
                    "subtype": "bot_message",
                    "bot_id": "B1",
                    "username": "天气",
                    "text": "晴",
                    "ts": _at(2),
                },
            )
        },
        messages=3,
        rows=(
            {"kind": "image", "text": "看"},
            {"kind": "file", "text": "书单.pdf"},
            {"kind": "text", "sender_id": "B1", "sender_name": "天气", "text": "晴"},
        ),
    ),
    Case(
        name="wrong-types-beside-the-time",
        files={DAY: _day(_said(_at(0)), _said(_at(1), ["x"], user=5, files=[7, {"name": 1}], user_profile="x"))},
        messages=2,
    ),
)

BAD = (
    Case(name="empty", files={DAY: ""}, code=65, error="NoMessages"),
    Case(
        name="bad-times",
        files={DAY: _day(_said(_at(0)), _said(None), _said({}), _said("now"), _said(1733011200), {"type": "message"})},
        messages=1,
        rejects={"bad-time": 5},
        code=3,
    ),
    Case(
        name="time-out-of-range",
        files={DAY: _day(_said(_at(0)), _said("900000000.000100"), _said("9999999999.000100"))},
        messages=1,
        rejects={"time-out-of-range": 2},
        code=3,
    ),
    Case(name="cut", files={DAY: TWO[:-20]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="cut-in-a-character",
        files={DAY: TWO.encode()[: TWO.encode().index("好".encode()) + 1]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="broken-in-the-middle",
        files={DAY: _day(_said(_at(0)), _said(_at(1), "怪"), _said(_at(2))).replace('"怪"', "怪")},
        messages=2,
        rejects={"bad-json": 1},
        code=3,
        rows=({"native_id": _at(0)}, {"native_id": _at(2)}),
    ),
    Case(
        name="no-objects",
        files={DAY: _day(_said(_at(0)), 7, "x", None, [_said(_at(1))])},
        messages=1,
        rejects={"bad-record": 4},
        code=3,
    ),
    Case(
        name="damaged-bytes",
        files={DAY: TWO.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="times-of-another-program",
        files={DAY: _day(_said("2024-12-01 08:00:00"))},
        code=65,
        error="UnknownFormat",
    ),
    Case(name="channels-cut", files={"channels.json": CHANNELS[:-9]}, code=65, error="UnknownFormat"),
    Case(
        name="day-cut-in-a-zip",
        files={"export.zip": zipped({"channels.json": CHANNELS, DAY: TWO[:-20]})},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"group_id": "C1"},),
    ),
    Case(
        name="zip-cut",
        files={"export.zip": zipped({DAY: TWO})[:-40]},
        code=65,
        error="UnreadableExport",
    ),
)
