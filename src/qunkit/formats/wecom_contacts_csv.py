"""WeCom's people as CSV: who the ids of the message archive (会话内容存档), which holds no names, are.

There may be columns alias and remark as well:

    userid,name
    ZhangSan,张三
    wmDx2bDwAAexternalChen,陈师傅

Kept: names, in every group where the ids occur.

Lost: departments and other columns.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("WeCom contacts, CSV", "企业微信联系人 CSV")
HOW = Text(
    "Save a table of WeCom's people as CSV, with columns userid (or external_userid) and name. Ingest it together "
    "with the message archive.",
    "把企业微信成员或客户的表格另存为 CSV，含 userid（或 external_userid）和 name 列。与会话内容存档一起导入。",
)
ROSTER = True


def sniff(head: Head) -> bool:
    """A userid and a name, and nothing that only a chat or a group's list has."""
    from qunkit.chat.rosters import is_contacts
    from qunkit.parsing.csv_walk import columns_of

    return not head.text.lstrip().startswith(("{", "[")) and is_contacts(columns_of(head.text))


def read(source: Source) -> Iterator[Batch]:
    """The people."""
    from qunkit.chat import rosters

    yield from rosters.read_contacts(source)
