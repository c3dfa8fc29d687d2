"""wx-cli JSON: a chat, or a page of it.

One JSON document. Its frame is always this; the members of an item differ between builds, and are known by any of several names:

    {"export_info": {"version": "1", "exported_at": 1733400000, "generator": "wx-cli"},
     "conversation": {"talker": "1@chatroom", "display_name": "读书会", "type": "group", "message_count": 1},
     "items": [{"server_id": "2755705033944784198", "create_time": 1732982302, "sender": "wxid_aaa", "sender_name": "凯文",
       "type": "text", "content": "早"}],
     "paging": {"has_more": false}}

Kept: group id and name, and of every item what it says of time, sender, type, text and message id. An item without a
time is rejected.

Lost: what wx-cli does not write: the messages that replies quote, and the list of members. A file of one page is that page only.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_text
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("wx-cli JSON", "wx-cli JSON")
HOW = Text("With wx-cli run its command for exporting a chat, as JSON.", "用 wx-cli 的导出聊天命令，格式选 JSON。")

_TIMES = ("create_time", "timestamp", "time")
_IDS = ("sender_id", "sender_wxid", "sender_username", "sender")
_NAMES = ("sender_name", "sender_display_name", "sender_nickname", "sender")
_TYPES = ("local_type", "type", "kind")
_TEXTS = ("content", "text")
_NATIVE_IDS = ("server_id", "msg_id")
_COLUMNS = dict.fromkeys((*_TIMES, *_IDS, *_NAMES, *_TYPES, *_TEXTS, *_NATIVE_IDS), "string")
_ID = r"^(?:[A-Za-z][-_A-Za-z0-9]{4,}|\d+@openim)$"


def sniff(head: Head) -> bool:
    """The names of the document's own members."""
    return {"export_info", "conversation"} <= set(head.top)


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.parsing.json_array import JsonArray

    array = JsonArray(source, _COLUMNS, key="items")
    chat: Mapping[str, Any] = {}
    for records in array:
        if not chat and len(records.offsets):
            known = "conversation" in array.outline
            outline = array.outline if known else JsonArray(source, {}, key="items").read_outline()
            told = outline.get("conversation")
            chat = told if isinstance(told, Mapping) else {}
        yield _batch(records, as_text(chat.get("talker")), as_text(chat.get("display_name")))


def _batch(records: Records, group_id: str | None, group_name: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    records, epoch = records.timed(_instants(_first(records, _TIMES)))
    code, native_id = _first(records, _TYPES), _first(records, _NATIVE_IDS)
    kind, sender_id = _kinds(code), _first(records, _IDS)
    is_id = pc.fill_null(pc.match_substring_regex(sender_id, _ID), False)
    room = pc.fill_null(pc.or_kleene(pc.ends_with(sender_id, "@chatroom"), pc.equal(kind, "system")), False)
    nothing = pa.scalar(None, pa.string())
    return records.batch(
        epoch=epoch,
        group_id=group_id,
        group_name=group_name,
        native_id=pc.if_else(pc.match_substring_regex(native_id, r"^[1-9]\d*$"), native_id, nothing),
        native_type=code,
        kind=pc.if_else(room, pc.coalesce(kind, pa.scalar("system")), kind),
        sender_id=pc.if_else(pc.and_(is_id, pc.invert(room)), sender_id, nothing),
        sender_name=pc.if_else(room, nothing, _first(records, _NAMES)),
        text=pc.coalesce(*(records[name] for name in _TEXTS)),
    )


def _first(records: Records, names: tuple[str, ...]) -> pa.Array:
    """Of several members that may say the same, the first that says anything."""
    import pyarrow.compute as pc

    from qunkit.parsing.csv import filled

    return pc.coalesce(*(filled(records[name]) for name in names))


def _instants(times: pa.Array) -> pa.Array:
    """Seconds, milliseconds or ISO 8601 with a zone, as milliseconds; null where it is none of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.json_rows import instants

    plain = pc.if_else(pc.match_substring_regex(times, r"^\d{1,15}(?:\.\d+)?$"), times, pa.scalar(None, pa.string()))
    written = pa.array(map(_iso, pc.if_else(pc.is_null(plain), times, None).to_pylist()), pa.int64())
    return pc.coalesce(instants(plain.cast(pa.float64())), written)


def _iso(text: str | None) -> int | None:
    try:
        told = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if told.tzinfo is None:
        return None
    return int((told - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def _kinds(code: pa.Array) -> pa.Array:
    """From WeChat's numbers, or from words that are the kind's own name; else null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.kinds import wechat_kinds
    from qunkit.parsing.csv import numbers
    from qunkit.schema import KINDS

    number = numbers(code)
    said = pc.if_else(pc.is_in(code, value_set=pa.array(list(KINDS))), code, pa.scalar(None, pa.string()))
    return pc.coalesce(wechat_kinds(number, pa.nulls(len(code), pa.int64())), said)
