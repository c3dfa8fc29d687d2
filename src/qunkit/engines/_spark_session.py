"""A session of Spark for one question: by Spark Connect (``sc://``), or a driver of our own that uses a cluster or this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qunkit import scratch
from qunkit.errors import BadOption, NoJava, NoSparkWorkers, SparkMissing, SparkUnreachable, UsageError
from qunkit.words import Text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONNECT_PORT = 15002
_PATIENCE = 5.0
"""Seconds for a server to answer: Spark itself would try for minutes."""
_WORKERS_PATIENCE = 60.0
"""Seconds for a master to give the first worker; without one Spark waits for ever."""
_URLS = Text("sc://host[:port], spark://host:port or local[N]", "sc://host[:port]、spark://host:port 或 local[N]")
_LIMITS = Text(
    "--memory-limit and --threads say nothing to a Connect server: its own settings count.",
    "--memory-limit 和 --threads 对 Connect 服务器无效：以服务器自身的设置为准。",
)


@contextmanager
def opened(url: str | None, *, memory_limit: str | None = None, threads: int | None = None) -> Iterator[SparkSession]:
    """A session at `url` (None: this machine, with `threads` of its cores) that is nobody else's; what was started for it ends with it.

    `memory_limit` is the driver's on this machine, a worker's on a cluster. A driver that runs already, a notebook's, is used and goes on.

    Raises:
        BadOption, UsageError: no such URL, or limits that a server does not hear of.
        SparkMissing, NoJava: nothing to start it with.
        SparkUnreachable, NoSparkWorkers: nobody answers.
    """
    url = url or f"local[{threads or '*'}]"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"pyspark\.")
        if url.startswith("sc://"):
            if memory_limit or threads:
                raise UsageError(what=_LIMITS)
            with _served(url) as session:
                yield session
        elif url.startswith(("spark://", "local")):
            with _driven(url, memory_limit) as session:
                yield session
        else:
            raise BadOption(option="--spark-url", value=_shown(url), expected=_URLS)


def is_remote(session: SparkSession) -> bool:
    """Whether it is one of Spark Connect."""
    return type(session).__module__.startswith("pyspark.sql.connect.")


@contextmanager
def _served(url: str) -> Iterator[SparkSession]:
    _must_have(("grpc", "grpc_status", "pyspark"), "spark")
    _must_answer(url, CONNECT_PORT)
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from pyspark.errors import PySparkException
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession as Remote

    try:
        session = Remote.builder.remote(url).create()
        session.client.set_retry_policies([DefaultPolicy(max_retries=6)])  # a minute; by itself, ten
        session.version  # noqa: B018 (asks the server)
    except PySparkException as error:
        raise SparkUnreachable(address=_shown(url), why=error.getCondition() or type(error).__name__) from error
    try:
        yield session
    finally:
        with suppress(PySparkException):  # the server may be gone, with it the session
            session.stop()


@contextmanager
def _driven(url: str, memory_limit: str | None) -> Iterator[SparkSession]:
    _must_have(("py4j", "pyspark"), "spark-local")
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context:
        yield SparkSession.builder.getOrCreate().newSession()
        return
    if not url.startswith("local"):
        _must_answer(url, None)
    with scratch.Folder() as folder, _started(_settings(url, memory_limit, folder), url) as context:
        _must_work(context, url)
        yield SparkSession(context)


def _settings(url: str, memory_limit: str | None, folder: str) -> dict[str, str]:
    """What a driver of our own is told before it starts; the rest is Spark's, or of the machine's ``spark-defaults.conf``."""
    settings = {
        "spark.master": url,
        "spark.app.name": "qunkit",
        "spark.ui.enabled": "false",  # a port open to all that shows queries
        "spark.local.dir": folder,  # what is spilt is private
        "spark.sql.warehouse.dir": folder,
        "spark.driver.maxResultSize": "0",
    }
    if url.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if memory_limit:
        whose = "driver" if url.startswith("local") else "executor"
        settings[f"spark.{whose}.memory"] = memory_limit.lower().removesuffix("b").removesuffix("i")
    return settings


@contextmanager
def _started(settings: dict[str, str], url: str) -> Iterator[Any]:
    """A driver whose Java says nothing: what it logs may quote messages."""
    from pyspark import SparkConf
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    if not _java():
        raise NoJava()
    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    heard = signal.getsignal(signal.SIGINT)
    try:
        gateway = launch_gateway(conf, {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL})
    except PySparkRuntimeError as error:
        raise NoJava() from error
    try:
        context = _context(conf, gateway, url)
        with suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGINT, heard)  # Ctrl-C stays ours
        if url.startswith("local"):
            context.pythonExec = sys.executable
        try:
            yield context
        except Exception:
            context.stop()
            raise
        context.stop()
    except BaseException as error:
        if not isinstance(error, Exception):  # a signal came: nobody waits until a cluster has taken leave
            gateway.proc.kill()
        raise
    finally:
        _end(gateway)


def _context(conf: Any, gateway: Any, url: str) -> Any:
    from py4j.protocol import Py4JError
    from pyspark import SparkContext

    try:
        context = SparkContext(conf=conf, gateway=gateway)
    except Py4JError as error:
        raise SparkUnreachable(address=_shown(url), why=type(error).__name__) from error
    if server := getattr(context, "_accumulatorServer", None):
        server.handle_error = lambda *_: None  # it writes to stderr that Java is gone, which is ours to say
    return context


def _end(gateway: Any) -> None:
    """Let the Java process go, and wait until it is gone: it empties its folder as it ends."""
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None  # the next driver starts anew
    with suppress(Exception):  # it may be gone
        gateway.shutdown()
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(20)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


def _must_have(modules: tuple[str, ...], extra: str) -> None:
    missing = next((module for module in modules if find_spec(module) is None), None)
    if missing:
        raise SparkMissing(module=missing, extra=extra)
    from pyspark.logger import PySparkLogger

    # it writes every complaint with its query to stderr
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    PySparkLogger.getLogger().addFilter(_is_not_py4js)


def _is_not_py4js(record: Any) -> bool:
    """py4j's complaints go to the root of all loggers, and so to stderr, with what Java said."""
    return f"{os.sep}py4j{os.sep}" not in record.pathname


def _must_answer(url: str, port: int | None) -> None:
    """A master may be several: one is enough."""
    why: object = "?"
    for one in urlsplit(url).netloc.split(","):
        try:
            at = urlsplit(f"//{one}")
            address = (at.hostname or "", at.port or port or 7077)
        except ValueError:
            raise BadOption(option="--spark-url", value=_shown(url), expected=_URLS) from None
        try:
            with socket.create_connection(address, _PATIENCE):
                return
        except OSError as error:
            why = error.strerror or type(error).__name__
    raise SparkUnreachable(address=_shown(url), why=why)


def _must_work(context: Any, url: str) -> None:
    """Wait for the first worker of a cluster: a master without one lets everybody wait."""
    if url.startswith("local"):
        return
    end = time.monotonic() + _WORKERS_PATIENCE
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # the driver is one
        if time.monotonic() > end:
            raise NoSparkWorkers(address=_shown(url), seconds=int(_WORKERS_PATIENCE))
        time.sleep(0.2)


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which(os.path.join(home, "bin", "java")) if home else shutil.which("java")


def _shown(url: str) -> str:
    """The URL without what follows the address, which may be a secret."""
    return url.partition("/;")[0].partition(";")[0]
