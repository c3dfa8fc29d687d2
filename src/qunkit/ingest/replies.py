"""Quotes → the messages they quote: by id, else by time and sender, else by the quoted words.

A quoted sender counts only if the group has a sender of that id or name: quotes show names as the quoter sees them, which an export may never show.
A message is the sender's if it has that id, or is shown under that very name: its id may come from another export than the quote.
By time: the quoted instant, and the quoted sender where that is known. By words: the latest earlier message of the group, at most 28 days
back, with the same text (white space collapsed: some exporters do) and the quoted sender where that is known.
"""

from __future__ import annotations

import duckdb

from qunkit.ingest.merge import IS_ROUNDED

WINDOW_DAYS = 28
"""No longer than the shortest month, so that the quoted message is in the quote's month or the one before."""

_WORDED = "quote_id IS NULL AND quote_time IS NULL AND quote_text <> ''"
"""Whether nothing but its words says what a quote quotes."""
_WORDS = (
    "CASE WHEN regexp_full_match({0}, '\\S+( \\S+)*') THEN {0} ELSE regexp_replace(trim({0}), '\\s+', ' ', 'g') END"
)

QUOTES = f"""
CREATE OR REPLACE TEMP TABLE quotes AS
SELECT r.message, r.group_id, r.message_id, r.sent_at, r.seq, r.quote_time, r.quote_text, r.quote_sender, i.sender_key AS quoted,
  CASE WHEN {IS_ROUNDED.format("r.quote_id")} OR {IS_ROUNDED.format("r.native_id")}
    THEN TRY_CAST(r.quote_id AS DOUBLE) END AS rounded,
  r.quote_id
FROM resolved r LEFT JOIN (SELECT DISTINCT group_key, sender_name, sender_key FROM identity WHERE sender_id IS NULL AND posts) i
  ON i.group_key = r.group_id AND i.sender_name = r.quote_sender
WHERE r.kind = 'quote' OR r.quote_id IS NOT NULL OR r.quote_time IS NOT NULL OR r.quote_sender IS NOT NULL OR r.quote_text IS NOT NULL
"""

_BY_TIME = """
SELECT q.message, arg_min(c.message_id, (c.sender_id = 'me', c.seq, c.message_id)) AS reply_to
FROM quotes q JOIN candidates c ON c.group_id = q.group_id AND c.sent_at = q.quote_time
WHERE q.quote_id IS NULL AND (q.quoted IS NULL OR c.sender_id IN (q.quoted, 'me') OR c.sender_name = q.quote_sender) AND c.message_id <> q.message_id
GROUP BY q.message
"""

_BY_WORDS = f"""
SELECT q.message, arg_max(c.message_id, (c.sent_at, c.seq, c.message_id)) AS reply_to
FROM quotes q JOIN candidates c ON c.group_id = q.group_id AND c.words = {_WORDS.format("q.quote_text")}
  AND (c.sent_at, c.seq) < (q.sent_at, q.seq) AND c.sent_at >= q.sent_at - INTERVAL {WINDOW_DAYS} DAY
WHERE {_WORDED} AND (q.quoted IS NULL OR c.sender_id = q.quoted OR c.sender_name = q.quote_sender)
GROUP BY q.message
"""

# CipherTalk rounds the ids of messages, and keeps those of quotes: either side may be the rounded one.
_BY_ROUNDED_ID = f"""
SELECT q.message, MIN(c.native_id) AS reply_to
FROM quotes q JOIN candidates c ON c.group_id = q.group_id AND TRY_CAST(c.native_id AS DOUBLE) = q.rounded
WHERE q.rounded IS NOT NULL AND c.native_id <> q.quote_id
  AND ({IS_ROUNDED.format("q.quote_id")} OR {IS_ROUNDED.format("c.native_id")})
GROUP BY q.message HAVING COUNT(DISTINCT c.native_id) = 1
"""

_LINKED = f"""
CREATE OR REPLACE TEMP TABLE linked AS
WITH rounded AS ({_BY_ROUNDED_ID}), timed AS ({_BY_TIME}), worded AS ({_BY_WORDS})
SELECT q.message, COALESCE(r.reply_to, q.quote_id, t.reply_to, w.reply_to) AS reply_to,
  CASE WHEN q.quote_id IS NOT NULL THEN 'id' WHEN t.reply_to IS NOT NULL THEN 'time'
       WHEN w.reply_to IS NOT NULL THEN 'text' ELSE 'unknown' END AS reply_how
FROM quotes q LEFT JOIN rounded r USING (message) LEFT JOIN timed t USING (message) LEFT JOIN worded w USING (message)
"""


_NONE = "CREATE OR REPLACE TEMP TABLE linked (message BIGINT, reply_to VARCHAR, reply_how VARCHAR)"
_CANDIDATES = f"""
CREATE OR REPLACE TEMP TABLE candidates AS
SELECT *, IF((SELECT COUNT(*) FROM quotes WHERE {_WORDED}) > 0, {_WORDS.format("text")}, NULL) AS words
FROM ({{rows}}) WHERE group_id IN (SELECT group_id FROM quotes)
"""


def quoted_months(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Months (YYYY-MM, local) that the month's quotes without an exact id may point into; from ``resolved``."""
    connection.execute(QUOTES)
    found = connection.execute(
        f"""SELECT DISTINCT strftime(t, '%Y-%m') FROM (
          SELECT unnest([r.local_time, r.local_time - INTERVAL {WINDOW_DAYS} DAY, r.local_time + (q.quote_time - r.sent_at)]) AS t
          FROM quotes q JOIN resolved r USING (message) WHERE q.quote_id IS NULL OR q.rounded IS NOT NULL
        ) WHERE t IS NOT NULL ORDER BY 1"""
    ).fetchall()
    return [month for (month,) in found]


def link(connection: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    """From ``resolved``, ``quotes`` and the message files of the quoted months make ``linked``: message, reply_to, reply_how."""
    if not connection.sql("SELECT 1 FROM quotes LIMIT 1").fetchall():
        connection.execute(_NONE)
        return
    rows = "SELECT group_id, message_id, native_id, sent_at, seq, sender_id, sender_name, text FROM "
    known = [f"read_parquet({files}, hive_partitioning = false)"] if files else []
    connection.execute(_CANDIDATES.format(rows=" UNION ALL ".join(rows + name for name in ("resolved", *known))))
    connection.execute(_LINKED)
