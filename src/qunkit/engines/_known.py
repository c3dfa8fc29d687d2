"""Everybody whom the files of a snapshot know by id or name, for `scrub`: senders of every source, rosters, contacts, notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.chat.people import file_safe, nfc
from qunkit.chat.scrub import Known

if TYPE_CHECKING:
    import duckdb

    from qunkit.privacy import Pseudonyms

Row = tuple[str, str | None, str | None]
"""Group, id, name."""

_MESSAGES = """
WITH told AS (FROM read_parquet({files}, hive_partitioning = false))
SELECT DISTINCT group_id, unnest([sender_id, actor_id]), unnest([sender_name, actor_name]) FROM told
UNION SELECT group_id, unnest(target_ids), unnest(target_names) FROM told WHERE target_ids IS NOT NULL OR target_names IS NOT NULL
UNION SELECT group_id, unnest(mention_ids), NULL FROM told WHERE mention_ids IS NOT NULL
"""
_GROUPS = "SELECT DISTINCT group_id, group_name FROM read_parquet({files}, hive_partitioning = false)"
_MEMBERS = """
SELECT DISTINCT group_id, member_id, unnest([group_nickname, nickname, remark, NULL]) FROM read_parquet({files})
UNION SELECT group_id, invited_by, NULL FROM read_parquet({files}) WHERE invited_by IS NOT NULL
"""
_ACCOUNTS = "SELECT DISTINCT member_id, account FROM read_parquet({files}) WHERE account IS NOT NULL AND account <> ''"
_TOLD = "SELECT DISTINCT group_id, group_name, sender_id, sender_name FROM read_parquet({files})"
_SHORTEST = 4
"""Names of other groups with fewer characters are everyday words."""


def known(files: Sequence[Path], pseudonyms: Pseudonyms) -> Known:
    """Ids and names in the `files` of a snapshot, and what stands for each."""
    import duckdb

    with duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    ) as connection:
        return _Gathering(_Files(connection, files), pseudonyms).known()


class _Files:
    """The parts that name people; a dataset made by other hands than `ingest` may lack some."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
        self._connection, self._files = connection, files

    def rows(self, query: str, pattern: str) -> list[tuple[str | None, ...]]:
        """The rows of `query` on the files that `pattern` fits."""
        files = [str(file) for file in self._files if file.match(pattern)]
        return self._connection.execute(query.format(files="$files"), {"files": files}).fetchall() if files else []


class _Gathering:
    """One pass over all that names people."""

    def __init__(self, files: _Files, pseudonyms: Pseudonyms) -> None:
        self._files, self._pseudonyms = files, pseudonyms
        self._known = Known()
        self._names: dict[str, set[str]] = defaultdict(set)
        """Id → names, over all groups."""
        self._groups_of: dict[str, set[str]] = defaultdict(set)
        self._called: dict[str, set[str]] = defaultdict(set)
        """Group id → its names in file-safe form."""

    def known(self) -> Known:
        """All of it: what the dataset settled on first, then what single sources say besides."""
        self._groups()
        self._people(self._files.rows(_MESSAGES, "messages/month=*/*.parquet"))
        self._people(self._files.rows(_MEMBERS, "members/*.parquet"))
        for id, names in self._names.items():  # one person has all names in all groups
            for group in self._groups_of[id]:
                self._add(group, id, names)
        self._sources()
        for pattern in ("members/*.parquet", "observations/members.parquet"):
            for member, account in self._files.rows(_ACCOUNTS, pattern):
                if member and account:
                    self._known.add_id(account, self._pseudonyms.member("", member))
        return self._known

    def _groups(self) -> None:
        rows = self._files.rows(_GROUPS, "messages/month=*/*.parquet")
        rows += self._files.rows(_GROUPS, "observations/names.parquet")
        for group, name in rows:
            if group:
                self._group(group, name or group.removeprefix("name:"))

    def _group(self, group: str, name: str) -> None:
        shown = self._pseudonyms.group(group)
        if not group.startswith("name:"):
            self._known.add_id(group, shown)
        self._called[group].add(file_safe(nfc(name)))
        self._known.add_name(group, name, shown)
        if len(name) >= _SHORTEST:
            self._known.add_name("", name, shown)

    def _people(self, rows: Iterable[tuple[str | None, ...]]) -> None:
        for group, id, name in rows:
            if not group or not (id or name):
                continue
            who = id or f"name:{nfc(str(name))}"
            self._groups_of[who].add(group)
            self._names[who] |= {text for text in (name, who[5:] if who.startswith("name:") else None) if text}
            self._id(who)

    def _id(self, id: str | None) -> None:
        if id and not id.startswith("name:") and id not in ("me", "notify@all"):
            self._known.add_id(id, self._pseudonyms.member("", id))

    def _add(self, group: str, id: str, names: Iterable[str]) -> None:
        for name in names:
            self._known.add_name(group, name, self._pseudonyms.member(group, id))

    def _sources(self) -> None:
        """Names that sources tell and the dataset did not settle on: another export's remark, a quoted sender."""
        groups = self._groups_by_name()
        for group, group_name, id, name in self._files.rows(_TOLD, "observations/names.parquet"):
            self._id(id)
            for one in [group] if group else groups.get(file_safe(nfc(group_name or "")), ()):
                if name and not self._known.has(one, name):
                    self._add(one, id or f"name:{nfc(name)}", [name])

    def _groups_by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for group, names in self._called.items():
            for name in names:
                found[name].append(group)
        return found
