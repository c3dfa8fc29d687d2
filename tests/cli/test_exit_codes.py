"""Every exit code is reached by a command line, and means what `errors.CODES` says; of several files, the worst counts."""

from __future__ import annotations

import fcntl
import itertools
import json
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qunkit import errors
from qunkit.errors import CODES, WORST_FIRST, QunkitError, worst
from support.needs import ORDINARY
from support.worlds import STOPPER, bash

World = Callable[[], Path]
Q = f"{shlex.quote(sys.executable)} -m qunkit"
BROKEN = "from qunkit import api; api.Dataset.analyze = None; from qunkit.cli.main import main; main()"


def part(folder: Path, pattern: str) -> Path:
    return max((folder / "data").glob(pattern))  # of the newest snapshot


def damage(folder: Path) -> None:
    """Cut a part."""
    file = part(folder, "v*/messages/*/*.parquet")
    file.write_bytes(file.read_bytes()[:-9])


def flip(folder: Path) -> None:
    """Change a byte, so that only its sha256 tells."""
    file = part(folder, "v*/ledger/*.parquet")
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(bytes(body))


def lock(folder: Path) -> None:
    """Hold the writer's lock, as another process would, as long as this one lives."""
    held = (folder / "data/lock").open("r+b")
    fcntl.flock(held, fcntl.LOCK_EX)
    _HELD.append(held)


def from_the_future(folder: Path) -> None:
    file = folder / "data/dataset.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"schema": 999}), "utf-8")


def wrong_settings(folder: Path) -> None:
    (folder / "data/qunkit.toml").write_text("lang = 7", "utf-8")


def unreadable(folder: Path) -> None:
    (folder / "data").chmod(0)


def nothing(folder: Path) -> None:
    """Leave the folder as it is."""


_HELD: list[object] = []
STOPPED = f"exec env AFTER=300 SIGNAL={{}} {shlex.join([sys.executable, '-c', STOPPER, 'groups'])}"
REACHED: dict[int, tuple[Callable[[Path], None], str]] = {
    0: (nothing, f"{Q} groups"),
    1: (flip, f"{Q} check"),
    2: (nothing, f"{Q} groups --per year"),
    3: (nothing, f"{Q} ingest known.csv --data other"),
    20: (damage, f"{Q} groups"),
    65: (nothing, f"{Q} ingest members.txt --data other"),
    66: (nothing, f"{Q} ingest gone.csv"),
    70: (nothing, f"{shlex.join([sys.executable, '-c', BROKEN])} groups"),
    71: (nothing, f"ulimit -v 1000000; {Q} groups"),
    73: (nothing, f"{Q} groups --format tsv -o gone/groups.tsv"),
    74: (nothing, f"{Q} groups >/dev/full"),
    75: (lock, f"{Q} ingest new.csv --wait 0"),
    76: (from_the_future, f"{Q} groups"),
    77: (unreadable, f"{' '.join(ORDINARY)} {Q} groups"),
    78: (wrong_settings, f"{Q} groups"),
    129: (nothing, STOPPED.format(int(signal.SIGHUP))),
    130: (nothing, STOPPED.format(int(signal.SIGINT))),
    141: (nothing, f'{Q} messages | true; exit "${{PIPESTATUS[0]}}"'),
    143: (nothing, STOPPED.format(int(signal.SIGTERM))),
}
SILENT = (0, 129, 130, 141, 143)


@pytest.mark.parametrize("code", REACHED)
def test_every_code_is_reached(world: World, code: int) -> None:
    prepare, text = REACHED[code]
    folder = world()
    (folder / "members.txt").write_text("nothing that any exporter writes", "utf-8")
    prepare(folder)
    ran = bash(folder, text)
    assert ran.code == code, ran.err.decode()
    assert (ran.err == b"") == (code in SILENT) or code == 1


def test_every_code_is_in_the_table() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, QunkitError)]
    of_a_cluster = {69}  # in tests/engines/test_spark.py
    assert {kind.code for kind in kinds} <= set(CODES) == set(REACHED) | of_a_cluster
    assert {kind.code for kind in kinds} - {2} - of_a_cluster <= set(WORST_FIRST)


def test_the_worst_counts() -> None:
    for better, worse in itertools.combinations(reversed(WORST_FIRST), 2):
        assert worst([better, worse, better]) == worse
    assert WORST_FIRST[:3] == (70, 20, 74)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ("gone.csv unknown.txt", 65),
        ("new.csv gone.csv", 3),
        ("new.csv unknown.txt", 3),
        ("new.csv", 0),
        ("gone.csv gone.json", 66),
    ],
)
def test_of_several_files(world: World, files: str, code: int) -> None:
    folder = world()
    (folder / "unknown.txt").write_text("nothing that any exporter writes", "utf-8")
    assert bash(folder, f"{Q} ingest {files}").code == code
