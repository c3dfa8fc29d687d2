"""CipherTalk (密语) HTML.

The page holds the chat as a variable, or loads `data.js`, which does:

    window.CHAT_DATA = {"meta": {"sessionId": "58192034417@chatroom", "sessionName": "周末群", "isGroup": true},
      "members": [{"id": "wxid_aaa", "name": "Kevin Zhao"}],
      "messages": [{"timestamp": 1732982302, "sender": "wxid_aaa", "senderName": "Kevin Zhao", "type": 1, "content": "欢迎新朋友",
        "rawContent": "wxid_aaa:\\n欢迎新朋友", "isSend": false}]};

No such page was at hand: names of members and fields are read as CipherTalk's other exports and ChatLab call them, too.

Kept: group id, sender ids and shown names, instants, types; and what WeChat itself keeps, where the page has ``rawContent``.

Lost by the exporter: message ids (where they are there, their last digits), and group nicknames.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("CipherTalk HTML", "密语 CipherTalk HTML")
HOW = Text(
    "In CipherTalk (密语) choose the group and export it as HTML.",
    "在密语（CipherTalk）中选择群聊，导出为 HTML。",
)

_VARIABLE = "window.CHAT_DATA"
_TIME = ("timestamp", "createTime")
_SENDER = ("sender", "senderUsername")
_NAME = ("groupNickname", "senderName", "senderDisplayName", "accountName")
_COLUMNS = (
    dict.fromkeys(_TIME, "double")
    | dict.fromkeys((*_SENDER, *_NAME, "content", "rawContent", "type", "platformMessageId"), "string")
    | {"isSend": "bool"}
)
_ROOM_ID, _ROOM_NAME = ("sessionId", "groupId", "wxid"), ("sessionName", "name", "displayName")
_MEMBER_ID, _MEMBER_NAME = ("id", "platformId", "wxid"), ("name", "accountName", "nickname", "displayName")


def sniff(head: Head) -> bool:
    """A page, or a script, with CipherTalk's variable."""
    begin = head.text.lstrip()[:16].lower()
    return begin.startswith(("<!doctype html", "<html", "window.chat_data", "//", "/*")) and (
        f"{_VARIABLE} =" in head.text
    )


def read(source: Source) -> Iterator[Batch]:
    """The messages, and the members that the page lists."""
    import numpy as np

    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.places import raw_batch
    from qunkit.parsing.script import json_value

    value, none = json_value(source, _VARIABLE), np.empty(0, np.int64)
    part = int(value[0]), int(value[1])
    first, last = source.original(value).tolist()
    yield Batch(raw_batch(none), framing=[(0, first)] if first else [])
    if first < last:
        array = JsonArray(source, _COLUMNS, part=part)
        meta: Any = None
        for records in array:
            if meta is None and len(records.offsets):
                meta = array.outline.get("meta") or JsonArray(source, {}, part=part).read_outline().get("meta")
            yield _batch(records, meta if isinstance(meta, Mapping) else {})
        yield Batch(raw_batch(none), members=_members(array.outline.get("members")))
    if last < source.size:
        yield Batch(raw_batch(none), framing=[(last, source.size)])


def _batch(records: Records, meta: Mapping[str, Any]) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.weflow_wording import notices, untold
    from qunkit.parsing.csv import filled
    from qunkit.parsing.json_rows import instants

    room, name = _said(meta, _ROOM_ID), _said(meta, _ROOM_NAME)
    records, epoch = records.timed(instants(pc.coalesce(*(records[column] for column in _TIME))))
    nothing = pa.scalar(None, pa.string())
    sender, shown = _first(records, _SENDER), _first(records, _NAME)
    raw = filled(records["rawContent"])
    columns = untold(pc.coalesce(raw, records["content"]))
    pat = pc.fill_null(pc.match_substring(raw, "<patinfo>"), False)
    columns["kind"] = pc.if_else(pat, "pat", columns["kind"])
    notice = notices(columns["kind"], sender, room)
    return records.batch(
        epoch=epoch,
        group_id=room,
        group_name=name,
        native_id=filled(records["platformMessageId"]),
        sender_id=pc.if_else(notice, nothing, sender),
        sender_name=pc.if_else(notice, nothing, shown),
        native_type=records["type"],
        from_me=records["isSend"],
        **columns,
    )


def _first(records: Records, columns: tuple[str, ...]) -> pa.Array:
    """The first of the columns that says anything."""
    import pyarrow.compute as pc

    from qunkit.parsing.csv import filled

    return pc.coalesce(*(filled(records[column]) for column in columns))


def _members(listed: Any) -> list[dict[str, object]]:
    people = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    named = [(_said(one, _MEMBER_ID), _said(one, _MEMBER_NAME)) for one in people]
    return [
        {"member_id": member, "nickname": name, "complete": False}
        for member, name in named
        if member and not member.endswith("@chatroom")
    ]


def _said(facts: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of the facts that is a text."""
    return next((value for name in names if isinstance(value := facts.get(name), str) and value), None)
