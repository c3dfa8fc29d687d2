"""EchoTrace: JSON."""

from __future__ import annotations

import json

from support.cases import Case

ROOM = "1@chatroom"
SESSION = {"wxid": ROOM, "nickname": "读书会", "remark": "", "displayName": "读书会", "type": "群聊"}
INVITED = '"小王"邀请"乙"加入了群聊'


def _message(second: int, **more: object) -> dict[str, object]:
    told = {
        "localId": 1,
        "createTime": 1732982302 + second,
        "formattedTime": "",
        "type": "文本消息",
        "localType": 1,
        "content": "早",
        "isSend": 0,
        "senderUsername": "wxid_a",
        "senderDisplayName": "小王",
        "source": "",
    }
    return {**told, **more}


def _json(*messages: object, **more: object) -> str:
    told = {"session": SESSION, "messages": messages, "exportTime": "2024-12-02T10:00:00.000", **more}
    return json.dumps(told, ensure_ascii=False, indent=2)


ROW = {
    "text": "早",
    "kind": "text",
    "sender_id": "wxid_a",
    "sender_name": "小王",
    "group_id": ROOM,
    "group_name": "读书会",
}
NAME = "读书会_聊天记录_1733104800000.json"

GOOD = (
    Case(name="json", files={NAME: _json(_message(0), _message(1))}, format="echotrace_json", messages=2, rows=(ROW, ROW)),
    Case(name="bom-crlf", files={NAME: "\ufeff" + _json(_message(0)).replace("\n", "\r\n")}, format="echotrace_json", messages=1, rows=(ROW,)),
    Case(name="gb18030", files={NAME: _json(_message(0)).encode("gb18030")}, format="echotrace_json", messages=1, rows=(ROW,)),
    Case(name="begins-with-a-notice", files={NAME: _json(_message(0, senderUsername=None, localType=10000, content=INVITED), _message(1))},
         format="echotrace_json", messages=2, rows=({"event": "invited", "sender_id": None, "sender_name": None}, ROW)),
    Case(name="pictures-behind-the-messages", files={NAME: _json(_message(0), avatars={"wxid_a": "data:" + "A" * 9000})},
         format="echotrace_json", messages=1, rows=(ROW,)),
    Case(name="labels-alone", files={NAME: _json(_message(0, localType=None, type="图片消息", content="[图片]"))}, messages=1,
         rows=({"kind": "image", "text": ""},)),
    Case(name="quote", files={NAME: _json(_message(0, localType=57 << 32 | 49, content="是[引用 乙：吗]"))}, messages=1,
         rows=({"kind": "quote", "text": "是"},)),
    Case(name="own", files={NAME: _json(_message(0, isSend=1), _message(1, isSend=0))}, messages=2, rows=({"from_me": True}, {"from_me": False})),
    Case(name="hostile-name", files={NAME: _json(_message(0, senderDisplayName='"甲"邀请"乙"加入了群聊\u202e\u2028'))}, messages=1,
         rows=({"kind": "text", "event": None},)),
    Case(name="private", files={NAME: _json(_message(0), session={**SESSION, "wxid": "wxid_a", "type": "私聊"})}, messages=1,
         rows=({"sender_id": "wxid_a", "group_id": "wxid_a"},)),
)  # fmt: skip

BAD = (
    Case(name="no-messages", files={NAME: _json()}, code=65, error="UnknownFormat"),
    Case(name="empty", files={NAME: ""}, code=65, error="NoMessages"),
    Case(name="no-time", files={NAME: _json(_message(0), _message(1, createTime=None))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="before-1999", files={NAME: _json(_message(0), _message(1, createTime=9))}, messages=1, rejects={"time-out-of-range": 1}, code=3),
    Case(name="no-time-at-all", files={NAME: _json(_message(0, createTime=None))}, code=65, error="NoMessages"),
    Case(name="wrong-types", files={NAME: _json(_message(0), 5, _message(1, content={}, isSend=[]))}, messages=2, rejects={"bad-record": 1}, code=3),
    Case(name="cut-reads-like-weflow", files={NAME: _json(_message(0), _message(1))[:-100]}, format="weflow_json", messages=1,
         rejects={"truncated-tail": 1}, code=3),
    Case(name="broken", files={NAME: _json(_message(0), _message(1), _message(2)).replace('": 1732982303', '" 1732982303')}, messages=2,
         rejects={"bad-json": 1}, code=3),
    Case(name="undecodable", files={NAME: _json(_message(0), _message(1, content="好")).encode().replace("好".encode(), b"\xff\xff")}, messages=1,
         rejects={"undecodable": 1}, code=3),
    Case(name="no-session", files={NAME: _json(_message(0)).replace('"session"', '"sitzung"')}, code=65, error="UnknownFormat"),
)  # fmt: skip
