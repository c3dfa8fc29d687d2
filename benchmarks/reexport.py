"""A later export of a known chat, two thirds of which are known: its ingest against a bare anti-join and write of the same rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import exports
from asked import Asked, Row
from exports import Chat
from process import best, measured

FORMAT = "chatlab_jsonl"


def rows(asked: Asked) -> list[Row]:
    """One row: 15 % of the chat again, of which the last third is new."""
    whole = asked.messages + asked.messages // 20
    before = exports.made(Chat(whole, 0, 0, asked.messages), [FORMAT])[FORMAT]
    again = exports.made(Chat(whole, 0, asked.messages - asked.messages // 10, whole), [FORMAT])[FORMAT]
    known = exports.CACHE / f"{asked.messages}" / "known"
    if not known.exists():
        measured("ingest.whole", before, known, asked.messages)
    out = exports.CACHE / "out"
    took = best(
        asked.rounds,
        {
            "bare": partial(measured, "reexport.bare", known, again, out),
            "ingest": partial(measured, "reexport.ingested", known, again, out, whole - asked.messages),
        },
    )
    shutil.rmtree(out)
    bare, ingest = took["bare"], took["ingest"]
    return [
        {
            "known": asked.messages,
            "exported again": whole - asked.messages + asked.messages // 10,
            "of which new": whole - asked.messages,
            "bare, s": bare.seconds,
            "ingest, s": ingest.seconds,
            "÷ bare": ingest.seconds / bare.seconds,
            "CPU ÷ bare's": ingest.cpu / bare.cpu,
            "peak MB": ingest.peak,
        }
    ]


def bare(known: str, again: str, out: str) -> Callable[[], None]:
    """DuckDB reads the new export, keeps what the dataset lacks, and writes the months that change."""
    import duckdb

    shutil.rmtree(out, ignore_errors=True)
    Path(out).mkdir()
    parts = str(next(Path(known).glob("v*")) / "messages/*/*.parquet")
    month = "strftime(local_time, '%Y-%m')"

    def work() -> None:
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'Asia/Shanghai'; SET enable_progress_bar = false")
        connection.execute(
            f"""CREATE TABLE fresh AS SELECT sender, accountName, CAST(to_timestamp(timestamp) AS TIMESTAMP) AS local_time, type, content, platformMessageId
            FROM read_json('{again}', format = 'newline_delimited', ignore_errors = true, columns = {{_type: 'VARCHAR', sender: 'VARCHAR',
              accountName: 'VARCHAR', timestamp: 'BIGINT', type: 'INTEGER', content: 'VARCHAR', platformMessageId: 'VARCHAR'}}) f
            WHERE _type = 'message' AND NOT EXISTS (SELECT 1 FROM read_parquet('{parts}') m WHERE m.native_id = f.platformMessageId)"""
        )
        connection.execute(
            f"""COPY (SELECT *, {month} AS month FROM (
              SELECT sender_id, sender_name, local_time, kind, text, native_id FROM read_parquet('{parts}', hive_partitioning = false)
              WHERE {month} IN (SELECT {month} FROM fresh)
              UNION ALL SELECT sender, accountName, local_time, CAST(type AS VARCHAR), content, platformMessageId FROM fresh) ORDER BY local_time)
            TO '{out}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month), OVERWRITE_OR_IGNORE)"""
        )

    return work


def ingested(known: str, again: str, out: str, new: int) -> Callable[[], None]:
    """`qunkit ingest` into a copy of the dataset."""
    from qunkit.ingest.run import ingest

    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(known, out)

    def work() -> None:
        summary = ingest([again], Path(out))
        if summary.code or summary.files[0].new != new:
            raise RuntimeError(f"not what was new went in: {summary.files}")

    return work
