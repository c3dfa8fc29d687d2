"""A list of a group's members in a workbook.

The headers may stand in any of the first rows of any sheet, as in

    | wxid   | 昵称 | 群昵称 | 角色 | 入群时间            | 邀请人 |
    | wxid_a | 阿岚 | 领队   | 群主 | 2024-03-01 09:30:00 |        |

Kept: as of a member list as CSV, under the same names.

Lost: the same, too.

A workbook may have 64 sheets, and a sheet 1,048,576 rows, 16,384 columns and 32,767 characters a cell; its XML, and the
text in it, 2 GiB each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("Member list, XLSX", "成员名单 XLSX")
HOW = Text(
    "Keep a list of a group's members in a workbook. Then `qunkit roster FILE --group GROUP`, or, with a column of "
    "the group, `qunkit ingest FILE`.",
    "用 Excel 工作簿整理群成员名单。然后运行 `qunkit roster 文件 --group 群`；表中有一列写明所属的群时，也可用 "
    "`qunkit ingest 文件`。",
)
ROSTER = True


def sniff(head: Head) -> bool:
    """The headers can be of nothing but a list of members, no row is the header of a chat, and there is but one sheet."""
    from qunkit.chat.rosters import is_chat, is_roster

    rows = [row for sheet in head.sheets.values() for row in sheet]
    return len(head.sheets) == 1 and any(map(is_roster, rows)) and not any(map(is_chat, rows))


def read(source: Source) -> Iterator[Batch]:
    """The members."""
    from qunkit.chat import rosters

    yield from rosters.read(source)
