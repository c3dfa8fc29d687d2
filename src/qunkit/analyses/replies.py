"""Who answers whom, 回复关系: one row a message that answers another, or goes on with one.

    message_id  name  parent  to_name  how           p
    m2          阿珍  m0      小鹿     quote         1.00
    m3          阿珍  m2      阿珍     continuation  1.00
    m4          老K   m3      阿珍     inferred      0.71
    m6          阿珍  m3      阿珍     continuation  0.55

The surest evidence counts: a quote; a mention (of the lines of who is named the likeliest); a rule: what a small model of who, when and how alike finds likeliest; else, or if
they are surer, times: a Hawkes process (Hawkes 1971) says how likely each turn before is the cause. Later lines of a turn go on with the line before, and so does a turn which the model finds likeliest to
go on with an earlier one by the same sender: that is nobody's answer. Messages that begin something have no row.
Single inferred links are often wrong; sums over many are what they are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import column, known
from qunkit.dataset import option
from qunkit.methods import gaps
from qunkit.methods.reply_log import SPOKEN, read, ruled
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

HOW = {
    "quote": Text("quote", "引用"),
    "mention": Text("mention", "@"),
    "rule": Text("rule", "规则"),
    "inferred": Text("inferred", "推断"),
    "continuation": Text("continuation", "续行"),
}

TITLE = Text("Replies: who answers whom", "回复关系")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=9, edge="group"),
    Column("group_name", "text", Text("group", "群"), spare=3, edge="group_name"),
    Column("at", "datetime", Text("time", "时间"), spare=2),
    Column("message_id", "text", Text("message id", "消息 id"), spare=6),
    Column("sender_id", "text", Text("sender id", "发送者 id"), spare=8, edge="source"),
    Column("name", "text", Text("sender", "发送者"), edge="source_name"),
    Column("parent", "text", Text("answers (id)", "所回复消息 id"), Text("message_id of what it answers or goes on with", "所回复或所接续消息的 message_id"), spare=5),
    Column("to_id", "text", Text("to (id)", "回复对象 id"), Text("who wrote that; null: not in the window", "该消息的发送者；不在所选时间内时为空"), spare=7, edge="target"),
    Column("to_name", "text", Text("to", "回复对象"), edge="target_name"),
    Column(
        "how", "text", Text("how", "依据"),
        Text("quote; mention: of the lines of who is named the likeliest; rule: likeliest by who addressed whom, order, time and likeness; inferred: from times; continuation: goes on with what the same sender wrote, in the same turn or (p below 1) by the rule",
             "引用；@：被@者最可能的一条；规则：按谁对谁说、先后、间隔和相似度最可能的一条；推断：按时间；续行：接着自己之前的话说，同一轮发言，或（概率小于 1 时）按规则判断"),
        words=HOW, edge="kind",
    ),
    Column("p", "float", Text("p", "概率"), Text("how likely, by rule or inferred, each by its own model: the rule's was measured on English IRC channels, and of groups unlike them it may say too much (docs/methods/kol-links.md); 1 for quotes and the same turn; null for mentions: not known", "规则和推断的概率，各按各自的模型：规则的概率在英文 IRC 频道上验证，用于其他群可能偏高（docs/methods/kol-links.md）；引用和同一轮的续行为 1；@未知，为空"), spare=1, edge="weight"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit replies` can be told."""

    min_p: float = option(
        0.5,
        Text("of inferred replies, only those as likely as this", "推断的回复只列概率不低于此值的"),
        least=0,
        most=1,
    )


PYTHON = True
PART_SQL = SPOKEN

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
)
SELECT parts.part AS group_id, named.group_name, parts.at, parts.message_id, parts.sender_id, COALESCE(senders.name, parts.sender_id) AS name,
  parts.parent, parts.to_id, COALESCE(others.name, parts.to_id) AS to_name, parts.how, parts.p
FROM parts
JOIN named ON named.group_id = parts.part
LEFT JOIN members senders ON senders.group_id = parts.part AND senders.member_id = parts.sender_id
LEFT JOIN members others ON others.group_id = parts.part AND others.member_id = parts.to_id
ORDER BY parts.part, parts.number
"""


remarks = gaps.untimed


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """How far p can be trusted."""
    n = {code: int((frame["how"] == code).sum()) for code in ("rule", "inferred")}
    return [Note(_MEASURED, tuple(n.items()))] if n["rule"] else []


_MEASURED = Text(
    "By rule: {rule}, by times: {inferred}. How often a p by rule is right was measured on annotated English IRC channels, where no group like these was; take single ones for hints and count many (docs/methods/kol-links.md).",
    "按规则 {rule} 条，按时间推断 {inferred} 条。规则的概率只在英文 IRC 频道的标注上验证过，本群未必同样准确：单条仅供参考，适合汇总使用（docs/methods/kol-links.md）。",
)


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """The replies of one group in the window, in order."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.methods.evidence import MENTION, RULE, SOFT
    from qunkit.methods.hawkes import fit
    from qunkit.methods.influence import likeliest

    chat = read(table)
    turns, told, n = chat.turns, ruled(table, chat), table.num_rows
    parent, p, how = np.full(n, -1), np.full(n, np.nan), np.full(n, -1)
    codes = {code: number for number, code in enumerate(HOW)}

    rule = np.flatnonzero(told.line_how == RULE)
    own = turns.who[turns.of_line[told.line_parent[rule]]] == turns.who[turns.of_line[rule]]
    parent[rule], p[rule] = told.line_parent[rule], told.p[rule]
    how[rule] = np.where(own, codes["continuation"], codes["rule"])
    by, likely = likeliest(chat.log, fit(chat.log))
    less_sure = (told.how == SOFT) | (told.p[turns.first] < likely)
    guessed = np.flatnonzero(less_sure & (by >= 0) & (likely >= params.min_p))
    first = turns.first[guessed]
    parent[first], p[first], how[first] = turns.last[by[guessed]], likely[guessed], codes["inferred"]
    later = np.setdiff1d(np.arange(n), turns.first)
    parent[later], p[later], how[later] = later - 1, 1.0, codes["continuation"]
    mention = np.flatnonzero(told.line_how == MENTION)
    parent[mention], p[mention], how[mention] = told.line_parent[mention], np.nan, codes["mention"]
    quotes = np.flatnonzero(known(table["reply_to"].combine_chunks()))
    parent[quotes], p[quotes], how[quotes] = chat.quoted[quotes], 1.0, codes["quote"]

    rows = np.flatnonzero((how >= 0) & chat.in_window)
    here = pa.array(np.where(parent[rows] < 0, 0, parent[rows]), mask=parent[rows] < 0)
    is_quote = pa.array(how[rows] == codes["quote"])
    taken = column(rows)
    return pa.table(
        {
            "part": table["part"].take(taken),
            "number": taken,
            "at": table["local_time"].take(taken),
            "message_id": table["message_id"].take(taken),
            "sender_id": table["sender_id"].take(taken),
            "parent": pc.if_else(is_quote, table["reply_to"].take(taken), table["message_id"].take(here)),
            "to_id": table["sender_id"].take(here),
            "how": pa.array(list(HOW), pa.string()).take(column(how[rows])),
            "p": column(p[rows]),
        }
    )
