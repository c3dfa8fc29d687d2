"""Messages that complain, 投诉消息, the newest first, with the words that say so.

    group_name  local_time        sender_name  text                            about             words
    团购2群     2026-05-09 21:14  小鹿         到手坏了两个，客服也不回消息    quality, service  坏了, 客服不回

`words` are those of the text, in their plain form; `spans` where they stand in it (``3:7`` is ``text[3:7]``): a terminal shows them in colour. Staff and texts that look like ads are left out.
Which words complain, and when they do not: docs/methods/complaints.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import complaint_sql
from qunkit.methods.complaints import FAMILIES, places
from qunkit.results import Column
from qunkit.schema import KINDS
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Complaints: the messages", "投诉消息列表")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群"), spare=3),
    Column("message_id", "text", Text("message id", "消息 id"), spare=9),
    Column("local_time", "datetime", Text("time", "时间")),
    Column("sender_id", "text", Text("sender id", "发送者 id")),
    Column("sender_name", "text", Text("sender", "发送者")),
    Column("kind", "text", Text("kind", "类别"), words=KINDS, spare=8),
    Column("text", "text", Text("text", "内容"), places="spans"),
    Column("about", "list", Text("about", "投诉类别"), words=FAMILIES, spare=1),
    Column("words", "list", Text("words", "投诉用语"), Text("words that complain, in their plain form", "判为投诉的词（归一化后）"), spare=2),
    Column("spans", "list", Text("where", "位置"), Text("where the words stand in text: first sign, sign behind the last", "用语在文本中的位置：起始字符与结束后一字符"), spare=10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit complaints list` can be told."""

    about: str = option("all", Text("only complaints about this", "只列此类投诉"), choices=("all", *FAMILIES))
    top: int = option(100, Text("only the first N; 0: all", "只列前 N 条；0 为全部"), least=0)


FEATURES = complaint_sql.FEATURES

_NAMES = ("group_name", "message_id", "local_time", "sender_name", "kind", "text")
SQL = f"""
WITH {complaint_sql.hits(", ".join(f"posts.{name}" for name in _NAMES), _NAMES, "posts", "posts.in_window")}, placed AS (
  SELECT hits.*, DENSE_RANK() OVER (ORDER BY sent_at DESC, group_id, seq DESC) AS place FROM hits WHERE :about = 'all' OR {complaint_sql.FAMILY} = :about
)
SELECT place, group_id, COALESCE(group_name, group_id) AS group_name, message_id, local_time, sender_id, sender_name, kind, text, hit
FROM placed WHERE :top = 0 OR place <= :top
ORDER BY place, hit
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """A row a message, with its words in the order in which they stand."""
    import pandas as pd

    rows = []
    for _, part in frame.groupby("place", sort=True):
        cells, hits = part.iloc[0].to_dict(), part["hit"].tolist()
        found = {hit: places(cells["text"], [hit]) for hit in hits}
        hits.sort(key=lambda hit: (found[hit][:1] or [(len(cells["text"]), 0)], hit))
        about = dict.fromkeys(hit.partition(":")[0] for hit in hits)
        spans = sorted({span for spans in found.values() for span in spans})
        told = {"about": list(about), "words": [hit.partition(":")[2] for hit in hits]}
        rows.append(cells | told | {"spans": [f"{start}:{end}" for start, end in spans]})
    return pd.DataFrame(rows, columns=[column.name for column in COLUMNS])
