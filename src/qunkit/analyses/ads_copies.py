"""Copies of one text, 复制粘贴: what was posted again and again with small changes, one row a copy, over all chosen groups.

    text                                  times  reposts  versions  members  groups  sender_name  official_share  replies  signups  last_at
    居家兼职，日结三百，宝妈可做，加V：…     41       35        17        6       8  静静                   0.00        3        0  2026-05-10 20:14:03

Texts are copies of each other if half or more of their pairs of neighbouring signs are the same once they are made plain (`chat.normal`, `methods.copies`);
those of fewer than 12 signs are left out, for people say 好的 and 收到 by themselves. So are sign-up relays (接龙), whose versions are one thread. What was posted once is no copy.
First comes what the same people posted again and again; what many say once each, such as good wishes on a holiday, comes last.

Memory grows with the different texts that are compared, about 2 GB for the million that are compared at most: those posted most often, then the latest. A note says if there are more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TITLE = Text("Ads: texts posted again and again", "重复发送的内容")

COLUMNS = (
    Column(
        "text",
        "text",
        Text("text", "内容"),
        Text("the version posted most often, as it was sent", "出现最多的版本，原文"),
    ),
    Column("times", "int", Text("times", "次数"), Text("messages in the window", "所选时间内的消息数")),
    Column(
        "reposts",
        "int",
        Text("reposts", "重发"),
        Text("messages beyond the first of each person: the order of the rows", "每人首条之外的消息数，按此排序"),
    ),
    Column(
        "versions",
        "int",
        Text("versions", "版本数"),
        Text("different texts among them", "其中不同文本的数量"),
        spare=6,
    ),
    Column(
        "ads",
        "int",
        Text("ads", "广告数"),
        Text(
            "messages among them that are ads by their text, without staff's",
            "其中仅按文本判为广告的消息数，不含官方人员",
        ),
        spare=3,
    ),
    Column("members", "int", Text("people", "人数"), Text("people who posted it", "发送过的人数")),
    Column("groups", "int", Text("groups", "群数"), Text("groups in which it was posted", "出现过的群数")),
    Column("sender_id", "text", Text("most by (id)", "主要发送者 id")),
    Column(
        "sender_name",
        "text",
        Text("most by", "主要发送者"),
        Text("who posted it most often", "发送次数最多的人"),
    ),
    Column(
        "sender_share",
        "ratio",
        Text("their share", "该人占比"),
        Text("of the messages, those of the one who posted it most", "主要发送者的消息占比"),
        spare=7,
    ),
    Column(
        "official_share",
        "ratio",
        Text("by staff", "官方占比"),
        Text("of the messages, those of staff by qunkit.toml", "消息中 qunkit.toml 官方人员所发的占比"),
        spare=3,
    ),
    Column(
        "replies",
        "int",
        Text("replies", "回复数"),
        Text(
            "others' messages that quote one of them; null: no reply in the exports of these groups",
            "他人引用回复的次数；这些群的导出中无回复记录时为空",
        ),
        spare=2,
    ),
    Column(
        "signups",
        "int",
        Text("sign-ups", "接龙人次"),
        Text(
            "others' sign-up relay messages in the same group within 30 minutes; each counts for the last copy before it",
            "同群 30 分钟内他人的接龙消息数，每条只计入此前最近的一条",
        ),
        spare=5,
    ),
    Column("first_at", "datetime", Text("first", "首次"), spare=8),
    Column("last_at", "datetime", Text("last", "最近"), spare=1),
    Column(
        "all_compared",
        "bool",
        Text("all compared", "已全部比较"),
        Text("false: there are more different texts than --most", "为否时表示不同文本数超过 --most"),
        spare=9,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit ads copies` can be told."""

    top: int = option(30, Text("only the first N; 0: all", "只列前 N 项；0 为全部"), least=0)
    min_times: int = option(2, Text("only what was posted at least N times", "只列至少发送 N 次的内容"), least=1)
    most: int = option(
        1_000_000,
        Text(
            "compare at most N different texts: those posted most often, then the latest",
            "最多比较 N 条不同文本：先取发送次数最多的，再取最近的",
        ),
    )


FEATURES = ("ads",)
_BATCH = 1 << 16
"""Texts that are made plain at a time."""

PART_SQL = """
SELECT 'all' AS part, text, COUNT(*) AS messages, MAX(sent_at) AS last
FROM posts
WHERE in_window AND LENGTH(text) >= 12
  AND kind IN ('text', 'quote', 'link', 'miniprogram', 'channels', 'live', 'note', 'announcement', 'forward')
GROUP BY text ORDER BY part, messages DESC, last DESC, text LIMIT :most + 1
"""
"""One text more than is compared tells that there are more."""

SQL = """
WITH posted AS (
  SELECT parts.copy, posts.text, posts.group_id, posts.message_id, posts.person, posts.sender_id, posts.sender_name, posts.official,
    posts.local_time, posts.sent_at, posts.seq, epoch_s(posts.sent_at) AS t, features.ads >= 5e-1 AND NOT posts.official AS is_ad
  FROM posts JOIN parts ON parts.text = posts.text JOIN features ON features.text = posts.text
  WHERE posts.in_window
    AND posts.kind IN ('text', 'quote', 'link', 'miniprogram', 'channels', 'live', 'note', 'announcement', 'forward')
), counted AS (
  SELECT copy, COUNT(*) AS times, COUNT(DISTINCT text) AS versions, COUNT(DISTINCT person) AS members,
    COUNT(DISTINCT group_id) AS groups, SUM(CASE WHEN official THEN 1 ELSE 0 END) AS by_staff, SUM(CASE WHEN is_ad THEN 1 ELSE 0 END) AS ads, MIN(local_time) AS first_at, MAX(local_time) AS last_at
  FROM posted GROUP BY copy
), told AS (
  SELECT copy, text, ROW_NUMBER() OVER (PARTITION BY copy ORDER BY COUNT(*) DESC, LENGTH(text), text) AS place
  FROM posted GROUP BY copy, text
), listed AS (
  SELECT counted.*, told.text, ROW_NUMBER() OVER (ORDER BY times - members DESC, times DESC, groups DESC, told.text) AS place
  FROM counted JOIN told ON told.copy = counted.copy AND told.place = 1
  WHERE times >= :min_times
), shown AS (
  SELECT posted.* FROM posted JOIN listed ON listed.copy = posted.copy WHERE :top = 0 OR listed.place <= :top
), people AS (
  SELECT copy, person, COUNT(*) AS messages, MIN(t) AS since, MAX_BY(sender_id, (sent_at, seq, group_id)) FILTER (WHERE sender_id IS NOT NULL) AS sender_id,
    MAX_BY(sender_name, (sent_at, seq, group_id)) FILTER (WHERE sender_name IS NOT NULL) AS sender_name
  FROM shown GROUP BY copy, person
), most AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY copy ORDER BY messages DESC, since, person) AS place FROM people
), answers AS (
  SELECT group_id, sender_id, reply_to FROM posts WHERE reply_to IS NOT NULL
), replies AS (
  SELECT shown.copy, COUNT(*) AS replies
  FROM answers JOIN shown ON shown.group_id = answers.group_id AND shown.message_id = answers.reply_to
  WHERE answers.sender_id <> shown.sender_id GROUP BY shown.copy
), quoting AS (
  SELECT DISTINCT group_id FROM answers
), evidence AS (
  SELECT DISTINCT shown.copy FROM shown JOIN quoting ON quoting.group_id = shown.group_id
), relays AS (
  SELECT group_id, sender_id, seq, epoch_s(sent_at) AS t, FLOOR(epoch_s(sent_at) / 1800) AS slot
  FROM posts WHERE kind = 'solitaire' AND local_time >= :since
), near AS (  -- in this half hour, or in the one before
  SELECT * FROM relays
  UNION ALL SELECT group_id, sender_id, seq, t, slot - 1 FROM relays
), drawn AS (
  SELECT posted.copy, ROW_NUMBER() OVER (PARTITION BY near.group_id, near.t, near.seq ORDER BY posted.t DESC, posted.seq DESC) AS place
  FROM near JOIN posted ON posted.group_id = near.group_id AND FLOOR(posted.t / 1800) = near.slot
  WHERE posted.sender_id <> near.sender_id AND near.t - posted.t <= 1800
    AND (posted.t < near.t OR posted.t = near.t AND posted.seq < near.seq)
), signups AS (
  SELECT copy, COUNT(*) AS signups FROM drawn WHERE place = 1 GROUP BY copy
)
SELECT listed.text, listed.times, listed.times - listed.members AS reposts, listed.versions, listed.ads, listed.members, listed.groups,
  most.sender_id, COALESCE(most.sender_name, most.sender_id) AS sender_name, most.messages / NULLIF(listed.times, 0) AS sender_share,
  listed.by_staff / NULLIF(listed.times, 0) AS official_share,
  CASE WHEN evidence.copy IS NOT NULL THEN COALESCE(replies.replies, 0) END AS replies, COALESCE(signups.signups, 0) AS signups,
  listed.first_at, listed.last_at, told_all.all_compared
FROM listed
CROSS JOIN (SELECT BOOL_AND(all_compared) AS all_compared FROM parts) told_all
JOIN most ON most.copy = listed.copy AND most.place = 1
LEFT JOIN evidence ON evidence.copy = listed.copy
LEFT JOIN replies ON replies.copy = listed.copy
LEFT JOIN signups ON signups.copy = listed.copy
ORDER BY listed.place
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Of distinct texts, those that have copies, each with the number of its copy; they are one part, for copies cross groups."""
    import numpy as np
    import pyarrow as pa

    from qunkit.chat.normal import normalise_all
    from qunkit.methods.copies import copies

    complete, table = table.num_rows <= params.most, table.slice(0, params.most)
    plain: dict[str, int] = {}
    places = [
        plain.setdefault(text, len(plain))
        for batch in table.select(["text"]).to_batches(_BATCH)
        for text in normalise_all(batch.column(0).to_pylist())
    ]
    heads = copies(list(plain))[np.array(places, np.int64)]
    messages = np.bincount(heads + 1, weights=table["messages"].to_numpy(), minlength=1)
    kept = (heads >= 0) & (messages[heads + 1] >= max(2, params.min_times))
    some = table.filter(pa.array(kept, pa.bool_()))
    return pa.table(
        {
            "part": some["part"],
            "text": some["text"],
            "copy": pa.array(heads[kept], pa.int64()),
            "all_compared": pa.array(np.full(len(some), complete), pa.bool_()),
        }
    )


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Whether there were more texts than are compared."""
    return [] if frame["all_compared"].all() else [Note(_MORE, (("n", params.most),))]


_MORE = Text(
    "There are more than {n} different texts: only those posted most often, then the latest, were compared. Ask for a shorter time, such as --last 4w, or a greater --most.",
    "不同文本超过 {n} 条：只比较了发送次数最多的及最近的。可缩短时间（如 --last 4w），或调大 --most。",
)
