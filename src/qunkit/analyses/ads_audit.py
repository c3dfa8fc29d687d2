"""Messages to label by hand, 抽样标注: half of them flagged as ads, half not, drawn at random but the same each time.

    key                label  note  group_name  local_time        sender_name  text                          p     flagged  stands_for
    m1f0c2a94b7de0511                老乡二手群  2026-05-09 21:14  兼职-静静    在家打字就能赚，加V：hao_x    0.99  true           3.8

Write it to a file, fill in `label` (1 or 广告: an ad; 0 or 不是: none), and give it to `qunkit ads learn`:

    qunkit ads audit -o labels.csv

`stands_for`: how many messages of its half of the group each one stands for. Messages without a text cannot be judged by it and are not asked about. The drawing goes by
a hash of the message, so that the same messages are drawn again while nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import ad_sql
from qunkit.results import Column, Note
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

    size: int = option(100, Text("messages to draw, half of them flagged", "抽取的消息数，其中一半为判为广告的"))
    threshold: float = option(0.5, Text("a message of this score or more is an ad", "得分达到此值即为广告"))
    model: str = option(
        "dataset",
        Text("dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit", "dataset：本数据集学习的模型（如有）；shipped：随 qunkit 提供的模型"),
        choices=("dataset", "shipped"),
    )  # fmt: skip


FEATURES = ad_sql.FEATURES
PART_SQL = ad_sql.SUSPECTS
per_group = ad_sql.copies_of
_FEW = Text("only {found} messages are flagged: all of them are here", "只有 {found} 条消息判为广告，已全部列出")

SQL = f"""
WITH {ad_sql.JUDGED}, asked AS (
  SELECT worded.group_id, worded.group_name, worded.local_time, worded.sender_name, worded.text, worded.text_p,
    COALESCE(judged.p, worded.text_p) AS p, flagged.message_id IS NOT NULL AS is_ad,
    'm' || SUBSTRING(MD5(worded.group_id || ' ' || worded.message_id), 1, 16) AS key
  FROM worded
  LEFT JOIN judged ON judged.group_id = worded.group_id AND judged.message_id = worded.message_id
  LEFT JOIN flagged ON flagged.group_id = worded.group_id AND flagged.message_id = worded.message_id
  WHERE worded.in_window AND NOT worded.official AND worded.text <> ''
), sized AS (
  SELECT is_ad, COUNT(*) AS size FROM asked GROUP BY is_ad
), drawn AS (
  SELECT asked.*, MD5(key) AS draw, ROW_NUMBER() OVER (PARTITION BY is_ad ORDER BY MD5(key), key) AS place FROM asked
)
SELECT drawn.key, '' AS label, '' AS note, COALESCE(drawn.group_name, drawn.group_id) AS group_name, drawn.local_time, drawn.sender_name, drawn.text,
  drawn.p, drawn.text_p, drawn.is_ad AS flagged, sized.size / NULLIF(LEAST(sized.size, CEIL(:size / 2)), 0) AS stands_for
FROM drawn JOIN sized ON sized.is_ad = drawn.is_ad
WHERE drawn.place <= CEIL(:size / 2)
ORDER BY draw, key
"""


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Whether there were too few to draw from."""
    found = int(frame["flagged"].sum()) if len(frame) else 0
    return [Note(_FEW, (("found", found),))] if found < params.size // 2 else []
