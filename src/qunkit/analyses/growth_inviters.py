"""Who brings people in, and what becomes of them, 邀请人: a row an inviter of each group.

    group_name  inviter  invites  persons  gone  still  of_7  activated  activation  of_28  retained  retention  messages  ads  ad_share  descendants
    妈妈群      阿珍          34       31     4     27    31         22        0.69     20        11       0.53       410    6      0.01           58
    二手群      兼职-静静     40       40    38      2    40         39        0.95     12         0       0.04        80   77      0.96           40

Counted are persons who joined in the window, at their first joining, by this member's invitation, link or QR code; staff and the creation batch are not. Activated (新人激活):
a message that is no ad within 7 days of joining; retained: one in the fourth week. Both shares are drawn to the group's by as much as chance explains, and say of how many they are.
Ads are told as `qunkit ads` does. `descendants`: all who came by these, and by those whom they brought in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import ad_sql
from qunkit.methods.gone import GONE
from qunkit.methods.invites import ENTERED, Forest, Row, called, grown, shrunk, untold
from qunkit.methods.joins import JOINS, UNTOLD
from qunkit.methods.moves import MOVES
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Growth: inviters and their invitees", "邀请人")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=12),
    Column("group_name", "text", Text("group", "群"), spare=1),
    Column("inviter_id", "text", Text("inviter id", "邀请人 id"), spare=11),
    Column("inviter_name", "text", Text("inviter", "邀请人")),
    Column("official", "bool", Text("staff", "官方"), Text("staff, by qunkit.toml", "qunkit.toml 所列官方人员"), spare=8),
    Column("invites", "int", Text("invites", "邀请人次"), Text("person-times, those who came again among them", "入群人次，含再次入群"), spare=5),
    Column("persons", "int", Text("brought in", "带入人数"), Text("persons at their first joining: what the other columns are of", "首次入群的人数，其余各列均就此而言")),
    Column("gone", "int", Text("gone", "已离群"), Text("told to have left by a notice or the newest complete roster; null: nothing tells", "据提示或最新完整名单已离群的人数；无从得知时为空"), spare=3),
    Column("still", "int", Text("still there", "仍在群"), Text("brought in less gone; null without a complete roster", "带入人数减已离群；无完整名单时为空"), spare=1),
    Column("of_7", "int", Text("of 7 days", "满 7 天"), Text("who joined 7 days or more before the end: what activation is of", "入群已满 7 天的人数，即激活率的分母"), spare=2),
    Column("activated", "int", Text("activated", "激活"), Text("of those, who posted something that is no ad within 7 days of joining", "其中入群 7 天内发过非广告消息的人数"), spare=5),
    Column("activation", "ratio", Text("activation rate", "新人激活率"), Text("activated ÷ of 7 days, drawn to the group's; null: nobody", "激活 ÷ 满 7 天人数，按人数向全群平均收缩；无人时为空")),
    Column("of_28", "int", Text("of 28 days", "满 28 天"), Text("who joined 28 days or more before the end: what retention is of", "入群已满 28 天的人数，即留存率的分母"), spare=2),
    Column("retained", "int", Text("retained", "留存"), Text("of those, who posted something that is no ad from the 22nd to the 28th day", "其中入群第 22 至 28 天发过非广告消息的人数"), spare=5),
    Column("retention", "ratio", Text("28-day retention", "28 日留存率"), Text("retained ÷ of 28 days, drawn to the group's; null: nobody", "留存 ÷ 满 28 天人数，按人数向全群平均收缩；无人时为空")),
    Column("messages", "int", Text("messages", "消息数"), Text("of the invitees since they joined", "被邀请者入群后的消息数"), spare=4),
    Column("ads", "int", Text("ads", "广告数"), Text("of those, ads", "其中的广告"), spare=9),
    Column("ad_share", "ratio", Text("ad share", "广告占比"), Text("ads ÷ messages of the invitees; null below 5 messages", "被邀请者的广告 ÷ 消息数；不足 5 条时为空")),
    Column("descendants", "int", Text("with those they brought", "含下级"), Text("brought in by the inviter, by those, and so on", "直接和间接带入的总人数"), spare=8),
    Column("ad_share_all", "ratio", Text("ad share of all", "含下级广告占比"), Text("ads ÷ messages of all of these; null below 5 messages", "上述所有人的广告 ÷ 消息数；不足 5 条时为空"), spare=10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit growth inviters` can be told."""

    threshold: float = option(
        0.5, Text("a message of this score or more is an ad", "得分达到此值即为广告"), least=0, most=1
    )
    model: str = option(
        "dataset",
        Text("dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit", "dataset：本数据集学习的模型（如有）；shipped：随 qunkit 提供的模型"),
        choices=("dataset", "shipped"),
    )  # fmt: skip


FEATURES = ad_sql.FEATURES
KEPT = ad_sql.KEPT
_END = "LEAST(:until, :as_of)"

SQL = f"""
WITH {ad_sql.FLAGGED}, {MOVES}, {JOINS}, {GONE}, {ENTERED}, named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
), said AS (  -- what newcomers posted, by how long after they joined
  SELECT newcomers.group_id, newcomers.member_id, COUNT(*) AS messages, COUNT(flagged.seq) AS ads,
    COUNT(CASE WHEN flagged.seq IS NULL AND posts.local_time < newcomers.joined_at + INTERVAL '7' DAY THEN 1 END) AS in_7,
    COUNT(CASE WHEN flagged.seq IS NULL AND posts.local_time >= newcomers.joined_at + INTERVAL '21' DAY AND posts.local_time < newcomers.joined_at + INTERVAL '28' DAY
      THEN 1 END) AS in_28
  FROM (SELECT group_id, member_id, joined_at FROM joins WHERE nth = 1 AND inviter_id IS NOT NULL) newcomers
  JOIN posts ON posts.group_id = newcomers.group_id AND posts.sender_id = newcomers.member_id AND posts.local_time >= newcomers.joined_at
  LEFT JOIN flagged ON flagged.group_id = posts.group_id AND flagged.sent_at = posts.sent_at AND flagged.seq = posts.seq
  GROUP BY newcomers.group_id, newcomers.member_id
)
SELECT entered.group_id, COALESCE(named.group_name, entered.group_id) AS group_name, entered.member_id, entered.joined_at, entered.sent_at, entered.seq, entered.inviter_id,
  entered.batch, entered.in_window, entered.official, entered.posted_before, entered.gone, entered.rostered, entered.findable,
  {called("entered.inviter_id")} AS inviter_name, COALESCE(members.official, FALSE) AS by_staff,
  entered.joined_at + INTERVAL '7' DAY <= {_END} AS old_7, entered.joined_at + INTERVAL '28' DAY <= {_END} AS old_28,
  COALESCE(said.messages, 0) AS messages, COALESCE(said.ads, 0) AS ads, COALESCE(said.in_7, 0) AS in_7, COALESCE(said.in_28, 0) AS in_28
FROM entered
LEFT JOIN named ON named.group_id = entered.group_id
LEFT JOIN said ON said.group_id = entered.group_id AND said.member_id = entered.member_id
LEFT JOIN members ON members.group_id = entered.group_id AND members.member_id = entered.inviter_id
LEFT JOIN called_so ON called_so.group_id = entered.group_id AND called_so.member_id = entered.inviter_id
ORDER BY entered.group_id, entered.joined_at, entered.sent_at, entered.seq, entered.member_id
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row an inviter, who brought in most first."""
    import pandas as pd

    found = [row for rows, forest in grown(frame) for row in _inviters(rows, forest)]
    told = pd.DataFrame(found, columns=[column.name for column in COLUMNS])
    told = told.sort_values(["persons", "invites", "group_id", "inviter_id"], ascending=[False, False, True, True], kind="stable", ignore_index=True)  # fmt: skip
    told.attrs["untold"] = untold(frame)
    return told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """How many joins nobody can follow."""
    lost = frame.attrs.get("untold", 0)
    return [Note(UNTOLD, (("n", lost),))] if lost else []


# -- helpers -----------------------------------------------------------------------------------------------------------
_FEW = 5


def _inviters(rows: list[Row], forest: Forest) -> list[Row]:
    """The inviters of one group who brought in anybody in the window."""
    import numpy as np

    ordinary = {place: row for place, row in enumerate(rows) if row["inviter_id"] is not None and row["in_window"] and not row["batch"] and not row["official"]}  # fmt: skip
    invites, brought = defaultdict[object, list[Row]](list), defaultdict[object, list[Row]](list)
    for row in ordinary.values():
        invites[row["inviter_id"]].append(row)
    counts = {name: [0.0] * len(forest.parent) for name in ("persons", "messages", "ads")}
    for place in forest.edges:
        if place in ordinary:
            row = ordinary[place]
            brought[row["inviter_id"]].append(row)
            at = forest.number[row["member_id"]]
            counts["persons"][at], counts["messages"][at], counts["ads"][at] = 1, row["messages"], row["ads"]
    below = {name: forest.below(values) for name, values in counts.items()}
    told = [_figures(told, brought[inviter]) for inviter, told in invites.items()]
    for row in told:
        of = {name: values[forest.number[row["inviter_id"]]] for name, values in below.items()}
        row["descendants"] = int(of["persons"])
        row["ad_share_all"] = of["ads"] / of["messages"] if of["messages"] >= _FEW else None
    for share, hits, of_all in (("activation", "activated", "of_7"), ("retention", "retained", "of_28")):
        n = np.array([row[of_all] or 0 for row in told], float)
        drawn = shrunk(np.array([row[hits] or 0 for row in told], float), n)
        for row, one in zip(told, drawn.tolist(), strict=True):
            row[share] = round(one, 9) if row[of_all] else None
    return told


def _figures(invites: list[Row], brought: list[Row]) -> Row:
    """What there is to say of one inviter but for shares and descendants."""
    first = invites[0]
    found = [row for row in brought if row["findable"]]
    old_7, old_28 = ([row for row in found if row[name]] for name in ("old_7", "old_28"))
    gone = sum(int(row["gone"]) for row in brought)
    messages, ads = (sum(int(row[name]) for row in found) for name in ("messages", "ads"))
    said: Row = {
        "of_7": len(old_7),
        "activated": sum(row["in_7"] > 0 for row in old_7),
        "of_28": len(old_28),
        "retained": sum(row["in_28"] > 0 for row in old_28),
        "messages": messages,
        "ads": ads,
        "ad_share": ads / messages if messages >= _FEW else None,
    }
    if brought and not found:  # nobody can be found among posters: nothing is known, which is not none
        said = dict.fromkeys(said)
    return {
        **{name: first[name] for name in ("group_id", "group_name", "inviter_id", "inviter_name")},
        "official": bool(first["by_staff"]),
        "invites": len(invites),
        "persons": len(brought),
        "gone": gone if gone or first["rostered"] else None,
        "still": len(brought) - gone if first["rostered"] else None,
        **said,
    }
