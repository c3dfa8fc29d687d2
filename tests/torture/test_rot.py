"""P08, P09, P30: damage is named by every reader, and repaired by none; what is newer is refused; links lead nowhere."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from qunkit import open_dataset
from qunkit.cli.main import run
from qunkit.errors import DatasetDamaged, DatasetNewer, NoDataset, QunkitError
from qunkit.ingest import parts, snapshots, store
from qunkit.schema import SCHEMA_VERSION
from torture import bugs, exports, states
from torture.size import FULL_RUN, Counts

SHARDS = 4
FLIPS = 3000 if FULL_RUN else 100
"""A shard."""
SECTOR = 512


@pytest.fixture
def dataset(place: Path) -> Path:
    """Two ingests of real exports."""
    for file in exports.write(place / "exports")[:2]:
        open_dataset(place / "data").ingest(file)
    return place / "data"


def tree(dataset: Path) -> dict[str, bytes]:
    """Every file of the current state and of what names it."""
    folder = dataset / (dataset / "CURRENT").read_text()[:7]
    files = [
        dataset / "CURRENT",
        dataset / "dataset.json",
        *sorted(path for path in folder.rglob("*") if path.is_file()),
    ]
    return {path.relative_to(dataset).as_posix(): path.read_bytes() for path in files}


def complaint(dataset: Path) -> QunkitError | None:
    """What a reader says."""
    try:
        with store.open_snapshot(dataset):
            return None
    except QunkitError as error:
        return error


def names(error: QunkitError | None, victim: str) -> bool:
    """Whether an error is of damage and names the file, or the one file that says what it should be."""
    if victim == "dataset.json" and isinstance(error, DatasetNewer):
        return True  # a flipped bit made a higher version of it
    told = str(error.facts["path"]) if isinstance(error, DatasetDamaged) else ""
    return told.endswith((victim, "manifest.json") if victim == "CURRENT" else victim) or (
        victim == "CURRENT" and bool(told)
    )


def put(path: Path, body: bytes) -> None:
    """Other bytes in the same file, as a failing disk or a careless program leaves them."""
    with path.open("r+b") as file:
        file.write(body)
        file.truncate()


@pytest.mark.parametrize("shard", range(SHARDS))
def test_P08_every_flipped_bit_is_named(dataset: Path, counts: Counts, shard: int) -> None:
    dice, whole = Random(shard), tree(dataset)
    assert complaint(dataset) is None
    silent = []
    for _ in range(FLIPS):
        victim = dice.choice(sorted(whole))
        body = bytearray(whole[victim])
        at, bit = dice.randrange(len(body)), dice.randrange(8)
        body[at] ^= 1 << bit
        put(dataset / victim, body)
        if not names(error := complaint(dataset), victim):
            silent.append((victim, at, bit, error))
        put(dataset / victim, whole[victim])
    assert not silent
    assert complaint(dataset) is None
    counts.add({"bit flips": FLIPS})


def test_P08_every_bit_of_the_small_files_counts(place: Path, counts: Counts) -> None:
    """One state, so that a name one bit away is that of the empty dataset."""
    dataset, flips = place / "data", 0
    states.advance(dataset)
    for victim in ("CURRENT", "dataset.json"):
        body = (dataset / victim).read_bytes()
        for bit in range(8 * len(body)):
            flipped = bytearray(body)
            flipped[bit // 8] ^= 1 << bit % 8
            put(dataset / victim, flipped)
            assert names(complaint(dataset), victim), flipped
            flips += 1
        put(dataset / victim, body)
    assert complaint(dataset) is None
    counts.add({"bit flips": flips})


def test_P08_other_damage_is_named(dataset: Path, counts: Counts) -> None:
    whole = tree(dataset)
    some = [name for name in whole if name.endswith(".parquet")]
    older = {name: (dataset / "v000001" / name.partition("/")[2]) for name in some}
    cases = 0
    for victim, body in whole.items():
        zeroed = bytes(min(SECTOR, len(body))) + body[SECTOR:]
        others = [body[:-1], body[: len(body) // 2], b"", body + b"\0", zeroed]
        others += [whole[other] for other in some if victim in some and whole[other] != body]
        others += [older[victim].read_bytes()] if victim in older and older[victim].exists() else []
        for other in others:
            if other in (body, body.rstrip()):
                continue
            os.unlink(dataset / victim)  # it may be a link of an older snapshot's
            (dataset / victim).write_bytes(other)
            if victim == "CURRENT" and other == body + b"\0":
                assert isinstance(complaint(dataset), QunkitError)
            else:
                assert names(complaint(dataset), victim), (victim, len(other), complaint(dataset))
            cases += 1
        os.unlink(dataset / victim)
        assert names(complaint(dataset), victim), victim
        (dataset / victim).write_bytes(body)
        assert complaint(dataset) is None
    assert cases > 60
    counts.add({"other damage": cases})


def test_P08_a_parquet_file_too_many_would_be_read_by_others(dataset: Path) -> None:
    stray = dataset / "v000002/messages/month=2026-06/part (1).parquet"
    shutil.copy(stray.with_name("part.parquet"), stray)
    assert names(complaint(dataset), stray.name)


@pytest.mark.parametrize("victim", ["CURRENT", "dataset.json", "v000002/manifest.json", "v000002"])
def test_P08_what_is_missing_is_not_made_anew(dataset: Path, victim: str) -> None:
    """An ingest, too, leaves a damaged dataset as it is."""
    path = dataset / victim
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = sorted(path for path in dataset.rglob("*"))
    with pytest.raises(DatasetDamaged), store.writing(dataset, "UTC", 0):
        pass
    assert sorted(path for path in dataset.rglob("*")) == before
    with pytest.raises(DatasetDamaged), store.open_snapshot(dataset):
        pass


def test_P08_a_state_brought_back_without_its_followers_is_not_built_upon(place: Path) -> None:
    """CURRENT of long ago, out of a backup: what is above it was acknowledged, and is no rubbish."""
    dataset = place / "data"
    states.advance(dataset)
    states.advance(dataset)
    kept = (dataset / "CURRENT").read_bytes()
    with store.open_snapshot(dataset):  # holds the second state
        states.advance(dataset)
        states.advance(dataset)
    (dataset / "CURRENT").write_bytes(kept)
    with pytest.raises(DatasetDamaged, match="older snapshot"):
        states.advance(dataset)
    assert (dataset / "v000004").exists()


@pytest.mark.parametrize("command", [["groups"], ["activity"], ["activity", "members"], ["path"]])
def test_P08_commands_end_with_20_and_name_the_file(
    dataset: Path, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert run([*command, "--data", str(dataset)]) == 0
    part = dataset / "v000002/messages/month=2026-06/part.parquet"
    body = bytearray(part.read_bytes())
    body[len(body) // 2] ^= 4
    put(part, body)
    capfd.readouterr()
    assert run([*command, "--data", str(dataset)]) == 20
    out, err = capfd.readouterr()
    assert out == ""
    assert "month=2026-06/part.parquet" in err


def test_parts_are_read_once(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    compare = parts.compare
    monkeypatch.setattr(parts, "compare", lambda path, sha256: (reads.append(path), compare(path, sha256)))
    for expected in (9, 0, 0):
        reads.clear()
        assert complaint(dataset) is None
        assert (len(reads) >= expected) if expected else not reads
    touched = dataset / "v000002/ledger/part.parquet"
    os.utime(touched, ns=(1, 1))
    assert complaint(dataset) is None
    assert reads == [touched]


@pytest.mark.parametrize("cache", [b"", b"[]", b"{", b"\xff\x00", b'{"a": 1}'])
def test_the_cache_is_never_needed(dataset: Path, tmp_path: Path, cache: bytes) -> None:
    path = tmp_path / "cache/qunkit/checked.json"
    assert complaint(dataset) is None
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(cache)
    assert complaint(dataset) is None
    assert len(json.loads(path.read_bytes())) >= 9
    assert os.listdir(path.parent) == ["checked.json"]


def test_the_cache_may_be_impossible(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "no folder").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no folder"))
    assert complaint(dataset) is None


def test_a_cache_that_cannot_be_replaced_leaves_nothing(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "cache/qunkit/checked.json").mkdir(parents=True)
    assert complaint(dataset) is None
    assert os.listdir(tmp_path / "cache/qunkit") == ["checked.json"]


def test_the_cache_is_not_trusted_for_writing(place: Path) -> None:
    """A part whose size and times say that it is the one that was checked is read all the same before it is built upon."""
    states.advance(place / "data")
    assert complaint(place / "data") is None
    part = place / "data/v000001/ledger/part.parquet"
    good = parts._remembered()
    body = bytearray(part.read_bytes())
    body[9] ^= 1
    put(part, body)
    mark = parts.mark(part.parents[1], "ledger/part.parquet", len(body))
    parts._remember({mark: next(iter(good.values()))} | {key: good[key] for key in good})
    with store.writing(place / "data", "UTC", 0) as staging, pytest.raises(DatasetDamaged):
        staging.old_part("ledger/part.parquet")


# -- links ---------------------------------------------------------------------------------------------------------
LINKED = (
    "CURRENT",
    "dataset.json",
    "lock",
    "v000002",
    "v000002/manifest.json",
    "v000002/ledger",
    "v000002/ledger/part.parquet",
)


@pytest.mark.parametrize("victim", LINKED)
def test_P30_a_link_in_a_dataset_is_not_followed(place: Path, victim: str) -> None:
    """The file behind the link is exactly what it should be, and still not of the dataset."""
    dataset, outside = place / "data", place / "outside"
    for _ in range(2):
        states.advance(dataset)
    shutil.move(dataset / victim, outside)
    (dataset / victim).symlink_to(outside)
    before = outside.read_bytes() if outside.is_file() else sorted(outside.rglob("*"))
    if victim == "lock":
        assert states.read(dataset) == 2
    else:
        assert isinstance(complaint(dataset), DatasetDamaged)
    with suppress(QunkitError):  # a part that is written anew is not looked at
        states.advance(dataset)
    assert before == (outside.read_bytes() if outside.is_file() else sorted(outside.rglob("*")))


def test_P30_links_among_what_is_cleared_up_go_and_what_they_mean_stays(place: Path) -> None:
    dataset, outside = place / "data", place / "outside"
    for _ in range(3):
        states.advance(dataset)
    outside.mkdir()
    (outside / "precious").write_bytes(b"x")
    for name in (".new-x", "v000004"):
        (dataset / name).symlink_to(outside)
    assert states.advance(dataset) == 4
    assert (outside / "precious").read_bytes() == b"x"
    assert states.rubbish(dataset) == []


# -- versions ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "garbage", [b"", b"{}", b"null", b"[1]", b'{"schema": "x", "tz": "UTC"}', b"\xff\xfe", b'{"schema": 1}']
)
def test_P09_garbage_in_dataset_json_is_damage(place: Path, garbage: bytes) -> None:
    states.advance(place / "data")
    (place / "data/dataset.json").write_bytes(garbage)
    assert isinstance(complaint(place / "data"), DatasetDamaged)
    with pytest.raises(DatasetDamaged):
        states.advance(place / "data")


@pytest.mark.parametrize("where", ["dataset.json", "manifest"])
def test_P09_what_is_newer_is_refused_before_anything_is_written(place: Path, where: str) -> None:
    dataset = place / "data"
    states.advance(dataset)
    path = dataset / ("dataset.json" if where == "dataset.json" else "v000001/manifest.json")
    body = path.read_text().replace(f'"schema": {SCHEMA_VERSION}', f'"schema": {SCHEMA_VERSION + 1}')
    path.write_text(body)
    if where == "manifest":
        snapshots.point(dataset, "v000001", body.encode())
    (dataset / "lock").unlink()
    before = {path: path.lstat().st_mtime_ns for path in dataset.rglob("*") if path.is_file()}
    for attempt in (lambda: states.advance(dataset), lambda: states.read(dataset)):
        with pytest.raises(DatasetNewer) as caught:
            attempt()
        assert caught.value.code == 76
    after = {path: path.lstat().st_mtime_ns for path in dataset.rglob("*") if path.is_file() and path.name != "lock"}
    assert after == before


def test_a_folder_without_a_dataset_is_none(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NoDataset), store.open_snapshot(folder):
            pass


# -- teeth ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Bugs are taken out again."""
    for module in (snapshots, parts):
        for name, value in list(vars(module).items()):
            if callable(value) and getattr(value, "__module__", "") == module.__name__:
                monkeypatch.setattr(module, name, value)
    return monkeypatch


@pytest.mark.parametrize(
    ("bug", "victim"), [("manifest_not_compared", "manifest.json"), ("parts_not_compared", "ledger/part.parquet")]
)
def test_flipped_bits_find(place: Path, counts: Counts, seeded: pytest.MonkeyPatch, bug: str, victim: str) -> None:
    states.advance(place / "data")
    bugs.seed(bug)
    path = place / "data/v000001" / victim
    body = (
        path.read_bytes().replace(b"sha256", b"sha257", 1)
        if victim == "manifest.json"
        else path.read_bytes()[:-1] + b"?"
    )
    put(path, body)
    silent = not names(_caught(place / "data"), victim)
    assert silent
    counts.found(bug)


def test_a_lost_current_finds(place: Path, counts: Counts, seeded: pytest.MonkeyPatch) -> None:
    states.advance(place / "data")
    (place / "data/CURRENT").unlink()
    bugs.seed("no_current_means_empty")
    states.advance(place / "data")
    assert not (place / "data/v000001/ledger/part.parquet").read_bytes().startswith(b"ledger as of state 2")
    counts.found("no_current_means_empty")


def _caught(dataset: Path) -> QunkitError | None:
    try:
        return complaint(dataset)
    except KeyError:
        return None
