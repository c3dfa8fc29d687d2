"""chatlog's list of the account's contacts, for the names of members in every group.

    UserName,Alias,Remark,NickName
    wxid_liu88abcde22,liu88,刘同事,小刘🍉

Kept: ids, accounts (微信号), nicknames and remarks of people. The list holds no messages.

Lost: rows of groups and public accounts, which are no members.

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

TITLE = Text("chatlog contacts", "chatlog 联系人")
HOW = Text(
    "With `chatlog server` running, open `http://127.0.0.1:5030/api/v1/contact?format=csv` and save the page. Ingest "
    "it together with exports.",
    "运行 `chatlog server`，打开 `http://127.0.0.1:5030/api/v1/contact?format=csv` 并保存页面。与聊天导出一起导入。",
)
ROSTER = True

_COLUMNS = ("UserName", "Alias", "Remark", "NickName")
_STARTS = re.compile(rb'"?[\w@.-]{1,64}"?[,;\t]"?[-\w]{0,64}"?[,;\t]', re.ASCII)
_GROUP = "@chatroom"
_PUBLIC = "gh_"


def sniff(head: Head) -> bool:
    """The header has chatlog's columns of a contact, and no other."""
    return columns_of(head.text) == _COLUMNS


def read(source: Source) -> Iterator[Batch]:
    """The people, no messages."""
    from qunkit.parsing.csv import read_records

    for records in read_records(source, columns=_COLUMNS, starts_record=_STARTS):
        yield _batch(records)


def _batch(records: Records) -> Batch:
    import numpy as np

    from qunkit.parsing.places import raw_batch

    members: list[dict[str, object]] = [
        {
            "contact": True,
            "member_id": user,
            "account": account or None,
            "remark": remark or None,
            "nickname": nickname or None,
        }
        for user, account, remark, nickname in zip(*(records[name].to_pylist() for name in _COLUMNS), strict=True)
        if user and not user.endswith(_GROUP) and not user.startswith(_PUBLIC)
    ]
    records = records.framed(np.ones(len(records.offsets), np.bool_))
    return Batch(raw_batch(records.offsets), records.rejects, records.framing, members)
