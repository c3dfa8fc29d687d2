"""Who did not answer a call, 未响应名单: one row a member, for `--call ID` (an id that `qunkit calls` lists) or, without it, for the last call of each group.

    group_name  at                   name    role    known_by  last_spoke           spoke_later
    妈妈群      2026-05-04 09:12:40  小鹿    member  roster    2026-05-02 21:40:11  2026-05-04 12:03:20

With a complete roster: who is on it, had joined, and did not write within the time. Without one nobody knows who else is in the group; then those who wrote in the 28 days before are
listed, and `known_by` says so. The names stand below the table once more, without staff, ready to be pasted into the group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import column
from qunkit.dataset import option
from qunkit.methods import gaps
from qunkit.methods.call_log import BASES, LINES, RECENT, Chat, by_form, line_of, read
from qunkit.methods.calls import MINUTE
from qunkit.methods.paste import to_paste
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

ROLES = {
    "owner": Text("owner", "群主"),
    "admin": Text("admin", "管理员"),
    "staff": Text("staff", "员工"),
    "member": Text("member", "成员"),
}

TITLE = Text("Calls: who did not answer", "未响应名单")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=9),
    Column("group_name", "text", Text("group", "群"), spare=3),
    Column("message_id", "text", Text("message id", "消息 id"), Text("of the call", "号召的消息 id"), spare=7),
    Column("at", "datetime", Text("call", "号召时间"), spare=2),
    Column("over", "bool", Text("over", "时间已满"), Text("whether the data goes on until the time is over", "数据是否覆盖到响应时间结束"), spare=6),
    Column("member_id", "text", Text("member id", "成员 id"), spare=8),
    Column("name", "text", Text("name", "成员")),
    Column("official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml", "qunkit.toml 中的官方人员"), spare=5),
    Column("role", "text", Text("role", "角色"), Text("by the roster; null: not known", "据名单；未知时为空"), words=ROLES, spare=4),
    Column("known_by", "text", Text("known by", "依据"), Text("roster: on the newest complete roster, and had joined; posters: there is none, and they wrote in the 28 days before", "名单：在最新完整名单中且当时已入群；近期发言者：无完整名单，此前 28 天内发过言"), words=BASES),
    Column("last_spoke", "datetime", Text("spoke before", "此前发言"), Text("last time before the call; null: not in the 28 days before the window, nor in it", "号召前最近一次发言；自所选时间之前 28 天起未发言时为空"), spare=1),
    Column("spoke_later", "datetime", Text("spoke later", "之后发言"), Text("first time after the time for answers; null: not yet", "响应时间过后首次发言；尚无时为空")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit calls silent` can be told."""

    call: str = option("", Text("message id of the call, or of any message; else the last call of each group", "号召（或任一消息）的消息 id；不填则为各群最近一次号召"))  # fmt: skip
    minutes: int = option(30, Text("who did not write within N minutes; 0: to the end of the data", "N 分钟内未发言；0 为截至数据结束"), least=0)  # fmt: skip


PYTHON = True
PART_SQL = LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
)
SELECT parts.part AS group_id, named.group_name, parts.message_id, parts.at, parts.over, parts.member_id, COALESCE(members.name, parts.member_id) AS name,
  COALESCE(members.official, FALSE) AS official, members.role, parts.known_by, parts.last_spoke, parts.spoke_later
FROM parts
JOIN named ON named.group_id = parts.part
LEFT JOIN members ON members.group_id = parts.part AND members.member_id = parts.member_id
ORDER BY parts.part, parts.last_spoke DESC, parts.member_id
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Who did not answer the one call of a group, or nobody where there is none."""
    import numpy as np
    import pyarrow as pa

    chat = read(table)
    call = _chosen(chat, params)
    last = chat.turns.last[call]
    since, until = last + 1, _ends(chat, last, params.minutes)
    people = np.setdiff1d(_asked(chat, last), chat.who[last])
    people = np.setdiff1d(people, np.concatenate([chat.who[a:b] for a, b in zip(since, until, strict=True)] or [since]))
    line = np.repeat(line_of(chat, call), len(people) if len(call) else 0)
    taken, n = column(line), len(line)
    people = people[:n]
    before, after = _nearest(chat, people, since, until)
    over = chat.heard[last] >= params.minutes * MINUTE if params.minutes else np.zeros(len(last), bool)

    def times(of: Ints) -> pa.Array:
        return chat.rows["local_time"].combine_chunks().take(pa.array(of, pa.int64(), mask=of < 0))

    return pa.table(
        {
            "part": chat.rows["part"].take(taken),
            "message_id": chat.rows["message_id"].take(taken),
            "at": chat.rows["local_time"].take(taken),
            "over": pa.array(np.repeat(over, n if len(over) else 0), pa.bool_()),
            "member_id": chat.people.take(column(people)),
            "known_by": pa.array(["roster" if len(chat.listed) else "posters"] * n, pa.string()),
            "last_spoke": times(before),
            "spoke_later": times(after),
        }
    )


remarks = gaps.untimed


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Names to paste; why there are none, or by what they are known."""
    if not len(frame):
        return [Note(_NO_CALL if params.call else _NOBODY)]
    told = [Note(_NO_ROSTER)] if (frame["known_by"] == "posters").any() else []
    if params.minutes and not frame["over"].all():
        told.append(Note(_NOT_OVER))
    names = frame.loc[~frame["official"], "name"].tolist()
    if names and frame["message_id"].nunique() == 1:
        told.append(to_paste(names))
    return told


_NO_ROSTER = Text(
    "Without a complete roster only recent posters can be listed: others may not have answered either (`qunkit roster --help`).",
    "无完整名单的群只能列出近期发言者，其他未响应者未知（见 `qunkit roster --help`）。",
)
_NOT_OVER = Text(
    "The data ends, or has a hole, before the time is over: some may have answered since.",
    "数据在响应时间结束前中断，名单中可能有人随后已响应。",
)
_NO_CALL = Text(
    "No message of this id in the window (`qunkit calls` lists ids), or everybody answered it.",
    "所选时间内没有该 id 的消息（`qunkit calls` 可查 id），或所有人均已响应。",
)
_NOBODY = Text("No call in the window, or everybody answered.", "所选时间内没有号召，或所有人均已响应。")


def _chosen(chat: Chat, params: Params) -> Ints:
    """The turn that is meant: one or none."""
    import numpy as np
    import pyarrow.compute as pc

    if params.call:
        place = pc.index(chat.rows["message_id"], params.call).as_py()
        return chat.turns.of_line[[place]] if place >= 0 and chat.in_window[place] else np.empty(0, np.int64)
    finished = chat.heard[chat.turns.last] >= params.minutes * MINUTE
    return np.flatnonzero((by_form(chat) >= 0) & chat.in_window[chat.turns.first] & finished)[-1:]


def _ends(chat: Chat, last: Ints, minutes: int) -> Ints:
    """Behind the last line that is within the time."""
    import numpy as np

    if not minutes:
        return np.full(len(last), len(chat.who))
    return np.searchsorted(chat.at, chat.at[last] + minutes * MINUTE - chat.half, "right")


def _asked(chat: Chat, last: Ints) -> Ints:
    """Who is known to have been there: by the roster, else by what they wrote in the 28 days before."""
    import numpy as np

    if not len(last):
        return last
    if len(chat.listed):
        return np.unique(chat.listed[chat.joined <= chat.local[last[0]]])
    begin = np.searchsorted(chat.at, chat.at[last[0]] - RECENT * 24 * 60 * MINUTE)
    return np.unique(chat.who[begin : last[0] + 1])


def _nearest(chat: Chat, people: Ints, since: Ints, until: Ints) -> tuple[Ints, Ints]:
    """Of each of `people` the last line before the call, and the first after the time; -1: none."""
    import numpy as np

    before, after = np.full(len(chat.people), -1), np.full(len(chat.people), -1)
    if len(since):
        early, late = np.arange(since[0]), np.arange(until[0], len(chat.who))[::-1]
        before[chat.who[early]], after[chat.who[late]] = early, late
    return before[people], after[people]
