"""The answers of the analyses, without any filter, in DuckDB's own SQL by hand: what the views, the filters and the checks are measured against.

Tables ``m`` (messages) and ``r`` (members) are read_parquet over the dataset's files. These queries know what the invented chats are like, and use
it: one platform, complete rosters, no staff, no bots, all times to the second, weeks that end with the data. Every answer is compared with the
analysis's, row by row.
"""

from __future__ import annotations

_P = "(SELECT * FROM m WHERE kind NOT IN ('pat', 'recall', 'system'))"
_NAMES = f"SELECT group_id, sender_id, max_by(sender_name, local_time) AS name FROM {_P} GROUP BY ALL"
_GROUPS = f"SELECT group_id, max_by(group_name, sent_at) AS group_name FROM {_P} GROUP BY ALL"
_LINES = f"""
SELECT group_id, sender_id, local_time, epoch_us(sent_at) / 1e6 AS t,
  lag(sender_id) OVER w AS sender_before, epoch_us(sent_at) / 1e6 - lag(epoch_us(sent_at) / 1e6) OVER w AS gap {{more}}
FROM {_P} WINDOW w AS (PARTITION BY group_id ORDER BY sent_at, seq)
"""

GROUPS = f"""
WITH ends AS (SELECT max(local_time) AS last FROM m),
told AS (
  SELECT group_id, max_by(group_name, sent_at) AS group_name, any_value(platform) AS platform,
    count(*) FILTER (post) AS messages, min(local_time) FILTER (post) AS first_post, max(local_time) FILTER (post) AS last_post
  FROM (SELECT *, kind NOT IN ('pat', 'recall', 'system') AS post FROM m) GROUP BY ALL
), lately AS (
  SELECT group_id, count(DISTINCT sender_id) FILTER (local_time > last - INTERVAL 7 DAY) AS posters_7d,
    count(DISTINCT sender_id) FILTER (local_time <= last - INTERVAL 7 DAY) AS posters_before
  FROM {_P}, ends WHERE local_time > last - INTERVAL 14 DAY GROUP BY ALL
), seen AS (
  SELECT group_id, count(*) AS seen FROM (SELECT DISTINCT group_id, sender_id FROM {_P} UNION SELECT group_id, member_id FROM r) GROUP BY ALL
), listed AS (SELECT group_id, count(*) AS members FROM r GROUP BY ALL)
SELECT group_id, group_name, platform, members, seen, messages, 0, first_post, last_post, coalesce(posters_7d, 0), coalesce(posters_before, 0),
  floor(epoch(last - last_post) / 86400)
FROM told JOIN seen USING (group_id) JOIN listed USING (group_id) LEFT JOIN lately USING (group_id), ends ORDER BY messages DESC, group_id
"""

HOURS = f"""
WITH cells AS (
  SELECT isodow(local_time) AS weekday, hour(local_time) AS hour, count(*) AS messages, count(DISTINCT sender_id) AS posters FROM {_P} GROUP BY ALL
), observed AS (
  SELECT isodow(day) AS weekday, count(*) AS days FROM (SELECT DISTINCT CAST(local_time AS DATE) AS day FROM m) GROUP BY ALL
)
SELECT weekday, hour, coalesce(messages, 0), days, coalesce(messages, 0) / days, coalesce(posters, 0)
FROM observed CROSS JOIN (SELECT unnest(range(24)) AS hour) LEFT JOIN cells USING (weekday, hour) ORDER BY weekday, hour
"""

COMPARE = f"""
WITH spans AS (
  SELECT 1 AS place, 'this' AS period, min(local_time) AS since, max(local_time) + INTERVAL 1 MILLISECOND AS until FROM m
), said AS (SELECT count(*) AS messages, count(DISTINCT sender_id) AS posters, count(DISTINCT group_id) AS groups FROM {_P}),
moved AS (SELECT coalesce(sum(len(target_ids)), 0) AS joins FROM m WHERE event IN ('invited', 'joined_qr', 'joined')),
gone AS (SELECT coalesce(sum(len(target_ids)), 0) AS removed FROM m WHERE event = 'removed'),
days AS (SELECT count(DISTINCT CAST(local_time AS DATE)) AS n, date_diff('day', min(local_time), max(local_time)) + 1 AS whole FROM m)
SELECT period, messages, posters, groups, NULL, NULL, joins, removed, n, whole - n FROM spans, said, moved, gone, days
UNION ALL SELECT 'before', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0
"""

COMPARE_PERIODS = f"""
WITH said AS (SELECT count(*) AS messages, count(DISTINCT sender_id) AS posters, count(DISTINCT group_id) AS groups FROM {_P}),
moved AS (
  SELECT coalesce(sum(len(target_ids)) FILTER (event <> 'removed'), 0) AS joins, coalesce(sum(len(target_ids)) FILTER (event = 'removed'), 0) AS removed
  FROM m WHERE event IN ('invited', 'joined_qr', 'joined', 'removed')
), days AS (
  SELECT min(local_time)::DATE AS since, count(DISTINCT CAST(local_time AS DATE)) AS n, date_diff('day', min(local_time), max(local_time)) + 1 AS whole FROM m
)
SELECT since, messages, posters, groups, joins, removed, n, whole - n FROM said, moved, days
"""

COMPARE_DAYS = f"""
WITH daily AS (SELECT CAST(local_time AS DATE) AS day, count(*) AS n, count(DISTINCT sender_id) AS posters FROM {_P} GROUP BY ALL),
seen AS (SELECT DISTINCT CAST(local_time AS DATE) AS day FROM m),
days AS (SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day FROM seen),
told AS (
  SELECT day, CASE WHEN seen.day IS NOT NULL THEN coalesce(n, 0) END AS n, CASE WHEN seen.day IS NOT NULL THEN coalesce(posters, 0) END AS posters
  FROM days LEFT JOIN seen USING (day) LEFT JOIN daily USING (day)
)
SELECT day, n, posters, lag(n, 7) OVER (ORDER BY day) FROM told QUALIFY day > (SELECT max(day) FROM days) - 28 ORDER BY day
"""

COMPARE_GROUPS = f"""
WITH seen AS (SELECT DISTINCT CAST(local_time AS DATE) AS day FROM m),
days AS (SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day FROM seen),
named AS (SELECT group_id, max_by(group_name, sent_at) AS group_name FROM m GROUP BY ALL),
daily AS (
  SELECT group_id, CAST(local_time AS DATE) AS day, count(*) AS n, max(local_time) AS last_post FROM {_P} GROUP BY ALL
), posters AS (SELECT group_id, count(DISTINCT sender_id) AS posters FROM {_P} GROUP BY ALL),
series AS (
  SELECT group_id, list(CASE WHEN seen.day IS NOT NULL THEN coalesce(n, 0) END ORDER BY day) AS days, sum(n) AS messages, max(last_post) AS last_post
  FROM named CROSS JOIN days LEFT JOIN seen USING (day) LEFT JOIN daily USING (group_id, day) GROUP BY ALL
), moved AS (
  SELECT group_id, sum(len(target_ids)) FILTER (event IN ('invited', 'joined_qr', 'joined')) AS joins,
    sum(len(target_ids)) FILTER (event = 'removed') AS removed
  FROM m WHERE event IS NOT NULL GROUP BY ALL
)
SELECT group_id, group_name, messages, NULL, NULL, posters, NULL, coalesce(joins, 0), coalesce(removed, 0), days, last_post,
  floor(epoch((SELECT max(local_time) FROM m) - last_post) / 86400)
FROM named JOIN series USING (group_id) JOIN posters USING (group_id) LEFT JOIN moved USING (group_id) ORDER BY messages DESC, group_id
"""

SHARES = f"""
WITH lines AS ({_LINES.format(more="")}),
people AS (
  SELECT group_id, sender_id, count(*) AS messages, count(*) FILTER ((sender_id = sender_before AND gap <= 120) IS NOT TRUE) AS turns FROM lines GROUP BY ALL
), ranked AS (
  SELECT *, count(*) OVER g AS posters, row_number() OVER (PARTITION BY group_id ORDER BY messages, sender_id) AS place, sum(turns) OVER g AS all_turns,
    sum(turns) OVER (PARTITION BY group_id ORDER BY turns DESC, sender_id ROWS UNBOUNDED PRECEDING) AS top_turns
  FROM people WINDOW g AS (PARTITION BY group_id)
), summed AS (
  SELECT group_id, any_value(posters) AS m, sum(messages) AS n, sum(turns) AS turns, sum(place * messages) AS weighted,
    sum(messages * messages) AS squares, sum(messages) FILTER (posters - place < floor((posters + 4) / 5)) AS top20,
    count(*) FILTER (2 * (top_turns - turns) < all_turns) AS bus_factor
  FROM ranked GROUP BY ALL
), bursts AS (
  SELECT group_id, count(gap) AS k, stddev_pop(gap) / avg(gap) AS r FROM lines GROUP BY ALL
), named AS ({_GROUPS}), listed AS (SELECT group_id, count(*) AS z FROM r GROUP BY ALL)
SELECT group_id, group_name, m, n, turns, (2 * weighted - (m + 1) * n) / ((m - 1) * n), (2 * weighted + (z - m - m - 1) * n) / ((z - 1) * n),
  top20 / n, squares / (n * n), n * n / squares, bus_factor, (sqrt(k + 1) * r - sqrt(k - 1)) / ((sqrt(k + 1) - 2) * r + sqrt(k - 1))
FROM summed JOIN named USING (group_id) JOIN bursts USING (group_id) JOIN listed USING (group_id) ORDER BY group_id
"""

MEMBERS = f"""
WITH lines AS ({_LINES.format(more=", CASE WHEN kind IN ('text', 'quote') THEN length(text) END AS chars")}),
counted AS (
  SELECT group_id, sender_id, count(*) AS messages, count(DISTINCT CAST(local_time AS DATE)) AS active_days,
    count(*) FILTER ((sender_id = sender_before AND gap <= 120) IS NOT TRUE) AS turns, avg(chars) AS mean_chars,
    min(local_time) AS first_post, max(local_time) AS last_post
  FROM lines GROUP BY ALL
), names AS ({_NAMES}), named AS ({_GROUPS}),
replies AS (
  SELECT q.group_id, q.sender_id, count(*) AS n FROM (SELECT group_id, sender_id, reply_to FROM m WHERE reply_to IS NOT NULL) a
  JOIN {_P} q ON q.group_id = a.group_id AND q.message_id = a.reply_to WHERE a.sender_id <> q.sender_id GROUP BY ALL
), mentions AS (
  SELECT group_id, member_id AS sender_id, count(*) AS n
  FROM (SELECT group_id, sender_id, unnest(mention_ids) AS member_id FROM m WHERE mention_ids IS NOT NULL) WHERE sender_id <> member_id GROUP BY ALL
)
SELECT group_id, group_name, sender_id, name, FALSE, messages, messages / sum(messages) OVER (PARTITION BY group_id), active_days, turns, mean_chars,
  coalesce(replies.n, 0), coalesce(mentions.n, 0), first_post, last_post, floor(epoch((SELECT max(local_time) FROM m) - last_post) / 86400)
FROM counted JOIN named USING (group_id) JOIN names USING (group_id, sender_id) LEFT JOIN replies USING (group_id, sender_id)
  LEFT JOIN mentions USING (group_id, sender_id)
ORDER BY messages DESC, group_id, sender_id
"""

ACTIVITY = f"""
WITH posts AS (SELECT group_id, sender_id, CAST(local_time AS DATE) AS day, count(*) AS n FROM {_P} GROUP BY ALL),
named AS (
  SELECT group_id, max_by(group_name, sent_at) AS group_name, min(CAST(local_time AS DATE)) AS first_day FROM {_P} GROUP BY ALL
), seen AS (SELECT DISTINCT CAST(local_time AS DATE) AS day FROM m),
weeks AS (SELECT unnest(generate_series(date_trunc('week', min(day)), max(day), INTERVAL 7 DAY))::DATE AS period FROM seen),
weekly AS (
  SELECT group_id, date_trunc('week', day)::DATE AS period, sender_id, sum(n) AS messages, count(*) AS days FROM posts GROUP BY ALL
), counted AS (
  SELECT weekly.group_id, period, sum(messages) AS messages, count(*) AS posters, sum(days) AS poster_days, count(*) FILTER (r.member_id IS NULL) AS unlisted
  FROM weekly LEFT JOIN r ON r.group_id = weekly.group_id AND r.member_id = sender_id GROUP BY ALL
), monthly AS (
  SELECT group_id, period, count(DISTINCT sender_id) AS mau, count(DISTINCT sender_id) FILTER (day >= period) AS wau, count(*) AS days
  FROM posts JOIN weeks ON day > period - 22 AND day <= period + 6 GROUP BY ALL
), observed AS (SELECT date_trunc('week', day)::DATE AS period, count(*) AS days FROM seen GROUP BY ALL),
calendar AS (
  SELECT group_id, group_name, first_day, period, days, sum(days) OVER (PARTITION BY group_id ORDER BY period ROWS 3 PRECEDING) AS days_28
  FROM named JOIN weeks ON period + 6 >= first_day LEFT JOIN observed USING (period)
), young AS (
  SELECT group_id, date_trunc('week', first_day)::DATE AS period, count(*) AS days FROM named JOIN seen ON day >= first_day AND day < date_trunc('week', first_day) + INTERVAL 7 DAY GROUP BY ALL
), listed AS (SELECT group_id, count(*) AS members FROM r GROUP BY ALL)
SELECT c.period, c.group_id, group_name, coalesce(y.days, c.days, 0), CASE WHEN c.days > 0 THEN coalesce(messages, 0) END, CASE WHEN c.days > 0 THEN coalesce(messages, 0) END, CASE WHEN c.days > 0 THEN coalesce(posters, 0) END, CASE WHEN c.days > 0 THEN coalesce(posters, 0) END,
  coalesce(poster_days, 0) / coalesce(y.days, c.days), coalesce(wau, 0), coalesce(mau, 0),
  CASE WHEN mau >= 10 AND c.period + 6 - first_day >= 27 THEN m.days / days_28 / mau END, members + coalesce(unlisted, 0), 'roster',
  CASE WHEN c.days > 0 THEN coalesce(posters, 0) END / (members + coalesce(unlisted, 0))
FROM calendar c LEFT JOIN young y USING (group_id, period) LEFT JOIN counted USING (group_id, period) LEFT JOIN monthly m USING (group_id, period)
  JOIN listed USING (group_id)
ORDER BY c.period, c.group_id
"""

SESSIONS = f"""
WITH lines AS ({_LINES.format(more=", seq")}),
numbered AS (
  SELECT *, sum(CASE WHEN gap <= 1800 THEN 0 ELSE 1 END) OVER (PARTITION BY group_id ORDER BY t, seq ROWS UNBOUNDED PRECEDING) AS session FROM lines
), sessions AS (
  SELECT group_id, session, min(local_time) AS started_at, max(local_time) AS ended_at, max(t) - min(t) AS seconds, count(*) AS messages,
    count(*) FILTER ((sender_id = sender_before AND gap <= 120) IS NOT TRUE OR coalesce(gap > 1800, TRUE)) AS turns,
    count(DISTINCT sender_id) AS posters, arg_min(sender_id, (t, seq)) AS sender_id,
    median(gap) FILTER (sender_id <> sender_before AND gap <= 1800) AS handover_s
  FROM numbered GROUP BY ALL
), names AS ({_NAMES}), named AS ({_GROUPS})
SELECT group_id, group_name, started_at, ended_at, seconds / 60, messages, turns, posters, sender_id, name, handover_s, 30.0
FROM sessions JOIN named USING (group_id) JOIN names USING (group_id, sender_id) ORDER BY started_at, group_id, session
"""

REPLIES = f"""
WITH ends AS (SELECT max(local_time) AS last FROM m),
firsts AS (SELECT group_id, sender_id, min(local_time) AS first_at FROM {_P} GROUP BY ALL),
begun AS (SELECT group_id, min(first_at) AS begun FROM firsts GROUP BY ALL),
joined AS (SELECT DISTINCT group_id, unnest(target_ids) AS sender_id FROM m WHERE event IN ('invited', 'joined_qr', 'joined')),
newcomers AS (
  SELECT group_id, sender_id, first_at FROM firsts JOIN begun USING (group_id) LEFT JOIN joined USING (group_id, sender_id)
  WHERE joined.sender_id IS NOT NULL OR first_at >= begun + INTERVAL 60 DAY
), called AS (
  SELECT group_id, sender_id AS caller, local_time, unnest(mention_ids) AS sender_id FROM m WHERE mention_ids IS NOT NULL
), welcomed AS (
  SELECT group_id, sender_id, first_at, epoch(min(local_time) FILTER (caller <> sender_id AND local_time >= first_at)) AS named_at
  FROM newcomers LEFT JOIN called USING (group_id, sender_id) GROUP BY ALL
), answers AS (
  SELECT q.group_id, q.message_id, epoch(min(a.local_time)) AS answered_at
  FROM (SELECT group_id, sender_id, local_time, reply_to FROM m WHERE reply_to IS NOT NULL) a
  JOIN {_P} q ON q.group_id = a.group_id AND q.message_id = a.reply_to
  WHERE a.sender_id <> q.sender_id AND a.local_time >= q.local_time GROUP BY ALL
), lines AS (
  SELECT p.group_id, p.sender_id, epoch(p.local_time) AS t, seq, answered_at, named_at, w.sender_id IS NOT NULL AS newcomer,
    regexp_matches(text, '(？|[?]|吗|呢|怎么|求)$') AS question, lag(p.sender_id) OVER o AS sender_before, epoch(p.local_time) - lag(epoch(p.local_time)) OVER o AS gap
  FROM {_P} p LEFT JOIN answers USING (group_id, message_id)
  LEFT JOIN welcomed w ON w.group_id = p.group_id AND w.sender_id = p.sender_id AND w.first_at = p.local_time
  WINDOW o AS (PARTITION BY p.group_id ORDER BY p.local_time, seq)
), numbered AS (
  SELECT *, sum(CASE WHEN sender_id = sender_before AND gap <= 120 THEN 0 ELSE 1 END)
    OVER (PARTITION BY group_id ORDER BY t, seq ROWS UNBOUNDED PRECEDING) AS turn
  FROM lines
), turns AS (
  SELECT group_id, max(t) AS t, min(answered_at) AS answered_at, min(named_at) AS named_at, bool_or(newcomer) AS newcomer, arg_max(question, (t, seq)) AS question
  FROM numbered GROUP BY group_id, turn
), waits AS (
  SELECT group_id, 'turn' AS what, t, answered_at FROM turns
  UNION ALL SELECT group_id, 'question', t, answered_at FROM turns WHERE question
  UNION ALL SELECT group_id, 'newcomer', t, least(answered_at, named_at) FROM turns WHERE newcomer
), seen AS (
  SELECT group_id, what, coalesce(answered_at - t <= 86400, FALSE) AS answered,
    CASE WHEN answered_at - t <= 86400 THEN greatest(answered_at - t, 0) ELSE least(epoch(last) - t, 86400) END AS wait
  FROM waits, ends
), times AS (
  SELECT group_id, what, wait, count(*) FILTER (answered) AS d, sum(count(*)) OVER (PARTITION BY group_id, what ORDER BY wait DESC) AS n FROM seen GROUP BY group_id, what, wait
), waiting AS (
  SELECT group_id, what, wait, d, exp(sum(CASE WHEN n > d THEN ln(1 - d / n) ELSE -1e9 END) OVER (PARTITION BY group_id, what ORDER BY wait)) AS left_over FROM times
), shares AS (
  SELECT group_id, what, sum(d) AS answered, coalesce(1 - min(left_over) FILTER (wait <= 300 AND d > 0), 0) AS in_5,
    coalesce(1 - min(left_over) FILTER (wait <= 1800 AND d > 0), 0) AS in_30, min(wait) FILTER (left_over <= 0.5 AND d > 0) AS median
  FROM waiting GROUP BY ALL
), counted AS (SELECT group_id, what, count(*) AS n FROM seen GROUP BY ALL),
told AS (SELECT group_id, what, n, CASE WHEN n >= 5 THEN in_5 END AS in_5, CASE WHEN n >= 5 THEN in_30 END AS in_30, median FROM counted JOIN shares USING (group_id, what))
SELECT group_id, group_name, t.n, t.in_5, t.in_30, t.median, coalesce(q.n, 0), q.in_30, coalesce(c.n, 0), c.in_30
FROM ({_GROUPS}) JOIN (FROM told WHERE what = 'turn') t USING (group_id) LEFT JOIN (FROM told WHERE what = 'question') q USING (group_id)
  LEFT JOIN (FROM told WHERE what = 'newcomer') c USING (group_id)
ORDER BY group_id
"""

GROWTH = f"""
WITH ends AS (SELECT max(CAST(local_time AS DATE)) AS last FROM m),
seen AS (SELECT day, last - 28 * CAST((last - day) // 28 AS INTEGER) - 27 AS period FROM (SELECT DISTINCT CAST(local_time AS DATE) AS day FROM m), ends),
named AS (SELECT group_id, max_by(group_name, sent_at) AS group_name, min(CAST(local_time AS DATE)) AS first_day FROM {_P} GROUP BY ALL),
held AS (
  SELECT group_id, group_name, period, count(*) AS days, row_number() OVER (PARTITION BY group_id ORDER BY period) AS number
  FROM named JOIN seen ON day >= first_day GROUP BY group_id, group_name, period
), told AS (SELECT DISTINCT group_id FROM m WHERE kind = 'system'),
joined AS (
  SELECT group_id, unnest(target_ids) AS who, event, CAST(local_time AS DATE) AS day, sent_at, seq FROM m WHERE event IN ('invited', 'joined_qr')
), counted AS (
  SELECT group_id, period, count(*) AS joins, count(DISTINCT who) AS joiners, count(*) FILTER (nth > 1) AS again, count(*) FILTER (event = 'invited') AS invited
  FROM (SELECT *, row_number() OVER (PARTITION BY group_id, who ORDER BY sent_at, seq) AS nth FROM joined) JOIN seen USING (day) GROUP BY ALL
), listed AS (SELECT group_id, last - 27 AS period, count(*) AS members FROM r, ends GROUP BY ALL)
SELECT period, period + 27, group_id, group_name, CASE WHEN number = 1 THEN 'first' WHEN days < 21 THEN 'holes' ELSE 'whole' END, days, NULL, NULL,
  coalesce(joins, zero), coalesce(joiners, zero), coalesce(again, zero), coalesce(invited, zero), NULL, coalesce(joins - invited, zero), zero, zero, zero,
  NULL, NULL, NULL, NULL, NULL, NULL, members, NULL, NULL, NULL
FROM held LEFT JOIN (SELECT group_id, 0 AS zero FROM told) USING (group_id) LEFT JOIN counted USING (group_id, period) LEFT JOIN listed USING (group_id, period)
ORDER BY period, group_id
"""

ANSWERS = {
    "activity": ACTIVITY,
    "activity_hours": HOURS,
    "activity_members": MEMBERS,
    "activity_replies": REPLIES,
    "activity_sessions": SESSIONS,
    "activity_shares": SHARES,
    "compare": COMPARE,
    "compare_groups": COMPARE_GROUPS,
    "compare_periods": COMPARE_PERIODS,
    "compare_days": COMPARE_DAYS,
    "groups": GROUPS,
    "growth": GROWTH,
}
