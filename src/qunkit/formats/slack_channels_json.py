"""The channels of a Slack workspace and who is in them: `channels.json` of its export.

So are `groups.json` (private channels), `mpims.json` (conversations of several) and `dms.json` (of two):

    [{"id": "C7AAAAAAA", "name": "周末", "created": 1704067200, "creator": "U7AAAAAAA", "is_archived": false,
      "members": ["U7AAAAAAA", "U7BBBBBBB"], "topic": {"value": ""}, "purpose": {"value": ""}}]

Kept: id and name of each channel, and the complete list of its members. The days of a channel read its id from here, too.

Lost: topics, purposes, pins. The file does not say when it was made.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("Slack channels.json (channels and their members)", "Slack channels.json（频道及其成员）")
HOW = Text(
    "In Slack export the workspace's data, as its owner. `channels.json` is in the zip: give that whole, or unpacked.",
    "由 Slack 工作区所有者导出工作区数据（zip）。`channels.json` 在其中，整包或解压后导入。",
)
ROSTER = True

_NAMES = ("channels.json", "groups.json", "mpims.json", "dms.json")


def sniff(head: Head) -> bool:
    """One of Slack's lists, by its name, for not every one has anything in it; else an array of channels with members."""
    first = head.first or {}
    if not head.first:
        return head.name in _NAMES and head.text.strip() == "[]"
    return not head.top and {"id", "created", "members"} <= set(first) and "ts" not in first


def read(source: Source) -> Iterator[Batch]:
    """The members of every channel."""
    import numpy as np

    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.json_rows import RECORD, loads
    from qunkit.parsing.places import raw_batch

    for records in JsonArray(source, {"id": "string"}):
        told = [loads(raw, source.encoding == "mixed") for raw in records[RECORD].to_pylist()]
        records = records.framed(np.ones(len(records.offsets), np.bool_))
        rows = [row for one in told for row in _members(one)]
        batch = Batch(raw_batch(np.empty(0, np.int64)), records.rejects, records.framing, rows)
        batch.messages = batch.messages.replace_schema_metadata({"platform": "slack"})
        yield batch


def _members(one: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    from qunkit.parsing.json_rows import well_formed

    channel, name, members = one.get("id"), one.get("name"), one.get("members")
    if not isinstance(channel, str) or not channel or not isinstance(members, list):
        return
    group = {"group_id": channel, "group_name": well_formed(name) if isinstance(name, str) and name else channel}
    for member in members:
        if isinstance(member, str) and member:
            yield {**group, "member_id": str(member), "complete": True}
