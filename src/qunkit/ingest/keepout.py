"""A new source without who was forgotten: what it shows is looked up among the tombstones, value by value, before it is merged."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.chat.spelling import fold, plain
from qunkit.ingest import build, gone, identity, rejected, store
from qunkit.ingest.gone import Gone
from qunkit.ingest.heard import Ear
from qunkit.ingest.parquet import from_parts, rows_of
from qunkit.ingest.readings import layers, packed, texts
from qunkit.ingest.scrub import MARK, NOTHING, Said, Words, safe, told
from qunkit.ingest.stage import changed
from qunkit.ingest.tombstones import FORGOTTEN, Shown, Tombstones
from qunkit.schema import NOT_POSTS

_BORDER = 1 << 10
"""Bytes on both sides of where a reject follows another: a longer one is told as several."""
_IDS = """SELECT DISTINCT unnest(list_concat([sender_id, sender_name, actor_id, quote_sender], target_ids, mention_ids)) FROM {observed}"""
_TOLD = """SELECT DISTINCT platform, group_id, group_name, IF(starts_with(who, 'name:'), NULL, who), name FROM (
  SELECT platform, group_id, group_name, unnest(list_concat([actor_id], target_ids)) AS who, unnest(list_concat([actor_name], target_names)) AS name
  FROM {observed} WHERE event IS NOT NULL) WHERE who IS DISTINCT FROM 'me'"""
_TEXTS = """SELECT DISTINCT unnest([text, quote_text, extra, sender_name, group_name]) AS said FROM {observed}
WHERE group_id IS NOT DISTINCT FROM $id AND group_name IS NOT DISTINCT FROM $name"""
_ROWS = 1 << 14


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
    ear: Ear | None = None
    """Hears whom names of files speak of."""

    def facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the manifest says of the source."""
        words = self.words
        if self.ear:
            self.ear.listen([json.dumps(list(facts.values()), ensure_ascii=False, default=str)])
            words = Words(words.ids | self.ear.ids, words.names | self.ear.names)
        told = without(facts, words, self.groups, whole=self.whole)
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
    observed = from_parts(files, "")
    connection.register("listed", pa.Table.from_pylist(left.members, schema=build.OBSERVED_MEMBERS))
    found, left.ear = _found(stones, connection, observed, left)
    words = Words({id_ for one in found for id_ in one.words.ids}, {name for one in found for name in one.words.names})
    if not any(one.whole or one.label or one.words for one in found):
        if left.rejects:
            _rewrite_rejects(left.rejects, words, Said(()), whole=False)
        return left
    said: Iterable[str | None] = ()
    if observed:
        gone.prepare(connection, observed, found)
        said = gone.said(connection)
    else:
        gone.tell(connection, found)
    by_group = {(one.group_id, one.group_name): one for one in found}
    groups = [
        (one.group_id, one.label or one.group_name) for group in left.groups if not (one := by_group[group]).whole
    ]
    members = connection.sql(gone.MEMBERS.format(old="listed")).to_arrow_table().to_pylist()
    whole = bool(left.groups) and not groups
    if left.rejects:
        _rewrite_rejects(left.rejects, words, Said(said), whole=whole)
    forgotten: Counter[str] = Counter()
    for path in files:
        forgotten += _rewrite(connection, path, staged)
    return Left(members, left.rejects, list(dict.fromkeys(groups)), forgotten, words, whole, left.ear)


def blanked(
    batches: Iterable[pa.RecordBatch], words: Words, said: Said, *, whole: bool = False
) -> Iterator[pa.RecordBatch]:
    """The rejects of a source without the bytes of those that hold a word or a text of who was forgotten, or may hold it where nobody can
    look, and without the words in their paths. Of two that share a word the second goes."""
    before: dict[str, Any] = {}
    for batch in batches:
        rows = batch.to_pylist()
        for row in rows:
            row["path"] = MARK if whole else words.scrub(row["path"])
            pieces = (row["raw"], _border(before, row))
            if whole or packed(row["raw"]) or any(told(piece, words, said) for piece in pieces if piece):
                row["raw"], row["reason"] = b"", FORGOTTEN
            before = row
        yield pa.RecordBatch.from_pylist(rows, schema=schema.REJECTS.arrow)


def _border(before: Mapping[str, Any], row: Mapping[str, Any]) -> bytes:
    """What of both is near the place where a reject follows another; nothing if it follows none."""
    follows = before.get("end") == row["start"]
    return before["raw"][-_BORDER:] + row["raw"][:_BORDER] if follows else b""


def _rewrite_rejects(path: Path, words: Words, said: Said, *, whole: bool) -> None:
    temporary = path.with_suffix(".new")
    rejected.write(temporary, blanked(rejected.batches(path), words, said, whole=whole))
    os.replace(temporary, path)


def _rewrite(connection: duckdb.DuckDBPyConnection, path: Path, staged: dict[str, list[Path]]) -> Counter[str]:
    """Write a staged file anew, or take it out if nothing is left; how many messages and notices went."""
    columns, before = pq.read_schema(path), pq.read_table(path, columns=["kind"])
    rows = f"(SELECT *, file_row_number AS row FROM {rows_of([path], 'file_row_number')})"
    query = f"FROM ({gone.LEFT.format(observed=rows)}) ORDER BY row"
    table = connection.sql(query).to_arrow_table().select(columns.names).cast(columns)
    if len(table):
        temporary = path.with_suffix(".new")
        pq.write_table(table, temporary, compression="lz4")
        path.unlink()
        os.replace(temporary, changed(path))
    for month, paths in list(staged.items()):
        staged[month] = [changed(one) if one == path else one for one in paths if one != path or len(table)]
        if not staged[month]:
            del staged[month]
    return _kinds(before) - _kinds(table)


def _kinds(table: pa.Table) -> Counter[str]:
    return Counter("notice" if kind in NOT_POSTS else "message" for kind in table["kind"].to_pylist())


# -- who of a source was forgotten ---------------------------------------------------------------------------------
def _found(
    stones: Tombstones, connection: duckdb.DuckDBPyConnection, observed: str, left: Left
) -> tuple[list[Gone], Ear]:
    """Of every group of the source what goes; and who listened."""
    platforms: dict[Shown, set[str | None]] = {}
    names: dict[Shown, set[tuple[str | None, str]]] = {}
    for platform, group_id, group_name, sender_id, name in _names(connection, observed, left):
        platforms.setdefault((group_id, group_name), {None}).add(platform)
        shown = names.setdefault((group_id, group_name), set())
        shown |= {(sender_id, name)} if name else set()
    for row in left.members:
        if row.get("invited_by", "") and row["invited_by"].startswith("name:"):
            names[row["group_id"], row["group_name"]].add((None, row["invited_by"][5:]))
    ids = {one for one in _ids(connection, observed, left) if stones.has_member(one)}
    heard = {group: _heard(stones, connection, observed, group) for group in names}
    unread = Ear(stones, list(names))
    unread.listen(text for raw in _unread(left.rejects) for layer in layers(raw) for text in texts(layer))
    ids |= {id_ for ear in (*heard.values(), unread) for id_ in ear.ids}
    told = [_of_group(stones, group, names[group], ids, heard[group].names | unread.names) for group in names]
    groups = {one.group_name for one in told if one.whole and one.group_name}  # others may speak of them
    told = [replace(one, words=Words(ids, one.words.names | groups, one.words.others)) for one in told]
    told = [replace(one, platform=platform) for one in told for platform in platforms[one.group_id, one.group_name]]
    return told, unread


def _of_group(
    stones: Tombstones, group: Shown, shown: set[tuple[str | None, str]], ids: set[str], heard: set[str]
) -> Gone:
    """What goes of the group.

    A name that is shown with a forgotten id is forgotten from now on, unless it is another's too: such names stay in texts.
    """
    folded = {fold(id_) for id_ in ids}
    theirs = {name for id_, name in shown if id_ and fold(id_) in folded}
    others = {safe(name) for id_, name in shown if id_ and fold(id_) not in folded}
    theirs = {name for name in theirs if safe(name) not in others}
    bare = {name for id_, name in shown if not id_} | heard
    known = {name for name in bare if stones.has_name(group, name)}
    if group[0] != identity.ANY_GROUP:
        for name in theirs:
            stones.add_name([group], name)
    keys = {plain(name) for name in theirs | known}
    gone_names = {name for name in theirs | bare if plain(name) in keys}
    words = Words(ids, {name for name in gone_names if safe(name) not in others}, others)
    label, called = None, group[1]
    if called and (stones.has("label", plain(called)) or words.scrub(called) != called):
        stones.add("label", plain(called))
        label = stones.label(called)
    whole = bool(group[0] and stones.has_member(group[0])) or stones.has_in(group, "group")
    own = ids | ({"me"} if stones.has_in(group, "me") else set())
    return Gone(None, *group, str(group), whole, frozenset(own), frozenset(map(safe, gone_names)), words, label)


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
    """Every id that the source shows."""
    ids = {row.get(name) for row in left.members for name in ("member_id", "account", "invited_by")}
    ids |= {group_id for group_id, _ in left.groups}
    if observed:
        ids |= {one for (one,) in connection.sql(_IDS.format(observed=observed)).fetchall()}
    return {one for one in ids if one and one != "me"}


def _heard(stones: Tombstones, connection: duckdb.DuckDBPyConnection, observed: str, group: Shown) -> Ear:
    """Whom the texts of the group speak of."""
    ear = Ear(stones, [group])
    ear.listen([group[1]])
    if observed:
        connection.execute(_TEXTS.format(observed=observed), {"id": group[0], "name": group[1]})
        while rows := connection.fetchmany(_ROWS):
            ear.listen(text for (text,) in rows)
    return ear


def _unread(rejects: Path | None) -> Iterator[bytes]:
    """The bytes of rejects, of two that follow each other what lies about their border, too, and the names of their files."""
    before: dict[str, Any] = {}
    for batch in rejected.batches(rejects, ["path", "start", "end", "raw"]) if rejects else ():
        for row in batch.to_pylist():
            yield row["path"].encode()
            yield b"" if packed(row["raw"]) else row["raw"]
            yield _border(before, row)
            before = row


def _parted(member: str) -> tuple[str | None, str | None]:
    """Id, or name of a member without one."""
    return (None, member.removeprefix("name:")) if member.startswith("name:") else (member, None)
