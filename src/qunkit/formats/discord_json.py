"""DiscordChatExporter JSON: a channel, `Server - Category - channel [id].json`.

    {"guild": {"id": "870…", "name": "读书会"}, "channel": {"id": "871…", "type": "GuildTextChat", "category": "文字频道", "name": "周末"},
     "exportedAt": "2024-12-05T10:00:00.1234567+00:00", "messages": [
      {"id": "1312…", "type": "Reply", "timestamp": "2024-12-01T00:01:10.123+00:00", "content": "好的", "author": {"id": "801…",
       "name": "kevin", "nickname": "凯文", "isBot": false}, "attachments": [], "mentions": [], "reference": {"messageId": "1311…"}}]}

Kept: ids of channel, members and messages, times, texts, what a message answers, who is mentioned, names and kinds of attached
files, who joined, was added or removed, pins and new names. A channel is a group.

Lost: edits before the last, reactions, polls, and the contents of embedded cards.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_object, as_objects, as_written
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("DiscordChatExporter JSON", "DiscordChatExporter JSON")
HOW = Text(
    "With DiscordChatExporter (Tyrrrz) choose the channel and the format JSON.",
    "用 DiscordChatExporter（Tyrrrz）选择频道，格式选 JSON。",
)

_COLUMNS = {
    "id": "string",
    "type": "string",
    "timestamp": "string",
    "content": "string",
    "author.id": "string",
    "author.name": "string",
    "author.nickname": "string",
    "author.isBot": "bool",
    "reference.messageId": "string",
}
_SAID = ("Default", "Reply", "20", "21", "23")
"""Types that are people's messages: said, answered, commands, first words of a thread. A Call is somebody's, too; the others are notices."""
_MORE = r'"(?:attachments|stickers|mentions)"\s*:\s*\[\s*\{'
_EVERYONE = r"(?:^|[^\w.])@(?:everyone|here)\b"


def sniff(head: Head) -> bool:
    """A guild and a channel around messages with an author."""
    first = head.first or {"author": None}
    return {"guild", "channel"} <= set(head.top) and "author" in first


def read(source: Source) -> Iterator[Batch]:
    """The messages of the channel."""
    from qunkit.parsing.json_array import JsonArray

    array = JsonArray(source, _COLUMNS)
    for records in array:
        yield _batch(records, array.outline)


def _batch(records: Records, outline: Mapping[str, Any]) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.csv import filled
    from qunkit.parsing.times import read_times

    times = read_times(records["timestamp"])
    zoned = pc.if_else(times.is_wall, pa.scalar(None, pa.int64()), times.milliseconds)
    records, epoch = records.timed(zoned)
    spoken = pc.is_in(records["type"], value_set=pa.array([*_SAID, "Call"]))
    answers = pc.and_(pc.is_in(records["type"], value_set=pa.array(_SAID)), pc.is_valid(records["reference.messageId"]))
    nothing = pa.scalar(None, pa.string())
    said = pc.if_else(answers, "quote", pc.if_else(pc.equal(records["type"], "Call"), "call", "text"))
    columns = {
        "kind": pc.if_else(spoken, said, "system"),
        "text": records["content"],
        "extra": pc.if_else(pc.fill_null(records["author.isBot"], False), '{"bot":true}', nothing),
        "mention_ids": pa.nulls(len(epoch), pa.list_(pa.string())),
    }
    _add(columns, records, spoken)
    guild, channel = as_object(outline.get("guild")), as_object(outline.get("channel"))
    batch = records.batch(
        epoch=epoch,
        group_id=as_written(channel.get("id")),
        group_name=" - ".join(filter(None, (as_written(guild.get("name")), as_written(channel.get("name"))))) or None,
        native_id=records["id"],
        native_type=records["type"],
        sender_id=pc.if_else(spoken, records["author.id"], nothing),
        sender_name=pc.if_else(
            spoken, pc.coalesce(filled(records["author.nickname"]), records["author.name"]), nothing
        ),
        quote_id=pc.if_else(answers, records["reference.messageId"], nothing),
        **columns,
    )
    batch.messages = batch.messages.replace_schema_metadata({"platform": "discord"})
    return batch


def _add(columns: dict[str, pa.Array], records: Records, spoken: pa.Array) -> None:
    """Files, mentions and notices, of the records that have any."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.parsing.json_rows import RECORD, loads

    held = pc.match_substring_regex(records[RECORD], _MORE)
    everyone = pc.fill_null(pc.match_substring_regex(columns["text"], _EVERYONE), False)
    rows = pc.indices_nonzero(pc.or_(pc.invert(spoken), pc.or_(held, everyone)))
    mixed = records.source.encoding == "mixed"
    told = [loads(raw, mixed) for raw in records[RECORD].take(rows).to_pylist()]
    names = ("kind", "text", "extra")
    known = zip(*(columns[name].take(rows).to_pylist() for name in names), strict=True)
    found = [_told(one, *rest) for one, rest in zip(told, known, strict=True)]
    for at, name in enumerate(names):
        columns[name] = put(columns[name], rows, [one[at] for one in found])
    calls = everyone.take(rows).to_pylist()
    columns["mention_ids"] = put(columns["mention_ids"], rows, list(map(_mentioned, told, calls)))


def _told(one: Mapping[str, Any], kind: str, text: str | None, extra: str | None) -> tuple[str, str | None, str | None]:
    """Kind, text and extra of a message with files or stickers, or of a notice."""
    from qunkit.chat import discord
    from qunkit.chat.other_notices import told
    from qunkit.parsing.json_rows import well_formed

    if kind == "system":
        people = [_person(member) for member in as_objects(one.get("mentions"))]
        return (
            kind,
            text,
            well_formed(told(as_written(one.get("type")) or "", _person(as_object(one.get("author"))), people)),
        )
    files = [as_written(file.get("fileName")) or "" for file in as_objects(one.get("attachments"))]
    stickers = [as_written(sticker.get("name")) for sticker in as_objects(one.get("stickers"))]
    if files:
        kind = discord.kind_of(files)
        text = "\n".join(filter(None, [text, *(files if kind == "file" else [])]))
    elif stickers:
        kind, extra = "sticker", json.dumps({"sticker": stickers[0]}, ensure_ascii=False)
    return kind, None if text is None else well_formed(text), extra and well_formed(extra)


def _mentioned(one: Mapping[str, Any], everyone: bool) -> list[str] | None:
    from qunkit.chat.mentions import EVERYONE

    if one.get("type") not in _SAID:
        return None
    ids = [as_written(member.get("id")) for member in as_objects(one.get("mentions"))]
    return [*filter(None, ids), *([EVERYONE] if everyone else [])] or None


def _person(one: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return as_written(one.get("nickname")) or as_written(one.get("name")), as_written(one.get("id"))
