"""WeFlow's SQL: `<群名>.sql`, one INSERT a message, ids as JavaScript prints them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from qunkit.demo.writers import weflow_json
from qunkit.demo.writers.weflow_json import shown
from support.writers.weflow_txt import content, file_name

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "WeFlow (SQL)"
FORMAT = "weflow_sql"
KEEPS = {"seconds", "sender_ids", "quotes", "kinds", "events"}
HEADER = """BEGIN;
CREATE TABLE IF NOT EXISTS weflow_messages (
  session_id TEXT NOT NULL,
  local_id TEXT,
  message_id TEXT,
  create_time BIGINT NOT NULL,
  sender TEXT,
  is_send BOOLEAN NOT NULL,
  local_type INTEGER,
  media_type TEXT,
  content TEXT,
  media_path TEXT
);
CREATE INDEX IF NOT EXISTS idx_weflow_messages_session_time ON weflow_messages (session_id, create_time);
"""
COLUMNS = "session_id, local_id, message_id, create_time, sender, is_send, local_type, media_type, content, media_path"
_MEDIA = {"image": "'image'", "voice": "'voice'", "video": "'video'", "sticker": "'emoji'"}


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / "sql" / f"{file_name(name)}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = (record(chat, name, number, message) for number, message in enumerate(messages, 1))
    path.write_bytes("".join([HEADER, *records, "COMMIT;\n"]).encode())
    return path


def record(chat: Chat, name: str, number: int, message: Message) -> str:
    """One message."""
    told = weflow_json.record(chat, name, number, message)
    own = "TRUE" if told["isSend"] else "FALSE"
    values = (
        _quoted(chat.id),
        f"'{number}'",
        f"'{rounded(message.id)}'",
        str(message.ts),
        _quoted(str(told["senderUsername"])),
        own,
        str(told["localType"]),
        _MEDIA.get(message.kind, "NULL"),
        _quoted(content(chat, message)),
        "NULL",
    )
    return f"INSERT INTO weflow_messages ({COLUMNS}) VALUES ({', '.join(values)});\n"


def rounded(number: str) -> str:
    """An id that has been a number of JavaScript: the shortest digits of its float, then zeros."""
    digits, _, power = f"{float(number)!r}".partition("e+")
    whole, _, fraction = digits.partition(".")
    return whole + fraction.rstrip("0").ljust(int(power), "0") if power else whole


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
