"""What is true of the invented fleet, in files that no exporter would write: for tests and for the curious."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock, day_of
from qunkit.demo.writers import Writer, memotrace_v2_csv


@dataclass(frozen=True, slots=True)
class Written:
    """A group and the files it was written to."""

    chat: Chat
    writer: Writer
    files: tuple[Path, ...]


def write(folder: Path, fleet: Sequence[Written], about: Mapping[str, object]) -> None:
    """``truth.json`` (the fleet, the groups, what was planted) and ``messages.jsonl`` (every message) in ``folder/truth``."""
    home = folder / "truth"
    home.mkdir(parents=True, exist_ok=True)
    chats = [written.chat for written in fleet]
    everything = {
        **about,
        "timezone": "Asia/Shanghai",
        "me": chats[0].me.person.id,
        "staff": sorted({chats[0].me.person.id, *(chat.owner.person.id for chat in chats)}),
        "messages": sum(len(chat.messages) for chat in chats),
        "groups": [_group(written, folder) for written in fleet],
    }
    (home / "truth.json").write_bytes(json.dumps(everything, ensure_ascii=False, indent=1).encode() + b"\n")
    lines = (_line(chat, message) for chat in chats for message in chat.messages)
    (home / "messages.jsonl").write_bytes("".join(lines).encode())


def _group(written: Written, folder: Path) -> dict[str, object]:
    chat, writer = written.chat, written.writer
    name = chat.name_at(chat.end)
    return {
        "id": chat.id,
        "known_as": f"name:{name}" if writer is memotrace_v2_csv else chat.id,
        "name": name,
        "names": [chat.name, *(notice.note["name"] for notice in chat.named("renamed"))],
        "topic": chat.topic.name,
        "role": chat.role,
        "tool": writer.TOOL,
        "format": writer.FORMAT,
        "files": [shown(path.relative_to(folder)) for path in written.files],
        "owner": chat.owner.person.id,
        "messages": len(chat.messages),
        "posts": sum(message.spoken for message in chat.messages),
        **_planted(chat),
        "themes": chat.facts.themes,
        "members": [_member(member, writer) for member in _speakers(chat)],
    }


def shown(path: Path) -> str:
    """A path in UTF-8, whatever the locale."""
    return os.fsencode(path).decode("utf-8", "replace")


def _planted(chat: Chat) -> dict[str, object]:
    facts = chat.facts
    return {
        "leavers": [{"id": member.person.id, **_presence(chat, member)} for member in facts.leavers],
        "dead_since": str(day_of(chat.messages[-1].ts + 86_400)) if chat.role == "dying" else None,
        "ad_senders": [member.person.id for member in facts.ad_senders],
        "ads": [message.id for message in facts.ads],
        "removed": [_membership(notice) for notice in chat.named("removed")],
        "joins": [_membership(notice) for event in ("invited", "joined_qr") for notice in chat.named(event)],
        "renamed": [{"day": str(day_of(notice.ts)), "to": notice.note["name"]} for notice in chat.named("renamed")],
        "kol": facts.kol.person.id if facts.kol else None,
        "kol_posts": [message.id for message in facts.kol_posts],
        "relays": [[message.id for message in relay] for relay in facts.relays],
    }


def _speakers(chat: Chat) -> dict[Member, None]:
    return dict.fromkeys(message.sender for message in chat.messages if message.sender)


def _member(member: Member, writer: Writer) -> dict[str, str]:
    person = member.person
    return {"id": person.id, "nickname": person.nickname, "shown": writer.shown(member), "role": member.role}


def _presence(chat: Chat, member: Member) -> dict[str, object]:
    days = sorted({day_of(message.ts) for message in chat.messages if message.spoken and message.sender is member})
    return {"name": member.name, "last_day": str(days[-1]) if days else None, "active_days": len(days)}


def _membership(notice: Message) -> dict[str, object]:
    return {
        "day": str(day_of(notice.ts)),
        "how": notice.event,
        "who": [member.person.id for member in notice.targets],
        "by": _id(notice.actor),
        "message": notice.id,
    }


def _id(member: Member | None) -> str | None:
    return member.person.id if member else None


def _line(chat: Chat, message: Message) -> str:
    everyone = ["notify@all"] if message.note.get("all") else []
    fields = {
        "group": chat.id,
        "id": message.id,
        "ts": message.ts,
        "time": clock(message.ts),
        "sender": _id(message.sender),
        "kind": message.kind,
        "text": message.text,
        "reply_to": message.reply_to.id if message.reply_to else None,
        "answers": message.answers.id if message.answers else None,
        "mentions": [*everyone, *(member.person.id for member in message.mentions)],
        "event": message.event or None,
        "actor": _id(message.actor),
        "targets": [member.person.id for member in message.targets],
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"
