"""What `kol` and `kol rising` read of a group: the lines of `reply_log`, and those that nobody moved anybody with.

Ads and what people write in the minutes after a red packet are no member's turns: they stand in the log under a name of their own, so that what answers them is
not taken for an answer to somebody else; they answer nobody. Ads are told as `qunkit ads` does, but of near-duplicates only equal texts are known. What of a red packet's
minutes quotes or mentions somebody is left to who wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qunkit.arrays import numbers
from qunkit.methods import ad_sql
from qunkit.methods.reply_log import LINES, Chat, read
from qunkit.methods.runs import NOBODY
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

OUT_OR_IN = ("out", "in")
STORM = 5 * 60.0
"""Seconds after a red packet in which what people write is its doing."""
_AD, _STORM = "\x1fad", "\x1fstorm"
_THRESHOLD = 0.5
_SHORTEST_COPY = 12
"""Characters from which equal texts are copies."""

ADS = Text("ads: out of the causes (out), or as other messages (in)", "广告消息：out 不计入，in 按普通消息计")
RED_PACKETS = Text(
    "what people write in the 5 minutes after a red packet: out of the causes (out), or as other messages (in)",
    "红包后 5 分钟内的发言：out 不计入，in 按普通发言计",
)

_EXPERIENCE = (
    "好吃", "好喝", "好用", "难用", "难吃", "回购", "推荐", "种草", "拔草", "踩雷", "避雷", "用过", "买过", "吃过", "试过", "用了", "味道", "口感", "质量",
    "性价比", "划算", "值得", "测评", "效果", "新鲜", "包装", "尺码", "面料", "开箱", "下次还", "还会买",
)  # fmt: skip
"""Words of who tells of a product."""
_ORDERS = (
    "+_", "＋_", "%下单%", "拍了%", "已拍%", "要_份%", "我要%份%", "要__份%", "_份", "_份，%", "来_份%", "再来_份%", "%我要_份%", "%已付款%", "%给我留%份%", "跟团%", "扣_",
)  # fmt: skip
"""What orders look like."""
_END = "LEAST(epoch_s(:until), epoch_s(:as_of))"
AGE = f"({_END} - epoch_s(local_time)) / 86400"
"""Days before the end of what can be seen."""


def _like(words: tuple[str, ...], around: str = "") -> str:
    return " OR ".join(f"text LIKE '{around}{word}{around}'" for word in words)


COPIES = f"""parts AS (
  SELECT text, text AS copy, FALSE AS reaching FROM features WHERE ads >= {ad_sql.SUSPICIOUS:e} AND LENGTH(text) >= {_SHORTEST_COPY}
)"""


ORDERED = f"COALESCE(kind IN ('text', 'quote') AND chars < 30 AND ({_like(_ORDERS)}), FALSE)"
"""Whether a message is worded as an order."""


def lines(since: str) -> str:
    """``PART_SQL``: the lines of `reply_log` for which `since` holds, with ``ad``, ``packet``, ``age`` (days), ``tip`` (it tells of a product), ``orders`` and ``sheet``
    (the text of a sign-up list)."""
    columns = LINES.partition("FROM posts")[0]
    return f"""
WITH {COPIES}, {ad_sql.JUDGED.replace(":threshold", f"{_THRESHOLD:e}")}, marked AS (
  SELECT posts.*, flagged.seq IS NOT NULL AS ad
  FROM posts LEFT JOIN flagged ON flagged.group_id = posts.group_id AND flagged.sent_at = posts.sent_at AND flagged.seq = posts.seq
  WHERE {since} AND posts.time_quality <> 'day'
)
{columns}, ad, kind = 'red_packet' AS packet, {AGE} AS age, CASE WHEN kind = 'solitaire' THEN text END AS sheet,
  COALESCE(kind IN ('text', 'quote') AND ({_like(_EXPERIENCE, "%")}), FALSE) AS tip,
  {ORDERED} AS orders
FROM marked
ORDER BY part, sent_at, seq
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """One group, and who of it is somebody."""

    chat: Chat
    somebody: Flags
    """Of each number of a sender, whether it is a person."""
    official: Flags
    """Of each number, whether it is staff."""
    age: Floats
    """Of each turn, days before the end of what can be seen."""
    table: pa.Table
    """The lines."""


def hear(table: pa.Table, *, ads: bool, storms: bool) -> Heard:
    """The chat of one part of `lines`; what is in neither `ads` nor `storms` is people's own."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    sender = table["sender_id"].combine_chunks()
    if not storms:
        sender = pc.if_else(pa.array(_stormed(table)), pa.scalar(_STORM), sender)
    if not ads:
        sender = pc.if_else(table["ad"].combine_chunks(), pa.scalar(_AD), sender)
    place = table.schema.get_field_index("sender_id")
    chat = read(table.set_column(place, "sender_id", sender))
    first = chat.turns.first
    somebody: Flags = ~np.isin(np.array(chat.people.to_pylist(), object), [_AD, _STORM])
    log = replace(chat.log, known=np.where(somebody[chat.log.who], chat.log.known, NOBODY))
    official = np.zeros(len(chat.people), bool)
    official[chat.log.who] = flags(table, "official")[first]
    return Heard(
        replace(chat, log=log), somebody, official & somebody, numbers(table["age"].cast(pa.float64()))[first], table
    )


def flags(table: pa.Table, name: str) -> Flags:
    """A column of yes and no."""
    values: Flags = numbers(table[name].cast("int8")) > 0
    return values


def _stormed(table: pa.Table) -> Flags:
    """Which lines are a red packet, or within the minutes after one and to nobody in particular."""
    import numpy as np
    import pyarrow.compute as pc

    at, packets = numbers(table["t"].cast("float64")), np.flatnonzero(flags(table, "packet"))
    if not len(packets):
        return np.zeros(len(table), bool)
    last = np.searchsorted(packets, np.arange(len(table)), "right") - 1
    since = np.where(last >= 0, at - at[packets[np.maximum(last, 0)]], np.inf)
    named = pc.fill_null(pc.list_value_length(table["mention_ids"]), 0)
    said = numbers(pc.is_valid(table["reply_to"]).cast("int8")) + numbers(named.cast("int64")) > 0
    out: Flags = (since <= STORM) & (~said | flags(table, "packet"))
    return out
