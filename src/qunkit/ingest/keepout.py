"""A new source without who was forgotten: what it shows is looked up among the tombstones, value by value, before it is merged."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.ingest import build, gone, identity, rejected, store
from qunkit.ingest.gone import Gone
from qunkit.ingest.scrub import MARK, NOTHING, Said, Words, decoded, safe
from qunkit.ingest.tombstones import FORGOTTEN, Shown, Tombstones
from qunkit.schema import NOT_POSTS

_ID = r"[A-Za-z][A-Za-z0-9_-]{4,63}(?:@[a-z.]+)?|[0-9]{5,20}(?:@[a-z]+)?"
"""What may be an id in a text."""
_BORDER = 1 << 10
"""Bytes on both sides of where a reject follows another: a longer one is told as several."""
_TOKEN = re.compile(r"[^\s,;:：，；、\"'“”‘’「」<>()（）\[\]{}|/\\=@]{1,64}")

_IDS = """SELECT DISTINCT unnest(list_concat([actor_id, quote_sender], target_ids, mention_ids)) FROM {observed}"""
_TOLD = """SELECT DISTINCT platform, group_id, group_name, who, name FROM (
  SELECT platform, group_id, group_name, unnest(list_concat([actor_id], target_ids)) AS who, unnest(list_concat([actor_name], target_names)) AS name
  FROM {observed} WHERE event IS NOT NULL) WHERE who NOT LIKE 'name:%' AND who <> 'me'"""
_IDS_IN_TEXTS = """SELECT DISTINCT unnest(regexp_extract_all(said, $id)) FROM
  (SELECT unnest([text, quote_text, extra, sender_name]) AS said FROM {observed}) WHERE said IS NOT NULL"""


@dataclass(slots=True)
class Left:
    """What is left of a source."""

    members: list[dict[str, Any]]
    rejects: Path | None
    """The file of their rows, if there are any."""
    groups: list[Shown]
    forgotten: Mapping[str, int] = field(default_factory=dict)
    """Messages and notices that went, by the ledger's kinds."""
    words: Words = NOTHING
    whole: bool = False
    """All of it went: it had nothing but groups that were forgotten."""

    def facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the manifest says of the source."""
        told = without(facts, self.words, self.groups, whole=self.whole)
        return told | ({FORGOTTEN: dict(self.forgotten)} if self.forgotten else {})


def without(facts: Mapping[str, Any], words: Words, groups: Iterable[Shown], *, whole: bool) -> dict[str, Any]:
    """A source's facts without the words; of one that is forgotten as a whole, without its place."""
    told = dict(facts) | {"groups": [list(group) for group in groups]}
    if whole:
        return told | {"name": MARK, "path": None, "member": None, "parts": [MARK], "told": [None, MARK], "asked": {}}
    for name in ("name", "path", "member", "parts", "told", "asked"):
        if name in told and words:
            told[name] = words.scrub_value(told[name])
    return told


def strip(
    stones: Tombstones,
    staging: store.Staging,
    source: str,
    staged: dict[str, list[Path]],
    left: Left,
) -> Left:
    """The source without who was forgotten: its staged files are written anew."""
    if not stones:
        return left
    files = [path for paths in staged.values() for path in paths if path.name.startswith(f"{source}-")]
    connection = build.connect(staging.spool, build.MEMORY_LIMIT, None)
    try:
        return _strip(stones, connection, files, staged, left)
    finally:
        connection.close()


def _strip(
    stones: Tombstones,
    connection: duckdb.DuckDBPyConnection,
    files: list[Path],
    staged: dict[str, list[Path]],
    left: Left,
) -> Left:
    observed = build.from_parts(files, "")
    connection.register("listed", pa.Table.from_pylist(left.members, schema=build.OBSERVED_MEMBERS))
    found = _found(stones, connection, observed, left)
    if not any(one.whole or one.label or one.words for one in found):
        return left
    texts: Iterable[str | None] = ()
    if observed:
        gone.prepare(connection, observed, found)
        texts = gone.said(connection)
    else:
        gone.tell(connection, found)
    by_group = {(one.group_id, one.group_name): one for one in found}
    groups = [
        (one.group_id, one.label or one.group_name) for group in left.groups if not (one := by_group[group]).whole
    ]
    words = Words({id_ for one in found for id_ in one.ids}, {name for one in found for name in one.words.names})
    members = connection.sql(gone.MEMBERS.format(old="listed")).to_arrow_table().to_pylist()
    whole = bool(left.groups) and not groups
    if left.rejects:
        _rewrite_rejects(left.rejects, words, Said(texts), whole=whole)
    forgotten: Counter[str] = Counter()
    for path in files:
        forgotten += _rewrite(connection, path, staged)
    return Left(members, left.rejects, list(dict.fromkeys(groups)), forgotten, words, whole)


def blanked(
    batches: Iterable[pa.RecordBatch], words: Words, texts: Said, *, whole: bool = False
) -> Iterator[pa.RecordBatch]:
    """The rejects of a source without the bytes of those that hold a word or a text of who was forgotten, and without the words in their
    paths. Of two that share a word the second goes."""
    before: dict[str, Any] = {}
    for batch in batches:
        rows = batch.to_pylist()
        for row in rows:
            row["path"] = MARK if whole else words.scrub(row["path"])
            if whole or any(one.told(part) for one in (words, texts) for part in (row["raw"], _border(before, row))):
                row["raw"], row["reason"] = b"", FORGOTTEN
            before = row
        yield pa.RecordBatch.from_pylist(rows, schema=schema.REJECTS.arrow)


def _border(before: Mapping[str, Any], row: Mapping[str, Any]) -> bytes:
    """What of both is near the place where a reject follows another; nothing if it follows none."""
    follows = before.get("end") == row["start"]
    return before["raw"][-_BORDER:] + row["raw"][:_BORDER] if follows else b""


def _rewrite_rejects(path: Path, words: Words, texts: Said, *, whole: bool) -> None:
    temporary = path.with_suffix(".new")
    rejected.write(temporary, blanked(rejected.batches(path), words, texts, whole=whole))
    os.replace(temporary, path)


def _rewrite(connection: duckdb.DuckDBPyConnection, path: Path, staged: dict[str, list[Path]]) -> Counter[str]:
    """Write a staged file anew, or take it out if nothing is left; how many messages and notices went."""
    columns, before = pq.read_schema(path), pq.read_table(path, columns=["kind"])
    query = f"FROM ({gone.LEFT.format(observed=build.from_parts(path, ''))}) ORDER BY row"
    table = connection.sql(query).to_arrow_table().select(columns.names).cast(columns)
    if len(table):
        temporary = path.with_suffix(".new")
        pq.write_table(table, temporary, compression="lz4", use_dictionary=["src"])
        os.replace(temporary, path)
    else:
        for month, paths in list(staged.items()):
            staged[month] = [one for one in paths if one != path]
            if not staged[month]:
                del staged[month]
    return _kinds(before) - _kinds(table)


def _kinds(table: pa.Table) -> Counter[str]:
    return Counter("notice" if kind in NOT_POSTS else "message" for kind in table["kind"].to_pylist())


# -- who of a source was forgotten ---------------------------------------------------------------------------------
def _found(stones: Tombstones, connection: duckdb.DuckDBPyConnection, observed: str, left: Left) -> list[Gone]:
    """Of every group of the source what goes."""
    platforms: dict[Shown, set[str | None]] = {}
    names: dict[Shown, set[tuple[str | None, str]]] = {}
    for platform, group_id, group_name, sender_id, name in _names(connection, observed, left):
        platforms.setdefault((group_id, group_name), {None}).add(platform)
        shown = names.setdefault((group_id, group_name), set())
        shown |= {(sender_id, name)} if name else set()
    ids = {one for one in _ids(connection, observed, left) if stones.has("member", one)}
    told_ids, spoken = _in_rejects(stones, left.rejects, names)
    ids |= told_ids
    told = [_of_group(stones, group, names[group], ids, spoken) for group in names]
    groups = {one.group_name for one in told if one.whole and one.group_name}  # others may speak of them
    told = [replace(one, words=Words(one.words.ids, one.words.names | groups)) if groups else one for one in told]
    return [replace(one, platform=platform) for one in told for platform in platforms[one.group_id, one.group_name]]


def _of_group(
    stones: Tombstones, group: Shown, shown: set[tuple[str | None, str]], ids: set[str], spoken: set[str]
) -> Gone:
    """What goes of the group.

    A name that is shown with a forgotten id is forgotten from now on, unless it is another's too: such names stay in texts.
    """
    others = {safe(name) for id_, name in shown if id_ and id_ not in ids}
    theirs = {safe(name) for id_, name in shown if id_ in ids} - others
    bare = {safe(name) for id_, name in shown if not id_} | {safe(token) for token in spoken}
    known = {name for name in bare - theirs if stones.has_in(group, "name", name)}
    if group[0] != identity.ANY_GROUP:
        for name in theirs:
            stones.add_in([group], "name", name)
    spared = known & others
    gone_names = (theirs | known) - spared
    written = {name for _, name in shown if safe(name) in gone_names} | {
        one for one in spoken if safe(one) in gone_names
    }
    words = Words(ids, written)
    label, called = None, group[1]
    if called and (stones.has("label", safe(called)) or words.scrub(called) != called):
        stones.add("label", safe(called))
        label = stones.label(called)
    whole = group[0] in ids or stones.has_in(group, "group")
    own = ids | ({"me"} if stones.has_in(group, "me") else set())
    return Gone(None, *group, str(group), whole, frozenset(own), frozenset(gone_names | spared), words, label)


def _names(
    connection: duckdb.DuckDBPyConnection, observed: str, left: Left
) -> Iterator[tuple[str | None, str | None, str | None, str | None, str | None]]:
    """Platform, group, id and name of everybody whom the source shows."""
    if observed:
        columns = "platform, group_id, group_name, sender_id, sender_name"
        yield from connection.sql(
            f"SELECT DISTINCT {columns} FROM ({identity.NAMES_OF.format(observed=observed)})"
        ).fetchall()
        yield from connection.sql(_TOLD.format(observed=observed)).fetchall()
    for group in left.groups:
        yield None, *group, None, None
    for row in left.members:
        group = row["group_id"], row["group_name"]
        id_, name = _parted(row["member_id"])
        for shown in (name, row.get("group_nickname"), row.get("nickname"), row.get("remark")):
            yield None, *group, id_, shown


def _ids(connection: duckdb.DuckDBPyConnection, observed: str, left: Left) -> set[str]:
    """All that may be an id in the source, but for its rejects."""
    ids = {row.get(name) for row in left.members for name in ("member_id", "account", "invited_by")}
    ids |= {group_id for group_id, _ in left.groups}
    if observed:
        senders = f"SELECT DISTINCT unnest([sender_id, sender_name]) FROM {observed}"
        for query in (senders, _IDS.format(observed=observed)):
            ids |= {one for (one,) in connection.sql(query).fetchall()}
        ids |= {one for (one,) in connection.execute(_IDS_IN_TEXTS.format(observed=observed), {"id": _ID}).fetchall()}
    return {one for one in ids if one and one != "me"}


def _in_rejects(
    stones: Tombstones, rejects: Path | None, names: Mapping[Shown, set[tuple[str | None, str]]]
) -> tuple[set[str], set[str]]:
    """Of all that may be ids and names in rejects, the ids that were forgotten, and the names that were or that somebody has."""
    ids, spoken = set[str](), set[str]()
    shown = {safe(name) for of_group in names.values() for _, name in of_group}
    before: dict[str, Any] = {}
    for batch in rejected.batches(rejects, ["start", "end", "raw"]) if rejects else ():
        some_ids, tokens = set[str](), set[str]()
        for row in batch.to_pylist():
            for text in chain(decoded(row["raw"]), decoded(_border(before, row))):
                some_ids |= {found[0] for found in re.finditer(_ID, text)}
                tokens |= {found[0] for found in _TOKEN.finditer(text)}
            before = row
        ids |= {one for one in some_ids if stones.has("member", one)}
        spoken |= {
            token
            for token in tokens - spoken
            if safe(token) in shown or any(stones.has_in(group, "name", safe(token)) for group in names)
        }
    return ids, spoken


def _parted(member: str) -> tuple[str | None, str | None]:
    """Id, or name of a member without one."""
    return (None, member.removeprefix("name:")) if member.startswith("name:") else (member, None)
