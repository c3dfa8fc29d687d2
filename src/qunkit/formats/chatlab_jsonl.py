"""ChatLab's standard exchange format as JSON lines, by ChatLab itself or by another exporter.

    {"_type":"header","chatlab":{"version":"0.0.2","exportedAt":1700000000},"meta":{"name":"读书会","platform":"wechat","type":"group","groupId":"1@chatroom"}}
    {"_type":"member","platformId":"wxid_a","accountName":"小王","groupNickname":"王"}
    {"_type":"message","sender":"wxid_a","accountName":"小王","timestamp":1700000001,"type":0,"content":"早","platformMessageId":"9"}

In ChatLab export a chat in its standard format for large chats; WeFlow and CipherTalk offer it as "ChatLab JSONL". Members may stand anywhere or be left out; empty
lines, and lines that begin with #, say nothing.

Kept and lost: as in the JSON document of the same format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("ChatLab JSONL", "ChatLab 标准格式 JSONL")


def sniff(head: Head) -> bool:
    """The first line that says anything is a header."""
    return head.first is not None and head.first.get("_type") == "header" and "chatlab" in head.first


def read(source: Source) -> Iterator[Batch]:
    """The messages and members, as they stand."""
    from qunkit.chat import chatlab
    from qunkit.parsing.jsonl import read_lines

    header: Mapping[str, Any] = source.head.first or {}
    for records in read_lines(source, {"_type": "string", **chatlab.COLUMNS}):
        records, members = _parted(records, header)
        batch = chatlab.batch(records, chatlab.object_of(header.get("meta")))
        batch.members = members
        yield batch


def _parted(records: Records, header: Mapping[str, Any]) -> tuple[Records, list[dict[str, object]]]:
    """The messages among the lines; the header and members become framing, anything else a reject."""
    from dataclasses import replace

    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat import chatlab
    from qunkit.parsing.json_rows import RECORD, loads

    type_ = pc.fill_null(records["_type"], "")
    is_member = pc.equal(type_, "member")
    # what RECORD says of a line may reach over a bad line behind it
    lines = (raw.partition(b"\n")[0] for raw in records[RECORD].filter(is_member).to_pylist())
    members = chatlab.members((loads(line, records.source.encoding == "mixed") for line in lines), header)
    framed = np.asarray(pc.is_in(type_, value_set=pa.array(["header", "member"])).to_numpy(zero_copy_only=False))
    framing = list(zip(records.offsets[framed].tolist(), records.ends[framed].tolist(), strict=True))
    kept = replace(
        records,
        rows=records.rows.filter(pa.array(~framed)),
        offsets=records.offsets[~framed],
        ends=records.ends[~framed],
        framing=sorted(records.framing + framing),
    )
    strange = pc.not_equal(pc.fill_null(kept["_type"], ""), "message").to_numpy(zero_copy_only=False)
    return kept.without(np.asarray(strange), "bad-record"), members
