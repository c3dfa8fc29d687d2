"""What sources say → observations of one month: equal tellings once, with the list of their sources.

``observed`` is a view: the rows of OBSERVATIONS, and ``telling``, their number. It shows a Parquet file where one is the month's observations as it
stands, else the table ``observed_rows``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from qunkit import schema
from qunkit.ingest.alike import ALIKE, SECOND
from qunkit.ingest.parquet import is_shared, rows_of

_PAYLOAD = ", ".join(name for name in schema.OBSERVATIONS.names if name not in ("seq", "sources"))
_TOLD = ", ".join(name for name in schema.OBSERVATIONS.names if name not in ("seq", "sources", "occurrence"))

OCCURRENCE = f"CAST(row_number() OVER (PARTITION BY src, {ALIKE} ORDER BY row) AS INTEGER) AS occurrence"
"""The number of a telling that is not the only one of its source, group and second; `row` is its place in the source."""
_SEQ = "CAST(row_number() OVER (PARTITION BY src, group_id, group_name, sent_at ORDER BY row) - 1 AS INTEGER) AS seq"
# Windows over every row are dear; only rows that share group and instant with another need numbers other than the first.
_INSTANT = f"hash(src, group_id, group_name, {SECOND.format('sent_at')})"
_FRESH = f"""
CREATE OR REPLACE TEMP VIEW arrived AS
SELECT {_TOLD}, sources[1] AS src, (filename, file_row_number) AS row FROM {{staged}};
CREATE OR REPLACE TEMP TABLE numbered AS
WITH crowded AS (SELECT {_INSTANT} AS instant FROM arrived GROUP BY instant HAVING COUNT(*) > 1)
SELECT row, {OCCURRENCE}, {_SEQ} FROM arrived WHERE {_INSTANT} IN (SELECT instant FROM crowded);
CREATE OR REPLACE TEMP VIEW fresh AS
SELECT {_TOLD}, a.src, COALESCE(n.occurrence, 1) AS occurrence, COALESCE(n.seq, 0) AS seq
FROM arrived a LEFT JOIN numbered n USING (row);
"""
_NUMBERED = f"SELECT {_TOLD}, sources[1] AS src, occurrence, seq FROM {{staged}}"

_UNION = f"""
SELECT {_PAYLOAD}, MAX(seq) AS seq, list_sort(list_distinct(flatten(list(sources)))) AS sources FROM ({{rows}}) GROUP BY ALL
"""
_EACH = "CREATE OR REPLACE TEMP TABLE observed_rows AS {rows}"
_OLD = f"SELECT {_PAYLOAD}, seq, sources FROM {{old}}"
_FRESH_ROWS = f"SELECT {_PAYLOAD}, seq, [src] AS sources FROM {{fresh}}"
_MEETINGS = """
SELECT epoch_ms(begin) AS begin, epoch_ms(least(stop, before)) AS stop FROM (
  SELECT *, MAX(stop) OVER (PARTITION BY group_id, group_name ORDER BY begin ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM ({spans})
) WHERE begin <= before ORDER BY ALL
"""
_SPAN = (
    "SELECT group_id, group_name, MIN(sent_at) AS begin, MAX(sent_at) AS stop FROM {rows} GROUP BY group_id, group_name"
)
"""Two tellings are equal only where two of these meet: of every source, and of what was known."""
_MOST_MEETINGS = 64
_OBSERVED = "CREATE OR REPLACE TEMP VIEW observed AS SELECT rowid AS telling, * FROM observed_rows"


def observe(
    connection: duckdb.DuckDBPyConnection, staged: Sequence[Path], old: str | None, *, revised: bool = False
) -> None:
    """Make ``observed`` of one month: the multiset union of the staged files and of what was known (a FROM item).

    Of what was known no two rows say the same, unless it was `revised`.
    """
    rows = [_OLD.format(old=old)] if old else []
    meetings: list[tuple[int, int]] = []
    if staged:
        fresh, arrived = _arrived(connection, staged)
        rows += [_FRESH_ROWS.format(fresh=one) for one in fresh]
        spans = [f"{_SPAN.format(rows=one)}, src" for one in arrived]
        spans += [_SPAN.format(rows=old)] if old else []
        meetings = connection.sql(_MEETINGS.format(spans=" UNION ALL ".join(spans))).fetchall()
    if staged or revised:
        told, meets = " UNION ALL ".join(rows), _where(meetings)
        if revised or len(meets) > _MOST_MEETINGS:
            connection.execute(_EACH.format(rows=_UNION.format(rows=told)))
        elif meets:
            meeting, apart = (f"SELECT * FROM ({told}) WHERE {so} ({' OR '.join(meets)})" for so in ("", "NOT"))
            connection.execute(_EACH.format(rows=f"{apart} UNION ALL {_UNION.format(rows=meeting)}"))
        else:
            connection.execute(_EACH.format(rows=told))
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE observed_rows AS SELECT * FROM {old}")
    connection.execute(_OBSERVED)


def _where(meetings: Sequence[tuple[int, int]]) -> list[str]:
    """Conditions of which one holds for every telling that may be equal to another: exports that follow each other meet in a second."""
    joined: list[tuple[int, int]] = []
    for begin, stop in meetings:
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((begin, stop))
    return [f"epoch_ms(sent_at) BETWEEN {begin} AND {stop}" for begin, stop in joined]


def _arrived(connection: duckdb.DuckDBPyConnection, staged: Sequence[Path]) -> tuple[list[str], list[str]]:
    """FROM items of what is staged: its rows, numbered; and the same as far as it goes without numbers. Those of short sources have them already."""
    numbered = [path for path in staged if is_shared(path)]
    others = [path for path in staged if not is_shared(path)]
    fresh, arrived = [], []
    if numbered:
        fresh.append(f"({_NUMBERED.format(staged=rows_of(numbered))})")
        arrived += fresh
    if others:
        connection.execute(_FRESH.format(staged=rows_of(others, "filename", "file_row_number")))
        fresh.append("fresh")
        arrived.append("arrived")
    return fresh, arrived


def show(connection: duckdb.DuckDBPyConnection, part: Path) -> None:
    """Make ``observed`` of a file that is a month's observations as it stands."""
    names = ", ".join(schema.OBSERVATIONS.names)
    rows = rows_of([part], "file_row_number")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW observed AS SELECT file_row_number AS telling, {names} FROM {rows}"
    )


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``observed`` a table's rows, which can be changed; each keeps its number."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE observed_rows AS SELECT * EXCLUDE (telling) FROM observed ORDER BY telling"
    )
    connection.execute(_OBSERVED)
