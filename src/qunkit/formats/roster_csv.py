"""A list of a group's members as CSV.

A row a member, columns in any order:

    群名称,wxid,昵称,群昵称,角色,入群时间,邀请人
    周末徒步,wxid_a,阿岚,领队,群主,2024-03-01 09:30,
    周末徒步,wxid_b,小刘,,成员,2024/3/2,阿岚

Columns may be called as follows; case, blanks, `_` and `-` do not count, and other columns are passed over. A name or an id is needed.

* id: member_id id user_id userid wxid uid uin qq qq号 qq号码 external_userid platform_id 成员id 用户id 微信id 企业微信id
* name: name nickname nick 名称 名字 姓名 昵称 微信昵称 微信名 qq昵称 成员 成员昵称 用户昵称
* group nickname: group_nickname card group_card 群昵称 群内昵称 本群昵称 我在本群的昵称 群名片
* remark: remark 备注 备注名
* account: account alias wechat_id 微信号
* role: role 角色 身份 群身份 群内身份 成员角色
* join time: joined_at joined join_time join_date 入群时间 入群日期 加群时间 进群时间 加入时间
* inviter: invited_by inviter invitor 邀请人 邀请者 邀请人id 入群邀请人
* how they joined: join_source join_scene join_way 入群方式 加入方式 进群方式 加群方式
* group id: group_id chat_id room_id 群id 群号 群聊id
* group: group group_name chat_name room_name 群 群名 群名称 群聊 群聊名称

A list of members is the whole membership of the group at its time.

Kept: the known columns. Who has no id goes by name, and is the member of that name where exactly one is known. Join times without a zone
are of the zone of `--tz`.

Lost: nothing that is known; a join time that cannot be read is left out, and its row counts as rejected.

A record may have 1 MiB: a longer one is rejected.
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
