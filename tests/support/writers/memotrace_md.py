"""MemoTrace 3.x Markdown: `聊天记录/<群名>(<群 id>)/<群名>.md`; it knows no relays and announcements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.people import file_safe
from qunkit.demo.writers import memotrace_v3_csv

TOOL = "MemoTrace 3 Markdown"
FORMAT = "memotrace_md"
KEEPS = {"seconds", "quotes", "events"}
DROPS = {"solitaire", "announcement"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!>|~])")
_QUOTE = "\n引用："


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return memotrace_v3_csv.shown(member)


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder that carries the group's id."""
    name = file_safe(chat.name_at(messages[-1].ts + 1))
    path = folder / memotrace_v3_csv.FOLDER / f"{name}({chat.id})" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = _lines(chat, name, [message for message in messages if message.kind not in DROPS])
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return path


def escaped(text: str) -> str:
    """Without anything that Markdown would take for its own."""
    return _SPECIAL.sub(r"\\\1", text)


def _lines(chat: Chat, name: str, messages: Sequence[Message]) -> Iterator[str]:
    before = ""
    for message in messages:
        day, time = clock(message.ts).split(" ")
        for level, length in ((2, 4), (3, 7), (4, 10)):
            if day[:length] != before[:length]:
                yield f"{'#' * level} {day[:length]}\n"
        before = day
        content = memotrace_v3_csv.record(chat, name, message)[4]
        if not message.sender or not message.spoken:
            yield f"> {time} {escaped(content)}\n\n"
            continue
        text, found, quoted = content.partition(_QUOTE)
        yield f"**{time} {escaped(shown(message.sender))}**: {escaped(text)}"
        yield "\n> " + escaped(quoted).replace("\n", "\n> ") + "\n\n" if found and message.reply_to else "\n\n"
