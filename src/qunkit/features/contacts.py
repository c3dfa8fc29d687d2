"""Contacts that a text names, 联系方式: ``加V：xiao_lu88 或 扣扣 １２３４５６`` → ``["wx:xiao_lu88", "qq:123456"]``.

``wx:`` WeChat ids, ``qq:`` numbers of QQ accounts and groups, ``phone:`` telephones, ``taokouling:`` codes that Taobao opens. Each once, in the order in which they appear,
codes last. They are read in the normal text (`chat.normal`), so that dress and separators do not hide them, and told in it: lower case, bare digits. Codes alone
keep their case, which is part of them.

A number or a word is no contact by itself: 微信, QQ, 加 or the like must stand right before it. Only mobile phones of 11 digits, ids that begin with ``wxid_``
and codes in their marks need nothing. What follows 订单, 单号 or 快递, and what is followed by 元 or 份, is no phone. A text without contacts has an empty list; none at all, null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.chat.contacts import codes, named
from qunkit.chat.links import plain
from qunkit.chat.normal import normalise_all
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

COLUMN = "contacts"
TYPE = "list<string>"
VERSION = 1
HELP = Text(
    "WeChat ids, QQ numbers, phones and Taobao codes that the text names, each once",
    "文本中的微信号、QQ 号、电话与淘口令，不重复",
)


def compute(batch: pa.RecordBatch) -> pa.Array:
    """The contacts of each text of the column ``text``."""
    import pyarrow as pa

    texts = batch.column("text").to_pylist()
    normal = normalise_all([text or "" for text in texts])
    found = [_found(text, read) if text else None for text, read in zip(texts, normal, strict=True)]
    return pa.array(found, pa.list_(pa.string()))


def contacts(text: str) -> list[str]:
    """The contacts of one text."""
    return _found(text, normalise_all([text])[0])


def _found(text: str, read: str) -> list[str]:
    told = sorted({(one.start, f"{one.kind}:{one.value}") for one in named(read)})
    return list(dict.fromkeys([value for _, value in told] + [f"{one.kind}:{one.value}" for one in codes(plain(text))]))
