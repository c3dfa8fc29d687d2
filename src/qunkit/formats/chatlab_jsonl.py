"""ChatLab's standard format as JSON lines; WeFlow and CipherTalk write it, too.

    {"_type":"header","chatlab":{"version":"0.0.2","exportedAt":1700000000},"meta":{"name":"读书会","platform":"wechat","type":"group","groupId":"1@chatroom"}}
    {"_type":"member","platformId":"wxid_a","accountName":"小王","groupNickname":"王"}
    {"_type":"message","sender":"wxid_a","accountName":"小王","timestamp":1700000001,"type":0,"content":"早","platformMessageId":"9"}

Members may stand anywhere or be left out; empty lines, and lines that begin with #, say nothing. A damaged line loses only itself.

Kept: as in the JSON document of the same format.

Lost: the same, too.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_object
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("ChatLab JSONL", "ChatLab 标准格式 JSONL")
HOW = Text(
    "In ChatLab export the group in its standard format, as JSONL; in WeFlow or CipherTalk choose the group and "
    'export it as "ChatLab JSONL".',
    "在 ChatLab 中把群聊导出为标准格式 JSONL；在 WeFlow 或密语（CipherTalk）中选择群聊，导出格式选“ChatLab JSONL”。",
)


class _Block(NamedTuple):
    """Message lines, and what lines so far say of the chat."""

    records: Records
    members: list[dict[str, object]]
    """Those listed among them."""
    meta: Mapping[str, Any]
    known: frozenset[str]
    """Ids of all listed so far."""


def sniff(head: Head) -> bool:
    """The first line that says anything is a header."""
    first = head.first if head.first is not None else _first_object(head.text)
    return first.get("_type") == "header" and "chatlab" in first


def read(source: Source) -> Iterator[Batch]:
    """The messages and members, as they stand."""
    from qunkit.parsing.threads import side_by_side

    yield from side_by_side(_batch, _blocks(source))


def _blocks(source: Source) -> Iterator[_Block]:
    from qunkit.chat import chatlab
    from qunkit.parsing.jsonl import read_lines

    header: Mapping[str, Any] = {}
    known: frozenset[str] = frozenset()
    for records in read_lines(source, {"_type": "string", **chatlab.COLUMNS}):
        header = header or _first(records, "header")
        meta = as_object(header.get("meta"))
        records, listed = _parted(records)
        members = chatlab.members(listed, header)
        known |= {str(row["member_id"]) for row in members}
        yield _Block(records, members, meta, known)


def _batch(block: _Block) -> Batch:
    from qunkit.chat import chatlab
    from qunkit.parsing.json_rows import RECORD, instants

    records, epoch = block.records.timed(instants(block.records["timestamp"]))
    columns = chatlab.columns(records.rows, block.meta, block.known)
    chatlab.keep_forwarded(columns, records[RECORD])
    batch = records.batch(epoch=epoch, **columns)
    batch.messages = batch.messages.replace_schema_metadata({"platform": chatlab.platform_of(block.meta)})
    batch.members = block.members
    return batch


def _first_object(text: str) -> Mapping[str, Any]:
    """The first line of `text` that is neither blank nor a comment, if it is an object."""
    import json

    lines = (line.strip() for line in text.split("\n"))
    first = next((line for line in lines if line and not line.startswith("#")), "")
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _first(records: Records, type_: str) -> Mapping[str, Any]:
    """The first line of a type among `records`, or nothing."""
    import pyarrow.compute as pc

    found = _lines(records, pc.equal(records["_type"], type_))
    return found[0] if found else {}


def _parted(records: Records) -> tuple[Records, list[Mapping[str, Any]]]:
    """The messages among the lines, and the member lines; header and members become framing, anything else a reject."""
    from dataclasses import replace

    import pyarrow as pa
    import pyarrow.compute as pc

    type_ = records["_type"]
    members = _lines(records, pc.equal(type_, "member"))
    framed = pc.is_in(type_, value_set=pa.array(["header", "member"])).to_numpy(zero_copy_only=False)
    if framed.any():
        framing = zip(records.offsets[framed].tolist(), records.ends[framed].tolist(), strict=True)
        records = replace(
            records,
            rows=records.rows.filter(pa.array(~framed)),
            offsets=records.offsets[~framed],
            ends=records.ends[~framed],
            framing=sorted([*records.framing, *framing]),
        )
    strange = pc.not_equal(pc.fill_null(records["_type"], ""), "message").to_numpy(zero_copy_only=False)
    return records.without(strange, "bad-record"), members


def _lines(records: Records, wanted: pa.Array) -> list[Mapping[str, Any]]:
    """The wanted lines as objects."""
    from qunkit.parsing.json_array import all_outlined
    from qunkit.parsing.json_rows import RECORD

    return all_outlined(records[RECORD].filter(wanted).to_pylist(), records.source)
