"""Telegram Desktop's `result.json`, of one chat or of all.

One chat:

    {"name": "周末群", "type": "private_supergroup", "id": 1589001122, "messages": [
      {"id": 8, "type": "service", "date": "2024-12-01T08:00:00", "date_unixtime": "1733011200", "actor": "Ann",
       "actor_id": "user71", "action": "invite_members", "members": ["Bob"], "text": "", "text_entities": []},
      {"id": 9, "type": "message", "date": "2024-12-01T08:01:10", "date_unixtime": "1733011270", "from": "Bob", "from_id": "user72",
       "reply_to_message_id": 7, "text": ["早 ", {"type": "link", "text": "https://a.example.invalid"}]}]}

All chats: ``{"about": …, "chats": {"about": …, "list": [chat, chat, …]}, "left_chats": {…}}``.

Kept: ids of groups, members and messages, times to the second, texts and captions, what a message answers, who is mentioned by a
link on the name, kinds, from whom a message was forwarded, who joined, was added, left or was removed.

Lost by the exporter: ids of those who were added or removed, and the sentences of notices. In a small group (type ``private_group``)
message ids are the exporting account's own numbers: do not mix exports of two accounts. Files before 2021 have no
``date_unixtime``; their times are the exporting computer's.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_object, as_written
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.chat.other_notices import Person
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("Telegram Desktop JSON", "Telegram 桌面版 JSON")
HOW = Text(
    "In Telegram Desktop open the group → ⋮ → Export chat history → Format: Machine-readable JSON. For all chats at "
    "once: Settings → Advanced → Export Telegram data, as JSON.",
    "在 Telegram Desktop 中打开群组 → ⋮ → 导出聊天记录 → 格式选“机器可读的 JSON”。一次导出全部聊天：设置 → 高级 → "
    "导出 Telegram 数据，格式选 JSON。",
)

_COLUMNS = {
    "id": "string",
    "type": "string",
    "date": "string",
    "date_unixtime": "double",
    "from": "string",
    "from_id": "string",
    "action": "string",
    "text": "string",
    "reply_to_message_id": "string",
    "reply_to_peer_id": "string",
    "media_type": "string",
    "photo": "string",
    "file": "string",
    "file_name": "string",
    "location_information.latitude": "double",
    "contact_information.first_name": "string",
    "contact_information.last_name": "string",
    "poll.question": "string",
    "place_name": "string",
    "address": "string",
    "title": "string",
    "forwarded_from": "string",
    "via_bot": "string",
    "sticker_emoji": "string",
}
_TYPES = (
    "personal_chat",
    "bot_chat",
    "saved_messages",
    "private_group",
    "private_supergroup",
    "public_supergroup",
    "private_channel",
    "public_channel",
)
_WITHIN = ("chats", "left_chats", "list")
_MEDIA = {
    "sticker": "sticker",
    "animation": "sticker",
    "voice_message": "voice",
    "video_message": "video",
    "video_file": "video",
    "audio_file": "music",
}
_HOLDERS = {
    "photo": "image",
    "location_information.latitude": "location",
    "contact_information.first_name": "contact_card",
    "poll.question": "other",
    "file": "file",
}
"""Members that only messages of a kind have."""
_PAYLOADS = {
    "file": ("file_name",),
    "location": ("place_name", "address"),
    "contact_card": ("contact_information.first_name", "contact_information.last_name"),
    "other": ("poll.question",),
}
"""Kind → what people read of it beside a caption."""
_NOTED = ("forwarded_from", "via_bot", "sticker_emoji")


def sniff(head: Head) -> bool:
    """One chat of a type that Telegram has, or a list of chats."""
    first = head.first or {"type": "message"}
    one = head.top.get("type") in _TYPES and "id" in head.top and first.get("type") in ("message", "service")
    return one or _has_many(head)


def read(source: Source) -> Iterator[Batch]:
    """The messages, chat after chat."""
    from qunkit.parsing.json_array import JsonArray

    many = _has_many(source.head)
    array = JsonArray(source, _COLUMNS, within=_WITHIN if many else ())
    for records in array:
        yield _batch(records, array.outline, many)


def _has_many(head: Head) -> bool:
    """Whether there is a list of chats; or, where contacts longer than the skim stand before it, Telegram's own opening words."""
    about = head.top.get("about")
    listed = any(isinstance(as_object(head.top.get(name)).get("list"), list) for name in ("chats", "left_chats"))
    return listed or (isinstance(about, str) and "Telegram" in about and "type" not in head.top)


def _batch(records: Records, chat: Mapping[str, Any], many: bool) -> Batch:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.csv import wall_clock
    from qunkit.parsing.json_rows import instants

    if many and "id" not in chat:  # behind damage: nobody knows whose messages these are
        records = records.without(np.ones(len(records.offsets), np.bool_), "bad-record")
    epoch, wall = instants(records["date_unixtime"]), wall_clock(records["date"])
    records, _ = records.timed(pc.coalesce(epoch, wall.cast(pa.int64())))
    epoch = instants(records["date_unixtime"])
    wall = pc.if_else(pc.is_valid(epoch), pa.scalar(None, pa.timestamp("ms")), wall_clock(records["date"]))
    notice = pc.fill_null(pc.equal(records["type"], "service"), False)
    nothing = pa.scalar(None, pa.string())
    columns = {"kind": _kinds(records, notice), "text": records["text"], "extra": _noted(records)}
    columns["mention_ids"] = pa.nulls(len(epoch), pa.list_(pa.string()))
    columns["sender_id"] = pc.if_else(notice, nothing, records["from_id"])
    columns["sender_name"] = pc.if_else(notice, nothing, records["from"])
    _join_texts(columns, records)
    _add_payloads(columns, records)
    actors = _tell_notices(columns, records, notice)
    group = {"group_id": as_written(chat.get("id")), "group_name": as_written(chat.get("name"))}
    batch = records.batch(
        epoch=epoch,
        wall=wall,
        **group,
        native_id=records["id"],
        native_type=pc.coalesce(records["media_type"], records["action"], records["type"]),
        quote_id=_quoted(records),
        **columns,
    )
    batch.messages = batch.messages.replace_schema_metadata({"platform": "telegram"})
    batch.members = [{**group, "member_id": one, "nickname": name} for name, one in dict.fromkeys(actors) if one]
    return batch


def _quoted(records: Records) -> pa.Array:
    """Id of the message that is answered, if it is one of this chat."""
    import pyarrow as pa
    import pyarrow.compute as pc

    elsewhere = pc.is_valid(records["reply_to_peer_id"])
    return pc.if_else(elsewhere, pa.scalar(None, pa.string()), records["reply_to_message_id"])


def _kinds(records: Records, notice: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = pa.scalar(None, pa.string())
    kind = pa.array(list(_MEDIA.values())).take(pc.index_in(records["media_type"], value_set=pa.array(list(_MEDIA))))
    for name, held in _HOLDERS.items():
        kind = pc.coalesce(kind, pc.if_else(pc.is_valid(records[name]), held, nothing))
    spoken = pc.if_else(pc.is_valid(_quoted(records)), "quote", "text")
    return pc.if_else(notice, "system", pc.coalesce(kind, spoken))


def _noted(records: Records) -> pa.Array:
    """What else a message says, as JSON objects."""
    import pyarrow as pa

    rows = zip(*(records[name].to_pylist() for name in _NOTED), strict=True)
    said = ({name: value for name, value in zip(_NOTED, row, strict=True) if value} for row in rows)
    return pa.array([json.dumps(one, ensure_ascii=False) if one else None for one in said], pa.string())


def _join_texts(columns: dict[str, pa.Array], records: Records) -> None:
    """Texts with links or names in them are lists of parts."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.parsing.json_rows import RECORD, loads, well_formed

    mixed = records.source.encoding == "mixed"
    rows = pc.indices_nonzero(pc.fill_null(pc.starts_with(columns["text"], "["), False))
    told = [loads(raw, mixed)["text"] for raw in records[RECORD].take(rows).to_pylist()]
    texts = [one if isinstance(one, str) else "".join(map(_words, one)) for one in told]
    named = [[] if isinstance(one, str) else list(filter(None, map(_named, one))) for one in told]
    columns["text"] = put(columns["text"], rows, [well_formed(text) for text in texts])
    columns["mention_ids"] = put(columns["mention_ids"], rows, [ids or None for ids in named])


def _words(part: object) -> str:
    return part if isinstance(part, str) else str(as_object(part).get("text") or "")


def _named(part: object) -> str | None:
    """The id of a member whose name in the text is a link."""
    one = as_object(part)
    return f"user{one['user_id']}" if one.get("type") == "mention_name" and one.get("user_id") else None


def _add_payloads(columns: dict[str, pa.Array], records: Records) -> None:
    """The name of a file, place or person, the question of a poll: the text, behind the caption if there is one."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put

    for kind, names in _PAYLOADS.items():
        rows = pc.indices_nonzero(pc.equal(columns["kind"], kind))
        told = (columns["text"], *(records[name] for name in names))
        parts = zip(*(column.take(rows).to_pylist() for column in told), strict=True)
        columns["text"] = put(columns["text"], rows, ["\n".join(filter(None, one)) for one in parts])


def _tell_notices(columns: dict[str, pa.Array], records: Records, notice: pa.Array) -> list[Person]:
    """Services say what was done, by whom and to whom; a call is somebody's. Returns who did it, with the ids that only these have."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.other_notices import told
    from qunkit.parsing.json_rows import RECORD, loads, well_formed

    mixed = records.source.encoding == "mixed"
    rows = pc.indices_nonzero(notice)
    said = [loads(raw, mixed) for raw in records[RECORD].take(rows).to_pylist()]
    actors = [(as_written(one.get("actor")), as_written(one.get("actor_id"))) for one in said]
    listed = [one.get("members") for one in said]
    targets = [[(as_written(name), None) for name in names] if isinstance(names, list) else [] for names in listed]
    actions = [as_written(one.get("action")) or "" for one in said]
    inviters = [as_written(one.get("inviter")) for one in said]
    notices = [
        (action, (inviter, None), [actor]) if inviter else (action, actor, members)
        for action, inviter, actor, members in zip(actions, inviters, actors, targets, strict=True)
    ]
    extra = [well_formed(told(*notice)) for notice in notices]
    columns["extra"] = put(columns["extra"], rows, extra)
    columns["text"] = put(columns["text"], rows, [as_written(one.get("title")) for one in said])
    calls = [action == "phone_call" for action in actions]
    at = [row for row, call in zip(rows.to_pylist(), calls, strict=True) if call]
    callers = [actor for actor, call in zip(actors, calls, strict=True) if call]
    columns["kind"] = put(columns["kind"], at, ["call"] * len(at))
    columns["text"] = put(columns["text"], at, [""] * len(at))
    columns["sender_name"] = put(columns["sender_name"], at, [name for name, _ in callers])
    columns["sender_id"] = put(columns["sender_id"], at, [member for _, member in callers])
    return actors
