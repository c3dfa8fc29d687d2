"""EchoTrace JSON.

It writes `<group>_聊天记录_<milliseconds>.json`:

    {"session": {"wxid": "58192034417@chatroom", "nickname": "周末群", "remark": "", "displayName": "周末群", "type": "群聊", "messageCount": 2},
     "messages": [{"localId": 1, "createTime": 1732982302, "formattedTime": "2024-11-30 23:58:22", "type": "文本消息", "localType": 1,
       "content": "欢迎新朋友", "isSend": 0, "senderUsername": "wxid_aaa", "senderDisplayName": "Kevin Zhao", "source": ""}],
     "groupMembers": […], "exportTime": "2024-12-02T10:00:00"}

The layout is that of WeFlow, which came after it. Its writer could not be run here: what is said of it follows from its program text.

Kept: group id, sender ids and shown names, instants, types, texts, members where they were asked for.

Lost by the exporter: message ids, what a reply quotes but for its words, group nicknames.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("EchoTrace JSON", "EchoTrace JSON")
HOW = Text("In EchoTrace choose the group and export it as JSON.", "在 EchoTrace 中选择群聊，导出为 JSON。")


def sniff(head: Head) -> bool:
    """A session with createTime messages, and the time of the export behind them."""
    first = head.first or {}
    if "createTime" not in first or "senderUsername" not in first or "rawContent" in first or "weflow" in head.top:
        return False
    return "session" in head.top and "exportTime" in head.top


def read(source: Source) -> Iterator[Batch]:
    """The messages, and the members where the file lists them."""
    from qunkit.chat import weflow_session

    yield from weflow_session.read(source)
