"""P09: what any version wrote, every later one reads, with the same fingerprint and the same answers."""

from __future__ import annotations

import hashlib
import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qunkit.cli.main import run
from qunkit.errors import DatasetNewer
from qunkit.ingest.check import check
from qunkit.ingest.findings import Checked
from qunkit.ingest.retry import retry
from qunkit.ingest.run import Options, ingest
from qunkit.ingest.store import open_snapshot
from qunkit.schema import SCHEMA_VERSION

HERE = Path(__file__).parent / "old_datasets"
VERSIONS = sorted(path.name for path in HERE.iterdir() if (path / "answers.json").exists())
make: dict[str, Any] = runpy.run_path(str(HERE / "make.py"))


@pytest.fixture
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy, for the owner alone: git keeps no modes."""
    folder = tmp_path / "dataset"
    shutil.copytree(HERE / request.param / "dataset", folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


SEALS = {
    "v1": "1fe5104589da0babaccea4bdc784e8963c4b1c0ec5c06b42f2a602152cefd2ee",
    "v2": "4e0e474207899d1f4ce1d7c5c0fc8c656756a8fdd4ab7d8f8d40769723e33a89",
}
"""What `make.py` printed when it wrote them: a dataset that people may have is never written again."""
every_version = pytest.mark.parametrize("old", VERSIONS, indirect=True, ids=VERSIONS)


def test_there_is_one_of_every_schema_version() -> None:
    wanted = [f"v{number}" for number in range(1, SCHEMA_VERSION + 1)]
    assert wanted == VERSIONS == list(SEALS)


@every_version
def test_it_is_what_was_written(old: Path, request: pytest.FixtureRequest) -> None:
    """CURRENT seals the manifest, and that every part, which is compared when it is opened."""
    assert make["seal"](old) == SEALS[request.node.callspec.params["old"]]
    with open_snapshot(old) as snapshot:
        assert snapshot.manifest["qunkit"] == "0.1.0"


@pytest.mark.parametrize("old", VERSIONS[-1:], indirect=True, ids=VERSIONS[-1:])
def test_the_newest_is_of_the_format_of_today(old: Path, tmp_path: Path) -> None:
    """Other columns or parts, or facts that are there no more, are a new schema version."""
    (tmp_path / "today").mkdir()
    then, now = shape(old), shape(make["write"](tmp_path / "today"))
    assert then.pop("keys") <= now.pop("keys")
    assert now == then


def shape(dataset: Path) -> dict[str, Any]:
    """Every part's columns; and the keys of the manifest, of what it says of parts and of sources."""
    with open_snapshot(dataset) as snapshot:
        manifest = snapshot.manifest
        told = {"": [manifest], "parts": manifest["parts"].values(), "sources": manifest["sources"]}
        keys = {(place, key) for place, things in told.items() for thing in things for key in thing}
        return {part: pq.read_schema(snapshot.path / part) for part in manifest["parts"]} | {"keys": keys}


@every_version
def test_it_says_what_it_said(old: Path, request: pytest.FixtureRequest) -> None:
    version = request.node.callspec.params["old"]
    answers = json.loads((HERE / version / "answers.json").read_text("utf-8"))
    assert json.loads(json.dumps(make["answers"](old))) == answers
    assert list(check(old, Checked(), read_data=True)) == []


@every_version
def test_it_is_what_its_exports_say(old: Path) -> None:
    """By hand: seven messages of hikers (two equal ones, three of them told twice) and two of readers; one line is none."""
    answers = make["answers"](old)
    assert len(answers["messages"]) == 5 + 1 + 2
    with open_snapshot(old) as snapshot:
        assert sum(source["records"]["reject"] for source in snapshot.manifest["sources"]) == 1


@every_version
def test_it_can_be_written_on(old: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text(make["HEADER"] + make["LATER"].replace("12-02 09", "12-03 09"), "utf-8")
    assert ingest([more], old).files[0].new == 1
    assert ingest([more], old, Options(tz="Asia/Tokyo", force=True, again=True)).code == 0
    assert retry(old).code == 66
    assert len(make["answers"](old)["messages"]) == 8 + 4
    assert list(check(old, Checked(), read_data=True)) == []


NEXT = SCHEMA_VERSION + 1
NEWER: dict[str, Callable[[Path], object]] = {
    "check": lambda folder: list(check(folder, Checked())),
    "ingest": lambda folder: ingest([HERE / "make.py"], folder),
    "dry run": lambda folder: ingest([HERE / "make.py"], folder, Options(dry=True)),
    "retry": retry,
    "read": lambda folder: open_snapshot(folder).__enter__(),
}


@pytest.mark.parametrize("old", VERSIONS[-1:], indirect=True, ids=VERSIONS[-1:])
@pytest.mark.parametrize("where", ["dataset.json", "manifest"])
@pytest.mark.parametrize("what", NEWER)
def test_a_newer_one_is_refused_before_anything_is_written(
    old: Path, where: str, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = {**json.loads((old / "dataset.json").read_bytes())}
    if where == "manifest":
        name, _ = (old / "CURRENT").read_text().split()
        path = old / name / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_bytes()) | {"schema": NEXT}))
        (old / "CURRENT").write_text(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    else:
        (old / "dataset.json").write_text(json.dumps(settings | {"schema": NEXT}))
    before = {path: path.is_file() and path.read_bytes() for path in old.rglob("*") if path.name != "lock"}
    with pytest.raises(DatasetNewer):
        NEWER[what](old)
    assert {path: path.is_file() and path.read_bytes() for path in old.rglob("*") if path.name != "lock"} == before
    capfd.readouterr()
    assert run(["groups", "--data", str(old), "--lang", "en"]) == 76
    told = capfd.readouterr().err
    assert f"{old}" in told
    assert f"written by a newer qunkit (schema {NEXT}, this one knows {SCHEMA_VERSION})" in told
    assert "Upgrade qunkit" in told
