"""What of a member or a group a state of the dataset holds: counted, to be shown before it goes, and as `gone` takes it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from qunkit import config
from qunkit.chat.spelling import plain
from qunkit.ingest import build
from qunkit.ingest.gone import Gone
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.scrub import Said, Words, safe, told
from qunkit.ingest.tombstones import Shown, Tombstones
from qunkit.ingest.whom import State, Target

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
    model: str | None = None
    """The model that was learnt for the dataset, where it goes too: it may hold words of theirs."""
    before: bool = False
    """There was nothing left to forget: it had been done."""


def would(state: State, target: Target, dataset: Path) -> Forgotten:
    """What goes, and what has to be said of it."""
    theirs = [
        {"group_key": key, "whos": target.keys(key), "whole": key in target.whole} for key in sorted(target.groups)
    ]
    columns = pa.schema([("group_key", pa.string()), ("whos", pa.list_(pa.string())), ("whole", pa.bool_())])
    state.connection.register("theirs", pa.Table.from_pylist(theirs, schema=columns))
    counts = {key: rest for key, *rest in state.connection.sql(_COUNTS.format(messages=state.messages)).fetchall()}
    listed = dict(state.connection.sql(_LISTED).fetchall())
    labels = state.labels()
    affected = []
    for key in sorted(target.groups - {ANY_GROUP}):
        messages, notices, mentions, quotes = counts.get(key, (0, 0, 0, 0))
        affected.append(Affected(key, labels.get(key), messages, notices, listed.get(key, 0), mentions, quotes))
    names = sorted(set().union(*target.names.values(), target.ids) - {target.who})
    member = f"{target.who} ({', '.join(names)})" if target.who and names else target.who or ""
    return Forgotten(affected, member, set().union(*target.shared.values()), _in_settings(dataset, target))


def going(state: State, target: Target, stones: Tombstones) -> list[Gone]:
    """The same of every group, as sources show the group; what later exports must not bring back goes into `stones`."""
    shown = state.shown()
    words = {key: target.words(key) for *_, key in shown}
    _remember(target, stones, [((group_id, name), key) for _, group_id, name, key in shown])
    return [_gone(target, stones, words[key], platform, (id_, name), key) for platform, id_, name, key in shown]


def _gone(target: Target, stones: Tombstones, words: Words, platform: str | None, group: Shown, key: str) -> Gone:
    label, group_name = None, group[1]
    if group_name and words.scrub(group_name) != group_name and key not in target.whole:
        stones.add("label", plain(group_name))
        label = stones.label(group_name)
    ids = frozenset(target.ids | ({"me"} if key in target.own else set()))
    names = frozenset(safe(name) for name in target.names.get(key, ()))
    return Gone(platform, *group, key, key in target.whole, ids, names, words, label)


def _remember(target: Target, stones: Tombstones, shown: list[tuple[Shown, str]]) -> None:
    """The marks."""
    by_key: dict[str, list[Shown]] = {}
    for group, key in shown:
        by_key.setdefault(key, []).append(group)
    for id_ in target.ids:
        stones.add_member(id_)
    for key in target.groups & by_key.keys() - {ANY_GROUP}:
        for name in target.names.get(key, ()):
            stones.add_name(by_key[key], name)
        if key in target.own:
            stones.add_in(by_key[key], "me")
        if key in target.whole:
            stones.add_in(by_key[key], "group")
            for group_id, _ in by_key[key]:
                if group_id:
                    stones.add_member(group_id)


def aliases_without(state: State, target: Target) -> pa.Table | None:
    """What the owner said, without the member; None if that is all of it."""
    table = state.connection.sql("FROM aliases").to_arrow_table().cast(build.ALIASES_SCHEMA)
    names = {f"name:{safe(name)}" for names in target.names.values() for name in names}
    rows = table.to_pylist()
    left = [row for row in rows if not _is_theirs(row, target, names)]
    return pa.Table.from_pylist(left, schema=build.ALIASES_SCHEMA) if len(left) < len(rows) else None


def _is_theirs(row: dict[str, str | None], target: Target, names: set[str]) -> bool:
    if row["group_id"] in target.whole:
        return True
    who = {str(row["alias"]), str(row["member"])}
    here = row["group_id"] in target.groups or str(row["group_id"]).startswith("name:")
    return bool(who & target.ids) or (
        here and any(f"name:{safe(one[5:])}" in names for one in who if one.startswith("name:"))
    )


def _in_settings(dataset: Path, target: Target) -> bool:
    """Whether qunkit.toml, which is the owner's own, names the member or the group."""
    path = dataset / config.FILE
    words = Words(
        target.ids | target.about.ids,
        {name for names in (*target.names.values(), target.about.names) for name in names},
    )
    return path.exists() and told(path.read_bytes(), words, Said(()))
