"""Newcomers 新人 of a group and what became of them, as SQL that several analyses begin with, after `qunkit.methods.joins`: ``WITH {MOVES}, {JOINS}, {NEWCOMERS}, …``.

* ``named``  one row per group: ``group_id, group_name, first_day``.
* ``newcomers``  one row each, of those who came in the window, without staff and the creation batch: ``group_id, member_id, basis, came_at, came_day, source, inviter_id``; of their
  first message ``spoke_at, sent_at``; ``first_day``, ``last_day`` on which they posted. Whom the log shows to have posted before is none. Not ``findable``: whether they posted
  nobody knows (`qunkit.methods.joins.FINDABLE`); ``member_id`` is null where the notice does not say who.
* ``answered``  who of them was quoted by somebody else, or mentioned from their first message on: ``group_id, member_id, answered_at`` (an instant), ``day``.
* ``tellable``  the groups whose exports hold any quote or mention: in others nobody is known to be answered.

``basis``: ``join`` where any join of the group is known, by notice or roster; else ``post``: who first posted 60 days or more after the group's first message.
"""

from __future__ import annotations

from qunkit.methods.joins import FINDABLE
from qunkit.methods.moves import NAMED
from qunkit.methods.roll import NEWCOMER_AFTER
from qunkit.words import Text

BASES = {
    "join": Text("joined", "入群"),
    "post": Text("first posted", "首次发言"),
}

NEWCOMERS = f"""{FINDABLE}, {NAMED}, opened AS (
  SELECT group_id, CAST(MIN(local_time) AS DATE) AS first_day FROM messages GROUP BY group_id
), firsts AS (
  SELECT group_id, sender_id AS member_id, MIN(sent_at) AS sent_at, MIN(local_time) AS spoke_at, MIN(day) AS first_day, MAX(day) AS last_day
  FROM posts WHERE NOT official GROUP BY group_id, sender_id
), told AS (
  SELECT DISTINCT group_id FROM joins WHERE NOT batch AND member_id IS NOT NULL
), newcomers AS (
  SELECT came.group_id, came.member_id, came.basis, came.came_at, came.came_day, came.source, came.inviter_id, came.findable, firsts.spoke_at, firsts.sent_at, firsts.first_day, firsts.last_day
  FROM (
    SELECT joins.group_id, joins.member_id, 'join' AS basis, joins.joined_at AS came_at, CAST(joins.joined_at AS DATE) AS came_day, joins.source, joins.inviter_id, joins.findable
    FROM joiners joins JOIN opened ON opened.group_id = joins.group_id JOIN told ON told.group_id = joins.group_id
    LEFT JOIN accounts ON accounts.member_id = joins.member_id AND COALESCE(accounts.group_id, joins.group_id) = joins.group_id
    WHERE COALESCE(joins.nth, 1) = 1 AND NOT joins.batch AND accounts.member_id IS NULL AND CAST(joins.joined_at AS DATE) >= opened.first_day
    UNION ALL
    SELECT firsts.group_id, firsts.member_id, 'post', firsts.spoke_at, firsts.first_day, NULL, NULL, TRUE
    FROM firsts JOIN named ON named.group_id = firsts.group_id LEFT JOIN told ON told.group_id = firsts.group_id
    WHERE told.group_id IS NULL AND firsts.first_day >= named.first_day + {NEWCOMER_AFTER}
  ) came
  LEFT JOIN firsts ON firsts.group_id = came.group_id AND firsts.member_id = came.member_id
  WHERE came.came_at >= :since AND came.came_at < :until AND COALESCE(firsts.spoke_at >= came.came_at, TRUE)
), theirs AS (
  SELECT posts.group_id, posts.message_id, posts.sender_id
  FROM posts WHERE (posts.group_id, posts.sender_id) IN (SELECT group_id, member_id FROM newcomers WHERE member_id IS NOT NULL)
), calling AS (
  SELECT group_id, sender_id, sent_at, day, explode(mention_ids) AS member_id FROM posts WHERE mention_ids IS NOT NULL
), answered AS (
  SELECT group_id, member_id, MIN(sent_at) AS answered_at, MIN(day) AS day
  FROM (
    SELECT theirs.group_id, theirs.sender_id AS member_id, posts.sent_at, posts.day
    FROM posts JOIN theirs ON theirs.group_id = posts.group_id AND theirs.message_id = posts.reply_to
    WHERE posts.sender_id <> theirs.sender_id
    UNION ALL
    SELECT calling.group_id, calling.member_id, calling.sent_at, calling.day
    FROM calling JOIN newcomers ON newcomers.group_id = calling.group_id AND newcomers.member_id = calling.member_id
    WHERE calling.sender_id <> calling.member_id AND calling.sent_at >= newcomers.sent_at
  ) answers GROUP BY group_id, member_id
), tellable AS (
  SELECT DISTINCT group_id FROM posts WHERE reply_to IS NOT NULL OR mention_ids IS NOT NULL
)"""
