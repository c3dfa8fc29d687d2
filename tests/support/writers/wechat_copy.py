"""Messages selected in WeChat 4 and copied: notices are left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from support.writers._shown import NOTICES, at, quoted, words

TOOL = "WeChat, copied"
FORMAT = "wechat_copy"
KEEPS = {"quotes"}
DROPS = NOTICES


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, under the name that a user gives it."""
    path = folder / f"{chat.name_at(messages[-1].ts + 1)}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    said = [message for message in messages if message.kind not in DROPS]
    path.write_text("\n".join(_record(message) for message in said), "utf-8")
    return path


def _record(message: Message) -> str:
    below = f"\n「{quoted(message.reply_to)}」" if message.reply_to else ""
    name = shown(message.sender) if message.sender else ""
    return f"·{name}\n{at(message):%Y年%m月%d日 %H:%M}\n{words(message)}{below}\n"
