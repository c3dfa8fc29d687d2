"""Who is in a group, as SQL that several analyses begin with, after `qunkit.methods.moves`, `joins` and `gone`: ``WITH {MOVES}, {JOINS}, {GONE}, {ROLL}, …``.

* ``clock``  one row per day of the data: ``day``, and ``ago``: how many days with data in any group came after it. It stands still where the exports have a hole.
* ``named``  one row per group: ``group_id, group_name, first_day`` (of its first message).
* ``came``  the first join that is known: ``group_id, member_id, joined_at, inviter_id, source`` (``batch``: with the making of the group), ``joins`` (how many are known).
* ``spoken_days``, ``spoken``  of everybody who posted: per day, and at all (``first_spoke, last_spoke, first_ago, days_silent``, …).
* ``roll``  everybody of whom the data knows, staff too: members, and who joined by a notice and never spoke. ``gone``: as `qunkit.methods.gone` says.
"""

from __future__ import annotations

from qunkit.methods.moves import CALLED, NAMED, called

NEWCOMER_AFTER = 60
"""Days after the first message of a group's log from which who first posts is a newcomer, where no join is known."""

ROLL = f"""clock AS (
  SELECT day, observed, first_at, SUM(CASE WHEN observed THEN 1 ELSE 0 END) OVER (ORDER BY day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    - CASE WHEN observed THEN 1 ELSE 0 END AS ago
  FROM days
), final AS (
  SELECT MAX(day) AS last_day FROM days
), {NAMED}, counted_joins AS (
  SELECT group_id, member_id, joined_at, inviter_id, CASE WHEN batch THEN 'batch' ELSE source END AS source, nth,
    COUNT(*) OVER (PARTITION BY group_id, member_id) AS joins
  FROM joins WHERE member_id IS NOT NULL
), came AS (
  SELECT group_id, member_id, joined_at, inviter_id, source, joins FROM counted_joins WHERE nth = 1
), said_days AS (
  SELECT group_id, sender_id AS member_id, day, COUNT(*) AS messages, COUNT(CASE WHEN in_window THEN 1 END) AS in_window,
    MIN(local_time) AS first_at, MAX(local_time) AS last_at
  FROM posts GROUP BY group_id, sender_id, day
), spoken_days AS (
  SELECT said_days.group_id, said_days.member_id, said_days.messages, said_days.in_window, said_days.first_at, said_days.last_at, clock.ago,
    LAG(clock.ago) OVER (PARTITION BY said_days.group_id, said_days.member_id ORDER BY said_days.day) - clock.ago - 1 AS silent_before
  FROM said_days JOIN clock ON clock.day = said_days.day
), spoken AS (
  SELECT spoken_days.group_id, spoken_days.member_id, MIN(spoken_days.first_at) AS first_spoke, MAX(spoken_days.last_at) AS last_spoke,
    MAX(spoken_days.ago) AS first_ago, MIN(spoken_days.ago) AS days_silent, SUM(spoken_days.in_window) AS messages,
    COUNT(CASE WHEN spoken_days.in_window > 0 THEN 1 END) AS active_days, COUNT(CASE WHEN spoken_days.ago < 90 THEN 1 END) AS f_days,
    MIN(CASE WHEN spoken_days.silent_before >= conventions.members_away_days THEN spoken_days.ago END) AS back_ago
  FROM spoken_days CROSS JOIN conventions GROUP BY spoken_days.group_id, spoken_days.member_id
), nameless AS (  -- where nobody who posts has an id, who joined with one may be anybody of them
  SELECT group_id FROM posts GROUP BY group_id HAVING BOOL_AND(sender_id LIKE 'name:%')
), {CALLED}, staff_of_all AS (
  SELECT DISTINCT member_id, group_id FROM accounts WHERE kind = 'staff'
), everybody AS (  -- members, and who joined and is on no list and never spoke
  SELECT COALESCE(members.group_id, came.group_id) AS group_id, COALESCE(members.member_id, came.member_id) AS member_id, members.name, members.role,
    members.official, members.member_id IS NULL AS noticed, came.joined_at, came.source, came.inviter_id, came.joins
  FROM members FULL JOIN came ON came.group_id = members.group_id AND came.member_id = members.member_id
), roll AS (
  SELECT everybody.group_id, everybody.member_id,
    CASE WHEN everybody.member_id LIKE 'name:%' THEN everybody.group_id || CHR(31) || everybody.member_id ELSE everybody.member_id END AS person, COALESCE(everybody.name, called_so.name, {called("everybody.member_id")}) AS name, everybody.role,
    COALESCE(everybody.official, staff.member_id IS NOT NULL) AS official,
    COALESCE(presence.gone, FALSE) AS gone,
    everybody.joined_at, everybody.source, everybody.inviter_id, COALESCE(everybody.joins, 0) AS joins,
    spoken.first_spoke, spoken.last_spoke, spoken.days_silent, spoken.messages, spoken.active_days, spoken.f_days, spoken.back_ago,
    CASE WHEN everybody.joined_at IS NOT NULL THEN GREATEST(CASE WHEN CAST(everybody.joined_at AS DATE) > final.last_day THEN 0 ELSE joined_clock.ago END, spoken.first_ago)
      WHEN CAST(spoken.first_spoke AS DATE) >= named.first_day + {NEWCOMER_AFTER} THEN spoken.first_ago END AS days_known, named.group_name
  FROM everybody CROSS JOIN final
  LEFT JOIN named ON named.group_id = everybody.group_id
  LEFT JOIN nameless ON nameless.group_id = everybody.group_id AND everybody.noticed AND everybody.member_id NOT LIKE 'name:%'
  LEFT JOIN accounts bots ON bots.kind = 'bot' AND bots.member_id = everybody.member_id AND everybody.noticed
  LEFT JOIN staff_of_all staff ON staff.member_id = everybody.member_id AND COALESCE(staff.group_id, everybody.group_id) = everybody.group_id AND everybody.noticed
  LEFT JOIN called_so ON called_so.group_id = everybody.group_id AND called_so.member_id = everybody.member_id
  LEFT JOIN spoken ON spoken.group_id = everybody.group_id AND spoken.member_id = everybody.member_id
  LEFT JOIN presence ON presence.group_id = everybody.group_id AND presence.member_id = everybody.member_id
  LEFT JOIN clock joined_clock ON joined_clock.day = CAST(everybody.joined_at AS DATE)
  WHERE nameless.group_id IS NULL AND bots.member_id IS NULL
)"""
