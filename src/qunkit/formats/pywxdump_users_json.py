"""PyWxDump `users.json`: who is in a chat, for the names of members, which its CSV and JSON do not hold.

    {
        "wxid_liu88abcde22": {
            "wxid": "wxid_liu88abcde22", "nickname": "小刘🍉", "remark": "刘同事", "account": "liu88", "describe": "",
            "headImgUrl": "", "ExtraBuf": null, "LabelIDList": [], "extra": null
        },
        "58192034417@chatroom": {
            "wxid": "58192034417@chatroom", "nickname": "周末群", …,
            "extra": {"owner": "wxid_me0001aaaa11", "wxid2userinfo": {"wxid_aaa": {"roomNickname": "凯文"}}}
        }
    }

Kept: ids, accounts (微信号), nicknames and remarks; of a group, if the version of PyWxDump writes it, its name, its owner, and the nicknames
that members have in it. There are no messages.

Lost: pictures, descriptions, labels, announcements.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("PyWxDump users.json (people of a chat)", "PyWxDump users.json（聊天成员）")
HOW = Text(
    "PyWxDump writes `users.json` beside every export of a chat. Ingest it together with the export.",
    "PyWxDump 导出聊天时会在旁边写出 `users.json`。与聊天导出一起导入。",
)
ROSTER = True

_NAMES = {"wxid", "nickname", "remark", "account"}


def sniff(head: Head) -> bool:
    """An object of people, each under their id."""
    people = ((key, one) for key, one in head.top.items() if isinstance(one, Mapping))
    return any(one.keys() >= _NAMES and one["wxid"] == key for key, one in people)


def read(source: Source) -> Iterator[Batch]:
    """The people, no messages."""
    import numpy as np

    from qunkit.chat.pywxdump_people import members
    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.places import raw_batch

    array = JsonArray(source, {}, key="")
    none = np.empty(0, np.int64)
    for records in array:  # of objects, as no people are
        records = records.without(np.ones(len(records.offsets), np.bool_), "bad-record")
        yield Batch(raw_batch(none), records.rejects, records.framing)
    yield Batch(raw_batch(none), members=members(array.outline))
