"""`與<group>的 WhatsApp 對話.txt` as an Android phone with Chinese (Taiwan) writes it: twelve hours, no seconds, no media, sentences for events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from support.writers._shown import at

TOOL = "WhatsApp"
FORMAT = "whatsapp_txt"
KEEPS: set[str] = set()
DROPS = frozenset({"pat"})


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.name.replace(": ", ":")


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file with the group in its name."""
    path = folder / f"與{chat.name_at(messages[-1].ts + 1).replace('/', '_')}的 WhatsApp 對話.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [record(chat, message) for message in messages if message.kind not in DROPS]
    path.write_text("".join(lines), "utf-8", newline="")
    return path


def record(chat: Chat, message: Message) -> str:
    """A line, or several."""
    when = at(message)
    half = "下午" if when.hour >= 12 else "上午"
    clock = f"{when.year}/{when.month}/{when.day} {half}{(when.hour - 1) % 12 + 1}:{when.minute:02}"
    return f"{clock} - {_words(chat, message)}\n"


def _words(chat: Chat, message: Message) -> str:
    if message.kind == "system":
        return _sentence(chat, message)
    if message.kind == "recall":
        return f"{shown(message.actor or chat.me)}: 此訊息已刪除"
    words = "<省略多媒體檔案>" if message.kind in ("image", "voice", "video", "sticker", "file") else message.text
    return f"{shown(message.sender or chat.me)}: {words}"


def _sentence(chat: Chat, message: Message) -> str:
    actor = shown(message.actor or chat.owner)
    names = "、".join(map(shown, message.targets))
    sentences = {
        "invited": f"{actor}新增了{names}",
        "joined_qr": f"{names}使用此群組的邀請連結加入了",
        "removed": f"{actor}移除了{names}",
        "renamed": f"{actor}將主題更改為「{message.note.get('name')}」",
    }
    return sentences.get(message.event, f"{actor}更改了此群組的圖示")
