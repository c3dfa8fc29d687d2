"""Do questions get answers, 响应: how many turns were replied to, and how fast; questions; newcomers.

    group_name  turns  answered_5m  answered_30m  median_s  questions  question_rate  newcomers  newcomer_rate
    妈妈群        312         0.21          0.34                  44           0.61         12           0.50

Replies are those that the exports name (quotes), by another member; where a group's exports name none, rates are null.
Waiting ends at the reply, after 24 hours, or at the end of the data, whichever is first: shares are Kaplan & Meier's, which
let a turn count for as long as it was seen (1958), and the median is null when less than half are ever answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.arrays import column, numbers
from qunkit.results import Column
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Bools = np.ndarray[Any, np.dtype[np.bool_]]

TITLE = Text("Replies: how many, how fast", "响应情况")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "turns",
        "int",
        Text("turns", "发言轮次"),
        Text(
            "runs of one person's messages at most 2 minutes apart, begun in the window",
            "同一人连续发言（间隔不超过 2 分钟）计一轮",
        ),
        spare=8,
    ),
    Column(
        "answered_5m",
        "ratio",
        Text("in 5 min", "5 分钟回复率"),
        Text("of turns, replied to within 5 minutes", "5 分钟内被他人引用回复的轮次占比"),
    ),
    Column(
        "answered_30m",
        "ratio",
        Text("in 30 min", "30 分钟回复率"),
        Text("of turns, within 30 minutes", "30 分钟内被他人引用回复的轮次占比"),
        spare=6,
    ),
    Column(
        "median_s",
        "seconds",
        Text("median wait", "响应时长中位数"),
        Text(
            "from the end of a turn to the first reply, unanswered turns counted",
            "从一轮结束到首个回复，未获回复的也计入",
        ),
        spare=3,
    ),
    Column(
        "questions",
        "int",
        Text("questions", "提问"),
        Text("turns whose last text ends with ？ ? 吗 呢 怎么 求", "以 ？ ? 吗 呢 怎么 求 结尾的轮次"),
        spare=2,
    ),
    Column(
        "question_rate",
        "ratio",
        Text("answered", "问题响应率"),
        Text("of questions, replied to within 30 minutes", "30 分钟内被回复的提问占比"),
        spare=1,
    ),
    Column(
        "newcomers",
        "int",
        Text("newcomers", "新人"),
        Text(
            "first posts in the window by members who were seen to join, or first posted 60 days or more after the group did",
            "期内首次发言的新人：有入群记录，或首次发言晚于该群首条消息 60 天",
        ),
        spare=5,
    ),
    Column(
        "newcomer_rate",
        "ratio",
        Text("welcomed", "新人首回率"),
        Text(
            "of newcomers, first turn quoted or they mentioned within 30 minutes",
            "首轮发言在 30 分钟内被引用或被@的新人占比",
        ),
        spare=4,
    ),
)

_TEXTS = ("part", "sender_id")
_SIGN = {"answered_at": 1, "named_at": 1, "newcomer": -1}
"""Of a turn's messages the earliest reply counts, and any newcomer."""
TURN_GAP = 120.0
DAY = 86400.0
FLOOR = 5
"""Fewer than this many turns, questions or newcomers: no rate."""


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit activity replies` has no options of its own."""


PART_SQL = """
WITH evidence AS (
  SELECT group_id, COUNT(reply_to) AS replies, COUNT(mention_ids) AS mentions, MIN(local_time) AS begun
  FROM posts GROUP BY group_id
), firsts AS (
  SELECT group_id, sender_id, MIN(sent_at) AS sent_at, MIN(local_time) AS local_time FROM posts GROUP BY group_id, sender_id
), joined AS (
  SELECT DISTINCT group_id, member_id FROM (
    SELECT group_id, explode(target_ids) AS member_id FROM messages WHERE event IN ('invited', 'joined_qr', 'joined')
  ) arrivals
), newcomers AS (
  SELECT firsts.group_id, firsts.sender_id, firsts.sent_at
  FROM firsts
  JOIN evidence ON evidence.group_id = firsts.group_id
  LEFT JOIN joined ON joined.group_id = firsts.group_id AND joined.member_id = firsts.sender_id
  WHERE firsts.local_time >= :since
    AND (joined.member_id IS NOT NULL OR firsts.local_time >= evidence.begun + INTERVAL '60' DAY)
), called AS (
  SELECT group_id, sender_id, sent_at, explode(mention_ids) AS member_id
  FROM posts WHERE mention_ids IS NOT NULL AND local_time >= :since
), named AS (
  SELECT newcomers.group_id, newcomers.sender_id, MIN(epoch_s(called.sent_at)) AS named_at
  FROM newcomers
  JOIN called ON called.group_id = newcomers.group_id AND called.member_id = newcomers.sender_id
    AND called.sender_id <> newcomers.sender_id AND called.sent_at >= newcomers.sent_at
  GROUP BY newcomers.group_id, newcomers.sender_id
), replies AS (
  SELECT group_id, sender_id, sent_at, reply_to FROM posts WHERE reply_to IS NOT NULL AND local_time >= :since - INTERVAL '1' DAY
), quoted AS (
  SELECT group_id, message_id, sender_id, sent_at FROM posts WHERE (group_id, message_id) IN (SELECT group_id, reply_to FROM replies)
), answers AS (
  SELECT quoted.group_id, quoted.message_id, MIN(epoch_s(replies.sent_at)) AS answered_at
  FROM replies JOIN quoted ON quoted.group_id = replies.group_id AND quoted.message_id = replies.reply_to
  WHERE replies.sender_id <> quoted.sender_id AND replies.sent_at >= quoted.sent_at
  GROUP BY quoted.group_id, quoted.message_id
)
SELECT posts.group_id AS part, posts.sender_id, epoch_s(posts.sent_at) AS t, posts.in_window,
  COALESCE(posts.text LIKE '%？' OR posts.text LIKE '%?' OR posts.text LIKE '%吗' OR posts.text LIKE '%呢'
    OR posts.text LIKE '%怎么' OR posts.text LIKE '%求', FALSE) AS question,
  CASE WHEN posts.time_quality = 'minute' THEN 3e1 ELSE 0e0 END AS half,
  epoch_s(:as_of) - epoch_s(posts.local_time) AS seen_for,
  answers.answered_at,
  newcomers.sender_id IS NOT NULL AS newcomer, named.named_at,
  evidence.replies > 0 AS with_replies, evidence.mentions > 0 AS with_mentions
FROM posts
JOIN evidence ON evidence.group_id = posts.group_id
LEFT JOIN answers ON answers.group_id = posts.group_id AND answers.message_id = posts.message_id
LEFT JOIN newcomers ON newcomers.group_id = posts.group_id AND newcomers.sender_id = posts.sender_id
  AND newcomers.sent_at = posts.sent_at
LEFT JOIN named ON named.group_id = newcomers.group_id AND named.sender_id = newcomers.sender_id
WHERE posts.local_time >= :since - INTERVAL '1' DAY AND posts.time_quality <> 'day'
ORDER BY part, posts.sent_at, posts.seq
"""

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
)
SELECT parts.part AS group_id, named.group_name, parts.turns, parts.answered_5m, parts.answered_30m, parts.median_s,
  parts.questions, parts.question_rate, parts.newcomers, parts.newcomer_rate
FROM parts JOIN named ON named.group_id = parts.part
WHERE parts.turns > 0
ORDER BY parts.part
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """One row about one group's posts, in order; times in seconds."""
    import numpy as np
    import pyarrow as pa

    turns = _turns(table)
    wait, answered = _waits(turns, turns["answered_at"])
    welcome, welcomed = _waits(turns, np.fmin(turns["answered_at"], turns["named_at"]))
    question, newcomer = turns["question"] > 0, turns["newcomer"] > 0
    quotes = bool(turns["with_replies"].any())
    names = quotes or bool(turns["with_mentions"].any())
    columns = {
        "turns": [len(wait)],
        "answered_5m": [_share(wait, answered, 300) if quotes else None],
        "answered_30m": [_share(wait, answered, 1800) if quotes else None],
        "median_s": [_median(wait, answered) if quotes else None],
        "questions": [int(question.sum())],
        "question_rate": [_share(wait[question], answered[question], 1800) if quotes else None],
        "newcomers": [int(newcomer.sum())],
        "newcomer_rate": [_share(welcome[newcomer], welcomed[newcomer], 1800) if names else None],
    }
    made = {name: column(np.array(cells, _type(name))[: table.num_rows]) for name, cells in columns.items()}
    return pa.table({"part": table["part"].slice(0, 1), **made})


def survival(wait: Floats, answered: Bools) -> tuple[Floats, Floats]:
    """Times of replies, ascending, and the share still unanswered after each: Kaplan & Meier's estimator.

    `wait`: seconds each turn was seen waiting; `answered`: whether a reply ended that. One that was not answered is at risk up to
    its time and including it.
    """
    import numpy as np

    times, replies = np.unique(wait[answered], return_counts=True)
    at_risk = len(wait) - np.searchsorted(np.sort(wait), times, side="left")
    waiting: Floats = np.cumprod(1 - replies / at_risk, dtype=np.float64)
    return times, waiting


def _turns(table: pa.Table) -> dict[str, Floats]:
    """One value a turn that begins in the window, of every column that `per_group` needs."""
    import numpy as np

    cell = {name: numbers(table[name].cast("double")) for name in table.column_names if name not in _TEXTS}
    who = numbers(table["sender_id"].combine_chunks().dictionary_encode().indices)
    new = np.r_[True, (np.diff(who) != 0) | (np.diff(cell["t"]) > TURN_GAP)][: table.num_rows]
    first = np.flatnonzero(new)
    last = np.r_[first[1:], table.num_rows][: len(first)] - 1
    turns = {name: cell[name][last] for name in ("t", "question", "half", "seen_for", "with_replies", "with_mentions")}
    for name in ("answered_at", "named_at", "newcomer"):
        turns[name] = np.fmin.reduceat(cell[name] * _SIGN[name], first) * _SIGN[name] if len(first) else cell[name]
    kept = cell["in_window"][first] > 0
    return {name: values[kept] for name, values in turns.items()}


def _waits(turns: dict[str, Floats], answered_at: Floats) -> tuple[Floats, Bools]:
    """How long each turn was seen waiting, at most a day, and whether a reply ended that."""
    import numpy as np

    delay = np.maximum(answered_at - turns["t"], 0) + turns["half"]
    answered = delay <= DAY
    return np.where(answered, delay, np.clip(turns["seen_for"], 0, DAY)), answered


def _share(wait: Floats, answered: Bools, seconds: float) -> float | None:
    """Share answered within `seconds`; None below FLOOR turns."""
    if len(wait) < FLOOR:
        return None
    times, waiting = survival(wait, answered)
    before = int((times <= seconds).sum())
    return float(1 - waiting[before - 1]) if before else 0.0


def _median(wait: Floats, answered: Bools) -> float | None:
    """Seconds after which half are answered; None where that never happens, and below FLOOR turns."""
    times, waiting = survival(wait, answered)
    half = times[waiting <= 0.5]
    return float(half[0]) if len(wait) >= FLOOR and len(half) else None


def _type(name: str) -> str:
    return "int64" if name in ("turns", "questions", "newcomers") else "float64"
