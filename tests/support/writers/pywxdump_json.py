"""PyWxDump's JSON: the records of its CSV, indented."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from support.writers.pywxdump_csv import KEEPS, TOOL, record, shown

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

FORMAT = "pywxdump_json"


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One page."""
    path = folder / "export" / chat.id / f"{chat.id}_0_{len(messages) + 1}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = [record(chat, message, number) for number, message in enumerate(messages, 1)]
    path.write_bytes(json.dumps(records, ensure_ascii=False, indent=4).encode())
    return path
