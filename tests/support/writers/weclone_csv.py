"""WeFlow's CSV for WeClone: `<群名>.csv`, byte order mark, CRLF; LF within texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from qunkit.demo.model import Chat, Message
from qunkit.demo.writers import weflow_json
from qunkit.demo.writers.rows import python_row
from qunkit.demo.writers.weflow_json import shown
from support.writers.weflow_txt import file_name, speaker

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "WeFlow (WeClone)"
FORMAT = "weclone_csv"
KEEPS = {"seconds", "ids", "quotes", "kinds", "events"}
HEADER = ("id", "MsgSvrID", "type_name", "is_sender", "talker", "msg", "src", "CreateTime")
_TYPES = ("image", "sticker", "video", "voice", "location", "file")


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / "weclone" / f"群聊_{file_name(name)}_全部时间.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = (record(chat, name, number, message) for number, message in enumerate(messages, 1))
    path.write_bytes("".join([python_row(HEADER), *map(python_row, records)]).encode("utf-8-sig"))
    return path


def record(chat: Chat, name: str, number: int, message: Message) -> tuple[str, ...]:
    """One message, columns in order."""
    type_ = message.kind if message.kind in _TYPES else "text"
    own = message.spoken and message.sender is chat.me
    source = message.note["url"] if message.kind == "sticker" else message.text if message.kind == "file" else ""
    words = _content(chat, message)
    time = datetime.fromtimestamp(message.ts, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return (str(number), message.id, type_, str(int(own)), speaker(message, name), words, source, time)


def _content(chat: Chat, message: Message) -> str:
    """As in JSON, but for the addresses of links."""
    words = weflow_json.content(chat, message) or ""
    return words.partition("\n")[0] if message.kind == "link" else words
