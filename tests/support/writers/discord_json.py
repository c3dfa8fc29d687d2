"""`Server - Category - channel [id].json` of DiscordChatExporter 2.4x: two blanks a level, every key there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qunkit.demo.model import Chat, Member, Message
from qunkit.demo.people import file_safe

TOOL = "DiscordChatExporter"
FORMAT = "discord_json"
KEEPS = {"seconds", "ids", "sender_ids", "quotes", "quoted_ids"}
DROPS = frozenset({"pat", "recall"})
_TYPES = {
    "invited": "RecipientAdd",
    "joined_qr": "GuildMemberJoin",
    "removed": "RecipientRemove",
    "renamed": "ChannelNameChange",
}
_FILES = {"image": "a.png", "voice": "voice-message.ogg", "video": "a.mp4"}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file; the group has no server, so that its name is the channel's."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / f"Direct Messages - {file_safe(name)} [{chat.id}].json"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [record(chat, message) for message in messages if message.kind not in DROPS]
    channel = {
        "id": chat.id,
        "type": "DirectGroupTextChat",
        "categoryId": None,
        "category": None,
        "name": name,
        "topic": None,
    }
    document = {
        "guild": {"id": "0", "name": "", "iconUrl": ""},
        "channel": channel,
        "dateRange": {"after": None, "before": None},
        "exportedAt": _clock(messages[-1].ts + 600),
        "messages": told,
        "messageCount": len(told),
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
    return path


def record(chat: Chat, message: Message) -> dict[str, Any]:
    """One message, keys in the exporter's order."""
    notice = message.kind == "system"
    author = message.sender or message.actor or (message.targets[0] if message.targets else chat.owner)
    kind = _TYPES.get(message.event, "ChannelIconChange") if notice else "Reply" if message.reply_to else "Default"
    files = [_FILES.get(message.kind, message.text)] if message.kind in (*_FILES, "file") else []
    told = {
        "id": message.id,
        "type": kind,
        "timestamp": _clock(message.ts),
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": "" if files or message.kind == "sticker" else message.text,
        "author": {
            **_user(author),
            "color": None,
            "isBot": False,
            "roles": [],
            "avatarUrl": "https://cdn.example.invalid/a.png",
        },
        "attachments": [
            {"id": "1", "url": f"https://cdn.example.invalid/{name}", "fileName": name, "fileSizeBytes": 1}
            for name in files
        ],
        "embeds": [],
        "stickers": [{"id": "1", "name": "wave", "format": "Png", "sourceUrl": ""}]
        if message.kind == "sticker"
        else [],
        "reactions": [],
        "mentions": [_user(member) for member in (message.targets if notice else message.mentions)],
    }
    if message.reply_to:
        told["reference"] = {"messageId": message.reply_to.id, "channelId": chat.id, "guildId": "0"}
    return told


def _user(member: Member) -> dict[str, Any]:
    return {
        "id": member.person.id,
        "name": member.person.nickname,
        "discriminator": "0000",
        "nickname": member.name,
        "isBot": False,
    }


def _clock(ts: int) -> str:
    return datetime.fromtimestamp(ts, UTC).strftime("%Y-%m-%dT%H:%M:%S.5+00:00")
