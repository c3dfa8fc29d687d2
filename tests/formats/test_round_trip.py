"""The made-up fleet, written in every format that a test-only writer exists for and ingested again: what comes back is what was said."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from qunkit import registry
from qunkit.demo.fleet import invent
from qunkit.demo.model import Chat, Message
from qunkit.ingest.run import ingest
from support.staged import messages
from support.writers import FACTS, modules

WRITERS = modules()
EVENTS = ("invited", "joined_qr", "removed", "renamed", "recalled", "red_packet_taken")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def fleet() -> list[Chat]:
    chats = invent(seed=8, groups=3, weeks=2, plain=False, end=date(2026, 11, 15))
    assert sum(len(chat.messages) for chat in chats) > 1000
    return chats


@pytest.mark.parametrize("name", WRITERS)
def test_a_writer_says_what_is_kept(name: str) -> None:
    assert FACTS.keys() >= WRITERS[name].KEEPS
    assert WRITERS[name].FORMAT in registry.names("formats")


@pytest.mark.parametrize("name", WRITERS)
def test_what_comes_back_is_what_was_said(name: str, fleet: list[Chat], tmp_path: Path) -> None:
    writer = WRITERS[name]
    drops = getattr(writer, "DROPS", frozenset())
    as_written = getattr(writer, "joined", lambda chat, messages: list(messages))
    written = [as_written(chat, [message for message in chat.messages if message.kind not in drops]) for chat in fleet]
    files = [writer.write(chat, chat.messages, tmp_path / "exports") for chat in fleet]
    summary = ingest(files, tmp_path / "data")
    assert [(file.format, file.rejected) for file in summary.files] == [(writer.FORMAT, 0)] * len(files)
    groups = defaultdict(list)
    for row in messages(tmp_path / "data")[0]:
        groups[row["group_name"] or row["group_id"]].append(row)
    assert len(groups) == len(fleet)
    for chat, said in zip(fleet, written, strict=True):
        found = groups.get(chat.name_at(chat.end)) or groups[chat.id]
        unit = 1 if "seconds" in writer.KEEPS else 60
        _same(said, found, unit, {"text", "quote"} - getattr(writer, "EMPTIES", frozenset()))
        for fact in writer.KEEPS & _CHECKS.keys():
            _CHECKS[fact](writer, said, found)


def _at(row: Row, unit: int = 1) -> int:
    return int(row["sent_at"].timestamp()) // unit * unit


def _same(said: list[Message], found: list[Row], unit: int, worded: set[str]) -> None:
    """Every message once at its time, in order; every text as it was."""
    assert Counter(message.ts // unit * unit for message in said) == Counter(_at(row, unit) for row in found)
    truth = Counter((message.ts // unit * unit, message.text) for message in said if message.kind in worded)
    assert truth <= Counter((_at(row, unit), row["text"]) for row in found)
    _everybody_is_one_person(said, found, unit)


def _everybody_is_one_person(said: list[Message], found: list[Row], unit: int) -> None:
    """Whoever said something that nobody else said in that second or minute goes by one sender id, and nobody else by that."""
    truth = {
        (m.ts // unit * unit, m.text): m.sender.person.id for m in said if m.kind == "text" and m.sender and m.spoken
    }
    once = Counter((m.ts // unit * unit, m.text) for m in said)
    pairs = Counter(
        (truth[at], row["sender_id"]) for row in found if once[at := (_at(row, unit), row["text"])] == 1 and at in truth
    )
    assert pairs.total() > len(said) // 3
    people, ids = zip(*pairs, strict=True)
    assert len(set(people)) == len(people)
    assert len(set(ids)) == len(ids)


def _ids(writer: ModuleType, said: list[Message], found: list[Row]) -> None:
    assert [message.id for message in said] == [row["native_id"] for row in found]


def _sender_ids(writer: ModuleType, said: list[Message], found: list[Row]) -> None:
    """Who spoke when; a pat whose words the tool lost looks like an empty message."""
    unit = 1 if "seconds" in writer.KEEPS else 60
    pats = {message.ts // unit * unit for message in said if message.kind == "pat"}
    truth = Counter((m.ts // unit * unit, m.sender.person.id) for m in said if m.spoken and m.sender)
    spoken = Counter((_at(row, unit), row["sender_id"]) for row in found if row["event"] is None)
    assert truth <= spoken
    assert {at for at, _ in spoken - truth} <= pats


def _quotes(writer: ModuleType, said: list[Message], found: list[Row]) -> None:
    """Words and times find nearly every quoted message, and the right one; the few others were said twice."""
    unit = 1 if "seconds" in writer.KEEPS else 60
    replies = [row for row in found if row["kind"] == "quote"]
    truth = {(m.ts // unit * unit, m.text): m.reply_to for m in said if m.reply_to}
    assert len(replies) == sum(message.reply_to is not None for message in said)
    quoted = {row["message_id"]: row for row in found}
    right = 0
    for row in replies:
        wanted, got = truth.get((_at(row, unit), row["text"])), quoted.get(row["reply_to"])
        right += bool(wanted and got and _at(got, unit) == wanted.ts // unit * unit)
    assert right > 0.85 * len(replies)


def _quoted_ids(writer: ModuleType, said: list[Message], found: list[Row]) -> None:
    truth = Counter((message.ts, message.reply_to.id) for message in said if message.reply_to)
    assert truth
    natives = {row["message_id"]: row["native_id"] for row in found}
    assert truth == Counter((_at(row), natives[row["reply_to"]]) for row in found if row["reply_to"])


def _kinds(writer: ModuleType, said: list[Message], found: list[Row]) -> None:
    unit = 1 if "seconds" in writer.KEEPS else 60
    truth = Counter((message.ts // unit * unit, message.kind) for message in said)
    assert truth == Counter((_at(row, unit), row["kind"]) for row in found)


def _events(writer: ModuleType, said: list[Message], found: list[Row]) -> None:
    """What happened, when, and whether to anybody: some tools lose whom."""
    unit = 1 if "seconds" in writer.KEEPS else 60
    truth = Counter((m.ts // unit * unit, m.event, bool(m.targets)) for m in said if m.event in EVENTS)
    seen = [(_at(row, unit), row["event"], bool(row["target_ids"])) for row in found if row["event"] in EVENTS]
    assert truth == Counter(seen)


_CHECKS = {
    "ids": _ids,
    "sender_ids": _sender_ids,
    "quotes": _quotes,
    "quoted_ids": _quoted_ids,
    "kinds": _kinds,
    "events": _events,
}
