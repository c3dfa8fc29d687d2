"""EchoTrace workbook.

The sheet of `<group>_聊天记录_<milliseconds>.xlsx` has a few rows about the chat, then a table:

    微信ID  58192034417@chatroom    昵称    周末群
    序号  时间                 发送者昵称   发送者微信ID  发送者备注  发送者身份   消息类型  内容
    2    2024-11-30 23:58:22  Kevin Zhao  wxid_aaa                Kevin Zhao  文本消息  欢迎新朋友

The table is that of WeFlow, which came after it. Its writer could not be run here: what is said of it follows from its program text.

Kept: group id, sender ids, nicknames and remarks, times to the second (of the exporting computer's clock), types, texts.

Lost by the exporter: message ids, group nicknames, what a reply quotes but for its words.

A workbook may have 64 sheets, and a sheet 1,048,576 rows, 16,384 columns and 32,767 characters a cell; its XML, and the
text in it, 2 GiB each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("EchoTrace Excel", "EchoTrace Excel")
HOW = Text("In EchoTrace choose the group and export it as Excel.", "在 EchoTrace 中选择群聊，导出为 Excel。")

_FULL, _CARD = "发送者昵称", "群昵称"
_OTHER_TOOL = ("导出工具", "WeFlow")


def sniff(head: Head) -> bool:
    """A sheet with the table, all of its columns but group nicknames, and WeFlow's name not above it."""
    if not head.sheets:
        return False
    from qunkit.chat.weflow_sheet import begin

    *above, header = begin(head) or [()]
    return _FULL in header and _CARD not in header and not any(row[:2] == _OTHER_TOOL for row in above)


def read(source: Source) -> Iterator[Batch]:
    """The messages, and the names of those who speak."""
    from qunkit.chat import weflow_sheet

    yield from weflow_sheet.read(source)
