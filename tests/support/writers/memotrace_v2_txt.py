"""MemoTrace 2.x text: `聊天记录/<群名>/<群名>.txt`; notices stand on the line of their time, and types it does not know are left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.people import file_safe

TOOL = "MemoTrace 2 TXT"
FORMAT = "memotrace_txt"
KEEPS = {"seconds", "quotes", "kinds", "events"}
DROPS = {"solitaire", "announcement", "miniprogram", "red_packet"}
_WORDS = {"image": "[图片]", "voice": "[语音]", "video": "[视频]", "sticker": "[表情包]", "file": "[文件]"}
_HTML = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"))
_INDENT = " " * 12


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return file_safe(member.person.remark or member.person.nickname)


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder of the group's name."""
    name = file_safe(chat.name_at(messages[-1].ts + 1))
    path = folder / "MemoTrace-2/聊天记录" / name / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [_record(message) for message in messages if message.kind not in DROPS]
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return path


def _record(message: Message) -> str:
    if not message.spoken or message.sender is None:
        return f"{clock(message.ts)} {message.text}\n\n"
    return f"{clock(message.ts)} {_escaped(shown(message.sender)).replace(chr(92), chr(92) * 2)}\n{words(message)}\n\n"


def words(message: Message) -> str:
    """What a message looks like; what a quote of anything but words quotes is not known to this version."""
    if message.reply_to:
        quoted = message.reply_to
        known = f"{quoted.sender.name if quoted.sender else ''}:{quoted.text}"
        return f"{message.text}\n引用:{known if quoted.kind in ('text', 'quote') else '未知'}"
    if message.kind == "link":
        fields = ("[链接]:title", message.text), ("description", ""), ("url", message.note["url"]), ("name", "")
        return "".join(f"{_INDENT}{field}:{_escaped(value)}\n" for field, value in fields) + _INDENT
    return _WORDS.get(message.kind, message.text)


def _escaped(text: str) -> str:
    for char, entity in _HTML:
        text = text.replace(char, entity)
    return text
