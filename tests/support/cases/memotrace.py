"""MemoTrace: CSV of all versions, HTML and the JSON beside it, Markdown, text, and text for language models."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case

HEADER_2 = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\r\n"
HEADER_3 = "消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\r\n"
CONTACTS = (
    "UserName,Alias,Type,Remark,NickName,PYInitial,RemarkPYInitial,smallHeadImgUrl,bigHeadImgUrl,label,gender,telephone,"
    "signature,country/region,province,city\r\n"
)
TIME = 1732982302
PAGE = "<!DOCTYPE html><title>读书会</title><script>const chatMessages = [\n{}];</script>"
DAY = "## 2024\n### 2024-12\n#### 2024-12-01\n"
STARS = "*" * 20


def _v2(number: int, text: str, sender: str = "wxid_jia01", name: str = "甲", time: object = None) -> str:
    at = TIME + number if time is None else time
    return f'{number},3,1,0,0,{at},2,"{text}",2024-11-30 23:58:22,{name},{name},{sender}\r\n'


def _v3(number: int, text: str, label: str = "文本", name: str = "甲", time: str = "2024-12-01 00:00:00") -> str:
    return f'{7000 + number},{label},"{name}",{time},"{text}",甲,甲,more\r\n'


def _js(number: int, text: str, name: str = "甲") -> str:
    return f"{{ type:1, text: '{text}',is_send:0,timestamp:{TIME + number},is_chatroom:1,displayname:'{name}'}},\n"


def _record(number: int, **more: object) -> dict[str, Any]:
    known = {"type": "1", "is_send": False, "timestamp": TIME + number, "server_id": str(7000 + number)}
    return {**known, "display_name": "甲", "xml_dict": {}, "text": "早", **more}


def _json(*records: object) -> str:
    return json.dumps(records, ensure_ascii=False, indent=4)


TWO_2 = HEADER_2 + _v2(0, "早") + _v2(1, "好")
ROOM = "读书会(1@chatroom)/读书会"
NAMES = '"甲"邀请"乙、丙"加入了群聊\u202e\u2028'

GOOD = (
    Case(
        name="csv2",
        files={"读书会/读书会_utf8.csv": TWO_2},
        format="memotrace_csv",
        messages=2,
        rows=({"group_name": "读书会", "sender_id": "wxid_jia01", "text": "早"}, {"text": "好"}),
    ),
    Case(name="csv2-gb18030-lf", files={"a.csv": TWO_2.replace("\r\n", "\n").encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="csv-of-all-chats",
        files={"messages.csv": HEADER_2 + _v2(0, "早", "张三", "一群") + _v2(1, "好", "我", "二群")},
        format="memotrace_csv",
        messages=2,
        rows=({"group_id": "name:一群", "sender_id": "name:张三"}, {"group_id": "name:二群", "sender_id": "me"}),
    ),
    Case(
        name="csv3-many-lines",
        files={f"{ROOM}.csv": "\ufeff" + HEADER_3 + _v3(0, "一\n\n二\n7001,文本") + _v3(1, "三")},
        messages=2,
        rows=({"group_id": "1@chatroom", "text": "一\n\n二\n7001,文本", "time_quality": "local"},),
    ),
    Case(
        name="csv3-hostile-name",
        files={f"{ROOM}.csv": HEADER_3 + _v3(0, "早", name=NAMES.replace('"', '""'))},
        messages=1,
        rows=({"kind": "text", "event": None, "sender_name": NAMES},),
    ),
    Case(
        name="html2",
        files={"读书会/读书会.html": PAGE.format(_js(0, "it\\'s &lt;b&gt;") + _js(1, "二")).replace("\n", "\r\n")},
        format="memotrace_html",
        messages=2,
        rows=({"group_name": "读书会", "text": "it's <b>", "time_quality": "exact"},),
    ),
    Case(name="html3", files={f"{ROOM}.html": PAGE.format(_json(_record(0))[1:-1])}, messages=1, rows=({"group_id": "1@chatroom", "message_id": "7000"},)),
    Case(
        name="json-reply",
        files={
            f"{ROOM}.html.json": "\ufeff"
            + _json(_record(0), _record(1, type="244813135921", text="好", quote_server_id="7000", quote_text="甲: 早"))
        },
        format="memotrace_html_json",
        messages=2,
        rows=({"text": "早"}, {"kind": "quote", "reply_to": "7000", "reply_how": "id"}),
    ),
    Case(
        name="json-notice",
        files={f"{ROOM}.html.json": _json(_record(0, type="10000", display_name="读书会", text='"甲" 撤回了一条消息'))},
        messages=1,
        rows=({"kind": "recall", "event": "recalled", "sender_id": None},),
    ),
    Case(
        name="md",
        files={f"{ROOM}.md": (DAY + "**08:00:00 甲**: 一\n\n**08:00:01 乙**: 二\n> 甲: 一\n").replace("\n", "\r\n")},
        format="memotrace_md",
        messages=2,
        rows=({"group_id": "1@chatroom", "text": "一", "sender_id": "name:甲"}, {"kind": "quote", "reply_how": "text"}),
    ),
    Case(
        name="md-pasted",
        files={f"{ROOM}.md": DAY + "**08:00:05 甲**: 一\n**08:00:00 乙**: 二\n> 甲: 三\n\n**08:00:06 乙**: 四\n"},
        messages=2,
        rows=({"sender_name": "甲"}, {"text": "四"}),
    ),
    Case(
        name="chat-txt",
        files={"读书会_chat.txt": f"\n\n{STARS}2024-12-01{STARS}\n\n甲:一\n\n二\n\n乙:三\n\n".encode("gb18030")},
        format="memotrace_chat_txt",
        messages=2,
        rows=({"text": "一\n\n二", "time_quality": "day", "sender_name": "甲"}, {"text": "三"}),
    ),
    Case(
        name="contacts-name-the-senders-of-a-text",
        files={
            "contacts.csv": CONTACTS + "wxid_jia01,,3,甲方,甲,J,JF" + "," * 9 + "\r\n",
            "读书会/读书会_utf8.csv": TWO_2,
        },
        messages=2,
        rows=({"sender_id": "wxid_jia01"},),
    ),
)  # fmt: skip

BAD = (
    Case(name="empty", files={"a_chat.txt": ""}, code=65, error="NoMessages", says="empty"),
    Case(name="header-only", files={"a.csv": HEADER_3}, code=65, error="NoMessages"),
    Case(name="missing-columns", files={"a.csv": "消息ID,类型,时间,内容\r\n1,文本,2024-12-01 00:00:00,早\r\n"}, code=65, error="UnknownFormat"),
    Case(name="cut-csv", files={f"{ROOM}.csv": HEADER_3 + _v3(0, "早") + _v3(1, "好")[:-12]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="bad-times", files={"a.csv": HEADER_2 + _v2(0, "早") + _v2(1, "好", time="soon") + _v2(2, "好", time=5)}, messages=1, rejects={"bad-time": 1, "time-out-of-range": 1}, code=3),
    Case(
        name="wrong-columns",
        files={"a.csv": HEADER_2 + _v2(0, "早") + "1,3,1,0,0,1732982302,2,少\r\n" + _v2(2, "好")},
        messages=2,
        rejects={"bad-columns": 1},
        code=3,
    ),
    Case(
        name="huge-line",
        files={"a.csv": HEADER_2 + _v2(0, "早") + _v2(1, "x" * (1 << 20)) + _v2(2, "好")},
        messages=2,
        rejects={"record-too-long": 1},
        code=3,
    ),
    Case(
        name="html-quote-too-many",
        files={"a.html": PAGE.format(_js(0, "早") + _js(1, "it's") + _js(2, "好"))},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="html-cut", files={"a.html": PAGE.format(_js(0, "早") + _js(1, "好"))[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="html-without-messages", files={"a.html": PAGE.format("")}, code=65, error="NoMessages"),
    Case(
        name="json-wrong-types",
        files={"a.html.json": _json(_record(0), _record(1, timestamp=[]), _record(2, type={}, is_send="x", display_name=3, text=None), 7)},
        messages=2,
        rejects={"bad-time": 1, "bad-record": 1},
        code=3,
    ),
    Case(name="json-cut", files={"a.html.json": _json(_record(0), _record(1))[:-30]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="md-without-day", files={"a.md": "**08:00:00 甲**: 一\n" + DAY + "**08:00:00 甲**: 二\n"}, messages=1, rejects={"bad-record": 1}, code=3),
    Case(name="md-days-only", files={"a.md": DAY}, code=65, error="UnknownFormat"),
    Case(
        name="chat-txt-above-the-first-sender",
        files={"a_chat.txt": f"{STARS}2024-12-01{STARS}\n\n没有名字\n\n甲:一\n\n乙:二\n\n"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="chat-txt-of-no-day", files={"a_chat.txt": f"{STARS}2024-13-01{STARS}\n\n甲:一 \n"}, code=65, error="NoMessages"),
    Case(
        name="training-data",
        files={"a_train.json": '[{"messages": [{"role": "user", "content": "在吗"}]}]'},
        code=65,
        error="UnreadableExport",
        says="training data",
    ),
)  # fmt: skip
