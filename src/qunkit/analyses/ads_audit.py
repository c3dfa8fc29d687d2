"""Messages to label by hand, 抽样标注: flagged as ads, not flagged, and such that have no text, drawn at random but the same each time.

    key                label  note  group_name  local_time        sender_name  text                          p     flagged  stands_for
    m1f0c2a94b7de0511                老乡二手群  2026-05-09 21:14  兼职-静静    在家打字就能赚，加V：hao_x    0.99  true           3.8

Write it to a file, fill in `label` (1 or 广告: an ad; 0 or 不是: none), and give it to `qunkit ads learn`:

    qunkit ads audit -o labels.csv

Two fifths each are of flagged and of other messages, and a fifth of pictures and such: look at those in the chat, at that time. What is left blank counts for nothing. `stands_for`: how many messages
of its kind in the group each one stands for. The drawing goes by a hash of the message, so that the same messages are drawn again while nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import ad_sql
from qunkit.results import Column, Note
from qunkit.schema import KINDS
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Ads: messages to label by hand", "广告抽样标注")

COLUMNS = (
    Column("key", "text", Text("key", "编号"), Text("what `ads learn` knows the message by", "`ads learn` 据此找回消息"), spare=5),
    Column("label", "text", Text("label", "标注"), Text("to be filled in: 1 an ad, 0 none", "待填写：1 是广告，0 不是")),
    Column("note", "text", Text("note", "备注"), Text("of your own", "自由填写"), spare=9),
    Column("group_name", "text", Text("group", "群"), spare=4),
    Column("local_time", "datetime", Text("time", "时间"), spare=3),
    Column("sender_name", "text", Text("sender", "发送者"), spare=2),
    Column("text", "text", Text("text", "内容")),
    Column("kind", "text", Text("kind", "类别"), words=KINDS, spare=3),
    Column("p", "ratio", Text("score", "得分"), Text("of the text and of what the sender did", "文本与发送者行为合计得分"), spare=1),
    Column("text_p", "ratio", Text("of the text", "文本得分"), Text("of the text alone", "仅看文本的得分"), spare=8),
    Column("flagged", "bool", Text("flagged", "判为广告"), spare=1),
    Column(
        "stands_for",
        "float",
        Text("stands for", "代表条数"),
        Text("messages that it stands for", "每条样本代表的消息数"),
        spare=7,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit ads audit` can be told."""

    size: int = option(
        100,
        Text(
            "messages to draw, two fifths of them flagged, a fifth without text",
            "抽取的消息数：判为广告与未判为广告的各占五分之二，无文字的占五分之一",
        ),
        least=1,
    )
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
_FEW = Text("only {found} messages are flagged: all of them are here", "只有 {found} 条消息判为广告，已全部列出")

SQL = f"""
WITH asked AS (
  SELECT group_id, sent_at, seq, COALESCE(text, '') <> '' AS worded, MD5(group_id || ' ' || message_id) AS draw FROM posts
  WHERE in_window AND NOT official AND kind NOT IN ({ad_sql.NEVER})
), parted AS (
  SELECT asked.*, judged.p, CASE WHEN judged.p >= :threshold THEN 'flagged' WHEN worded THEN 'passed' ELSE 'unread' END AS stratum
  FROM asked LEFT JOIN judged ON judged.group_id = asked.group_id AND judged.sent_at = asked.sent_at AND judged.seq = asked.seq
), drawn AS (
  SELECT parted.*, COUNT(*) OVER (PARTITION BY stratum) AS size, CEIL(:size * CASE WHEN stratum = 'unread' THEN 2e-1 ELSE 4e-1 END) AS wanted,
    ROW_NUMBER() OVER (PARTITION BY stratum ORDER BY draw, group_id, sent_at, seq) AS place
  FROM parted
)
SELECT 'm' || SUBSTRING(drawn.draw, 1, 16) AS key, '' AS label, '' AS note, COALESCE(posts.group_name, posts.group_id) AS group_name,
  posts.local_time, posts.sender_name, COALESCE(posts.text, '') AS text, posts.kind, COALESCE(drawn.p, features.ads) AS p, features.ads AS text_p,
  drawn.stratum = 'flagged' AS flagged, drawn.size / NULLIF(LEAST(drawn.size, drawn.wanted), 0) AS stands_for
FROM drawn
JOIN posts ON posts.group_id = drawn.group_id AND posts.sent_at = drawn.sent_at AND posts.seq = drawn.seq
LEFT JOIN features ON features.text = posts.text
WHERE drawn.place <= drawn.wanted
ORDER BY key, p
"""


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Whether there were too few to draw from."""
    found = int(frame["flagged"].sum()) if len(frame) else 0
    return [Note(_FEW, (("found", found),))] if found < ceil(0.4 * params.size) else []
