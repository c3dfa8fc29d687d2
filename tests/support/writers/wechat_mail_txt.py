"""The text of WeChat's "send by e-mail" as an iPhone makes it. Notices are left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, day_of
from support.writers._shown import NOTICES, at, quoted, words

TOOL = "WeChat, by e-mail"
FORMAT = "wechat_mail_txt"
KEEPS = {"quotes"}
DROPS = NOTICES
SPACES = 1


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def title(name: str) -> str:
    """What stands before the first day."""
    return f'Dear:\n\n      微信群"{name}"的聊天记录如下:\n\n'


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(title(name) + body(messages), "utf-8")
    return path


def body(messages: Sequence[Message], *, padded: bool = False, spaces: int = SPACES) -> str:
    """Days and messages."""
    parts, day = [], None
    for message in messages:
        if message.kind in DROPS or message.sender is None:
            continue
        if day != (day := day_of(message.ts)):
            shown_day = day.isoformat() if padded else f"{day.year}-{day.month}-{day.day}"
            parts.append(f"—————  {shown_day}  —————\n\n\n")
        parts.append(f"{shown(message.sender)}{' ' * spaces}{at(message):%H:%M}\n\n{_text(message)}\n\n\n")
    return "".join(parts)


def _text(message: Message) -> str:
    if message.kind == "image":
        return "图片1（可在附件中查看）"
    above = f"「{quoted(message.reply_to)}」\n- - - - - - - - - - - - - - -\n" if message.reply_to else ""
    return above + words(message)
