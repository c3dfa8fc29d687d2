"""WeCom's message archive (会话内容存档) as JSON lines.

As the SDK decrypts them, or each as the member `decrypted` of what was fetched:

    {"msgid":"CAQQ_1","action":"send","from":"ZhangSan","tolist":["wmExternal1","LiSi"],"roomid":"wrRoom1","msgtime":1547087894783,"msgtype":"text","text":{"content":"早"}}
    {"msgid":"CAQQ_2","action":"recall","from":"LiSi","tolist":["ZhangSan"],"roomid":"wrRoom1","msgtime":1547087900000,"msgtype":"revoke","revoke":{"pre_msgid":"CAQQ_1"}}
    {"msgid":"125_3","action":"switch","time":1554119421840,"user":"ZhangSan"}

Kept: platform, ids of groups, members and messages, time to the millisecond, every type; of a recall the id of what was recalled, of a
reply the words it quotes. Whoever sent or was sent a message was a member of the group then. A chat of two has no id: it is
called by both members' ids. Lines of the action `switch` say who uses the archive and are no messages.

Lost: names of members and groups (give qunkit a contact list beside it: `wecom_contacts_csv`, `wecom_contacts_json`), who joined and left,
which message a reply quotes, and the files themselves.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("WeCom message archive, JSONL", "企业微信会话内容存档 JSONL")
HOW = Text(
    "Fetch the message archive (会话内容存档) of WeCom with its SDK, decrypt it, and keep one JSON object a line.",
    "用企业微信会话内容存档 SDK 拉取并解密消息，每行存一个 JSON 对象。",
)


def sniff(head: Head) -> bool:
    """The first line is a record of the archive."""
    from qunkit.chat import wecom

    return wecom.wrapped(head) is not None and not wecom.is_array(head)


def read(source: Source) -> Iterator[Batch]:
    """The messages, then the members."""
    from qunkit.chat import wecom
    from qunkit.parsing.jsonl import read_lines

    yield from wecom.batches(read_lines(source, wecom.columns(source)))
