"""Newcomers whom nobody has answered, 待回复新人: who, when, and what they wrote first; the newest first, to be acted on.

    group_name  name    came_at           spoke_at          days_waiting  messages  next_s  text              message_id
    妈妈群      小鹿    2026-05-28 20:14  2026-05-28 20:31             2         3    5400  请问怎么下单呀      8263…

Answered is who was quoted or mentioned by somebody else since they first spoke. People also answer without either: `next_s` says how soon somebody else wrote anything at all, and a short
time may have been an answer. Groups whose exports hold no quote and no mention tell nothing and are left out. So are those whose first
message, or half of whose texts, look like ads (--ads in).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods.joins import JOINS
from qunkit.methods.moves import MOVES
from qunkit.methods.newcomers import BASES, NEWCOMERS
from qunkit.results import Column, Note
from qunkit.schema import KINDS
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Newcomers whom nobody has answered", "待回复新人")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=10),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id"), spare=9),
    Column("name", "text", Text("name", "成员")),
    Column("basis", "text", Text("newcomer by", "新人依据"), Text("join: known join; post: no join of the group is known, first posted 60 days or more after the group did", "入群：有入群记录；首次发言：群无入群记录，晚于该群首条消息 60 天后首次发言"), words=BASES, spare=7),
    Column("came_at", "datetime", Text("came", "来群时间"), Text("joined or, where that is not known, first posted", "入群时间；未知时为首次发言时间"), spare=5),
    Column("inviter_name", "text", Text("invited by", "邀请人"), Text("null: not known", "未知时为空"), spare=4),
    Column("spoke_at", "datetime", Text("first message", "首条消息时间")),
    Column("days_waiting", "int", Text("days waiting", "已等天数"), Text("full days from the first message to as-of", "从首条消息到截止时间的整天数")),
    Column("messages", "int", Text("messages", "消息数"), Text("how many they have posted since", "至今发过的消息数"), spare=3),
    Column("next_s", "seconds", Text("next message after", "他人发言间隔"), Text("from the first message until somebody else wrote anything; null: nobody did", "从首条消息到他人发言的时长；无人发言时为空"), spare=2),
    Column("kind", "text", Text("kind", "类型"), words=KINDS, spare=6),
    Column("text", "text", Text("text", "内容"), Text("its first 60 characters", "前 60 字"), spare=1),
    Column("message_id", "text", Text("message id", "消息 id"), spare=8),
)  # fmt: skip
_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit growth unanswered` can be told."""

    ads: str = option("out", Text("whose first message or half of whose texts look like ads: listed (in) or not (out)", "首条消息或半数文本像广告的：in 列出，out 不列"), choices=("out", "in"))  # fmt: skip


FEATURES = ("ads",)
SQL = f"""
WITH {MOVES}, {JOINS}, {NEWCOMERS}, begun AS (  -- where somebody else's turn begins; newcomers wrote nothing before they came
  SELECT posts.group_id, posts.sender_id, posts.message_id, posts.sent_at, posts.seq, posts.kind, posts.text, features.ads,
    CASE WHEN posts.sender_id = LAG(posts.sender_id) OVER (PARTITION BY posts.group_id ORDER BY posts.sent_at, posts.seq) THEN NULL
      ELSE epoch_s(posts.sent_at) END AS turned_at
  FROM posts LEFT JOIN features ON features.text = posts.text WHERE posts.local_time >= :since - INTERVAL '1' DAY
), placed AS (
  SELECT begun.*, MIN(turned_at) OVER (PARTITION BY group_id ORDER BY sent_at, seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_at,
    ROW_NUMBER() OVER (PARTITION BY group_id, sender_id ORDER BY sent_at, seq) AS nth, COUNT(*) OVER (PARTITION BY group_id, sender_id) AS messages,
    COUNT(CASE WHEN ads >= {_THRESHOLD:e} THEN 1 END) OVER (PARTITION BY group_id, sender_id) AS looks, COUNT(ads) OVER (PARTITION BY group_id, sender_id) AS texts
  FROM begun
)
SELECT newcomers.group_id, named.group_name, newcomers.member_id, COALESCE(members.name, newcomers.member_id) AS name, newcomers.basis, newcomers.came_at,
  COALESCE(inviters.name, REPLACE(newcomers.inviter_id, 'name:', '')) AS inviter_name, newcomers.spoke_at,
  FLOOR((epoch_s(:as_of) - epoch_s(newcomers.spoke_at)) / 86400) AS days_waiting, placed.messages, placed.next_at - epoch_s(placed.sent_at) AS next_s,
  placed.kind, SUBSTRING(placed.text, 1, 60) AS text, placed.message_id
FROM newcomers
JOIN tellable ON tellable.group_id = newcomers.group_id
JOIN named ON named.group_id = newcomers.group_id
JOIN placed ON placed.group_id = newcomers.group_id AND placed.sender_id = newcomers.member_id AND placed.nth = 1
LEFT JOIN answered ON answered.group_id = newcomers.group_id AND answered.member_id = newcomers.member_id
LEFT JOIN members ON members.group_id = newcomers.group_id AND members.member_id = newcomers.member_id
LEFT JOIN members inviters ON inviters.group_id = newcomers.group_id AND inviters.member_id = newcomers.inviter_id
WHERE answered.member_id IS NULL AND (:ads = 'in' OR COALESCE(placed.ads, 0) < {_THRESHOLD:e} AND (placed.looks = 0 OR placed.looks * 2 < placed.texts))
ORDER BY newcomers.spoke_at DESC, newcomers.group_id, newcomers.member_id
"""


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What an answer is."""
    return [Note(_ANSWERED)] if len(frame) else []


_ANSWERED = Text(
    "Not quoted and not mentioned since their first message; who was answered in plain words is listed too.",
    "自首条消息以来未被引用或@；以普通发言回复的无法识别，也会列出。",
)
