"""Records as exported → what they mean: senders, kinds, texts without wrapping, notices as events, mentions.

Runs when the whole source has been read, so `People` is complete. Works on columns; Python looks at single rows only where
they are notices, documents, or hold an @.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat import documents, mentions, notice_xml, notices, placeholders, prefix, solitaire
from qunkit.chat.columns import put
from qunkit.chat.documents import Columns
from qunkit.chat.notices import ME, Notice
from qunkit.chat.other_notices import SENTENCES
from qunkit.chat.people import People, nfc
from qunkit.chat.templates import WECHAT
from qunkit.schema import NOT_POSTS, RAW

_EVENT_FIELDS = [
    ("event", pa.string()),
    ("actor_id", pa.string()),
    ("actor_name", pa.string()),
    ("target_ids", pa.list_(pa.string())),
    ("target_names", pa.list_(pa.string())),
]
_KIND = RAW.names.index("kind")
INTERPRETED = pa.schema(
    [
        *RAW.arrow.set(_KIND, pa.field("kind", pa.string(), nullable=False)),
        *(pa.field(*field) for field in _EVENT_FIELDS),
    ]
)
"""Schema of what `interpret` returns: `RAW`, kind never null, and what notices report."""
_SELF = pa.array(["我", "me"])
_KIND_OF_EVENT = {"patted": "pat", "recalled": "recall"}
_EVENT_OF_KIND = {kind: event for event, kind in _KIND_OF_EVENT.items()}
_ID = re.compile(r"wxid_[-_A-Za-z0-9]+|\d+@openim", re.ASCII)

Row = dict[str, Any]


def interpret(raw: pa.RecordBatch, people: People, platform: str = WECHAT) -> pa.RecordBatch:
    """The records with cleaned columns of `RAW`, kind never null, and event, actor_id, actor_name, target_ids, target_names.

    Same length and order as `raw`. Notices have no sender, except a pat whose patter the export names. An actor or
    target is an id, ``name:…`` where only the name is known, ``me`` for an owner whose id is not known, or null where the
    export did not keep who it was.
    """
    columns: Columns = {name: raw.column(name) for name in RAW.names}
    columns["text"] = prefix.strip(columns["text"], columns["sender_id"], people)
    _no_group_as_sender(columns, platform)
    _owner(columns, people)
    columns["kind"] = _where(_and(_nobody(columns), pc.is_null(columns["kind"])), "system", columns["kind"])
    documents.read(columns)
    columns["kind"], columns["text"] = placeholders.undo(columns["kind"], columns["text"])
    columns["kind"] = solitaire.mark(columns["kind"], columns["text"])
    kept = pc.if_else(pc.is_valid(columns["text"]), "text", "other")
    columns["kind"] = pc.coalesce(columns["kind"], kept)
    _events(columns, people, platform)
    columns["mention_ids"] = mentions.fill(columns["mention_ids"], columns["kind"], columns["text"], people)
    return pa.RecordBatch.from_pydict(columns, schema=INTERPRETED)


def _no_group_as_sender(columns: Columns, platform: str) -> None:
    """Exporters without a sender for notices write the room's id, or its name: take it away."""
    room = pc.fill_null(pc.ends_with(columns["sender_id"], "@chatroom"), False)
    named = _and(pc.is_null(columns["sender_id"]), pc.equal(columns["sender_name"], columns["group_name"]))
    rows = pc.indices_nonzero(_and(named, pc.is_valid(columns["text"])))
    told = [notices.looks_like_notice(text, platform) for text in columns["text"].take(rows).to_pylist()]
    room = put(room, rows.filter(pa.array(told, pa.bool_())), [True] * sum(told))
    for name in ("sender_id", "sender_name"):
        columns[name] = _where(room, None, columns[name])


def _owner(columns: Columns, people: People) -> None:
    """Give own messages that name no sender id the owner's."""
    own = _and(columns["from_me"], pc.is_null(columns["sender_id"]), pc.invert(_is_notice(columns)))
    unnamed = _and(own, pc.or_kleene(pc.is_null(columns["sender_name"]), pc.is_in(columns["sender_name"], _SELF)))
    if people.owner:
        name = people.name_of(people.owner)
        columns["sender_id"] = _where(own, people.owner, columns["sender_id"])
        columns["sender_name"] = _where(unnamed, name, columns["sender_name"]) if name else columns["sender_name"]
    else:
        columns["sender_id"] = _where(unnamed, ME, columns["sender_id"])
        columns["sender_name"] = _where(unnamed, None, columns["sender_name"])


def _events(columns: Columns, people: People, platform: str) -> None:
    """Read the notices: rows of a notice's kind, and sentences of nobody."""
    told = pc.is_in(columns["kind"], pa.array(["text", "other"]))
    heard = pc.or_(_nobody(columns), pc.fill_null(pc.match_substring(columns["text"], "拍了拍"), False))
    rows = pc.indices_nonzero(pc.or_(_is_notice(columns), _and(told, heard)))
    names = ("kind", "text", "sender_id", "sender_name")
    records = pa.Table.from_pydict({name: columns[name].take(rows) for name in (*names, "extra")}).to_pylist()
    interpreted = [_interpreted(record, people, platform) for record in records]
    for name, kind in _EVENT_FIELDS:
        columns[name] = pa.nulls(len(columns["kind"]), kind)
    for name in (*names, *(name for name, _ in _EVENT_FIELDS)):
        columns[name] = put(columns[name], rows, [record.get(name) for record in interpreted])


def _interpreted(record: Row, people: People, platform: str) -> Row:
    """A notice's row with its event; a row that is none, as it was."""
    kind, text, sender, shown = record["kind"], record["text"], record["sender_id"], record["sender_name"]
    notice = _read(record, people, platform)
    own_pat = notice is not None and notice.event == "patted" and notice.actor_name == shown
    if kind not in NOT_POSTS and (notice is None or ((sender or shown) and not own_pat)):
        return record  # what a member says is no notice, but for the sentence of a pat under the patter's own name
    notice = notice or Notice("other")
    event = _EVENT_OF_KIND.get(kind or "", "other") if notice.event == "other" else notice.event
    actor_name, actor_id = _member(notice.actor_name, notice.actor_id, people)
    if event == "patted" or actor_id is None:  # the sender of a notice, if it has one, is who did it
        known_name, known_id = _member(shown, sender, people)
        actor_name, actor_id = actor_name or known_name, known_id or actor_id
    names_ids = zip(notice.target_names, notice.target_ids, strict=True)
    targets = [_member(name, member_id, people) for name, member_id in names_ids]
    keeps_sender = event == "patted"
    return {
        "kind": _KIND_OF_EVENT.get(event, "system"),
        "text": text if notice.text is None else notice.text,
        "sender_id": sender if keeps_sender else None,
        "sender_name": shown if keeps_sender else None,
        "event": event,
        "actor_id": actor_id,
        "actor_name": actor_name,
        "target_ids": [member_id for _, member_id in targets] or None,
        "target_names": [name for name, _ in targets] or None,
    }


def _read(record: Row, people: People, platform: str) -> Notice | None:
    """The notice of a named action, a sentence or a document."""
    text, extra = record["text"], record["extra"]
    if extra and record["kind"] in NOT_POSTS and (notice := notices.from_action(extra, platform)):
        return notice
    if not text:
        return None
    if platform in SENTENCES:
        found = notices.from_sentence(text, people, platform)
    else:
        readers = (notices.from_sentence, notice_xml.from_document)
        first, second = reversed(readers) if text.lstrip().startswith("<") else readers
        found = first(text, people) or second(text, people)
    return found and notices.told_apart(found, people)


def _member(name: str | None, member_id: str | None, people: People) -> tuple[str | None, str | None]:
    """Name and id of somebody in a notice: ``name:…`` for the id where only the name is known."""
    if member_id == ME and people.owner:
        return people.name_of(people.owner), people.owner
    if member_id or not name:
        return name, member_id
    return name, people.id_of(name) or (name if _ID.fullmatch(name) else f"name:{nfc(name)}")


def _nobody(columns: Columns) -> pa.Array:
    """Where the record names no sender in any way."""
    anonymous = _and(pc.is_null(columns["sender_id"]), pc.is_null(columns["sender_name"]))
    return _and(anonymous, pc.invert(pc.fill_null(columns["from_me"], False)))


def _is_notice(columns: Columns) -> pa.Array:
    return pc.is_in(columns["kind"], pa.array(NOT_POSTS))


def _and(*conditions: pa.Array) -> pa.Array:
    """Where all conditions hold; null does not hold."""
    return reduce(pc.and_, (pc.fill_null(condition, False) for condition in conditions))


def _where(mask: pa.Array, value: str | None, column: pa.Array) -> pa.Array:
    """`column` with `value` where `mask`; the column itself where that is nowhere."""
    return pc.if_else(mask, pa.scalar(value, column.type), column) if pc.any(mask).as_py() else column
