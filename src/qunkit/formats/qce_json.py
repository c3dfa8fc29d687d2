"""QQChatExporter (QCE) JSON, of version 3 or later.

One document, `group_<name>_<number>_<date>_<time>.json`:

    {"metadata": {"name": "QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter", "version": "5.5.80"},
     "chatInfo": {"name": "徒步群", "type": "group", "selfUid": "u_a", "selfUin": "10001", "selfName": "阿岚"},
     "messages": [
       {"id": "7440100000000000001", "timestamp": 1732982401000, "time": "2024-12-01 00:00:01", "sender": {"uid": "u_k", "uin": "10002",
         "name": "Kevin"}, "type": "type_3", "content": {"text": "[回复 阿岚: 路线]\\n还差2个", "elements": [{"type": "reply", "data":
         {"referencedMessageId": "7440100000000000000", "senderUin": "10001", "senderName": "阿岚", "content": "路线"}}],
         "resources": [], "mentions": []}, "recalled": false, "system": false}]}

Kept: message ids, senders' numbers and names, the time to the second, texts, the quoted message's id, mentions, whether a message was recalled,
the file names of files, notices such as joins as far as the exporter gives their sentence.

Lost: pictures' own names (a picture is an empty text; of a picture between words the words are kept), the length of voice messages, what the exporter had no words for
(`[UNKNOWN_37消息]`). What a message is follows from its elements; `type` counts differently in each version. A video without elements is
of kind other. Members of the group who did not speak are not listed.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.chat.qce import Chat
    from qunkit.parsing.source import Source

TITLE = Text("QQChatExporter JSON", "QQChatExporter JSON")
HOW = Text(
    "In QQChatExporter (QCE) choose the group and export it as JSON. Keep the file's name: only it holds the group's "
    "number.",
    "在 QQChatExporter（QCE）中选择群聊，导出为 JSON。不要改文件名：只有文件名里有群号。",
)


def sniff(head: Head) -> bool:
    """A document that names the tool or has its chatInfo, and messages of its shape (or none)."""
    from qunkit.chat.qce import is_record, is_tool

    if head.first is None:
        return is_tool(head.top) and '"messages"' in head.text and "chunked" not in head.text
    return is_record(head.first) and bool(head.top) and "sender" not in head.top


def read(source: Source) -> Iterator[Batch]:
    """The messages, then those who spoke."""
    import numpy as np

    from qunkit.chat.qce import COLUMNS, PLATFORM, Chat
    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.places import raw_batch

    array = JsonArray(source, COLUMNS)
    chat: Chat | None = None
    for records in array:
        if chat is None and len(records.offsets):
            about = array.outline if "chatInfo" in array.outline else JsonArray(source, {}).read_outline()
            chat = Chat(source.parts, about)
        yield (chat or Chat(source.parts, {})).batch(records)
    if chat:
        none = raw_batch(np.empty(0, np.int64)).replace_schema_metadata(PLATFORM)
        yield Batch(none, members=chat.members())
