"""Who is meant to be forgotten: one member or one group of a state of the dataset, with every id and name that stands for them in each group."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from qunkit import schema
from qunkit.chat.spelling import fold, plain
from qunkit.dataset import matching
from qunkit.errors import NoMemberThere, NoSuchGroup, NoSuchMember, SeveralGroups, SeveralMembers
from qunkit.ingest import build
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.parquet import from_parts
from qunkit.ingest.scrub import NOTHING, Words, safe
from qunkit.ingest.tombstones import Shown, Tombstones
from qunkit.words import Text

Found = tuple[str | None, str]
"""A member, in one group or (None) in all."""
Row = tuple[str, str, str | None, str | None]
"""Group, member, and the id and name that a source shows."""
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
SHOWN = f"""
SELECT DISTINCT platform, group_id, group_name, group_key FROM keyed_names
UNION SELECT NULL, group_id, group_name, group_key FROM listed_members
UNION SELECT NULL, group_id, group_name, '{ANY_GROUP}' FROM observed_members WHERE group_id = '{ANY_GROUP}'
"""
"""Platform, id, name and key of every group, in all ways in which sources show it."""
_DENIED = "SELECT group_key, name, id FROM said_names WHERE verdict = 'different'"
_MESSAGES_OF = "SELECT group_id, sender_id, COUNT(*) FROM {messages} GROUP BY ALL"


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
    others: dict[str, set[str]] = field(default_factory=dict)
    """By group, names of others, as `safe` has them."""

    def keys(self, group: str) -> list[str]:
        """By what messages of the group know the member."""
        return sorted(
            {f"name:{unicodedata.normalize('NFC', name)}" for name in self.names.get(group, ())}
            | self.ids
            | ({self.who} if self.who else set())
        )

    def words(self, group: str) -> Words:
        """What goes from texts of the group."""
        if self.who is None:
            return self.about
        names = self.names.get(group, set()) - self.shared.get(group, set())
        return Words(self.ids, names, self.others.get(group, ()))


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
            self.messages = from_parts(messages, "no_messages")
            build.know(self.connection, self.part)
            self.connection.execute(_PEOPLE)
            self.connection.execute(_ALSO_TOLD.format(messages=self.messages))
            yield self
        finally:
            self.connection.close()

    def find(self, member: str | None, groups: Sequence[str], stones: Tombstones) -> Target | None:
        """Who or what is meant; None if it was forgotten before.

        Raises:
            NoSuchGroup, NoSuchMember, SeveralGroups, SeveralMembers: nobody, or not one alone.
        """
        try:
            found = self._groups(groups)
            return self._group(groups, found) if member is None else self._person(self._key(member, found))
        except (NoSuchGroup, NoSuchMember):
            if stones and self._was_forgotten(member, groups, stones):
                return None
            raise

    def labels(self) -> dict[str, str]:
        """Names of the groups, by their keys."""
        return dict(self.connection.sql("SELECT group_key, label FROM group_labels").fetchall())

    def shown(self) -> list[tuple[str | None, str | None, str | None, str]]:
        """What `SHOWN` asks."""
        return self.connection.sql(SHOWN).fetchall()

    def _groups(self, patterns: Sequence[str]) -> set[str]:
        """Keys of the groups that the patterns mean."""
        labels = self.labels()
        names = {one: labels.get(one) for *_, one in self.shown() if one != ANY_GROUP}
        for pattern in patterns:
            if not matching([pattern], names):
                raise NoSuchGroup(pattern=pattern)
        return matching(patterns, names)

    def _group(self, patterns: Sequence[str], found: set[str]) -> Target:
        if not found:
            raise NoSuchGroup(pattern="")
        if len(found) > 1:
            raise SeveralGroups(pattern=" ".join(patterns), groups=self._called(found))
        names = [(group_id, name) for _, group_id, name, one in self.shown() if one in found]
        about = Words({id_ for id_, _ in names if id_}, {name for _, name in names if name})
        return Target(None, groups=found, whole=found, about=about)

    def _called(self, groups: set[str]) -> Text:
        """Ids and names of groups."""
        labels = self.labels()
        told = []
        for one in sorted(groups):
            bare = one.removeprefix("name:")
            name = labels.get(one, bare)
            told.append(Text(bare, bare) if name == bare else Text(f"{one} ({name})", f"{one}（{name}）"))
        return Text(", ".join(text.en for text in told), "、".join(text.zh for text in told))

    def _key(self, member: str, groups: set[str]) -> Found:
        """The one whom an id or a name means: by an id in every group, by a name that no id has in one.

        Raises:
            NoSuchMember, SeveralMembers: none, or not one alone.
        """
        rows = self._people()
        found = {(one, who) for one, who, id_, _ in rows if is_id(who) and fold(member) in (fold(who), fold(id_ or ""))}
        if not found:
            named = [(one, who, name) for one, who, _, name in rows if name is not None]
            exact = {(one, who) for one, who, name in named if who == member or safe(name) == safe(member)}
            found = exact or {(one, who) for one, who, name in named if plain(name) == plain(member)}
        here = {(one, who) for one, who in found if not groups or one in groups}
        if found and not here:
            raise NoMemberThere(name=member, groups=self._called(groups))
        meant = list({(one, fold(who)): (one, who) for one, who in self._alone(here)}.values())
        if not meant:
            raise NoSuchMember(name=member)
        if len(meant) > 1:
            raise SeveralMembers(name=member, keys=self._candidates(meant))
        return meant[0]

    def _alone(self, here: set[tuple[str, str]]) -> list[Found]:
        """The members; a name goes where it stands for one of the ids, too."""
        shown = {(one, who) for one, who, _, _ in self._people()}
        owned = {who: self._owned(who) for _, who in here if is_id(who)}

        def is_an_ids(group: str, who: str) -> bool:
            return any((group, id_) in shown and is_theirs(group, who[5:]) for id_, is_theirs in owned.items())

        members = {(None, who) for _, who in here if is_id(who)}
        return [*sorted(members), *sorted(one for one in here if not is_id(one[1]) and not is_an_ids(*one))]

    def _candidates(self, found: Sequence[Found]) -> Text:
        """Id, groups and number of messages of each."""
        labels, told = self.labels(), []
        counts = self.connection.sql(_MESSAGES_OF.format(messages=self.messages)).fetchall()
        shown = {(one, who) for one, who, _, _ in self._people()}
        for only, who in sorted(found, key=str):
            in_groups = sorted({group for group, one in shown if one == who and only in (None, group)})
            names = ", ".join(labels.get(group) or group for group in in_groups)
            count = sum(n for group, sender, n in counts if sender == who and group in in_groups)
            told.append(Text(f"{who} ({names}: {count:,} messages)", f"{who}（{names}：{count:,} 条消息）"))
        return Text(", ".join(one.en for one in told), "，".join(one.zh for one in told))

    def _person(self, found: Found) -> Target:
        only, who = found
        target, is_theirs = Target(who), self._owned(who)
        rows = [row for row in self._people() if only in (None, row[0])]
        for group, one, id_, name in rows:
            if fold(one) != fold(who):
                continue
            target.groups.add(group)
            if id_ == "me":
                target.own.add(group)
            elif id_ is not None:
                target.ids.add(id_)
            if name is not None and (id_ is None or is_theirs(group, name)):
                target.names.setdefault(group, set()).add(name)
            if name is not None and not is_theirs(group, name) and name not in target.ids:
                target.shared.setdefault(group, set()).add(name)
        target.ids |= {one for _, one, _, _ in rows if is_id(one) and fold(one) == fold(who)}
        self._add_spellings(target, rows, is_theirs)
        target.whole = {one for _, group_id, _, one in self.shown() if group_id in target.ids}
        target.groups |= target.whole
        return target

    @staticmethod
    def _add_spellings(target: Target, rows: Sequence[Row], is_theirs: Callable[[str, str], bool]) -> None:
        """What stands for nobody else, and is spelt otherwise; and how others spell names of their own."""
        keys = {group: {plain(name) for name in names} for group, names in target.names.items()}
        ids = {fold(one) for one in target.ids}
        for group, who, id_, name in rows:
            if name is None or plain(name) not in keys.get(group, ()):
                continue
            if id_ is None and not is_id(who) and is_theirs(group, name):
                target.names[group].add(name)
            elif id_ is not None and fold(id_) not in ids:
                target.others.setdefault(group, set()).add(safe(name))

    def _owned(self, who: str) -> Callable[[str, str], bool]:
        """Whether a name stands for the member in a group, and for nobody else: nobody else's id is shown with it, and nobody says otherwise."""
        links = {
            (group, name): id_
            for group, name, id_ in self.connection.sql("SELECT group_key, name, id FROM sender_links").fetchall()
        }
        own = fold(who)
        others = {(group, safe(name)) for group, one, id_, name in self._people() if name and id_ and fold(one) != own}
        others |= {(group, name) for group, name, id_ in self.connection.sql(_DENIED).fetchall() if id_ == who}

        def is_theirs(group: str, name: str) -> bool:
            place = group, safe(name)
            return fold(links.get(place, who)) == own and (place in links or place not in others)

        return is_theirs

    def _people(self) -> list[Row]:
        rows: list[Row] = self.connection.sql("FROM people").fetchall()
        return rows

    def _was_forgotten(self, member: str | None, groups: Sequence[str], stones: Tombstones) -> bool:
        asked: list[Shown] = [shown for group in groups for shown in ((group, None), (None, group))]
        if member is None:
            return any(stones.has_in(one, "group") for one in asked)
        known = [(group_id, name) for _, group_id, name, _ in self.shown()] if not groups else []
        name = member.removeprefix("name:")
        return stones.has_member(member) or any(stones.has_name(one, name) for one in asked + known)


def is_id(who: str) -> bool:
    """Whether a member's key is an id."""
    return who != "me" and not who.startswith("name:")
