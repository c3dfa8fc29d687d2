"""How each group hangs together, 凝聚力, by who quotes and mentions whom: one row a group in which somebody posted.

    group_name  members  edges  reciprocity  density  mean_degree  transitivity  transitivity_z  giant  core_order  core_members  steady  modularity  circles  why
    妈妈群           38    412         0.44     0.08          2.9          0.41             4.2   0.87           5            11      17        0.31        3
    徒步一群         21     60         0.20     0.03          0.6          0.18             0.7   0.52           2             6       9                        few

Only what people said themselves counts: answers that are inferred from times make everybody's ties look alike, and circles that are not there.
Who is in which circle says `qunkit network members`, who holds groups together `qunkit network bridges`. Definitions: docs/methods/network.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import cohesion, gaps
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

WHY = {
    "few": Text("too few edges", "明确回复不足"),
    "weak": Text("not clear", "划分不明显"),
    "chance": Text("no more than chance", "与随机无异"),
}

TITLE = Text("Cohesion: how groups hang together", "凝聚力")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=12),
    Column("group_name", "text", Text("group", "群")),
    Column("members", "int", Text("members", "发言人数"), Text("active: who posted in the window", "所选时间内发过言的成员数")),
    Column("edges", "int", Text("explicit edges", "明确回复"), Text("messages in which one of them quotes another, or answers a mention of them", "成员间的引用和@（条数）")),
    Column("reciprocity", "ratio", Text("reciprocity", "互惠度"), Text("share of edges that are returned: sum of the smaller direction of each pair, both ways, ÷ edges", "有来有往的明确回复占比：每对成员两个方向取较小值，求和后除以总数")),
    Column(
        "density", "ratio", Text("density", "密度"),
        Text("pairs with 2 or more edges in the last 28 days of the window ÷ pairs of members active then; it falls as groups grow", "所选时间最后 28 天内明确回复不少于 2 条的成员对，占同期发言成员所有可能对数的比例；群越大越低"),
        spare=3,
    ),
    Column("mean_degree", "float", Text("mean ties", "人均联系"), Text("such pairs that a member is in, on average; it does not fall", "人均拥有的上述成员对数，不随群变大而降低"), spare=2),
    Column("transitivity", "ratio", Text("transitivity", "聚集系数"), Text("of two who both have edges with a third, how often they have with each other", "与同一人有明确回复的两人之间，也有明确回复的比例"), spare=6),
    Column("transitivity_z", "float", Text("above chance (z)", "高于随机（z）"), Text("standard deviations above graphs of the same ties per member, drawn by chance 20 times", "比保持每人联系数的 20 个随机网络高几个标准差"), spare=7),
    Column("giant", "ratio", Text("giant part", "最大连通"), Text("members of the largest part that hangs together ÷ members", "最大连通部分的人数 ÷ 发言人数"), spare=5),
    Column("core_order", "int", Text("core order", "核心阶数"), Text("k of the innermost core: each of it has ties with k others of it", "最内层 k-核的 k：其中每人都与其中至少 k 人有联系"), spare=9),
    Column("core_members", "int", Text("core", "核心人数"), Text("members of that core", "该核心的人数"), spare=4),
    Column("steady", "int", Text("steady", "常客"), Text("members who posted in 3 or more of the last 4 weeks of the window; null: it is shorter than 3 weeks", "所选时间最后 4 周中至少 3 周发过言的人数；不足 3 周时为空"), spare=1),
    Column("modularity", "float", Text("modularity", "模块度"), Text("Q of the parts that Louvain's method finds; null below 200 edges", "Louvain 划分的模块度 Q；明确回复不足 200 条时为空"), spare=11),
    Column("circles", "int", Text("circles", "小圈子"), Text("parts of 3 or more; null where there are fewer than 200 edges, Q is below .15, or chance explains it", "不少于 3 人的小圈子数；明确回复不足 200 条、Q 低于 0.15 或可由随机解释时为空"), spare=8),
    Column("why", "text", Text("no circles", "无小圈子原因"), Text("few: fewer than 200 edges; weak: Q below .15; chance: the modularity of ties alone is less than 3 standard deviations above 20 graphs drawn by chance", "few 明确回复不足 200 条；weak Q 低于 0.15；chance 仅按联系计算的模块度高于 20 个随机网络不足 3 个标准差"), words=WHY, spare=10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit network` can be told."""

    peers: bool = option(False, Text("without staff, and what is said between them and others", "不计官方人员及与其有关的回复"))  # fmt: skip


PYTHON = True
PART_SQL = cohesion.LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
)
SELECT parts.part AS group_id, named.group_name, parts.members, parts.edges, parts.reciprocity, parts.density, parts.mean_degree, parts.transitivity,
  parts.transitivity_z, parts.giant, parts.core_order, parts.core_members, parts.steady, parts.modularity, parts.circles, parts.why
FROM parts
JOIN named ON named.group_id = parts.part
ORDER BY parts.edges DESC, parts.part
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """The row of one group, or none if nobody posted in the window; figures are rounded, so that every engine gives the same."""
    import pyarrow as pa

    group = cohesion.read(table, staff=not params.peers)
    given = [{"part": table["part"][0].as_py(), **_figures(group, table["span"][0].as_py())}] if len(group) else []
    return pa.Table.from_pylist(given, schema=_schema())


def _figures(group: cohesion.Group, span: float) -> dict[str, object]:
    n = len(group)
    told: dict[str, object] = {"members": n, "edges": len(group.by)}
    if span >= 3 * cohesion.WEEK:
        told["steady"] = int((group.weeks >= 3).sum())
    if not len(group.by):
        return told | {"why": "few"}
    found = cohesion.ties(group.by, group.to, n)
    lately = cohesion.ties(group.by[group.late], group.to[group.late], n)
    active, tied = int((group.weeks > 0).sum()), int((lately.edges >= cohesion.TWICE).sum())
    chance = list(cohesion.rewired(found))
    orders, circles = cohesion.cores(found), cohesion.circles(found, chance)
    return told | {
        "reciprocity": _rounded(cohesion.reciprocity(group.by, group.to, n)),
        "density": _rounded(cohesion.density(tied, active)),
        "mean_degree": _rounded(2 * tied / active if active else None),
        "transitivity": _rounded(cohesion.transitivity(found)),
        "transitivity_z": _rounded(cohesion.above_chance(found, chance)),
        "giant": _rounded(cohesion.giant(found) / n),
        "core_order": int(orders.max()),
        "core_members": int((orders == orders.max()).sum()),
        "modularity": _rounded(circles.modularity),
        "circles": int(circles.of.max()) if circles.why is None else None,
        "why": circles.why,
    }


remarks = gaps.untimed


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Of how many groups nothing can be told."""
    silent = int((frame["edges"] == 0).sum())
    return [Note(_SILENT, (("n", silent),))] if silent else []


# -- helpers -----------------------------------------------------------------------------------------------------------
_SILENT = Text(
    "Nobody quotes or mentions anybody (groups: {n}), or the exports do not say so: nothing can be told of their cohesion.",
    "{n} 个群没有成员间的引用和@，或导出中没有记录，无法计算凝聚力。",
)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _schema() -> pa.Schema:
    import pyarrow as pa

    kinds = {"int": pa.int64(), "float": pa.float64(), "ratio": pa.float64(), "text": pa.string()}
    own = [(column.name, kinds[column.type]) for column in COLUMNS[2:]]
    return pa.schema([("part", pa.string()), *own])
