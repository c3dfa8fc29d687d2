"""WechatExporter's text. Notices and replies that quote have no time in it: they are left out here, and read in its own test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from support.writers._shown import NOTICES, words

TOOL = "WechatExporter"
FORMAT = "wechatexporter_txt"
KEEPS = {"seconds"}
DROPS = {*NOTICES, "quote"}


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    said = [message for message in messages if message.kind not in DROPS and message.sender]
    lines = [f"{shown(one.sender)} ({clock(one.ts)}):{words(one)}\n" for one in said if one.sender]
    path = folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{name} - 微信聊天记录\n\n" + "".join(lines), "utf-8")
    return path
