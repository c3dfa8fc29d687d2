"""Every time that somebody joined a group, as SQL that several analyses begin with.

An analysis says ``WITH {MOVES}, {JOINS}, …`` (`qunkit.methods.moves`) and reads ``joins``, one row a join (人次):

* ``group_id``, ``member_id``: who. Null where a notice does not say who, as some exporters leave it out.
* ``joined_at``: local time. ``sent_at``, ``seq``: instant and place of the notice; null where only a roster tells.
* ``inviter_id``: who invited, or whose QR code or link it was; null: not known.
* ``source``: ``invite``, ``qr``, ``link``; ``other``: nothing says how.
* ``batch``: joined with the making of the group.
* ``nth``: 1 the first time that the data knows of in this group, 2 the next; null where it is not known who.

Notices come first. A roster's ``joined_at`` counts where no notice of the member's joining lies within a day of it, and once where several rosters
tell it, within a day as well: people keep lists by dates alone.

How somebody came. WeChat says the same sentence for an invitation and for a link that a member sent, so ``invite`` is both; the QR code has a sentence of
its own. Telegram alone names whose link it was. A roster says how
somebody came where it has a column for that, as WeCom's has; one that knows the inviter alone says ``invite``.

Creation batch (建群批次): those invited within a minute of the group's first known join, if it was at least two people and nobody had posted
before. A roster's date without a time says nothing of the minute: it makes no batch, and as the first join it counts at the end of its day. The batch is left out of joins, as SCRM systems leave it out (不包括新建群时邀请的人次). A log that begins later in a group's life has none, unless it happens to begin
with such an invitation.
"""

from __future__ import annotations

from qunkit.words import Text

TELLING = """telling AS (
  SELECT group_id, BOOL_OR(tells_links) AS tells_links FROM (
    SELECT group_id, platform = 'telegram' AS tells_links FROM messages WHERE event IN ('invited', 'joined_qr', 'joined', 'left', 'removed')
    UNION ALL
    SELECT group_id, join_source IS NOT NULL FROM listings WHERE joined_at IS NOT NULL
  ) tellings GROUP BY group_id
)"""
"""``telling``: the groups whose exports tell of coming or going by notice, or of join dates by roster, and whether they tell links apart. Of other groups nobody knows that nobody
joined: notices whose content is lost, and those of other things, do not say so."""

JOINS = """told_joins AS (
  SELECT group_id, member_id, local_time AS joined_at, sent_at, seq, TRUE AS noticed,
    CASE WHEN event <> 'joined' OR platform = 'telegram' THEN NULLIF(actor_id, member_id) END AS inviter_id,
    CASE WHEN event = 'invited' THEN 'invite' WHEN event = 'joined_qr' THEN 'qr' WHEN platform = 'telegram' AND actor_id <> member_id THEN 'link' ELSE 'other' END AS source
  FROM moves WHERE event IN ('invited', 'joined_qr', 'joined')
  UNION ALL
  SELECT listings.group_id, listings.member_id, listings.joined_at, NULL, NULL, FALSE, NULLIF(listings.invited_by, listings.member_id),
    COALESCE(listings.join_source, CASE WHEN listings.invited_by <> listings.member_id THEN 'invite' ELSE 'other' END)
  FROM listings WHERE listings.joined_at IS NOT NULL
), placed_joins AS (
  SELECT told_joins.*, LAG(joined_at) OVER (PARTITION BY group_id, member_id, noticed ORDER BY joined_at, inviter_id DESC) AS told_before,
    MAX(CASE WHEN noticed THEN joined_at END) OVER (PARTITION BY group_id, member_id ORDER BY joined_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS notice_before,
    MIN(CASE WHEN noticed THEN joined_at END) OVER (PARTITION BY group_id, member_id ORDER BY joined_at ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS notice_after
  FROM told_joins
), begun_joins AS (
  SELECT group_id, MIN(local_time) AS spoke_at FROM posts GROUP BY group_id
), dated_joins AS (
  SELECT placed_joins.*,
    MIN(CASE WHEN timed THEN joined_at ELSE joined_at + INTERVAL '24' HOUR END) OVER (PARTITION BY group_id) AS first_at
  FROM (SELECT placed_joins.*, noticed OR joined_at <> CAST(CAST(joined_at AS DATE) AS TIMESTAMP) AS timed FROM placed_joins) placed_joins
  WHERE noticed OR (
    COALESCE(joined_at > told_before + INTERVAL '24' HOUR, TRUE) AND COALESCE(joined_at > notice_before + INTERVAL '24' HOUR, TRUE)
    AND COALESCE(joined_at < notice_after - INTERVAL '24' HOUR, TRUE))
), founded_joins AS (
  SELECT dated_joins.*, dated_joins.joined_at <= dated_joins.first_at + INTERVAL '60' SECOND AND (dated_joins.source = 'invite' OR NOT dated_joins.noticed) AND dated_joins.timed
    AND COALESCE(dated_joins.first_at <= begun_joins.spoke_at, TRUE) AS early
  FROM dated_joins LEFT JOIN begun_joins ON begun_joins.group_id = dated_joins.group_id
), joins AS (
  SELECT group_id, member_id, joined_at, sent_at, seq, inviter_id, source,
    early AND SUM(CASE WHEN early THEN 1 ELSE 0 END) OVER (PARTITION BY group_id) > 1 AS batch,
    CASE WHEN member_id IS NOT NULL THEN ROW_NUMBER() OVER (PARTITION BY group_id, member_id ORDER BY joined_at, sent_at, seq, inviter_id) END AS nth
  FROM founded_joins
)"""


FINDABLE = """callings AS (
  SELECT group_id, sender_id, sender_name FROM posts GROUP BY group_id, sender_id, sender_name
), namesakes AS (
  SELECT group_id, 'name:' || sender_name AS member_id
  FROM callings WHERE sender_name IS NOT NULL GROUP BY group_id, sender_name HAVING COUNT(DISTINCT sender_id) > 1
), posting AS (
  SELECT group_id, BOOL_OR(sender_id LIKE 'name:%') AS by_name, BOOL_OR(sender_id NOT LIKE 'name:%') AS by_id FROM callings GROUP BY group_id
), posters AS (
  SELECT group_id, sender_id FROM callings GROUP BY group_id, sender_id
), met_joins AS (
  SELECT joins.*, posters.sender_id IS NOT NULL AS spoke, namesakes.member_id IS NOT NULL AS namesake,
    BOOL_OR(posters.sender_id IS NOT NULL) OVER (PARTITION BY joins.group_id) AS matched
  FROM joins
  LEFT JOIN posters ON posters.group_id = joins.group_id AND posters.sender_id = joins.member_id
  LEFT JOIN namesakes ON namesakes.group_id = joins.group_id AND namesakes.member_id = joins.member_id
), joiners AS (
  SELECT met.group_id, met.member_id, met.joined_at, met.sent_at, met.seq, met.inviter_id, met.source, met.batch, met.nth,
    met.member_id IS NOT NULL AND (met.spoke OR NOT met.namesake AND (
      posting.group_id IS NULL OR CASE WHEN met.member_id LIKE 'name:%' THEN posting.by_name OR met.matched ELSE posting.by_id END)) AS findable
  FROM met_joins met LEFT JOIN posting ON posting.group_id = met.group_id
)"""
"""To follow ``{JOINS}``: ``joiners``, every join with ``findable``: whether who joined would be found among the posters, so that not being there is silence. They would not where the
notice does not say who; where joiners have ids and posters none; where they have names alone, posters have ids, and no joiner of the group is among them; and where two posters
have the name."""

UNTOLD = Text(
    "{n} joins could not be told apart by person (no name, a name that two members have, or ids on one side only): their figures are left out. Export with ids, or see `qunkit alias --help`.",
    "有 {n} 人次入群无法对应到具体成员（无姓名、重名，或仅一侧有 id），相关数值未计入：请导出带 id 的记录，或见 `qunkit alias --help`。",
)
