"""Who is gone by a notice, as SQL that several analyses begin with.

* ``arrivals``  when somebody last joined: ``group_id, member_id, joined_at``, by notice or roster.
* ``gone``  whose last notice says that they left or were removed: ``group_id, member_id, left_at``. What they posted since, or a later roster, says otherwise.

WeChat shows no line when a member leaves: who is not in ``gone`` may have left all the same.
"""

from __future__ import annotations

MOVES = """arrivals AS (
  SELECT group_id, member_id, MAX(t) AS joined_at
  FROM (
    SELECT group_id, explode(target_ids) AS member_id, local_time AS t FROM messages WHERE event IN ('invited', 'joined_qr', 'joined')
    UNION ALL
    SELECT group_id, actor_id, local_time FROM messages WHERE event IN ('joined_qr', 'joined') AND target_ids IS NULL
    UNION ALL
    SELECT group_id, member_id, joined_at FROM listings WHERE joined_at IS NOT NULL
  ) joining GROUP BY group_id, member_id
), departures AS (
  SELECT group_id, member_id, MAX(t) AS left_at
  FROM (
    SELECT group_id, explode(target_ids) AS member_id, local_time AS t FROM messages WHERE event IN ('left', 'removed')
    UNION ALL
    SELECT group_id, actor_id, local_time FROM messages WHERE event = 'left' AND target_ids IS NULL
  ) leaving GROUP BY group_id, member_id
), gone AS (
  SELECT departures.group_id, departures.member_id, departures.left_at
  FROM departures LEFT JOIN arrivals ON arrivals.group_id = departures.group_id AND arrivals.member_id = departures.member_id
  WHERE arrivals.joined_at IS NULL OR arrivals.joined_at < departures.left_at
)"""
