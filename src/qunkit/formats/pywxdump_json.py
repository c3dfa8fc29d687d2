"""PyWxDump JSON.

`export/58192034417@chatroom/58192034417@chatroom_0_5000.json`, a file for every 5000 messages:

    [
        {
            "id": 10,
            "MsgSvrID": "2876341355155756065",
            "type_name": "引用回复",
            "is_sender": 0,
            "talker": "wxid_aaa",
            "room_name": "58192034417@chatroom",
            "msg": "有,还差2个\\n\\n[引用](2024-11-30 23:58:50)阿岚:本周路线",
            "src": "",
            "extra": {},
            "CreateTime": "2024-12-01 00:00:08"
        }
    ]

Until August 2024 msg and src were members of a member ``content``.

Kept: ids of messages, members and group, whose export it is, what a reply quotes and when that was sent. Times are those of the
exporting computer's clock.

Lost: names (see `pywxdump_users_json`), names of files, mini programs and videos, relays, announcements, red packets.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("PyWxDump JSON", "PyWxDump JSON")
HOW = Text(
    "In PyWxDump (wxdump ui): 聊天导出 → choose the group → JSON. Give the whole folder it writes: only its "
    "`users.json` holds names.",
    "在 PyWxDump（wxdump ui）中：聊天导出 → 选择群聊 → JSON。导入它写出的整个文件夹：只有其中的 `users.json` 有名称。",
)


def sniff(head: Head) -> bool:
    """An array of messages with MsgSvrID, type_name and room_name."""
    names = set(head.first or ())
    return head.text.lstrip().startswith("[") and {"MsgSvrID", "type_name", "room_name"} <= names


def read(source: Source) -> Iterator[Batch]:
    """The messages of one page. Names are null: the file has none."""
    from qunkit.chat.pywxdump_wording import asked, batch
    from qunkit.parsing.json_array import JsonArray

    for records in JsonArray(source, asked(source.head.first or {})):
        yield batch(records)
