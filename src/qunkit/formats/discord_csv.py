"""DiscordChatExporter CSV: a channel.

    AuthorID,Author,Date,Content,Attachments,Reactions
    "801000000000000001","kevin","2024-12-01T00:01:10.1230000+00:00","好的","",""

Kept: member ids and account names, times, texts, kinds of attached files, joins and pins (from the exporter's sentences), and from the
file's name the channel's id.

Lost: message ids, what a message answers, nicknames, who was mentioned by id, who was added or removed. The export as JSON keeps them.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.parsing.csv_walk import columns_of
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("DiscordChatExporter CSV", "DiscordChatExporter CSV")
HOW = Text(
    "With DiscordChatExporter (Tyrrrz) choose the channel and the format CSV. Keep the file's name, `Server - "
    "Category - channel [id].csv`: only it has the channel.",
    "用 DiscordChatExporter（Tyrrrz）选择频道，格式选 CSV。不要改文件名 `Server - Category - channel [id].csv`："
    "只有它说明是哪个频道。",
)

_COLUMNS = ("AuthorID", "Author", "Date", "Content", "Attachments", "Reactions")
_STARTS = re.compile(rb'"?\d{15,20}"?[,;\t][^\n]{1,200}?[,;\t]"?\d{4}-\d\d-\d\d[T ]\d\d:\d\d', re.ASCII)
_NAME = re.compile(r"(?P<name>.*) \[(?P<id>\d{15,20})\](?: \([^()]*\))?(?: \[part \d+\])?\.csv", re.DOTALL)


def sniff(head: Head) -> bool:
    """The header names the exporter's columns."""
    return set(columns_of(head.text)).issuperset(_COLUMNS)


def read(source: Source) -> Iterator[Batch]:
    """The messages of the channel."""
    from qunkit.parsing.csv import read_records

    named = _NAME.fullmatch(source.parts[-1])
    group_id, group_name = (named["id"], named["name"]) if named else (None, source.parts[-1].removesuffix(".csv"))
    for records in read_records(source, columns=_COLUMNS, starts_record=_STARTS):
        yield _batch(records, group_id=group_id, group_name=group_name)


def _batch(records: Records, **group: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat import discord
    from qunkit.parsing.csv import filled
    from qunkit.parsing.times import read_times

    times = read_times(records["Date"])
    records, _ = records.timed(times.milliseconds)
    times = read_times(records["Date"])
    nothing = pa.scalar(None, pa.int64())
    columns = {"text": records["Content"], "extra": pa.nulls(len(records.offsets), pa.string())}
    notice = pc.is_in(columns["text"], value_set=pa.array(list(discord.SENTENCES)))
    columns["kind"] = pc.if_else(notice, "system", pa.scalar(None, pa.string()))
    _add(columns, records, notice)
    batch = records.batch(
        epoch=pc.if_else(times.is_wall, nothing, times.milliseconds),
        wall=pc.if_else(times.is_wall, times.milliseconds, nothing).cast(pa.timestamp("ms")),
        sender_id=pc.if_else(notice, pa.scalar(None, pa.string()), filled(records["AuthorID"])),
        sender_name=pc.if_else(notice, pa.scalar(None, pa.string()), filled(records["Author"])),
        **group,
        **columns,
    )
    batch.messages = batch.messages.replace_schema_metadata({"platform": "discord"})
    return batch


def _add(columns: dict[str, pa.Array], records: Records, notice: pa.Array) -> None:
    """Kinds and names of attached files; who joined, left or pinned."""
    import pyarrow.compute as pc

    from qunkit.chat import discord
    from qunkit.chat.columns import put
    from qunkit.chat.other_notices import told

    rows = pc.indices_nonzero(pc.not_equal(records["Attachments"], ""))
    files = [list(map(discord.file_name, urls.split(","))) for urls in records["Attachments"].take(rows).to_pylist()]
    kinds = list(map(discord.kind_of, files))
    texts = [
        "\n".join(filter(None, [text, *(names if kind == "file" else [])]))
        for text, kind, names in zip(columns["text"].take(rows).to_pylist(), kinds, files, strict=True)
    ]
    columns["kind"], columns["text"] = put(columns["kind"], rows, kinds), put(columns["text"], rows, texts)
    rows = pc.indices_nonzero(notice)
    members = zip(*(records[name].take(rows).to_pylist() for name in ("Author", "AuthorID")), strict=True)
    actions = [discord.SENTENCES[text] for text in columns["text"].take(rows).to_pylist()]
    columns["extra"] = put(columns["extra"], rows, list(map(told, actions, members)))
