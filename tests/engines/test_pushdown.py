"""Filters reach the files: months after the window stay closed, and blocks of other groups and times are not read."""

import json
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunkit.dataset import Scope
from qunkit.engines import duckdb as engines
from qunkit.schema import MESSAGES

MONTHS = ("2026-03", "2026-04", "2026-05")
GROUPS = ("a", "b", "c", "d")
BLOCK = 2048
"""Rows of a group in a month, and of a row group: no fewer are read at a time."""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """A month a part, a group a row group, a message a minute."""
    folder = tmp_path_factory.mktemp("snapshot")
    for month in MONTHS:
        path = folder / "messages" / f"month={month}" / "part.parquet"
        path.parent.mkdir(parents=True)
        rows = [row(month, group, number) for group in GROUPS for number in range(BLOCK)]
        pq.write_table(pa.Table.from_pylist(rows, MESSAGES.arrow), path, row_group_size=BLOCK)
    return folder


def row(month, group, number):
    told = f"{month}-{number // 1440 + 1:02} {number // 60 % 24:02}:{number % 60:02}"
    return {
        "platform": "wechat", "group_id": group, "message_id": f"{month}{group}{number}", "seq": 0, "sent_at": datetime.fromisoformat(f"{told}+08:00"),
        "local_time": datetime.fromisoformat(told), "time_quality": "exact", "sender_id": "wxid_1", "kind": "text", "text": "好", "source": "0" * 16,
    }  # fmt: skip


def read(snapshot, scope, where="TRUE"):
    """Files opened, rows that leave the reader, and bytes read when the texts of posts are counted."""
    query = f"SELECT COUNT(text), MAX(text) FROM posts WHERE {where}"
    with engines.connect(snapshot, scope, threads=1) as engine:
        engine.sql("SELECT * FROM posts LIMIT 0")  # makes the view
        engine._connection.execute("PRAGMA enable_profiling = 'json'")
        plan = json.loads(engine._connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {query}").fetchall()[0][1])
    (scan,) = [node for node in nodes(plan) if node.get("extra_info", {}).get("Function") == "READ_PARQUET"]
    return int(scan["extra_info"]["Total Files Read"]), scan["intermediate_rows"], plan["io"]["total_bytes_read"]


def nodes(plan):
    if isinstance(plan, dict):
        yield plan
    for branch in plan.values() if isinstance(plan, dict) else plan if isinstance(plan, list) else ():
        yield from nodes(branch)


@pytest.mark.parametrize(
    ("scope", "where", "files", "blocks"),
    [
        (Scope(), "TRUE", 3, 12),
        (Scope(until=datetime(2026, 4, 29)), "TRUE", 2, 8),
        (Scope(as_of=datetime(2026, 3, 10)), "TRUE", 1, 4),
        (Scope(groups=("b",)), "TRUE", 3, 3),
        (Scope(groups=("b", "d"), until=datetime(2026, 4, 29)), "TRUE", 2, 4),
        (Scope(), "local_time >= TIMESTAMP '2026-05-01'", 3, 4),
        (Scope(since=datetime(2026, 5, 1)), "in_window", 3, 4),
        (Scope(groups=("c",), since=datetime(2026, 5, 1)), "in_window", 3, 1),
    ],
    ids=["all", "until", "as-of", "group", "groups-until", "since", "window", "group-window"],
)  # fmt: skip
def test_only_what_the_filters_let_through_is_read(snapshot, scope, where, files, blocks):
    opened, rows, size = read(snapshot, scope, where)
    assert (opened, rows) == (files, blocks * BLOCK)
    whole = read(snapshot, Scope(until=datetime(2026, 6, 1)))  # which reads the times too
    assert blocks == 12 or size < 0.7 * whole[2]
