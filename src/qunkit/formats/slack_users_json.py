"""The people of a Slack workspace: `users.json` of its export.

    [{"id": "U7AAAAAAA", "team_id": "T7AAAAAAA", "name": "lan", "deleted": false, "is_bot": false,
      "profile": {"real_name": "Lan", "display_name": "阿岚"}}]

Kept: id, shown name, account name.

Lost: pictures, titles, time zones, addresses, who administers the workspace. The list says nothing of who is in which channel.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("Slack users.json (people of a workspace)", "Slack users.json（工作区成员）")
HOW = Text(
    "In Slack export the workspace's data, as its owner. `users.json` is in the zip: give that whole, or unpacked.",
    "由 Slack 工作区所有者导出工作区数据（zip）。`users.json` 在其中，整包或解压后导入。",
)
ROSTER = True


def sniff(head: Head) -> bool:
    """An array of people with a profile, in a team."""
    first = head.first or {}
    return not head.top and {"id", "profile", "team_id"} <= set(first) and "ts" not in first


def read(source: Source) -> Iterator[Batch]:
    """The people; they are of no channel in particular."""
    import numpy as np

    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.json_rows import RECORD, loads
    from qunkit.parsing.places import raw_batch

    for records in JsonArray(source, {"id": "string"}):
        told = [loads(raw, source.encoding == "mixed") for raw in records[RECORD].to_pylist()]
        records = records.framed(np.ones(len(records.offsets), np.bool_))
        rows = [_member(one) for one in told if isinstance(one.get("id"), str) and one["id"]]
        batch = Batch(raw_batch(np.empty(0, np.int64)), records.rejects, records.framing, rows)
        batch.messages = batch.messages.replace_schema_metadata({"platform": "slack"})
        yield batch


def _member(one: Mapping[str, Any]) -> dict[str, object]:
    from qunkit.chat.slack import shown
    from qunkit.parsing.json_rows import well_formed

    name, account = shown(one), one.get("name")
    return {
        "member_id": str(one["id"]),
        "nickname": well_formed(name) if name else None,
        "account": well_formed(account) if isinstance(account, str) and account else None,
        "contact": True,
    }
