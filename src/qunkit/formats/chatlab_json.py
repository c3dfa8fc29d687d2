"""ChatLab's standard format as one JSON document; WeFlow and CipherTalk write it, too.

    {"chatlab": {"version": "0.0.2", "exportedAt": 1700000000, "generator": "WeFlow"},
     "meta": {"name": "读书会", "platform": "wechat", "type": "group", "groupId": "1@chatroom"},
     "members": [{"platformId": "wxid_a", "accountName": "小王", "groupNickname": "王"}],
     "messages": [{"sender": "wxid_a", "accountName": "小王", "timestamp": 1700000001, "type": 0, "content": "早",
       "platformMessageId": "9", "replyToMessageId": "8"}]}

Kept: platform, group id, member list with group nicknames and roles, sender ids, message ids and the quoted message's id (version 0.0.2; CipherTalk
prints ids rounded to 16 digits), time to the second, type, text.

Lost: what the writer left out; WeFlow gives stickers, red packets, 接龙, announcements and forwards the type of a link, so their kind is read
from their wording.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_object
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("ChatLab JSON", "ChatLab 标准格式 JSON")
HOW = Text(
    "In ChatLab export the group in its standard format, as JSON; in WeFlow or CipherTalk choose the group and export "
    'it as "ChatLab".',
    "在 ChatLab 中把群聊导出为标准格式 JSON；在 WeFlow 或密语（CipherTalk）中选择群聊，导出格式选“ChatLab”。",
)


def sniff(head: Head) -> bool:
    """A ``chatlab`` header, and messages with timestamp and sender (or none)."""
    if "chatlab" not in head.top or "session" in head.top:
        return False
    return "meta" in head.top if head.first is None else {"timestamp", "sender"} <= set(head.first)


def read(source: Source) -> Iterator[Batch]:
    """The messages, then the members."""
    import numpy as np

    from qunkit.chat import chatlab
    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.places import raw_batch
    from qunkit.parsing.threads import side_by_side

    array = JsonArray(source, chatlab.COLUMNS)

    def outlined() -> Iterator[tuple[Records, Mapping[str, Any]]]:
        outline: Mapping[str, Any] = {}
        for records in array:
            if not outline and len(records.offsets):
                outline = array.outline if "meta" in array.outline else JsonArray(source, {}).read_outline()
            yield records, dict(outline)  # which goes on growing

    yield from side_by_side(_batch, outlined())
    if members := chatlab.members(_listed(array.outline), array.outline):
        yield Batch(raw_batch(np.empty(0, np.int64)), members=members)


def _batch(block: tuple[Records, Mapping[str, Any]]) -> Batch:
    from qunkit.chat import chatlab
    from qunkit.parsing.json_rows import RECORD, instants

    records, outline = block
    meta = as_object(outline.get("meta"))
    known = {str(as_object(one).get("platformId")) for one in _listed(outline)}
    records, epoch = records.timed(instants(records["timestamp"]))
    columns = chatlab.columns(records.rows, meta, known)
    chatlab.keep_forwarded(columns, records[RECORD])
    batch = records.batch(epoch=epoch, **columns)
    batch.messages = batch.messages.replace_schema_metadata({"platform": chatlab.platform_of(meta)})
    return batch


def _listed(outline: Mapping[str, Any]) -> list[Any]:
    listed = outline.get("members")
    return listed if isinstance(listed, list) else []
