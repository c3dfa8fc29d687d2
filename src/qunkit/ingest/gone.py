"""What is left of observations and rosters without a person or a group: one set of queries for what is stored and for what comes in.

A person's own rows go, notices of what they did or of what was done to nobody else, and pats. In what others said the person is no
target and not mentioned, their messages are not quoted, and `scrub` takes their ids and names out of the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from qunkit import schema
from qunkit.ingest.alike import ALIKE
from qunkit.ingest.identity import SAFE
from qunkit.ingest.revision import Revision
from qunkit.ingest.scrub import NOTHING, Words


@dataclass(frozen=True, slots=True)
class Gone:
    """What goes of one group, as observations (or rosters: `platform` is None) show the group."""

    platform: str | None
    group_id: str | None
    group_name: str | None
    key: str
    """The same for all that is one group."""
    whole: bool = False
    """All of it."""
    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    """Names that are theirs where no id stands beside them, as `scrub.safe` has them."""
    words: Words = NOTHING
    label: str | None = None
    """The group's name instead of one that holds a person's; None: it stays."""


_ROWS = 1 << 14
_TABLE = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("platform", "group_id", "group_name", "key")),
        pa.field("whole", pa.bool_()),
        *(pa.field(name, pa.list_(pa.string())) for name in ("ids", "names")),
        pa.field("label", pa.string()),
    ]
)
_SCRUBBED = pa.schema([pa.field(name, pa.string()) for name in ("key", "field", "old", "new")])

_HERE = """o.platform = f.platform AND o.group_id IS NOT DISTINCT FROM f.group_id
  AND o.group_name IS NOT DISTINCT FROM f.group_name"""


def _by_id(who: str) -> str:
    """Whether an id or ``name:…`` is a person's."""
    return f"""COALESCE(list_contains(f.ids, {who}) OR (starts_with({who}, 'name:')
      AND list_contains(f.names, {SAFE.format(f"substr({who}, 6)")})), false)"""


def _by_name(name: str) -> str:
    """Whether a name without an id is a person's."""
    return f"COALESCE(list_contains(f.ids, {name}) OR list_contains(f.names, {SAFE.format(name)}), false)"


def _either(who: str, name: str) -> str:
    return f"({_by_id(who)} OR (COALESCE(starts_with({who}, 'name:'), true) AND {_by_name(name)}))"


_TARGETS = "generate_series(1, len(COALESCE(o.target_ids, o.target_names)))"
_OTHERS = f"list_filter({_TARGETS}, lambda i: NOT {_either('o.target_ids[i]', 'o.target_names[i]')})"
_LESS = f"COALESCE(len({_OTHERS}) < len({_TARGETS}), false)"
"""Whether a person is among the targets."""

_GOES = f"""(f.whole OR {_either("o.sender_id", "o.sender_name")} OR (o.event IS NOT NULL AND (
  {_either("o.actor_id", "o.actor_name")} OR ({_LESS} AND (o.kind = 'pat' OR len({_OTHERS}) = 0)))))"""

_WORDS = "regexp_replace(trim({}), '\\s+', ' ', 'g')"
_INSTANT = (
    """concat_ws(chr(31), {0}.platform, COALESCE({0}.group_id, chr(0)), COALESCE({1}, chr(0)), epoch_ms({0}.sent_at))"""
)

_PREPARED = f"""
CREATE OR REPLACE TEMP TABLE forgotten_rows AS
SELECT DISTINCT f.key, o.native_id, o.sent_at, {_WORDS.format("o.text")} AS words, o.text
FROM {{observed}} o JOIN forgotten f ON {_HERE} WHERE {_GOES};
CREATE OR REPLACE TEMP TABLE speakers AS
SELECT DISTINCT key, unnest([sender_id, sender_name]) AS shown FROM (
  SELECT DISTINCT f.key, o.sender_id, o.sender_name FROM {{observed}} o JOIN forgotten f ON {_HERE}
  WHERE o.sender_name IS NOT NULL AND NOT {_GOES});
"""

_SAID = f"""
SELECT DISTINCT key, field, old FROM (
  SELECT f.key, unnest([IF(o.kind = 'forward', 'forward', 'text'), 'text', 'extra']) AS field, unnest([o.text, o.quote_text, o.extra]) AS old
  FROM {{observed}} o JOIN forgotten f ON {_HERE}
) WHERE old IS NOT NULL
"""

# A quote is of a person's message if it says so, or points to one; where it names nobody whom the group knows, if it has its words.
_QUOTES = ("quote_id", "quote_time", "quote_sender", "quote_text")
_QUOTED = f"""
CREATE OR REPLACE TEMP TABLE quoted AS
WITH o AS (
  SELECT DISTINCT f.key, {", ".join(f"o.{name}" for name in _QUOTES)}, {_by_id("o.quote_sender")} OR {_by_name("o.quote_sender")} AS theirs
  FROM {{observed}} o JOIN forgotten f ON {_HERE} WHERE COALESCE(o.quote_id, o.quote_sender, o.quote_text) IS NOT NULL OR o.quote_time IS NOT NULL
)
SELECT * EXCLUDE (theirs) FROM o WHERE theirs
  OR (key, quote_id) IN (SELECT (key, native_id) FROM forgotten_rows WHERE native_id IS NOT NULL)
  OR (key, TRY_CAST(quote_id AS DOUBLE)) IN (SELECT (key, TRY_CAST(native_id AS DOUBLE)) FROM forgotten_rows WHERE length(native_id) >= 17)
  OR (quote_sender IS NULL OR (key, quote_sender) NOT IN (SELECT (key, shown) FROM speakers WHERE shown IS NOT NULL)) AND (
    quote_text IS NULL AND (key, quote_time) IN (SELECT (key, sent_at) FROM forgotten_rows)
    OR (key, {_WORDS.format("quote_text")}) IN (SELECT (key, words) FROM forgotten_rows WHERE words <> ''))
"""

_TOUCHED = f"""
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT {_INSTANT.format("o", "COALESCE(f.label, o.group_name)")} AS instant
FROM {{observed}} o JOIN forgotten f ON {_HERE} LEFT JOIN scrubbed t
  ON t.key = f.key AND t.field = IF(o.kind = 'forward', 'forward', 'text') AND t.old = o.text
WHERE IF({_GOES}, o.event IS NOT NULL, t.new IS NOT NULL)
"""
"""Moments of which messages may be equal now that were not."""

LEFT = f"""
SELECT o.* REPLACE (
  COALESCE(f.label, o.group_name) AS group_name,
  COALESCE(t.new, o.text) AS text,
  COALESCE(x.new, o.extra) AS extra,
  IF({_LESS}, list_transform({_OTHERS}, lambda i: o.target_ids[i]), o.target_ids) AS target_ids,
  IF({_LESS}, list_transform({_OTHERS}, lambda i: o.target_names[i]), o.target_names) AS target_names,
  IF(len(o.mention_ids) > 0 AND len(list_filter(o.mention_ids, lambda m: NOT {_by_id("m")})) = 0, NULL,
    list_filter(o.mention_ids, lambda m: NOT {_by_id("m")})) AS mention_ids,
  IF(u.key IS NULL, o.quote_id, NULL) AS quote_id, IF(u.key IS NULL, o.quote_time, NULL) AS quote_time,
  IF(u.key IS NULL, o.quote_sender, NULL) AS quote_sender, IF(u.key IS NULL, COALESCE(q.new, o.quote_text), NULL) AS quote_text
)
FROM {{observed}} o JOIN forgotten f ON {_HERE}
LEFT JOIN quoted u ON u.key = f.key AND {" AND ".join(f"u.{name} IS NOT DISTINCT FROM o.{name}" for name in _QUOTES)}
LEFT JOIN scrubbed t ON t.key = f.key AND t.field = IF(o.kind = 'forward', 'forward', 'text') AND t.old = o.text
LEFT JOIN scrubbed q ON q.key = f.key AND q.field = 'text' AND q.old = o.quote_text
LEFT JOIN scrubbed x ON x.key = f.key AND x.field = 'extra' AND x.old = o.extra
WHERE NOT {_GOES}
"""
"""The observations of ``{observed}``, a FROM item, that are left; after `prepare`."""

_COLUMNS = ", ".join(
    {"seq": "MAX(seq) AS seq", "sources": "list_sort(list(src)) AS sources"}.get(name, name)
    for name in schema.OBSERVATIONS.names
)
_STORED = f"""
WITH kept AS MATERIALIZED ({LEFT.format(observed="{old}")})
SELECT {", ".join(schema.OBSERVATIONS.names)} FROM kept k WHERE {_INSTANT.format("k", "k.group_name")} NOT IN (FROM touched)
UNION ALL SELECT {_COLUMNS} FROM (
  SELECT * REPLACE (CAST(row_number() OVER (PARTITION BY src, {ALIKE} ORDER BY occurrence, seq, native_id) AS INTEGER) AS occurrence)
  FROM (SELECT * EXCLUDE (sources), unnest(sources) AS src FROM kept k WHERE {_INSTANT.format("k", "k.group_name")} IN (FROM touched))
) GROUP BY ALL
"""
"""The same of stored observations ``{old}``: messages that are equal now are numbered anew, as an export without the words would have them."""

MEMBERS = f"""
SELECT m.* REPLACE (IF({_by_id("m.invited_by")}, NULL, m.invited_by) AS invited_by, COALESCE(f.label, m.group_name) AS group_name)
FROM {{old}} m JOIN forgotten f ON f.platform IS NULL AND m.group_id IS NOT DISTINCT FROM f.group_id AND m.group_name IS NOT DISTINCT FROM f.group_name
WHERE NOT (f.whole OR {_by_id("m.member_id")} OR COALESCE(list_contains(f.ids, m.account), false))
"""

BY_SOURCE = f"""
SELECT src, COUNT(*) FILTER (NOT notice), COUNT(*) FILTER (notice)
FROM (SELECT unnest(o.sources) AS src, o.kind IN {schema.NOT_POSTS} AS notice FROM {{observed}} o JOIN forgotten f ON {_HERE} WHERE {_GOES}) GROUP BY src
"""
"""Messages and notices of each source that go."""


def prepare(connection: duckdb.DuckDBPyConnection, observed: str, gone: Sequence[Gone]) -> None:
    """The tables that the queries use; `observed` is a FROM item of all observations that they will be asked of."""
    tell(connection, gone)
    for statement in _PREPARED.format(observed=observed).strip().removesuffix(";").split(";\n"):
        connection.execute(statement)
    words = {one.key: one.words for one in gone if one.words}
    _put(connection, "scrubbed", pa.Table.from_batches(list(_scrubbed(connection, words, observed)), _SCRUBBED))
    connection.execute(_QUOTED.format(observed=observed))
    connection.execute(_TOUCHED.format(observed=observed))


def revise(connection: duckdb.DuckDBPyConnection, months: Iterable[str], folder: Path) -> Revision:
    """What is left of stored `months` (FROM items) and of ``observed_members``, written into `folder` once: a build asks often."""
    for number, month in enumerate(months):
        query = f"SELECT *, $told${month}$told$ AS told_in FROM ({_STORED.format(old=month)})"
        connection.execute(f"COPY ({query}) TO {_quoted(folder / f'left-{number}.parquet')} (FORMAT parquet)")
    members = folder / "left-members.parquet"
    connection.execute(f"COPY ({MEMBERS.format(old='observed_members')}) TO {_quoted(members)} (FORMAT parquet)")
    left = f"read_parquet({_quoted(folder / 'left-*[0-9].parquet')})".replace("{", "{{").replace("}", "}}")
    return Revision(
        f"SELECT * EXCLUDE (told_in) FROM {left} WHERE told_in = $told${{old}}$told$",
        f"SELECT * FROM read_parquet({_quoted(members)})".replace("{", "{{").replace("}", "}}"),
    )


def tell(connection: duckdb.DuckDBPyConnection, gone: Sequence[Gone]) -> None:
    """The table that `MEMBERS` alone uses."""
    rows = [{name: _plain(getattr(one, name)) for name in _TABLE.names} for one in gone]
    _put(connection, "forgotten", pa.Table.from_pylist(rows, schema=_TABLE))


def said(connection: duckdb.DuckDBPyConnection) -> Iterable[str | None]:
    """The texts that go."""
    return [text for (text,) in connection.sql("SELECT DISTINCT text FROM forgotten_rows").fetchall()]


def _scrubbed(
    connection: duckdb.DuckDBPyConnection, words: Mapping[str, Words], observed: str
) -> Iterator[pa.RecordBatch]:
    """The texts that change, and what becomes of them."""
    for batch in connection.sql(_SAID.format(observed=observed)).to_arrow_reader(_ROWS) if words else ():
        rows = (row for row in batch.to_pylist() if row["key"] in words)
        told = [row | {"new": _without(words[row["key"]], row["field"], row["old"])} for row in rows]
        yield pa.RecordBatch.from_pylist([row for row in told if row["new"] != row["old"]], schema=_SCRUBBED)


def _without(words: Words, field: str, old: str) -> str:
    ways = {"text": words.scrub, "forward": words.scrub_forward, "extra": words.scrub_json}
    return ways[field](old)


def _put(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.register(f"{name}_told", table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {name}_told")
    connection.unregister(f"{name}_told")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value
