"""MemoTrace 3.x text for language models: `<群名>_chat.txt`; days only, and what somebody says in a row is one piece."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from qunkit.demo.model import Chat, Message, day_of, midnight
from support.writers.memotrace_v3_txt import content, place, shown

__all__ = ["DROPS", "FORMAT", "KEEPS", "TOOL", "joined", "shown", "write"]

TOOL = "MemoTrace 3 TXT for language models"
FORMAT = "memotrace_chat_txt"
KEEPS: set[str] = set()
DROPS = {"pat"}


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder that carries the group's id."""
    path = place(chat, messages, folder, "_chat")
    name = path.name.removesuffix("_chat.txt")
    parts, day = [], None
    for said in joined(chat, messages):
        if day != (day := day_of(said.ts)):
            parts.append(f"\n{'*' * 20}{day}{'*' * 20}\n\n")
        parts.append(f"{shown(said.sender) if said.sender else name}:{said.text}\n\n")
    path.write_text("".join(parts), encoding="utf-8", newline="")
    return path


def joined(chat: Chat, messages: Sequence[Message]) -> list[Message]:
    """The pieces that these messages become, each at the midnight its day begins with."""

    def turn(message: Message) -> tuple[object, object]:
        return day_of(message.ts), message.sender if message.spoken else None

    pieces = []
    kept = [message for message in messages if message.kind not in DROPS]
    for (_, sender), said in groupby(kept, key=turn):
        several = list(said)
        first = several[0]
        kind = first.kind if len(several) == 1 else "text"
        text = "\n".join(content(chat, message) for message in several).rstrip(" \n")
        pieces.append(Message(midnight(day_of(first.ts)), first.sender if sender else None, kind, text))
    return pieces
