"""wechat-decrypt's JSON and CSV, whole and damaged."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case

ROOM = "1@chatroom"
HOSTILE = '"甲"邀请"乙、丙"加入了群聊: \u2028\u202e\n第二行'
REFER = (
    '<?xml version="1.0"?>\n<msg><appmsg><title>好的</title><type>57</type><refermsg><type>1</type>'
    "<svrid>2755705033944784198</svrid><chatusr>wxid_aaa</chatusr><displayname>小刘</displayname>"
    "<content>早</content></refermsg></appmsg></msg>"
)


def _said(second: int, words: object = "早", **more: Any) -> dict[str, Any]:
    told = {
        "server_id": 2755705033944784198 + second,
        "type": 1,
        "sender_username": "wxid_aaa",
        "sender": "小刘",
        "create_time": 1733311800 + second,
        "content": f"wxid_aaa:\n{words}",
        "display_content": words,
        "is_system": False,
        "is_received": True,
    }
    return told | more


def _json(*records: object, **more: Any) -> str:
    head = {"chat_username": ROOM, "display_name": "读书会", "is_group": True, "message_count": len(records)}
    return json.dumps({**head, "messages": records, **more}, ensure_ascii=False, indent=2)


TWO = _json(_said(0), _said(1, "好"))
HEADER = "时间,发送者,消息类型,内容,server_id\r\n"
CSV = HEADER + "2024-12-04 19:30:00,小刘,文本,早,11\r\n2024-12-04 19:30:01,我,文本,好,12\r\n"
INFO = "username:   1@chatroom\nis_group:   True\n"
A = "读书会/message_0.db.csv"

GOOD = (
    Case(
        name="json",
        files={"读书会/message_0.db.json": _json(_said(0), _said(1, "好", sender="我", is_received=False))},
        format="wechat_decrypt_json",
        messages=2,
        rows=(
            {
                "group_id": ROOM,
                "group_name": "读书会",
                "sender_id": "wxid_aaa",
                "native_id": "2755705033944784198",
                "text": "早",
                "time_quality": "exact",
            },
            {"from_me": True, "text": "好", "sender_name": None, "kind": "text", "event": None},
        ),
    ),
    Case(
        name="json-shards",
        files={"a/message_0.db.json": _json(_said(0)), "a/message_1.db.json": _json(_said(1))},
        messages=2,
        rows=({"group_id": ROOM},) * 2,
    ),
    Case(
        name="json-chat-behind-messages",
        files={"a.json": json.dumps({"message_count": 1, "messages": [_said(0)], "chat_username": ROOM})},
        messages=1,
        rows=({"group_id": ROOM},),
    ),
    Case(
        name="json-bom-crlf",
        files={"a.json": "\ufeff" + TWO.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(
        name="json-gb18030",
        files={"a.json": TWO.encode("gb18030")},
        messages=2,
        rows=({"sender_name": "小刘", "text": "早"}, {"text": "好"}),
    ),
    Case(name="json-utf-16", files={"a.json": TWO.encode("utf-16")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="json-without-content",
        files={"a.json": _json(_said(0, content=None), _said(1, content="", type=3, display_content="[图片]"))},
        messages=2,
        rows=({"text": "早"}, {"kind": "image", "text": ""}),
    ),
    Case(
        name="json-hostile",
        files={"a.json": _json(_said(0, f"提醒:\n{HOSTILE}", sender=HOSTILE), display_name=HOSTILE)},
        messages=1,
        rows=({"kind": "text", "event": None, "text": f"提醒:\n{HOSTILE}", "sender_name": HOSTILE},),
    ),
    Case(
        name="json-reply",
        files={"a.json": _json(_said(0), _said(1, type=244813135921, content=f"wxid_aaa:\n{REFER}"))},
        messages=2,
        rows=(
            {"kind": "text", "reply_to": None},
            {"kind": "quote", "text": "好的", "reply_to": "2755705033944784198", "reply_how": "id"},
        ),
    ),
    Case(
        name="json-notices",
        files={
            "a.json": _json(
                _said(
                    0,
                    '"阿岚"邀请"小刘"加入了群聊',
                    type=10000,
                    is_system=True,
                    content=None,
                    sender="",
                    sender_username="",
                ),
                _said(
                    1, '"小刘" 撤回了一条消息', type=10000, is_system=True, content=None, sender="", sender_username=""
                ),
            )
        },
        messages=2,
        rows=(
            {"event": "invited", "sender_id": None, "actor_name": "阿岚", "target_names": ["小刘"]},
            {"event": "recalled", "sender_id": None, "actor_name": "小刘"},
        ),
    ),
    Case(
        name="json-no-id",
        files={"a.json": _json(_said(0, server_id=0))},
        messages=1,
        rows=({"native_id": None},),
    ),
    Case(
        name="csv",
        files={A: "\ufeff" + CSV, "读书会/.info": INFO},
        give=(A,),
        format="wechat_decrypt_csv",
        messages=2,
        rows=(
            {"group_id": ROOM, "group_name": "读书会", "native_id": "11", "sender_name": "小刘", "text": "早"},
            {"sender_id": "me", "from_me": True, "text": "好", "kind": "text", "time_quality": "local"},
        ),
    ),
    Case(name="csv-without-info", files={A: CSV}, messages=2, rows=({"group_id": "name:读书会"},)),
    Case(
        name="csv-gb18030-semicolons",
        files={A: CSV.replace(",", ";").encode("gb18030")},
        messages=2,
        rows=({"sender_name": "小刘", "text": "早"}, {"text": "好"}),
    ),
    Case(
        name="csv-hostile",
        files={
            A: CSV.replace("早", '"=1+1,""引""\n2024-12-04 19:30:09,小王,文本,假,13"').replace("小刘", '"""甲""、乙"')
        },
        messages=2,
        rows=(
            {"text": '=1+1,"引"\n2024-12-04 19:30:09,小王,文本,假,13', "sender_name": '"甲"、乙'},
            {"text": "好"},
        ),
    ),
    Case(
        name="csv-kinds",
        files={
            A: HEADER + "2024-12-04 19:30:00,小刘,图片,[图片],1\r\n2024-12-04 19:30:01,小刘,名片,[名片: 阿岚],2\r\n"
            '2024-12-04 19:30:02,,系统,"""阿岚""邀请""小刘""加入了群聊",3\r\n2024-12-04 19:30:03,小刘,未知(62),x,2.75571E+18\r\n'
        },
        messages=4,
        rows=(
            {"kind": "image", "text": ""},
            {"kind": "contact_card", "text": "阿岚"},
            {"kind": "system", "event": "invited", "sender_id": None},
            {"native_id": None, "text": "x"},
        ),
    ),
    Case(
        name="both-forms-of-a-chat",
        files={
            "读书会/a.json": _json(_said(0, server_id=11), _said(1, "好", server_id=12, is_received=False)),
            A: CSV,
            "读书会/.info": INFO,
        },
        give=("读书会/a.json", A),
        messages=2,
        rows=({"sender_id": "wxid_aaa", "native_id": "11"}, {"native_id": "12"}),
    ),
)

BAD = (
    Case(name="json-no-messages", files={"a.json": _json()}, code=65, error="NoMessages"),
    Case(name="empty", files={"a.json": ""}, code=65, error="NoMessages"),
    Case(
        name="json-bad-times",
        files={
            "a.json": _json(_said(0, create_time="早上"), _said(0, create_time=5), _said(0, create_time=1e30), _said(0))
        },
        messages=1,
        rejects={"bad-time": 1, "time-out-of-range": 2},
        code=3,
    ),
    Case(
        name="json-no-time",
        files={"a.json": _json(_said(0), {**_said(1), "create_time": None})},
        messages=1,
        rejects={"bad-time": 1},
        code=3,
    ),
    Case(
        name="json-wrong-types",
        files={"a.json": _json(5, _said(0, content=["早"], sender=7, is_received="no", type="文本"))},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="json-cut", files={"a.json": TWO[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="json-cut-in-a-character",
        files={"a.json": TWO.encode()[: TWO.encode().index("好".encode()) + 1]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="json-broken-in-the-middle",
        files={
            "a.json": _json(_said(0), _said(1, "怪"), _said(2)).replace(
                '"display_content": "怪"', '"display_content": 怪'
            )
        },
        messages=2,
        rejects={"bad-json": 1},
        code=3,
    ),
    Case(
        name="json-damaged-bytes",
        files={"a.json": TWO.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="json-of-other-members",
        files={"a.json": TWO.replace("chat_username", "chat")},
        code=65,
        error="UnknownFormat",
    ),
    Case(name="csv-header-only", files={A: HEADER}, code=65, error="NoMessages"),
    Case(name="csv-missing-column", files={A: CSV.replace(",server_id", "")}, code=65, error="UnknownFormat"),
    Case(
        name="csv-bad-rows",
        files={
            A: CSV + "昨天,小刘,文本,早,13\r\n2024-12-04 19:30:03,小刘,文本\r\n1970-12-04 19:30:03,小刘,文本,早,14\r\n"
        },
        messages=2,
        rejects={"bad-time": 1, "bad-columns": 1, "time-out-of-range": 1},
        code=3,
    ),
    Case(name="csv-unclosed", files={A: CSV.replace("早", '"早')}, messages=1, rejects={"unclosed-quote": 1}, code=3),
    Case(name="csv-cut", files={A: CSV + "2024-12-04 19:3"}, messages=2, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="csv-huge-row",
        files={A: CSV.replace("早", "早" * 400_000)},
        messages=1,
        rejects={"record-too-long": 1},
        code=3,
        rows=({"text": "好"},),
    ),
)
