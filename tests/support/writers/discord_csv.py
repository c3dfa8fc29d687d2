"""`Server - Category - channel [id].csv` of DiscordChatExporter 2.4x: every field but the header's in quotes, CRLF, names without nicknames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from qunkit.demo.people import file_safe

TOOL = "DiscordChatExporter"
FORMAT = "discord_csv"
KEEPS = {"seconds", "sender_ids"}
DROPS = frozenset({"pat", "recall", "system"})
_FILES = {"image": "a.png", "voice": "voice-message.ogg", "video": "a.mp4"}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, whose name says the channel and its id."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / f"{file_safe(name)} [{_digits(chat.id)}].csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ["AuthorID,Author,Date,Content,Attachments,Reactions\r\n"]
    for message in messages:
        if message.sender and message.kind not in DROPS:
            files = _FILES.get(message.kind, message.text) if message.kind in (*_FILES, "file") else ""
            date = datetime.fromtimestamp(message.ts, UTC).strftime("%Y-%m-%dT%H:%M:%S.5000000+00:00")
            url = f"https://cdn.example.invalid/{files}?ex=1" if files else ""
            fields = (message.sender.person.id, shown(message.sender), date, "" if files else message.text, url, "")
            rows.append(",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\r\n")
    path.write_text("".join(rows), "utf-8", newline="")
    return path


def _digits(room: str) -> str:
    return "".join(filter(str.isdigit, room)).ljust(18, "0")
