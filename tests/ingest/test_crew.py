"""Many files read by several processes are what they are read by one: the same dataset, the same summary, whatever shares they come in."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from qunkit.errors import NoMessages, OutOfResources, UnknownFormat
from qunkit.ingest import crew, forget
from qunkit.ingest.run import ingest
from qunkit.ingest.store import open_snapshot
from qunkit.ingest.summary import IngestSummary
from support import workers
from support.staged import messages, rejects

SAMPLES = Path(__file__).parents[1] / "samples"
_HEADER = '{"_type":"header","chatlab":{"version":"0.0.2"},"meta":{"name":"群%d","platform":"wechat","groupId":"%d@chatroom"}}\n'
_LINE = '{"_type":"message","sender":"wxid_%d","accountName":"成员%d","timestamp":%d,"type":0,"content":"第 %d 句"}\n'


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few files are many."""
    monkeypatch.setattr(crew, "_MANY", 2)
    monkeypatch.setattr(crew, "_FILES", 3)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def fleet(folder: Path) -> Path:
    """Eight chats of three groups; one twice, one without a message, one no export, one with a line that is none."""
    folder.mkdir()
    for n in range(8):
        lines = [_LINE % (k % 4, k % 4, 1_700_000_000 + 86_400 * (400 * (n // 3) + 9 * k), k) for k in range(12)]
        broken = ["{]\n"] if n == 4 else []
        (folder / f"{n}.jsonl").write_text(_HEADER % (n % 3, n % 3) + "".join(lines[: 6 + n] + broken))
    shutil.copy(folder / "1.jsonl", folder / "7-again.jsonl")
    (folder / "5-empty.jsonl").write_text("")
    (folder / "6-other.bin").write_bytes(bytes(range(256)))
    return folder


def told(summary: IngestSummary) -> list[Any]:
    """What the summary says of every file."""
    return [
        (
            Path(file.label).name,
            file.status,
            file.records,
            file.bytes,
            file.new,
            file.known,
            file.groups,
            [note.say("en") for note in file.notes],
            file.error and file.error.sentence("en"),
        )
        for file in summary.files
    ]


def state(dataset: Path) -> tuple[Any, ...]:
    """What is kept, but for the time of the run and the order of observations of one instant, which is any."""
    with open_snapshot(dataset) as snapshot:
        manifest = snapshot.manifest
        parts = manifest["parts"].items()
        parts = [(name, part["rows"], "observations/" in name or part["sha256"]) for name, part in parts]
        return parts, manifest["fingerprint"], manifest["sources"]


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
