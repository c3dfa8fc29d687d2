"""wx-cli's text: the form of a mailed chat below its own lines, two blanks before a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message, day_of
from support.writers.wechat_mail_txt import DROPS, KEEPS, body, shown

__all__ = ["DROPS", "FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "wx-cli text"
FORMAT = "wx_cli_txt"


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name, first, last = chat.name_at(messages[-1].ts + 1), day_of(messages[0].ts), day_of(messages[-1].ts)
    opening = f'"{name}"的聊天记录如下:\n导出时间：2026-11-16 10:00:00\n消息数：{len(messages)}\n时间范围：{first} ~ {last}\n\n'
    path = folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(opening + body(messages, padded=True, spaces=2), "utf-8")
    return path
