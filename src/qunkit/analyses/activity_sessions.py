"""Conversations, 会话: runs of messages without a long pause, one row each.

    started_at           ended_at             minutes  messages  turns  posters  starter_name  handover_s  gap
    2026-05-04 09:00:02  2026-05-04 09:41:50     41.8        63     40       11  小鹿                18.5   30

A session ends when nobody posts for more than `gap` minutes; one that begins in the window counts whole. 30 minutes is a
convention. Gap 0 looks for the valley between pauses within and between conversations in each group: the crossing of two
lognormals fitted by EM to the gaps (Halfaker et al., WWW 2015, for one person's sessions), kept within 5 and 60 minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.arrays import column, numbers
from qunkit.dataset import option
from qunkit.results import Column
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Ints = np.ndarray[Any, np.dtype[np.int64]]

TITLE = Text("Conversations, one by one", "会话")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column("started_at", "datetime", Text("start", "开始")),
    Column("ended_at", "datetime", Text("end", "结束"), spare=6),
    Column("minutes", "float", Text("minutes", "时长（分钟）"), spare=3),
    Column("messages", "int", Text("messages", "消息数")),
    Column(
        "turns",
        "int",
        Text("turns", "发言轮次"),
        Text("runs of one person's messages at most 2 minutes apart", "同一人连续发言（间隔不超过 2 分钟）计一轮"),
        spare=8,
    ),
    Column("posters", "int", Text("posters", "发言人数"), spare=2),
    Column("starter_id", "text", Text("started by (id)", "发起者 id")),
    Column("starter_name", "text", Text("started by", "发起者"), spare=4),
    Column(
        "handover_s",
        "seconds",
        Text("handover", "接话间隔"),
        Text("median time until somebody else posts; null if nobody else does", "他人接话的间隔中位数；无人接话时为空"),
        spare=7,
    ),
    Column(
        "gap",
        "float",
        Text("gap", "间隔阈值"),
        Text("minutes of silence that end a session", "超过该分钟数无人发言即结束"),
        spare=9,
    ),
)

TURN_GAP = 120.0
"""Seconds within which one person's next message still belongs to the turn."""
SHORTEST, LONGEST = 5.0, 60.0
"""Minutes between which a gap found from the data is kept."""
ENOUGH_GAPS = 100


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit activity sessions` can be told."""

    gap: int = option(
        30,
        Text(
            "minutes of silence that end a conversation, up to a day; 0: find it from the data",
            "超过多少分钟无人发言即结束，最长一天；0 为按数据自动判断",
        ),
    )
    min_messages: int = option(1, Text("only conversations with at least N messages", "只列至少 N 条消息的会话"))


PART_SQL = """
SELECT group_id AS part, sender_id, epoch_s(sent_at) AS t, local_time, in_window
FROM posts WHERE local_time >= :since - INTERVAL '1' DAY AND time_quality <> 'day'
ORDER BY part, sent_at, seq
"""

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
)
SELECT parts.part AS group_id, named.group_name, parts.started_at, parts.ended_at, parts.seconds / 60 AS minutes,
  parts.messages, parts.turns, parts.posters, parts.starter_id, members.name AS starter_name, parts.handover_s, parts.gap
FROM parts
JOIN named ON named.group_id = parts.part
LEFT JOIN members ON members.group_id = parts.part AND members.member_id = parts.starter_id
WHERE parts.messages >= :min_messages
ORDER BY parts.started_at, parts.part, parts.number
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Sessions of one group from its posts in order; one row a session that begins in the window."""
    import numpy as np
    import pyarrow as pa

    at = numbers(table["t"])
    who = numbers(table["sender_id"].combine_chunks().dictionary_encode().indices)
    gaps = np.diff(at)
    gap = float(min(params.gap, 24 * 60)) or natural_gap(gaps)
    first = np.flatnonzero(np.r_[True, gaps > gap * 60])[: len(at)]
    last = np.r_[first[1:], len(at)][: len(first)] - 1
    session = np.repeat(np.arange(len(first)), last - first + 1)
    begins, ends = column(first), column(last)
    turn = np.r_[True, (np.diff(who) != 0) | (gaps > TURN_GAP) | (np.diff(session) != 0)][: len(at)]
    columns = {
        "part": table["part"].take(begins),
        "number": column(np.arange(len(first))),
        "started_at": table["local_time"].take(begins),
        "ended_at": table["local_time"].take(ends),
        "seconds": column(at[last] - at[first]),
        "messages": column(last - first + 1),
        "turns": column(np.bincount(session[turn], minlength=len(first))),
        "posters": column(_different(session, who, len(first))),
        "starter_id": table["sender_id"].take(begins),
        "handover_s": column(_handovers(session, who, at, len(first))),
        "gap": column(np.full(len(first), gap)),
    }
    return pa.table(columns).filter(table["in_window"].take(begins))


def natural_gap(gaps: Floats) -> float:
    """Minutes at which a pause rather ends a conversation than belongs to it; `gaps` in seconds.

    Two lognormals, fitted by EM from the lower and upper half of the gaps; their crossing, kept within SHORTEST and
    LONGEST. 30 where there are fewer than ENOUGH_GAPS gaps, only one kind of them, or no crossing between the means.
    """
    import numpy as np

    if len(gaps) < ENOUGH_GAPS:
        return 30.0
    x = np.log(gaps + 0.5)
    weight, mean, deviation = _two_normals(x)
    between = np.linspace(mean[0], mean[1], 2001)
    crossed = np.flatnonzero(np.diff(_densities(between, weight, mean, deviation), axis=0)[0] >= 0)
    if weight.min() < 0.01 or not len(crossed):
        return 30.0
    return round(float(np.clip(np.exp(between[crossed[0]]) / 60, SHORTEST, LONGEST)), 1)


def _two_normals(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Weights, means and deviations of two normals fitted to `x` by EM, the lower mean first."""
    import numpy as np

    lower = x <= np.median(x)
    share = np.stack([lower, ~lower]).astype(float)
    for _ in range(300):
        mass = share.sum(axis=1) + 1e-9
        mean = share @ x / mass
        deviation = np.sqrt((share * (x - mean[:, None]) ** 2).sum(axis=1) / mass) + 1e-3
        weight = mass / mass.sum()
        density = _densities(x, weight, mean, deviation)
        before, share = share, density / density.sum(axis=0)
        if np.abs(share - before).max() < 1e-6:
            break
    order = np.argsort(mean)
    return weight[order], mean[order], deviation[order]


def _densities(x: Floats, weight: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Weighted normal densities, one row a component; never zero, so that they can be compared far out."""
    import numpy as np

    z = (x - mean[:, None]) / deviation[:, None]
    return weight[:, None] / deviation[:, None] * np.exp(-0.5 * z * z) + 1e-300


def _different(session: Ints, who: Ints, n: int) -> Ints:
    """Number of different people in each of `n` sessions."""
    import numpy as np

    people = int(who.max(initial=0)) + 1
    return np.bincount(np.unique(session * people + who) // people, minlength=n)


def _handovers(session: Ints, who: Ints, at: Floats, n: int) -> Floats:
    """Median seconds from a message to the next by somebody else, in each of `n` sessions; NaN where there is none."""
    import numpy as np

    change = np.flatnonzero((np.diff(who) != 0) & (np.diff(session) == 0))
    where, wait = session[change], at[change + 1] - at[change]
    order = np.lexsort((wait, where))
    where, wait = where[order], wait[order]
    start = np.searchsorted(where, np.arange(n))
    size = np.bincount(where, minlength=n)
    found = size > 0
    medians = np.full(n, np.nan)
    low, high = (start + (size - 1) // 2)[found], (start + size // 2)[found]
    medians[found] = (wait[low] + wait[high]) / 2
    return medians
