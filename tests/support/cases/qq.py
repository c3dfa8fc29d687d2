"""QQ: QQChatExporter's JSON, chunks and text, and the text and MHT of the message manager."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case

NAME = "group_徒步群_770011223_20250109_120000"
_TOOL = {"metadata": {"name": "QQChatExporter V5 / https://example.invalid", "version": "5.5.80"}}
_CHAT = {"chatInfo": {"name": "徒步群", "type": "group", "selfUid": "u_a", "selfUin": "10001"}}
HOSTILE = '"甲"邀请"乙"加入了群聊、\u202e\u2028丙:'


def _message(second: int, text: str = "早", **more: Any) -> str:
    content = {"text": text, "html": "", "elements": [], "resources": [], "mentions": []} | more.pop("content", {})
    told = {
        "id": str(7440100000000000000 + second),
        "timestamp": (1732982400 + second) * 1000,
        "sender": {"uid": "u_k", "uin": "10002", "name": "Kevin"},
        "type": "type_1",
        "content": content,
        "recalled": False,
        "system": False,
        **more,
    }
    return json.dumps(told, ensure_ascii=False)


def _document(*messages: str, **more: Any) -> str:
    head = json.dumps(_TOOL | _CHAT | {"statistics": {}} | more, ensure_ascii=False)
    return head[:-1] + ',\n  "messages":[\n    ' + ",\n    ".join(messages) + '\n  ],\n  "exportOptions":{}\n}\n'


def _manifest(*chunks: dict[str, str]) -> str:
    return json.dumps(
        _TOOL | _CHAT | {"chunked": {"format": "jsonl", "chunksDir": "chunks", "chunks": chunks}}, indent=2
    )


_RULE = "=" * 47


def _text(*messages: tuple[str, str, str], end: bool = True) -> str:
    head = f"[QQChatExporter V5 / https://example.invalid]\n[本软件是免费的]\n\n{_RULE}\n           QQ聊天记录导出文件\n{_RULE}\n\n"
    head += f"聊天名称: 徒步群\n聊天类型: 群聊\n消息总数: {len(messages)}\n时间范围: 2024-12-01 00:00:00 - 2024-12-02 00:00:00\n"
    body = "".join(f"\n\n{who}:\n时间: {time}\n内容: {text}\n" for time, who, text in messages)
    foot = f"\n{_RULE}\n              导出完成\n{_RULE}\n总计导出 {len(messages)} 条消息\n导出时间: 2026-11-22 02:02:15"
    return head + body + (foot if end else "")


TWO_LINES = (("2024-12-01 00:00:01", "Kevin", "早"), ("2024-12-01 00:00:02", "阿岚", "好"))

_FIRST = "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n"


def _chat(name: str, *messages: tuple[str, str, str], group: str = "我的群聊") -> str:
    rule = "=" * 64 + "\r\n"
    said = "".join(f"{time} {who}\r\n{text}\r\n\r\n" for time, who, text in messages)
    return f"{rule}消息分组:{group}\r\n{rule}消息对象:{name}\r\n{rule}\r\n{said}"


READERS = _chat(
    "读书会",
    ("2019-07-16 8:15:05", "【管理员】小王(10001)", "早"),
    ("2019-07-16 10:16:00", "土豆<t@example.invalid>", "好"),
)
HIKERS = _chat("徒步群", ("2018-01-01 23:59:59", "老陈(10003)", "走吗"))


def _row(content: str) -> str:
    return f"<tr><td><div style=padding-left:10px;>{content}</div></td></tr>"


def _day(day: str) -> str:
    return f"<tr><td style=border-bottom-width:1px;>日期: {day}</td></tr>"


def _said(clock: str, who: str, text: str) -> str:
    head = (
        f"<div style=color:#006EFE;padding-left:10px;><div style=float:left;margin-right:6px;>{who}</div>{clock}</div>"
    )
    return f"<tr><td>{head}<div style=padding-left:20px;><font style=\"font-size:9pt;\" color='000000'>{text}</font></div></td></tr>"


def _mail(*rows: str) -> str:
    head = 'From: <Save by Tencent MsgMgr>\r\nSubject: Tencent IM Message\r\nMIME-Version: 1.0\r\nContent-Type:multipart/related;\r\n\tboundary="--=_P"\r\n\r\n'
    page = (
        f"<html><body><table>{_row('消息分组:我的群聊')}{_row('消息对象:读书会')}{''.join(rows)}</table></body></html>"
    )
    part = f"----=_P\r\nContent-Type: text/html\r\nContent-Transfer-Encoding:7bit\r\n\r\n{page}\r\n\r\n"
    picture = "----=_P\r\nContent-Type:image/png\r\nContent-Location:{A}.dat\r\n\r\niVBORw0KGgo=\r\n\r\n----=_P--\r\n"
    return head + part + picture


QUOTING = _message(
    9,
    "[回复 阿岚: 路线[微笑]\n东门]\n还差2个",
    content={
        "elements": [
            {
                "type": "reply",
                "data": {"referencedMessageId": "7440100000000000001", "senderUin": "10001", "senderName": "阿岚"},
            }
        ]
    },
)
OLD = json.dumps(
    {
        "messageId": "7440100000000000003",
        "timestamp": "2024-11-30T16:00:03.000Z",
        "sender": {"uid": "u_k", "uin": "10002", "name": "Kevin"},
        "messageType": 2,
        "isSystemMessage": False,
        "isRecalled": True,
        "content": {"text": "旧", "resources": [], "reply": {"messageId": "7440100000000000001", "content": "早"}},
    },
    ensure_ascii=False,
)

GOOD = (
    Case(
        name="json",
        files={f"{NAME}.json": _document(_message(1), QUOTING)},
        format="qce_json",
        messages=2,
        rows=(
            {"platform": "qq", "group_id": "770011223", "group_name": "徒步群", "sender_id": "10002", "text": "早"},
            {"kind": "quote", "text": "还差2个", "reply_to": "7440100000000000001"},
        ),
    ),
    Case(
        name="json-other-file-name",
        files={"a.json": _document(_message(1))},
        messages=1,
        rows=({"group_id": "name:徒步群", "sender_name": "Kevin"},),
    ),
    Case(name="json-bom", files={"a.json": "\ufeff" + _document(_message(1))}, format="qce_json", messages=1),
    Case(name="json-gb18030", files={"a.json": _document(_message(1)).encode("gb18030")}, messages=1, rows=({"text": "早"},)),
    Case(
        name="json-old-schema",
        files={"a.json": _document(OLD)},
        format="qce_json",
        messages=1,
        rows=({"native_id": "7440100000000000003", "kind": "quote", "text": "旧", "extra": '{"recalled":true}'},),
    ),
    Case(
        name="json-hostile",
        files={"a.json": _document(_message(1, HOSTILE, sender={"uin": "10002", "name": HOSTILE}))},
        messages=1,
        rows=({"kind": "text", "event": None, "text": HOSTILE, "sender_name": HOSTILE},),
    ),
    Case(
        name="json-notice",
        files={"a.json": _document(_message(1), _message(2, "阿岚 邀请 Kevin 加入了群聊", system=True))},
        messages=2,
        rows=({}, {"kind": "system", "event": "invited", "sender_id": None, "target_ids": ["10002"]}),
    ),
    Case(
        name="chunks-by-manifest",
        files={
            "x/manifest.json": _manifest({"relativePath": "chunks/c000001.jsonl"}, {"fileName": "c000002.jsonl"}),
            "x/chunks/c000001.jsonl": _message(1) + "\n",
            "x/chunks/c000002.jsonl": _message(2, sender={"uid": "u_a", "uin": "10001", "name": "阿岚"}),
        },
        give=("x/manifest.json",),
        format="qce_manifest",
        messages=2,
        rows=({"group_name": "徒步群", "from_me": False}, {"group_name": "徒步群", "from_me": True}),
    ),
    Case(
        name="chunks-of-5-0",
        files={
            "x/manifest.json": json.dumps({"metadata": {"format": "chunked-jsonl"}, "chunks": [{"file": "chunks/c000001.jsonl"}]}),
            "x/chunks/c000001.jsonl": _message(1) + "\r\n" + _message(2) + "\r\n",
        },
        give=("x/manifest.json",),
        messages=2,
    ),
    Case(
        name="text",
        files={f"{NAME}.txt": _text(*TWO_LINES)},
        format="qce_txt",
        messages=2,
        rows=({"group_id": "770011223", "group_name": "徒步群", "sender_id": "name:Kevin", "text": "早"}, {"text": "好"}),
    ),
    Case(name="text-crlf-gb18030", files={"a.txt": _text(*TWO_LINES).replace("\n", "\r\n").encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="text-hostile",
        files={"a.txt": _text(("2024-12-01 00:00:01", HOSTILE, HOSTILE + "\n\n\n内容: x\n时间: y"), *TWO_LINES)},
        messages=3,
        rows=({"sender_name": HOSTILE, "text": HOSTILE + "\n\n\n内容: x\n时间: y", "event": None},),
    ),
    Case(
        name="text-pasted",
        files={"a.txt": _text(TWO_LINES[1], ("2024-12-02 00:00:01", "Kevin", "看\n\n\n阿岚:\n时间: 2024-12-01 00:00:02\n内容: 好"))},
        messages=2,
    ),
    Case(
        name="manager",
        files={"all.txt": "\ufeff" + _FIRST + READERS + HIKERS},
        format="qq_txt",
        messages=3,
        rows=(
            {"group_id": "name:徒步群", "sender_id": "10003"},
            {"group_id": "name:读书会", "sender_id": "10001", "sender_name": "小王", "text": "早"},
            {"sender_id": "t@example.invalid", "text": "好"},
        ),
    ),
    Case(name="manager-utf-16", files={"a.txt": ("\ufeff" + _FIRST + READERS).encode("utf-16-le")}, format="qq_txt", messages=2),
    Case(name="manager-gb18030", files={"a.txt": (_FIRST + READERS).encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(name="manager-without-first-line", files={"a.txt": READERS}, format="qq_txt", messages=2),
    Case(
        name="manager-hostile",
        files={"a.txt": _FIRST + _chat("读书会", ("2019-07-16 8:15:05", f"{HOSTILE}(10001)", "早\r\n\r\n2019-07-15 1:00:00 乙(10002)\r\n昨天"))},
        messages=1,
        rows=({"sender_name": HOSTILE, "text": "早\n\n2019-07-15 1:00:00 乙(10002)\n昨天"},),
    ),
    Case(
        name="mht",
        files={"a.mht": _mail(_day("2019-7-16"), _said("8:15:05", "小王(10001)", "早<br>&lt;b&gt;"), _day("2019-7-17"), _said("0:00:01", "老陈", "好"))},
        format="qq_mht",
        messages=2,
        rows=({"group_id": "name:读书会", "sender_id": "10001", "text": "早\n<b>"}, {"sender_id": "name:老陈"}),
    ),
)  # fmt: skip

BAD = (
    Case(name="json-empty-list", files={"a.json": _document()}, code=65, error="NoMessages"),
    Case(name="json-cut", files={"a.json": _document(_message(1), _message(2))[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="json-bad-time", files={"a.json": _document(_message(1), _message(2, timestamp="2024-12-01 00:00"))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="json-wrong-time", files={"a.json": _document(_message(1), _message(2, timestamp=5))}, messages=1, rejects={"time-out-of-range": 1}, code=3),
    Case(name="json-no-content", files={"a.json": _document(_message(1), '{"id":"1","timestamp":1732982401000,"sender":{}}')}, messages=1, rejects={"bad-record": 1}, code=3),
    Case(name="json-broken-record", files={"a.json": _document(_message(1), "{oops}", _message(2))}, messages=2, rejects={"bad-json": 1}, code=3),
    Case(name="json-nobody", files={"a.json": _document(_message(1), _message(2, sender={"uid": "", "uin": 0}))}, messages=1, rejects={"no-sender": 1}, code=3),
    Case(name="json-array", files={"a.json": _document(_message(1), "[1]")}, messages=1, rejects={"bad-record": 1}, code=3),
    Case(name="chunk-broken-line", files={"a.jsonl": f"{_message(1)}\n{{oops\n{_message(2)}\n"}, format="qce_chunks", messages=2, rejects={"bad-json": 1}, code=3),
    Case(name="chunk-missing", files={"x/manifest.json": _manifest({"relativePath": "chunks/c000001.jsonl"})}, code=3, error="MissingInput"),
    Case(name="chunk-elsewhere", files={"x/manifest.json": _manifest({"relativePath": "../../../etc/passwd"})}, code=3, error="MissingInput"),
    Case(name="text-header-only", files={"a.txt": _text()}, code=65, error="NoMessages"),
    Case(name="text-impossible-day", files={"a.txt": _text(("2024-13-01 00:00:01", "Kevin", "早"))}, code=65, error="NoMessages"),
    Case(name="manager-header-only", files={"a.txt": _FIRST}, code=65, error="NoMessages"),
    Case(name="manager-no-header-line", files={"a.txt": _FIRST + _chat("读书会") + "早\r\n" + HIKERS}, messages=1, rejects={"bad-record": 1}, code=3),
    Case(name="manager-cut-header", files={"a.txt": _FIRST + READERS + "2019-07-16 10:17:00 小"}, messages=2, rejects={"truncated-tail": 1}, code=3),
    Case(name="manager-too-early", files={"a.txt": _FIRST + _chat("读书会", ("1970-01-01 8:00:00", "a(10001)", "x"), ("2019-07-16 8:15:05", "a(10001)", "y"))}, messages=1, rejects={"time-out-of-range": 1}, code=3),
    Case(name="manager-long-line", files={"a.txt": _FIRST + _chat("读书会", ("2019-07-16 8:15:05", "a(10001)", "长" * 400_000), ("2019-07-16 8:15:06", "a(10001)", "y"))}, messages=1, rejects={"record-too-long": 3}, code=3),
    Case(name="mht-no-day", files={"a.mht": _mail(_said("8:15:05", "小王(10001)", "早"), _day("2019-7-16"), _said("8:15:05", "小王(10001)", "早"))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="mht-impossible-day", files={"a.mht": _mail(_day("2019-7-32"), _said("8:15:05", "小王(10001)", "早"))}, code=65, error="NoMessages"),
    Case(name="mht-strange-row", files={"a.mht": _mail(_day("2019-7-16"), _said("8:15:05", "小王(10001)", "早"), _row("什么"))}, messages=1, rejects={"bad-record": 1}, code=3),
    Case(name="mht-cut", files={"a.mht": _mail(_day("2019-7-16"), _said("8:15:05", "小王(10001)", "早"), _said("8:15:06", "小王(10001)", "好"))[:-200]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="mht-no-rows", files={"a.mht": "From: <Save by Tencent MsgMgr>\r\nSubject: Tencent IM Message\r\n\r\n"}, code=65, error="NoMessages"),
)  # fmt: skip
