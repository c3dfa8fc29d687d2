"""Who is gone, as SQL that every analysis that asks begins with, after `qunkit.methods.moves`: ``WITH {MOVES}, {GONE}, …``.

* ``presence``  one row for everybody who posted, joined, left or is on a roster: ``group_id, member_id``, ``joined_at`` (the last time, by notice or roster),
  ``here_at``: when they were last there for sure, by a message of theirs, a join, or a complete roster that lists them (null: nothing says so),
  ``missed_at``: when a notice last said that they left or were removed, or the newest complete roster was made, whichever is later; and
* ``gone``  whether that is later than ``here_at``. Who is on the newest complete roster was there when it was made, so it speaks against nobody whom it lists.

All history up to the end of the scope counts, not the window alone. A roster without a date says nothing of when, and an incomplete one nothing of who is not there: neither makes
anybody gone. Of one instant the message, the join and the roster count, not the leave.
"""

from __future__ import annotations

GONE = """sightings AS (
  SELECT group_id, member_id, joined_at, GREATEST(joined_at, CASE WHEN complete THEN seen_at END) AS here_at, CAST(NULL AS TIMESTAMP) AS left_at,
    CASE WHEN complete THEN seen_at END AS listed_at
  FROM listings
  UNION ALL
  SELECT group_id, member_id, CASE WHEN event IN ('invited', 'joined_qr', 'joined') THEN local_time END,
    CASE WHEN event IN ('invited', 'joined_qr', 'joined') THEN local_time END, CASE WHEN event IN ('left', 'removed') THEN local_time END, NULL
  FROM moves WHERE member_id IS NOT NULL
  UNION ALL
  SELECT group_id, sender_id, NULL, local_time, NULL, NULL FROM posts
), met AS (
  SELECT group_id, member_id, MAX(joined_at) AS joined_at, MAX(here_at) AS here_at, MAX(left_at) AS left_at, MAX(listed_at) AS listed_at
  FROM sightings GROUP BY group_id, member_id
), presence AS (
  SELECT group_id, member_id, joined_at, here_at, missed_at, COALESCE(missed_at > here_at, missed_at IS NOT NULL) AS gone
  FROM (SELECT met.*, GREATEST(left_at, MAX(listed_at) OVER (PARTITION BY group_id)) AS missed_at FROM met) told
)"""
