"""Two exports of one chat by two writers, each cut anywhere; and what a merge of them holds, by hand: facts about writers, no fudge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from qunkit.demo.model import Chat, Message
from support.small_chats import platform, small_chat
from support.writers import modules

WRITERS = modules()
DAYS = {"memotrace_chat_txt"}
"""Days only, and joined lines: it counts where nothing finer is known, see `test_days_alone_count_where_nothing_finer_is_known`."""
ALL = [name for name in WRITERS if name not in DAYS]
LENGTH = len(small_chat(0).messages)

OWNER_IS_ME = {"wechat_decrypt_csv", "wechat_dump_txt"}
"""The exporting account is "me" in them: it is somebody only where another export says which messages are its owner's …"""
OWNER_UNKNOWN = {
    "wechat_copy": "a copied chat does not say who copied it",
    "wechat_mail_eml": "a mailed chat does not say who mailed it",
    "wechat_mail_txt": "a mailed chat does not say who mailed it",
    "wx_cli_txt": "the text has names only",
    "wx_cli_json": "items do not say which are the owner's",
    "wechatexporter_txt": "the text has names only",
    "memotrace_v3_csv": "has no column for it",
    "memotrace_v3_txt": "the text has names only",
    "memotrace_v2_txt": "the text has names only",
    "memotrace_md": "the text has names only",
    "weflow_txt": "the text has names only",
    "chatlab_json": "the format has no field for it",
    "chatlab_jsonl": "the format has no field for it",
    "chatlog_csv": "has no column for it",
}
"""… and these do not."""
OWNER_HAS_NO_NAME = {"wechat_decrypt_json": "it calls the owner 我, and gives the id"}
NOBODY_HAS_A_NAME = {
    "pywxdump_csv": "ids only; names are in a file beside it, which is not given here",
    "pywxdump_json": "ids only; names are in a file beside it, which is not given here",
    "weflow_sql": "ids only",
}
"""Nobody who is known by name only can be found in them."""
GROUP_HAS_NO_NAME = {
    "pywxdump_csv": "the group's id only; its name is in the file beside it",
    "pywxdump_json": "the group's id only; its name is in the file beside it",
}
GROUP_HAS_NO_ID = {
    *("memotrace_html", "memotrace_v2_csv", "memotrace_v2_txt", "wechat_copy", "wechat_dump_txt", "wechat_mail_eml"),
    *("wechat_mail_txt", "wechatexporter_txt", "weclone_csv", "weflow_txt", "wx_cli_txt"),
}
ROUNDED_IDS = {"ciphertalk_json", "weflow_sql"}
TELLS: dict[str, dict[str, tuple[str, str | None]]] = {
    "memotrace_html": {"sticker": ("image", None)},
    "qce_txt": {"sticker": ("text", "[开心]")},
    "qq_txt": {"quote": ("text", "{text}")},
    "discord_csv": {"sticker": ("text", ""), "quote": ("text", "{text}"), "link": ("text", "{text}")},
    "discord_json": {"link": ("text", "{text}")},
    "slack_json": {"sticker": ("image", None), "voice": ("card", None), "link": ("text", "{text}")},
    "telegram_json": {"link": ("text", "{text}")},
    "line_txt": {"link": ("text", "{text}"), "quote": ("text", "{text}")},
    "whatsapp_txt": {
        **dict.fromkeys(("link", "quote"), ("text", "{text}")),
        **dict.fromkeys(("image", "voice", "video", "sticker", "file"), ("card", None)),
    },
}
"""Kinds that look like another kind in an export, and the words that stand there then."""
_OWN_CLASS = {"text", "system", "recall", "quote", "image", "voice", "video", "sticker", "call", "pat"}

Look = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Export:
    """The chat's messages from `first` to before `last`, written by `writer`."""

    writer: str
    first: int
    last: int

    def kept(self, chat: Chat) -> list[int]:
        """The places of the messages that are in it."""
        drops = getattr(WRITERS[self.writer], "DROPS", frozenset())
        return [place for place in range(self.first, self.last) if chat.messages[place].kind not in drops]

    def write(self, chat: Chat, folder: Path) -> Path:
        """The file."""
        module: ModuleType = WRITERS[self.writer]
        written: Path = module.write(chat, chat.messages[self.first : self.last], folder)
        return written

    @property
    def ids(self) -> bool:
        """Whether it has message ids."""
        return "ids" in WRITERS[self.writer].KEEPS or self.writer in ROUNDED_IDS


@dataclass(frozen=True, slots=True)
class Pair:
    """A chat of its own, and two exports of it."""

    number: int
    exports: tuple[Export, Export]

    @property
    def chat(self) -> Chat:
        """The chat; the same for the same number."""
        return _chat(self.number, platform(self.exports[0].writer))

    def messages(self) -> Counter[tuple[int, Look]]:
        """What a merge holds: messages by minute and look. One that the two tell differently is there twice, and only such a one."""
        found: Counter[tuple[int, Look]] = Counter()
        kept = [set(export.kept(self.chat)) for export in self.exports]
        for place in sorted(kept[0] | kept[1]):
            message = self.chat.messages[place]
            looks = [
                look(export.writer, message) for export, own in zip(self.exports, kept, strict=True) if place in own
            ]
            same = len(looks) == 2 and self._same(message, looks)
            for seen in looks[:1] if same else looks:
                found[message.ts // 60, seen] += 1
        return found

    def _same(self, message: Message, looks: Sequence[Look]) -> bool:
        """Whether the two mean one group and one message: by its id, or by its look and what they call the sender."""
        one, other = self.exports
        names = [(one.writer, other.writer), (other.writer, one.writer)]
        if any(a in GROUP_HAS_NO_NAME and b in GROUP_HAS_NO_ID for a, b in names):
            return False
        apart = any(_apart(self.chat, message, a, b) for a, b in names)
        return (one.ids and other.ids) or (looks[0] == looks[1] and not apart)


def look(writer: str, message: Message) -> Look:
    """As what the writer's export shows a message: class of kind, and words where they are compared."""
    kind, words = TELLS.get(writer, {}).get(message.kind, (message.kind, "{text}"))
    if kind not in ("text", "system", "recall"):
        return (kind if kind in _OWN_CLASS else "card"), None
    if message.kind in ("system", "recall"):
        return kind, None
    return kind, words.format(text=message.text, url=message.note.get("url", "")).strip() if words else ""


def looks(rows: Iterable[dict[str, Any]]) -> Counter[tuple[int, Look]]:
    """The same of messages of a dataset."""
    found: Counter[tuple[int, Look]] = Counter()
    for row in rows:
        kind = row["kind"] if row["kind"] in _OWN_CLASS else "card"
        words = (row["text"] or "").strip() if kind == "text" else None
        found[int(row["sent_at"].timestamp()) // 60, (kind, words)] += 1
    return found


def pairs(seed: int, chosen: Sequence[tuple[str, str]]) -> list[Pair]:
    """A pair each, with cuts that the seed decides."""
    dice = Random(seed)
    return [Pair(number, _cut(dice, *names)) for number, names in enumerate(chosen)]


def every_pair() -> list[tuple[str, str]]:
    """All pairs of writers of one platform, each with itself, too."""
    return [(a, b) for a, b in combinations_with_replacement(ALL, 2) if platform(a) == platform(b)]


def _cut(dice: Random, a: str, b: str) -> tuple[Export, Export]:
    """Overlapping, adjacent, one inside the other, or with a gap between; each at least ten messages long."""
    how = dice.choice(("overlap", "overlap", "overlap", "adjacent", "inside", "gap", "same"))
    cuts = sorted(dice.sample(range(10, LENGTH - 10), 2))
    while cuts[1] - cuts[0] < 10:
        cuts = sorted(dice.sample(range(10, LENGTH - 10), 2))
    spans = {
        "overlap": ((0, cuts[1]), (cuts[0], LENGTH)),
        "adjacent": ((0, cuts[0]), (cuts[0], LENGTH)),
        "inside": ((0, LENGTH), (cuts[0], cuts[1])),
        "gap": ((0, cuts[0]), (cuts[1], LENGTH)),
        "same": ((cuts[0], LENGTH), (cuts[0], LENGTH)),
    }[how]
    first, second = spans if dice.random() < 0.5 else spans[::-1]
    return Export(a, *first), Export(b, *second)


def _apart(chat: Chat, message: Message, a: str, b: str) -> bool:
    """Whether `b` calls the sender what nobody can find in `a`."""
    by_name = "sender_ids" not in WRITERS[b].KEEPS
    if message.sender is not chat.me:
        return message.sender is not None and a in NOBODY_HAS_A_NAME and by_name and b != "chatlog_txt"
    if a in OWNER_IS_ME:
        return b in OWNER_UNKNOWN
    return by_name and b not in OWNER_IS_ME and (a in NOBODY_HAS_A_NAME or a in OWNER_HAS_NO_NAME)


@cache
def _chat(number: int, platform: str) -> Chat:
    return small_chat(number, platform)
