"""A small dataset by hand, and ways of running the program on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from datasets import make_dataset

HIKE, MUMS = "58192034417@chatroom", "name:妈妈群"
ROWS = [
    {"at": "2024-11-24 09:00:00", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "mint", "sender_name": "薄荷", "text": "早"},
    {"at": "2024-11-25 09:00:00", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "mint", "sender_name": "薄荷", "text": "a\tb\nc"},
    {"at": "2024-11-25 09:01:00", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "fox", "sender_name": "=狐狸\x1b[31m", "text": "=1+1"},
    {"at": "2024-11-30 23:59:59", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "robot", "sender_name": "小助手", "text": "签到"},
    {"at": "2024-12-01 20:00:00", "group_id": HIKE, "group_name": "周末徒步", "event": "joined", "text": "猫 加入了群聊"},
    {"at": "2024-12-01 22:15:30", "group_id": MUMS, "group_name": "妈妈群", "sender_id": "mum", "sender_name": "妈妈", "kind": "image"},
]  # fmt: skip
"""Six messages (one a notice) of two groups; the last is on Sunday 2024-12-01, in week 48."""


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of ROWS; read only."""
    return make_dataset(tmp_path_factory.mktemp("cli") / "data", ROWS)


@dataclass
class Ran:
    """What a run left."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Lines of stdout."""
        return self.out.removesuffix("\n").split("\n")


@pytest.fixture
def qunkit(dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line in this process, on the dataset of ROWS."""
    from qunkit.cli.main import run

    monkeypatch.setenv("QUNKIT_DATA", str(dataset))
    monkeypatch.delenv("QUNKIT_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*args: str) -> Ran:
        capsys.readouterr()
        code = run(args)
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def shell(dataset: Path) -> Callable[..., Ran]:
    """Runs a bash line in which ``$Q`` is the program, in an environment of nothing but what is given."""

    def call(line: str, **variables: str) -> Ran:
        surroundings = {
            "QUNKIT_DATA": str(dataset),
            "Q": f"{sys.executable} -m qunkit",
            "PATH": os.defpath,
            **variables,
        }
        done = subprocess.run(["/bin/bash", "-c", line], env=surroundings, capture_output=True, timeout=60, check=False)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


def table(lines: Sequence[str]) -> list[dict[str, str]]:
    """TSV with a header."""
    names, *rows = (line.split("\t") for line in lines)
    return [dict(zip(names, row, strict=True)) for row in rows]
