"""WeFlow workbook.

The sheet 聊天记录 of `<group>.xlsx` has three rows about the chat, then a table:

    微信ID  58192034417@chatroom    昵称    周末群    备注
    导出工具  WeFlow  导出版本  0.0.2  平台  wechat  导出时间  2026-11-22 02:09:34
    序号  时间                 发送者昵称   发送者微信ID  发送者备注  群昵称  发送者身份   消息类型  内容
    2    2024-11-30 23:58:22  Kevin Zhao  wxid_aaa                凯文    Kevin Zhao  文本消息  欢迎新朋友

Private chats lack 群昵称; with compact columns (精简列) there are only 序号, 时间, 发送者身份, 消息类型 and 内容. All of them are read.

Kept: group id and name, sender ids and all of their names (compact: one name), times to the second (of the exporting computer's clock), types,
texts, the whole of 接龙, quoted words and their sender.

Lost by the exporter: message ids, captions of red packets, names of contact cards and video channels, who joined in structured join notices
(``$names$`` stays unfilled), who patted whom.

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

TITLE = Text("WeFlow Excel", "WeFlow Excel")
HOW = Text(
    "In WeFlow choose the group and export it as Excel, with all columns.",
    "在 WeFlow 中选择群聊，导出为 Excel，并选择完整列（不要用精简列）。",
)

_FULL, _CARD = "发送者昵称", "群昵称"
_TOOL = ("导出工具", "WeFlow")


def sniff(head: Head) -> bool:
    """A sheet with the table, and the tool's name above it; or columns that only WeFlow writes."""
    if not head.sheets:
        return False
    from qunkit.chat.weflow_sheet import begin

    *above, header = begin(head) or [()]
    named = any(row[:2] == _TOOL for row in above)
    return bool(header) and (named or _FULL not in header or _CARD in header)


def read(source: Source) -> Iterator[Batch]:
    """The messages, and the names of those who speak."""
    from qunkit.chat import weflow_sheet

    yield from weflow_sheet.read(source)
