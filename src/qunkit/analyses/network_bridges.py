"""Who holds groups together, 跨群桥: one row a member who is active in two groups or more.

    name  groups              turns  entropy  weakest  by    score  betweenness
    小鹿  妈妈群、徒步一群      310     0.67     0.42  pull   0.28
    老K   妈妈群、读书会         95     0.30     0.55  pull   0.17

Active in a group is who posted in it on 3 days or more of the window. A bridge is who shares their turns out among groups, and is answered in all of them: entropy of turns ×
the smallest pull that they have in any (`qunkit kol`), or, where a pull is hidden or could not be checked, the smallest number of answers. Only ids tell who is the same person: members who are
known by name alone are never in two groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

BY = {"pull": Text("pull", "带动力"), "answers": Text("answers", "回复获得")}

TITLE = Text("Bridges: members who hold groups together", "跨群桥")

COLUMNS = (
    Column("member_id", "text", Text("member id", "成员 id"), spare=6),
    Column("name", "text", Text("name", "成员"), Text("as in the group of most of their turns", "取其发言最多的群内的名称")),
    Column("official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml, in any of these groups", "在其中任一群为 qunkit.toml 中的官方人员"), spare=5),
    Column("groups", "int", Text("groups", "群数"), Text("groups in which they posted on 3 days or more of the window", "所选时间内发言不少于 3 天的群数")),
    Column("group_names", "list", Text("which groups", "所在群"), Text("these groups, that of most turns first", "上述各群，发言多的在前"), spare=3),
    Column("turns", "int", Text("turns", "发言轮次"), Text("in these groups", "在上述各群的发言轮次"), spare=2),
    Column("entropy", "float", Text("entropy", "熵"), Text("of how turns are shared out among these groups, in nats: 0.69 for two groups alike", "发言轮次在各群间分布的熵（自然对数），两群各半为 0.69"), spare=1),
    Column("weakest", "float", Text("in the weakest", "最弱一群"), Text("the smallest pull in any of these groups; by answers: the smallest number of answers", "各群带动力的最小值；依据为回复获得时，取回复获得的最小值")),
    Column("by", "text", Text("by", "依据"), Text("pull; answers: the pull is hidden, or could not be checked, in one of these groups at least", "pull 带动力；answers 至少一群未显示带动力或未自检，改用回复获得"), words=BY),
    Column("score", "float", Text("score", "得分"), Text("entropy × the weakest; comparable among those by the same", "熵 × 最弱一群；仅在依据相同者之间可比")),
    Column("betweenness", "ratio", Text("betweenness", "中介度"), Text("of the shortest ways from group to group by way of such members, the share that leads through them; null up to 5 groups", "各群经由此类成员的最短路径中经过该成员的比例；不超过 5 个群时为空"), spare=4),
)  # fmt: skip

USES = ("kol",)
MANY_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit network bridges` can be told: nothing of its own."""


SQL = """
WITH spoke AS (
  SELECT group_id, sender_id, COUNT(DISTINCT day) AS active_days FROM posts WHERE in_window GROUP BY group_id, sender_id
), counted AS (
  SELECT kol.group_id, kol.group_name, kol.member_id, kol.name, kol.official, kol.turns, CASE WHEN kol.confidence <> 'unchecked' THEN kol.pull END AS pull, kol.volume,
    COUNT(*) OVER (PARTITION BY kol.member_id) AS in_groups
  FROM kol JOIN spoke ON spoke.group_id = kol.group_id AND spoke.sender_id = kol.member_id
  WHERE spoke.active_days >= 3 AND kol.turns > 0 AND kol.member_id NOT LIKE 'name:%'
)
SELECT group_id, group_name, member_id, name, official, turns, pull, volume FROM counted WHERE in_groups >= 2
ORDER BY member_id, turns DESC, group_id
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """A row a member; those by pull first, for their scores are of another kind."""
    import pandas as pd

    between = _betweenness(frame)
    told = [_bridge(rows, between) for _, rows in frame.groupby("member_id", sort=True)]
    found = pd.DataFrame(told, columns=[column.name for column in COLUMNS])
    return found.sort_values(["by", "score", "member_id"], ascending=[False, False, True], ignore_index=True)


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What the order is."""
    hidden = int((frame["by"] == "answers").sum())
    return [Note(_ANSWERS, (("n", hidden),))] if hidden else []


# -- helpers -----------------------------------------------------------------------------------------------------------
_ANSWERS = Text(
    "Listed last, by answers: {n}, whose pull is hidden, or could not be checked, in one of their groups (see `qunkit kol`).",
    "{n} 人在至少一个群未显示带动力或未自检（见 `qunkit kol`），按回复获得计算，列在最后。",
)


def _bridge(rows: pd.DataFrame, between: dict[str, float]) -> dict[str, object]:
    """The row of one member, of rows in order of turns."""
    from math import log

    first = rows.iloc[0]
    by = "pull" if rows["pull"].notna().all() else "answers"
    weakest = float((rows["pull"] if by == "pull" else rows["volume"]).min())
    turns = rows["turns"].tolist()
    entropy = -sum(one / sum(turns) * log(one / sum(turns)) for one in turns if one)
    return {
        "member_id": first["member_id"],
        "name": first["name"],
        "official": bool(rows["official"].any()),
        "groups": len(rows),
        "group_names": rows["group_name"].tolist(),
        "turns": sum(turns),
        "entropy": round(entropy, 6),
        "weakest": round(weakest, 6),
        "by": by,
        "score": round(entropy * weakest, 6),
        "betweenness": between.get(first["member_id"]),
    }


def _betweenness(frame: pd.DataFrame) -> dict[str, float]:
    """Of each member, the share of shortest ways between two groups (Freeman 1977) in the graph of groups and these members.

    Members of a single group are on no way between groups, so that leaving them out changes nothing.
    """
    import networkx as nx

    groups = [("group", one) for one in sorted(set(frame["group_id"]))]
    if len(groups) <= MANY_GROUPS:
        return {}
    graph = nx.Graph([(("group", group), ("member", member)) for group, member in zip(frame["group_id"], frame["member_id"], strict=True)])  # fmt: skip
    ways = sum(len(part & set(groups)) * (len(part & set(groups)) - 1) / 2 for part in nx.connected_components(graph))
    found = nx.betweenness_centrality_subset(graph, groups, groups)
    return {name: round(value / ways, 6) for (kind, name), value in found.items() if kind == "member"}
