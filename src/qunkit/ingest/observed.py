"""What sources say → observations: equal tellings once, with the list of their sources."""

from __future__ import annotations

import duckdb

from qunkit import schema
from qunkit.ingest.alike import ALIKE, SECOND

_PAYLOAD = ", ".join(name for name in schema.OBSERVATIONS.names if name not in ("seq", "sources"))
_TOLD = ", ".join(name for name in schema.OBSERVATIONS.names if name not in ("seq", "sources", "occurrence"))

# Windows over every row are dear; only rows that share group and instant with another need numbers other than the first.
_INSTANT = f"hash(src, group_id, group_name, {SECOND.format('sent_at')})"
_FRESH = f"""
CREATE OR REPLACE TEMP TABLE numbered AS
WITH crowded AS (SELECT {_INSTANT} AS instant FROM {{staged}} GROUP BY instant HAVING COUNT(*) > 1)
SELECT row, src,
  CAST(row_number() OVER (PARTITION BY src, {ALIKE} ORDER BY row) AS INTEGER) AS occurrence,
  CAST(row_number() OVER (PARTITION BY src, group_id, group_name, sent_at ORDER BY row) - 1 AS INTEGER) AS seq
FROM {{staged}} WHERE {_INSTANT} IN (SELECT instant FROM crowded);
CREATE OR REPLACE TEMP VIEW fresh AS
SELECT {_TOLD}, s.src, COALESCE(n.occurrence, 1) AS occurrence, COALESCE(n.seq, 0) AS seq
FROM {{staged}} s LEFT JOIN numbered n ON n.row = s.row AND n.src = s.src;
"""

_UNION = f"""
CREATE OR REPLACE TEMP TABLE observed AS
SELECT {_PAYLOAD}, MAX(seq) AS seq, list_sort(list_distinct(flatten(list(sources)))) AS sources FROM ({{rows}}) GROUP BY ALL
"""
_OLD = f"SELECT {_PAYLOAD}, seq, sources FROM {{old}}"
_FRESH_ROWS = f"SELECT {_PAYLOAD}, seq, [src] AS sources FROM fresh"

_ALONE = f"CREATE OR REPLACE TEMP TABLE observed AS SELECT {_PAYLOAD}, seq, [src] AS sources FROM fresh"


def observe(
    connection: duckdb.DuckDBPyConnection, staged: str | None, old: str | None, *, revised: bool = False
) -> None:
    """Make ``observed`` of one month: the multiset union of what is staged and what was known (each a FROM item).

    Of what was known no two rows say the same, unless it was `revised`.
    """
    alone = False
    if staged:
        connection.execute(_FRESH.format(staged=staged))
        alone = not old and connection.sql(f"SELECT COUNT(DISTINCT src) FROM {staged}").fetchall()[0][0] == 1
    rows = ([_OLD.format(old=old)] if old else []) + ([_FRESH_ROWS] if staged else [])
    if alone:
        connection.execute(_ALONE)
    elif staged or revised:
        connection.execute(_UNION.format(rows=" UNION ALL ".join(rows)))
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE observed AS SELECT * FROM {old}")
