"""Who is who over all sources: group names to group ids, sender names to member ids.

A pure function of every name that any source ever showed, so the order of ingests does not matter. A name is linked to an id
only if, over the whole dataset, it belongs to exactly one (of its platform; of its group, for senders). Groups without an id that have one
name on several platforms stay apart: ``name:读书会 (qq)``. The exporting account of a file that does not say who it is (``me``) is the one
whose messages the group's other exports call their own, if they all mean the same account. A list of members without ids goes by ``name:…``
ids, which become the member's own wherever the name is linked; its names never stand against those of an id. Names are compared after
NFC and the file-safe spelling that some exporters use (``新人:甲`` and ``新人_甲`` are one).

What the owner of the dataset says goes before all that: that a name or an id is another member's (``same``: an alias), or that a name
is not (``different``). An id's alias counts in every group, a name's in its own.
"""

from __future__ import annotations

import duckdb

from qunkit.chat.people import UNSAFE

SAFE = f"regexp_replace(nfc_normalize(trim({{}})), '{UNSAFE}', '_', 'g')"
ANY_GROUP = "*"
"""Group id of a contact list's people: their names count in every group that knows their ids."""
ALIASES = ("group_id", "alias", "member", "verdict")
"""Columns of what the owner of the dataset said: keys of a group and of members (ids or ``name:…``); ``same`` or ``different``."""
_OWN = "COALESCE((SELECT member FROM id_aliases WHERE alias = {0}), {0})"
"""A member id, or whose alias it is."""
_LOOKS_LIKE_ID = "regexp_full_match({}, '(wxid_[A-Za-z0-9_-]+|[0-9]+@openim)')"

NAMES_OF = """
SELECT platform, group_id, group_name, sender_id, sender_name, MAX(sent_at) AS last, bool_or(COALESCE(from_me, false)) AS mine
FROM {observed} GROUP BY ALL
UNION ALL
SELECT DISTINCT platform, group_id, group_name, IF(who = 'me', who, NULL), IF(who = 'me', NULL, substr(who, 6)), NULL::TIMESTAMPTZ, false
FROM (
  SELECT platform, group_id, group_name, unnest(list_concat([actor_id], target_ids, mention_ids)) AS who FROM {observed}
  WHERE event IS NOT NULL OR mention_ids IS NOT NULL
) WHERE who LIKE 'name:%' OR who = 'me'
UNION ALL
SELECT DISTINCT platform, group_id, group_name, NULL, quote_sender, NULL::TIMESTAMPTZ, false FROM {observed} WHERE quote_sender IS NOT NULL
"""
"""Every name that observations show: of senders, and those that notices, mentions and quotes show without an id."""

# What lists say is a view of every list there is: of a group that was exported a thousand times, a thousand times its members.
_IDENTITY = f"""
CREATE OR REPLACE TABLE named_groups AS
SELECT DISTINCT platform, {SAFE.format("group_name")} AS name, group_id AS id FROM (
  SELECT DISTINCT platform, group_id, group_name FROM names
  UNION ALL SELECT n.platform, m.group_id, m.group_name
    FROM (SELECT DISTINCT group_id, group_name FROM observed_members) m JOIN (SELECT DISTINCT platform, group_id FROM names) n USING (group_id)
  UNION ALL SELECT DISTINCT platform, group_id, group_id FROM names  -- whoever names a group may give its id for a name
) WHERE group_id IS NOT NULL AND group_name IS NOT NULL
UNION SELECT NULL, {SAFE.format("group_name")}, group_id FROM (SELECT DISTINCT group_name, group_id FROM observed_members)
  WHERE group_id IS NOT NULL AND group_name IS NOT NULL;

CREATE OR REPLACE TABLE group_links AS
SELECT platform, name, MIN(id) AS id FROM named_groups WHERE platform IS NOT NULL GROUP BY 1, 2 HAVING COUNT(*) = 1
UNION ALL SELECT NULL, name, MIN(id) FROM named_groups GROUP BY 2 HAVING COUNT(DISTINCT id) = 1;

CREATE OR REPLACE TABLE shared_names AS
SELECT nfc_normalize(group_name) AS name FROM names WHERE group_id IS NULL GROUP BY 1 HAVING COUNT(DISTINCT platform) > 1;

CREATE OR REPLACE TABLE keyed_names AS
SELECT n.*, COALESCE(n.group_id, g.id, 'name:' || nfc_normalize(n.group_name) || IF(s.name IS NULL, '', ' (' || n.platform || ')'), 'name:')
    AS group_key,
  {SAFE.format("n.sender_name")} AS name
FROM names n LEFT JOIN group_links g ON n.group_id IS NULL AND g.platform = n.platform AND g.name = {SAFE.format("n.group_name")}
LEFT JOIN shared_names s ON s.name = nfc_normalize(n.group_name);

CREATE OR REPLACE TABLE said AS
SELECT DISTINCT COALESCE(g.id, a.group_id) AS group_key, a.alias, a.member, a.verdict
FROM aliases a LEFT JOIN group_links g ON g.platform IS NULL AND g.name = {SAFE.format("substr(a.group_id, 6)")} AND starts_with(a.group_id, 'name:');

CREATE OR REPLACE TABLE id_aliases AS
SELECT alias, MIN(member) AS member FROM said WHERE verdict = 'same' AND NOT starts_with(alias, 'name:') GROUP BY alias;

CREATE OR REPLACE VIEW listed_members AS
SELECT m.* REPLACE ({_OWN.format("m.member_id")} AS member_id), COALESCE(m.group_id, g.id, 'name:' || nfc_normalize(m.group_name), 'name:') AS group_key
FROM observed_members m LEFT JOIN group_links g ON m.group_id IS NULL AND g.platform IS NULL AND g.name = {SAFE.format("m.group_name")}
WHERE m.group_id IS DISTINCT FROM '{ANY_GROUP}';

CREATE OR REPLACE VIEW keyed_members AS
SELECT * FROM listed_members UNION ALL
SELECT contact.* REPLACE (here.id AS member_id), here.group_key FROM observed_members contact JOIN (
  SELECT group_key, {_OWN.format("sender_id")} AS id FROM keyed_names UNION SELECT group_key, member_id FROM listed_members
) here ON contact.group_id = '{ANY_GROUP}' AND {_OWN.format("contact.member_id")} = here.id;

CREATE OR REPLACE TABLE id_names AS
SELECT DISTINCT group_key, {SAFE.format("name")} AS name, id FROM (
  SELECT group_key, sender_name AS name, {_OWN.format("sender_id")} AS id FROM keyed_names
  UNION ALL SELECT group_key, sender_id, {_OWN.format("sender_id")} FROM keyed_names
  UNION ALL SELECT group_key, unnest([nickname, group_nickname, remark, member_id]), member_id
    FROM (SELECT DISTINCT group_key, nickname, group_nickname, remark, member_id FROM keyed_members)
) WHERE name IS NOT NULL AND id <> 'me' AND NOT starts_with(id, 'name:');

CREATE OR REPLACE TABLE said_names AS
SELECT group_key, {SAFE.format("substr(alias, 6)")} AS name, {_OWN.format("said.member")} AS id, verdict
FROM said WHERE starts_with(alias, 'name:');

CREATE OR REPLACE TABLE found_links AS
SELECT group_key, name, MIN(id) AS id FROM (FROM id_names ANTI JOIN (FROM said_names WHERE verdict = 'different') USING (group_key, name, id))
GROUP BY 1, 2 HAVING COUNT(*) = 1;

CREATE OR REPLACE TABLE id_links AS
SELECT s.group_key, s.name, MIN(COALESCE(l.id, s.id)) AS id FROM said_names s
LEFT JOIN found_links l ON starts_with(s.id, 'name:') AND l.group_key = s.group_key AND l.name = {SAFE.format("substr(s.id, 6)")}
WHERE s.verdict = 'same' GROUP BY 1, 2
UNION ALL FROM found_links ANTI JOIN (FROM said_names WHERE verdict = 'same') USING (group_key, name);

CREATE OR REPLACE VIEW own_members AS
SELECT m.* REPLACE (COALESCE(l.id, m.member_id) AS member_id) FROM keyed_members m LEFT JOIN id_links l
ON starts_with(m.member_id, 'name:') AND l.group_key = m.group_key AND l.name = {SAFE.format("substr(m.member_id, 6)")};

CREATE OR REPLACE TABLE listed_links AS
SELECT group_key, name, MIN(id) AS id FROM (
  SELECT DISTINCT group_key, {SAFE.format("name")} AS name, id FROM (
    SELECT group_key, unnest([nickname, group_nickname, remark]) AS name, member_id AS id
    FROM (SELECT DISTINCT group_key, nickname, group_nickname, remark, member_id FROM own_members)
  ) WHERE name IS NOT NULL
) ANTI JOIN id_names USING (group_key, name) ANTI JOIN said_names USING (group_key, name) GROUP BY 1, 2 HAVING COUNT(*) = 1;

CREATE OR REPLACE TABLE sender_links AS
SELECT i.group_key, i.name, COALESCE(l.id, i.id) AS id FROM id_links i
LEFT JOIN listed_links l ON starts_with(i.id, 'name:') AND l.group_key = i.group_key AND l.name = {SAFE.format("substr(i.id, 6)")}
UNION ALL FROM listed_links;

CREATE OR REPLACE VIEW known_members AS
SELECT m.* REPLACE (COALESCE(l.id, m.invited_by) AS invited_by) FROM own_members m LEFT JOIN sender_links l
ON starts_with(m.invited_by, 'name:') AND l.group_key = m.group_key AND l.name = {SAFE.format("substr(m.invited_by, 6)")};

CREATE OR REPLACE TABLE group_labels AS
SELECT group_key, arg_min(group_name, (-epoch_ms(COALESCE(last, TIMESTAMPTZ '1970-01-01')), group_name)) AS label
FROM (
  SELECT group_key, group_name, last FROM keyed_names
  UNION ALL SELECT group_key, group_name, NULL FROM listed_members WHERE group_name <> group_key
) WHERE group_name IS NOT NULL GROUP BY 1;

CREATE OR REPLACE TABLE senders AS
SELECT n.*, CASE WHEN n.sender_id IS NOT NULL THEN {_OWN.format("n.sender_id")}
         WHEN n.sender_name IS NULL THEN NULL
         WHEN s.id IS NOT NULL THEN s.id
         WHEN {_LOOKS_LIKE_ID.format("n.sender_name")} THEN {_OWN.format("n.sender_name")}
         ELSE 'name:' || nfc_normalize(n.sender_name) END AS sender_key
FROM keyed_names n LEFT JOIN sender_links s ON s.group_key = n.group_key AND s.name = n.name;

CREATE OR REPLACE TABLE owners AS
SELECT group_key, MIN(sender_key) AS id FROM senders WHERE mine AND sender_key <> 'me'
GROUP BY group_key HAVING COUNT(DISTINCT sender_key) = 1;

CREATE OR REPLACE TABLE identity AS
SELECT DISTINCT platform, group_id, group_name, sender_id, sender_name, group_key, label, sender_key,
  bool_or(last IS NOT NULL) OVER (PARTITION BY group_key, sender_key) AS posts
FROM (
  SELECT n.* REPLACE (IF(n.sender_key = 'me', COALESCE(o.id, 'me'), n.sender_key) AS sender_key), l.label
  FROM senders n LEFT JOIN group_labels l USING (group_key) LEFT JOIN owners o USING (group_key)
);
"""

CHANGED = """
SELECT DISTINCT platform, group_id, group_name, sender_id, sender_name FROM (
  (SELECT * FROM identity EXCEPT SELECT * FROM old_identity) UNION ALL
  (SELECT * FROM old_identity EXCEPT SELECT * FROM identity))
"""
"""Names that now stand for somebody or something else than before: months that show them are built anew."""


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """From the tables ``names``, ``observed_members`` and ``aliases`` make ``identity`` (what each name tuple stands for) and its helpers."""
    connection.execute(_IDENTITY)
