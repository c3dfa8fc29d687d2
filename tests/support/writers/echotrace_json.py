"""EchoTrace's JSON: `<群名>_聊天记录_<ms>.json`, after the text of its program: notices have no sender, messages no id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from qunkit.demo.writers import weflow_json
from qunkit.demo.writers.weflow_json import shown
from support.writers.weflow_txt import file_name

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "EchoTrace"
FORMAT = "echotrace_json"
KEEPS = {"seconds", "sender_ids", "quotes", "kinds", "events"}
_MORE = ("senderAvatarKey", "platformMessageId", "replyToMessageId", "quotedContent", "quotedSender", "appMsgDesc")


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    session = {
        "wxid": chat.id,
        "nickname": name,
        "remark": "",
        "displayName": name,
        "type": "群聊",
        "messageCount": len(messages),
    }
    records = [record(chat, name, number, message) for number, message in enumerate(messages, 1)]
    path = folder / "EchoTrace" / f"{file_name(name)}_聊天记录_{messages[-1].ts}000.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"session": session, "messages": records, "exportTime": "2026-11-20T10:00:00.000"}
    path.write_bytes(json.dumps(document, ensure_ascii=False, indent=2).encode())
    return path


def record(chat: Chat, name: str, number: int, message: Message) -> dict[str, object]:
    """One message, keys in the order of the format."""
    told = weflow_json.record(chat, name, number, message)
    if not message.spoken:
        told |= {"senderUsername": None, "senderDisplayName": "系统消息"}
    return {key: value for key, value in told.items() if key not in _MORE}
