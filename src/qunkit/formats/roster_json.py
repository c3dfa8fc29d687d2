"""A list of a group's members as JSON.

A document with the list as its member `members`, an array, or one object a line:

    {"group_id": "58192034417@chatroom", "group_name": "周末徒步", "members": [
      {"wxid": "wxid_a", "nickname": "阿岚", "group_nickname": "领队", "role": "owner", "joined_at": 1709256600},
      {"wxid": "wxid_b", "nickname": "小刘", "invited_by": "wxid_a"}]}

Kept: as of a member list as CSV, under the same names.

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

TITLE = Text("Member list, JSON", "成员名单 JSON")
HOW = Text(
    "Write a list of a group's members as JSON. Then `qunkit roster FILE --group GROUP`, or, if it says its group, "
    "`qunkit ingest FILE`.",
    "把群成员名单写成 JSON。然后运行 `qunkit roster 文件 --group 群`；其中写明所属的群时，也可用 `qunkit ingest "
    "文件`。",
)
ROSTER = True


def sniff(head: Head) -> bool:
    """The keys of the first object can be of nothing but a list of members."""
    from qunkit.chat.rosters import is_roster

    known = {"group_id", "group_name", "group", "name", "exported_at", "members"}
    return head.first is not None and is_roster(head.first) and head.top.keys() <= known | head.first.keys()


def read(source: Source) -> Iterator[Batch]:
    """The members."""
    from qunkit.chat import rosters

    yield from rosters.read(source)
