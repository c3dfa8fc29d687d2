"""Complaints of each group, 投诉: how many, by how many people, about what, and whether that is more than the group's own past lets expect.

    group_name  people  expected  complaints  messages  share  about              reason  next
    团购2群          7       0.6          11       214   5.1%  logistics, refund  burst   deliveries
    妈妈群           1       0.9           1       380   0.3%  quality

A complaint is a message with a word of a list that anybody can read (docs/methods/complaints.md; `[complaints]` of qunkit.toml adds to it and takes from it). People of staff and texts that look
like ads are left out, also of `messages`. Before are the eight periods of the window's length that precede it. A window that begins with the data, as without --since or --last, has nothing before
it: then its last 7 days are asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.methods import bursts, complaint_sql
from qunkit.methods.complaints import FAMILIES
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Complaints by group", "各群投诉")

PERIODS = 8
"""Before the window, each as long as it."""
REASONS = {"burst": Text("complaints burst", "投诉突增"), "grave": Text("grave complaint", "严重投诉")}
NEXT = {
    "goods": Text("look at the goods, answer in the group", "核查商品质量，在群内回应"),
    "deliveries": Text("look after the deliveries, say when they come", "核查发货与物流，告知到货时间"),
    "refunds": Text("settle the refunds", "尽快处理退款退货"),
    "answers": Text("answer those who wait (complaints list)", "逐一回复投诉者（complaints list）"),
    "trust": Text("clear up prices and origin", "说明价格与货源"),
    "health": Text("stop the sale, speak to those concerned today", "暂停销售，当天联系当事人"),
    "grave": Text("speak to them today (complaints list)", "当天联系当事人（complaints list）"),
}
_NEXT_OF = {
    "quality": "goods",
    "logistics": "deliveries",
    "refund": "refunds",
    "price": "trust",
    "health": "health",
    "grave": "grave",
}

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=6),
    Column("group_name", "text", Text("group", "群")),
    Column("people", "int", Text("people", "投诉人数"), Text("who complained in the window", "所选时间内投诉的人数")),
    Column(
        "expected", "float", Text("expected", "预期人数"),
        Text("people who complained in the 8 periods before × posters now ÷ posters before (each period's, added up); null: members spoke in fewer than 4 of them, or not now",
             "之前 8 个等长时段的投诉人次 × 当前发言人数 ÷ 之前发言人次；有成员发言的时段不足 4 个或当前无人发言时为空"),
    ),
    Column("complaints", "int", Text("complaints", "投诉条数"), Text("messages", "消息数")),
    Column("messages", "int", Text("messages", "消息数"), Text("of people, without staff and texts that look like ads", "成员消息，不含官方人员和疑似广告的文本")),
    Column("share", "ratio", Text("share", "占比"), Text("complaints ÷ messages; null without messages", "投诉条数 ÷ 消息数；无消息时为空"), spare=3),
    Column("about", "list", Text("about", "类别"), Text("what most people complain about comes first", "人数最多的类别在前"), words=FAMILIES),
    Column("grave", "int", Text("grave", "严重"), Text("messages that name an authority, a lawyer, a poisoning", "提到监管、律师、中毒等的消息数"), spare=4),
    Column(
        "burst", "bool", Text("burst", "突增"),
        Text("3 people or more, and more than is expected: negative binomial, q < 0.05 over the groups (docs/methods/complaints.md); null where nothing is expected",
             "至少 3 人且超出预期：负二项分布，各群间 q < 0.05；无法预期时为空"),
        spare=6,
    ),
    Column("reason", "text", Text("reason", "原因"), Text("why somebody should look; null: no need", "需要关注的原因；无需关注时为空"), words=REASONS, spare=1),
    Column("next", "text", Text("next step", "下一步"), words=NEXT, spare=1),
    Column("trend", "series", Text("trend", "趋势"), Text("people who complained in each of the 8 periods before, and in the window; null: no posters", "之前 8 个时段及所选时间内的投诉人数；无人发言的时段为空"), spare=2),
)  # fmt: skip

FEATURES = complaint_sql.FEATURES


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit complaints` has no options of its own: its words are in qunkit.toml."""


_LAST_WEEK = Text(
    "The window begins with the data, so its last 7 days are compared with the time before them; --week or --last asks about another.",
    "所选时间从数据开头算起，因此以其最后 7 天与此前相比；可用 --week 或 --last 另选。",
)
_NOT_KNOWN = Text(
    "Groups of which nothing can be expected, for want of a past: {n}.", "{n} 个群因历史不足，无法判断是否突增。"
)

_HITS = complaint_sql.hits(
    "CASE WHEN epoch_s(posts.local_time) >= span.since THEN 0 ELSE CEIL((span.since - epoch_s(posts.local_time)) / NULLIF(span.length, 0)) END AS period",
    ("period",),
    "posts CROSS JOIN span",
    f"epoch_s(posts.local_time) >= span.since - {PERIODS} * span.length",
)

SQL = f"""
WITH bounds AS (
  SELECT epoch_s(:until) AS until, CASE WHEN epoch_s(:since) > MIN(epoch_s(first_at)) THEN epoch_s(:since) ELSE epoch_s(:until) - 604800 END AS since FROM days
), span AS (
  SELECT since, until - since AS length, since <> epoch_s(:since) AS last_week FROM bounds
), {_HITS}, complained AS (  -- a row a message and family
  SELECT DISTINCT group_id, sender_id, seq, sent_at, period, {complaint_sql.FAMILY} AS family FROM hits
), counted AS (
  SELECT group_id, period, 'posts' AS what, COUNT(*) AS messages, COUNT(DISTINCT sender_id) AS people FROM told GROUP BY group_id, period
  UNION ALL
  SELECT group_id, period, 'complaints', COUNT(*), COUNT(DISTINCT sender_id)
  FROM (SELECT DISTINCT group_id, sender_id, seq, sent_at, period FROM complained) each GROUP BY group_id, period
  UNION ALL
  SELECT group_id, period, family, COUNT(*), COUNT(DISTINCT sender_id) FROM complained WHERE period = 0 GROUP BY group_id, period, family
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
)
SELECT named.group_id, named.group_name, counted.period, counted.what, counted.messages, counted.people, span.last_week
FROM named CROSS JOIN span LEFT JOIN counted ON counted.group_id = named.group_id
ORDER BY named.group_id, counted.period, counted.what
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row a group: bursts first, then grave complaints, then by people."""
    import numpy as np
    import pandas as pd

    from qunkit.methods.discoveries import discoveries

    rows = [_row(part) for _, part in frame.groupby("group_id", sort=True)]
    chances = np.array([bursts.chance(row.pop("did"), row.pop("crowd")) for row in rows], float)
    q = discoveries(chances, ~np.isnan(chances))
    for row, value in zip(rows, q.tolist(), strict=True):
        row["burst"] = None if value != value else bool(value < bursts.DISCOVERIES and row["people"] >= bursts.LEAST_PEOPLE)  # fmt: skip
        row["reason"] = "burst" if row["burst"] else "grave" if row["grave"] else None
        row["next"] = _next(row) if row["reason"] else None
    order = {"burst": 0, "grave": 1, None: 2}
    rows.sort(key=lambda row: (order[row["reason"]], -(row["people"]), row["group_id"]))
    told = pd.DataFrame(rows, columns=[column.name for column in COLUMNS])
    told.attrs["last_week"] = bool((frame["last_week"] == True).any())  # noqa: E712 (null among objects)
    return told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Which time was asked about, and of how many groups too little is known."""
    unknown = int((frame["expected"].isna() & (frame["messages"] > 0)).sum())
    told = [Note(_LAST_WEEK)] if frame.attrs.get("last_week") else []
    return told + ([Note(_NOT_KNOWN, (("n", unknown),))] if unknown else [])


def _row(part: pd.DataFrame) -> dict[str, Any]:
    """The figures of one group; ``did`` and ``crowd``, the oldest period first, are what its chance is worked out of."""
    cells = zip(part["period"], part["what"], part["messages"], part["people"], strict=True)
    told = {(int(period), what): (int(n), int(people)) for period, what, n, people in cells if period == period}
    did, crowd = ([told.get((k, what), (0, 0))[1] for k in range(PERIODS, -1, -1)] for what in ("complaints", "posts"))
    families = {what: told[0, what] for period, what in told if not period and what in FAMILIES}
    (complaints, people), messages = told.get((0, "complaints"), (0, 0)), told.get((0, "posts"), (0, 0))[0]
    return {
        "group_id": part["group_id"].iloc[0],
        "group_name": part["group_name"].iloc[0],
        "people": people,
        "expected": bursts.expected(did, crowd),
        "complaints": complaints,
        "messages": messages,
        "share": complaints / messages if messages else None,
        "about": sorted(families, key=lambda family: (-families[family][1], -families[family][0], family)),
        "grave": families.get("grave", (0, 0))[0],
        "trend": [n if people else None for n, people in zip(did, crowd, strict=True)],
        "did": did,
        "crowd": crowd,
    }


def _next(row: dict[str, Any]) -> str:
    """What to do of a grave complaint, or of what most people complain about."""
    return "grave" if row["grave"] else next((_NEXT_OF[one] for one in row["about"] if one in _NEXT_OF), "answers")
