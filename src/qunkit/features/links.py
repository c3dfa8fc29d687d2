"""Hosts that a text links to, 链接域名: ``看 https://U.jd.com/x 和 m.tb.cn/h.5`` → ``["u.jd.com", "m.tb.cn"]``.

In lower case, each once, in the order in which they appear, as they are written: ``www.`` stays, user names, ports and paths go. A link begins
with http, https or ftp, or is a bare host with a usual ending or a path behind it; addresses of mail are none. A text without links has an
empty list; none at all, null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.chat.links import LINK, plain
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

COLUMN = "links"
TYPE = "list<string>"
VERSION = 1
HELP = Text("hosts that the text links to, in lower case, each once", "文本中链接的域名：小写，不重复")


def compute(batch: pa.RecordBatch) -> pa.Array:
    """The hosts of each text of the column ``text``."""
    import pyarrow as pa

    texts = batch.column("text").to_pylist()
    return pa.array([hosts(text) if text else None for text in texts], pa.list_(pa.string()))


def hosts(text: str) -> list[str]:
    """The hosts of one text."""
    read = plain(text) if "." in text or not text.isascii() else ""
    return list(dict.fromkeys((found["host"] or found["bare"]).lower() for found in LINK.finditer(read)))
