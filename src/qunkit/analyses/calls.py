"""Announcements and calls, 号召响应: who answered, how many more than usual, how soon, and how many did not. One row a call, the newest first.

    at                   name    kind          text                 in_5  in_30  lift  rate  members  base    silent  first_s
    2026-05-04 09:12:40  果果妈  announcement  本周六上午九点集合…      7     15   5.2  0.19       78  roster      63       21

A call is a group announcement, an @everyone, the first version of a sign-up relay, or a longer post of staff. Whoever else writes within some minutes counts as a responder, once: what they
write is not read. So `lift` says how many more that are than follow other turns at such times; how sure it is that an author's turns get more is in `qunkit calls people`, who did not
answer in `qunkit calls silent`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import column
from qunkit.dataset import option
from qunkit.methods import gaps
from qunkit.methods.call_log import BASES, KINDS, LINES, RECENT, Chat, by_form, line_of, rate, read, storms
from qunkit.methods.calls import MINUTE
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from qunkit.methods.calls import Answers

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

FLAGS = {
    "red_packet": Text("red packet", "红包"),
    "copies": Text("repeated text", "重复文案"),
    "overlap": Text("other call near", "与其他号召重叠"),
    "unfinished": Text("not over", "时间未满"),
    "by_minute": Text("whole minutes", "精确到分钟"),
    "short_log": Text("log just begun", "记录刚开始"),
}

TITLE = Text("Calls: announcements and who answered", "号召响应")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=20),
    Column("group_name", "text", Text("group", "群")),
    Column("at", "datetime", Text("time", "时间"), spare=1),
    Column("message_id", "text", Text("message id", "消息 id"), spare=18),
    Column("sender_id", "text", Text("sender id", "发送者 id"), spare=19),
    Column("name", "text", Text("sender", "发送者")),
    Column(
        "kind", "text", Text("kind", "类别"),
        Text("announcement; @everyone; the first version of a sign-up relay; staff's turn of 30 characters or more that quotes and names nobody; with --many: a turn that many answered",
             "群公告；@所有人；接龙的首条；官方人员 30 字以上、未引用也未@个人的发言；加 --many 时：多人响应的发言"),
        words=KINDS, spare=4,
    ),
    Column("text", "text", Text("text", "内容"), Text("its first 40 characters", "前 40 字"), spare=2),
    Column("in_5", "int", Text("in 5 min", "5 分钟响应"), Text("different others who wrote within 5 minutes of its last line; null: the data does not go so far", "末条之后 5 分钟内发言的其他人数；数据未覆盖时为空"), spare=7),
    Column("in_15", "int", Text("15 min", "15 分钟响应"), Text("the same within 15 minutes", "15 分钟内，同上"), spare=13),
    Column("in_30", "int", Text("30 min", "30 分钟响应"), Text("the same within 30 minutes", "30 分钟内，同上")),
    Column(
        "normal", "float", Text("usual", "常态"),
        Text("mean of responders (within --minutes) of the group's turns with as many turns in the 10 minutes before and in the same 4 hours of the day; null: fewer than 20 turns",
             "同群中前 10 分钟热度相同、同一 4 小时时段的发言，在 --minutes 分钟内的平均响应人数；不足 20 轮时为空"),
        spare=10,
    ),
    Column("lift", "float", Text("lift", "高出常态"), Text("responders (within --minutes) above the usual", "--minutes 分钟内的响应人数减去常态")),
    Column("as_many", "ratio", Text("as many", "同等占比"), Text("of those turns, how many have as many responders or more: how rare that is", "上述发言中响应人数不低于它的占比，越小越罕见"), spare=12),
    Column("rate", "ratio", Text("rate", "响应率"), Text("cta_rate: those of `members` who wrote within 30 minutes ÷ `members`; null below 5, and without a roster in the first 7 days of the log", "号召响应率：30 分钟内发言的人数 ÷ members；不足 5 人，或无名单且记录不足 7 天时为空")),
    Column("members", "int", Text("of", "基数"), Text("others on the newest complete roster who had joined; without one: others who wrote in the 28 days up to the end of the 30 minutes", "最新完整名单中当时已入群的其他人；无名单时为截至 30 分钟结束的 28 天内发过言的其他人"), spare=3),
    Column("base", "text", Text("counted by", "基数依据"), Text("what `members` goes by", "members 的依据"), words=BASES, spare=6),
    Column("silent", "int", Text("did not answer", "未响应"), Text("others on the roster who did not write within 30 minutes; null without a complete roster", "名单中 30 分钟内未发言的其他人数；无完整名单时为空"), spare=4),
    Column("posters_silent", "int", Text("recent posters who did not", "近期发言者未响应"), Text("others who wrote in the 28 days before, and not within 30 minutes", "此前 28 天内发过言、30 分钟内未发言的其他人数"), spare=16),
    Column("first_s", "seconds", Text("first answer", "首个响应"), Text("from its last line until somebody else writes, within 30 minutes", "从末条到首个他人发言，30 分钟内"), spare=11),
    Column("t50_s", "seconds", Text("half", "半数响应"), Text("cta_t50: until half of those who wrote within 30 minutes had", "半数响应时长：30 分钟内响应者中半数已发言所需时间"), spare=8),
    Column("explicit", "int", Text("explicit", "明确回复"), Text("responders within 30 minutes who quote it, @ its sender or join the relay; null: the group's exports hold no quotes and mentions", "30 分钟内引用、@发起者或参与接龙的响应人数；导出中无引用和@时为空"), spare=14),
    Column("signed_up", "int", Text("signed up", "接龙人数"), Text("others who sent a later version of the relay, however late; null: no relay, or the exports lost the text of what may be the others' versions", "之后参与接龙的其他人数，不限时间；非接龙，或导出丢失了可能属于它的接龙正文时为空"), spare=15),
    Column(
        "flags", "list", Text("mind", "注意"),
        Text("red packet: one within 5 minutes before or 30 after; repeated text: an answer is a text that its sender posts three times or more; other call near: within 30 minutes, answers count for both; "
             "not over: the data ends, or has a hole, within 30 minutes; whole minutes: order and delays are not exact; log just begun: less than 7 days before, so that few recent posters are known and there is no rate without a roster",
             "红包：前 5 分钟或后 30 分钟内有红包；重复文案：有响应是其发送者至少发过三次的文本；与其他号召重叠：30 分钟内有其他号召，响应对两者均计；时间未满：30 分钟内数据结束或缺失；精确到分钟：先后与时长不精确；记录刚开始：此前记录不足 7 天，近期发言者不全，无名单时不给响应率"),
        words=FLAGS, spare=17,
    ),
)  # fmt: skip

WITHIN = 30 * MINUTE
FLOOR = 5
"""Members below which there is no rate."""
YOUNG = 7 * 24 * 60 * MINUTE
"""A log that begins less than this before a call does not tell who is there."""


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit calls` can be told."""

    minutes: str = option("5", Text("minutes within which a lift is counted", "按多少分钟内的响应计算高出常态"), choices=("5", "15", "30"))  # fmt: skip
    many: int = option(0, Text("also turns of anybody that N or more answered within those minutes; 0: none", "同时列出该时间内响应达 N 人的任何发言；0 为不列"), least=0)  # fmt: skip


PYTHON = True
PART_SQL = LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
), texts AS (
  SELECT group_id, message_id, SUBSTRING(REPLACE(text, CHR(10), ' '), 1, 40) AS text
  FROM messages WHERE (group_id, message_id) IN (SELECT part, message_id FROM parts)
)
SELECT parts.part AS group_id, named.group_name, parts.at, parts.message_id, parts.sender_id, COALESCE(members.name, parts.sender_id) AS name, parts.kind, texts.text,
  parts.in_5, parts.in_15, parts.in_30, parts.normal, parts.lift, parts.as_many, parts.rate, parts.members, parts.base, parts.silent, parts.posters_silent,
  parts.first_s, parts.t50_s, parts.explicit, parts.signed_up, parts.flags
FROM parts
JOIN named ON named.group_id = parts.part
LEFT JOIN texts ON texts.group_id = parts.part AND texts.message_id = parts.message_id
LEFT JOIN members ON members.group_id = parts.part AND members.member_id = parts.sender_id
ORDER BY parts.at DESC, parts.part, parts.number DESC
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """The calls of one group in the window."""
    import numpy as np
    import pyarrow as pa

    from qunkit.methods.calls import answers, nth, posters

    chat = read(table)
    kind, rated = by_form(chat), rate(chat, int(params.minutes))
    if params.many:
        kind = np.where((kind < 0) & rated.over & (rated.counts >= params.many), list(KINDS).index("many"), kind)
    calls = np.flatnonzero((kind >= 0) & chat.in_window[chat.turns.first])
    last, n = chat.turns.last[calls], len(calls)
    line = line_of(chat, calls)
    found = answers(last, chat.who, chat.at, np.full(n, WITHIN - chat.half))

    def responded(minutes: int) -> Floats:
        counts = np.bincount(found.call[found.delay + chat.half <= minutes * MINUTE], minlength=n)
        return np.where(chat.heard[last] >= minutes * MINUTE, counts, np.nan)

    many = np.bincount(found.call, minlength=n)
    over = chat.heard[last] >= WITHIN
    recent = posters(chat.who, chat.at, chat.at[last] + WITHIN, RECENT) - 1
    members, of_roster = _listed(chat, last, found)
    if members is None:
        members, of_roster = recent, many
    known = (members >= FLOOR) & (bool(len(chat.listed)) | ~_young(chat, last))
    rates = np.where(over & known, of_roster / np.maximum(members, 1), np.nan)
    root = np.where(chat.root[line] == line, line, -1)
    signed, lost = _signed_up(chat, root), last < chat.lost.max(initial=-1)
    figures = {
        "in_5": responded(5),
        "in_15": responded(15),
        "in_30": responded(30),
        "normal": rated.usual.mean[calls],
        "lift": np.where(rated.over, rated.counts - rated.usual.mean, np.nan)[calls],
        "as_many": np.where(rated.over, rated.usual.as_many, np.nan)[calls],
        "rate": rates,
        "members": np.where(over, members, np.nan),
        "silent": np.where(over & bool(len(chat.listed)), members - of_roster, np.nan),
        "posters_silent": np.where(over, recent - many, np.nan),
        "first_s": _seconds(nth(found, n, np.minimum(many, 1)), chat.half),
        "t50_s": np.where(over, _seconds(nth(found, n, (many + 1) // 2), chat.half), np.nan),
        "explicit": np.where(over & (chat.explicit | (root >= 0) & ~lost), _explicit(chat, calls, root, found), np.nan),
        "signed_up": np.where((root >= 0) & ((signed > 0) | ~lost), signed, np.nan),
    }
    whole = ("in_5", "in_15", "in_30", "members", "silent", "posters_silent", "explicit", "signed_up")
    at_line, codes = column(line), pa.array(list(KINDS), pa.string())
    return pa.table(
        {
            "part": chat.rows["part"].take(at_line),
            "number": column(calls),
            "at": chat.rows["local_time"].take(at_line),
            "message_id": chat.rows["message_id"].take(at_line),
            "sender_id": chat.rows["sender_id"].take(at_line),
            "kind": codes.take(column(kind[calls])),
            "base": pa.array(["roster" if len(chat.listed) else "posters"] * n, pa.string()),
            "flags": pa.array(_flags(chat, calls, kind, found), pa.list_(pa.string())),
            **{name: column(cells.round(6)).cast("int64" if name in whole else "float64") for name, cells in figures.items()},
        }
    )  # fmt: skip


def remarks(ask: gaps.Ask) -> list[Note]:
    """What the exports do not tell."""
    return gaps.untimed(ask) + gaps.lost_lists(ask)


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What `members` is, and why there may be nothing."""
    if not len(frame):
        return [Note(_NONE)]
    return [Note(_NO_ROSTER)] if (frame["base"] == "posters").any() else []


_NONE = Text(
    "No announcement, @everyone, sign-up relay or staff post (qunkit.toml says who is staff) in the window; --many N lists any turn that N or more people answered.",
    "期内没有群公告、@所有人、接龙或官方发言（官方人员在 qunkit.toml 中设置）；--many N 可列出响应达 N 人的任何发言。",
)
_NO_ROSTER = Text(
    "Groups without a complete roster: rates are of recent posters, and how many did not answer is not known (`qunkit roster --help`).",
    "无完整名单的群：响应率以近期发言者为基数，未响应人数未知（见 `qunkit roster --help`）。",
)


def _seconds(delays: Ints, half: int) -> Floats:
    import numpy as np

    return np.where(delays < 0, np.nan, (delays + half) / 1000)


def _listed(chat: Chat, last: Ints, found: Answers) -> tuple[Ints | None, Ints]:
    """Of each call, others on the roster who had joined, and how many of them answered; None without a roster."""
    import numpy as np

    if not len(chat.listed):
        return None, np.zeros(len(last), np.int64)
    never = np.iinfo(np.int64).max
    since = np.full(len(chat.people), never)
    since[chat.listed] = chat.joined
    when = chat.local[last]
    there = np.searchsorted(np.sort(chat.joined), when, "right") - (since[chat.who[last]] <= when)
    answered = found.call[since[found.who] <= when[found.call]]
    return there, np.bincount(answered, minlength=len(last))


def _explicit(chat: Chat, calls: Ints, root: Ints, found: Answers) -> Ints:
    """Of each call, how many quote it, name its sender or go on with its relay within the time."""
    import numpy as np

    turns, n = chat.turns, len(calls)
    number = np.full(len(turns), -1)
    number[calls] = np.arange(n)
    last = turns.last[calls]
    end = chat.at[last] + WITHIN - chat.half
    quoting = np.flatnonzero(chat.quoted >= 0)
    joining = np.flatnonzero(chat.root >= 0)
    pairs = [
        (number[turns.of_line[chat.quoted[quoting]]], quoting),
        (number[turns.of_line[chat.root[joining]]], joining),
        _naming(chat, calls, found),
    ]
    call, line = (np.concatenate(some) for some in zip(*pairs, strict=True))
    near = call >= 0
    call, line = call[near], line[near]
    near = (line > last[call]) & (chat.at[line] <= end[call]) & (chat.who[line] != chat.who[last[call]])
    people = len(chat.people)
    return np.bincount(np.unique(call[near] * people + chat.who[line[near]]) // max(people, 1), minlength=n)


def _naming(chat: Chat, calls: Ints, found: Answers) -> tuple[Ints, Ints]:
    """Calls, and lines within the time that name their senders."""
    import numpy as np

    last = chat.turns.last[calls]
    people = len(chat.people)
    order = np.lexsort((chat.naming, chat.named))
    keys = (chat.named[order] + 2) * (len(chat.who) + 1) + chat.naming[order]
    base = (chat.who[last] + 2) * (len(chat.who) + 1)
    until = np.searchsorted(chat.at, chat.at[last] + WITHIN - chat.half, "right")
    begin, end = np.searchsorted(keys, base + last + 1), np.searchsorted(keys, base + until)
    many = end - begin if people else np.zeros(len(calls), np.int64)
    place = np.arange(many.sum()) + np.repeat(begin - np.cumsum(many) + many, many)
    return np.repeat(np.arange(len(calls)), many), chat.naming[order][place]


def _signed_up(chat: Chat, root: Ints) -> Ints:
    """Of each relay, by its first line (-1: none), how many others sent a later version."""
    import numpy as np

    version = np.flatnonzero((chat.root >= 0) & (chat.who != chat.who[chat.root]))
    pairs = np.unique(chat.root[version] * len(chat.people) + chat.who[version])
    joined = np.bincount(pairs // max(len(chat.people), 1), minlength=len(chat.who))
    return np.where(root >= 0, joined[root], 0) if len(joined) else np.zeros(len(root), np.int64)


def _flags(chat: Chat, calls: Ints, kind: Ints, found: Answers) -> list[list[str] | None]:
    """What to mind of each call."""
    import numpy as np

    last, n = chat.turns.last[calls], len(calls)
    at = chat.at[last]
    every = np.sort(chat.at[chat.turns.last[kind >= 0]])
    near = np.searchsorted(every, at + WITHIN, "right") - np.searchsorted(every, at - WITHIN)
    true = {
        "red_packet": storms(chat, at, WITHIN),
        "copies": np.bincount(found.call[chat.copied[found.line]], minlength=n) > 0,
        "overlap": near > 1,
        "unfinished": chat.heard[last] < WITHIN,
        "by_minute": np.full(n, chat.half > 0),
        "short_log": _young(chat, last),
    }
    return [[code for code in FLAGS if true[code][one]] or None for one in range(n)]


def _young(chat: Chat, last: Ints) -> Flags:
    """Before which calls little of the group is known."""
    young: Flags = chat.at[last] - chat.at[:1].sum() < YOUNG
    return young
