"""WeFlow JSON of all builds, and its arkme JSON.

    {"weflow": {"version": "1.0.3", "exportedAt": 1795283974, "generator": "WeFlow"},
     "session": {"wxid": "58192034417@chatroom", "displayName": "周末群", "type": "群聊", "messageCount": 2},
     "messages": [{"localId": 1, "createTime": 1732982408, "type": "引用消息", "localType": 244813135921,
       "content": "有,还差2个[引用 阿岚：东门集合]", "isSend": 0, "senderUsername": "wxid_aaa", "senderDisplayName": "Kevin Zhao",
       "platformMessageId": "2876…", "replyToMessageId": "2793…", "quotedContent": "东门集合", "quotedSender": "阿岚"}]}

Builds of 2026-01-17 have no header object, those of 2026-01-23 to -02 a ChatLab header, later ones ``weflow``.

Kept: group id, sender id and shown name, message id (since 2026-03), time to the second, type, text, the quoted message's id, words
and sender.

Lost by the exporter: who joined in structured join notices (``$names$`` stays unfilled), who patted whom, the body of 接龙 and of video
channel cards, captions of red packets, mentioned ids.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("WeFlow JSON", "WeFlow JSON")
HOW = Text(
    "In WeFlow choose the group and export it as JSON, or as arkme JSON, which adds the member list with group "
    "nicknames.",
    "在 WeFlow 中选择群聊，导出为 JSON；导出为 arkme JSON 则另有带群昵称的成员名单。",
)

_HEADER = re.compile(r'\s*\{\s*"weflow"')
_SIBLINGS = {"exportTime", "exportInfo", "chat_username", "export_info"}
"""Members of the documents of sibling tools: EchoTrace, CipherTalk, wechat-decrypt, wx-cli."""


def sniff(head: Head) -> bool:
    """A ``weflow`` header; or a session with createTime messages, under a ChatLab header or none, that no sibling tool wrote."""
    first = head.first or {}
    if "weflow" in head.top or _HEADER.match(head.text):
        return not first or "createTime" in first
    own = first.get("senderUsername") is not None and "rawContent" not in first
    return own and "createTime" in first and "session" in head.top and not _SIBLINGS & set(head.top)


def read(source: Source) -> Iterator[Batch]:
    """The messages, and in arkme files the members."""
    from qunkit.chat import weflow_session

    yield from weflow_session.read(source)
