"""One function over many items, each a job of a cluster that sees the same files; on this machine `_pool.spread` does the same.

What is to be done and what comes of it are files in a folder that all of them see. Spark hears nothing but their names: what a worker reads of
chats, and what goes wrong with it, gets into no log, history or temporary file of Spark's.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from qunkit.engines._pool import Spread
from qunkit.engines._spark_package import ship
from qunkit.engines._spark_reasons import reason
from qunkit.engines._spark_session import opened
from qunkit.errors import NotOfWorkers, NotOnWorkers, WorkerLacks

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

S = TypeVar("S")
T = TypeVar("T")
_FUNCTION = "function"
_TOLD = "answer STRING, size BIGINT"
"""Of an item: the name of the file that holds what came of it, empty where the folder is not seen; and its size."""
_PATIENCE = 10.0
"""Seconds until jobs that are ended have ended."""
_FEWEST = 16
"""Jobs under way at once; twice as many as there are cores, if these are more. A cluster that grows by demand has to see some."""


@contextmanager
def spreading(url: str | None, threads: int | None = None) -> Iterator[Spread]:
    """`spread` on the cluster at `url` (None: this machine, with `threads` of its cores). Spark starts with the first use, and ends with the block."""
    with ExitStack() as stack:

        @cache
        def session() -> SparkSession:
            started = stack.enter_context(opened(url, threads=None if url else threads))
            ship(started)
            return started

        def spread_there(function: Callable[[S], T], items: Iterable[S], folder: Path) -> Generator[T, None, None]:
            return spread(session(), function, items, folder)

        yield spread_there


def spread(
    session: SparkSession, function: Callable[[S], T], items: Iterable[S], folder: Path
) -> Generator[T, None, None]:
    """`function` of each item, in order, worked out by the cluster of `session`, which has this package; see `_pool.Spread`.

    Where a task dies, Spark tries it anew: `function` may run several times for one item, even at once, and one of its answers counts.
    What it raises is raised here, with its traceback and without a second try.

    Raises:
        NotOnWorkers, NotOfWorkers: `folder` is not the same folder for a worker and for this machine.
        WorkerLacks, OtherPython: a worker's Python is not fit for it.
        SparkFailed: the cluster gave up.
    """
    from pyspark import cloudpickle

    folder = Path(tempfile.mkdtemp(prefix="spread-", dir=folder))
    _write(folder / _FUNCTION, cloudpickle.dumps(function))
    with _told(folder):
        cores = session.range(1 << 16).selectExpr("spark_partition_id() AS n").selectExpr("MAX(n) + 1").toArrow()[0][0]
    width = max(_FEWEST, 2 * cores.as_py())
    pool = ThreadPoolExecutor(width)
    jobs: list[Future[tuple[str, int]]] = []
    with _ended(session, pool, jobs):
        for number, item in enumerate(items):
            _write(folder / f"{number}.item", pickle.dumps(item))
            jobs.append(pool.submit(_asked, session, str(folder), number))
        for job in jobs:
            with _told(folder):
                answer, size = job.result()
            yield _outcome(folder, answer, size)


@contextmanager
def _ended(session: SparkSession, pool: ThreadPoolExecutor, jobs: list[Future[tuple[str, int]]]) -> Iterator[None]:
    """End the `jobs` that are under way when the block fails, and hear them out, if it does not take long.

    What their threads talk to may be killed next, and Spark would complain of that on stderr.
    """
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        Thread(target=_interrupt, args=(session, jobs), daemon=True).start()
        wait(jobs, _PATIENCE)
        raise
    pool.shutdown()


def _interrupt(session: SparkSession, jobs: list[Future[tuple[str, int]]]) -> None:
    """Until there is nothing left to end: a job may just have been about to begin. Spark may take a minute to answer, which nobody waits for."""
    while not all(job.done() for job in jobs):
        try:
            session.interruptAll()
        except Exception:  # the session is gone, and its jobs with it
            return
        time.sleep(0.1)


def _asked(session: SparkSession, folder: str, number: int) -> tuple[str, int]:
    """A job of one task."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for _ in batches:
            answer, size = _answered(folder, number)
            yield pa.RecordBatch.from_pydict({"answer": [answer], "size": [size]})

    [row] = session.range(0, 1, 1, 1).mapInArrow(task, _TOLD).toArrow().to_pylist()
    return row["answer"], row["size"]


def _answered(folder: str, number: int) -> tuple[str, int]:
    """On a worker: do what the folder says, and write what came of it there under a name of this attempt's own."""
    try:
        packed = [Path(folder, name).read_bytes() for name in (_FUNCTION, f"{number}.item")]
        descriptor, name = tempfile.mkstemp(prefix=f"{number}-", suffix=".answer", dir=folder)
    except OSError:
        return "", 0
    with os.fdopen(descriptor, "wb") as file:
        try:
            function, item = map(pickle.loads, packed)
            outcome = pickle.dumps((function(item), None))
        except Exception as error:
            outcome = pickle.dumps((None, (_portable(error), traceback.format_tb(error.__traceback__))))
        file.write(outcome)
    return os.path.basename(name), len(outcome)


def _portable(error: Exception) -> Exception:
    """What a worker lacks has a word of its own; what cannot be pickled is told by its kind."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return WorkerLacks(module=error.name)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(type(error).__qualname__)
    return error


class _RemoteTraceback(Exception):
    """Where a worker was; `cli.failures` shows the places of it."""


def _outcome(folder: Path, answer: str, size: int) -> Any:
    """What came of an item."""
    if not answer:
        raise NotOnWorkers(path=folder)
    try:
        packed = (folder / answer).read_bytes()
    except OSError:
        packed = b""
    if len(packed) != size:
        raise NotOfWorkers(path=folder)
    (folder / answer).unlink()
    value, failed = pickle.loads(packed)
    if failed:
        error, places = failed
        raise error from _RemoteTraceback("".join(places))
    return value


def _write(path: Path, packed: bytes) -> None:
    """A new file for the owner alone."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(packed)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What goes wrong in the cluster is told in words of ours."""
    try:
        yield
    except Exception as error:
        said = reason(error, folder)
        if said is error:
            raise
        raise said from error
