"""WeCom's message archive as what the SDK returns, an array with each record decrypted beside what it was decrypted from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from support.writers.wecom_jsonl import DROPS, KEEPS, records, shown

__all__ = ["DROPS", "FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "WeCom archive (JSON)"
FORMAT = "wecom_json"


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, one document."""
    path = folder / "archive" / f"{chat.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    sealed = {"publickey_ver": 3, "encrypt_random_key": "AAAA", "encrypt_chat_msg": "AAAA"}
    listed = [
        {"seq": number, "msgid": record["msgid"], **sealed, "decrypted": record}
        for number, record in enumerate(records(chat, messages), 196)
    ]
    document = {"errcode": 0, "errmsg": "ok", "chatdata": listed}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8", newline="")
    return path
