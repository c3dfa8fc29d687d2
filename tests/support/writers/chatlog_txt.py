"""chatlog's text: times without the year where the range that was asked for lies within one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message, clock, day_of
from qunkit.demo.writers import chatlog_csv
from qunkit.demo.writers.chatlog_csv import FOLDER, TOOL, shown

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

FORMAT = "chatlog_txt"
KEEPS = {"seconds", "quotes", "events"}


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, named after the days that were asked for; asked for together with another chat, so that its name is in every header."""
    first, last = day_of(messages[0].ts), day_of(messages[-1].ts)
    path = folder / FOLDER / f"{chat.id}_{first}_{last}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    name = chat.name_at(messages[-1].ts + 1)
    left_out = 0 if first.year != last.year else 5 if first != last else 11
    path.write_bytes("".join(_said(chat, name, message, left_out) for message in messages).encode())
    return path


def _said(chat: Chat, name: str, message: Message, left_out: int) -> str:
    _, sender_name, sender, *_, content = chatlog_csv.record(chat, name, message)
    if message.sender is chat.me:
        sender = "我"
        content = content.partition(":\n")[2] if ":\n" in content and not message.reply_to else content
    who = f"{sender_name}({sender})" if sender_name else sender
    return f"{who} [{name}({chat.id})] {clock(message.ts)[left_out:]}\n{content}\n\n"
