"""MemoTrace 3.x `.html.json`: `聊天记录/<群名>(<群 id>)/<群名>.html.json`, the records that fill its page, indented by 4.

Cards have their whole XML as `xml_dict`; senders have names only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from qunkit.demo.people import file_safe
from qunkit.demo.writers import memotrace_v3_csv

TOOL = "MemoTrace 3 HTML"
FORMAT = "memotrace_html_json"
KEEPS = {"seconds", "ids", "quotes", "quoted_ids", "kinds", "events"}
_BASES = {"text": 1, "image": 3, "voice": 34, "video": 43, "sticker": 47}
_CARDS = {"link": 5, "file": 6, "miniprogram": 33, "solitaire": 53, "quote": 57, "announcement": 87, "red_packet": 2001}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return memotrace_v3_csv.shown(member)


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder that carries the group's id."""
    name = file_safe(chat.name_at(messages[-1].ts + 1))
    path = folder / memotrace_v3_csv.FOLDER / f"{name}({chat.id})" / f"{name}.html.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = [record(chat, name, message) for message in messages]
    path.write_text(json.dumps(records, ensure_ascii=False, indent=4), encoding="utf-8", newline="")
    return path


def record(chat: Chat, name: str, message: Message) -> dict[str, object]:
    """One message, members in order."""
    return {
        "type": _type(message),
        "is_send": message.sender is chat.me,
        "timestamp": message.ts,
        "server_id": message.id,
        "display_name": shown(message.sender) if message.sender else name,
        "avatar_src": "",
        "xml_dict": _xml(message),
        **_more(chat, name, message),
    }


def _type(message: Message) -> str | int:
    if message.kind == "pat":
        return 10000
    if not message.spoken:
        return "10000"
    kind = "text" if message.note.get("form") == "text" else message.kind
    return str(_BASES[kind] if kind in _BASES else _CARDS[kind] << 32 | 49)


def _more(chat: Chat, name: str, message: Message) -> dict[str, object]:
    quoted = message.reply_to
    if quoted:
        who = shown(quoted.sender) if quoted.sender else ""
        return {"text": message.text, "quote_server_id": quoted.id, "quote_text": f"{who}: {quoted.text}"}
    if message.kind == "link":
        return {"url": message.note["url"], "title": message.text, "description": message.note["by"], "app_name": None}
    if message.kind == "miniprogram":
        return {"url": message.note["url"], "title": message.text, "app_name": message.note["by"]}
    if message.kind in ("image", "voice", "video", "sticker"):
        return {"path": "", "file_name": ""}
    if message.kind in ("file", "announcement") or (message.kind == "solitaire" and _xml(message)):
        return {"file_name": message.text} if message.kind == "file" else {}
    return {"text": memotrace_v3_csv.record(chat, name, message)[4] if not message.spoken else message.text}


def _xml(message: Message) -> dict[str, object]:
    """The card's XML as xmltodict reads it."""
    if message.kind not in _CARDS or message.note.get("form") == "text":
        return {}
    card: dict[str, object] = {"title": message.text, "des": None, "type": str(_CARDS[message.kind]), "url": None}
    if message.reply_to and message.reply_to.sender:
        quoted = message.reply_to
        who = {"chatusr": quoted.sender.person.id, "displayname": quoted.sender.name} if quoted.sender else {}
        card["refermsg"] = {
            "type": "1",
            "svrid": quoted.id,
            **who,
            "content": quoted.text,
            "createtime": str(quoted.ts),
        }
    if message.kind in ("link", "miniprogram"):
        card |= {"url": message.note["url"]}
    if message.kind == "announcement":
        card |= {"title": "群公告", "textannouncement": message.text}
    if message.kind == "red_packet":
        card |= {"title": "微信红包", "wcpayinfo": {"sendertitle": message.text}}
    return {"msg": {"appmsg": card}}
