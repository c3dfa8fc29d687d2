"""One function over many tables, in this process or in a pool of them."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from qunkit.errors import OutOfResources
from qunkit.words import Text

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    import pyarrow as pa

S = TypeVar("S")
T = TypeVar("T")


class Spread(Protocol):
    """`function` of each item, in order, in several processes, here or elsewhere.

    `folder` is for what is needed meanwhile; those who make it clear it up.
    """

    def __call__(self, function: Callable[[S], T], items: Iterable[S], folder: Path) -> Generator[T, None, None]: ...


class Workers:
    """Processes that do one piece of work after the other until they are let go: each takes a second to start, and that is more than most work.

    Spawned, not forked: a fork of a process with threads (DuckDB's, Arrow's) can hang. So a function must be importable.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._many = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._let_go(wait=error is None)

    def processed(
        self, function: Callable[[pa.Table], pa.Table], tables: Iterable[pa.Table], workers: int
    ) -> Iterator[pa.Table]:
        """`function` of each table, in order, by so many processes.

        Raises:
            OutOfResources: a worker was killed, for want of memory as a rule.
        """
        return map(_unpack, self.spread(partial(_answer, function), map(_pack, tables), workers))

    def spread(self, function: Callable[[S], T], items: Iterable[S], workers: int) -> Generator[T, None, None]:
        """The same of anything that can be pickled; `items` are taken as they are needed."""
        if workers != self._many:
            self._let_go(wait=True)
        self._pool, self._many = self._pool or _started(workers), workers
        done = False
        try:
            with _told():
                yield from _in_turn(self._pool, function, items, workers)
            done = True
        finally:
            if not done:  # nobody waits for what is under way, or it is broken
                self._let_go(wait=False)

    def _let_go(self, *, wait: bool) -> None:
        if self._pool:
            self._pool.shutdown(wait, cancel_futures=True)
        self._pool = None


def each(function: Callable[[pa.Table], T], tables: Iterable[pa.Table], workers: int, *, large: bool) -> Iterator[T]:
    """`function` of each table, in order, in a pool of processes, or in this one if it is not worth that."""
    if not large or workers < 2:
        return map(function, tables)
    return spread(partial(_heard, function), map(_pack, tables), workers)


def spread(function: Callable[[S], T], items: Iterable[S], workers: int) -> Generator[T, None, None]:
    """The same of anything that can be pickled; `items` are taken as they are needed.

    Raises:
        OutOfResources: a worker was killed, for want of memory as a rule.
    """
    return _spread(function, items, workers, patient=True)


def _spread(function: Callable[[S], T], items: Iterable[S], workers: int, *, patient: bool) -> Generator[T, None, None]:
    with _pool(workers, patient=patient) as pool:
        yield from _in_turn(pool, function, items, workers)


def _in_turn(
    pool: ProcessPoolExecutor, function: Callable[[S], T], items: Iterable[S], workers: int
) -> Generator[T, None, None]:
    """No more is under way than keeps all workers busy."""
    jobs: deque[Future[T]] = deque()
    for item in items:
        jobs.append(_submit(pool, function, item))
        if len(jobs) > 2 * workers:
            yield jobs.popleft().result()
    while jobs:
        yield jobs.popleft().result()


def threaded(function: Callable[[pa.Table], pa.Table], tables: Iterable[pa.Table], workers: int) -> Iterator[pa.Table]:
    """The same of arithmetic on whole columns, in threads of this process: NumPy and Arrow let go of the interpreter for most of it.

    No more than a few tables are held at a time. Nobody waits for what is not asked for any more: a thread cannot be stopped, and Ctrl-C is not for later.
    """
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(workers)
    try:
        jobs: deque[Future[pa.Table]] = deque()
        for table in tables:
            jobs.append(pool.submit(function, table))
            if len(jobs) > workers:
                yield jobs.popleft().result()
        while jobs:
            yield jobs.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _pool(workers: int, *, patient: bool) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the block, or with this process; what is not begun when the block fails is not begun at all, and who is not `patient` leaves the rest to itself."""
    pool = _started(workers)
    wait = True
    try:
        with _told():
            yield pool
    except BaseException:
        wait = patient
        raise
    finally:
        pool.shutdown(wait, cancel_futures=True)


def _started(workers: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_follow)


@contextmanager
def _told() -> Iterator[None]:
    """A worker that was killed is told in words of ours."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        yield
    except BrokenProcessPool as broken:
        raise OutOfResources(what=Text("memory", "内存")) from broken


def _submit(pool: ProcessPoolExecutor, work: Callable[[S], T], item: S) -> Future[T]:
    """A worker that is started for this does not run the caller's script, which might have no ``if __name__ == "__main__"``."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        return pool.submit(work, item)
    finally:
        sys.modules["__main__"] = script


def _follow() -> None:
    """In a worker: Ctrl-C is for who started it to hear, and it does not outlive them, however they end."""
    from multiprocessing import parent_process
    from threading import Thread

    def wait() -> None:
        if parent := parent_process():
            parent.join()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=wait, daemon=True).start()


def _heard(function: Callable[[pa.Table], T], packed: bytes) -> T:
    return function(_unpack(packed))


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
