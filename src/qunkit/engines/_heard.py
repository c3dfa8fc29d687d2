"""Waiting for DuckDB so that Ctrl-C and SIGTERM are heard: while it works, the thread that called it hears nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

T = TypeVar("T")


def heard(connection: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """What `work` gives, done in a thread of its own; if the waiting is cut short, the query on `connection` is too."""
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(work)
        try:
            return job.result()
        finally:
            while not job.done():  # DuckDB forgets an interruption that comes just before a query begins
                connection.interrupt()
                wait([job], 0.1)


def batches(connection: duckdb.DuckDBPyConnection, reader: Any) -> Iterator[pa.RecordBatch]:
    """The batches of a result of `connection`, each of them waited for like this."""
    while True:
        batch = heard(connection, lambda: next(reader, None))
        if batch is None:
            return
        yield batch
