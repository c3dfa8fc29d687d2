"""WeChat's "send by e-mail" as the mail's file: the text in Base64 beside an attached picture, lines end as in mails."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from support.writers.wechat_mail_txt import DROPS, KEEPS, body, shown, title

__all__ = ["DROPS", "FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "WeChat, by e-mail (mail file)"
FORMAT = "wechat_mail_eml"
_MAIL = """\
From: alan@mail.example.invalid
To: alan@mail.example.invalid
Subject: =?utf-8?B?{subject}?=
MIME-Version: 1.0
Content-Type: multipart/mixed;
\tboundary="----=_Part_7"

This is a multi-part message in MIME format.

------=_Part_7
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

{text}
------=_Part_7
Content-Type: image/jpeg; name="1.jpg"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="1.jpg"

/9j/4AAQSkZJRgABAQ==
------=_Part_7--
"""


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One mail."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / f"{name}.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (title(name) + body(messages)).replace("\n", "\r\n").encode()
    subject = base64.b64encode(f'微信群"{name}"的聊天记录'.encode()).decode()
    mail = _MAIL.format(subject=subject, text=base64.encodebytes(text).decode())
    path.write_bytes(mail.replace("\n", "\r\n").encode())
    return path
