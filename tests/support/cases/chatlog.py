"""chatlog: CSV, JSON, text, its contacts and its groups."""

from __future__ import annotations

import json

from support.cases import Case

HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
DAY = "1@chatroom_2024-12-01_2024-12-01.txt"
DAYS = "1@chatroom_2024-11-30_2024-12-01.txt"
HOSTILE = '"甲、乙"邀请"丙"加入了群聊\u2028\u202e'


def _row(second: int, text: str = "早", name: str = "凯文", sender: str = "wxid_aaa1") -> str:
    cells = (f"2024-12-01 08:00:{second:02}", name, sender, "群", "1@chatroom", text)
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def _message(second: int, **more: object) -> dict[str, object]:
    return {
        "seq": 1733011200000 + 1000 * second,
        "time": f"2024-12-01T08:00:{second:02}+08:00",
        "talker": "1@chatroom",
        "talkerName": "群",
        "isChatRoom": True,
        "sender": "wxid_aaa1",
        "senderName": "凯文",
        "isSelf": False,
        "type": 1,
        "subType": 0,
        "content": "早",
        "contents": {"host": "127.0.0.1:5030"},
        **more,
    }


def _array(*messages: object) -> str:
    return json.dumps(messages, ensure_ascii=False, separators=(",", ":"))


def _said(*heads: str, text: str = "早") -> str:
    return "".join(f"{head}\n{text}\n\n" for head in heads)


OWN = _message(5, isSelf=True, sender="wxid_me001", senderName="阿岚")
CUT = _message(6, isSelf=True, sender="本周路线", senderName="", content="东门")

GOOD = (
    Case(name="csv", files={"a.csv": HEADER + _row(0) + _row(1)}, format="chatlog_csv", messages=2),
    Case(name="csv-bom-crlf", files={"a.csv": ("\ufeff" + HEADER + _row(0)).replace("\n", "\r\n")}, messages=1),
    Case(
        name="csv-hostile-name",
        files={"a.csv": HEADER + _row(0, name=HOSTILE)},
        messages=1,
        rows=({"kind": "text", "event": None, "sender_id": "wxid_aaa1"},),
    ),
    Case(
        name="json",
        files={"a.json": _array(_message(0), _message(1, content="好"))},
        format="chatlog_json",
        messages=2,
        rows=({"group_id": "1@chatroom", "group_name": "群", "text": "早", "time_quality": "exact"}, {"text": "好"}),
    ),
    Case(name="json-bom", files={"a.json": "\ufeff" + _array(_message(0))}, messages=1),
    Case(name="json-gb18030", files={"a.json": _array(_message(0)).encode("gb18030")}, messages=1, rows=({"text": "早"},)),
    Case(name="json-indented", files={"a.json": json.dumps([_message(0), _message(1)], indent=2)}, messages=2),
    Case(
        name="json-zones",
        files={"a.json": _array(_message(0, time="2024-12-01T00:00:00Z"), _message(1, time="2024-12-01T08:00:01.5+08:00"))},
        messages=2,
        rows=({"text": "早"}, {"text": "早"}),
    ),
    Case(
        name="json-put-together-again",
        files={"a.json": _array(CUT | {"time": "2024-12-01T08:00:04+08:00"}, OWN)},
        messages=2,
        rows=({"sender_id": "wxid_me001", "text": "本周路线:\n东门"}, {"sender_id": "wxid_me001"}),
    ),
    Case(
        name="json-put-together-though-it-looks-like-an-id",
        files={"a.json": _array(OWN | {"time": "2024-12-01T08:00:01+08:00"}, CUT | {"sender": "Notice"})},
        messages=2,
        rows=({"text": "早"}, {"sender_id": "wxid_me001", "text": "Notice:\n东门"}),
    ),
    Case(
        name="json-no-contents",
        files={"a.json": _array({**_message(0, type=49, subType=57, content="好"), "contents": None})},
        messages=1,
        rows=({"kind": "quote", "text": "好", "reply_how": "unknown"},),
    ),
    Case(
        name="txt-a-day",
        files={DAY: _said("凯文(wxid_aaa1) 08:00:00", "阿岚(我) 08:00:01")},
        format="chatlog_txt",
        messages=2,
        rows=({"group_id": "1@chatroom", "sender_id": "wxid_aaa1"}, {"from_me": True, "sender_name": "阿岚"}),
    ),
    Case(
        name="txt-the-day-is-said",
        files={"x.txt": _said("凯文(wxid_aaa1) 08:00:00")},
        options={"facts": {"date": "2024-12-01"}},
        messages=1,
    ),
    Case(name="txt-two-days", files={DAYS: _said("凯文(wxid_aaa1) 11-30 08:00:00", "凯文(wxid_aaa1) 12-01 00:00:00")}, messages=2),
    Case(name="txt-bom-crlf", files={DAY: ("\ufeff" + _said("凯文(wxid_aaa1) 08:00:00")).replace("\n", "\r\n")}, messages=1, rows=({"text": "早"},)),
    Case(name="txt-gb18030", files={DAY: _said("凯文(wxid_aaa1) 08:00:00").encode("gb18030")}, messages=1, rows=({"text": "早"},)),
    Case(
        name="txt-several-chats",
        files={"x.txt": _said("凯文(wxid_aaa1) [群(1@chatroom)] 2024-12-01 08:00:00", "wxid_aaa1 [书(2@chatroom)] 2024-12-01 08:00:01")},
        messages=2,
        rows=({"group_id": "1@chatroom", "group_name": "群"}, {"group_id": "2@chatroom", "sender_id": "wxid_aaa1"}),
    ),
    Case(
        name="txt-a-pasted-chat",
        files={DAY: _said("凯文(wxid_aaa1) 08:00:00", text="看:\n\n小刘(wxid_liu1) 07:00:00\n好") + _said("凯文(wxid_aaa1) 08:00:02")},
        messages=2,
        rows=({"text": "看:\n\n小刘(wxid_liu1) 07:00:00\n好"},),
    ),
    Case(
        name="txt-hostile-names",
        files={DAY: _said(f"{HOSTILE}(x)(wxid_aaa1) 08:00:00", "[a] (b) [c(d)](wxid_aaa1) 08:00:01")},
        messages=2,
        rows=({"sender_id": "wxid_aaa1", "event": None}, {"sender_name": "[a] (b) [c(d)]"}),
    ),
    Case(
        name="contacts-name-a-sender",
        files={"a.csv": HEADER + _row(0, name=""), "contact.csv": "UserName,Alias,Remark,NickName\nwxid_aaa1,,,凯文\n"},
        messages=1,
    ),
    Case(
        name="groups-beside-their-chat",
        files={"a.csv": HEADER + _row(0), "chatroom.csv": "Name,Remark,NickName,Owner,UserCount\n1@chatroom,,群,wxid_aaa1,2\n"},
        messages=1,
    ),
)  # fmt: skip

BAD = (
    Case(name="csv-header-only", files={"a.csv": HEADER}, code=65, error="NoMessages"),
    Case(name="csv-no-time", files={"a.csv": HEADER + _row(0) + _row(1).replace("2024", "MMXX")}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="csv-cut", files={"a.csv": HEADER + _row(0) + _row(1)[:-8]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="csv-missing-column", files={"a.csv": HEADER.replace(",Content", "") + "x\n"}, code=65, error="UnknownFormat"),
    Case(name="json-empty-array", files={"a.json": "[]"}, code=65, error="UnknownFormat"),
    Case(name="json-cut", files={"a.json": _array(_message(0), _message(1))[:-30]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="json-no-zone", files={"a.json": _array(_message(0), _message(1, time="2024-12-01 08:00:01"))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="json-time-of-another-type", files={"a.json": _array(_message(0), _message(1, time=5))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="json-year-1", files={"a.json": _array(_message(0), _message(1, time="0001-01-01T00:00:00Z"))}, messages=1, rejects={"time-out-of-range": 1}, code=3),
    Case(name="json-a-number-for-a-message", files={"a.json": _array(_message(0), 5)}, messages=1, rejects={"bad-record": 1}, code=3),
    Case(
        name="json-wrong-types",
        files={"a.json": _array(_message(0), _message(1, type="a", sender=[1], contents="x", content={"a": 1}), _message(2, time=None))},
        messages=2,
        rejects={"bad-time": 1},
        code=3,
    ),
    Case(name="json-broken", files={"a.json": _array(_message(0), _message(1)).replace('"seq":1733011201000', '"seq":oops')}, messages=1, rejects={"bad-json": 1}, code=3),
    Case(name="txt-empty", files={"1@chatroom.txt": ""}, code=65, error="NoMessages"),
    Case(name="txt-which-day", files={"x.txt": _said("凯文(wxid_aaa1) 08:00:00")}, code=65, error="UnreadableExport", says="--date"),
    Case(name="txt-which-year", files={"x.txt": _said("凯文(wxid_aaa1) 12-01 08:00:00")}, code=65, error="UnreadableExport", says="--date"),
    Case(name="txt-which-of-a-month", files={"2024-11-01_2024-12-01.txt": _said("凯文(wxid_aaa1) 08:00:00")}, code=65, error="UnreadableExport", says="--date"),
    Case(name="txt-no-such-day", files={"2024-13-01_2024-13-01.txt": _said("凯文(wxid_aaa1) 08:00:00")}, code=65, error="UnreadableExport"),
    Case(
        name="txt-cut-header",
        files={DAY: _said("凯文(wxid_aaa1) 08:00:00") + "凯文(wxid_aaa1) 08:00:01"},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="txt-too-long",
        files={DAY: _said("凯文(wxid_aaa1) 08:00:00") + _said("凯文(wxid_aaa1) 08:00:01", text="x" * (1 << 20))},
        messages=1,
        rejects={"record-too-long": 2},
        code=3,
    ),
    Case(name="contacts-header-only", files={"contact.csv": "UserName,Alias,Remark,NickName\n"}, code=65, error="NoMessages"),
    Case(name="contacts-bad-row", files={"contact.csv": "UserName,Alias,Remark,NickName\nwxid_aaa1,,,凯文\nwxid_b\n"}, rejects={"bad-columns": 1}, code=3),
    Case(name="groups-of-nobody", files={"chatroom.csv": "Name,Remark,NickName,Owner,UserCount\n1@chatroom,,群,,2\n"}, code=65, error="NoMessages"),
)  # fmt: skip
