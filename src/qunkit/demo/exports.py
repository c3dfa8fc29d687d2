"""Which group is exported with which tool, and the settings that go with the exports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from qunkit.demo.dice import Dice
from qunkit.demo.model import DAY, Chat, day_of
from qunkit.demo.truth import Written
from qunkit.demo.writers import WRITERS, Writer, memotrace_v2_csv, weflow_json

_TALKATIVE = ("lively", "kol-led")
"""Never written by MemoTrace 2, which loses quotes: who answers whom is what these groups are there to show."""


def write(folder: Path, chats: Sequence[Chat], seed: int) -> list[Written]:
    """Write every group with a tool that the seed chooses; every tool gets its turn."""
    dice, deck = Dice("tools", seed), list[Writer]()
    fleet = []
    for chat in chats:
        if chat.role == "renamed":
            fleet.append(Written(chat, weflow_json, _twice(chat, folder)))
            continue
        writer = _tool(dice, deck, chat)
        fleet.append(Written(chat, writer, (writer.write(chat, chat.messages, folder),)))
    return fleet


def _tool(dice: Dice, deck: list[Writer], chat: Chat) -> Writer:
    """The next writer of the deck that suits the group; a used-up deck is replaced by a new one."""
    fits = [writer for writer in deck if writer is not memotrace_v2_csv or chat.role not in _TALKATIVE]
    if not fits:
        deck += dice.some(WRITERS, len(WRITERS))
        return _tool(dice, deck, chat)
    deck.remove(fits[0])
    return fits[0]


def _twice(chat: Chat, folder: Path) -> tuple[Path, Path]:
    """Two exports that overlap: of eight weeks, the first five and the last five."""
    cuts = (
        chat.start,
        chat.start + chat.weeks * 3 // 8 * 7 * DAY,
        chat.start + -(-chat.weeks * 5 // 8) * 7 * DAY,
        chat.end,
    )
    early, late = (_part(chat, folder, *span) for span in ((cuts[0], cuts[2]), (cuts[1], cuts[3])))
    return early, late


def _part(chat: Chat, folder: Path, begin: int, end: int) -> Path:
    messages = [message for message in chat.messages if begin <= message.ts < end]
    first, last = (f"{day_of(ts):%Y%m%d}" for ts in (begin, end - 1))
    return weflow_json.write(chat, messages, folder, part=f"_{first}-{last}")


def settings(folder: Path, chats: Sequence[Chat]) -> None:
    """``qunkit.toml``: who is staff, and a tag for each topic."""
    staff = {member.person.id: member.person.nickname for chat in chats for member in (chat.me, chat.owner)}
    topics: dict[str, list[str]] = {}
    for chat in chats:
        topics.setdefault(chat.topic.name, []).append(chat.name_at(chat.end))
    lines = [
        "# Settings for the demo: copy this into the dataset, or give it with --config.",
        "",
        "[staff]  # accounts of the team; names are for exports that keep no ids",
        f"ids = {_texts(staff)}",
        f"names = {_texts(staff.values())}",
        "",
        "[tags]  # --tag 徒步",
        *(f"{json.dumps(topic, ensure_ascii=False)} = {_texts(names)}" for topic, names in topics.items()),
    ]
    (folder / "qunkit.toml").write_bytes(("\n".join(lines) + "\n").encode())


def _texts(texts: Iterable[str]) -> str:
    """A TOML list of strings (a JSON string is one)."""
    return json.dumps(list(texts), ensure_ascii=False)
