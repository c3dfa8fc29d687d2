"""One function over many tables, in this process or in a pool of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qunkit.errors import OutOfResources
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa


def run(
    function: Callable[[pa.Table], pa.Table], tables: Iterable[pa.Table], workers: int, *, large: bool
) -> list[pa.Table]:
    """`function` of each table, in order; `large` work goes to a pool of `workers` spawned processes.

    Spawned, not forked: a fork of a process with threads (DuckDB's, Arrow's) can hang. So `function` must be importable, and
    a script that calls this needs the usual ``if __name__ == "__main__"``.

    Raises:
        OutOfResources: a worker was killed, for want of memory as a rule.
    """
    if not large or workers < 2:
        return [function(table) for table in tables]

    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            jobs = [pool.submit(_answer, function, _pack(table)) for table in tables]
            return [_unpack(job.result()) for job in jobs]
    except BrokenProcessPool as broken:
        raise OutOfResources(what=Text("memory", "内存")) from broken


def _answer(function: Callable[[pa.Table], pa.Table], packed: bytes) -> bytes:
    return _pack(function(_unpack(packed)))


def _pack(table: pa.Table) -> bytes:
    """An Arrow stream: pickle would send the whole buffers of a slice."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _unpack(packed: bytes) -> pa.Table:
    import pyarrow as pa

    return pa.ipc.open_stream(packed).read_all()
