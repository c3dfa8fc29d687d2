"""chatlog's JSON: an array without line breaks; the owner's texts lose what is before a first colon at a line's end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qunkit.demo.model import CHINA, Chat, Message, day_of
from qunkit.demo.writers import chatlog_csv
from qunkit.demo.writers.chatlog_csv import FOLDER, TOOL, shown

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

FORMAT = "chatlog_json"
KEEPS = {"seconds", "sender_ids", "quotes", "kinds", "events"}
_HOST = "127.0.0.1:5030"
_TYPES = {
    "text": (1, 0),
    "quote": (49, 57),
    "image": (3, 0),
    "voice": (34, 0),
    "video": (43, 0),
    "sticker": (47, 0),
    "link": (49, 5),
    "file": (49, 6),
    "miniprogram": (49, 33),
    "solitaire": (49, 53),
    "announcement": (49, 87),
    "red_packet": (49, 2001),
    "pat": (49, 62),
    "system": (10000, 0),
    "recall": (10000, 0),
}
_WORDS = ("text", "quote", "system", "recall")


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, named after the days that were asked for."""
    path = folder / FOLDER / f"{chat.id}_{day_of(messages[0].ts)}_{day_of(messages[-1].ts)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    name = chat.name_at(messages[-1].ts + 1)
    records = [_record(chat, name, message, number) for number, message in enumerate(messages)]
    path.write_bytes(json.dumps(records, ensure_ascii=False, separators=(",", ":")).encode())
    return path


def _record(chat: Chat, name: str, message: Message, number: int) -> dict[str, Any]:
    _, sender_name, sender, *_, content = chatlog_csv.record(chat, name, message)
    own = message.sender is chat.me
    typed = message.note.get("form") == "text"
    kind = "text" if typed else message.kind
    said = message.text if kind in ("text", "quote") else content if kind in _WORDS or kind == "pat" else ""
    before, colon, after = said.partition(":\n")
    if own and colon:
        sender, sender_name, said = before, "", after
    return {
        **_head(message, number),
        "talker": chat.id,
        "talkerName": name,
        "isChatRoom": True,
        "sender": sender,
        "senderName": sender_name,
        "isSelf": own,
        "type": _TYPES[kind][0],
        "subType": _TYPES[kind][1],
        "content": said,
        "contents": {"host": _HOST, **({} if typed else _contents(message))},
    }


def _head(message: Message, number: int) -> dict[str, Any]:
    time = datetime.fromtimestamp(message.ts, CHINA).isoformat()
    return {"seq": message.ts * 1000 + number % 1000, "time": time}


def _contents(message: Message) -> dict[str, Any]:
    note, quoted = message.note, message.reply_to
    if quoted and quoted.sender:
        who = {"sender": quoted.sender.person.id, "senderName": quoted.sender.name}
        type_, sub = _TYPES[quoted.kind]
        text = quoted.text if quoted.kind in _WORDS else ""
        return {"refer": {**_head(quoted, 0), **who, "type": type_, "subType": sub, "content": text}}
    told = {
        "image": lambda: {"md5": note["md5"]},
        "voice": lambda: {"voice": message.id},
        "video": lambda: {"md5": note["md5"], "rawmd5": note["rawmd5"]},
        "sticker": lambda: {"cdnurl": note["url"]},
        "link": lambda: {"title": message.text, "desc": note["by"], "url": note["url"]},
        "file": lambda: {"title": message.text, "md5": note["md5"]},
        "miniprogram": lambda: {"title": note["by"], "url": note["url"]},
        "announcement": lambda: {"title": "群公告", "desc": ""},
    }
    return told[message.kind]() if message.kind in told else {}
