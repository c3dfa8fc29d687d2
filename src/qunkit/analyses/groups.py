"""The groups of the dataset, 群列表: how large, how lively, silent since when.

    group_name  platform  members  seen  messages  posters_7d  posters_before  days_silent  last_post
    妈妈群      wechat        198   240     18421          38              41            0  2026-05-10 22:14:03

Weeks are the last 7 × 24 hours before as-of and the 7 before those.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.results import Column
from qunkit.schema import PLATFORMS
from qunkit.words import Text

TITLE = Text("Groups: size, posts, silence", "群列表")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column("platform", "text", Text("platform", "平台"), words=PLATFORMS, spare=9),
    Column(
        "members",
        "int",
        Text("members", "成员数"),
        Text("on the newest complete roster; null: none", "最新完整名单人数；无名单时为空"),
        spare=3,
    ),
    Column(
        "seen",
        "int",
        Text("seen", "出现过的成员"),
        Text("members who posted or are on any list", "发过言或出现在名单中的人数"),
        spare=6,
    ),
    Column(
        "messages",
        "int",
        Text("messages", "消息数"),
        Text("people's messages in the window", "所选时间内的消息数，不含系统提示"),
    ),
    Column(
        "messages_official",
        "int",
        Text("by staff", "官方消息"),
        Text("of which by staff", "其中官方人员的消息数"),
        spare=8,
    ),
    Column("first_post", "datetime", Text("first post", "首条消息"), spare=7),
    Column("last_post", "datetime", Text("last post", "最近消息"), spare=2),
    Column(
        "posters_7d",
        "int",
        Text("posters, 7 days", "近 7 天发言人数"),
        Text("people who posted in the 7 days before as-of", "截止时间前 7 天"),
        spare=1,
    ),
    Column(
        "posters_before",
        "int",
        Text("7 days before", "前 7 天发言人数"),
        Text("in the 7 days before those", "再往前的 7 天"),
        spare=5,
    ),
    Column(
        "days_silent",
        "int",
        Text("days silent", "沉默天数"),
        Text("full days from the last post to as-of", "从最近一条消息到截止时间的整天数"),
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit groups` has no options of its own."""


SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name, MIN(platform) AS platform, MAX(platform) AS platform_too
  FROM messages GROUP BY group_id
), posted AS (
  SELECT group_id,
    COUNT(*) FILTER (WHERE in_window) AS messages,
    COUNT(*) FILTER (WHERE in_window AND official) AS messages_official,
    MIN(local_time) AS first_post, MAX(local_time) AS last_post
  FROM posts GROUP BY group_id
), lately AS (
  SELECT group_id,
    COUNT(DISTINCT CASE WHEN local_time > :as_of - INTERVAL '7' DAY THEN sender_id END) AS posters_7d,
    COUNT(DISTINCT CASE WHEN local_time <= :as_of - INTERVAL '7' DAY THEN sender_id END) AS posters_before
  FROM posts WHERE local_time > :as_of - INTERVAL '14' DAY GROUP BY group_id
), listed AS (
  SELECT group_id, COUNT(*) AS members FROM rosters WHERE listed GROUP BY group_id
), everybody AS (
  SELECT group_id, sender_id FROM posts UNION SELECT group_id, member_id FROM rosters
), sized AS (
  SELECT group_id, COUNT(*) AS seen FROM everybody GROUP BY group_id
)
SELECT named.group_id, named.group_name,
  CASE WHEN platform = platform_too THEN platform ELSE platform || ', ' || platform_too END AS platform,
  listed.members, COALESCE(sized.seen, 0) AS seen,
  COALESCE(posted.messages, 0) AS messages, COALESCE(posted.messages_official, 0) AS messages_official,
  posted.first_post, posted.last_post,
  COALESCE(lately.posters_7d, 0) AS posters_7d, COALESCE(lately.posters_before, 0) AS posters_before,
  FLOOR((epoch_s(:as_of) - epoch_s(posted.last_post)) / 86400) AS days_silent
FROM named
LEFT JOIN posted ON posted.group_id = named.group_id
LEFT JOIN lately ON lately.group_id = named.group_id
LEFT JOIN listed ON listed.group_id = named.group_id
LEFT JOIN sized ON sized.group_id = named.group_id
ORDER BY messages DESC, named.group_id
"""
