"""ChatLab's standard exchange format: what its records mean, in a JSON document and as JSON lines alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.weflow_wording import Wording, sentences, undo
from qunkit.parsing.values import as_object

COLUMNS = {
    "sender": "string",
    "accountName": "string",
    "groupNickname": "string",
    "timestamp": "double",
    "type": "int64",
    "content": "string",
    "platformMessageId": "string",
    "replyToMessageId": "string",
}
_KINDS = {
    0: "text",
    1: "image",
    2: "voice",
    3: "video",
    4: "file",
    5: "sticker",
    8: "location",
    20: "red_packet",
    21: "transfer",
    22: "pat",
    23: "call",
    24: "miniprogram",
    25: "quote",
    26: "forward",
    27: "contact_card",
    80: "system",
    81: "recall",
}
_LINK, _OTHER = 7, 99
"""Types that exporters give to what they have no type for: there the wording decides."""
_WORDLESS = ("text", "system")
_MEDIA = ("image", "voice", "video", "sticker")
_NOTICES = ("system", "recall", "pat")
_FORWARDED = b'"chatRecords"'
_ROLES = ("owner", "admin")
_EARLIEST, _LATEST, _MS_FROM = 915_148_800, 4_102_444_800, 10**11


def columns(
    rows: pa.RecordBatch, meta: Mapping[str, Any], members: Collection[str]
) -> dict[str, pa.Array | str | None]:
    """Columns of RAW (but for offset and epoch) of records of `COLUMNS`.

    Args:
        rows: the records.
        meta: the file's header of that name.
        members: ids of those who are listed, as far as is known: a notice's sender who is not among them is none.
    """
    room = text_of(meta.get("groupId"))
    notice = _notices(rows, room, members)
    nothing = pa.scalar(None, pa.string())
    shown = pc.coalesce(_filled(rows["groupNickname"]), _filled(rows["accountName"]))
    from_room = _from_the_room(rows, room)
    told = {"kind": _kinds(rows, from_room), "text": pc.if_else(from_room, sentences(rows["content"]), rows["content"])}
    _undo(told, rows)
    return {
        "group_id": room,
        "group_name": text_of(meta.get("name")),
        "native_id": _filled(rows["platformMessageId"]),
        "native_type": rows["type"].cast(pa.string()),
        "sender_id": pc.if_else(notice, nothing, _filled(rows["sender"])),
        "sender_name": pc.if_else(notice, nothing, shown),
        "quote_id": _filled(rows["replyToMessageId"]),
        **told,
    }


def keep_forwarded(told: dict[str, pa.Array | str | None], records: pa.Array) -> None:
    """Put the messages of forwarded chat records, which some exporters add to a record, into the column `extra`.

    Args:
        told: columns of RAW, changed in place.
        records: each record's JSON, UTF-8 bytes.
    """
    kind, extra = told["kind"], told["extra"]
    forwarded = pc.fill_null(pc.equal(kind, "forward"), False)
    rows = pc.indices_nonzero(pc.and_(forwarded, pc.match_substring(pc.if_else(forwarded, records, b""), _FORWARDED)))
    told["extra"] = put(extra, rows, [_chat_records(raw) for raw in records.take(rows).to_pylist()])


def platform_of(meta: Mapping[str, Any]) -> str:
    """The chat service: what the header says, else WeChat."""
    return text_of(meta.get("platform")) or "wechat"


def members(listed: Iterable[Any], header: Mapping[str, Any]) -> list[dict[str, object]]:
    """Rows of MEMBERS from member records; the room itself, which some exporters list, is none.

    ``meta.ownerId`` is the group's owner. The list is of people who were seen, and need not be complete.
    """
    meta, made = as_object(header.get("meta")), _instant(as_object(header.get("chatlab")).get("exportedAt"))
    room, owner = meta.get("groupId"), text_of(meta.get("ownerId"))
    told = ((text_of(one.get("platformId")), one) for one in listed if isinstance(one, dict))
    return [_member(member, one, owner, made) for member, one in told if member is not None and member != room]


def text_of(value: Any) -> str | None:
    """A string that is not empty, or None."""
    return str(value) if isinstance(value, str) and value else None


def _member(member: str, one: Mapping[str, Any], owner: str | None, made: int | None) -> dict[str, object]:
    listed = one.get("roles")
    roles = [as_object(role).get("id") for role in listed] if isinstance(listed, list) else []
    if member == owner:
        roles.append("owner")
    return {
        "member_id": member,
        "nickname": text_of(one.get("accountName")),
        "group_nickname": text_of(one.get("groupNickname")),
        "role": next((role for role in _ROLES if role in roles), "member") if roles else None,
        "complete": False,
        "seen_at": made,
    }


def _instant(value: Any) -> int | None:
    """Seconds or milliseconds since 1970 as milliseconds; None: not between 1999 and 2100."""
    if not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > _MS_FROM else value
    return int(seconds * 1000) if _EARLIEST <= seconds < _LATEST else None


def _from_the_room(rows: pa.RecordBatch, room: str | None) -> pa.Array:
    """Where the sender is the room."""
    rooms = pc.or_(pc.equal(rows["sender"], room or ""), pc.ends_with(rows["sender"], "@chatroom"))
    return pc.fill_null(rooms, False)


def _notices(rows: pa.RecordBatch, room: str | None, members: Collection[str]) -> pa.Array:
    """Where nobody speaks: the room does, or somebody unknown of whom the type says that it is a notice."""
    codes = pa.array([code for code, kind in _KINDS.items() if kind in _NOTICES], pa.int64())
    unknown = pc.invert(pc.is_in(rows["sender"], value_set=pa.array(list(members), pa.string())))
    return pc.or_(_from_the_room(rows, room), pc.and_(pc.is_in(rows["type"], value_set=codes), unknown))


def _kinds(rows: pa.RecordBatch, from_room: pa.Array) -> pa.Array:
    kind = pa.array(list(_KINDS.values())).take(pc.index_in(rows["type"], value_set=pa.array(list(_KINDS), pa.int64())))
    # what the room "sends" without being told a notice is the sentence of one: its kind follows from it
    unsaid = pc.and_(from_room, pc.fill_null(pc.is_in(rows["type"], value_set=pa.array([_LINK, _OTHER])), True))
    return pc.if_else(unsaid, "system", kind)


def _undo(told: dict[str, pa.Array], rows: pa.RecordBatch) -> None:
    """Take off exporters' wording in the rows that can have any; the wording decides where the type does not."""
    empty = pc.and_(pc.is_in(told["kind"], value_set=pa.array(_MEDIA)), pc.is_null(told["text"]))
    told["text"] = pc.if_else(empty, "", told["text"])
    wordless = pc.or_(empty, pc.is_in(told["kind"], value_set=pa.array(_WORDLESS)))
    at = pc.indices_nonzero(pc.invert(wordless))
    texts, codes = told["text"].take(at).to_pylist(), rows["type"].take(at).to_pylist()
    said = list(zip(told["kind"].take(at).to_pylist(), texts, strict=True))
    wordings = {one: undo(*one) for one in set(said)}  # chats are full of the same placeholders
    found = [wordings[one] for one in said]
    kinds = [wording.kind or ("link" if code == _LINK else "other") for wording, code in zip(found, codes, strict=True)]
    for name in Wording._fields:
        column = told.get(name, pa.nulls(len(rows), pa.string()))
        values = kinds if name == "kind" else [getattr(wording, name) for wording in found]
        told[name] = put(column, at, values)


def _chat_records(raw: bytes) -> str | None:
    """The member chatRecords of a record as a JSON object of its own."""
    try:
        record, _ = json.JSONDecoder().raw_decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    told = {"chatRecords": record.get("chatRecords")}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _filled(texts: pa.Array) -> pa.Array:
    """The same, empty strings as null."""
    return pc.if_else(pc.not_equal(texts, ""), texts, pa.scalar(None, pa.string()))
