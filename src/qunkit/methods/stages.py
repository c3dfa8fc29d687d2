"""用户→粉丝→朋友 as SQL: in which stage everybody without staff was at the end of a block of seven days, by it and the three before.

An analysis says ``WITH {STAGES}, …`` where ``dated_posts`` are posts of nobody of staff with their ``block`` (whole numbers), and ``bought`` the orders of
`qunkit.methods.orders` as ``group_id, member_id, block, orders``: Spark works out a subquery wherever it is named, so that the less it joins the better. The thresholds are those of `[members]`. Its rows are in:

* ``stages``  one row per member and block in which they were in a stage, and one for the block in which they had fallen silent: ``group_id, member_id, block, stage, ties``.
* ``tellable``  the groups whose exports hold any quote or mention: in others nobody can be told to be a friend, and ``ties`` is null.

``friend``: quoted or mentioned each other with 3 members within the four blocks, and quoted or mentioned others at least twice in each of the four. ``fan``: 4 active days,
or 2 orders, or 3 replies to staff. ``user``: spoke. ``silent``: spoke before, and not in the four blocks.
"""

from __future__ import annotations

from qunkit.words import Text

STAGES_SAID = {
    "user": Text("user", "用户"),
    "fan": Text("fan", "粉丝"),
    "friend": Text("friend", "朋友"),
    "silent": Text("silent", "沉默"),
}

STAGES = """addressing AS (
  SELECT group_id, sender_id, reply_to, CAST(NULL AS STRING) AS to_id, block FROM dated_posts WHERE reply_to IS NOT NULL
  UNION ALL
  SELECT group_id, sender_id, NULL, explode(mention_ids), block FROM dated_posts WHERE mention_ids IS NOT NULL
), posters AS (
  SELECT group_id, sender_id, BOOL_OR(official) AS official FROM posts GROUP BY group_id, sender_id
), addressed AS (  -- who quoted or mentioned whom
  SELECT addressing.group_id, addressing.sender_id AS member_id, COALESCE(quoted.sender_id, posters.sender_id) AS to_id,
    COALESCE(quoted.official, posters.official) AS to_staff, addressing.block
  FROM addressing
  LEFT JOIN posts quoted ON quoted.group_id = addressing.group_id AND quoted.message_id = addressing.reply_to
  LEFT JOIN posters ON posters.group_id = addressing.group_id AND posters.sender_id = addressing.to_id
  WHERE COALESCE(quoted.sender_id, posters.sender_id) <> addressing.sender_id
), tellable AS (
  SELECT DISTINCT group_id FROM posts WHERE reply_to IS NOT NULL OR mention_ids IS NOT NULL
), directed AS (
  SELECT group_id, LEAST(member_id, to_id) AS one, GREATEST(member_id, to_id) AS other, member_id < to_id AS forth, block
  FROM addressed WHERE NOT to_staff GROUP BY group_id, LEAST(member_id, to_id), GREATEST(member_id, to_id), member_id < to_id, block
), mutual AS (
  SELECT directed.group_id, directed.one, directed.other, directed.block + later.n AS block
  FROM directed CROSS JOIN (VALUES (0), (1), (2), (3)) AS later(n)
  GROUP BY directed.group_id, directed.one, directed.other, directed.block + later.n
  HAVING BOOL_OR(directed.forth) AND BOOL_OR(NOT directed.forth)
), tied AS (
  SELECT mutual.group_id, CASE WHEN side.n = 0 THEN mutual.one ELSE mutual.other END AS member_id, mutual.block, COUNT(*) AS ties
  FROM mutual CROSS JOIN (VALUES (0), (1)) AS side(n)
  GROUP BY mutual.group_id, CASE WHEN side.n = 0 THEN mutual.one ELSE mutual.other END, mutual.block
), acts AS (
  SELECT group_id, sender_id AS member_id, block, COUNT(DISTINCT day) AS days, 0 AS orders, 0 AS to_staff, 0 AS to_peers
  FROM dated_posts GROUP BY group_id, sender_id, block
  UNION ALL
  SELECT group_id, member_id, block, 0, orders, 0, 0 FROM bought
  UNION ALL
  SELECT group_id, member_id, block, 0, 0, CASE WHEN to_staff THEN 1 ELSE 0 END, CASE WHEN to_staff THEN 0 ELSE 1 END FROM addressed
), weekly AS (
  SELECT group_id, member_id, block, SUM(days) AS days, SUM(orders) AS orders, SUM(to_staff) AS to_staff, SUM(to_peers) AS to_peers
  FROM acts GROUP BY group_id, member_id, block
), lasting AS (
  SELECT weekly.group_id, weekly.member_id, weekly.block + later.n AS block,
    SUM(CASE WHEN later.n < 4 THEN weekly.days ELSE 0 END) AS days, SUM(CASE WHEN later.n < 4 THEN weekly.orders ELSE 0 END) AS orders,
    SUM(CASE WHEN later.n < 4 THEN weekly.to_staff ELSE 0 END) AS to_staff,
    SUM(CASE WHEN later.n < 4 AND weekly.to_peers >= conventions.members_friend_replies THEN 1 ELSE 0 END) AS sociable
  FROM weekly CROSS JOIN conventions CROSS JOIN (VALUES (0), (1), (2), (3), (4)) AS later(n)
  GROUP BY weekly.group_id, weekly.member_id, weekly.block + later.n
), stages AS (
  SELECT lasting.group_id, lasting.member_id, lasting.block,
    CASE WHEN lasting.days = 0 THEN 'silent'
      WHEN (lasting.sociable = 4 OR conventions.members_friend_replies <= 0) AND COALESCE(tied.ties, 0) >= conventions.members_friend_ties THEN 'friend'
      WHEN lasting.days >= conventions.members_fan_days OR lasting.orders >= conventions.members_fan_orders
        OR lasting.to_staff >= conventions.members_fan_replies THEN 'fan'
      ELSE 'user' END AS stage,
    CASE WHEN tellable.group_id IS NOT NULL THEN COALESCE(tied.ties, 0) END AS ties
  FROM lasting CROSS JOIN conventions
  LEFT JOIN tied ON tied.group_id = lasting.group_id AND tied.member_id = lasting.member_id AND tied.block = lasting.block
  LEFT JOIN tellable ON tellable.group_id = lasting.group_id
)"""
