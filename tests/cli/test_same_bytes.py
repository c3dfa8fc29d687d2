"""The same messages give the same bytes: in whatever order they came, with one thread or four, in whatever folder, at whatever time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunkit.api import open_dataset
from qunkit.cli import mount
from support.shelves import GRAPHS, REPORTS, TABLES

Run = Callable[..., Any]
SAMPLES = Path(__file__).parents[1] / "samples"
EXPORTS = sorted(SAMPLES.glob("chatlog/*/*_2024-12-01.csv")) + sorted(SAMPLES.glob("pywxdump/csv/*/*.csv"))
QUESTIONS = sorted((*mount.analyses(), "messages", "report", "alerts", "topics --min-senders 1"))
WRITTEN = [(command, format_) for command, formats in (("groups", TABLES), ("report", REPORTS), ("replies", GRAPHS)) for format_ in formats]  # fmt: skip


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same exports in two orders, in one run and in one run each."""
    first, second = (tmp_path_factory.mktemp(name) / "data" for name in ("once", "each"))
    assert len(EXPORTS) == 3
    open_dataset(first).ingest(*EXPORTS)
    for export in reversed(EXPORTS):
        open_dataset(second).ingest(export)
    return first, second


@pytest.mark.parametrize("command", QUESTIONS)
def test_order_threads_and_folder(
    qunkit: Run, datasets: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    first, second = datasets
    told = []
    for data, threads, folder in ((first, 1, tmp_path), (first, 4, Path("/")), (second, 4, tmp_path)):
        monkeypatch.chdir(folder)
        ran = qunkit(
            *command.split(),
            "--as-of",
            "2024-12-02",
            "--format",
            "json",
            "--data",
            str(data),
            "--threads",
            str(threads),
        )
        assert ran.code == 0
        assert (
            not ran.err
            or command
            in (
                "alerts",
                "topics",
                "topics groups",
                "churn conflicts",
                "churn silent",
                "complaints list",
                "growth unanswered",
                "members stages",
                "network bridges",
            )
        )  # no word is three people's here, nothing contradicts, nobody complains, nobody is silent yet or new, and nobody is in two groups; the log is of days
        told.append(ran.out)
    assert told[0]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(("command", "format_"), WRITTEN)
def test_no_output_holds_the_time_of_the_run(
    qunkit: Run,
    datasets: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    format_: str,
) -> None:
    """Nor the place of the dataset: a zip takes the time for its members from `time`."""
    bodies = []
    for seconds, data in ((1e9, datasets[0]), (2e9, datasets[1])):
        file = tmp_path / f"{seconds:.0f}"
        with monkeypatch.context() as clock:
            clock.setattr(time, "time", lambda seconds=seconds: seconds)
            clock.setattr(time, "localtime", lambda *_, now=seconds: time.gmtime(now))
            ran = qunkit(command, "--format", format_, "-o", str(file), "--data", str(data))
        assert ran.code == 0
        bodies.append(file.read_bytes())
    assert bodies[0]
    assert bodies[0] == bodies[1]
