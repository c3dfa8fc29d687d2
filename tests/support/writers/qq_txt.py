"""The text of QQ's message manager, of one group. It knows no cards, and of a reply only the words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from qunkit.demo.model import Chat, Member, Message, clock
from support.writers._qq import NOTICES, sentence

TOOL = "QQ"
FORMAT = "qq_txt"
KEEPS = {"seconds", "events"}
DROPS = frozenset({"voice", "video", "link", "file", "miniprogram", "announcement", "red_packet"})
_WORDLESS = {"image": "[图片]", "sticker": "[表情]"}
_RULE = "=" * 64


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, CRLF, with a byte order mark."""
    name = chat.name_at(messages[-1].ts + 1)
    lines = [
        "消息记录（此消息记录为文本格式，不支持重新导入）",
        "",
        _RULE,
        "消息分组:我的群聊",
        _RULE,
        f"消息对象:{name}",
        _RULE,
        "",
    ]
    for message in messages:
        if message.kind not in DROPS:
            lines += [f"{_unpadded(message.ts)} {_who(message)}", *_text(chat, message).split("\n"), ""]
    path = folder / f"{name.replace('/', '_')}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode())
    return path


def _unpadded(ts: int) -> str:
    day, time = clock(ts).split(" ")
    return f"{day} {time.removeprefix('0')}"


def _who(message: Message) -> str:
    if message.kind in NOTICES or message.sender is None:
        return "系统消息(10000)"
    title = "【管理员】" if message.sender.role != "member" else ""
    person = message.sender.person.id
    number = person if person.isdecimal() else crc32(person.encode()) + 10_000
    return f"{title}{message.sender.name}({number})"


def _text(chat: Chat, message: Message) -> str:
    return sentence(chat, message) if message.kind in NOTICES else _WORDLESS.get(message.kind, message.text)
