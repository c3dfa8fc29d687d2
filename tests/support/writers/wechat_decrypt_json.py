"""wechat-decrypt's JSON: `export/<chat>/message_0.db.json`, each message as WeChat stores it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from support.writers._wechat_xml import number, stored

TOOL = "wechat-decrypt"
FORMAT = "wechat_decrypt_json"
KEEPS = {"seconds", "ids", "sender_ids", "quotes", "quoted_ids", "kinds", "events"}


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.person.remark or member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder of its own."""
    name = chat.name_at(messages[-1].ts + 1)
    document = {
        "chat_username": chat.id,
        "display_name": name,
        "is_group": True,
        "message_count": len(messages),
        "messages": [_record(chat, place, message) for place, message in enumerate(messages, 1)],
    }
    path = folder / name / "message_0.db.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
    return path


def _record(chat: Chat, place: int, message: Message) -> dict[str, object]:
    mine = message.sender is chat.me
    notice = message.kind in ("system", "recall")
    return {
        "local_id": place,
        "server_id": int(message.id),
        "type": number(message),
        "type_name": "",
        "sort_seq": message.ts * 1000,
        "sender_username": message.sender.person.id if message.sender and not notice else "",
        "sender": "系统" if notice or message.sender is None else "我" if mine else shown(message.sender),
        "create_time": message.ts,
        "time_str": clock(message.ts),
        "status": 4 if notice else 2 if mine else 3,
        "content": stored(chat, message),
        "display_content": message.text,
        "is_system": notice,
        "is_received": not mine,
    }
