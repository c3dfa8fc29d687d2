"""MemoTrace (WeChatMsg) contacts of the account, version 2.x, for the names of members in every group.

It is `data/聊天记录/contacts.csv`:

    UserName,Alias,Type,Remark,NickName,PYInitial,RemarkPYInitial,smallHeadImgUrl,bigHeadImgUrl,label,gender,telephone,…
    wxid_k3vv01zhao22,kevin_z,3,凯文(跑步),Kevin Zhao,KEVINZHAO,KW,,,同事,男,,…

Kept: ids, accounts (微信号), nicknames and remarks of people. The file holds no messages.

Lost: pictures, labels, telephone numbers, signatures and places, on purpose; rows of groups and public accounts, which are no members.

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

TITLE = Text("MemoTrace (WeChatMsg) contacts, 2.x", "留痕 MemoTrace（WeChatMsg）联系人，2.x")
HOW = Text(
    "In MemoTrace 2 (留痕, also called WeChatMsg): 联系人 → 导出联系人. Ingest the file together with exports.",
    "在留痕（MemoTrace，又名 WeChatMsg）2 中：联系人 → 导出联系人。与聊天导出一起导入。",
)
ROSTER = True

_COLUMNS = ("UserName", "Alias", "Remark", "NickName")
_ALL = {*_COLUMNS, "PYInitial", "RemarkPYInitial"}
_STARTS = re.compile(rb'"?[\w@.-]{1,64}"?[,;\t]"?[^,;\t\n]{0,64}"?[,;\t]"?\d{1,11}"?[,;\t]', re.ASCII)
_GROUP = "@chatroom"
_PUBLIC = "gh_"


def sniff(head: Head) -> bool:
    """The header has MemoTrace's columns of a contact."""
    return set(columns_of(head.text)) >= _ALL


def read(source: Source) -> Iterator[Batch]:
    """The people, no messages."""
    from qunkit.parsing.csv import read_records

    for records in read_records(source, columns=_COLUMNS, starts_record=_STARTS):
        yield _batch(records)


def _batch(records: Records) -> Batch:
    import numpy as np

    from qunkit.parsing.places import raw_batch

    rows = zip(*(records[name].to_pylist() for name in _COLUMNS), strict=True)
    members: list[dict[str, object]] = [
        {
            "contact": True,
            "member_id": user,
            "account": alias or None,
            "remark": remark or None,
            "nickname": nickname or None,
            "complete": False,
        }
        for user, alias, remark, nickname in rows
        if user and not user.endswith(_GROUP) and not user.startswith(_PUBLIC)
    ]
    listed = zip(records.offsets.tolist(), records.ends.tolist(), strict=True)
    none = raw_batch(np.empty(0, np.int64))
    return Batch(none, records.rejects, [*records.framing, *listed], members)
