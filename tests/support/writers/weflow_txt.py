"""WeFlow's TXT: `<群名>.txt`, names in single quotes, UTF-8 without byte order mark, LF."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.writers import weflow_json
from qunkit.demo.writers.weflow_json import shown

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "WeFlow (TXT)"
FORMAT = "weflow_txt"
KEEPS = {"seconds", "quotes", "kinds", "events"}
_CARDS: dict[str, Callable[[Message], str]] = {
    "image": lambda message: "[图片]",
    "voice": lambda message: "[其他消息]",
    "video": lambda message: "[视频]",
    "sticker": lambda message: "[表情包]",
    "link": lambda message: f"[链接] {message.text}\n{message.note['url']}",
    "file": lambda message: f"[文件]{message.text}",
    "miniprogram": lambda message: f"[小程序]{message.text}",
    "solitaire": lambda message: f"[链接]{message.text}",
    "announcement": lambda message: f"[群公告]{message.text}",
    "red_packet": lambda message: "[红包]微信红包",
}


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / "texts" / f"{file_name(name)}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(record(chat, name, message) for message in messages).encode())
    return path


def record(chat: Chat, name: str, message: Message) -> str:
    """One message."""
    return f"{clock(message.ts)} '{speaker(message, name)}'\n{content(chat, message)}\n\n"


def speaker(message: Message, name: str) -> str:
    """The shown name of who speaks; the group's for notices."""
    member: Member | None = message.sender if message.spoken else None
    return shown(member) if member else name


def content(chat: Chat, message: Message) -> str:
    """What a message looks like where people read it."""
    card = message.kind in _CARDS and message.note.get("form") != "text"
    return _CARDS[message.kind](message) if card else weflow_json.content(chat, message) or ""


def file_name(name: str) -> str:
    """The name of a file for a chat."""
    return re.sub(r'[<>:"/\\|?*]', "_", name).rstrip(".")
