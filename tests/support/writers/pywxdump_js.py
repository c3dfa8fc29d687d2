"""PyWxDump's data.js: the records of its CSV and its users.json, each on one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from support.writers.pywxdump_csv import KEEPS, TOOL, people, record, shown

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

FORMAT = "pywxdump_js"


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """The script beside the page."""
    path = folder / "export" / chat.id / "data.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = [record(chat, message, number) for number, message in enumerate(messages, 1)]
    users, said = (json.dumps(one, ensure_ascii=False) for one in (people(chat), records))
    path.write_bytes(
        f"localStorage.setItem('isUseLocalData', 't')\nconst local_mywxid = '{chat.me.person.id}'\n"
        f"const local_user_list = {users}\nconst local_msg_list = {said}\n".encode()
    )
    return path
