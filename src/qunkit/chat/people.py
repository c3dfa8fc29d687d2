"""Who is who in one source: ids, the names they go by, and whose account was exported."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import pyarrow as pa

UNSAFE = r'[\\/:*?"<>|.' + "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
"""What a file name must not have, and all white space: a class for Python and for SQL, whose own ``\\s`` differ."""
_UNSAFE = re.compile(UNSAFE)
_NAMES = ("nickname", "remark", "group_nickname")
_SELF = frozenset({"我", "你", "me", "Me", "You"})
_LONGEST_LIST = 200
"""Names in one enumeration that are tried; longer ones stay whole."""


def nfc(name: str) -> str:
    """The name in Unicode normal form C, without space around it."""
    return unicodedata.normalize("NFC", name).strip()


@lru_cache(1 << 14)
def _spellings(name: str) -> tuple[str, str]:
    """The name in form C, and that file-safe; groups share members, and exports of one group all."""
    name = nfc(name)
    return name, file_safe(name)


def file_safe(name: str) -> str:
    """The name as MemoTrace writes it: what a file name must not have becomes ``_``, one for one."""
    return _UNSAFE.sub("_", name)


class People:
    """What a source says about who is who. Read the whole source into it, then ask."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        """Ids of members: every sender, and everyone on a roster."""
        self.names: dict[str, set[str]] = {}
        """Name (NFC) → ids that go by it; an empty set where no id is known."""
        self.groups: set[str] = set()
        """Ids of groups."""
        self._safe: dict[str, set[str]] = {}
        self._shown: dict[str, str] = {}
        self._owners: Counter[str] = Counter()

    def add_batch(self, raw: pa.RecordBatch) -> None:
        """Learn senders, their names, group ids and the owner from records (schema `RAW`)."""
        self.groups.update(name for name in raw["group_id"].unique().to_pylist() if name)
        columns = ["sender_id", "sender_name", "from_me"]
        senders = (
            pa.Table.from_batches([raw.select(columns)])
            .group_by(columns, use_threads=False)
            .aggregate([([], "count_all")])
        )
        for row in senders.to_pylist():
            self._add_sender(row["sender_id"], row["sender_name"], bool(row["from_me"]), row["count_all"])

    def add_members(self, members: Iterable[Mapping[str, object]]) -> None:
        """Learn ids and names from roster rows (schema `MEMBERS`)."""
        for member in members:
            member_id = member.get("member_id")
            if not isinstance(member_id, str) or not member_id or self.is_group(member_id):
                continue
            self.ids.add(member_id)
            for column in _NAMES:
                name = member.get(column)
                if isinstance(name, str):
                    self._add_name(name, member_id, last_resort=column == "remark")

    @property
    def owner(self) -> str | None:
        """Id of the exporting account, from records that say they are its own."""
        return min(self._owners, key=lambda owner: (-self._owners[owner], owner)) if self._owners else None

    def is_group(self, name: str) -> bool:
        """Whether an id is a group's, not a member's."""
        return name in self.groups or name.endswith("@chatroom")

    def knows(self, name: str) -> bool:
        """Whether anybody goes by `name`, as it is or in file-safe form."""
        name = nfc(name)
        return name in self.names or file_safe(name) in self._safe

    def id_of(self, name: str) -> str | None:
        """The id of the one member who goes by `name`; None if nobody or several do.

        A name in file-safe form is found only where nobody goes by it exactly.
        """
        name = nfc(name)
        ids = self.names.get(name) or self._safe.get(file_safe(name)) or ({name} & self.ids)
        return next(iter(ids)) if len(ids) == 1 else None

    def name_of(self, member_id: str) -> str | None:
        """The name that the source shows for `member_id`, None if it shows none. A remark, which the group does not see, only where there is no other."""
        return self._shown.get(member_id)

    def split(self, names: str, separator: str) -> list[str]:
        """The members of an enumeration, if every one of them is known, else `names` as one.

        Names may hold the separator themselves: known names that do are found, the longest first.
        """
        parts = names.split(separator)
        if not 1 < len(parts) <= _LONGEST_LIST or self.knows(names):
            return [names.strip()]
        cut = self._cut(parts, separator)
        return cut or [names.strip()]

    def _cut(self, parts: list[str], separator: str) -> list[str]:
        """`parts` joined again so that each piece is a known name; empty if there is no such way."""
        ways: list[list[str]] = [[] for _ in parts] + [[""]]
        for start in range(len(parts) - 1, -1, -1):
            for end in range(len(parts), start, -1):
                piece = separator.join(parts[start:end]).strip().strip('"')
                if ways[end] and self.knows(piece):
                    ways[start] = [piece, *ways[end]]
                    break
        return [piece for piece in ways[0] if piece]

    def _add_sender(self, sender: str | None, name: str | None, mine: bool, count: int) -> None:
        if sender and self.is_group(sender):
            return
        if sender:
            self.ids.add(sender)
            if mine:
                self._owners[sender] += count
        if name and not (mine and name in _SELF):
            self._add_name(name, sender or None)

    def _add_name(self, name: str, member_id: str | None, *, last_resort: bool = False) -> None:
        name, safe = _spellings(name)
        if not name:
            return
        named, safely = self.names.setdefault(name, set()), self._safe.setdefault(safe, set())
        if member_id:
            named.add(member_id)
            safely.add(member_id)
        if member_id and name != member_id and not (last_resort and member_id in self._shown):
            self._shown[member_id] = name
