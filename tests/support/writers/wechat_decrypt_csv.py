"""wechat-decrypt's CSV: `export/<chat>/message_0.db.csv` and `.info`, byte order mark, CRLF; cards are the first 200 characters of their XML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.writers.rows import python_row
from support.writers._wechat_xml import number, plain, stored

TOOL = "wechat-decrypt CSV"
FORMAT = "wechat_decrypt_csv"
KEEPS = {"seconds", "ids", "kinds", "events"}
EMPTIES = {"quote"}
"""Those whose words do not fit into 200 characters."""
_LABELS = {"image": "图片", "voice": "语音", "video": "视频", "sticker": "表情", "system": "系统", "recall": "系统"}
_WORDS = {"image": "[图片]", "voice": "[语音]", "video": "[视频]", "sticker": "[表情包]"}
_KEPT = 200


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.person.remark or member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder of its own, and what the tool says of the chat beside it."""
    name = chat.name_at(messages[-1].ts + 1)
    rows = [python_row(["时间", "发送者", "消息类型", "内容", "server_id"]), *(_row(chat, one) for one in messages)]
    path = folder / name / "message_0.db.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(rows).encode("utf-8-sig"))
    (path.parent / ".info").write_text(f"username:     {chat.id}\ndisplay_name: {name}\n", "utf-8")
    return path


def _row(chat: Chat, message: Message) -> str:
    notice = message.kind in ("system", "recall")
    sender = message.sender
    who = "系统" if notice or sender is None else "我" if sender is chat.me else shown(sender)
    label = "文本" if plain(message) else _LABELS.get(message.kind, f"未知({number(message)})")
    return python_row([clock(message.ts), who, label, _content(chat, message), message.id])


def _content(chat: Chat, message: Message) -> str:
    if plain(message) or message.kind == "pat":
        return message.text
    if message.kind in ("system", "recall"):
        return f"[系统: {message.text}]"
    if message.kind in _WORDS:
        return _WORDS[message.kind]
    text = stored(chat, message)
    return text[text.index("<") :][:_KEPT]
