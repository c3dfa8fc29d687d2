"""CipherTalk (密语) detailed JSON.

It writes `<group>.json`:

    {"exportInfo": {"version": "0.0.2", "exportedAt": 1795284576, "generator": "CipherTalk", "format": "detailed-json"},
     "session": {"wxid": "58192034417@chatroom", "displayName": "周末群", "type": "群聊", "messageCount": 2, …},
     "messages": [{"localId": 1, "platformMessageId": "2755705033944784400", "createTime": 1732982302, "type": "文本消息",
       "localType": 1, "content": "欢迎新朋友", "rawContent": "wxid_aaa:\\n欢迎新朋友", "isSend": 0,
       "senderUsername": "wxid_aaa", "senderDisplayName": "Kevin Zhao", …}]}

``rawContent`` is what WeChat itself keeps, XML and all, and is what is read: ``content`` is nonsense for many types.

Kept: group id, sender ids and shown names, instants, types, texts, all of what cards say, ids and words of quoted messages, ids in
structured notices.

Lost by the exporter: the last digits of message ids (they are rounded, and joined with exact ones of other exports where the group, the
second and the rounded number agree), and group nicknames, but for those of a few builds.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("CipherTalk JSON (detailed)", "密语 CipherTalk 详细 JSON")
HOW = Text(
    "In CipherTalk (密语) choose the group and export it as detailed JSON (详细 JSON).",
    "在密语（CipherTalk）中选择群聊，导出为详细 JSON。",
)


def sniff(head: Head) -> bool:
    """Its header names the tool or the format."""
    made = head.top.get("exportInfo")
    named = isinstance(made, Mapping) and (
        made.get("generator") == "CipherTalk" or made.get("format") == "detailed-json"
    )
    return named and (head.first is None or "createTime" in head.first)


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.chat import weflow_session

    yield from weflow_session.read(source)
