"""Where each member stands in the net of quotes and mentions, 网络位置: one row per group and member who posted in the window.

    group_name  name    gave  got  ties  mutual  core  circle  pagerank
    妈妈群      小鹿      31   64    14       9     5       1      0.11
    妈妈群      阿珍      12    9     6       4     5       2      0.04

Rank and core go with how much one writes: they say where somebody stands, not what they move (`qunkit kol`). Circles are told where `qunkit network` tells them.
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

TITLE = Text("Members' places in the network, and circles", "网络位置与小圈子")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=7),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id"), spare=6),
    Column("name", "text", Text("name", "成员")),
    Column("official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml", "qunkit.toml 中的官方人员"), spare=5),
    Column("gave", "int", Text("gave", "给出"), Text("explicit edges to others: messages that quote them, or answer a mention of them", "其引用或@其他成员的条数"), spare=3),
    Column("got", "int", Text("got", "收到"), Text("explicit edges by others", "被其他成员引用或@的条数"), spare=2),
    Column("ties", "int", Text("ties", "联系"), Text("different people with whom there are edges, in whatever direction", "有明确回复的不同成员数，不论方向")),
    Column("mutual", "int", Text("mutual", "互动"), Text("of these, those with edges in both directions", "其中互相回复的人数"), spare=1),
    Column("core", "int", Text("core", "k-核"), Text("largest k such that they belong to a part of the group in which each has ties with k others of it", "所属 k-核的最大 k：其中每人都与其中至少 k 人有联系")),
    Column("circle", "int", Text("circle", "小圈子"), Text("number of their circle, the largest is 1; null: in none, or the group's are not told (see `qunkit network`)", "所在小圈子编号，最大的为 1；不在其中，或该群未给出小圈子时为空（见 `qunkit network`）")),
    Column("pagerank", "ratio", Text("PageRank", "PageRank"), Text("of who is answered by whom how often; of a group it is 100 %; null: the group has no edges", "按明确回复的去向和条数计算，全群合计 100%；该群没有明确回复时为空"), spare=4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit network members` can be told."""

    peers: bool = option(False, Text("without staff, and what is said between them and others", "不计官方人员及与其有关的回复"))  # fmt: skip
    top: int = option(0, Text("only the N of the highest PageRank of each group; 0: all", "每群只列 PageRank 最高的 N 人；0 为全部"), least=0)  # fmt: skip


PYTHON = True
PART_SQL = cohesion.LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
), ranked AS (
  SELECT parts.*, ROW_NUMBER() OVER (PARTITION BY part ORDER BY pagerank DESC, got DESC, member_id) AS place FROM parts
)
SELECT ranked.part AS group_id, named.group_name, ranked.member_id, COALESCE(members.name, ranked.member_id) AS name, ranked.official,
  ranked.gave, ranked.got, ranked.ties, ranked.mutual, ranked.core, ranked.circle, ranked.pagerank
FROM ranked
JOIN named ON named.group_id = ranked.part
LEFT JOIN members ON members.group_id = ranked.part AND members.member_id = ranked.member_id
WHERE :top = 0 OR place <= :top
ORDER BY ranked.part, place
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """The members of one group; figures are rounded, so that every engine gives the same."""
    import numpy as np
    import pyarrow as pa

    group = cohesion.read(table, staff=not params.peers)
    n, by, to = len(group), group.by, group.to
    found = cohesion.ties(by, to, n)
    one, _, both = cohesion.mutual(by, to, n)
    circle = cohesion.circles(found, cohesion.rewired(found)).of
    rank = cohesion.positions(by, to, n).round(6) if len(by) else np.full(n, np.nan)
    return pa.table(
        {
            "part": pa.array(table["part"][:1].to_pylist() * n, pa.string()),
            "member_id": group.ids,
            "official": pa.array(group.official),
            "gave": pa.array(np.bincount(by, minlength=n)),
            "got": pa.array(np.bincount(to, minlength=n)),
            "ties": pa.array(np.bincount(found.ends.ravel(), minlength=n)),
            "mutual": pa.array(np.bincount(one[both > 0], minlength=n)),
            "core": pa.array(cohesion.cores(found)),
            "circle": pa.array(circle, mask=circle == 0),
            "pagerank": pa.array(rank, mask=np.isnan(rank)),
        }
    )


remarks = gaps.untimed


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """How ranks are to be read."""
    return [Note(_WHERE)] if frame["pagerank"].notna().any() else []


# -- helpers -----------------------------------------------------------------------------------------------------------
_WHERE = Text(
    "PageRank and core tell where somebody stands, not what they move: they go with how much one writes (see `qunkit kol`).",
    "PageRank 和 k-核只表示网络位置，随发言量升高，不代表影响力（影响力见 `qunkit kol`）。",
)
