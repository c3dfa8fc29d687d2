"""Messages that are ads, 广告消息, the surest first; with --why what speaks for and against each.

    group_name  local_time        sender_name     text                                p     reasons
    老乡二手群  2026-05-09 21:14  兼职-静静       在家打字就能赚，加V：hao_xyz12      0.99  contact, recruiting, first, others

`p` is of the text and of what the sender did, `text_p` of the text alone (docs/methods/ads.md). Reasons come the weightiest first; those that speak against it are marked
with a minus. `evidence` are the places of the text that weigh most, as they were sent, `spans` where they stand in it (``3:7`` is ``text[3:7]``): a terminal shows them in colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.dataset import option
from qunkit.methods import ad_sql
from qunkit.methods.ad_judge import Told, words
from qunkit.results import Column
from qunkit.schema import KINDS
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.methods.ad_judge import Judge

TITLE = Text("Ads: the messages", "广告消息列表")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群"), spare=3),
    Column("message_id", "text", Text("message id", "消息 id"), spare=9),
    Column("local_time", "datetime", Text("time", "时间")),
    Column("sender_id", "text", Text("sender id", "发送者 id")),
    Column("sender_name", "text", Text("sender", "发送者")),
    Column("kind", "text", Text("kind", "类别"), words=KINDS, spare=8),
    Column("text", "text", Text("text", "内容"), places="spans"),
    Column(
        "p", "ratio", Text("score", "得分"), Text("of the text and of what the sender did", "文本与发送者行为合计得分")
    ),
    Column("text_p", "ratio", Text("of the text", "文本得分"), Text("of the text alone", "仅看文本的得分"), spare=7),
    Column(
        "reasons",
        "list",
        Text("why", "原因"),
        Text("what weighs most, the weightiest first; null without --why", "主要原因，按权重排列；未加 --why 时为空"),
        words=words(),
        spare=1,
    ),
    Column(
        "evidence",
        "list",
        Text("places", "依据"),
        Text("places of the text that weigh most; null without --why", "文本中权重最大的片段；未加 --why 时为空"),
        spare=2,
    ),
    Column(
        "spans",
        "list",
        Text("where", "位置"),
        Text(
            "where the places stand in text: first sign, sign behind the last; null without --why",
            "片段在文本中的位置：起始字符与结束后一字符；未加 --why 时为空",
        ),
        spare=10,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit ads list` can be told."""

    why: bool = option(False, Text("say of each why", "说明每条的原因"))
    top: int = option(100, Text("only the first N; 0: all", "只列前 N 条；0 为全部"), least=0)
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

SQL = f"""
WITH {ad_sql.FLAGGED}, placed AS (
  SELECT flagged.*, ROW_NUMBER() OVER (ORDER BY p DESC, sent_at DESC, group_id, seq DESC) AS place FROM flagged WHERE in_window
)
SELECT group_id, COALESCE(group_name, group_id) AS group_name, message_id, local_time, sender_id, sender_name, kind, text, p, text_p,
  {", ".join(f"CASE WHEN {when} THEN {weight:e} END AS {code}" for code, (weight, when, _) in ad_sql.BEHAVIOUR.items())}
FROM placed WHERE :top = 0 OR place <= :top
ORDER BY place
"""


def explained(found: pa.Table, params: Params, models: Mapping[str, Judge]) -> pa.Table:
    """The rows with reasons in the place of what the senders did."""
    import pyarrow as pa

    behaviour = list(ad_sql.BEHAVIOUR)
    told: list[Told | None] = [None] * len(found)
    if params.why:
        told = [_why(row, models["ads"]) for row in found.select(["text", *behaviour]).to_pylist()]
    rows = found.drop_columns(behaviour)
    for name in Told._fields:
        cells = [one and getattr(one, name) for one in told]
        rows = rows.append_column(name, pa.array(cells, pa.list_(pa.string())))
    return rows


def _why(row: dict[str, Any], judge: Judge) -> Told:
    """What weighs most of a message."""
    text = row.pop("text") or ""
    return judge.why(text, [(weight, code) for code, weight in row.items() if weight is not None])
