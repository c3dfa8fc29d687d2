"""ChatLab's standard format as one JSON document, as WeFlow writes it: `<群名>.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from qunkit.demo.writers import chatlab_jsonl
from qunkit.demo.writers.chatlab_jsonl import shown

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "WeFlow (ChatLab JSON)"
FORMAT = "chatlab_json"
KEEPS = {"seconds", "ids", "sender_ids", "quotes", "quoted_ids", "kinds", "events"}
_NAMES = ("accountName", "groupNickname")


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file: who writes it, the group, its people, the messages."""
    name = chat.name_at(messages[-1].ts + 1)
    records = [chatlab_jsonl.record(chat, name, message) for message in messages]
    for record in records:
        del record["_type"]
    people = {record["sender"]: {key: record[key] for key in _NAMES if key in record} for record in records}
    document = {
        "chatlab": {"version": "0.0.2", "exportedAt": messages[-1].ts + 600, "generator": "WeFlow"},
        "meta": {"name": name, "platform": "wechat", "type": "group", "groupId": chat.id},
        "members": [{"platformId": person, **names} for person, names in people.items()],
        "messages": records,
    }
    path = folder / chatlab_jsonl.FOLDER / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8", newline="")
    return path
