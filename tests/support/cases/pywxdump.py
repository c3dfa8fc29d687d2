"""PyWxDump: CSV of both generations, JSON, data.js, users.json."""

from __future__ import annotations

import json

from support.cases import Case

ROOM = "1@chatroom"
HEADER = "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\r\n"
OLD = "id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime\r\n"
HOSTILE = '"甲、乙"邀请"丙"加入了群聊\u2028\u202e'
JS = "localStorage.setItem('isUseLocalData', 't')\nconst local_mywxid = 'wxid_me001'\n"


def _record(second: int, **more: object) -> dict[str, object]:
    return {
        "id": second + 1,
        "MsgSvrID": str(2755705033944784190 + second),
        "type_name": "文本",
        "is_sender": 0,
        "talker": "wxid_aaa1",
        "room_name": ROOM,
        "msg": "早",
        "src": "",
        "extra": {},
        "CreateTime": f"2024-12-01 08:00:{second:02}",
        **more,
    }


def _row(second: int, **more: object) -> str:
    cells = [str(cell) for name, cell in _record(second, **more).items() if name != "extra"]
    return ",".join('"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell for cell in cells) + "\r\n"


def _old(second: int, content: object) -> str:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    cells = [str(second), str(2755705033944784190 + second), "文本", "0", "wxid_aaa1", ROOM]
    return ",".join([*cells, '"' + text.replace('"', '""') + '"', f"2024-12-01 08:00:{second:02}"]) + "\r\n"


def _json(*records: object) -> str:
    return json.dumps(records, ensure_ascii=False, indent=4)


def _script(*records: object, people: object = None) -> str:
    told = (json.dumps(one, ensure_ascii=False) for one in (people or {}, records))
    users, messages = told
    return f"{JS}const local_user_list = {users}\nconst local_msg_list = {messages}\n"


def _person(wxid: str, **more: object) -> dict[str, object]:
    return {wxid: {"wxid": wxid, "nickname": "", "remark": "", "account": "", "extra": None, **more}}


USERS = json.dumps(
    _person("wxid_aaa1", nickname="凯文")
    | _person(ROOM, nickname="群", extra={"owner": "wxid_aaa1", "wxid2userinfo": {"wxid_bbb1": {"roomNickname": "小刘"}}}),
    ensure_ascii=False,
    indent=4,
)  # fmt: skip

GOOD = (
    Case(
        name="csv",
        files={f"{ROOM}_0_2.csv": HEADER + _row(0) + _row(1, msg="好, \n\n再说")},
        format="pywxdump_csv",
        messages=2,
        rows=({"group_id": ROOM, "native_id": "2755705033944784190", "sender_id": "wxid_aaa1", "text": "早"}, {"text": "好, \n\n再说"}),
    ),
    Case(
        name="csv-pages-are-one-group",
        files={
            "a_0_1.csv": HEADER + _row(0),
            "a_1_2.csv": HEADER + _row(1, id=1, type_name="引用回复", msg="好\n\n[引用](2024-12-01 08:00:00)凯文:早"),
        },
        messages=2,
        rows=({}, {"kind": "quote", "text": "好", "reply_to": "2755705033944784190", "reply_how": "time"}),
    ),
    Case(name="csv-bom-lf", files={"a.csv": "\ufeff" + (HEADER + _row(0)).replace("\r\n", "\n")}, messages=1),
    Case(name="csv-gb18030", files={"a.csv": (HEADER + _row(0)).encode("gb18030")}, messages=1, rows=({"text": "早"},)),
    Case(
        name="csv-saved-by-a-spreadsheet",
        files={"a.csv": (HEADER + _row(0, MsgSvrID="2.75571E+18", CreateTime="2024/12/1 8:00")).replace(",", ";").encode("gb18030")},
        messages=1,
        rows=({"native_id": None},),
    ),
    Case(
        name="csv-old",
        files={"a.csv": OLD + _old(0, {"src": "", "msg": "早\n好"}) + _old(1, {"src": None, "msg": None})},
        format="pywxdump_csv",
        messages=2,
        rows=({"text": "早\n好"}, {"text": None}),
    ),
    Case(
        name="csv-nobody-and-me",
        files={
            "a.csv": HEADER
            + _row(0, type_name="系统通知", talker="未知", msg='"甲"邀请"乙"加入了群聊')
            + _row(1, talker="系统", type_name="系统通知", msg="x")
            + _row(2, talker="我", is_sender=1)
        },
        messages=3,
        rows=({"sender_id": None, "event": "invited"}, {"sender_id": None}, {"sender_id": "me", "from_me": True}),
    ),
    Case(name="csv-ids-of-0-are-none", files={"a.csv": HEADER + _row(0, MsgSvrID="0") + _row(1, MsgSvrID="0")}, messages=2),
    Case(
        name="csv-hostile-text",
        files={"a.csv": HEADER + _row(0, msg=HOSTILE)},
        messages=1,
        rows=({"kind": "text", "event": None, "text": HOSTILE},),
    ),
    Case(
        name="csv-a-pasted-export",
        files={"a.csv": HEADER + _row(0, msg=HEADER + _row(5)) + _row(1)},
        messages=2,
        rows=({"text": (HEADER + _row(5))},),
    ),
    Case(name="json", files={"a.json": _json(_record(0), _record(1))}, format="pywxdump_json", messages=2, rows=({"text": "早"},)),
    Case(
        name="json-old",
        files={"a.json": _json({**_record(0, content={"src": "", "msg": "早"}), "msg": None})},
        messages=1,
        rows=({"text": "早"},),
    ),
    Case(
        name="json-numbers-for-ids",
        files={"a.json": _json(_record(0, MsgSvrID=2755705033944784198, is_sender=True))},
        messages=1,
        rows=({"native_id": "2755705033944784198", "from_me": True},),
    ),
    Case(
        name="js",
        files={"data.js": _script(_record(0), _record(1, talker="我", is_sender=1), people=_person("wxid_aaa1", nickname="凯文"))},
        format="pywxdump_js",
        messages=2,
        rows=({"text": "早"}, {"sender_id": "wxid_me001", "from_me": True}),
    ),
    Case(
        name="js-with-semicolons-and-more",
        files={"data.js": _script(_record(0)).replace("\n", ";\r\n") + "console.log(local_msg_list);\n"},
        messages=1,
    ),
    Case(name="js-broken-people", files={"data.js": _script(_record(0)).replace("{}\n", "{oops\n", 1)}, messages=1),
    Case(name="js-in-another-order", files={"data.js": f"const local_msg_list = {_json(_record(0))}\n{JS}"}, messages=1),
    Case(
        name="names-of-users-json",
        files={
            "a.csv": HEADER + _row(0) + _row(1, type_name="拍一拍", talker="未知", msg='"凯文" 拍了拍 "小刘"'),
            "users.json": USERS,
        },
        messages=2,
        rows=({"group_name": "群"}, {"actor_id": "wxid_aaa1", "target_ids": ["wxid_bbb1"]}),
    ),
)  # fmt: skip

BAD = (
    Case(name="csv-header-only", files={"a.csv": HEADER}, code=65, error="NoMessages"),
    Case(name="csv-empty", files={"a.csv": ""}, code=65, error="NoMessages"),
    Case(name="csv-without-a-column", files={"a.csv": HEADER.replace("type_name,room_name,", "").replace("type_name", "t") + "x\r\n"}, code=65, error="UnknownFormat"),
    Case(name="csv-bad-time", files={"a.csv": HEADER + _row(0) + _row(1, CreateTime="gestern")}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="csv-before-1999", files={"a.csv": HEADER + _row(0) + _row(1, CreateTime="1970-01-01 08:00:00")}, messages=1, rejects={"time-out-of-range": 1}, code=3),
    Case(name="csv-cut", files={"a.csv": HEADER + _row(0) + _row(1)[:-20]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="csv-too-few-cells", files={"a.csv": HEADER + _row(0) + "3,4\r\n" + _row(1)}, messages=2, rejects={"bad-columns": 1}, code=3),
    Case(
        name="csv-unclosed-quote",
        files={"a.csv": HEADER + _row(0) + _row(1, msg="早, 好").replace('好"', "好") + _row(2)},
        messages=2,
        rejects={"unclosed-quote": 1},
        code=3,
    ),
    Case(name="csv-old-broken-content", files={"a.csv": OLD + _old(0, {"msg": "早"}) + _old(1, "{oops") + _old(2, "[1]")}, messages=1, rejects={"bad-json": 2}, code=3),
    Case(name="csv-undecodable", files={"a.csv": (HEADER + _row(0)).encode() + _row(1).encode().replace("早".encode(), b"\xff\xff")}, messages=1, rejects={"undecodable": 1}, code=3),
    Case(name="json-cut", files={"a.json": _json(_record(0), _record(1))[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="json-no-time", files={"a.json": _json(_record(0), _record(1, CreateTime=None))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="json-wrong-types", files={"a.json": _json(_record(0), _record(1, type_name=[], talker={}, msg=5, src=[1]), "x")}, messages=2, rejects={"bad-record": 1}, code=3),
    Case(name="js-no-messages", files={"data.js": JS}, code=65, error="NoMessages"),
    Case(name="js-cut", files={"data.js": _script(_record(0), _record(1))[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="users-cut", files={"users.json": USERS[:-90]}, rejects={"truncated-tail": 1}, code=3),
    Case(name="users-of-nobody", files={"users.json": json.dumps(_person("1@chatroom"))}, code=65, error="NoMessages"),
)  # fmt: skip
