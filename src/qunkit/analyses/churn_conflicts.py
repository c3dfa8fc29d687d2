"""Where rosters, notices and messages contradict each other about who is in a group: two pieces of evidence a row.

    group_name  name    kind            first_at             first_what  later_at             later_what
    妈妈群      小鹿    left_listed     2026-05-11 21:04:00  removed     2026-05-20 12:00:00  on
    妈妈群      果果妈  joined_missing  2026-05-12 09:30:00  joined      2026-05-20 12:00:00  off
    妈妈群      老K     posted_missing  2026-05-20 12:00:00  off         2026-05-21 08:14:33  post

What WeChat keeps silent about looks like this: who left without a notice and came back, who left soon after joining. So do an alias that is missing (`qunkit alias`), a list
that is not whole, or one with a wrong date (`qunkit roster --at`). A notice of joining that names nobody may be of whoever appears after it: that is no conflict. `qunkit churn` and `qunkit growth` add nothing up over such evidence; this says where to look. Only
complete rosters with a date count. The window chooses by the later piece of evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.methods.invites import called
from qunkit.methods.joins import JOINS
from qunkit.methods.moves import CALLED, MOVES
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Conflicts of rosters, notices and messages", "名单与提示的矛盾")

KINDS = {
    "left_listed": Text("told to have left, then listed", "提示已离群，之后仍在名单中"),
    "left_posted": Text("told to have left, then posted", "提示已离群，之后又发言"),
    "joined_missing": Text("joined, then not listed; nothing says that they left", "入群后不在名单中，无退群提示"),
    "joined_listed": Text("joined although listed before; nothing says that they left", "已在名单中又入群，无退群提示"),
    "appeared": Text("not listed, then listed; nothing says that they joined", "先不在后在名单中，无入群记录"),
    "posted_missing": Text("not listed, then posted; nothing says that they joined", "不在名单中却发言，无入群记录"),
}
_WHAT = {
    "left": Text("notice: left", "提示：退群"),
    "removed": Text("notice: removed", "提示：被移出"),
    "joined": Text("notice: joined", "提示：入群"),
    "dated": Text("join date on a roster", "名单所记入群时间"),
    "on": Text("roster: listed", "名单：在群"),
    "off": Text("complete roster: not listed", "完整名单：不在群"),
    "post": Text("a message of theirs", "发言"),
}
COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=3),
    Column("group_name", "text", Text("group", "群"), spare=1),
    Column("member_id", "text", Text("member id", "成员 id"), spare=2),
    Column("name", "text", Text("name", "成员")),
    Column("kind", "text", Text("conflict", "矛盾"), Text("; ".join(f"{kind}: {text.en}" for kind, text in KINDS.items()), "；".join(f"{kind} {text.zh}" for kind, text in KINDS.items())), words=KINDS),
    Column("first_at", "datetime", Text("first", "先"), Text("time of the earlier evidence", "较早证据的时间")),
    Column("first_what", "text", Text("which says", "依据一"), Text("what it is: a notice, or a roster", "较早的证据：提示或名单"), words=_WHAT),
    Column("later_at", "datetime", Text("then", "后"), Text("time of the later evidence; of messages the first", "较晚证据的时间；发言取第一条")),
    Column("later_what", "text", Text("which says", "依据二"), Text("what it is: a roster, a notice or a message", "较晚的证据：名单、提示或发言"), words=_WHAT),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit churn conflicts` can be told: nothing."""


SQL = f"""
WITH {MOVES}, {JOINS}, {CALLED}, listed AS (
  SELECT DISTINCT group_id, member_id, seen_at FROM listings WHERE complete AND seen_at IS NOT NULL
), made AS (
  SELECT DISTINCT group_id, seen_at FROM listed
), told AS (  -- of one instant: who comes, posts, goes, is listed
  SELECT group_id, member_id, joined_at AS t, CASE WHEN sent_at IS NULL THEN 'dated' ELSE 'joined' END AS what, 0 AS place FROM joins WHERE member_id IS NOT NULL
  UNION ALL
  SELECT group_id, member_id, local_time, event, 2 FROM departures WHERE member_id IS NOT NULL
  UNION ALL
  SELECT group_id, member_id, seen_at, 'on', 3 FROM listed
), people AS (
  SELECT group_id, member_id FROM told UNION SELECT group_id, sender_id FROM posts
), facts AS (
  SELECT group_id, member_id, t, what, place FROM told
  UNION ALL
  SELECT made.group_id, people.member_id, made.seen_at, 'off', 3
  FROM made JOIN people ON people.group_id = made.group_id
  LEFT JOIN listed ON listed.group_id = made.group_id AND listed.seen_at = made.seen_at AND listed.member_id = people.member_id
  WHERE listed.member_id IS NULL
), timeline AS (
  SELECT group_id, member_id, t, what, place FROM facts
  UNION ALL
  SELECT posts.group_id, posts.sender_id, posts.local_time, 'post', 1
  FROM posts JOIN (SELECT DISTINCT group_id, member_id FROM facts WHERE what IN ('left', 'removed', 'off')) doubted
    ON doubted.group_id = posts.group_id AND doubted.member_id = posts.sender_id
), eras AS (  -- each piece of evidence, and the first message after it and before the next
  SELECT group_id, member_id, era, MAX(CASE WHEN what <> 'post' THEN what END) AS what, MAX(CASE WHEN what <> 'post' THEN t END) AS t,
    MIN(CASE WHEN what = 'post' THEN t END) AS posted_at
  FROM (
    SELECT timeline.*, SUM(CASE WHEN what <> 'post' THEN 1 ELSE 0 END) OVER (
      PARTITION BY group_id, member_id ORDER BY t, place, what ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS era
    FROM timeline
  ) counted GROUP BY group_id, member_id, era
), pairs AS (
  SELECT eras.*, LAG(what) OVER w AS what_before, LAG(t) OVER w AS t_before
  FROM eras WINDOW w AS (PARTITION BY group_id, member_id ORDER BY era)
), found AS (
  SELECT pairs.group_id, pairs.member_id,
    CASE WHEN posting = 1 THEN pairs.what ELSE pairs.what_before END AS first_what, CASE WHEN posting = 1 THEN pairs.t ELSE pairs.t_before END AS first_at,
    CASE WHEN posting = 1 THEN 'post' ELSE pairs.what END AS later_what, CASE WHEN posting = 1 THEN pairs.posted_at ELSE pairs.t END AS later_at
  FROM pairs CROSS JOIN (SELECT 0 AS posting UNION ALL SELECT 1) readings
), sorted AS (
  SELECT found.*, CASE
    WHEN first_what IN ('left', 'removed') AND later_what = 'on' THEN 'left_listed'
    WHEN first_what IN ('left', 'removed') AND later_what = 'post' THEN 'left_posted'
    WHEN first_what IN ('joined', 'dated') AND later_what = 'off' THEN 'joined_missing'
    WHEN first_what = 'on' AND later_what IN ('joined', 'dated') THEN 'joined_listed'
    WHEN first_what = 'off' AND later_what = 'on' THEN 'appeared'
    WHEN first_what = 'off' AND later_what = 'post' THEN 'posted_missing' END AS kind
  FROM found WHERE later_at IS NOT NULL
), nameless AS (  -- joins of nobody knows whom: perhaps of who is there all of a sudden
  SELECT group_id, local_time AS t FROM moves WHERE event IN ('invited', 'joined_qr', 'joined') AND member_id IS NULL
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
)
SELECT sorted.group_id, COALESCE(named.group_name, sorted.group_id) AS group_name, sorted.member_id, {called("sorted.member_id")} AS name,
  sorted.kind, sorted.first_at, sorted.first_what, sorted.later_at, sorted.later_what
FROM sorted
LEFT JOIN called_so ON called_so.group_id = sorted.group_id AND called_so.member_id = sorted.member_id
LEFT JOIN named ON named.group_id = sorted.group_id
LEFT JOIN members ON members.group_id = sorted.group_id AND members.member_id = sorted.member_id
WHERE sorted.kind IS NOT NULL AND sorted.later_at >= :since AND NOT EXISTS (
  SELECT 1 FROM nameless
  WHERE nameless.group_id = sorted.group_id AND nameless.t >= sorted.first_at AND nameless.t <= sorted.later_at AND sorted.kind IN ('appeared', 'posted_missing')
)
ORDER BY sorted.group_id, sorted.later_at, sorted.member_id, sorted.first_at, sorted.kind
"""


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What to do about them."""
    return [Note(_HINT)] if len(frame) else []


_HINT = Text(
    "Two ids of one person look like this, too: see `qunkit alias --help`.",
    "同一人有两个 id 时也会如此：见 `qunkit alias --help`。",
)
