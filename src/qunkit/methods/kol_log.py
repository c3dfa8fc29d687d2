"""What `kol` and `kol rising` read of a group: the lines of `reply_log`, and those that nobody moved anybody with.

Ads and what people write in the minutes after a red packet are no member's turns: they stand in the log under a name of their own, so that what answers them is
not taken for an answer to somebody else; they answer nobody. Ads are told as `qunkit ads` does, but of near-duplicates only equal texts are known. What of a red packet's
minutes quotes or mentions somebody is left to who wrote it.

Who opened a sign-up list (接龙) is known by its versions of the days before the lines, which are no lines themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qunkit.arrays import flags, numbers, places
from qunkit.methods import ad_sql
from qunkit.methods.reply_log import LINES, Chat, read
from qunkit.methods.runs import NOBODY
from qunkit.methods.turns import STORM
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

OUT_OR_IN = ("out", "in")
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


_COPIES = f"""alike AS (
  SELECT text, text AS copy, FALSE AS reaching FROM features WHERE ads >= {ad_sql.SUSPICIOUS:e} AND LENGTH(text) >= {_SHORTEST_COPY}
), """
KEPT = {"judged_alike": ad_sql.judged("alike", _COPIES)}
"""As `ad_sql.KEPT`, but of near-duplicates only equal texts are known."""
FLAGGED = ad_sql.FLAGGED.replace("FROM judged", "FROM judged_alike").replace(":threshold", f"{_THRESHOLD:e}")


ORDERED = f"COALESCE(kind IN ('text', 'quote') AND chars < 30 AND ({_like(_ORDERS)}), FALSE)"
"""Whether a message is worded as an order."""


def lines(since: str, sheets: str = "FALSE") -> str:
    """``PART_SQL``: the lines of `reply_log` for which `since` holds, with ``ad``, ``packet``, ``age`` (days), ``tip`` (it tells of a product), ``orders``, ``sheet``
    (the text of a sign-up list) and ``lost`` (a sign-up list whose text the exports have lost), ``hidden`` (of neither known kind nor text: it may be one); and ``early`` ones, the sign-up lists for which only `sheets` holds."""
    columns = LINES.partition("FROM posts")[0]
    return f"""
WITH {FLAGGED}, marked AS (
  SELECT posts.*, flagged.seq IS NOT NULL AS ad, NOT ({since}) AS early
  FROM posts LEFT JOIN flagged ON flagged.group_id = posts.group_id AND flagged.sent_at = posts.sent_at AND flagged.seq = posts.seq
  WHERE ({since} OR posts.kind = 'solitaire' AND {sheets}) AND posts.time_quality <> 'day'
)
{columns}, early, ad, kind = 'red_packet' AS packet, {AGE} AS age, CASE WHEN kind = 'solitaire' AND text <> '' THEN text END AS sheet,
  kind = 'solitaire' AND COALESCE(text, '') = '' AS lost, kind = 'other' AND COALESCE(text, '') = '' AS hidden,
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
    """Of each number of a sender in the log, whether it is a person."""
    people: pa.Array
    """Ids of all who wrote, by their numbers: those of the log first, then who wrote nothing but what is left out of it."""
    who: Ints
    """Of each line, the number of who wrote it."""
    posted: Flags
    """Of each of `people`, whether they did in the window."""
    official: Flags
    """Of each of `people`, whether they are staff."""
    age: Floats
    """Of each turn, days before the end of what can be seen."""
    table: pa.Table
    """The lines."""
    sheets: pa.Table
    """Versions of sign-up lists, early ones too: ``sender_id``, ``t``, ``in_window``, ``sheet``."""


def hear(table: pa.Table, *, ads: bool, storms: bool) -> Heard:
    """The chat of one part of `lines`; what is in neither `ads` nor `storms` is people's own."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    early = table["early"]
    sheets = table.filter(pc.is_valid(table["sheet"])).select(["sender_id", "t", "in_window", "sheet"])
    table = table.filter(pc.invert(early)) if pc.any(early).as_py() else table
    senders = sender = table["sender_id"].combine_chunks()
    if not storms:
        sender = pc.if_else(pa.array(_stormed(table)), pa.scalar(_STORM), sender)
    if not ads:
        sender = pc.if_else(table["ad"].combine_chunks(), pa.scalar(_AD), sender)
    place = table.schema.get_field_index("sender_id")
    chat = read(table.set_column(place, "sender_id", sender))
    first = chat.turns.first
    somebody: Flags = ~np.isin(np.array(chat.people.to_pylist(), object), [_AD, _STORM])
    log = replace(chat.log, known=np.where(somebody[chat.log.who], chat.log.known, NOBODY))
    everybody = pc.unique(senders)
    people = pa.concat_arrays([chat.people, everybody.filter(pc.invert(pc.is_in(everybody, chat.people)))])
    who = places(senders, people)
    return Heard(
        chat=replace(chat, log=log),
        somebody=somebody,
        people=people,
        who=who,
        posted=_who(who, chat.in_window, len(people)),
        official=_who(who, flags(table["official"]), len(people)),
        age=numbers(table["age"].cast(pa.float64()))[first],
        table=table,
        sheets=sheets,
    )


def _who(who: Ints, lines: Flags, people: int) -> Flags:
    """Of so many people, who wrote one of the `lines`."""
    import numpy as np

    found: Flags = np.bincount(who[lines], minlength=people) > 0
    return found


def _stormed(table: pa.Table) -> Flags:
    """Which lines are a red packet, or within the minutes after one and to nobody in particular."""
    import numpy as np
    import pyarrow.compute as pc

    at, packets = numbers(table["t"].cast("float64")), np.flatnonzero(flags(table["packet"]))
    if not len(packets):
        return np.zeros(len(table), bool)
    last = np.searchsorted(packets, np.arange(len(table)), "right") - 1
    since = np.where(last >= 0, at - at[packets[np.maximum(last, 0)]], np.inf)
    named = pc.fill_null(pc.list_value_length(table["mention_ids"]), 0)
    said = numbers(pc.is_valid(table["reply_to"]).cast("int8")) + numbers(named.cast("int64")) > 0
    out: Flags = (since <= STORM) & (~said | flags(table["packet"]))
    return out
