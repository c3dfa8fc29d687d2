"""Folders of many exports, and what is kept and told of them: for tests of who reads."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from qunkit.ingest.store import open_snapshot
from qunkit.ingest.summary import IngestSummary

SAMPLES = Path(__file__).parents[1] / "samples"
_HEADER = '{"_type":"header","chatlab":{"version":"0.0.2"},"meta":{"name":"群%d","platform":"wechat","groupId":"%d@chatroom"}}\n'
_LINE = '{"_type":"message","sender":"wxid_%d","accountName":"成员%d","timestamp":%d,"type":0,"content":"第 %d 句"}\n'


def fleet(folder: Path) -> Path:
    """Eight chats of three groups; one twice, one without a message, one no export, one with a line that is none."""
    folder.mkdir(parents=True)
    for n in range(8):
        lines = [_LINE % (k % 4, k % 4, 1_700_000_000 + 86_400 * (400 * (n // 3) + 9 * k), k) for k in range(12)]
        broken = ["{]\n"] if n == 4 else []
        (folder / f"{n}.jsonl").write_text(_HEADER % (n % 3, n % 3) + "".join(lines[: 6 + n] + broken))
    shutil.copy(folder / "1.jsonl", folder / "7-again.jsonl")
    (folder / "5-empty.jsonl").write_text("")
    (folder / "6-other.bin").write_bytes(bytes(range(256)))
    return folder


def everything(folder: Path) -> Path:
    """A fleet, every sample (manifests, rosters and workbooks among them), an archive of some, a cut archive and one within another."""
    fleet(folder / "fleet")
    shutil.copytree(SAMPLES, folder / "samples")
    with ZipFile(folder / "more.zip", "w") as archive:
        for file in sorted((folder / "fleet").iterdir()):
            archive.write(file, f"inner/{file.name}")
        archive.writestr("inner/9.jsonl", _HEADER % (9, 9) + _LINE % (1, 1, 1_710_000_000, 1))
    (folder / "cut.zip").write_bytes((folder / "more.zip").read_bytes()[:-30])
    with ZipFile(folder / "nested.zip", "w") as archive:
        archive.write(folder / "more.zip", "more.zip")
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
