"""MemoTrace 2.x HTML: `聊天记录/<群名>/<群名>.html`, literals of JavaScript between what fills the page.

It knows no relays and announcements, and stickers look like images.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from qunkit.demo.people import file_safe

TOOL = "MemoTrace 2 HTML"
FORMAT = "memotrace_html"
KEEPS = {"seconds", "quotes", "events"}
DROPS = {"solitaire", "announcement", "miniprogram", "red_packet"}
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_TYPES = {"text": 1, "image": 3, "sticker": 3, "video": 43, "voice": 34, "quote": 49, "link": 49, "file": 49}
_HEAD = """<!DOCTYPE html>
<html lang="zh">
<head>
<title>{title}</title>
<style>.message {{ display: flex; }}</style>
</head>
<body>
<script>
const chatMessages = [
"""
_TAIL = """];
/*注意看这是分割线*/
function messageElement(message) { return `<div>${message.text}</div>`; }
</script>
</body>
</html>
"""


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return file_safe(member.person.remark or member.person.nickname)


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One page in a folder of the group's name."""
    name = file_safe(chat.name_at(messages[-1].ts + 1))
    path = folder / "MemoTrace-2/聊天记录" / name / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [record(chat, message) for message in messages if message.kind not in DROPS]
    path.write_text(page(name, lines), encoding="utf-8", newline="")
    return path


def page(title: str, lines: Sequence[str]) -> str:
    """The page around these literals."""
    return _HEAD.format(title=title) + "\n".join(lines) + "\n" + _TAIL


def literal(**values: str | int) -> str:
    """An object of JavaScript, as the exporter writes one."""
    pairs = [
        f"{name}:{value}" if isinstance(value, int) else f"{name}:'{_escaped(value)}'" for name, value in values.items()
    ]
    return "{ " + ",".join(pairs) + "},"


def record(chat: Chat, message: Message) -> str:
    """One message."""
    who = {
        "timestamp": message.ts,
        "is_chatroom": 1,
        "displayname": shown(message.sender) if message.spoken and message.sender else "",
    }
    mine = {"is_send": int(message.sender is chat.me), "avatar_path": ""}
    if not message.spoken:
        return literal(type=0, text=message.text, **mine, **who)
    kind = _TYPES[message.kind]
    if message.reply_to:
        quoted = message.reply_to
        refer = f"{shown(quoted.sender) if quoted.sender else ''}：{quoted.text}"
        return literal(type=kind, text=message.text, **mine, sub_type=57, refer_text=refer, **who)
    if message.kind == "link":
        card = {"title": message.text, "description": message.note["by"], "url": message.note["url"], "app_name": ""}
        return literal(type=kind, text="", **mine, sub_type=5, **card, **who)
    if message.kind == "file":
        return literal(type=kind, text="./file/1", **mine, sub_type=6, file_name=message.text, **who)
    if message.kind == "voice":
        return literal(type=kind, text="./voice/1.mp3", **mine, voice_to_text="", **who)
    return literal(type=kind, text=message.text if kind == 1 else f"./{message.kind}/1", **mine, **who)


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text)
