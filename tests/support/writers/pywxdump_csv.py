"""PyWxDump's CSV: CRLF, no byte order mark, and a `users.json` beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.writers.rows import python_row

TOOL = "PyWxDump"
FORMAT = "pywxdump_csv"
KEEPS = {"seconds", "ids", "sender_ids", "quotes", "events"}
HEADER = ("id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "msg", "src", "CreateTime")
_LABELS = {
    "text": "文本",
    "quote": "引用回复",
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "sticker": "动画表情",
    "link": "(分享)卡片式链接",
    "file": "文件",
    "miniprogram": "(分享)小程序",
    "solitaire": "接龙",
    "announcement": "群公告",
    "red_packet": "未知",
    "pat": "拍一拍",
    "system": "系统通知",
    "recall": "系统通知",
}
_MEDIA = {"image": "图片", "video": "视频", "sticker": "表情"}
_WORDS = ("text", "system", "recall", "pat")


def shown(member: Member) -> str:
    """The name a sender has in this format: none."""
    return member.person.id


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One page, and the file of people."""
    path = folder / "export" / chat.id / f"{chat.id}_0_{len(messages) + 1}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [record(chat, message, number) for number, message in enumerate(messages, 1)]
    text = python_row(HEADER) + "".join(python_row(row[name] for name in HEADER) for row in rows)
    path.write_bytes(text.encode())
    (path.parent / "users.json").write_bytes(json.dumps(people(chat), ensure_ascii=False, indent=4).encode())
    return path


def record(chat: Chat, message: Message, number: int) -> dict[str, Any]:
    """One message; the members of JSON, in order, are the columns."""
    typed = message.note.get("form") == "text"
    return {
        "id": number,
        "MsgSvrID": message.id,
        "type_name": _LABELS["text" if typed else message.kind],
        "is_sender": int(message.sender is chat.me),
        "talker": message.sender.person.id if message.sender else "未知",
        "room_name": chat.id,
        "msg": message.text if typed else _said(message),
        "src": message.note.get("url", ""),
        "extra": {},
        "CreateTime": clock(message.ts),
    }


def people(chat: Chat) -> dict[str, Any]:
    """`users.json`."""
    persons = [member.person for member in (chat.me, *chat.members)]
    told = {person.id: _user(person.id, person.nickname, person.remark) for person in persons}
    return told | {chat.id: _user(chat.id, chat.name, "")}


def _user(wxid: str, nickname: str, remark: str) -> dict[str, Any]:
    empty = {"account": "", "describe": "", "headImgUrl": "", "ExtraBuf": None, "LabelIDList": [], "extra": None}
    return {"wxid": wxid, "nickname": nickname, "remark": remark, **empty}


def _said(message: Message) -> str:
    quoted = message.reply_to
    if quoted and quoted.sender:
        words = _MEDIA.get(quoted.kind, quoted.text)
        return f"{message.text}\n\n[引用]({clock(quoted.ts)}){quoted.sender.name}:{words}"
    if message.kind in _MEDIA:
        return _MEDIA[message.kind]
    if message.kind == "voice":
        return "语音时长：5.24秒"
    if message.kind == "link":
        return f'{message.text}\n\n\n<a href="{message.note["url"]}" target="_blank">点击查看详情</a>'
    return message.text if message.kind in _WORDS else _LABELS[message.kind]
