"""Whose turns, or calls, are answered by more people than usual, 谁一呼百应: one row per group and member who posted in the window.

    name         label  turns  responders  usual  lift  shrunk  p      q      calls  call_responders
    团长·小曼🍓  above    388        4.80   2.95  1.85    1.61  0.001  0.021     12             7.33

`lift` is the mean of responders above what is usual at such times; `shrunk` draws it to 0 by what chance explains. `p` is of 999 shuffles of authors within strata, and too small by itself: turns near each other
have answers in common. So `q` (Benjamini & Hochberg 1995) is what a label goes by. In invented chats where everybody is alike it labels about one member in a hundred, see docs/methods/calls.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import column
from qunkit.dataset import option
from qunkit.methods import gaps
from qunkit.methods.call_log import LINES, Rated, by_form, rate, read
from qunkit.methods.discoveries import DISCOVERIES
from qunkit.results import Column
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TITLE = Text("Calls: whose are answered by more than usual", "号召力：谁的发言响应更多")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=11),
    Column("group_name", "text", Text("group", "群"), spare=4),
    Column("member_id", "text", Text("member id", "成员 id"), spare=10),
    Column("name", "text", Text("name", "成员")),
    Column("official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml", "qunkit.toml 中的官方人员"), spare=9),
    Column("label", "text", Text("label", "标签"), Text("above: more responders than usual, of such findings one in ten is chance (q of 0.1 or less)", "高于常态：响应人数高于常态，错误发现率 10%（q 不高于 0.1）"), words={"above": Text("above", "高于常态")}),
    Column("turns", "int", Text("turns", "发言轮次"), Text("turns (or, with --of calls, calls) that are compared: the time for answers is over, no red packet near, 20 like them in the group", "参与比较的发言轮次（加 --of calls 时为号召）：响应时间已满、附近无红包、同类发言不少于 20 轮")),
    Column("responders", "float", Text("responders", "响应人数"), Text("mean number of different others who wrote within --minutes", "--minutes 分钟内发言的其他人数，平均"), spare=2),
    Column("normal", "float", Text("usual", "常态"), Text("mean of the group's turns at such times", "同群同类时段发言的平均响应人数"), spare=5),
    Column("lift", "float", Text("lift", "高出常态"), Text("responders above the usual", "响应人数减去常态")),
    Column("shrunk", "float", Text("shrunk", "收缩后"), Text("lift, drawn to 0 by as much as chance explains (empirical Bayes)", "按偶然波动向 0 收缩后的高出值（经验贝叶斯）"), spare=1),
    Column("p", "float", Text("p", "p"), Text("of 999 shuffles of authors within strata; null: fewer than 20 turns, or 5 calls", "层内随机打乱作者 999 次所得；不足 20 轮（号召不足 5 次）时为空"), spare=6),
    Column("q", "float", Text("q", "q"), Text("share of chance findings among all of the group that are as sure", "该群同等把握的发现中出于偶然的比例"), spare=3),
    Column("calls", "int", Text("calls", "号召次数"), Text("calls, as `qunkit calls` lists them", "号召次数，同 `qunkit calls`"), spare=7),
    Column("call_responders", "float", Text("per call", "每次号召响应"), Text("mean number of different others who wrote within --minutes of a call; null: no call whose time is over", "每次号召在 --minutes 分钟内的平均响应人数；无已满时间的号召时为空"), spare=8),
)  # fmt: skip

ENOUGH = {"turns": 20, "calls": 5}


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit calls people` can be told."""

    minutes: str = option("5", Text("minutes within which others are counted", "统计多少分钟内的响应"), choices=("5", "15", "30"))  # fmt: skip
    of: str = option("turns", Text("compare all turns of a member, or only calls", "比较成员的全部发言，或只比较号召"), choices=("turns", "calls"))  # fmt: skip


PYTHON = True
PART_SQL = LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
)
SELECT parts.part AS group_id, named.group_name, parts.member_id, COALESCE(members.name, parts.member_id) AS name, parts.official, parts.label, parts.turns,
  parts.responders, parts.normal, parts.lift, parts.shrunk, parts.p, parts.q, parts.calls, parts.call_responders
FROM parts
JOIN named ON named.group_id = parts.part
LEFT JOIN members ON members.group_id = parts.part AND members.member_id = parts.member_id
ORDER BY parts.part, parts.shrunk DESC, parts.lift DESC, parts.member_id
"""


remarks = gaps.untimed


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Members of one group who posted in the window; figures are rounded, so that every engine gives the same."""
    import numpy as np
    import pyarrow as pa

    from qunkit.methods.calls import shrunk
    from qunkit.methods.discoveries import discoveries

    chat = read(table)
    rated, call, n = rate(chat, int(params.minutes)), by_form(chat) >= 0, len(chat.people)
    who = chat.turns.who
    inside = chat.in_window[chat.turns.first]
    pool = rated.counted & (rated.stratum >= 0)
    some = pool & call if params.of == "calls" else pool
    turns = np.bincount(who[some], minlength=n)
    enough = turns >= ENOUGH[params.of]
    p = _chances(rated, who, pool, some & enough[who], n)
    q = discoveries(p, enough)
    lifts = (rated.counts - rated.usual.mean)[some]
    day = chat.local[chat.turns.first] // (24 * 3600 * 1000)
    done = call & inside & rated.over

    def mean(values: Ints | Floats, of: Flags) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.bincount(who[of], values[of], n) / np.bincount(who[of], minlength=n)
        return found

    official = np.zeros(n, bool)
    official[chat.who[chat.official]] = True
    figures = {
        "responders": mean(rated.counts, some),
        "normal": mean(rated.usual.mean, some),
        "lift": mean(rated.counts - rated.usual.mean, some),
        "shrunk": np.where(turns > 0, shrunk(who[some], day[some], lifts, n), np.nan),
        "p": np.where(enough, p, np.nan),
        "q": q,
        "call_responders": mean(rated.counts, done),
    }
    kept = np.flatnonzero(np.bincount(who[inside], minlength=n))
    taken = column(kept)
    return pa.table(
        {
            "part": table["part"].slice(0, 1).take(column(np.zeros(len(kept), np.int64))),
            "member_id": chat.people.take(taken),
            "official": pa.array(official[kept]),
            "label": pa.array(["above" if q[one] <= DISCOVERIES else None for one in kept], pa.string()),
            "turns": column(turns[kept]),
            "calls": column(np.bincount(who[call & inside], minlength=n)[kept]),
            **{name: column(values[kept].astype(np.float64).round(6)) for name, values in figures.items()},
        }
    )


def _chances(rated: Rated, who: Ints, pool: Flags, asked: Flags, members: int) -> Floats:
    """The p of everybody, by the turns that are `asked` about, among all of the `pool`."""
    import numpy as np

    from qunkit.methods.calls import chances

    owner = np.where(asked, who, -1)[pool]
    return chances(rated.stratum[pool], owner, rated.counts[pool], members)
