"""Members' questions one by one, 提问清单: those that nobody answered, to be worked through, and those that somebody did; the newest first.

    group_name  asked_at          name  text                   state       waited_s  responder_name  evidence  next_s  message_id
    妈妈群      2026-05-28 20:14  小鹿  请问怎么下单呀？       unanswered     86400                            5400  8263…
    妈妈群      2026-05-28 19:02  老K   今天还能拼团吗         answered          95  团长            quote        41  8259…

What a question and a response are: docs/methods/response.md. People also answer in ways that nothing shows: `next_s` says how soon somebody else wrote anything at all, and a short time
may have been an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import column
from qunkit.dataset import option
from qunkit.methods import response
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TITLE = Text("Questions: unanswered and answered", "提问清单")

STATES = {
    "unanswered": Text("unanswered", "未响应"),
    "waiting": Text("waiting", "等待中"),
    "answered": Text("answered", "已响应"),
    "staff": Text("answered by staff", "官方已响应"),
}

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=12),
    Column("group_name", "text", Text("group", "群")),
    Column("asked_at", "datetime", Text("asked", "提问时间")),
    Column("member_id", "text", Text("member id", "成员 id"), spare=11),
    Column("name", "text", Text("member", "成员"), spare=3),
    Column("text", "text", Text("question", "提问"), Text("its first 60 characters", "前 60 字")),
    Column("state", "text", Text("state", "状态"), Text("waiting: for less than 24 hours so far; unanswered: for longer; staff: a first or later response by staff within 24 hours", "等待中：至今未满 24 小时；未响应：已超过 24 小时；官方已响应：24 小时内有官方响应（不一定是首个）"), words=STATES),
    Column("working", "bool", Text("in working hours", "工作时段"), Text("whether it was asked in working hours", "是否在工作时段内提出"), spare=8),
    Column("waited_s", "seconds", Text("waited", "等待时长"), Text("until the first response by anybody; else so far, at most 24 hours", "至首次响应的时长；未获响应时为已等时长，至多 24 小时"), spare=1),
    Column("responder_id", "text", Text("answered by (id)", "响应者 id"), Text("who responded first", "首个响应者"), spare=13),
    Column("responder_name", "text", Text("answered by", "响应者"), Text("who responded first", "首个响应者"), spare=4),
    Column("answer", "text", Text("response", "响应内容"), Text("the first response, its first 60 characters; null: it has no text", "首个响应的前 60 字；无文字时为空"), spare=7),
    Column("answerers", "int", Text("people who answered", "回答人数"), Text("within 24 hours: who quoted it, mentioned who asked before they said anything else, or are inferred to answer it; who merely wrote next is not counted", "24 小时内引用、在提问者再次发言前@提问者，或推断为回答的人数；仅紧接发言者不计"), spare=8),
    Column("evidence", "text", Text("evidence", "依据"), Text("quote; mention of who asked; rule: inferred by a model; next: who wrote first, within a minute, and to nobody else", "引用；@提问者；推断（模型）；紧接发言：1 分钟内首个未指向他人的发言者"), words=response.EVIDENCE, spare=5),
    Column("p", "float", Text("p", "概率"), Text("how likely an inferred response is one; null of others", "推断的概率；其余为空"), spare=10),
    Column("staff_s", "seconds", Text("staff after", "官方响应"), Text("until the first response by staff; null: none in 24 hours", "至官方首次响应的时长；24 小时内没有时为空"), spare=6),
    Column("next_s", "seconds", Text("next message after", "他人发言间隔"), Text("until somebody else wrote anything; null: nobody did", "到他人发言的时长；无人发言时为空"), spare=2),
    Column("message_id", "text", Text("message id", "消息 id"), spare=9),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit response questions` can be told."""

    show: str = option("all", Text("all; unanswered: without a response so far; answered", "all：全部；unanswered：尚无响应；answered：已响应"), choices=("all", "unanswered", "answered"))  # fmt: skip


FEATURES = ("ads",)
PYTHON = True
PART_SQL = response.LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
)
SELECT parts.part AS group_id, named.group_name, parts.asked_at, parts.member_id, COALESCE(askers.name, parts.member_id) AS name, parts.text, parts.state, parts.working, parts.waited_s,
  parts.responder_id, COALESCE(others.name, parts.responder_id) AS responder_name, parts.answer, parts.answerers, parts.evidence, parts.p, parts.staff_s, parts.next_s, parts.message_id
FROM parts
JOIN named ON named.group_id = parts.part
LEFT JOIN members askers ON askers.group_id = parts.part AND askers.member_id = parts.member_id
LEFT JOIN members others ON others.group_id = parts.part AND others.member_id = parts.responder_id
WHERE :show = 'all' OR (parts.responder_id IS NULL) = (:show = 'unanswered')
ORDER BY parts.asked_at DESC, parts.part, parts.number DESC
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """The questions of one group."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.methods.evidence import MENTION, QUOTE, RULE
    from qunkit.methods.response import DAY, NEXT, column_of, flags_of, questions

    asked = questions(table)
    lines = column(asked.line)
    state = np.where(asked.wait >= DAY, "unanswered", "waiting").astype(object)
    state[asked.answered] = "answered"
    state[asked.staff_answered] = "staff"
    by = pa.array(np.maximum(asked.by, 0), mask=asked.by < 0)
    how = np.full(len(asked.line), None, object)
    for name, code in {"quote": QUOTE, "mention": MENTION, "rule": RULE, "next": NEXT}.items():
        how[asked.answered & (asked.how == code)] = name
    return pa.table(
        {
            "part": table["part"].take(lines),
            "number": lines,
            "asked_at": table["local_time"].take(lines),
            "member_id": table["sender_id"].take(lines),
            "text": pc.utf8_slice_codeunits(table["said"].take(lines).cast(pa.string()), 0, 60),
            "answer": pc.utf8_slice_codeunits(table["said"].take(by).cast(pa.string()), 0, 60),
            "answerers": column(asked.people),
            "state": pa.array(state.tolist(), pa.string()),
            "working": pa.array(flags_of(table, "working")[asked.line]),
            "waited_s": column(asked.wait.round(6)),
            "responder_id": table["sender_id"].take(by),
            "evidence": pa.array(how.tolist(), pa.string()),
            "p": column(asked.p.round(6)),
            "staff_s": column(np.where(asked.staff_answered, asked.staff_wait, np.nan).round(6)),
            "next_s": column(_next(table, column_of(table, "t"), asked.line).round(6)),
            "message_id": table["message_id"].take(lines),
        }
    )


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What a response is."""
    return [Note(_INFERRED)] if len(frame) else []


_INFERRED = Text(
    "Who was answered without a quote or mention may be listed as unanswered, and an inferred response may be none: see the next message.",
    "未引用也未@的回答可能未识别，推断的响应也可能有误：可参考他人发言间隔。",
)


def _next(table: pa.Table, at: Floats, lines: Ints) -> Floats:
    """Seconds from each of `lines` to the next one of somebody else; NaN: there is none."""
    import numpy as np

    from qunkit.arrays import numbers

    who = numbers(table["sender_id"].combine_chunks().dictionary_encode().indices)
    begins = np.flatnonzero(np.r_[True, np.diff(who) != 0][: len(who)])
    place = np.searchsorted(begins, lines, side="right")
    there = place < len(begins)
    found = np.full(len(lines), np.nan)
    found[there] = at[begins[place[there]]] - at[lines[there]]
    waits: Floats = np.maximum(found, 0)
    return waits
