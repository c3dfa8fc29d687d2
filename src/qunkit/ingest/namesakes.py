"""Messages that stand twice because several members of a group have one name: told by name only in one export, under an id in another (decision 2).

They are counted on the tables of `overlap`. One counts for the source of the run that told the later of the two; what stood twice before does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from qunkit.ingest.alike import CLASS, WORDS
from qunkit.ingest.identity import SAFE

TABLE = "CREATE TABLE overlap_twins (grp VARCHAR, src VARCHAR, who VARCHAR, members BIGINT, n BIGINT)"

# Names that somebody goes by in the month, and several ids in the whole dataset.
_NAMESAKES = f"""
CREATE OR REPLACE TEMP TABLE namesakes AS
SELECT t.grp, t.who, list(DISTINCT i.id) AS ids FROM (SELECT DISTINCT grp, who FROM overlap_told WHERE starts_with(who, 'name:')) t
JOIN id_names i ON i.group_key = t.grp AND i.name = {SAFE.format("substr(t.who, 6)")}
GROUP BY t.grp, t.who HAVING COUNT(DISTINCT i.id) > 1
"""

_TWINS = f"""
INSERT INTO overlap_twins
WITH messages AS (
  SELECT grp, message_id, list(DISTINCT who) AS whos, any_value({CLASS}) AS class, any_value(IF(o.kind = 'text', left({WORDS.format("o.text")}, 200), NULL)) AS said,
    COALESCE(MIN(t.sent_at) FILTER (NOT coarse), MIN(t.sent_at)) AS sent_at, bool_and(coarse) AS coarse, list(DISTINCT src) AS srcs
  FROM overlap_told t JOIN observed o USING (telling) WHERE NOT daily AND grp IN (SELECT grp FROM namesakes) GROUP BY grp, message_id
), pairs AS (
  SELECT s.grp, s.who, len(s.ids) AS members, a.message_id, unnest(a.srcs) AS a, b.srcs AS others
  FROM messages a JOIN namesakes s ON s.grp = a.grp AND a.whos = [s.who]
  JOIN messages b ON b.grp = a.grp AND b.class = a.class AND b.said IS NOT DISTINCT FROM a.said AND b.sent_at // 60000 = a.sent_at // 60000
  WHERE list_has_any(b.whos, s.ids) AND NOT list_has_any(a.srcs, b.srcs) AND (a.coarse OR b.coarse OR a.sent_at = b.sent_at)
), places AS (
  SELECT * EXCLUDE (a, b), greatest(COALESCE(list_position($run, a), 0), COALESCE(list_position($run, b), 0)) AS place
  FROM (SELECT * EXCLUDE (others), unnest(others) AS b FROM pairs)
)
SELECT grp, $run[place], who, members, COUNT(*) FROM (
  SELECT grp, who, members, message_id, MIN(place) AS place FROM places GROUP BY ALL
) WHERE place > 0 GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Members of one name, and what was told by that name only."""

    name: str
    members: int
    messages: int
    """How many, of a source of this run or beside one, stand twice."""


def observe(connection: duckdb.DuckDBPyConnection, run: Sequence[str]) -> None:
    """Count those of a month."""
    connection.execute(_NAMESAKES)
    if connection.sql("SELECT 1 FROM namesakes LIMIT 1").fetchall():
        connection.execute(_TWINS, {"run": list(run)})


def of(connection: duckdb.DuckDBPyConnection, source: str) -> tuple[Namesakes, ...]:
    """Those of a source of the run after the last month, the most frequent first."""
    query = """SELECT substr(who, 6), members, CAST(SUM(n) AS BIGINT) FROM overlap_twins WHERE src = $source
      GROUP BY grp, who, members ORDER BY 3 DESC, who, grp"""
    return tuple(Namesakes(*told) for told in connection.execute(query, {"source": source}).fetchall())
