"""wechat-dump's text: type, name, time and text with separators, a line or more a message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from support.writers._wechat_xml import number, plain, stored

TOOL = "wechat-dump"
FORMAT = "wechat_dump_txt"
KEEPS = {"seconds", "events"}


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, named after the chat."""
    path = folder / f"{chat.name_at(messages[-1].ts + 1)}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_record(chat, message) for message in messages), "utf-8")
    return path


def _record(chat: Chat, message: Message) -> str:
    notice = message.kind in ("system", "recall", "pat")
    who = (
        chat.name if notice or message.sender is None else "me" if message.sender is chat.me else shown(message.sender)
    )
    type_ = 10000 if notice else number(message) & 0xFFFF
    return f"{type_}|{who}:{clock(message.ts)}:{_text(chat, message)}\n"


def _text(chat: Chat, message: Message) -> str:
    if plain(message) or not message.spoken:
        return message.text
    if message.kind == "image":
        return f"|img:th_{message.note['md5']}"
    if message.kind in ("voice", "video", "sticker"):
        return ""
    text = stored(chat, message)
    return text[text.index("<") :]
