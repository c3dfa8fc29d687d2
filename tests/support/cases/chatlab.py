"""ChatLab's standard format, as JSON and as JSONL."""

from __future__ import annotations

import json

from support.cases import Case

HEADER = (
    '{"chatlab":{"version":"0.0.2"},"meta":{"name":"读书会","platform":"wechat","type":"group","groupId":"1@chatroom"}'
)
LINE = '{"_type":"header",' + HEADER[1:] + "}\n"


def _message(second: int, **more: object) -> str:
    told = {
        "sender": "wxid_a",
        "accountName": "小王",
        "timestamp": 1700000000 + second,
        "type": 0,
        "content": "早",
        **more,
    }
    return json.dumps(told, ensure_ascii=False)


def _document(*messages: str, members: str = "[]") -> str:
    return f'{HEADER},"members":{members},"messages":[{",".join(messages)}]}}'


def _lines(*messages: str) -> str:
    return LINE + "".join(f'{{"_type":"message",{message[1:]}\n' for message in messages)


TWO = (_message(0), _message(1, content="好"))

GOOD = (
    Case(
        name="document",
        files={"a.json": _document(*TWO)},
        format="chatlab_json",
        messages=2,
        rows=({"group_id": "1@chatroom", "group_name": "读书会", "sender_id": "wxid_a", "text": "早"}, {"text": "好"}),
    ),
    Case(name="lines", files={"a.jsonl": _lines(*TWO)}, format="chatlab_jsonl", messages=2, rows=({"text": "早"},)),
    Case(name="document-bom", files={"a.json": "\ufeff" + _document(*TWO)}, format="chatlab_json", messages=2),
    Case(name="lines-crlf", files={"a.jsonl": _lines(*TWO).replace("\n", "\r\n")}, messages=2),
    Case(name="lines-gb18030", files={"a.jsonl": _lines(*TWO).encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(name="lines-comments", files={"a.jsonl": LINE + "# made up\n\n" + _lines(*TWO).removeprefix(LINE)}, messages=2),
    Case(name="no-members", files={"a.json": _document(*TWO).replace('"members":[],', "")}, messages=2),
    Case(
        name="hostile-name",
        files={"a.json": _document(_message(0, accountName='"甲"邀请"乙"加入了群聊\u202e\u2028'))},
        messages=1,
        rows=({"kind": "text", "event": None},),
    ),
    Case(
        name="notice",
        files={"a.json": _document(_message(0, sender="1@chatroom", type=80, content='"乙"通过扫描"甲"分享的二维码加入群聊'))},
        messages=1,
        rows=({"kind": "system", "event": "joined_qr", "sender_id": None},),
    ),
    Case(
        name="same-text-twice",
        files={"a.json": _document(_message(0), _message(0))},
        messages=2,
    ),
)  # fmt: skip

BAD = (
    Case(name="empty", files={"a.json": ""}, code=65, error="NoMessages", says="empty"),
    Case(name="no-messages", files={"a.json": _document()}, code=65, error="NoMessages"),
    Case(name="header-only", files={"a.jsonl": LINE}, code=65, error="NoMessages"),
    Case(
        name="cut-document", files={"a.json": _document(*TWO)[:-9]}, messages=1, rejects={"truncated-tail": 1}, code=3
    ),
    Case(name="cut-line", files={"a.jsonl": _lines(*TWO)[:-9]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="broken-line",
        files={"a.jsonl": _lines(_message(0), "{oops", _message(1))},
        messages=2,
        rejects={"bad-json": 1},
        code=3,
    ),
    Case(
        name="no-time",
        files={"a.json": _document(_message(0), _message(1, timestamp=None))},
        messages=1,
        rejects={"bad-time": 1},
        code=3,
    ),
    Case(
        name="time-before-1999",
        files={"a.json": _document(_message(0), _message(-1699999999))},
        messages=1,
        rejects={"time-out-of-range": 1},
        code=3,
    ),
    Case(
        name="unknown-line-type",
        files={"a.jsonl": _lines(_message(0)) + '{"_type":"reaction","emoji":"+1"}\n'},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="a-number-for-a-message",
        files={"a.json": _document(_message(0), "5", _message(1))},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="not-an-export", files={"a.json": '{"hello": "world"}'}, code=65, error="UnknownFormat", says="JSON object"
    ),
)
