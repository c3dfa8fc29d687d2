"""In WeFlow choose the group and export it as JSON, or as arkme JSON, which adds the member list with group nicknames.

Files of all builds are read:

    {"weflow": {"version": "1.0.3", "exportedAt": 1795283974, "generator": "WeFlow"},
     "session": {"wxid": "58192034417@chatroom", "displayName": "周末群", "type": "群聊", "messageCount": 2},
     "messages": [{"localId": 1, "createTime": 1732982408, "type": "引用消息", "localType": 244813135921,
       "content": "有,还差2个[引用 阿岚：东门集合]", "isSend": 0, "senderUsername": "wxid_aaa", "senderDisplayName": "Kevin Zhao",
       "platformMessageId": "2876…", "replyToMessageId": "2793…", "quotedContent": "东门集合", "quotedSender": "阿岚"}]}

Builds of 2026-01-17 have no header object, those of 2026-01-23 to -02 a ChatLab header, later ones ``weflow``.

Kept: group id, sender id and shown name, message id (since 2026-03), time to the second, type, text, the quoted message's id, words
and sender.

Lost by the exporter: who joined in structured join notices (``$names$`` stays unfilled), who patted whom, the body of 接龙 and of video
channel cards, captions of red packets, mentioned ids.
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

TITLE = Text("WeFlow JSON", "WeFlow JSON")

_COLUMNS = {
    "createTime": "double",
    "localType": "int64",
    "type": "string",
    "content": "string",
    "isSend": "int64",
    "senderUsername": "string",
    "senderDisplayName": "string",
    "senderID": "int64",
    "platformMessageId": "string",
    "replyToMessageId": "string",
    "quotedContent": "string",
    "quotedSender": "string",
    "appMsgDesc": "string",
    "emojiMd5": "string",
}
_LABELS = {
    "文本消息": "text",
    "图片消息": "image",
    "语音消息": "voice",
    "名片消息": "contact_card",
    "视频消息": "video",
    "动画表情": "sticker",
    "位置消息": "location",
    "链接消息": "link",
    "通话消息": "call",
    "系统消息": "system",
    "引用消息": "quote",
    "音乐消息": "music",
    "群公告": "announcement",
    "转账消息": "transfer",
    "文件消息": "file",
    "聊天记录": "forward",
    "小程序消息": "miniprogram",
}
"""Kinds of the Chinese labels, for rewritten files that have lost `localType`."""
_WORDLESS = ("text", "system")
_MEDIA = ("image", "voice", "video", "sticker")
_NOTICES = ("system", "pat", "recall")
_ROOM = "@chatroom"
_SIBLINGS = {"exportTime", "exportInfo", "chat_username", "export_info"}
"""Members of the documents of sibling tools: echotrace, CipherTalk, wechat-decrypt, wx-cli."""
_EARLIEST, _LATEST, _MS_FROM = 915_148_800, 4_102_444_800, 10**11


def sniff(head: Head) -> bool:
    """A ``weflow`` header; or a session with createTime messages, under a ChatLab header or none, that no sibling tool wrote."""
    first = head.first or {}
    if "weflow" in head.top:
        return "session" in head.top and (not first or "createTime" in first)
    own = first.get("senderUsername") is not None and "rawContent" not in first
    return own and "createTime" in first and "session" in head.top and not _SIBLINGS & set(head.top)


def read(source: Source) -> Iterator[Batch]:
    """The messages, and in arkme files the members."""
    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.places import raw_batch

    array = JsonArray(source, _COLUMNS)
    outline: Mapping[str, Any] = {}
    for records in array:
        if not outline and len(records.offsets):
            outline = _facts(source, array.outline, records)
        yield _batch(records, outline)
    if members := _members(array.outline):
        import numpy as np

        yield Batch(raw_batch(np.empty(0, np.int64)), members=members)


def _facts(source: Source, outline: dict[str, Any], records: Records) -> dict[str, Any]:
    """What stands outside the messages and is needed to read them, wherever it stands."""
    from qunkit.parsing.json_array import JsonArray

    numbered = records["senderID"].null_count < len(records.offsets)
    known = "session" in outline and ("senders" in outline or not numbered)
    return outline if known else JsonArray(source, {}).read_outline()


def _batch(records: Records, outline: Mapping[str, Any]) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.json_rows import instants

    session = _object(outline.get("session"))
    room, name = _text(session.get("wxid")), _text(session.get("displayName")) or _text(session.get("nickname"))
    records, epoch = records.timed(instants(records["createTime"]))
    sender_id, sender_name = _senders(records, outline)
    kind = _kinds(records)
    notice = _notices(kind, sender_id, room)
    nothing = pa.scalar(None, pa.string())
    columns = {
        "sender_id": pc.if_else(notice, nothing, sender_id),
        "sender_name": pc.if_else(notice, nothing, sender_name),
        "kind": kind,
        "text": records["content"],
        "quote_id": _known(records["replyToMessageId"]),
    }
    _undo(columns, records)
    return records.batch(
        epoch=epoch,
        group_id=room,
        group_name=name,
        native_id=_known(records["platformMessageId"]),
        native_type=records["localType"].cast(pa.string()),
        from_me=pc.not_equal(records["isSend"], 0),
        **columns,
    )


def _senders(records: Records, outline: Mapping[str, Any]) -> tuple[pa.Array, pa.Array]:
    """Id and shown name of each sender; arkme messages name a number of the list of senders."""
    import pyarrow as pa
    import pyarrow.compute as pc

    listed = {_number(one.get("senderID")): one for one in _objects(outline.get("senders"))}
    if not listed:
        return _known(records["senderUsername"]), _known(records["senderDisplayName"])
    at = pc.index_in(records["senderID"], value_set=pa.array(list(listed), pa.int64()))
    shown = [_text(one.get("groupNickname")) or _text(one.get("displayName")) for one in listed.values()]
    ids = pa.array([_text(one.get("wxid")) for one in listed.values()], pa.string())
    return ids.take(at), pa.array(shown, pa.string()).take(at)


def _notices(kind: pa.Array, sender_id: pa.Array, room: str | None) -> pa.Array:
    """Where nobody speaks: the room does; or, in a private chat, the other person is said to have "sent" a notice."""
    import pyarrow as pa
    import pyarrow.compute as pc

    other = pc.and_(pc.equal(sender_id, room or ""), pc.is_in(kind, value_set=pa.array(_NOTICES)))
    return pc.fill_null(pc.or_(pc.ends_with(sender_id, _ROOM), other), False)


def _kinds(records: Records) -> pa.Array:
    """From the type number; where that says nothing, from the label."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.kinds import wechat_kinds

    code = records["localType"]
    at = pc.index_in(records["type"], value_set=pa.array(list(_LABELS)))
    label = pa.array(list(_LABELS.values())).take(at)
    kind = wechat_kinds(code, pa.nulls(len(code), pa.int64()))
    return pc.coalesce(pc.if_else(pc.equal(kind, "other"), label, kind), label, kind)


def _undo(columns: dict[str, pa.Array], records: Records) -> None:
    """Undo the exporter's wording in the rows that can have any; ordinary texts and plain media cost nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.weflow_wording import Wording, undo

    kind, text = columns["kind"], columns["text"]
    empty = pc.fill_null(pc.and_(pc.is_in(kind, value_set=pa.array(_MEDIA)), pc.is_null(text)), False)
    columns["text"] = pc.if_else(empty, "", text)
    rows = pc.indices_nonzero(pc.invert(pc.or_(empty, pc.is_in(kind, value_set=pa.array(_WORDLESS)))))
    told = (kind, text, records["quotedSender"], records["quotedContent"], records["appMsgDesc"])
    found = [undo(*row) for row in zip(*(column.take(rows).to_pylist() for column in told), strict=True)]
    for name in Wording._fields:
        column = columns.get(name, pa.nulls(len(kind), pa.string()))
        columns[name] = put(column, rows, [getattr(wording, name) for wording in found])
    md5 = pc.binary_join_element_wise('{"md5":"', _known(records["emojiMd5"]), '"}', "")
    plain = pc.match_substring_regex(records["emojiMd5"], "^[0-9a-fA-F]{32}$")
    columns["extra"] = pc.coalesce(columns["extra"], pc.if_else(plain, md5, pa.scalar(None, pa.string())))


def _members(outline: Mapping[str, Any]) -> list[dict[str, object]]:
    """Rows of MEMBERS from arkme's list of senders and its complete list of members; the room itself is none."""
    room = _text(_object(outline.get("session")).get("wxid"))
    made = _number(_object(outline.get("weflow")).get("exportedAt")) or 0
    made = made // 1000 if made > _MS_FROM else made
    seen_at = made * 1000 if _EARLIEST <= made < _LATEST else None
    return [
        _member(one, complete, seen_at)
        for complete, listed in ((False, outline.get("senders")), (True, outline.get("groupMembers")))
        for one in _objects(listed)
        if _text(one.get("wxid")) not in (None, room)
    ]


def _member(one: Mapping[str, Any], complete: bool, seen_at: int | None) -> dict[str, object]:
    return {
        "member_id": _text(one.get("wxid")),
        "group_nickname": _text(one.get("groupNickname")),
        "nickname": _text(one.get("nickname")) or _text(one.get("displayName")),
        "remark": _text(one.get("remark")),
        "account": _text(one.get("alias")),
        "complete": complete,
        "seen_at": seen_at,
    }


def _known(column: pa.Array) -> pa.Array:
    """The same, empty strings as null."""
    from qunkit.parsing.csv import filled

    return filled(column)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
