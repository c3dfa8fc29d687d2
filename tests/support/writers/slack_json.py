"""A channel's day files of a Slack workspace export, and `users.json` and `channels.json` above: four blanks a level, slashes escaped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qunkit.demo.model import Chat, Member, Message

TOOL = "Slack"
FORMAT = "slack_json"
KEEPS = {"seconds", "sender_ids", "quotes"}
DROPS = frozenset({"pat", "recall"})
_SUBTYPES = {
    "invited": "channel_join",
    "joined_qr": "channel_join",
    "removed": "channel_leave",
    "renamed": "channel_name",
}
_MIMES = {
    "image": "image/png",
    "voice": "audio/ogg",
    "video": "video/mp4",
    "file": "application/pdf",
    "sticker": "image/webp",
}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file holds what Slack would spread over a file a day: the reader does not ask."""
    name = chat.name_at(messages[-1].ts + 1)
    home = folder / f"workspace-{chat.id}"
    path = home / name.replace("/", "_") / "2026-11-01.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    people = {member.person.id: member for member in chat.members}
    users = [
        {"id": one, "team_id": "T1", "name": one, "profile": {"real_name": "", "display_name": shown(member)}}
        for one, member in people.items()
    ]
    channels = [{"id": chat.id, "name": name.replace("/", "_"), "created": 1, "members": list(people)}]
    ids = {id(message): f"{message.ts}.{number:06}" for number, message in enumerate(chat.messages)}
    told = [record(chat, message, ids) for message in messages if message.kind not in DROPS]
    for file, document in ((home / "users.json", users), (home / "channels.json", channels), (path, told)):
        file.write_text(json.dumps(document, indent=4).replace("/", "\\/"), "utf-8")
    return path


def record(chat: Chat, message: Message, ids: dict[int, str]) -> dict[str, Any]:
    """One message."""
    ts = ids[id(message)]
    if message.kind == "system":
        actor = message.actor or chat.owner
        user = message.targets[0] if message.targets else actor
        subtype = _SUBTYPES.get(message.event, "channel_topic")
        text = f"<@{user.person.id}> {message.event}"
        return {
            "user": user.person.id,
            "type": "message",
            "ts": ts,
            "subtype": subtype,
            "text": text,
            "inviter": actor.person.id,
        }
    sender = message.sender or chat.me
    files = message.kind in _MIMES
    text = "" if files else message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    told: dict[str, Any] = {"type": "message", "text": text, "user": sender.person.id, "ts": ts}
    if files:
        told["files"] = [{"id": "F1", "name": message.text or "a", "mimetype": _MIMES[message.kind]}]
    if message.reply_to:
        told["thread_ts"] = ids[id(message.reply_to)]
    return told
