"""How each group grew by invitations, 裂变: how many were brought in and by how many, and the shape of the largest invite tree.

    group_name  invited  inviters  by_staff  gone  still  fission  invited_28  members_28     k  trees  in_trees  size  depth  width  virality
    妈妈群          214        41        96    22    192     4.68          37         160  0.23      9       231   120      6     48      4.10

Counted are persons, at their first joining; the founding batch and staff who were invited do not count as invited, but hold the tree together. Window: when they joined; the tree
is that of all time. Who invited whom says `qunkit growth tree`, how good the invitees of each are `qunkit growth inviters`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.methods import gaps
from qunkit.methods.gone import GONE
from qunkit.methods.invites import ENTERED, Forest, Row, called, grown, untold
from qunkit.methods.joins import JOINS, TELLING, UNTOLD
from qunkit.methods.moves import MOVES
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Growth: invitations and their trees", "裂变")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=12),
    Column("group_name", "text", Text("group", "群")),
    Column("invited", "int", Text("brought in", "带入人数"), Text("persons who joined for the first time by somebody's invitation, link or QR code, without staff and the creation batch; null: no notices of coming or going and no join dates", "首次入群且知道由谁带入的人数（邀请、链接或二维码），不含官方人员和建群批次；既无进退群提示也无入群日期时为空")),
    Column("inviters", "int", Text("inviters", "邀请人"), Text("who brought them in", "带入这些人的成员数")),
    Column("by_staff", "int", Text("by staff", "官方带入"), Text("of those brought in, by staff", "其中由官方人员带入的人数"), spare=7),
    Column("gone", "int", Text("gone", "已离群"), Text("of those brought in, told to have left by a notice or the newest complete roster; null: nothing tells", "其中据提示或最新完整名单已离群的人数；无从得知时为空"), spare=4),
    Column("still", "int", Text("still there", "仍在群"), Text("brought in less gone; null without a complete roster", "带入人数减已离群；无完整名单时为空"), spare=3),
    Column("fission", "float", Text("per inviter", "人均有效邀请"), Text("still there ÷ inviters (裂变系数, net of leavers); null without a complete roster", "仍在群 ÷ 邀请人（裂变系数，已扣除离群）；无完整名单时为空"), spare=2),
    Column("invited_28", "int", Text("by members, 28 days", "近 28 天成员带入"), Text("brought in within the last 28 days of the window, by members without staff", "所选时间最后 28 天内由普通成员带入的人数"), spare=6),
    Column("members_28", "int", Text("of members", "当时成员数"), Text("members then: who had posted, joined or been on a roster before those 28 days and was not told to have left, without staff; null: the group's log is shorter", "此 28 天之前已发言、入群或在名单中且未被提示离群的成员数，不含官方人员；群记录更短时为空"), spare=9),
    Column("k", "float", Text("k", "k"), Text("brought in by members in 28 days ÷ members then; null below 5 members", "28 天内由普通成员带入的人数 ÷ 当时成员数；不足 5 人时为空")),
    Column("trees", "int", Text("trees", "裂变树"), Text("invite trees of two or more, of all time", "全部历史中 2 人以上的裂变树数量"), spare=8),
    Column("in_trees", "int", Text("in trees", "树内人数"), Text("members in them, roots and the creation batch among them", "树内人数，含源头和建群批次"), spare=10),
    Column("size", "int", Text("largest tree", "最大树人数"), Text("members of the largest", "最大一棵树的人数")),
    Column("depth", "int", Text("depth", "深度"), Text("its longest chain of invitations", "该树最长的邀请链")),
    Column("width", "int", Text("width", "宽度"), Text("members at its widest level", "该树人数最多的一层的人数"), spare=1),
    Column("virality", "float", Text("mean distance", "平均距离"), Text("structural virality (Goel et al. 2016): mean distance of two members in it; about 2 where one person invites all, more where invitees invite", "结构传播度（Goel 等 2016）：该树内两人的平均距离；一人邀请所有人时约为 2，层层邀请时更高"), spare=1),
    Column("root", "text", Text("begun by", "源头"), Text("the root of the largest tree", "最大一棵树的源头"), spare=5),
    Column("root_id", "text", Text("begun by (id)", "源头 id"), Text("id of the root", "源头的 id"), spare=11),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit growth invites` can be told: nothing."""


_CUT = "LEAST(:until, :as_of) - INTERVAL '28' DAY"
SQL = f"""
WITH {MOVES}, {JOINS}, {GONE}, {ENTERED}, named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name, MIN(local_time) AS first_at
  FROM posts GROUP BY group_id
), {TELLING}, presences AS (
  SELECT group_id, sender_id AS member_id, MAX(local_time) AS here_at, CAST(NULL AS TIMESTAMP) AS left_at
  FROM posts WHERE local_time < {_CUT} GROUP BY group_id, sender_id
  UNION ALL
  SELECT group_id, member_id, joined_at, NULL FROM joins WHERE joined_at < {_CUT} AND member_id IS NOT NULL
  UNION ALL
  SELECT group_id, member_id, COALESCE(joined_at, seen_at), NULL FROM listings WHERE COALESCE(joined_at, seen_at) < {_CUT}
  UNION ALL
  SELECT group_id, member_id, NULL, local_time FROM departures WHERE member_id IS NOT NULL AND local_time < {_CUT}
), present AS (
  SELECT group_id, member_id FROM presences GROUP BY group_id, member_id
  HAVING MAX(here_at) IS NOT NULL AND (MAX(left_at) IS NULL OR MAX(here_at) > MAX(left_at))
), sized AS (
  SELECT present.group_id, COUNT(*) AS members_28
  FROM present LEFT JOIN members ON members.group_id = present.group_id AND members.member_id = present.member_id
  WHERE NOT COALESCE(members.official, FALSE) GROUP BY present.group_id
)
SELECT named.group_id, named.group_name, telling.group_id IS NOT NULL AS told, CASE WHEN named.first_at < {_CUT} THEN COALESCE(sized.members_28, 0) END AS members_28,
  entered.member_id, entered.joined_at, entered.sent_at, entered.seq, entered.inviter_id, entered.batch, entered.in_window, entered.official, entered.posted_before,
  entered.gone, entered.rostered, entered.findable, entered.joined_at >= {_CUT} AS lately, COALESCE(members.official, FALSE) AS by_staff,
  {called("entered.inviter_id")} AS inviter_name
FROM named
LEFT JOIN telling ON telling.group_id = named.group_id
LEFT JOIN sized ON sized.group_id = named.group_id
LEFT JOIN entered ON entered.group_id = named.group_id
LEFT JOIN members ON members.group_id = entered.group_id AND members.member_id = entered.inviter_id
LEFT JOIN called_so ON called_so.group_id = entered.group_id AND called_so.member_id = entered.inviter_id
ORDER BY named.group_id, entered.joined_at, entered.sent_at, entered.seq, entered.member_id
"""

remarks = gaps.unnoticed


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row a group, the one with the most brought in first."""
    import pandas as pd

    told = pd.DataFrame([_row(*one) for one in grown(frame)], columns=[column.name for column in COLUMNS])
    told = told.sort_values(["invited", "in_trees", "group_id"], ascending=[False, False, True], kind="stable", ignore_index=True)  # fmt: skip
    told.attrs["untold"] = untold(frame)
    return told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """How many joins nobody can follow."""
    lost = frame.attrs.get("untold", 0)
    return [Note(UNTOLD, (("n", lost),))] if lost else []


def _row(rows: list[Row], forest: Forest) -> Row:
    given: Row = {name: rows[0][name] for name in ("group_id", "group_name", "members_28")}
    if not rows[0]["told"]:
        return given
    brought = [rows[place] for place in forest.edges]
    ordinary = [row for row in brought if not row["batch"] and not row["official"]]
    counted = [row for row in ordinary if row["in_window"]]
    inviters, gone = {row["inviter_id"] for row in counted}, sum(bool(row["gone"]) for row in counted)
    rostered = any(row["rostered"] for row in rows)
    lately = sum(bool(row["lately"]) and not row["by_staff"] for row in ordinary)
    trees, still = forest.trees(), len(counted) - gone if rostered else None
    given |= {
        "invited": len(counted),
        "inviters": len(inviters),
        "by_staff": sum(bool(row["by_staff"]) for row in counted),
        "gone": gone if gone or rostered else None,
        "still": still,
        "fission": still / len(inviters) if still is not None and inviters else None,
        "invited_28": lately if given["members_28"] is not None else None,
        "k": lately / given["members_28"] if (given["members_28"] or 0) >= _FEW else None,
        "trees": len(trees),
        "in_trees": sum(tree.size for tree in trees),
    }
    if not trees:
        return given
    largest = trees[0]
    names = {row["inviter_id"]: row["inviter_name"] for row in brought}
    return given | {
        **{name: getattr(largest, name) for name in ("size", "depth", "width", "virality")},
        "root": names[largest.root],
        "root_id": largest.root,
    }


_FEW = 5
