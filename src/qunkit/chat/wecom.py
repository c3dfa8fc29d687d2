"""WeCom's message archive (会话内容存档): what its decrypted records mean, in a JSON array and as JSON lines alike.

    {"msgid": "7_1", "action": "send", "from": "ZhangSan", "tolist": ["LiSi"], "roomid": "wr1", "msgtime": 1547087894783,
     "msgtype": "text", "text": {"content": "早"}}

A record's body is the member that its type names, or one of few others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.parsing.csv import Records, filled
from qunkit.parsing.json_rows import RECORD, instants, loads, well_formed
from qunkit.parsing.places import raw_batch
from qunkit.parsing.values import as_object, as_objects
from qunkit.schema import KINDS
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

ENCRYPTED = Text("the records are still encrypted", "记录尚未解密")
DECRYPT = Text(
    "Decrypt them with the archive's private key, and keep each as JSON, alone or as the member `decrypted` beside its seq.",
    "请先用会话内容存档的私钥解密，再将每条记录存为 JSON：单独一条，或作为 seq 旁的 `decrypted` 字段。",
)

_MEMBERS = {
    "msgid": "string",
    "action": "string",
    "from": "string",
    "tolist": "list",
    "roomid": "string",
    "msgtime": "double",
    "msgtype": "string",
    "text.content": "string",
}
_ARRAY = re.compile(r'\s*(?:\[|\{[^{\[]*"chatdata"\s*:)')
_INNER = "decrypted"
"""The member that holds the record, where a program keeps it beside what it was decrypted from."""
_ENCRYPTED = "encrypt_chat_msg"
_KINDS = {
    "text": "text",
    "markdown": "text",
    "image": "image",
    "voice": "voice",
    "video": "video",
    "emotion": "sticker",
    "file": "file",
    "qydiskfile": "file",
    "voip_doc_share": "file",
    "link": "link",
    "news": "link",
    "docmsg": "link",
    "weapp": "miniprogram",
    "location": "location",
    "card": "contact_card",
    "sphfeed": "channels",
    "chatrecord": "forward",
    "redpacket": "red_packet",
    "external_redpacket": "red_packet",
    "meeting_voice_call": "call",
    "voiptext": "call",
    "revoke": "recall",
    "agree": "system",
    "disagree": "system",
}
"""Kinds of the types; what is not here (todo, vote, collect, meeting, calendar, what is new) is "other"."""
_MEDIA = ("image", "voice", "video", "sticker")
_BODIES = ("info", "doc", "redpacket", "agree", "disagree")
"""Members that hold the body where none is called as the type is."""
_WORDS: dict[str, tuple[str, ...]] = {
    "link": ("title", "link_url"),
    "news": ("title", "url"),
    "docmsg": ("title", "link_url"),
    "file": ("filename",),
    "qydiskfile": ("filename",),
    "voip_doc_share": ("filename",),
    "weapp": ("title",),
    "card": ("corpname",),
    "sphfeed": ("feed_desc",),
    "chatrecord": ("title",),
    "redpacket": ("wish",),
    "external_redpacket": ("wish",),
    "todo": ("title", "content"),
    "vote": ("votetitle",),
    "collect": ("title",),
    "meeting": ("topic",),
    "calendar": ("title",),
    "markdown": ("content",),
    "text": ("content",),
}
"""Members of a body that people read, a line each."""
_MORE = {
    "md5sum": "md5",
    "filesize": "bytes",
    "play_length": "seconds",
    "description": "description",
    "displayname": "app",
    "address": "label",
    "longitude": "x",
    "latitude": "y",
    "userid": "username",
    "sph_name": "author",
    "pre_msgid": "recalls",
}
"""Members of a body that are kept beside the text, and their names in `extra`."""
_QUOTE = re.compile(
    r'(?:这是一条)?引用(?:/回复消息)?[：:]\s*+["“]?(?:(?P<sender>[^：:\n]{1,64})[：:]\s*+)?(?P<quoted>.*?)\n-{6}\n(?P<text>.*)',
    re.DOTALL,
)
_QUOTE_RULE = "\n------\n"


class _Said(NamedTuple):
    """What a record says: columns of RAW."""

    text: str | None
    kind: str
    extra: str | None = None


def wrapped(head: Head) -> bool | None:
    """Whether records stand in a member of their own, beside what they were decrypted from; None: no records of the archive.

    Records that are still encrypted are records of the archive.
    """
    first = _first(head)
    inner = first.get(_INNER)
    if isinstance(inner, dict) and _is_record(inner):
        return True
    return False if _is_record(first) or {"msgid", _ENCRYPTED} <= set(first) else None


def is_array(head: Head) -> bool:
    """Whether the records are elements of an array, not lines."""
    return _ARRAY.match(head.text) is not None


def columns(source: Source) -> dict[str, str]:
    """Wanted members of a record and their types, for `parsing`.

    Raises:
        UnreadableExport: the records are encrypted.
    """
    if wrapped(source.head) is False and not _is_record(_first(source.head)):
        raise UnreadableExport(path=source.label, why=ENCRYPTED, hint=DECRYPT)
    prefix = f"{_INNER}." if wrapped(source.head) else ""
    return {prefix + name: type_ for name, type_ in _MEMBERS.items()}


def batches(found: Iterable[Records]) -> Iterator[Batch]:
    """The messages; last of all everyone who sent or was sent any in a group, with the time of the last one."""
    seen: dict[tuple[str, str], int] = {}
    for records in found:
        inner = records.rows.schema.names[0].startswith(_INNER)
        names = [name.removeprefix(f"{_INNER}.") for name in records.rows.schema.names]
        yield _batch(replace(records, rows=records.rows.rename_columns(names)), inner, seen)
    members: list[dict[str, object]] = [
        {"group_id": room, "member_id": member, "complete": False, "seen_at": time}
        for (room, member), time in sorted(seen.items())
    ]
    if members:
        yield Batch(_of_wecom(raw_batch(np.empty(0, np.int64))), members=members)


def _batch(records: Records, inner: bool, seen: dict[tuple[str, str], int]) -> Batch:
    records = records.framed(_mask(pc.equal(records["action"], "switch")))  # who uses the archive: no message
    records = records.without(_mask(pc.is_null(filled(records["msgtype"]))), "bad-record")
    records = records.without(_mask(pc.is_null(filled(records["from"]))), "no-sender")
    records, epoch = records.timed(instants(records["msgtime"]))
    room = filled(records["roomid"])
    _see(seen, room, records, epoch)
    batch = records.batch(
        epoch=epoch,
        group_id=room,
        group_name=_pairs(room, records),
        native_id=filled(records["msgid"]),
        native_type=records["msgtype"],
        sender_id=records["from"],
        **_said(records, inner),
    )
    batch.messages = _of_wecom(batch.messages)
    return batch


def _first(head: Head) -> Mapping[str, Any]:
    """The first record; a file of one line with a list in it looks like a document without records."""
    if head.first is not None:
        return head.first
    try:
        return as_object(json.loads(head.first_line))
    except (ValueError, RecursionError):
        return {}


def _is_record(one: Mapping[str, Any]) -> bool:
    return "msgid" in one and ({"action", "from", "msgtype"} <= set(one) or one.get("action") == "switch")


def _of_wecom(messages: pa.RecordBatch) -> pa.RecordBatch:
    return messages.replace_schema_metadata({"platform": "wecom"})


def _mask(condition: pa.Array) -> npt.NDArray[np.bool_]:
    mask: npt.NDArray[np.bool_] = pc.fill_null(condition, False).to_numpy(zero_copy_only=False)
    return mask


def _pairs(room: pa.Array, records: Records) -> pa.Array:
    """Names of the chats of two, which have no id: their ids, so that both directions are one chat."""
    rows = pc.indices_nonzero(pc.is_null(room))
    told = zip(records["from"].take(rows).to_pylist(), records["tolist"].take(rows).to_pylist(), strict=True)
    names = ["、".join(sorted({sender, *filter(None, others or ())})) for sender, others in told]
    return put(pa.nulls(len(room), pa.string()), rows, names)


def _see(seen: dict[tuple[str, str], int], room: pa.Array, records: Records, epoch: pa.Array) -> None:
    """Note when each member of each group was seen last: senders, and those who were sent a message."""
    others = records["tolist"]
    at = pc.list_parent_indices(others)
    columns = [
        pa.concat_arrays([room, room.take(at)]),
        pa.concat_arrays([records["from"], pc.list_flatten(others)]),
        pa.concat_arrays([epoch, epoch.take(at)]),
    ]
    told = pa.table(columns, ["room", "member", "time"]).filter(pc.is_valid(columns[0]))
    for one in told.group_by(["room", "member"], use_threads=False).aggregate([("time", "max")]).to_pylist():
        if one["member"]:
            who = (one["room"], one["member"])
            seen[who] = max(one["time_max"], seen.get(who, 0))


def _said(records: Records, inner: bool) -> dict[str, pa.Array]:
    """Kind, text, quote and extra; Python reads the bodies of what is not plain text, and texts with a quote's rule."""
    types, text = records["msgtype"], records["text.content"]
    plain = _mask(pc.equal(types, "text"))
    rows = pc.indices_nonzero(pa.array(~plain))
    mixed = records.source.encoding == "mixed"
    found = [
        _read(type_, _loaded(raw, mixed), inner)
        for type_, raw in zip(types.take(rows).to_pylist(), records[RECORD].take(rows).to_pylist(), strict=True)
    ]
    told = {"kind": pa.repeat("text", len(text)), "text": pc.if_else(pa.array(plain), text, None)}
    told |= {name: pa.nulls(len(text), pa.string()) for name in ("extra", "quote_sender", "quote_text")}
    for name in _Said._fields:
        told[name] = put(told[name], rows, [getattr(said, name) for said in found])
    ruled = pc.indices_nonzero(pc.and_(pa.array(plain), pc.fill_null(pc.match_substring(text, _QUOTE_RULE), False)))
    quotes = [_QUOTE.fullmatch(one) for one in text.take(ruled).to_pylist()]
    ruled = ruled.filter(pa.array([quote is not None for quote in quotes], pa.bool_()))
    cut = [(_unquoted(quote["quoted"]), quote["sender"], quote["text"]) for quote in quotes if quote]
    for place, name in enumerate(("quote_text", "quote_sender", "text")):
        told[name] = put(told[name], ruled, [(one[place] or None) if place < 2 else one[place] for one in cut])
    told["kind"] = put(told["kind"], ruled, ["quote"] * len(cut))
    return told


def _unquoted(text: str) -> str:
    """Without the mark at its end, and blanks behind it."""
    text = text.rstrip()
    return text[:-1] if text.endswith(('"', "”")) else text


def _loaded(raw: bytes, mixed: bool) -> Mapping[str, Any]:
    """A record that was read once already, so it is sound."""
    return as_object(loads(raw, mixed))


def _read(type_: str, record: Mapping[str, Any], inner: bool) -> _Said:
    """A record that is not plain text."""
    record = as_object(record.get(_INNER)) if inner else record
    body = as_object(next((record[name] for name in (type_, *_BODIES) if name in record), None))
    if type_ == "mixed":
        return _mixed(body)
    kind = _KINDS.get(type_, "other")
    return _Said(_words(type_, body) or ("" if kind in _MEDIA else None), kind, _extra(body))


def _mixed(body: Mapping[str, Any]) -> _Said:
    """Text and pictures in one message: the text, and the kind of the first item where there is none."""
    items = _items(body)
    words = [_words(type_, item) for type_, item in items]
    text = "\n".join(filter(None, (one.strip("\n") for one in words)))
    kinds = [_KINDS.get(type_, "other") for type_, _ in items]
    kind = "text" if "text" in kinds and text else next(iter(kinds), "other")
    return _Said(text, kind)


def _words(type_: str, body: Mapping[str, Any]) -> str:
    """What people read of a body."""
    if type_ == "location":
        return _text(body.get("title")) or _text(body.get("address"))
    if type_ == "voiptext":
        seconds = _number(body.get("callduration"))
        return f"{seconds // 60:02}:{seconds % 60:02}" if seconds else ""
    lines = [_text(body.get(name)) for name in _WORDS.get(type_, ())]
    if type_ == "news":
        lines = [_text(one.get(name)) for one in as_objects(body.get("item")) for name in _WORDS["news"]]
    if type_ == "vote":
        lines += [_text(one) for one in body.get("voteitem") or ()] if isinstance(body.get("voteitem"), list) else []
    if type_ == "collect":
        lines += [_text(one.get("ques")) for one in as_objects(body.get("details"))]
    if type_ == "chatrecord":
        lines += [_line(kind, item) for kind, item in _items(body)]
    return "\n".join(filter(None, lines))


def _line(type_: str, item: Mapping[str, Any]) -> str:
    """An item of a forwarded record; what it holds on its own is not told again."""
    kind = KINDS[_KINDS.get(type_, "other")].zh
    return _text(item.get("content")) if type_ == "text" else _text(item.get("title")) or f"[{kind}]"


def _items(body: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Type and body of each item; its content is JSON in a string. ChatRecordText is the type text."""
    found = []
    for item in as_objects(body.get("item")):
        type_ = _text(item.get("type")).removeprefix("ChatRecord").lower()
        found.append((type_, _content(_text(item.get("content")))))
    return found


def _content(text: str) -> Mapping[str, Any]:
    """An item's content; what is no JSON is the words themselves."""
    try:
        value = loads(text.encode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError, MemoryError):
        return {"content": text}
    return value if isinstance(value, dict) else {"content": text}


def _extra(body: Mapping[str, Any]) -> str | None:
    """What a body says beside its words, as JSON."""
    more = {name: _text(body.get(member)) for member, name in _MORE.items() if _text(body.get(member))}
    return json.dumps(more, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if more else None


def _text(value: Any) -> str:
    """A string, or a number as it is written."""
    return well_formed(str(value)) if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else 0
