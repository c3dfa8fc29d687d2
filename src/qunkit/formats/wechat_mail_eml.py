"""A chat that WeChat sent by e-mail, as the file of the mail.

A mail holds the chat as plain text, often in Base64, or as a page; undone, it is the text that the format
wechat_mail_txt describes:

    MIME-Version: 1.0
    Content-Type: text/plain; charset="utf-8"
    Content-Transfer-Encoding: base64

    5b6u5L+h576kIuWRqOS4ieivu+S5puS8miLnmoTogYrlpKnorrDlvZXlpoLkuIs6CgrigJTigJTi…

Kept: group name, shown names, texts, that there was an image, video or file, and the minute of every message, by the
phone's clock. A message's place in the file is that of the characters which encode it.

Lost: seconds, ids of members and messages, notices, and what is attached.

The mail is read whole and may have 256 MiB, a message in it 1 MiB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text('WeChat "send by e-mail", mail file', "微信自带“邮件发送聊天记录”，邮件文件（.eml）")
HOW = Text(
    "In WeChat on the phone: 聊天记录 → 多选 → 邮件. In the mail program save the mail that arrives as a file (.eml).",
    "在手机微信中：聊天记录 → 多选 → 邮件。在邮件程序中把收到的邮件另存为文件（.eml）。",
)

_LIMIT = 256 << 20
_TOO_LARGE = Text("the mail is larger than 256 MB", "邮件大于 256 MB")
_SAVE_TEXT = Text("Save its text as a file of its own.", "请把邮件正文另存为文本文件。")
_NO_TEXT = Text("no part of the mail is text", "邮件中没有文本部分")
_HEADERS = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.ASCII)


def sniff(head: Head) -> bool:
    """The headers of a mail, and in its text a day between five dashes on either side."""
    from qunkit.chat.wechat_mail import DAY
    from qunkit.parsing.mail import transcript

    headers = _HEADERS.match(head.text)
    if headers is None or not re.search(r"(?im)^(?:mime-version|content-type):", headers[0]):
        return False
    found = transcript(head.text.encode())
    return found is not None and DAY.search(found[0].decode()) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the mail has none.

    Raises:
        UnreadableExport: it is larger than 256 MB, or holds no text.
    """
    from qunkit.chat import wechat_mail
    from qunkit.parsing.mail import text_of

    if source.size > _LIMIT:
        raise UnreadableExport(path=source.label, why=_TOO_LARGE, hint=_SAVE_TEXT)
    text = text_of(source)
    if text is None or not text.text:
        raise UnreadableExport(path=source.label, why=_NO_TEXT, hint=_SAVE_TEXT)
    begin, end = int(text.own[0]), int(text.own[-1])
    around = [(at, to) for at, to in ((0, begin), (end, source.size)) if at < to]
    for batch in wechat_mail.read(text):
        batch.framing += around
        around = []
        yield batch
