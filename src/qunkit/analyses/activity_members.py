"""What each member posted, 成员发言明细: one row per group and member who posted in the window.

    group_name  name  messages  share  active_days  turns  mean_chars  replies_got  mentions_got  last_post            days_silent
    妈妈群      小鹿        61   0.15            6     40        12.3           18             4  2026-05-10 22:14:03            0

Volume is not influence: see `qunkit kol` for that. Replies are those that the exports name; replies to oneself do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.dataset import option
from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Members' activity", "成员发言明细")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id")),
    Column("name", "text", Text("name", "成员")),
    Column(
        "official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml", "qunkit.toml 中的官方人员"), spare=4
    ),
    Column("messages", "int", Text("messages", "消息数")),
    Column(
        "share",
        "ratio",
        Text("share", "占比"),
        Text("of the group's messages in the window", "占该群所选时间内消息数的比例"),
    ),
    Column("active_days", "int", Text("active days", "发言天数"), Text("days with a message", "有消息的天数"), spare=2),
    Column(
        "turns",
        "int",
        Text("turns", "发言轮次"),
        Text(
            "runs of messages at most 2 minutes apart, nobody else's between",
            "中间无他人、间隔不超过 2 分钟的连续消息计一轮",
        ),
        spare=8,
    ),
    Column(
        "mean_chars",
        "float",
        Text("mean length", "平均字数"),
        Text("mean characters of text messages", "文本消息的平均字数"),
        spare=7,
    ),
    Column(
        "replies_got",
        "int",
        Text("replies got", "被回复"),
        Text(
            "others' messages that quote one of theirs; null: no reply in the group's exports",
            "他人引用回复的次数；导出中无回复记录时为空",
        ),
        spare=5,
    ),
    Column(
        "mentions_got",
        "int",
        Text("mentions got", "被@"),
        Text(
            "others' messages that @ them, not everyone; null: no mention in the group's exports",
            "被他人@的次数，不含@所有人；导出中无@记录时为空",
        ),
        spare=6,
    ),
    Column(
        "first_post", "datetime", Text("first post", "首次发言"), Text("in all history", "全部历史中的首次"), spare=9
    ),
    Column("last_post", "datetime", Text("last post", "最近发言"), spare=3),
    Column(
        "days_silent",
        "int",
        Text("days silent", "沉默天数"),
        Text("full days from the last post to as-of", "从最近发言到截止时间的整天数"),
        spare=1,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit activity members` can be told."""

    top: int = option(0, Text("only the N most active of each group; 0: all", "每群只列最活跃的 N 人；0 为全部"))


SQL = """
WITH ordered AS (
  SELECT group_id, sender_id, official, in_window, day, local_time, epoch_s(sent_at) AS t,
    CASE WHEN kind IN ('text', 'quote') THEN chars END AS chars,
    LAG(sender_id) OVER w AS sender_before, LAG(epoch_s(sent_at)) OVER w AS t_before
  FROM posts WHERE local_time >= :since - INTERVAL '1' DAY
  WINDOW w AS (PARTITION BY group_id ORDER BY sent_at, seq)
), counted AS (
  SELECT group_id, sender_id, official, COUNT(*) AS messages, COUNT(DISTINCT day) AS active_days,
    SUM(CASE WHEN sender_id = sender_before AND t - t_before <= 120 THEN 0 ELSE 1 END) AS turns,
    SUM(chars) / NULLIF(COUNT(chars), 0) AS mean_chars, MIN(local_time) AS first_post, MAX(local_time) AS last_post
  FROM ordered WHERE in_window GROUP BY group_id, sender_id, official
), ranked AS (
  SELECT *, SUM(messages) OVER (PARTITION BY group_id) AS all_messages,
    ROW_NUMBER() OVER (PARTITION BY group_id ORDER BY messages DESC, sender_id) AS place
  FROM counted
), history AS (  -- of those who posted in the window, what was before it
  SELECT group_id, sender_id, MIN(local_time) AS first_post
  FROM posts WHERE local_time < :since AND (group_id, sender_id) IN (SELECT group_id, sender_id FROM counted)
  GROUP BY group_id, sender_id
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
), answering AS (
  SELECT group_id, sender_id, reply_to, in_window FROM posts WHERE reply_to IS NOT NULL
), answers AS (
  SELECT group_id, sender_id, reply_to FROM answering WHERE in_window
), quoted AS (
  SELECT group_id, message_id, sender_id FROM posts WHERE (group_id, message_id) IN (SELECT group_id, reply_to FROM answers)
), replies AS (
  SELECT quoted.group_id, quoted.sender_id, COUNT(*) AS n
  FROM answers JOIN quoted ON quoted.group_id = answers.group_id AND quoted.message_id = answers.reply_to
  WHERE answers.sender_id <> quoted.sender_id GROUP BY quoted.group_id, quoted.sender_id
), calling AS (
  SELECT group_id, sender_id, mention_ids, in_window FROM posts WHERE mention_ids IS NOT NULL
), called AS (
  SELECT group_id, sender_id, explode(mention_ids) AS member_id FROM calling WHERE in_window
), mentions AS (
  SELECT group_id, member_id, COUNT(*) AS n FROM called WHERE sender_id <> member_id GROUP BY group_id, member_id
), evidence AS (
  SELECT named.group_id, named.group_name, answering.n IS NOT NULL AS replies, calling.n IS NOT NULL AS mentions
  FROM named
  LEFT JOIN (SELECT group_id, COUNT(*) AS n FROM answering GROUP BY group_id) answering ON answering.group_id = named.group_id
  LEFT JOIN (SELECT group_id, COUNT(*) AS n FROM calling GROUP BY group_id) calling ON calling.group_id = named.group_id
)
SELECT r.group_id, evidence.group_name, r.sender_id AS member_id, members.name, r.official, r.messages,
  r.messages / NULLIF(r.all_messages, 0) AS share, r.active_days, r.turns, r.mean_chars,
  CASE WHEN evidence.replies THEN COALESCE(replies.n, 0) END AS replies_got,
  CASE WHEN evidence.mentions THEN COALESCE(mentions.n, 0) END AS mentions_got,
  COALESCE(history.first_post, r.first_post) AS first_post, r.last_post,
  FLOOR((epoch_s(:as_of) - epoch_s(r.last_post)) / 86400) AS days_silent
FROM ranked r
LEFT JOIN history ON history.group_id = r.group_id AND history.sender_id = r.sender_id
JOIN evidence ON evidence.group_id = r.group_id
LEFT JOIN members ON members.group_id = r.group_id AND members.member_id = r.sender_id
LEFT JOIN replies ON replies.group_id = r.group_id AND replies.sender_id = r.sender_id
LEFT JOIN mentions ON mentions.group_id = r.group_id AND mentions.member_id = r.sender_id
WHERE :top = 0 OR r.place <= :top
ORDER BY r.messages DESC, r.group_id, r.sender_id
"""
