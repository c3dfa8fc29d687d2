"""A list of a group's members as CSV.

A row a member, columns in any order:

    群名称,wxid,昵称,群昵称,角色,入群时间,邀请人
    周末徒步,wxid_a,阿岚,领队,群主,2024-03-01 09:30,
    周末徒步,wxid_b,小刘,,成员,2024/3/2,阿岚

Known are id, name, group nickname, remark, account (微信号), role, join time, inviter, group id and group name, under their usual names in
English and Chinese; other columns are passed over. A list of members is the whole membership of the group at its time.

Kept: the known columns. Who has no id goes by name, and is the member of that name where exactly one is known. Join times without a zone
are of the zone of `--tz`.

Lost: nothing that is known; a join time that cannot be read is left out, and its row counts as rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("Member list, CSV", "成员名单 CSV")
HOW = Text(
    "Keep a list of a group's members in a spreadsheet, saved as CSV. Then `qunkit roster FILE --group GROUP` or, "
    "with a column of the group, `qunkit ingest FILE`.",
    "用电子表格整理群成员名单，另存为 CSV。然后运行 `qunkit roster 文件 --group 群`；表中有一列写明所属的群时，也可用 "
    "`qunkit ingest 文件`。",
)
ROSTER = True


def sniff(head: Head) -> bool:
    """The headers can be of nothing but a list of members."""
    from qunkit.chat.rosters import is_roster
    from qunkit.parsing.csv_walk import columns_of

    return not head.text.lstrip().startswith(("{", "[")) and is_roster(columns_of(head.text))


def read(source: Source) -> Iterator[Batch]:
    """The members."""
    from qunkit.chat import rosters

    yield from rosters.read(source)
