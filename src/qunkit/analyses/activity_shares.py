"""How unevenly people post, 发言集中度: is a group a conversation or a stage?

    group_name  posters  messages  gini  gini_all  top20_share  effective_posters  bus_factor  burstiness
    妈妈群           61       412  0.68      0.91         0.74                9.3           4        0.55

Gini with the small-sample factor m/(m-1): 0 when all post alike, 1 when one person posts everything. HHI: the sum of squared
shares (Herfindahl); 1 ÷ HHI: the number of equal posters that would be as concentrated. Bus factor (CHAOSS): the fewest people who make half of
the turns. Burstiness of the gaps between messages: Kim & Jo 2016, the form for finite samples: -1 regular, 0 random, 1 bursts.
A turn is a run of one person's messages, nobody else's between, at most 2 minutes apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.results import Column
from qunkit.words import Text

TITLE = Text("Concentration of posting", "发言集中度")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "posters", "int", Text("posters", "发言人数"), Text("people who posted in the window", "所选时间内的发言人数")
    ),
    Column("messages", "int", Text("messages", "消息数")),
    Column(
        "turns",
        "int",
        Text("turns", "发言轮次"),
        Text("runs of one person's messages at most 2 minutes apart", "同一人连续发言（间隔不超过 2 分钟）计一轮"),
        spare=5,
    ),
    Column(
        "gini",
        "ratio",
        Text("Gini", "基尼系数"),
        Text("of messages among posters; null below 5 posters", "发言人之间的消息数；不足 5 人时为空"),
        spare=2,
    ),
    Column(
        "gini_all",
        "ratio",
        Text("Gini, with lurkers", "基尼系数（含潜水）"),
        Text(
            "of messages among posters and the silent members on the roster; null without a roster",
            "含名单中未发言的成员；无名单时为空",
        ),
        spare=7,
    ),
    Column(
        "top20_share",
        "ratio",
        Text("top 20 %", "二八占比"),
        Text("share of messages by the most active fifth of posters, rounded up", "最活跃的 20% 发言人的消息占比"),
    ),
    Column("hhi", "float", Text("HHI", "HHI"), Text("sum of squared shares of messages", "消息占比的平方和"), spare=8),
    Column(
        "effective_posters", "float", Text("effective posters", "有效发言人数"), Text("1 ÷ HHI", "1 ÷ HHI"), spare=6
    ),
    Column(
        "bus_factor",
        "int",
        Text("bus factor", "核心人数"),
        Text("fewest people with half of the turns", "贡献一半发言轮次的最少人数"),
        spare=3,
    ),
    Column(
        "burstiness",
        "float",
        Text("burstiness", "突发度"),
        Text(
            "of the gaps between messages, -1 to 1; null below 20 gaps",
            "消息间隔的突发度，-1 至 1；不足 20 个间隔时为空",
        ),
        spare=9,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit activity shares` has no options of its own."""


SQL = """
WITH ordered AS (
  SELECT group_id, sender_id, in_window, time_quality <> 'day' AS timed, epoch_s(sent_at) AS t,
    LAG(sender_id) OVER w AS sender_before, LAG(epoch_s(sent_at)) OVER w AS t_before, LAG(in_window) OVER w AS in_window_before
  FROM posts WHERE local_time >= :since - INTERVAL '1' DAY
  WINDOW w AS (PARTITION BY group_id ORDER BY sent_at, seq)
), lines AS (
  SELECT group_id, sender_id,
    CASE WHEN sender_id = sender_before AND t - t_before <= 120 THEN 0 ELSE 1 END AS turn,
    CASE WHEN in_window_before AND timed THEN t - t_before END AS gap
  FROM ordered WHERE in_window
), gaps AS (
  SELECT group_id, COUNT(gap) AS n, STDDEV_POP(gap) / NULLIF(AVG(gap), 0) AS r FROM lines GROUP BY group_id
), bursts AS (
  SELECT group_id,
    CASE WHEN n >= 20 THEN (SQRT(n + 1) * r - SQRT(n - 1)) / NULLIF((SQRT(n + 1) - 2) * r + SQRT(n - 1), 0) END AS burstiness
  FROM gaps
), people AS (
  SELECT group_id, sender_id, COUNT(*) AS messages, SUM(turn) AS turns FROM lines GROUP BY group_id, sender_id
), ranked AS (
  SELECT group_id, sender_id, messages, turns,
    COUNT(*) OVER (PARTITION BY group_id) AS m,
    ROW_NUMBER() OVER (PARTITION BY group_id ORDER BY messages, sender_id) AS place,
    SUM(turns) OVER (PARTITION BY group_id) AS all_turns,
    SUM(turns) OVER (PARTITION BY group_id ORDER BY turns DESC, sender_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS top_turns
  FROM people
), lurkers AS (
  SELECT rosters.group_id, COUNT(*) - COUNT(people.sender_id) AS z
  FROM rosters LEFT JOIN people ON people.group_id = rosters.group_id AND people.sender_id = rosters.member_id
  WHERE rosters.listed GROUP BY rosters.group_id
), summed AS (
  SELECT group_id, MAX(m) AS m, SUM(messages) AS messages, SUM(turns) AS turns,
    SUM(place * messages) AS weighted, SUM(messages * messages) AS squares,
    SUM(CASE WHEN m - place < FLOOR((m + 4) / 5e0) THEN messages ELSE 0 END) AS top20,
    COUNT(CASE WHEN 2 * (top_turns - turns) < all_turns THEN 1 END) AS bus_factor
  FROM ranked GROUP BY group_id
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
)
SELECT s.group_id, named.group_name, s.m AS posters, s.messages, s.turns,
  CASE WHEN s.m >= 5
    THEN (2 * s.weighted - (s.m + 1) * s.messages) / NULLIF((s.m - 1) * s.messages, 0) END AS gini,
  CASE WHEN s.m + lurkers.z >= 5
    THEN (2 * s.weighted + (lurkers.z - s.m - 1) * s.messages) / NULLIF((s.m + lurkers.z - 1) * s.messages, 0) END AS gini_all,
  CASE WHEN s.m >= 5 THEN s.top20 / NULLIF(s.messages, 0) END AS top20_share,
  CASE WHEN s.m >= 5 THEN s.squares / NULLIF(s.messages * s.messages, 0) END AS hhi,
  CASE WHEN s.m >= 5 THEN s.messages * s.messages / NULLIF(s.squares, 0) END AS effective_posters,
  CASE WHEN s.m >= 5 THEN s.bus_factor END AS bus_factor,
  bursts.burstiness
FROM summed s
JOIN named ON named.group_id = s.group_id
LEFT JOIN bursts ON bursts.group_id = s.group_id
LEFT JOIN lurkers ON lurkers.group_id = s.group_id
ORDER BY s.group_id
"""
