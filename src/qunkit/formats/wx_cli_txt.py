"""wx-cli text: a chat in the form of a mailed one.

    "周三读书会"的聊天记录如下:
    导出时间：2025-08-28 10:00:00
    消息数：2
    时间范围：2025-08-27 ~ 2025-08-27

    —————  2025-08-27  —————

    小刘  04:02

    明天几点

Kept: group name, shown names, texts, and the minute of every message, by the exporting computer's clock.

Lost: seconds, ids of members and messages, and what images, videos and cards held. The export as JSON keeps more.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("wx-cli text", "wx-cli TXT")
HOW = Text(
    "With wx-cli run its command for exporting a chat, as text.",
    "用 wx-cli 的导出聊天命令，格式选文本（TXT）。",
)

_OWN = ("导出时间：", "导出时间:")


def sniff(head: Head) -> bool:
    """The title of a mailed chat, and below it when it was exported."""
    from qunkit.chat.wechat_mail import TITLE

    title = TITLE.match(head.text)
    return title is not None and head.text[title.end() :].lstrip().startswith(_OWN)


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the file has none."""
    from qunkit.chat import wechat_mail

    yield from wechat_mail.read(source)
