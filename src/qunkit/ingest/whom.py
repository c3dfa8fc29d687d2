"""Who is meant to be forgotten, and what of them a state of the dataset holds: every id and name that stands for them in each group."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from qunkit import config, schema
from qunkit.errors import BadOption, NoSuchGroup, NoSuchMember, SeveralMembers
from qunkit.ingest import build
from qunkit.ingest.gone import Gone
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.scrub import NOTHING, Words, safe
from qunkit.ingest.tombstones import Shown, Tombstones
from qunkit.words import Text

# Everybody as some source shows them: who they are, and the id and name that is shown.
_PEOPLE = """
CREATE TEMP TABLE people AS
SELECT DISTINCT group_key, sender_key AS who, sender_id AS id, sender_name AS name FROM identity WHERE sender_key IS NOT NULL
UNION SELECT DISTINCT group_key, member_id, IF(starts_with(member_id, 'name:'), NULL, member_id),
  unnest([nickname, group_nickname, remark, IF(starts_with(member_id, 'name:'), substr(member_id, 6), NULL)]) FROM known_members
UNION SELECT DISTINCT group_key, member_id, account, NULL FROM known_members WHERE account IS NOT NULL
UNION SELECT p.group_key, a.member, a.alias, NULL FROM id_aliases a JOIN (SELECT DISTINCT group_key, sender_key FROM identity) p
  ON p.sender_key = a.member
"""
_ALSO_TOLD = """
INSERT INTO people SELECT DISTINCT group_id, who, who, name FROM (
  SELECT group_id, unnest(list_concat([actor_id], target_ids)) AS who, unnest(list_concat([actor_name], target_names)) AS name
  FROM {messages} WHERE event IS NOT NULL
  UNION SELECT group_id, unnest(mention_ids), NULL FROM {messages}
) WHERE who NOT LIKE 'name:%' AND who NOT IN ('me', 'notify@all')
"""
"""Whom notices and mentions tell of: some never speak and are on no roster."""
_SHOWN = f"""
SELECT DISTINCT platform, group_id, group_name, group_key FROM keyed_names
UNION SELECT NULL, group_id, group_name, group_key FROM listed_members
UNION SELECT NULL, group_id, group_name, '{ANY_GROUP}' FROM observed_members WHERE group_id = '{ANY_GROUP}'
"""
_COUNTS = """
WITH told AS (
  SELECT m.*, t.whole, t.whos, COALESCE(t.whole OR list_contains(t.whos, m.sender_id)
    OR m.event IS NOT NULL AND (list_contains(t.whos, m.actor_id) OR list_has_any(m.target_ids, t.whos)
      AND (m.kind = 'pat' OR len(list_filter(m.target_ids, lambda i: i IS NULL OR NOT list_contains(t.whos, i))) = 0)), false) AS goes
  FROM {messages} m JOIN theirs t ON t.group_key = m.group_id
), going AS (SELECT group_id, message_id FROM told WHERE goes)
SELECT group_id, COUNT(*) FILTER (goes AND event IS NULL), COUNT(*) FILTER (goes AND event IS NOT NULL),
  COUNT(*) FILTER (NOT goes AND list_has_any(mention_ids, whos)),
  COUNT(*) FILTER (NOT goes AND (group_id, reply_to) IN (SELECT (group_id, message_id) FROM going))
FROM told GROUP BY group_id
"""
_LISTED = """SELECT m.group_key, COUNT(*) FROM known_members m JOIN theirs t USING (group_key)
WHERE t.whole OR list_contains(t.whos, m.member_id) GROUP BY 1"""
_DENIED = "SELECT group_key, name, id FROM said_names WHERE verdict = 'different'"
_MESSAGES_OF = "SELECT group_id, sender_id, COUNT(*) FROM {messages} GROUP BY ALL"


@dataclass(frozen=True, slots=True)
class Affected:
    """What goes of one group."""

    group_id: str
    group_name: str | None
    messages: int
    notices: int
    roster: int
    """Rows of lists of members."""
    mentions: int
    """Messages of others that stay, without mentioning the member."""
    quotes: int
    """Messages of others that stay, without what they quote."""


@dataclass(slots=True)
class Forgotten:
    """One run."""

    affected: list[Affected] = field(default_factory=list)
    member: str = ""
    """Key of the member, with all names that are theirs."""
    shared: set[str] = field(default_factory=set)
    """Names of the member that others have too: they stay."""
    settings: bool = False
    """qunkit.toml names the member."""
    before: bool = False
    """There was nothing left to forget: it had been done."""


@dataclass(slots=True)
class Target:
    """Who, or which group."""

    who: str | None = None
    """The member's key."""
    ids: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)
    """By group, as they are written: what stands for the member, and for nobody else."""
    groups: set[str] = field(default_factory=set)
    """Groups that show the member; or the group that goes."""
    own: set[str] = field(default_factory=set)
    """Groups in which the exporting account, ``me``, is the member."""
    whole: set[str] = field(default_factory=set)
    """Groups of which everything goes."""
    about: Words = NOTHING
    """Id and names of the group that goes: others may speak of it."""
    shared: dict[str, set[str]] = field(default_factory=dict)
    """By group, names that others have too: they stay in texts."""

    def keys(self, group: str) -> list[str]:
        """By what messages of the group know the member."""
        names = {f"name:{unicodedata.normalize('NFC', name)}" for name in self.names.get(group, ())}
        return sorted(names | ({self.who} if self.who else set()))

    def words(self, group: str) -> Words:
        """What goes from texts of the group."""
        if self.who is None:
            return self.about
        return Words(self.ids, self.names.get(group, set()) - self.shared.get(group, set()))


class State:
    """A state of the dataset, with who is who in it."""

    def __init__(self, part: Callable[[str], Path | None], folder: Path) -> None:
        self.part, self.folder = part, folder
        self.connection: duckdb.DuckDBPyConnection
        self.observations: list[Path] = []
        self.messages = ""

    @contextmanager
    def opened(self) -> Iterator[State]:
        """The state, while its tables are there."""
        names = self.part(build.NAMES)
        root = names.parent.parent if names else self.folder
        self.observations = sorted(root.glob("observations/month=*/part.parquet"))
        messages = sorted(root.glob("messages/month=*/part.parquet"))
        self.connection = build.connect(self.folder, build.MEMORY_LIMIT, None)
        try:
            self.connection.register("no_messages", schema.MESSAGES.arrow.empty_table())
            self.messages = build.from_parts(messages, "no_messages")
            build.know(self.connection, self.part)
            self.connection.execute(_PEOPLE)
            self.connection.execute(_ALSO_TOLD.format(messages=self.messages))
            yield self
        finally:
            self.connection.close()

    def find(self, member: str | None, group: str | None, stones: Tombstones) -> Target | None:
        """Who or what is meant; None if it was forgotten before."""
        try:
            groups = self._groups(group) if group is not None else None
            if member is not None:
                return self._person(self._key(member, groups))
            return self._group(group or "", groups or set())
        except (NoSuchGroup, NoSuchMember):
            if stones and self._was_forgotten(member, group, stones):
                return None
            raise

    def _groups(self, said: str) -> set[str]:
        """Keys of the groups that have this id or name."""
        same = _same(said)
        rows = self.connection.sql(
            f"SELECT DISTINCT group_key, unnest([group_key, group_id, group_name]) FROM ({_SHOWN})"
        ).fetchall()
        found = {key for key, name in rows if name is not None and _same(name) == same and key != ANY_GROUP}
        if not found:
            raise NoSuchGroup(pattern=said)
        return found

    def _key(self, member: str, groups: set[str] | None) -> tuple[str | None, str]:
        """(group, member) of the one whom an id or a name means; an id's group is None: it is of all.

        Raises:
            NoSuchMember, SeveralMembers: none, or not one alone.
        """
        rows = self._people()
        by_id: set[tuple[str | None, str]] = {
            (None, who) for _, who, id_, _ in rows if member in (who, id_) and _is_id(who)
        }
        if by_id:
            return self._one(member, by_id)
        named = [
            (key, who)
            for key, who, _, name in rows
            if who == member or (name is not None and safe(name) == safe(member))
        ]
        here = {(key, who) for key, who in named if groups is None or key in groups}
        shown = {(key, who) for key, who, _, _ in rows}
        owned = {who: self._owned(who) for who in {who for _, who in here if _is_id(who)}}

        def is_an_ids(key: str, who: str) -> bool:
            """Whether the name stands in its group for one of the ids that are found, too."""
            return any((key, id_) in shown and is_theirs(key, who[5:]) for id_, is_theirs in owned.items())

        found: set[tuple[str | None, str]] = {
            (None, who) if _is_id(who) else (key, who) for key, who in here if _is_id(who) or not is_an_ids(key, who)
        }
        return self._one(member, found)

    def _one(self, member: str, found: set[tuple[str | None, str]]) -> tuple[str | None, str]:
        if not found:
            raise NoSuchMember(name=member)
        if len(found) > 1:
            raise SeveralMembers(name=member, keys=self._candidates(found))
        return next(iter(found))

    def _candidates(self, found: set[tuple[str | None, str]]) -> Text:
        """Id, groups and number of messages of each."""
        labels, told = self._labels(), []
        counts = self.connection.sql(_MESSAGES_OF.format(messages=self.messages)).fetchall()
        shown = self.connection.sql("SELECT DISTINCT group_key, who FROM people").fetchall()
        for key, who in sorted(found, key=str):
            in_groups = sorted({group for group, one in shown if one == who and key in (None, group)})
            names = ", ".join(labels.get(group) or group for group in in_groups)
            count = sum(n for group, sender, n in counts if sender == who and group in in_groups)
            told.append(Text(f"{who} ({names}: {count:,} messages)", f"{who}（{names}：{count:,} 条消息）"))
        return Text(", ".join(one.en for one in told), "，".join(one.zh for one in told))

    def _person(self, found: tuple[str | None, str]) -> Target:
        only, who = found
        target = Target(who)
        rows = self.connection.execute(
            "SELECT group_key, id, name FROM people WHERE who = $who", {"who": who}
        ).fetchall()
        is_theirs = self._owned(who)
        for group, id_, name in rows:
            if only not in (None, group):
                continue
            target.groups.add(group)
            if id_ == "me":
                target.own.add(group)
            elif id_ is not None:
                target.ids.add(id_)
            if name is None:
                continue
            if id_ is None or is_theirs(group, name):
                target.names.setdefault(group, set()).add(name)
            if not is_theirs(group, name) and name not in target.ids:
                target.shared.setdefault(group, set()).add(name)
        target.ids |= {who} if _is_id(who) else set()
        shown = self.connection.sql(_SHOWN).fetchall()
        target.whole = {key for _, group_id, _, key in shown if group_id in target.ids}
        target.groups |= target.whole
        return target

    def _owned(self, who: str) -> Callable[[str, str], bool]:
        """Whether a name stands for the member in a group, and for nobody else: nobody else's id is shown with it, and nobody says otherwise."""
        links = {
            (group, name): id_
            for group, name, id_ in self.connection.sql("SELECT group_key, name, id FROM sender_links").fetchall()
        }
        others = {(group, safe(name)) for group, one, id_, name in self._people() if name and id_ and one != who}
        others |= {(group, name) for group, name, id_ in self.connection.sql(_DENIED).fetchall() if id_ == who}

        def is_theirs(group: str, name: str) -> bool:
            place = group, safe(name)
            return links.get(place, who) == who and (place in links or place not in others)

        return is_theirs

    def _people(self) -> list[tuple[str, str, str | None, str | None]]:
        rows: list[tuple[str, str, str | None, str | None]] = self.connection.sql("FROM people").fetchall()
        return rows

    def _group(self, said: str, found: set[str]) -> Target:
        if len(found) > 1:
            names = ", ".join(sorted(found))
            expected = Text(f"one group; give the id: {names}", f"唯一的群，请给出 id：{names}")
            raise BadOption(option="--group", value=said, expected=expected)
        shown = [(group_id, name) for _, group_id, name, key in self.connection.sql(_SHOWN).fetchall() if key in found]
        about = Words({id_ for id_, _ in shown if id_}, {name for _, name in shown if name})
        return Target(None, groups=found, whole=found, about=about)

    def _was_forgotten(self, member: str | None, group: str | None, stones: Tombstones) -> bool:
        if member is None:
            return any(stones.has_in(one, "group") for one in ((group, None), (None, group)))
        shown = [(group_id, name) for _, group_id, name, _ in self.connection.sql(_SHOWN).fetchall()]
        asked: list[Shown] = [(group, None), (None, group)] if group is not None else shown
        name = safe(member.removeprefix("name:"))
        return stones.has("member", member) or any(stones.has_in(one, "name", name) for one in asked + shown)

    # -- what goes -------------------------------------------------------------------------------------------------
    def would(self, target: Target, dataset: Path) -> Forgotten:
        """What goes, and what has to be said of it."""
        theirs = [
            {"group_key": key, "whos": target.keys(key), "whole": key in target.whole} for key in sorted(target.groups)
        ]
        columns = pa.schema([("group_key", pa.string()), ("whos", pa.list_(pa.string())), ("whole", pa.bool_())])
        self.connection.register("theirs", pa.Table.from_pylist(theirs, schema=columns))
        counts = {key: rest for key, *rest in self.connection.sql(_COUNTS.format(messages=self.messages)).fetchall()}
        listed = dict(self.connection.sql(_LISTED).fetchall())
        labels = self._labels()
        affected = []
        for key in sorted(target.groups - {ANY_GROUP}):
            messages, notices, mentions, quotes = counts.get(key, (0, 0, 0, 0))
            affected.append(Affected(key, labels.get(key), messages, notices, listed.get(key, 0), mentions, quotes))
        names = sorted(set().union(*target.names.values(), target.ids) - {target.who})
        member = f"{target.who} ({', '.join(names)})" if target.who and names else target.who or ""
        return Forgotten(affected, member, set().union(*target.shared.values()), _in_settings(dataset, target))

    def going(self, target: Target, stones: Tombstones) -> list[Gone]:
        """The same of every group, as sources show the group; what later exports must not bring back goes into `stones`."""
        shown = self.connection.sql(_SHOWN).fetchall()
        words = {key: target.words(key) for *_, key in shown}
        self._remember(target, stones, [((group_id, name), key) for _, group_id, name, key in shown])
        return [
            self._gone(target, stones, words[key], platform, (id_, name), key) for platform, id_, name, key in shown
        ]

    def _gone(
        self, target: Target, stones: Tombstones, words: Words, platform: str | None, group: Shown, key: str
    ) -> Gone:
        label, group_name = None, group[1]
        if group_name and words.scrub(group_name) != group_name and key not in target.whole:
            stones.add("label", safe(group_name))
            label = stones.label(group_name)
        ids = frozenset(target.ids | ({"me"} if key in target.own else set()))
        names = frozenset(safe(name) for name in target.names.get(key, ()))
        return Gone(platform, *group, key, key in target.whole, ids, names, words, label)

    def _remember(self, target: Target, stones: Tombstones, shown: list[tuple[Shown, str]]) -> None:
        """The marks."""
        by_key: dict[str, list[Shown]] = {}
        for group, key in shown:
            by_key.setdefault(key, []).append(group)
        for id_ in target.ids:
            stones.add("member", id_)
        for key in target.groups & by_key.keys() - {ANY_GROUP}:
            for name in target.names.get(key, ()):
                stones.add_in(by_key[key], "name", safe(name))
            if key in target.own:
                stones.add_in(by_key[key], "me")
            if key in target.whole:
                stones.add_in(by_key[key], "group")
                for group_id, _ in by_key[key]:
                    if group_id:
                        stones.add("member", group_id)

    def aliases_without(self, target: Target) -> pa.Table | None:
        """What the owner said, without the member; None if that is all of it."""
        table = self.connection.sql("FROM aliases").to_arrow_table().cast(build.ALIASES_SCHEMA)
        names = {f"name:{safe(name)}" for names in target.names.values() for name in names}
        rows = table.to_pylist()
        left = [row for row in rows if not self._is_theirs(row, target, names)]
        return pa.Table.from_pylist(left, schema=build.ALIASES_SCHEMA) if len(left) < len(rows) else None

    @staticmethod
    def _is_theirs(row: dict[str, str | None], target: Target, names: set[str]) -> bool:
        if row["group_id"] in target.whole:
            return True
        who = {str(row["alias"]), str(row["member"])}
        here = row["group_id"] in target.groups or str(row["group_id"]).startswith("name:")
        return bool(who & target.ids) or (
            here and any(f"name:{safe(one[5:])}" in names for one in who if one.startswith("name:"))
        )

    def _labels(self) -> dict[str, str]:
        return dict(self.connection.sql("SELECT group_key, label FROM group_labels").fetchall())


def _in_settings(dataset: Path, target: Target) -> bool:
    """Whether qunkit.toml, which is the owner's own, names the member or the group."""
    path = dataset / config.FILE
    words = Words(
        target.ids | target.about.ids,
        {name for names in (*target.names.values(), target.about.names) for name in names},
    )
    return path.exists() and words.told(path.read_bytes())


def _is_id(who: str) -> bool:
    return who != "me" and not who.startswith("name:")


def _same(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
