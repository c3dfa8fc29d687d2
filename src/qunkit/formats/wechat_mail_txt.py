"""A chat that WeChat sent by e-mail, as text.

From an iPhone:

    Dear:

          微信群"周三读书会"的聊天记录如下:

    —————  2025-8-27  —————


    小刘 04:02

    明天几点

From Android the title is `周三读书会 微信群上的聊天记录如下，请查收。`, days are padded (`2018-09-03`), and two blanks stand before a
time; with a 12-hour clock it is `小刘 下午5:08`. A private chat is titled `"A"和"B"的聊天记录如下:`.

Kept: group name, shown names, texts, that there was an image, video or file, and the minute of every message, by the
phone's clock.

Lost: seconds, ids of members and messages, notices, and the images themselves, which were attachments.

A line that ends in a time is text if no empty line is before it, or if its time is before that of the message it stands in.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text('WeChat "send by e-mail", text', "微信自带“邮件发送聊天记录”，文本")
HOW = Text(
    "In WeChat on the phone: 聊天记录 → 多选 → 邮件 (or into a note, 收藏). Save the text that arrives as a file; "
    "several mails may be one file.",
    "在手机微信中：聊天记录 → 多选 → 邮件（或收藏为笔记）。把收到的文字存为文本文件，多封邮件可以存在一个文件里。",
)

_OTHERS = ("导出时间：", "导出时间:")
"""What wx-cli writes below a title of this form."""
_MAIL_FILE = re.compile(r"^(?:mime-version|content-type):", re.IGNORECASE | re.MULTILINE)
"""Above the title: a mail as it was sent, which is another format."""


def sniff(head: Head) -> bool:
    """A title, perhaps below lines of the mail, and a day between five dashes on either side; or such a day at the very begin."""
    from qunkit.chat.wechat_mail import DAY, TITLE

    title = TITLE.match(head.text)
    if title and (head.text[title.end() :].lstrip().startswith(_OTHERS) or _MAIL_FILE.search(title[0])):
        return False
    return bool(DAY.search(head.text) if title else DAY.match(head.text.lstrip()))


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the file has none."""
    from qunkit.chat import wechat_mail

    yield from wechat_mail.read(source)
