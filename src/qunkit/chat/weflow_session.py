"""A chat as WeFlow's JSON has it, and that of its relatives EchoTrace and CipherTalk: a session, its messages, perhaps its members.

CipherTalk adds ``rawContent``, which is what WeChat itself keeps, XML and all; its ``content`` is nonsense for many types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.weflow_wording import kinds, notices, told
from qunkit.exports import Batch
from qunkit.parsing.csv import Records, filled
from qunkit.parsing.json_array import JsonArray
from qunkit.parsing.json_rows import instants
from qunkit.parsing.places import raw_batch
from qunkit.parsing.threads import side_by_side
from qunkit.parsing.values import as_object, as_objects, as_text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

_COLUMNS = {
    "createTime": "double",
    "localType": "int64",
    "type": "string",
    "content": "string",
    "rawContent": "string",
    "isSend": "int64",
    "senderUsername": "string",
    "senderDisplayName": "string",
    "groupNickname": "string",
    "senderID": "int64",
    "platformMessageId": "string",
    "replyToMessageId": "string",
    "quotedContent": "string",
    "quotedSender": "string",
    "appMsgDesc": "string",
    "emojiMd5": "string",
}
_SENTENCES = ("text", "system", "pat")
"""Kinds that WeChat keeps as plain sentences, too; any other is XML, or nothing to read."""
_MADE = (("weflow", "exportedAt"), ("exportInfo", "exportedAt"))
_EARLIEST, _LATEST, _MS_FROM = 915_148_800, 4_102_444_800, 10**11
_NOTHING = pa.scalar(None, pa.string())


def read(source: Source) -> Iterator[Batch]:
    """The messages, and the members that the file lists."""
    array = JsonArray(source, _COLUMNS)

    def outlined() -> Iterator[tuple[Records, Mapping[str, Any]]]:
        outline: Mapping[str, Any] = {}
        for records in array:
            if not outline and len(records.offsets):
                outline = _facts(source, array.outline, records)
            yield records, dict(outline)  # which goes on growing

    yield from side_by_side(_batch, outlined())
    if members := _members(array.outline):
        yield Batch(raw_batch(np.empty(0, np.int64)), members=members)


def _facts(source: Source, outline: dict[str, Any], records: Records) -> dict[str, Any]:
    """What stands outside the messages and is needed to read them, wherever it stands."""
    numbered = records["senderID"].null_count < len(records.offsets)
    known = "session" in outline and ("senders" in outline or not numbered)
    return outline if known else JsonArray(source, {}).read_outline()


def _batch(block: tuple[Records, Mapping[str, Any]]) -> Batch:
    records, outline = block
    session = as_object(outline.get("session"))
    room, name = as_text(session.get("wxid")), as_text(session.get("displayName")) or as_text(session.get("nickname"))
    records, epoch = records.timed(instants(records["createTime"]))
    sender_id, sender_name = _senders(records, outline)
    kind = kinds(records["localType"], records["type"])
    notice = notices(kind, sender_id, room)
    raw, is_raw = records["rawContent"], _has_raw(kind, records["rawContent"])
    words = pc.if_else(is_raw, _NOTHING, records["content"])
    columns = told(kind, words, *(records[column] for column in ("quotedSender", "quotedContent", "appMsgDesc")))
    columns["text"] = pc.if_else(is_raw, raw, columns["text"])
    columns["extra"] = _with_md5(columns["extra"], records["emojiMd5"])
    return records.batch(
        epoch=epoch,
        group_id=room,
        group_name=name,
        native_id=filled(records["platformMessageId"]),
        sender_id=pc.if_else(notice, _NOTHING, sender_id),
        sender_name=pc.if_else(notice, _NOTHING, sender_name),
        native_type=records["localType"].cast(pa.string()),
        quote_id=pc.if_else(is_raw, _NOTHING, filled(records["replyToMessageId"])),
        from_me=pc.not_equal(records["isSend"], 0),
        **columns,
    )


def _senders(records: Records, outline: Mapping[str, Any]) -> tuple[pa.Array, pa.Array]:
    """Id and shown name of each sender; arkme messages name a number of the list of senders."""
    listed = {_number(one.get("senderID")): one for one in as_objects(outline.get("senders"))}
    if not listed:
        shown = pc.coalesce(filled(records["groupNickname"]), filled(records["senderDisplayName"]))
        return filled(records["senderUsername"]), shown
    at = pc.index_in(records["senderID"], value_set=pa.array(list(listed), pa.int64()))
    shown = [as_text(one.get("groupNickname")) or as_text(one.get("displayName")) for one in listed.values()]
    ids = pa.array([as_text(one.get("wxid")) for one in listed.values()], pa.string())
    return ids.take(at), pa.array(shown, pa.string()).take(at)


def _has_raw(kind: pa.Array, raw: pa.Array) -> pa.Array:
    """Where WeChat's own text is there, and can be read."""
    readable = pc.or_(pc.is_in(kind, value_set=pa.array(_SENTENCES)), pc.match_substring(raw, "<"))
    return pc.fill_null(pc.and_(pc.not_equal(raw, ""), readable), False)


def _with_md5(extra: pa.Array, md5: pa.Array) -> pa.Array:
    """`extra`, and where it is null the MD5 of a sticker."""
    found = pc.binary_join_element_wise('{"md5":"', filled(md5), '"}', "")
    plain = pc.match_substring_regex(md5, "^[0-9a-fA-F]{32}$")
    return pc.coalesce(extra, pc.if_else(plain, found, _NOTHING))


def _members(outline: Mapping[str, Any]) -> list[dict[str, object]]:
    """Rows of MEMBERS from arkme's list of senders and a complete list of members; the room itself is none."""
    room = as_text(as_object(outline.get("session")).get("wxid"))
    times = [_number(as_object(outline.get(header)).get(name)) for header, name in _MADE]
    made = next(filter(None, times), 0)
    made = made // 1000 if made > _MS_FROM else made
    seen_at = made * 1000 if _EARLIEST <= made < _LATEST else None
    return [
        _member(one, complete, seen_at)
        for complete, listed in ((False, outline.get("senders")), (True, outline.get("groupMembers")))
        for one in as_objects(listed)
        if as_text(one.get("wxid")) not in (None, room)
    ]


def _member(one: Mapping[str, Any], complete: bool, seen_at: int | None) -> dict[str, object]:
    return {
        "member_id": as_text(one.get("wxid")),
        "group_nickname": as_text(one.get("groupNickname")),
        "nickname": as_text(one.get("nickname")) or as_text(one.get("displayName")),
        "remark": as_text(one.get("remark")),
        "account": as_text(one.get("alias")),
        "complete": complete,
        "seen_at": seen_at,
    }


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
