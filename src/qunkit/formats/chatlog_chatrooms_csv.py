"""chatlog's list of the account's groups: their names and who owns them.

    Name,Remark,NickName,Owner,UserCount
    58192034417@chatroom,,周末群,wxid_me0001aaaa11,42

Kept: ids and names of groups and their owners. The list holds no messages.

Lost: the remark that the account gave a group, the number of members, and groups whose owner is not known.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.parsing.csv_walk import columns_of
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("chatlog groups", "chatlog 群列表")
HOW = Text(
    "With `chatlog server` running, open `http://127.0.0.1:5030/api/v1/chatroom?format=csv` and save the page. Ingest "
    "it together with exports.",
    "运行 `chatlog server`，打开 `http://127.0.0.1:5030/api/v1/chatroom?format=csv` 并保存页面。与聊天导出一起导入。",
)
ROSTER = True

_ALL = ("Name", "Remark", "NickName", "Owner", "UserCount")
_COLUMNS = ("Name", "NickName", "Owner")
_STARTS = re.compile(rb'"?\d{1,20}@chatroom"?[,;\t]', re.ASCII)


def sniff(head: Head) -> bool:
    """The header has chatlog's columns of a group, and no other."""
    return columns_of(head.text) == _ALL


def read(source: Source) -> Iterator[Batch]:
    """The owners, no messages."""
    from qunkit.parsing.csv import read_records

    for records in read_records(source, columns=_COLUMNS, starts_record=_STARTS):
        yield _batch(records)


def _batch(records: Records) -> Batch:
    import numpy as np

    from qunkit.parsing.places import raw_batch

    members: list[dict[str, object]] = [
        {"group_id": room, "group_name": name or None, "member_id": owner, "role": "owner"}
        for room, name, owner in zip(*(records[name].to_pylist() for name in _COLUMNS), strict=True)
        if room and owner
    ]
    records = records.framed(np.ones(len(records.offsets), np.bool_))
    return Batch(raw_batch(records.offsets), records.rejects, records.framing, members)
