"""WeFlow: JSON, text, WeClone's CSV, SQL and HTML."""

from __future__ import annotations

import json

from support.cases import Case

ROOM = "1@chatroom"
SESSION = {"wxid": ROOM, "nickname": "读书会", "remark": "", "displayName": "读书会", "type": "群聊"}
INVITED = '"小王"邀请"乙"加入了群聊'
HOSTILE = '"甲"邀请"乙"加入了群聊\u202e、\u2028'


def _message(second: int, **more: object) -> dict[str, object]:
    told = {
        "localId": 1,
        "createTime": 1732982302 + second,
        "type": "文本消息",
        "localType": 1,
        "content": "早",
        "isSend": 0,
        "senderUsername": "wxid_a",
        "senderDisplayName": "小王",
    }
    return {**told, **more}


def _json(*messages: object, indent: int | None = 2) -> str:
    return json.dumps(
        {"weflow": {"version": "1.0.3", "generator": "WeFlow"}, "session": SESSION, "messages": messages},
        ensure_ascii=False,
        indent=indent,
    )


def _txt(*messages: tuple[str, str, str]) -> str:
    return "".join(f"{time} '{name}'\n{words}\n\n" for time, name, words in messages)


HEADER = "id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime\r\n"


def _csv(number: int, **more: str) -> str:
    told = {
        "id": str(number),
        "MsgSvrID": f"275570503394478419{number}",
        "type_name": "text",
        "is_sender": "0",
        "talker": "小王",
        "msg": "早",
        "src": "",
        "CreateTime": f"2024-11-30T15:58:0{number}.000Z",
        **more,
    }
    return ",".join(told.values()) + "\r\n"


TABLE = "BEGIN;\nCREATE TABLE IF NOT EXISTS weflow_messages (\n  session_id TEXT NOT NULL\n);\n"
COLUMNS = "session_id, local_id, message_id, create_time, sender, is_send, local_type, media_type, content, media_path"


def _sql(second: int, words: str = "早", sender: str = "wxid_a", type_: int = 1) -> str:
    said = words.replace("'", "''")
    return (
        f"INSERT INTO weflow_messages ({COLUMNS}) VALUES ('{ROOM}', '{second}', '27557050339447844{second}0', {1732982302 + second}, "
        f"'{sender}', FALSE, {type_}, NULL, '{said}', NULL);\n"
    )


def _html(*messages: str) -> str:
    said = ",\n".join(messages)
    return f"<!DOCTYPE html>\n<html><body><script>\nwindow.WEFLOW_DATA = [\n{said}\n];\n</script></body></html>\n"


def _bubble(second: int, words: str = "早", name: str = "小王") -> str:
    markup = f'<div class="sender-name">{name}</div><div class="message-text">{words}</div>'
    return json.dumps({"i": 1, "t": 1732982302 + second, "s": 0, "a": "", "b": markup, "p": f"90{second}"})


TWO_TXT = _txt(("2024-12-01 08:00:00", "小王", "早"), ("2024-12-01 08:00:01", "小李", "好"))
TWO_SQL = _sql(1) + _sql(2, "好")
ROWS = ({"text": "早", "kind": "text"}, {"text": "好"})

GOOD = (
    Case(name="json", files={"a.json": _json(_message(0), _message(1, content="好"))}, format="weflow_json", messages=2, rows=ROWS),
    Case(name="json-notice", files={"a.json": _json(_message(0, senderUsername=ROOM, localType=10000, content=INVITED))}, messages=1,
         rows=({"event": "invited", "sender_id": None},)),
    Case(name="txt", files={"a.txt": TWO_TXT}, format="weflow_txt", messages=2, rows=ROWS),
    Case(name="txt-bom-crlf", files={"a.txt": "\ufeff" + TWO_TXT.replace("\n", "\r\n")}, format="weflow_txt", messages=2, rows=ROWS),
    Case(name="txt-gb18030", files={"a.txt": TWO_TXT.encode("gb18030")}, format="weflow_txt", messages=2, rows=ROWS),
    Case(name="txt-utf-16", files={"a.txt": TWO_TXT.encode("utf-16")}, format="weflow_txt", messages=2, rows=ROWS),
    Case(name="txt-notice", files={"读书会.txt": _txt(("2024-12-01 08:00:00", "读书会", INVITED)) + TWO_TXT}, messages=3,
         rows=({"event": "invited", "sender_id": None, "group_id": "name:读书会"},)),
    Case(name="txt-a-member-who-plays-a-notice", files={"读书会.txt": _txt(("2024-12-01 08:00:00", "小王", INVITED))}, messages=1,
         rows=({"event": None, "sender_id": "name:小王", "text": INVITED},)),
    Case(name="txt-pasted-chat", files={"a.txt": TWO_TXT + _txt(("2024-12-01 08:00:02", "小王", "转\n\n" + TWO_TXT.rstrip()))}, messages=3,
         rows=({}, {}, {"text": "转\n\n" + TWO_TXT.rstrip()})),
    Case(name="txt-hostile-name", files={"a.txt": _txt(("2024-12-01 08:00:00", HOSTILE, "早"))}, messages=1,
         rows=({"sender_name": HOSTILE, "kind": "text"},)),
    Case(name="txt-empty-text", files={"a.txt": _txt(("2024-12-01 08:00:00", "小王", "")) + TWO_TXT}, messages=3),
    Case(name="weclone", files={"a.csv": "\ufeff" + HEADER + _csv(1) + _csv(2, msg="好")}, format="weclone_csv", messages=2, rows=ROWS),
    Case(name="weclone-gb18030-lf", files={"a.csv": (HEADER + _csv(1) + _csv(2, msg="好")).replace("\r\n", "\n").encode("gb18030")},
         format="weclone_csv", messages=2, rows=ROWS),
    Case(name="weclone-lines-in-a-text", files={"a.csv": HEADER + _csv(1, msg='"早\n\n""好"""') + _csv(2)}, messages=2,
         rows=({"text": '早\n\n"好"'},)),
    Case(name="weclone-id-of-a-spreadsheet", files={"a.csv": HEADER + _csv(1, MsgSvrID="2.75571E+18")}, messages=1, rows=({"native_id": None},)),
    Case(name="weclone-pywxdump-has-a-room", files={"a.csv": HEADER.replace("msg", "room_name,msg") + _csv(1, talker="wxid_a,1@chatroom", CreateTime="2024-11-30 23:58:22")},
         format="pywxdump_csv", messages=1),
    Case(name="sql", files={"a.sql": TABLE + TWO_SQL + "COMMIT;\n"}, format="weflow_sql", messages=2, rows=ROWS),
    Case(name="sql-bom-crlf", files={"a.sql": "\ufeff" + (TABLE + TWO_SQL).replace("\n", "\r\n")}, messages=2, rows=ROWS),
    Case(name="sql-gb18030", files={"a.sql": (TABLE + TWO_SQL).encode("gb18030")}, messages=2, rows=ROWS),
    Case(name="sql-quotes-and-a-pasted-statement", files={"a.sql": TABLE + _sql(1, "it's\n" + _sql(9)) + _sql(2)}, messages=2,
         rows=({"text": "it's\n" + _sql(9)},)),
    Case(name="sql-notice", files={"a.sql": TABLE + _sql(1, INVITED, ROOM, 10000)}, messages=1,
         rows=({"event": "invited", "sender_id": None, "group_id": ROOM},)),
    Case(name="html", files={"a.html": _html(_bubble(0), _bubble(1, "好"))}, format="weflow_html", messages=2, rows=ROWS),
)  # fmt: skip

BAD = (
    Case(name="json-cut-in-the-header", files={"a.json": _json(_message(0))[:60]}, code=65, error="NoMessages"),
    Case(name="json-cut-in-the-session", files={"a.json": _json(_message(0))[:130]}, code=65, error="NoMessages"),
    Case(name="json-cut", files={"a.json": _json(_message(0), _message(1))[:-30]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="json-no-time", files={"a.json": _json(_message(0), _message(1, createTime="bald"))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="json-wrong-types", files={"a.json": _json(_message(0), 5, [], _message(1, content=7, isSend="x"))}, messages=2,
         rejects={"bad-record": 2}, code=3),
    Case(name="txt-empty", files={"a.txt": ""}, code=65, error="NoMessages"),
    Case(name="txt-cut-in-a-header", files={"a.txt": TWO_TXT + "2024-12-01 08:00:02 '小"}, messages=2, rejects={"truncated-tail": 1}, code=3),
    Case(name="txt-cut-in-a-time", files={"a.txt": TWO_TXT + "2024-12-01 08:0"}, messages=2, rejects={"truncated-tail": 1}, code=3),
    Case(name="txt-before-1999", files={"a.txt": _txt(("1970-01-01 08:00:00", "小王", "早")) + TWO_TXT}, messages=2,
         rejects={"time-out-of-range": 1}, code=3),
    Case(name="txt-huge", files={"a.txt": TWO_TXT + _txt(("2024-12-01 08:00:02", "小王", "早" * 400_000), ("2024-12-01 08:00:03", "小王", "好"))},
         messages=3, rejects={"record-too-long": 2}, code=3),
    Case(name="weclone-header-only", files={"a.csv": HEADER}, code=65, error="NoMessages"),
    Case(name="weclone-no-time", files={"a.csv": HEADER + _csv(1) + _csv(2, CreateTime="2024-13-01T00:00:00.000Z") + _csv(3, CreateTime="")},
         messages=1, rejects={"bad-time": 2}, code=3),
    Case(name="weclone-time-without-zone", files={"a.csv": HEADER + _csv(1) + _csv(2, CreateTime="2024-12-01T00:00:00")}, messages=1,
         rejects={"bad-time": 1}, code=3),
    Case(name="weclone-columns", files={"a.csv": HEADER + _csv(1) + "2,90,text\r\n" + _csv(3)}, messages=2, rejects={"bad-columns": 1}, code=3),
    Case(name="weclone-no-talker", files={"a.csv": HEADER.replace("talker", "who") + _csv(1)}, code=65, error="UnknownFormat"),
    Case(name="sql-table-only", files={"a.sql": TABLE + "COMMIT;\n"}, code=65, error="NoMessages"),
    Case(name="sql-cut", files={"a.sql": TABLE + (_sql(1) + _sql(2))[:-20]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="sql-no-time", files={"a.sql": TABLE + _sql(1) + _sql(2).replace("1732982304", "NULL") + _sql(3).replace("1732982305", "12")},
         messages=1, rejects={"bad-time": 1, "time-out-of-range": 1}, code=3),
    Case(name="sql-lost-quote", files={"a.sql": TABLE + _sql(1).replace("早'", "早") + _sql(2) + "COMMIT;\n"}, messages=1,
         rejects={"bad-record": 1}, code=3),
    Case(name="sql-huge", files={"a.sql": TABLE + _sql(1) + _sql(2, "早" * 400_000) + _sql(3)}, messages=2, rejects={"record-too-long": 1}, code=3),
    Case(name="sql-undecodable", files={"a.sql": (TABLE + _sql(1)).encode() + _sql(2).encode().replace("早".encode(), b"\xff\xff") + _sql(3).encode()},
         messages=2, rejects={"undecodable": 1}, code=3),
    Case(name="html-no-messages", files={"a.html": _html()}, code=65, error="NoMessages"),
    Case(name="html-cut", files={"a.html": _html(_bubble(0), _bubble(1))[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="html-broken-line", files={"a.html": _html(_bubble(0), "{oops}", _bubble(2))}, messages=2, rejects={"bad-json": 1}, code=3),
    Case(name="html-of-another-page", files={"a.html": "<!DOCTYPE html>\n<p>WEFLOW_DATA</p>"}, code=65, error="UnknownFormat"),
)  # fmt: skip
