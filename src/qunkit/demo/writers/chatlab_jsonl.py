"""ChatLab's standard format as WeFlow writes it: `<群名>.jsonl`, a header, the members, then the messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from qunkit.demo.writers import weflow_json
from qunkit.demo.writers.files import put

TOOL = "WeFlow (ChatLab)"
FORMAT = "chatlab_jsonl"
FOLDER = "ChatLab"
_TYPES = {"text": 0, "image": 1, "voice": 2, "video": 3, "file": 4, "miniprogram": 24, "quote": 25}
_SYSTEM, _LINK, _OTHER = 80, 7, 99


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.card or weflow_json.shown(member)


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, one object a line, no line end after the last."""
    name = chat.name_at(messages[-1].ts + 1)
    meta = {"name": name, "platform": "wechat", "type": "group", "groupId": chat.id}
    about = {"version": "0.0.2", "exportedAt": messages[-1].ts + 600, "generator": "WeFlow"}
    objects: list[dict[str, object]] = [{"_type": "header", "chatlab": about, "meta": meta}]
    seen = dict.fromkeys(_speaker(message) for message in messages)
    objects += [{"_type": "member", **_who(chat, name, member, "platformId")} for member in seen]
    objects += [record(chat, name, message) for message in messages]
    return put(folder / FOLDER / f"{name}.jsonl", "\n".join(_line(one) for one in objects).encode())


def record(chat: Chat, name: str, message: Message) -> dict[str, object]:
    """One message, keys in the order of the format."""
    return {
        "_type": "message",
        **_who(chat, name, _speaker(message), "sender"),
        "timestamp": message.ts,
        "type": _type(message),
        "content": _content(chat, message),
        "platformMessageId": message.id,
        **({"replyToMessageId": message.reply_to.id} if message.reply_to else {}),
    }


def _line(one: dict[str, object]) -> str:
    return json.dumps(one, ensure_ascii=False, separators=(",", ":"))


def _speaker(message: Message) -> Member | None:
    """Who stands in the sender's place: nobody, that is the group itself, for notices and pats."""
    return message.sender if message.spoken else None


def _who(chat: Chat, name: str, member: Member | None, key: str) -> dict[str, str]:
    if member is None:
        return {key: chat.id, "accountName": name}
    who = {key: member.person.id, "accountName": weflow_json.shown(member)}
    return {**who, "groupNickname": member.card} if member.card else who


def _type(message: Message) -> int:
    if message.kind in ("system", "recall"):
        return _SYSTEM
    if message.kind == "pat":
        return _LINK if message.structured else _OTHER
    return _TYPES["text"] if message.note.get("form") == "text" else _TYPES.get(message.kind, _LINK)


def _content(chat: Chat, message: Message) -> str | None:
    if message.kind == "link":
        return f"[{message.text}]({message.note['url']})"
    return weflow_json.content(chat, message)
