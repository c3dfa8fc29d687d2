"""MemoTrace 3.x text: `聊天记录/<群名>(<群 id>)/<群名>.txt`; notices stand alone below their time, cards as in its CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message, clock
from qunkit.demo.people import file_safe
from qunkit.demo.writers import memotrace_v3_csv
from qunkit.demo.writers.memotrace_v3_csv import shown

__all__ = ["FORMAT", "KEEPS", "TOOL", "content", "place", "shown", "write"]

TOOL = "MemoTrace 3 TXT"
FORMAT = "memotrace_txt"
KEEPS = {"seconds", "quotes", "events"}


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder that carries the group's id."""
    path = place(chat, messages, folder, "")
    path.write_text("".join(_record(chat, message) for message in messages), encoding="utf-8", newline="")
    return path


def place(chat: Chat, messages: Sequence[Message], folder: Path, ending: str) -> Path:
    """Where this version puts a text."""
    name = file_safe(chat.name_at(messages[-1].ts + 1))
    path = folder / memotrace_v3_csv.FOLDER / f"{name}({chat.id})" / f"{name}{ending}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def content(chat: Chat, message: Message) -> str:
    """What a message looks like."""
    return memotrace_v3_csv.record(chat, chat.name, message)[4]


def _record(chat: Chat, message: Message) -> str:
    who = f" {shown(message.sender)}" if message.sender and (message.spoken or message.kind == "pat") else ""
    return f"{clock(message.ts)}{who}\n{content(chat, message)}\n\n"
