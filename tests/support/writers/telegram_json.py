"""`result.json` of one chat, as Telegram Desktop 5 writes it: one blank a level, links as parts of a list."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.people import file_safe

TOOL = "Telegram Desktop"
FORMAT = "telegram_json"
KEEPS = {"seconds", "ids", "sender_ids", "quotes", "quoted_ids"}
DROPS = frozenset({"pat", "recall"})
_ACTIONS = {
    "invited": "invite_members",
    "joined_qr": "join_group_by_link",
    "removed": "remove_members",
    "renamed": "edit_group_title",
}
_MISSING = "(File not included. Change data exporting settings to download.)"
_MEDIA: dict[str, dict[str, Any]] = {
    "image": {"photo": _MISSING, "width": 1280, "height": 960},
    "voice": {"file": _MISSING, "media_type": "voice_message", "mime_type": "audio/ogg", "duration_seconds": 5},
    "video": {"file": _MISSING, "media_type": "video_file", "mime_type": "video/mp4", "duration_seconds": 5},
    "sticker": {"file": _MISSING, "media_type": "sticker", "sticker_emoji": "👍"},
}
_LINK = re.compile(r"(https?://[^\s\u4e00-\u9fff]+)")


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """A folder of its own with one file."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / f"ChatExport_{file_safe(name)}" / "result.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [record(chat, message) for message in messages if message.kind not in DROPS]
    room = int("".join(filter(str.isdigit, chat.id))[:12])
    document = {"name": name, "type": "private_supergroup", "id": room, "messages": told}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    return path


def record(chat: Chat, message: Message) -> dict[str, Any]:
    """One message, keys in Telegram's order."""
    spoken = message.kind != "system"
    when = {"date": clock(message.ts).replace(" ", "T"), "date_unixtime": str(message.ts)}
    begin = {"id": int(message.id), "type": "message" if spoken else "service", **when}
    if not spoken:
        return {**begin, **_service(chat, message), "text": "", "text_entities": []}
    sender = message.sender or chat.me
    begin |= {"from": shown(sender), "from_id": sender.person.id}
    if message.reply_to:
        begin["reply_to_message_id"] = int(message.reply_to.id)
    if message.kind == "file":
        return {**begin, "file": _MISSING, "file_name": message.text, "text": "", "text_entities": []}
    if message.kind in _MEDIA:
        return {**begin, **_MEDIA[message.kind], "text": "", "text_entities": []}
    return {**begin, "text": _parts(message.text), "text_entities": []}


def _service(chat: Chat, message: Message) -> dict[str, Any]:
    actor = message.actor or (message.targets[0] if message.targets else chat.owner)
    told: dict[str, Any] = {"actor": shown(actor), "actor_id": actor.person.id}
    told["action"] = _ACTIONS.get(message.event, "custom_action")
    if message.event in ("invited", "removed"):
        told["members"] = [shown(member) for member in message.targets]
    if message.event == "renamed":
        told["title"] = message.note["name"]
    return told


def _parts(text: str) -> str | list[object]:
    parts: list[object] = [part for part in _LINK.split(text) if part]
    if not _LINK.search(text):
        return text
    return [{"type": "link", "text": part} if _LINK.fullmatch(str(part)) else part for part in parts]
