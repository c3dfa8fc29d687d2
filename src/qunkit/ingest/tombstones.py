"""Marks of who was forgotten, so that no export brings them back: keyed hashes of ids and names, and nothing that can be read.

A mark stands for a member's id, for a name in one group, for a group, or for a group's name that held a person's. What a new source shows is
looked up value by value; what is found goes from the source before it is merged, and so do its names in what others say there. Of names
there are marks of how they begin and how long they are, too: with them they are found within sentences, where nobody says who is meant.
Ids and names are marked folded (`chat.spelling`), so that every spelling of them has the same mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import privacy
from qunkit.chat.spelling import fold, plain
from qunkit.errors import BadKey
from qunkit.ingest import store
from qunkit.ingest.parquet import writer
from qunkit.ingest.scrub import LONGEST, MARK
from qunkit.words import Text

PART = "forgotten/part.parquet"
FORGOTTEN = "forgotten"
"""Use of the keyed hashes, and reason of rejects that held what was forgotten."""
_SCHEMA = pa.schema([pa.field("mark", pa.string(), False)])
_OTHER_KEY = Text(
    "it is not the one under which members of this dataset were forgotten", "不是遗忘本数据集成员时所用的密钥"
)
BEGIN = 2
"""Characters of a name by which it is found within a sentence."""
ID = re.compile(r"[a-z][a-z0-9_-]{4,63}(?:@[a-z.]+)?|[0-9]{5,20}(?:@[a-z]+)?", re.ASCII)
"""What may be an id in a folded text."""
Shown = tuple[str | None, str | None]
"""Id and name of a group, as a source shows them."""


@dataclass(slots=True)
class Tombstones:
    """The marks of a dataset."""

    key: bytes | None = None
    marks: set[str] = field(default_factory=set)
    known: int = 0
    """How many there were."""

    def __bool__(self) -> bool:
        return bool(self.marks)

    def has(self, *said: str) -> bool:
        """Whether this was forgotten."""
        return self._mark(*said) in self.marks

    def add(self, *said: str) -> None:
        """Forget this."""
        self.marks.add(self._mark(*said))

    def has_member(self, id_: str) -> bool:
        """Whether the member or group of this id was forgotten."""
        return self.has("member", fold(id_))

    def add_member(self, id_: str) -> None:
        """Forget the member or group of this id."""
        self.add("member", fold(id_))
        if not ID.fullmatch(fold(id_)):
            self._add_begin(plain(id_))

    def has_name(self, group: Shown, name: str) -> bool:
        """Whether the name was forgotten in the group."""
        return self.has_in(group, "name", plain(name))

    def add_name(self, groups: Iterable[Shown], name: str) -> None:
        """Forget the name in the group."""
        self.add_in(groups, "name", plain(name))
        self._add_begin(plain(name))

    def lengths(self, begin: str) -> list[int]:
        """Of the names that begin so, in any group."""
        if not self.has("begin", begin):
            return []
        return [length for length in range(1, LONGEST + 1) if self.has("length", begin, str(length))]

    def label(self, group_name: str) -> str:
        """What stands for a group's name that held a person's: one for each, so that no two groups become one."""
        return f"{MARK} {self._mark('label', plain(group_name))[:6]}"

    @staticmethod
    def _names(group: Shown) -> list[str]:
        """By what a group of a source is looked up: its id, and its name, which counts beside an id only if the group had none."""
        group_id, name = group[0], plain(group[1] or "")
        return [group_id, f"*{name}"] if group_id else [f"?{name}", f"*{name}"]

    @staticmethod
    def _kept(groups: Iterable[Shown]) -> set[str]:
        """By what a group is kept."""
        shown = list(groups)
        ids = {group_id for group_id, _ in shown if group_id}
        return ids | {("?" if ids else "*") + plain(name or "") for _, name in shown if name or not ids}

    def has_in(self, group: Shown, kind: str, *said: str) -> bool:
        """Whether this was forgotten of the group."""
        return any(self.has(kind, name, *said) for name in self._names(group))

    def add_in(self, groups: Iterable[Shown], kind: str, *said: str) -> None:
        """Forget this of the group; `groups` are all the ways in which it was shown."""
        for name in self._kept(groups):
            self.add(kind, name, *said)

    def write(self, staging: store.Staging) -> None:
        """Keep the marks, if any came to them."""
        if len(self.marks) > self.known:
            self.add("key")
            table = pa.table({"mark": sorted(self.marks)}, schema=_SCHEMA)
            with staging.create(PART) as file, writer(file, _SCHEMA) as parquet:
                parquet.write_table(table)
            staging.finish(PART, len(table))

    def _add_begin(self, said: str) -> None:
        self.add("begin", said[:BEGIN])
        self.add("length", said[:BEGIN], str(len(said)))

    def _mark(self, *said: str) -> str:
        if self.key is None:
            self.key = privacy.load_key(create=True)
        return privacy.keyed(self.key, FORGOTTEN, "\0".join(said))


def load(part: Callable[[str], Path | None]) -> Tombstones:
    """The marks of a state; `part` says where a part of it lies.

    Raises:
        BadKey: there are some, and not their key.
    """
    path = part(PART)
    if path is None:
        return Tombstones()
    marks = set(pq.read_table(path)["mark"].to_pylist())
    stones = Tombstones(privacy.load_key(create=False), marks, len(marks))
    if not stones.has("key"):
        raise BadKey(path=privacy.key_path(), why=_OTHER_KEY)
    return stones
