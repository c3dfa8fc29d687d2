"""Small clusters of Spark on this machine: a driver alone, a master with two workers, a Connect server.

Their Python does not see qunkit: it has to be sent.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from qunkit.engines._spark_session import opened

SERVER = os.environ.get("QUNKIT_SPARK_SERVER", sys.executable)
"""A Python with all of Spark, for the server that the thin client asks."""
_PATIENCE = 240.0
_MOMENT = 20.0
_SETTINGS = {
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
    "spark.executor.memory": "800m",
    "spark.driver.memory": "3g",
}
_ROOMY = _SETTINGS | {"spark.cores.max": "2"}
"""One core of each worker, so that there is room for a second driver."""


@contextmanager
def running(kind: str, folder: Path) -> Iterator[str]:
    """The address of a cluster of a `kind`: local, standalone or connect. A driver is up for the first two, and every question uses it."""
    with ExitStack() as stack:
        if kind == "connect":
            yield stack.enter_context(_connect_server(folder))
            return
        url = "local[2]"
        if kind == "standalone":
            url = stack.enter_context(standalone(folder, _ROOMY, workers=2, cores=2))
        else:
            stack.enter_context(_environment(_configured(folder, _SETTINGS)))
        stack.enter_context(opened(url))
        yield url


def left(session: int) -> list[str]:
    """Processes of a session that stay, but for those of which nothing is left but that nobody asked how they ended.

    Python of a driver ends when it finds that Java has: on a busy machine that is a moment later.
    """
    end = time.monotonic() + _MOMENT
    while (found := list(_of(session))) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _of(session: int) -> Iterator[str]:
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            status, _, _, of_session, *_ = file.read_text().rpartition(")")[2].split()
            if of_session == str(session) and status != "Z":
                yield file.read_text()


@contextmanager
def standalone(folder: Path, settings: Mapping[str, str], workers: int, cores: int) -> Iterator[str]:
    """The address of a master with so many workers, each with so many cores; drivers of this process have the `settings`."""
    environ = _configured(folder, settings)
    environ |= {"PYSPARK_PYTHON": str(_bare_python(folder, Path(sys.executable))), "SPARK_LOCAL_IP": "127.0.0.1"}
    port = _free_port()
    url = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    master = [f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = [f"{deploy}.worker.Worker", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0", "--cores", str(cores), "--memory", "2g"]  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(_java(["spark-class", *master], folder / "master.log", environ))
        _wait_for(port)
        for n in range(workers):
            command = ["spark-class", *worker, "--work-dir", str(folder / f"worker{n}"), url]
            stack.enter_context(_java(command, folder / f"worker{n}.log", environ))
        stack.enter_context(_environment(environ))
        yield url


def _configured(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of programs that have the `settings`."""
    conf = folder / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
    return {"SPARK_CONF_DIR": str(conf)}


@contextmanager
def _connect_server(folder: Path) -> Iterator[str]:
    port = _free_port()
    settings = _SETTINGS | {
        "spark.master": "local[2]",
        "spark.driver.memory": "2g",
        "spark.local.dir": str(folder),
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
    }
    told = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    command = ["spark-submit", *told, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]  # fmt: skip
    environ = {"PYSPARK_PYTHON": str(_bare_python(folder, Path(SERVER))), "SPARK_LOCAL_IP": "127.0.0.1"}
    with _java(command, folder / "connect.log", environ):
        _wait_for(port)
        yield f"sc://127.0.0.1:{port}"


@contextmanager
def _java(command: list[str], log: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """One of Spark's own programs, until the block ends."""
    home = _ask(SERVER, "import pyspark; print(pyspark.__path__[0])")
    with open(log, "wb") as out:
        program = [f"{home}/bin/{command[0]}", *command[1:]]
        process = subprocess.Popen(program, stdout=out, stderr=out, env={**os.environ, **environ}, cwd=log.parent)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _bare_python(folder: Path, python: Path) -> Path:
    """A Python with the packages of another, but without those that are installed as links to their source: qunkit."""
    packages = _ask(str(python), "import sysconfig; print(sysconfig.get_path('purelib'))")
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{packages}:$PYTHONPATH" exec {python} -S "$@"\n')
    script.chmod(0o755)
    return script


def _ask(python: str, code: str) -> str:
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
