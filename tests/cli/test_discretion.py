"""What is private stays so: files for their owner alone whatever the umask, no core dumps, and no text, name or id of a chat in an error, a
traceback or a warning, wherever it is raised.
"""

from __future__ import annotations

import os
import resource
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

World = Callable[[], Path]
CANARY = "canary-薄荷-wxid_mint0001"


def python(folder: Path, code: str, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The program on the command line `args`, after some code that breaks it."""
    surroundings = {
        "QUNKIT_DATA": "data",
        "QUNKIT_KEY": str(folder / "key"),
        "PATH": os.defpath,
        "CANARY": CANARY,
        **variables,
    }
    words = [sys.executable, "-c", code + START, *args]
    return subprocess.run(words, cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)  # fmt: skip


START = "\nfrom qunkit.cli.main import main\nif __name__ == '__main__':\n    main()\n"
BEGIN = "import os\nC = os.environ['CANARY']\n"
BROKEN_ANSWERS = {
    "message": "raise ValueError(C)",
    "cause": "raise RuntimeError(C) from KeyError(C)",
    "context": "try:\n        {}[C]\n    except KeyError:\n        raise LookupError(C)",
    "group": "raise ExceptionGroup(C, [ValueError(C), TypeError(C)])",
    "note": "error = ValueError(C); error.add_note(C); raise error",
    "syntax": "compile('x = (' + C, C, 'exec')",
    "unicode": "C.encode('ascii')",
    "number": "int(C)",
    "arrow": "import pyarrow as pa; pa.array([C]).cast(pa.int64())",
    "duckdb": "import duckdb; duckdb.sql(\"SELECT CAST('\" + C + \"' AS INTEGER)\").fetchall()",
    "pandas": "import pandas as pd; pd.to_datetime(pd.Series([C]))",
    "oserror": "raise OSError(C)",
    "thread": "import threading; t = threading.Thread(target=int, args=(C,)); t.start(); t.join(); raise ValueError(C)",
    "destructor": "class X:\n        def __del__(self): raise ValueError(C)\n    X(); raise ValueError(C)",
    "warning": "import warnings; warnings.warn(C); raise ValueError(C)",
    "exits": "raise SystemExit(C)",
}  # fmt: skip


def analysis(code: str) -> str:
    """Code that breaks the answer of `qunkit groups`, wherever it comes from: the one call that every answer goes through."""
    return f"{BEGIN}from qunkit import api\ndef broken(*_, **__):\n    {code}\napi.Dataset.analyze = broken\n"


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["plain", "debug"])
@pytest.mark.parametrize("kind", BROKEN_ANSWERS)
def test_a_bug_tells_its_place_and_no_value(template: Path, kind: str, debug: list[str]) -> None:
    ran = python(template, analysis(BROKEN_ANSWERS[kind]), "groups", *debug)
    assert (ran.returncode, ran.stdout) == (70, "")
    assert "canary" not in ran.stderr
    assert "薄荷" not in ran.stderr
    assert "Internal error: " in ran.stderr
    assert (" at qunkit.cli.answer:" in ran.stderr) or kind in ("exits",)
    assert ("File " in ran.stderr) == bool(debug)


def test_a_warning_is_not_shown_and_breaks_nothing(template: Path) -> None:
    code = "import warnings\nfrom qunkit import api\nold = api.Dataset.analyze\ndef f(*a, **k):\n    warnings.warn(C); return old(*a, **k)\napi.Dataset.analyze = f\n"
    quiet = python(template, BEGIN + code, "groups")
    assert (quiet.returncode, quiet.stderr) == (0, "")
    shown = python(template, BEGIN + code, "groups", PYTHONWARNINGS="always")
    assert (shown.returncode, shown.stderr) == (0, "")


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["plain", "debug"])
@pytest.mark.parametrize(
    ("module", "function", "args"),
    [
        ("qunkit.formats.chatlog_csv", "read", ["ingest", "known.csv", "--data", "other"]),
        ("qunkit.formats.chatlog_csv", "sniff", ["ingest", "known.csv", "--data", "other"]),
        ("qunkit.ingest.store", "commit", ["ingest", "known.csv", "--data", "other"]),
        ("qunkit.renderers.tsv", "write", ["groups"]),
        ("qunkit.renderers.markdown", "write", ["report"]),
        ("qunkit.cli.stream", "as_result", ["messages"]),
    ],
)
def test_a_bug_anywhere(world: World, module: str, function: str, args: list[str], debug: list[str]) -> None:
    folder = world()
    code = f"import {module} as broken\ndef fail(*_, **__):\n    raise ValueError(C) from TypeError(C)\nbroken.{function} = fail\n"
    ran = python(folder, BEGIN + code, *args, *debug)
    assert ran.returncode == 70, ran.stderr
    assert "canary" not in ran.stdout + ran.stderr
    assert "ValueError" in ran.stderr or "bug" in ran.stderr
    assert not (folder / "other").exists()


WORKER = """
import pyarrow as pa

def spoilt(table):
    import os, warnings
    warnings.warn(os.environ["CANARY"])
    raise ValueError(os.environ["CANARY"])
"""
IN_A_POOL = """
import sys
sys.path.insert(0, ".")
import pyarrow as pa
from spoilt import spoilt
from qunkit import api
from qunkit.engines import _pool

def pooled(*_, **__):
    tables = [pa.table({"n": [1]})] * 2
    with _pool.Workers() as crew:
        return list(crew.processed(spoilt, tables, 2))

api.Dataset.analyze = pooled
"""


def test_a_worker_tells_no_value(world: World) -> None:
    folder = world()
    (folder / "spoilt.py").write_text(WORKER, "utf-8")
    for debug in ([], ["--debug"]):
        ran = python(folder, IN_A_POOL, "groups", *debug)
        assert (ran.returncode, ran.stdout) == (70, "")
        assert "Internal error: ValueError at qunkit." in ran.stderr
        assert "canary" not in ran.stderr
        assert ("spoilt.py" in ran.stderr) == bool(debug)


def test_duckdb_does_not_quote_what_it_reads(world: World) -> None:
    """Its words hold the value that it could not convert, and a Parquet file's damaged bytes."""
    folder = world()
    code = f'{BEGIN}from qunkit.engines.duckdb import Engine\nold = Engine.sql\nEngine.sql = lambda self, text, **params: old(self, "SELECT CAST(\'" + C + "\' AS DATE)")\n'
    for debug in ([], ["--debug"]):
        ran = python(folder, code, "groups", *debug)
        assert ran.returncode == 70
        assert "canary" not in ran.stderr
        assert "ConversionException" in ran.stderr


def test_a_streamed_error_of_duckdb_is_not_quoted(template: Path) -> None:
    from qunkit.dataset import Scope
    from qunkit.engines.duckdb import connect
    from qunkit.errors import QunkitError
    from qunkit.ingest.store import open_snapshot

    with open_snapshot(template / "data") as snapshot, connect(snapshot.path, Scope()) as engine:
        text = f"SELECT CAST(CASE WHEN n < 100000 THEN '1' ELSE '{CANARY}' END AS INTEGER) FROM (SELECT unnest(range(200000)) AS n)"
        with pytest.raises(QunkitError) as caught:
            for _ in engine.stream(text):
                pass
        assert CANARY not in str(caught.value)


def test_a_query_of_ones_own_is_told_duckdbs_words_but_no_value(template: Path) -> None:
    """Its complaints about the query stand as they are; what the query met is left out."""
    told = {
        "SELECT CAST(text AS INTEGER) FROM messages WHERE length(text) > 3": "DuckDB says Conversion Error",
        "SELECT strptime(text, '%Y') FROM messages": "DuckDB says Invalid Input Error",
        "SELECT nonsense FROM messages": 'Referenced column "nonsense" not found',
    }
    for select, says in told.items():
        ran = python(template, "", "sql", select)
        assert (ran.returncode, ran.stdout) == (2, "") or ran.stdout.count("\n") == 1
        assert says in ran.stderr
        assert not any(name in ran.stderr for name in ("凯文", "欢迎"))


# -- files and cores -----------------------------------------------------------------------------------------------------
def open_to_others(folder: Path) -> list[str]:
    """Files and folders that others than the owner may look at."""
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if stat.S_IMODE(path.lstat().st_mode) & 0o077]


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_whatever_is_written_is_the_owners_alone(template: Path, tmp_path: Path, umask: int) -> None:
    export, roster = template / "known.csv", template / "members.json"
    lines = [
        f"ingest {export} --data data",
        f"roster {roster} --data data",
        "groups --data data -o groups.csv",
        "report --data data -o report.md",
        "messages --data data --format jsonl -o messages",
        "demo demo --groups 1 --weeks 1",
    ]
    for line in lines:
        command = f"umask {umask:03o}; exec {sys.executable} -m qunkit {line}"
        done = subprocess.run(["/bin/bash", "-c", command], cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, timeout=60, check=False)  # fmt: skip
        assert done.returncode in (0, 3), done.stderr
    assert len(list(tmp_path.rglob("*"))) > 20
    assert open_to_others(tmp_path) == []


def test_the_library_keeps_the_dataset_and_the_key_to_the_owner(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing changes the umask."""
    from qunkit.api import open_dataset
    from qunkit.privacy import load_key

    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings" / "key"))
    before = os.umask(0)
    try:
        open_dataset(tmp_path / "data").ingest(template / "known.csv")
        load_key(create=True)
    finally:
        os.umask(before)
    assert (tmp_path / "settings" / "key").exists()
    assert open_to_others(tmp_path) == []


def test_no_core_is_dumped(tmp_path: Path) -> None:
    code = "from qunkit.cli import streams; streams.prepare(); import os; os.abort()"
    bash = f"ulimit -c unlimited 2>/dev/null; {shlex.join([sys.executable, '-c', code])}; echo $?"
    done = subprocess.run(["/bin/bash", "-c", bash], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "134\n"
    assert list(tmp_path.iterdir()) == []


def test_no_worker_may_dump_a_core(tmp_path: Path) -> None:
    code = "from qunkit.cli import streams; streams.prepare(); import subprocess, sys; subprocess.run([sys.executable, '-c', 'import resource; print(resource.getrlimit(resource.RLIMIT_CORE))'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    assert done.stdout in ("(1, 1)\n", "(0, 0)\n" if most == 0 else "(1, 1)\n")
