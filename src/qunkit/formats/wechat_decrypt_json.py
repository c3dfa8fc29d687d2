"""wechat-decrypt JSON: one file for each database that holds part of the chat.

It writes `export/<chat>/message_N.db.json`; the files become one group:

    {"chat_username": "1@chatroom", "display_name": "读书会", "is_group": true, "message_count": 2,
     "messages": [{"local_id": 7, "server_id": 2755705033944784198, "type": 1, "type_name": "文本", "sort_seq": 1732982302000,
       "sender_username": "wxid_aaa", "sender": "凯文", "create_time": 1732982302, "time_str": "2024-11-30 23:58:22", "status": 3,
       "content": "wxid_aaa:\\n早", "display_content": "早", "is_system": false, "is_received": true}]}

Kept: group id, sender ids and names, message ids, time to the second, and every message as WeChat stores it, XML and
all: what a reply quotes, relays, announcements, who joined with ids.

Lost: group nicknames where the exporter shows another name, and the list of members.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_text
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("wechat-decrypt JSON", "wechat-decrypt JSON")
HOW = Text(
    "In wechat-decrypt (ylytdeng/wechat-decrypt and its forks) run `export_messages.py`. Give the folder "
    "`export/<chat>` that it writes.",
    "在 wechat-decrypt（ylytdeng/wechat-decrypt 及其分支）中运行 `export_messages.py`。导入它写出的 `export/<群名>` "
    "文件夹。",
)

_COLUMNS = {
    "server_id": "string",
    "type": "int64",
    "sender_username": "string",
    "sender": "string",
    "create_time": "double",
    "content": "string",
    "display_content": "string",
    "is_system": "bool",
    "is_received": "bool",
}
_SELF = ("我", "me")


def sniff(head: Head) -> bool:
    """The names of the document's own members, and messages with create_time (or none)."""
    own = {"chat_username", "message_count"} <= set(head.top)
    return own and (head.first is None or "create_time" in head.first)


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.parsing.json_array import JsonArray

    array = JsonArray(source, _COLUMNS)
    chat: Mapping[str, Any] = {}
    for records in array:
        if not chat and len(records.offsets):
            chat = array.outline if "chat_username" in array.outline else JsonArray(source, {}).read_outline()
        yield _batch(records, as_text(chat.get("chat_username")), as_text(chat.get("display_name")))


def _batch(records: Records, group_id: str | None, group_name: str | None) -> Batch:
    """The batch. The text is the message as WeChat stores it: its XML and its sender's prefix are read where all formats' are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.kinds import wechat_kinds
    from qunkit.parsing.csv import filled
    from qunkit.parsing.json_rows import instants

    records, epoch = records.timed(instants(records["create_time"]))
    code, name = records["type"], filled(records["sender"])
    kind = wechat_kinds(code, pa.nulls(len(code), pa.int64()))
    kind = pc.if_else(pc.fill_null(records["is_system"], False), "system", kind)
    notice = pc.fill_null(pc.equal(kind, "system"), False)
    mine = pc.invert(pc.fill_null(records["is_received"], True))
    own_name = pc.is_in(name, value_set=pa.array(_SELF))
    from_me = pc.and_(pc.or_(mine, own_name), pc.invert(notice))
    native_id = records["server_id"]
    nothing = pa.scalar(None, pa.string())
    return records.batch(
        epoch=epoch,
        group_id=group_id,
        group_name=group_name,
        native_id=pc.if_else(pc.match_substring_regex(native_id, r"^[1-9]\d*$"), native_id, nothing),
        native_type=code.cast(pa.string()),
        kind=kind,
        sender_id=pc.if_else(notice, nothing, filled(records["sender_username"])),
        sender_name=pc.if_else(pc.or_(notice, pc.and_(from_me, own_name)), nothing, name),
        text=pc.coalesce(filled(records["content"]), records["display_content"]),
        from_me=from_me,
    )
