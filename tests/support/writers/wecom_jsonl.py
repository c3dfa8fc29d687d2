"""WeCom's message archive as JSON lines, decrypted; it has no notices, and names nobody, nor the group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from support.writers._shown import quoted

TOOL = "WeCom archive (JSONL)"
FORMAT = "wecom_jsonl"
KEEPS = {"seconds", "ids", "sender_ids", "quotes", "kinds"}
DROPS = {"system", "recall", "pat", "solitaire", "announcement"}
_TYPES = {
    "text": "text",
    "quote": "text",
    "image": "image",
    "voice": "voice",
    "video": "video",
    "sticker": "emotion",
    "link": "link",
    "file": "file",
    "miniprogram": "weapp",
    "red_packet": "redpacket",
}
_RULE = "\n------\n"


def shown(member: Member) -> str:
    """What a sender is called in this format: only by the id."""
    return member.person.id


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, one object a line."""
    path = folder / "archive" / f"{chat.id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in records(chat, messages))
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return path


def records(chat: Chat, messages: Sequence[Message]) -> list[dict[str, object]]:
    """The messages that the archive keeps."""
    return [_record(chat, message, message.sender) for message in messages if message.sender and message.kind in _TYPES]


def _record(chat: Chat, message: Message, sender: Member) -> dict[str, object]:
    type_ = _TYPES[message.kind]
    return {
        "msgid": message.id,
        "action": "send",
        "from": sender.person.id,
        "tolist": [member.person.id for member in chat.members if member is not sender],
        "roomid": chat.id,
        "msgtime": message.ts * 1000,
        "msgtype": type_,
        type_: _body(message),
    }


def _body(message: Message) -> dict[str, object]:
    if message.reply_to:
        return {"content": f'这是一条引用/回复消息：\n"{quoted(message.reply_to)}"{_RULE}{message.text}'}
    if message.kind == "link":
        return {"title": message.text, "description": message.note["by"], "link_url": message.note["url"]}
    names = {"text": "content", "file": "filename", "miniprogram": "title", "red_packet": "wish"}
    return {names[message.kind]: message.text} if message.kind in names else {"sdkfileid": message.id}
