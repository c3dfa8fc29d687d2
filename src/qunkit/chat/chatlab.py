"""ChatLab's standard exchange format: what its records mean, in a JSON document and as JSON lines alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.weflow_wording import Wording, undo
from qunkit.exports import Batch
from qunkit.parsing.csv import Records, filled
from qunkit.parsing.json_rows import instants

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
_ROOM_FIRST = r"^\d+@chatroom[\d:]*\s*"
"""What CipherTalk leaves of a notice's XML before its sentence, or of all of it: the room and the numbers of messages."""
_ROLES = ("owner", "admin")


def batch(records: Records, meta: Mapping[str, Any]) -> Batch:
    """Records of `COLUMNS` as a batch of RAW; `meta` is the file's header of that name."""
    room, platform = text_of(meta.get("groupId")), text_of(meta.get("platform")) or "wechat"
    records, epoch = records.timed(instants(records["timestamp"]))
    sender, notice = filled(records["sender"]), _from_the_room(records, room)
    nothing = pa.scalar(None, pa.string())
    shown = pc.coalesce(filled(records["groupNickname"]), filled(records["accountName"]))
    sentence = filled(pc.replace_substring_regex(records["content"], _ROOM_FIRST, "", max_replacements=1))
    columns = {"kind": _kinds(records, notice), "text": pc.if_else(notice, sentence, records["content"])}
    _undo(columns, records, notice)
    told = records.batch(
        epoch=epoch,
        group_id=room,
        group_name=text_of(meta.get("name")),
        native_id=filled(records["platformMessageId"]),
        native_type=records["type"].cast(pa.string()),
        sender_id=pc.if_else(notice, nothing, sender),
        sender_name=pc.if_else(notice, nothing, shown),
        quote_id=filled(records["replyToMessageId"]),
        **columns,
    )
    told.messages = told.messages.replace_schema_metadata({"platform": platform})
    return told


def members(listed: Iterable[Any], header: Mapping[str, Any]) -> list[dict[str, object]]:
    """Rows of MEMBERS from member records; the room itself, which some exporters list, is none.

    ``meta.ownerId`` is the group's owner. The list is of people who were seen, and need not be complete.
    """
    meta, made = object_of(header.get("meta")), object_of(header.get("chatlab")).get("exportedAt")
    return [
        _member(one, meta, made)
        for one in map(object_of, listed)
        if text_of(one.get("platformId")) not in (None, meta.get("groupId"))
    ]


def object_of(value: Any) -> Mapping[str, Any]:
    """A JSON object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def text_of(value: Any) -> str | None:
    """A string that is not empty, or None."""
    return str(value) if isinstance(value, str) and value else None


def _member(one: Mapping[str, Any], meta: Mapping[str, Any], made: Any) -> dict[str, object]:
    member = text_of(one.get("platformId"))
    listed = one.get("roles")
    roles = [object_of(role).get("id") for role in listed] if isinstance(listed, list) else []
    if member == text_of(meta.get("ownerId")):
        roles.append("owner")
    return {
        "member_id": member,
        "nickname": text_of(one.get("accountName")),
        "group_nickname": text_of(one.get("groupNickname")),
        "role": next((role for role in _ROLES if role in roles), "member" if roles else None),
        "complete": False,
        "seen_at": int(made) * 1000 if isinstance(made, int) else None,
    }


def _from_the_room(records: Records, room: str | None) -> pa.Array:
    """Where the sender is the room: a notice."""
    sender = records["sender"]
    rooms = pc.or_(pc.equal(sender, room or ""), pc.ends_with(sender, "@chatroom"))
    return pc.fill_null(rooms, False)


def _kinds(records: Records, notice: pa.Array) -> pa.Array:
    codes = pa.array(list(_KINDS), pa.int64())
    kind = pa.array(list(_KINDS.values())).take(pc.index_in(records["type"], value_set=codes))
    # what the room "sends" without being told a notice is the sentence of one: its kind follows from it
    unsaid = pc.and_(notice, pc.fill_null(pc.is_in(records["type"], value_set=pa.array([_LINK, _OTHER])), True))
    return pc.if_else(unsaid, "system", kind)


def _undo(columns: dict[str, pa.Array], records: Records, notice: pa.Array) -> None:
    """Take off exporters' wording in the rows that can have any; the wording decides where the type does not."""
    wordless = pc.fill_null(pc.is_in(columns["kind"], value_set=pa.array(_WORDLESS)), False)
    rows = pc.indices_nonzero(pc.invert(wordless))
    texts, codes = columns["text"].take(rows).to_pylist(), records["type"].take(rows).to_pylist()
    found = [undo(kind, text) for kind, text in zip(columns["kind"].take(rows).to_pylist(), texts, strict=True)]
    kinds = [wording.kind or ("link" if code == _LINK else "other") for wording, code in zip(found, codes, strict=True)]
    for name in Wording._fields:
        column = columns.get(name, pa.nulls(len(notice), pa.string()))
        values = kinds if name == "kind" else [getattr(wording, name) for wording in found]
        columns[name] = put(column, rows, values)
