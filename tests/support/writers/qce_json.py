"""QQChatExporter's JSON, 5.5: a pretty document whose messages are one line each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qunkit.demo.model import Chat, Member, Message, clock
from support.writers import _qce
from support.writers._qq import NOTICES

TOOL = "QQChatExporter"
FORMAT = "qce_json"
KEEPS = {"seconds", "ids", "sender_ids", "quotes", "quoted_ids", "events"}
_HEAD = {
    "metadata": {
        "name": "QQChatExporter V5.5.80 / https://github.com/shuakami/qq-chat-exporter",
        "copyright": "本软件是免费的开源项目~ 如果您是买来的，请立即退款！如果有帮助到您，欢迎给我点个Star~",
        "version": "5.5.80",
    }
}


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    told = list(messages)
    head = _HEAD | {"chatInfo": about(chat, told), "statistics": {"totalMessages": len(told), "senders": []}}
    parts = [f"  {_json(name)}:{_json(value)},\n" for name, value in head.items()]
    lines = ",\n".join(f"    {_json(record(chat, place, message))}" for place, message in enumerate(told))
    path = folder / f"{_qce.stem(chat, told)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    end = '\n  ],\n  "exportOptions":{"includedFields":["id","timestamp","sender","content","resources"],"filters":{}}\n}\n'
    path.write_text("{\n" + "".join(parts) + '  "messages":[\n' + lines + end, encoding="utf-8")
    return path


def about(chat: Chat, messages: list[Message]) -> dict[str, Any]:
    """The member chatInfo."""
    me = chat.me.person
    return {
        "name": chat.name_at(messages[-1].ts + 1),
        "type": "group",
        "selfUid": f"u_{me.id}",
        "selfUin": me.id,
        "selfName": me.nickname,
        "participantCount": len(chat.members),
    }


def record(chat: Chat, place: int, message: Message) -> dict[str, Any]:
    """One message, keys in QQChatExporter's order."""
    text, mentions = _qce.text(chat, message), [_mention(member) for member in message.mentions]
    return {
        "id": message.id,
        "seq": str(51000 + place),
        "timestamp": message.ts * 1000,
        "time": clock(message.ts),
        "sender": _sender(message.sender or message.actor or chat.me),
        "type": "type_3" if message.reply_to else "type_1",
        "content": {
            "text": text,
            "html": "",
            "elements": _elements(chat, message, text, mentions),
            "resources": [{"type": found[0], "filename": found[1]}] if (found := _qce.resource(message)) else [],
            "mentions": mentions,
        },
        "recalled": False,
        "system": message.kind in NOTICES,
    }


def _sender(member: Member) -> dict[str, str]:
    person = member.person
    told = {"uid": f"u_{person.id}", "uin": person.id, "name": member.name, "nickname": person.nickname}
    return told | {name: value for name, value in (("groupCard", member.card), ("remark", person.remark)) if value}


def _mention(member: Member) -> dict[str, str]:
    return {"uid": f"u_{member.person.id}", "name": member.name, "type": "user"}


def _elements(chat: Chat, message: Message, text: str, mentions: list[dict[str, str]]) -> list[dict[str, Any]]:
    elements: list[tuple[str, dict[str, Any]]] = [("text", {"text": text})] if text else []
    elements += [("at", {"uid": one["uid"], "name": one["name"]}) for one in mentions]
    if found := _qce.resource(message):
        elements.append(
            (found[0], {"filename": found[1], **({"md5": message.note["md5"]} if "md5" in message.note else {})})
        )
    if message.kind == "sticker":
        elements.append(("market_face", {"name": "[开心]"}))
    if quoted := message.reply_to:
        said = {"messageId": quoted.id, "referencedMessageId": quoted.id, "timestamp": quoted.ts}
        who = {"senderUin": quoted.sender.person.id, "senderName": quoted.sender.name} if quoted.sender else {}
        elements.append(("reply", said | who | {"content": _qce.text(chat, quoted)}))
    return [{"type": type_, "data": data} for type_, data in elements]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
