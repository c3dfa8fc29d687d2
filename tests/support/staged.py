"""Observations put into a dataset without going through a file: for tests of the merge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.ingest import build, store

START = datetime(2024, 11, 30, 15, 59, 50, tzinfo=UTC)
"""Ten seconds before midnight of the last day of November in Shanghai."""
_LEFT_OUT = ("occurrence", "seq", "sources")
TOLD = pa.schema([field for field in schema.OBSERVATIONS.arrow if field.name not in _LEFT_OUT])
"""The columns of a telling."""


def telling(second, **columns):
    """One observation, `second` seconds after START; what is not said is a text "hi" in the group g1."""
    sent = START + timedelta(seconds=second)
    told = {"group_id": "g1", "group_name": "徒步", "kind": "text", "text": "hi", **columns}
    local = (sent + timedelta(hours=8)).replace(tzinfo=None)
    return {"platform": "wechat", "sent_at": sent, "local_time": local, "time_quality": "exact", **told}


def commit(dataset, sources, members=(), *, threads=1):
    """Ingest `sources` (id → tellings) in one run; returns new messages per source."""
    return commit_built(dataset, sources, members, threads=threads).new


def commit_built(dataset, sources, members=(), *, threads=1):
    """The same; returns everything that the build says."""
    tables = {source: pa.Table.from_pylist(rows, schema=TOLD) for source, rows in sources.items()}
    return commit_tables(dataset, tables, members, threads=threads)


def commit_tables(dataset, sources, members=(), *, threads=1):
    """The same of sources that are tables of tellings, with the schema TOLD."""
    with store.writing(dataset, "Asia/Shanghai", 0) as staging:
        files = {}
        for source, table in sources.items():
            told = table.append_column("sources", pa.array([[source]] * len(table), pa.list_(pa.string())))
            for name, number in (("occurrence", 1), ("seq", 0)):
                told = told.append_column(name, pa.array([number] * len(table), pa.int32()))
            told = told.select(schema.OBSERVATIONS.names)
            months = pc.strftime(told["local_time"], "%Y-%m")
            for month in sorted(set(months.to_pylist())):
                path = staging.spool / f"{source}-{month}.parquet"
                pq.write_table(told.filter(pc.equal(months, month)), path)
                files.setdefault(month, []).append(path)
        table = pa.Table.from_pylist(list(members), schema=build.OBSERVED_MEMBERS)
        built = build.build(staging, files, table, list(sources), "384MB", threads)
        store.commit(staging, {"sources": [], "fingerprint": built.fingerprint})
        return built


def messages(dataset):
    """Every message as a dict, in the table's order; and the fingerprint."""
    with store.open_snapshot(dataset) as snapshot:
        return _rows(snapshot, "messages/*/*.parquet", "group_id, sent_at, seq"), snapshot.fingerprint


def members(dataset):
    """Every row of the rosters as a dict, in a fixed order."""
    with store.open_snapshot(dataset) as snapshot:
        return _rows(snapshot, "members/*.parquet", "ALL")


def rejects(dataset):
    """Every reject as a dict, by source and place."""
    with store.open_snapshot(dataset) as snapshot:
        return _rows(snapshot, "rejects/*.parquet", "source, start")


def _rows(snapshot, pattern, order):
    files = [str(path) for path in sorted(snapshot.path.glob(pattern))]
    if not files:
        return []
    query = f"SELECT * FROM read_parquet($files, hive_partitioning = false) ORDER BY {order}"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(query, params={"files": files}).to_arrow_table().to_pylist()
