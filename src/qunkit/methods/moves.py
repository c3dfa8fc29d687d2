"""Who came and went by notices, and what groups are called, as SQL that several analyses begin with.

``WITH {MOVES}, …`` gives:

* ``moves``  one row per notice and person (人次): the notice's ``group_id, platform, event, actor_id, local_time, sent_at, seq``, and ``member_id``: null where it does not say who.
* ``arrivals``  when somebody last joined: ``group_id, member_id, joined_at``, by notice or roster.
* ``departures``  the rows of ``moves`` that tell of leaving: of a member's own accord (``left``), or ``removed``.

WeChat shows no line when a member leaves: who is not in ``departures`` may have left all the same. Who is gone by all that is known: `qunkit.methods.gone`.

``WITH {CALLED}, …`` gives ``called_so``: how notices of coming and going call whom they name with an id, ``group_id, member_id, name`` (the newest). It is all that is known of
who never posted and is on no roster. Of a notice about several the names of those are left out: SQL of both engines cannot tell whose is whose.

``WITH {NAMED}, …`` gives ``named``, one row per group in which somebody posted: ``group_id, group_name`` (the newest, else the id), ``first_day`` (of its first message).
"""

from __future__ import annotations

MOVES = """moves AS (
  SELECT group_id, platform, event, actor_id, local_time, sent_at, seq, explode(target_ids) AS member_id
  FROM messages WHERE event IN ('invited', 'joined_qr', 'joined', 'left', 'removed')
  UNION ALL
  SELECT group_id, platform, event, actor_id, local_time, sent_at, seq, CASE WHEN event IN ('joined_qr', 'joined', 'left') THEN actor_id END
  FROM messages WHERE event IN ('invited', 'joined_qr', 'joined', 'left', 'removed') AND target_ids IS NULL
), arrivals AS (
  SELECT group_id, member_id, MAX(t) AS joined_at
  FROM (
    SELECT group_id, member_id, local_time AS t FROM moves WHERE event IN ('invited', 'joined_qr', 'joined') AND member_id IS NOT NULL
    UNION ALL
    SELECT group_id, member_id, joined_at FROM listings WHERE joined_at IS NOT NULL
  ) joining GROUP BY group_id, member_id
), departures AS (
  SELECT group_id, event, local_time, member_id FROM moves WHERE event IN ('left', 'removed')
)"""


CALLED = """called_ones AS (
  SELECT group_id, sent_at, target_ids, explode(target_names) AS name
  FROM messages WHERE event IN ('invited', 'joined_qr', 'joined', 'left', 'removed') AND size(target_ids) = 1 AND size(target_names) = 1
), called_so AS (
  SELECT group_id, member_id, MAX_BY(name, (sent_at, name)) FILTER (WHERE name IS NOT NULL) AS name
  FROM (
    SELECT group_id, sent_at, explode(target_ids) AS member_id, name FROM called_ones
    UNION ALL
    SELECT group_id, sent_at, actor_id, actor_name
    FROM messages WHERE event IN ('invited', 'joined_qr', 'joined', 'left', 'removed') AND actor_id IS NOT NULL AND actor_name IS NOT NULL
  ) calling_ones WHERE member_id NOT LIKE 'name:%' AND name IS NOT NULL GROUP BY group_id, member_id
)"""


def called(id: str) -> str:
    """SQL for the name of who is known by name alone, else the id."""
    return f"CASE WHEN {id} LIKE 'name:%' THEN SUBSTRING({id}, 6) ELSE {id} END"


NAMED = """named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name, MIN(day) AS first_day
  FROM posts GROUP BY group_id
)"""
