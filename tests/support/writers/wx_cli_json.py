"""wx-cli's JSON, with the names of members that its items are known by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message

TOOL = "wx-cli"
FORMAT = "wx_cli_json"
KEEPS = {"seconds", "ids", "sender_ids", "kinds", "events"}


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    document = {
        "export_info": {"version": "1", "exported_at": messages[-1].ts + 600, "generator": "wx-cli"},
        "conversation": {"talker": chat.id, "display_name": name, "type": "group", "message_count": len(messages)},
        "media": None,
        "items": [_item(chat, message) for message in messages],
        "paging": {"has_more": False},
        "stats": {},
    }
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
    return path


def _item(chat: Chat, message: Message) -> dict[str, object]:
    speaker = message.sender if message.spoken else None
    return {
        "server_id": message.id,
        "create_time": message.ts,
        "sender": speaker.person.id if speaker else chat.id,
        **({"sender_name": shown(speaker)} if speaker else {}),
        "type": message.kind,
        "content": message.text,
    }
