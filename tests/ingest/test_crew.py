"""Many files read by several processes are what they are read by one: the same dataset, the same summary, whatever shares they come in."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qunkit.errors import NoMessages, NotOfWorkers, NotOnWorkers, OutOfResources, UnknownFormat, WorkerLacks
from qunkit.ingest import crew, forget
from qunkit.ingest.run import Options, ingest
from support import workers
from support.fleets import SAMPLES, fleet, state, told
from support.staged import messages, rejects


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few files are many."""
    monkeypatch.setattr(crew, "_MANY", 2)
    monkeypatch.setattr(crew, "_FILES", 3)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_the_dataset_and_the_summary_are_those_of_one_process(
    tmp_path: Path, shares: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports = fleet(tmp_path / "exports")
    many = ingest([exports], tmp_path / "many")
    monkeypatch.setattr(crew, "_MANY", 1000)
    one = ingest([exports], tmp_path / "one")
    assert told(many) == told(one)
    assert state(tmp_path / "many") == state(tmp_path / "one")
    # file n has 6 + n messages, but never more than 12, and no two files tell of one time: 6 + 7 + 8 + 9 + 10 + 11 + 12 + 12
    assert len(messages(tmp_path / "many")[0]) == 75
    assert len(rejects(tmp_path / "many")) == 1
    found = {Path(file.label).name: file for file in many.files}
    assert found["7-again.jsonl"].status == "already"
    assert isinstance(found["5-empty.jsonl"].error, NoMessages)
    assert isinstance(found["6-other.bin"].error, UnknownFormat)


def test_every_sample(tmp_path: Path, shares: None, monkeypatch: pytest.MonkeyPatch) -> None:
    many = ingest([SAMPLES], tmp_path / "many")
    monkeypatch.setattr(crew, "_MANY", 1000)
    one = ingest([SAMPLES], tmp_path / "one")
    assert told(many) == told(one)
    assert state(tmp_path / "many") == state(tmp_path / "one")


def test_who_was_forgotten_does_not_come_back(tmp_path: Path, shares: None, monkeypatch: pytest.MonkeyPatch) -> None:
    exports, dataset = fleet(tmp_path / "exports"), tmp_path / "data"
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings/key"))
    ingest([exports / "0.jsonl"], dataset)
    forget.forget(dataset, "wxid_1")
    ingest([exports], dataset)
    assert "wxid_1" not in json.dumps(messages(dataset), default=str)


def test_a_process_that_is_killed_leaves_the_dataset_as_it_was(
    tmp_path: Path, shares: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports, dataset = fleet(tmp_path / "exports"), tmp_path / "data"
    ingest([exports / "0.jsonl"], dataset)
    before = state(dataset)
    monkeypatch.setattr(crew, "_read", workers.killed)
    with pytest.raises(OutOfResources):
        ingest([exports], dataset)
    assert state(dataset) == before


def test_names_are_told_as_they_were_given(tmp_path: Path, shares: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet(tmp_path / "exports")
    monkeypatch.chdir(tmp_path)
    many = ingest(["exports"], Path("many"))
    monkeypatch.setattr(crew, "_MANY", 1000)
    one = ingest(["exports"], Path("one"))
    assert [file.label for file in many.files] == [file.label for file in one.files]
    assert state(Path("many")) == state(Path("one"))


# -- others read: what a cluster may do ----------------------------------------------------------------------------------
class Others:
    """In the place of a cluster; `after` changes what comes of a share."""

    def __init__(self, after: Callable[[Any], Any] = lambda read: read, times: int = 1) -> None:
        self.after, self.times, self.asked = after, times, 0

    def __call__(
        self, function: Callable[[Any], Any], items: Iterable[Any], folder: Path
    ) -> Generator[Any, None, None]:
        assert folder.is_absolute()
        for item in items:
            self.asked += 1
            answers = [function(item) for _ in range(self.times)]
            yield self.after(answers[0])


def test_others_read_however_few_files_there_are(tmp_path: Path) -> None:
    exports, others = fleet(tmp_path / "exports"), Others()
    there = ingest([exports / "0.jsonl"], tmp_path / "there", spread=others)
    here = ingest([exports / "0.jsonl"], tmp_path / "here")
    assert others.asked == 1
    assert told(there) == told(here)
    assert state(tmp_path / "there") == state(tmp_path / "here")


def test_a_share_that_is_read_twice_counts_once(tmp_path: Path, shares: None) -> None:
    """As when a task is tried anew: the second finds what the first has left, and does not touch it."""
    exports = fleet(tmp_path / "exports")
    there = ingest([exports], tmp_path / "there", spread=Others(times=2))
    assert told(there) == told(ingest([exports], tmp_path / "here"))
    assert state(tmp_path / "there") == state(tmp_path / "here")
    assert not list((tmp_path / "there").glob(".new-*"))


def test_standard_input_and_what_was_forgotten_are_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exports, dataset, others = fleet(tmp_path / "exports"), tmp_path / "data", Others()
    with (exports / "0.jsonl").open("rb") as file:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(file))
        ingest(["-"], dataset, spread=others)
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings/key"))
    forget.forget(dataset, "wxid_1")
    ingest([exports], dataset, spread=others)
    assert others.asked == 0
    assert "wxid_1" not in json.dumps(messages(dataset), default=str)


def test_what_is_not_the_same_there_is_named(tmp_path: Path) -> None:
    exports, dataset = fleet(tmp_path / "exports"), tmp_path / "data"
    export = exports / "0.jsonl"

    def cut(read: Any) -> Any:
        next(iter(read.written)).write_bytes(b"")
        return read

    def gone(read: Any) -> Any:
        next(iter(read.written)).unlink()
        return read

    for after in (cut, gone):
        with pytest.raises(NotOfWorkers, match=r"\.parquet"):
            ingest([export], dataset, spread=Others(after))
    size = export.stat().st_size
    with pytest.raises(NotOnWorkers, match=r"0\.jsonl"):
        ingest([export], dataset, spread=Others(lambda read: replace(read, unlike={export: size})))
    for changed in (size - 1, None):  # it was another size as the run began, or could not be read here either
        ingest([export], dataset, spread=Others(lambda read, size=changed: replace(read, unlike={export: size})))


def test_who_lacks_a_format_does_not_read(tmp_path: Path) -> None:
    exports = fleet(tmp_path / "exports")

    def spread(function: Any, items: Iterable[Any], folder: Path) -> Generator[Any, None, None]:
        *usual, formats = function.args
        yield from map(partial(function.func, *usual, (*formats, "acme_csv")), items)

    with pytest.raises(WorkerLacks, match="acme_csv"):
        ingest([exports], tmp_path / "data", spread=spread)


def test_a_rehearsal_with_others_leaves_nothing(tmp_path: Path) -> None:
    exports = fleet(tmp_path / "exports")
    known = ingest([exports], tmp_path / "here" / "data", Options(dry=True))
    rehearsed = ingest([exports], tmp_path / "there" / "data", Options(dry=True), spread=Others())
    assert told(rehearsed) == told(known)
    assert {path.name for path in tmp_path.iterdir()} == {"exports"}
