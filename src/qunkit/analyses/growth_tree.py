"""The invite tree itself, 裂变关系: a row for each member who was brought in by somebody, with whom and when.

    group_name  inviter  name    joined_at            source  depth  below  gone
    妈妈群      阿珍     小鹿    2026-05-11 09:30:12  invite      1     14  no
    妈妈群      小鹿     果果妈  2026-05-12 20:11:40  qr          2      0  yes

Who comes again keeps the first inviter; who was there before has none (docs/methods/growth.md). ``--format graphml`` or ``gexf`` draws the tree in Gephi and others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.methods.gone import GONE
from qunkit.methods.invites import ENTERED, called, grown, untold
from qunkit.methods.joins import JOINS, UNTOLD
from qunkit.methods.moves import MOVES
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Growth: the invite tree", "裂变关系")

_SOURCES = {
    "invite": Text("invited", "邀请"),
    "link": Text("by link", "链接"),
    "qr": Text("by QR code", "扫码"),
}
COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=5, edge="group"),
    Column("group_name", "text", Text("group", "群"), edge="group_name"),
    Column("inviter_id", "text", Text("inviter id", "邀请人 id"), spare=6, edge="source"),
    Column("inviter_name", "text", Text("inviter", "邀请人"), edge="source_name"),
    Column("member_id", "text", Text("member id", "成员 id"), spare=6, edge="target"),
    Column("name", "text", Text("name", "成员"), edge="target_name"),
    Column("joined_at", "datetime", Text("joined", "入群时间"), Text("for the first time", "首次入群")),
    Column("source", "text", Text("how", "来源"), Text("invite; link; qr: the inviter's QR code", "invite 邀请；link 邀请链接；qr 扫描邀请人的二维码"), words=_SOURCES, spare=1, edge="kind"),
    Column("batch", "bool", Text("founding", "建群批次"), Text("invited with the making of the group", "建群时邀请"), spare=4),
    Column("depth", "int", Text("depth", "层级"), Text("invitations from the root of the tree", "距裂变源头的邀请层数"), spare=3),
    Column("below", "int", Text("below", "下级人数"), Text("all whom this member brought in, and those brought in by them", "由其直接和间接带入的人数")),
    Column("gone", "bool", Text("gone", "已离群"), Text("told to have left by a notice, or by the newest complete roster; null: neither, and the group has no complete roster to say that they are there", "据提示或最新完整名单已离群；两者皆无、该群也没有完整名单时为空"), spare=2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit growth tree` can be told: nothing."""


SQL = f"""
WITH {MOVES}, {JOINS}, {GONE}, {ENTERED}, named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
)
SELECT entered.*, COALESCE(named.group_name, entered.group_id) AS group_name, {called("entered.inviter_id")} AS inviter_name
FROM entered
LEFT JOIN named ON named.group_id = entered.group_id
LEFT JOIN members ON members.group_id = entered.group_id AND members.member_id = entered.inviter_id
LEFT JOIN called_so ON called_so.group_id = entered.group_id AND called_so.member_id = entered.inviter_id
ORDER BY entered.group_id, entered.joined_at, entered.sent_at, entered.seq, entered.member_id
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The edges in the window, group by group in order of time."""
    import pandas as pd

    names = [column.name for column in COLUMNS]
    found = []
    for rows, forest in grown(frame):
        depths, below = forest.depths(), forest.below([1.0] * len(forest.parent))
        for place in forest.edges:
            row, at = rows[place], forest.number[rows[place]["member_id"]]
            if row["in_window"]:
                gone = True if row["gone"] else (False if row["rostered"] else None)
                found.append(row | {"depth": depths[at], "below": int(below[at]), "gone": gone})
    told = pd.DataFrame(found, columns=names)
    told = told.sort_values(["group_id", "joined_at", "member_id"], kind="stable", ignore_index=True)
    told.attrs["untold"] = untold(frame)
    return told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """How many joins nobody can follow."""
    lost = frame.attrs.get("untold", 0)
    return [Note(UNTOLD, (("n", lost),))] if lost else []
