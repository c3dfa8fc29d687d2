"""The turn of a month, where clocks disagree: an id that is told on both sides of it is one message, of the later month.

Months are merged one by one. Only ids within a day of a month's end can be on both sides of it, unless an export's ids are none (`merge`).
The times of the later month's own tellings count, so that a message lies in the month whose part holds it.
"""

from __future__ import annotations

from datetime import date

import duckdb

from qunkit.ingest.alike import WORDS
from qunkit.ingest.observed import settle

_END = "native_id IS NOT NULL AND local_time >= DATE '{first}' - INTERVAL 1 DAY"
_BEGIN = "native_id IS NOT NULL AND local_time < DATE '{first}' + INTERVAL 1 DAY"
_KEYED = f"""
SELECT o.*, group_key, COALESCE(IF(kind = 'text', {WORDS.format("text")}, NULL), '') AS typed FROM {{rows}} o JOIN (SELECT DISTINCT platform, group_id, group_name, group_key FROM identity) i
  ON o.platform = i.platform AND o.group_id IS NOT DISTINCT FROM i.group_id AND o.group_name IS NOT DISTINCT FROM i.group_name
"""
_ONE = """a.group_key = b.group_key AND a.native_id = b.native_id AND (a.typed = b.typed OR a.typed = '' OR b.typed = '')
  AND NOT list_has_any(a.sources, b.sources)"""


def following(month: str) -> str:
    """The month (YYYY-MM) after it."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def meet(connection: duckdb.DuckDBPyConnection, earlier: str, later: str, month: str) -> bool:
    """Whether both sides of the begin of `month` tell an id; each side is a FROM item of observations."""
    ends, begins = _sides(month)
    query = (
        f"SELECT 1 FROM {earlier} WHERE {ends} AND native_id IN (SELECT native_id FROM {later} WHERE {begins}) LIMIT 1"
    )
    return bool(connection.sql(query).fetchall())


def give(connection: duckdb.DuckDBPyConnection, later: str, month: str) -> bool:
    """Take out of ``observed`` what is of `month`, which comes next and tells it, too; whether there is anything."""
    ends, begins = _sides(month)
    own = _KEYED.format(rows=f"(SELECT * FROM observed WHERE {ends})")
    theirs = _KEYED.format(rows=f"(SELECT * FROM {later} WHERE {begins})")
    query = f"SELECT telling FROM ({own}) a SEMI JOIN ({theirs}) b ON {_ONE}"
    given = [telling for (telling,) in connection.sql(query).fetchall()]
    if given:
        settle(connection)
        connection.execute("DELETE FROM observed_rows WHERE rowid IN (SELECT unnest($given))", {"given": given})
    return bool(given)


def take(connection: duckdb.DuckDBPyConnection, earlier: str, month: str) -> bool:
    """Add to ``observed``, which is of `month`, what the month before tells of its messages; whether there is anything."""
    ends, begins = _sides(month)
    own = _KEYED.format(rows=f"(SELECT * FROM observed WHERE {begins})")
    theirs = _KEYED.format(rows=f"(SELECT * FROM {earlier} WHERE {ends})")
    query = f"SELECT a.* EXCLUDE (group_key, typed) FROM ({theirs}) a SEMI JOIN ({own}) b ON {_ONE}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE taken AS {query}")
    taken = bool(connection.sql("SELECT 1 FROM taken LIMIT 1").fetchall())
    if taken:
        settle(connection)
        connection.execute("INSERT INTO observed_rows BY NAME FROM taken")
    return taken


def _sides(month: str) -> tuple[str, str]:
    first = date.fromisoformat(f"{month}-01")
    return _END.format(first=first), _BEGIN.format(first=first)
