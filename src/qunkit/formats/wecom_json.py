"""WeCom's message archive (会话内容存档) as one JSON array.

The array is the document, or the member `chatdata` of what the SDK returns, with each record decrypted as the member `decrypted`:

    {"errcode": 0, "errmsg": "ok", "chatdata": [
      {"seq": 196, "msgid": "CAQQ_1", "publickey_ver": 3, "decrypted": {"msgid": "CAQQ_1", "action": "send", "from": "ZhangSan",
       "tolist": ["LiSi"], "roomid": "wrRoom1", "msgtime": 1547087894783, "msgtype": "text", "text": {"content": "早"}}}]}

Kept: as of the same archive as JSON lines.

Lost: the same, too.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("WeCom message archive, JSON", "企业微信会话内容存档 JSON")
HOW = Text(
    "Fetch the message archive (会话内容存档) of WeCom with its SDK, decrypt it, and keep the records as one JSON "
    "array.",
    "用企业微信会话内容存档 SDK 拉取并解密消息，全部记录存为一个 JSON 数组。",
)


def sniff(head: Head) -> bool:
    """The first element of the array is a record of the archive."""
    from qunkit.chat import wecom

    return wecom.wrapped(head) is not None and wecom.is_array(head)


def read(source: Source) -> Iterator[Batch]:
    """The messages, then the members."""
    from qunkit.chat import wecom
    from qunkit.parsing.json_array import JsonArray

    yield from wecom.batches(JsonArray(source, wecom.columns(source), key="chatdata"))
