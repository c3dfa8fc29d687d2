"""Nothing leaves the machine, and no answer depends on when it is asked: no module of the network, no extension that DuckDB would fetch, no clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import qunkit

SOURCE = Path(qunkit.__file__).parent
NETWORK = ("aiohttp", "asyncio", "ftplib", "grpc", "http", "httpx", "imaplib", "nntplib", "paramiko", "poplib", "requests", "smtplib",
           "socket", "socketserver", "ssl", "telnetlib", "urllib.error", "urllib.request", "urllib3", "webbrowser", "websockets", "xmlrpc")  # fmt: skip
CLOCK = {
    "datetime": ("now", "today", "utcnow"),
    "date": ("today",),
    "Timestamp": ("now", "today", "utcnow"),
    "time": ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"),
    "uuid": ("uuid1", "uuid4"),
    "random": ("random", "choice", "randrange", "randint", "shuffle", "sample"),
    "os": ("urandom", "getrandom", "times"),
    "secrets": ("token_bytes", "token_hex", "token_urlsafe", "choice"),
}
"""Where "now" and chance come from. `time.monotonic` only measures how long something takes."""
ALLOWED = {
    "privacy.py": "the key is made of chance",
    "scratch.py": "asks how old a folder is that a killed run left",
    "ingest/locks.py": "the lock says to people since when it is held",
    "engines/_spark_session.py": "asks whether the cluster that the user named answers, before Spark waits for minutes",
}
EXTENSIONS = ("autoinstall_known_extensions", "autoload_known_extensions")


def faults(tree: ast.AST) -> Iterator[str]:
    """What in a module reaches the network, a clock or chance."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"{node.lineno}: {name.name}" for name in names if _of_network(name.name))
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found = [module, *(f"{module}.{name.name}" for name in names)]
                yield from (
                    f"{node.lineno}: {name}"
                    for name in found[: 1 if _of_network(module) else None]
                    if _of_network(name)
                )
                yield from (
                    f"{node.lineno}: {module}.{name.name}" for name in names if name.name in CLOCK.get(module, ())
                )
            case ast.Attribute(value=ast.Name(id=base) | ast.Attribute(attr=base), attr=attr) if attr in CLOCK.get(
                base, ()
            ):
                yield f"{node.lineno}: {base}.{attr}"
            case ast.Call(func=ast.Name(id="Random") | ast.Attribute(attr="Random"), args=[]):
                yield f"{node.lineno}: Random without a seed"


def _of_network(module: str) -> bool:
    return any(module == name or module.startswith(name + ".") for name in NETWORK)


def connections(tree: ast.Module) -> Iterator[bool]:
    """Whether each `duckdb.connect` of a module forbids extensions to be fetched."""
    imported = any(
        isinstance(node, ast.Import) and "duckdb" in {name.name for name in node.names} for node in ast.walk(tree)
    )
    forbidden = [
        {key.value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and value.value is False}
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
    ]  # fmt: skip
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="duckdb"), attr="connect"), keywords=keywords) if (
                imported
            ):
                yield any({*EXTENSIONS} <= keys for keys in forbidden) and "config" in {word.arg for word in keywords}


MODULES = {path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))}


@pytest.mark.parametrize("name", MODULES)
def test_no_network_no_clock_no_chance(name: str) -> None:
    found = list(faults(ast.parse(MODULES[name].read_text(encoding="utf-8"))))
    assert name in ALLOWED or found == []


def test_what_is_allowed_is_needed() -> None:
    assert all(list(faults(ast.parse(MODULES[name].read_text(encoding="utf-8")))) for name in ALLOWED)


def test_duckdb_fetches_nothing() -> None:
    told = {name: list(connections(ast.parse(path.read_text(encoding="utf-8")))) for name, path in MODULES.items()}
    assert len([name for name, found in told.items() if found]) >= 2
    assert [name for name, found in told.items() if not all(found)] == []


@pytest.mark.parametrize(
    "code",
    [
        "import socket",
        "import http.client",
        "from urllib import request",
        "from urllib.request import urlopen",
        "def f():\n    import asyncio",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.date.today()",
        "import time\ntime.time()",
        "from time import time",
        "import pandas as pd\npd.Timestamp.now()",
        "from random import Random\nRandom()",
        "import os\nos.urandom(3)",
    ],
)
def test_it_bites(code: str) -> None:
    assert len(list(faults(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from urllib.parse import urlsplit",
        "import time\ntime.monotonic()",
        "from random import Random\nRandom(3)",
        "from datetime import time\nthe.time(3)",
        "import httpish",
    ],
)
def test_it_bites_nothing_else(code: str) -> None:
    assert list(faults(ast.parse(code))) == []


def test_it_sees_connections() -> None:
    assert list(connections(ast.parse("import duckdb\nduckdb.connect()"))) == [False]
    assert list(connections(ast.parse("import duckdb\nduckdb.connect(config={'a': 1})"))) == [False]
    config = dict.fromkeys(EXTENSIONS, False)
    assert list(connections(ast.parse(f"import duckdb\nduckdb.connect(config={config})"))) == [True]
