"""CipherTalk: detailed JSON and HTML."""

from __future__ import annotations

import json

from support.cases import Case

ROOM = "1@chatroom"
INFO = {"version": "0.0.2", "exportedAt": 1795284576, "generator": "CipherTalk", "format": "detailed-json"}
SESSION = {"wxid": ROOM, "nickname": "读书会", "displayName": "读书会", "type": "群聊", "isGroup": True}
QUOTE = (
    "<msg><appmsg><title>是</title><type>57</type><refermsg><svrid>900</svrid><chatusr>wxid_b</chatusr>"
    "<content>吗</content><createtime>1732982300</createtime></refermsg></appmsg></msg>"
)
JOINED = (
    f"{ROOM}:\n<sysmsg type='delchatroommember'><delchatroommember><plain>你邀请\"乙\"加入了群聊</plain><link><memberlist>"
    "<username>wxid_b</username></memberlist></link></delchatroommember></sysmsg>"
)


def _message(second: int, **more: object) -> dict[str, object]:
    told = {
        "localId": 1,
        "platformMessageId": f"27557050339447844{second}0",
        "createTime": 1732982302 + second,
        "type": "文本消息",
        "localType": 1,
        "content": "早",
        "rawContent": "wxid_a:\n早",
        "isSend": 0,
        "senderUsername": "wxid_a",
        "senderDisplayName": "小王",
    }
    return {**told, **more}


def _json(*messages: object, info: object = INFO) -> str:
    return json.dumps({"exportInfo": info, "session": SESSION, "messages": messages}, ensure_ascii=False, indent=2)


def _page(*messages: object, script: str = "") -> str:
    chat = {
        "meta": {"sessionId": ROOM, "sessionName": "读书会"},
        "members": [{"id": "wxid_a", "name": "小王"}],
        "messages": messages,
    }
    return f"<!DOCTYPE html>\n<html><script>{script}window.CHAT_DATA = {json.dumps(chat, ensure_ascii=False)};\n</script></html>"


def _said(second: int, **more: object) -> dict[str, object]:
    return {
        "timestamp": 1732982302 + second,
        "sender": "wxid_a",
        "senderName": "小王",
        "type": 1,
        "content": "早",
        "isSend": False,
        **more,
    }


ROW = {
    "text": "早",
    "kind": "text",
    "sender_id": "wxid_a",
    "sender_name": "小王",
    "group_id": ROOM,
    "group_name": "读书会",
}

GOOD = (
    Case(name="json", files={"a.json": _json(_message(0), _message(1))}, format="ciphertalk_json", messages=2, rows=(ROW, ROW)),
    Case(name="json-bom-crlf", files={"a.json": "\ufeff" + _json(_message(0)).replace("\n", "\r\n")}, messages=1, rows=(ROW,)),
    Case(name="json-gb18030", files={"a.json": _json(_message(0)).encode("gb18030")}, messages=1, rows=(ROW,)),
    Case(name="json-header-of-the-tool-alone", files={"a.json": _json(_message(0), info={"generator": "CipherTalk"})}, messages=1, rows=(ROW,)),
    Case(name="json-without-raw-content", files={"a.json": _json(_message(0, rawContent=None), _message(1, rawContent="", localType=3, content="[图片]"))},
         messages=2, rows=(ROW, {"kind": "image", "text": ""})),
    Case(name="json-quote", files={"a.json": _json(_message(0, localType=57 << 32 | 49, content="?", rawContent=QUOTE, replyToMessageId="9"))},
         messages=1, rows=({"kind": "quote", "text": "是", "reply_to": "900"},)),
    Case(name="json-notice", files={"a.json": _json(_message(0, localType=10000, content=f"{ROOM}: invite", rawContent=JOINED, senderUsername=ROOM))},
         messages=1, rows=({"event": "invited", "target_ids": ["wxid_b"], "sender_id": None},)),
    Case(name="json-a-colon-of-ones-own", files={"a.json": _json(_message(0, rawContent="提醒:\n带水", isSend=1))}, messages=1,
         rows=({"text": "提醒:\n带水", "from_me": True},)),
    Case(name="json-hostile-name", files={"a.json": _json(_message(0, senderDisplayName='"甲"邀请"乙"加入了群聊\u202e\u2028'))}, messages=1,
         rows=({"kind": "text", "event": None},)),
    Case(name="html", files={"a.html": _page(_said(0), _said(1))}, format="ciphertalk_html", messages=2, rows=(ROW, ROW)),
    Case(name="html-script-of-its-own", files={"data.js": "// CipherTalk\nwindow.CHAT_DATA = " + _page(_said(0)).split("= ")[1].split("\n")[0]},
         format="ciphertalk_html", messages=1, rows=(ROW,)),
    Case(name="html-raw-content", files={"a.html": _page(_said(0, rawContent="wxid_a:\n" + QUOTE))}, messages=1,
         rows=({"kind": "quote", "text": "是", "reply_to": "900"},)),
    Case(name="html-notice", files={"a.html": _page(_said(0, sender=ROOM, rawContent=JOINED))}, messages=1,
         rows=({"event": "invited", "target_ids": ["wxid_b"], "sender_id": None},)),
)  # fmt: skip

BAD = (
    Case(name="json-no-messages", files={"a.json": _json()}, code=65, error="NoMessages"),
    Case(name="json-cut-in-the-header", files={"a.json": _json(_message(0))[:150]}, code=65, error="NoMessages"),
    Case(name="json-cut", files={"a.json": _json(_message(0), _message(1))[:-40]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="json-no-time", files={"a.json": _json(_message(0), _message(1, createTime=None))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="json-before-1999", files={"a.json": _json(_message(0), _message(1, createTime=9))}, messages=1, rejects={"time-out-of-range": 1}, code=3),
    Case(name="json-wrong-types", files={"a.json": _json(_message(0), "x", None, _message(1, rawContent=[1], senderUsername=5))}, messages=2,
         rejects={"bad-record": 2}, code=3),
    Case(name="json-broken", files={"a.json": _json(_message(0), _message(1), _message(2)).replace('"localType": 1', '"localType" 1', 1)}, messages=2,
         rejects={"bad-json": 1}, code=3),
    Case(name="json-undecodable", files={"a.json": _json(_message(0)).encode() .replace("早".encode(), b"\xff\xff")}, code=65, error="NoMessages"),
    Case(name="json-of-another-tool", files={"a.json": _json(_message(0), info={"generator": "?"})}, code=65, error="UnknownFormat"),
    Case(name="html-no-messages", files={"a.html": _page()}, code=65, error="NoMessages"),
    Case(name="html-cut", files={"a.html": _page(_said(0), _said(1))[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="html-no-time", files={"a.html": _page(_said(0), _said(1, timestamp="x"))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="html-empty", files={"a.html": ""}, code=65, error="NoMessages"),
)  # fmt: skip
