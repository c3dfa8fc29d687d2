"""Quotes → the messages they quote: by id, else by time and sender, else by the quoted words.

A quoted sender counts only if the group has a sender of that id or name: quotes show names as the quoter sees them, which an export may never show.
A message is the sender's if it has that id, or is shown under that very name: its id may come from another export than the quote.
By time: the quoted instant, and the quoted sender where that is known. By words: the latest earlier message of the group, at most 28 days
back, with the same text (white space collapsed: some exporters do) and the quoted sender where that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.ingest.merge import IS_ROUNDED
from qunkit.ingest.parquet import rows_of

WINDOW_DAYS = 28
"""No longer than the shortest month, so that the quoted message is in the quote's month or the one before."""

QUOTABLE = ("group_id", "message_id", "native_id", "sent_at", "seq", "sender_id", "sender_name", "text")
"""What is looked at of a message that may be quoted."""
_WORDED = "quote_id IS NULL AND quote_time IS NULL AND quote_text <> ''"
"""Whether nothing but its words says what a quote quotes."""
_BLANKS = " OR ".join(f"contains({{0}}, {blank})" for blank in ("chr(9)", "chr(10)", "chr(12)", "chr(13)", "'  '"))
_WORDS = f"""CASE WHEN {_BLANKS} OR starts_with({{0}}, ' ') OR ends_with({{0}}, ' ')
  THEN regexp_replace(trim({{0}}), '\\s+', ' ', 'g') ELSE {{0}} END"""

QUOTES = f"""
CREATE OR REPLACE TEMP TABLE quotes AS
SELECT r.message, r.group_id, r.message_id, r.sent_at, r.local_time, r.seq, r.quote_time, r.quote_text, r.quote_sender, i.sender_key AS quoted,
  CASE WHEN {IS_ROUNDED.format("r.quote_id")} OR {IS_ROUNDED.format("r.native_id")}
    THEN TRY_CAST(r.quote_id AS DOUBLE) END AS rounded,
  r.quote_id
FROM quoting r LEFT JOIN (SELECT DISTINCT group_key, sender_name, sender_key FROM identity WHERE sender_id IS NULL AND posts) i
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


_BY_ID = """
CREATE OR REPLACE TEMP TABLE linked AS
SELECT message, quote_id AS reply_to, IF(quote_id IS NOT NULL, 'id', 'unknown') AS reply_how FROM quotes
"""
"""All there is to say where no quote is of a kind that `_WANTED` looks for."""

_KINDS = f"SELECT bool_or(rounded IS NOT NULL), bool_or(quote_id IS NULL AND quote_time IS NOT NULL), bool_or({_WORDED}) FROM quotes"
_WANTED = (
    "TRY_CAST(native_id AS DOUBLE) IN (SELECT rounded FROM quotes)",
    "sent_at IN (SELECT quote_time FROM quotes WHERE quote_id IS NULL)",
    f"words IN (SELECT {_WORDS.format('quote_text')} FROM quotes WHERE {_WORDED})",
)
"""Messages that quotes of a kind may mean, by the kinds of `_KINDS`: a rounded id, a time, words."""
_MEANT = f"""
SELECT IF(quote_id IS NULL, quote_time, NULL) AS time, IF({_WORDED}, {_WORDS.format("quote_text")}, NULL) AS words FROM quotes
"""
_SPACED = r"[\t\n\f\r]|  |^ | $"
"""What `_WORDS` may write in another way."""
_CANDIDATES = """
CREATE OR REPLACE TEMP TABLE candidates AS
SELECT *, {words} AS words FROM ({rows}) WHERE group_id IN (SELECT group_id FROM quotes) AND ({wanted})
"""


def quoted_months(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Months (YYYY-MM, local) that the month's quotes without an exact id may point into; from ``quoting``: rows of ``told``, those of quotes among them."""
    connection.execute(QUOTES)
    found = connection.execute(
        f"""SELECT DISTINCT strftime(t, '%Y-%m') FROM (
          SELECT unnest([local_time, local_time - INTERVAL {WINDOW_DAYS} DAY, local_time + (quote_time - sent_at)]) AS t
          FROM quotes WHERE quote_id IS NULL OR rounded IS NOT NULL
        ) WHERE t IS NOT NULL ORDER BY 1"""
    ).fetchall()
    return [month for (month,) in found]


def link(connection: duckdb.DuckDBPyConnection, told: pa.Table | None, earlier: Sequence[Path | pa.Table]) -> None:
    """From ``told``, ``quotes`` and the messages of the quoted months make ``linked``: message, reply_to, reply_how. `told`: the table, if it is held."""
    kinds = connection.sql(_KINDS).fetchall()[0]
    if not any(kinds):
        connection.execute(_BY_ID)
        return
    rounded, *_ = kinds
    meant = None if rounded else connection.sql(_MEANT).to_arrow_table()
    rows = [] if told is not None else ["told"]
    for number, messages in enumerate([*([] if told is None else [told]), *earlier]):
        if isinstance(messages, Path):
            rows.append(rows_of([messages]))
        else:
            rows.append(f"held_{number}")
            connection.register(rows[-1], messages if meant is None else _perhaps(messages, meant))
    wanted = [condition for condition, is_wanted in zip(_WANTED, kinds, strict=True) if is_wanted]
    connection.execute(
        _CANDIDATES.format(
            rows=" UNION ALL ".join(f"SELECT {', '.join(QUOTABLE)} FROM {name}" for name in rows),
            wanted=" OR ".join(wanted) or "false",
            words=_WORDS.format("text") if kinds[-1] else "NULL::VARCHAR",
        )
    )
    for name in rows:
        if name.startswith("held_"):
            connection.unregister(name)
    connection.execute(_LINKED)


def _perhaps(messages: pa.Table, meant: pa.Table) -> pa.Table:
    """Those that quotes may mean by their time or words: to see it of columns is cheaper than to ask it of rows."""
    found, times, words = pa.nulls(len(messages), pa.bool_()), meant["time"].drop_null(), meant["words"].drop_null()
    if len(times):
        found = pc.is_in(messages["sent_at"].cast(times.type), times)
    if len(words):
        text = messages["text"]
        spelt = pc.or_(pc.is_in(text, words), pc.match_substring_regex(text, _SPACED))
        found = pc.or_kleene(found, spelt)
    return messages.select(QUOTABLE).filter(found)
