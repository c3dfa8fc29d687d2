"""A crash at any instant leaves the old state or the new one; readers keep theirs; damage is named."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from qunkit.errors import CannotCreate, DatasetDamaged, DatasetLocked, DatasetNewer, NoDataset
from qunkit.ingest import store

CHILD = Path(__file__).with_name("killed.py")


def child(dataset, at=0, when="before"):
    done = subprocess.run(
        [sys.executable, str(CHILD), str(dataset), str(at), when], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, -9), done.stderr
    return done.stdout.split()


def state(dataset):
    """The number of the state that a reader sees, after checking every byte of it; 0: no state yet."""
    try:
        with store.open_snapshot(dataset) as snapshot:
            for part, facts in snapshot.manifest["parts"].items():
                body = (snapshot.path / part).read_bytes()
                assert hashlib.sha256(body).hexdigest() == facts["sha256"]
            return snapshot.manifest["number"]
    except NoDataset:
        return 0


def prepared(tmp_path, before):
    """A dataset with so many commits, and how many file calls the next one makes."""
    base = tmp_path / "base"
    for _ in range(before):
        child(base)
    if not before:
        return None, int(child(base)[-1])
    shutil.copytree(base, tmp_path / "counted")
    return base, int(child(tmp_path / "counted")[-1])


@pytest.mark.parametrize("shard", range(4))
@pytest.mark.parametrize("before", [0, 3])
def test_killed_at_every_file_call_leaves_the_old_state_or_the_new(tmp_path, before, shard):
    base, total = prepared(tmp_path, before)
    assert total > 20
    for at in range(1 + shard, total + 1, 4):
        for when in ("before", "after"):
            dataset = tmp_path / f"{at}{when}"
            if base:
                shutil.copytree(base, dataset)
            told = child(dataset, at, when)
            seen = state(dataset)
            assert seen in ((before + 1,) if "committed" in told else (before, before + 1)), (at, when)
            child(dataset)
            assert state(dataset) == seen + 1
            left = {name for name in os.listdir(dataset) if not name.startswith("v")}
            assert left == {"CURRENT", "dataset.json", "lock"}, (at, when)


def test_old_snapshots_are_pruned_but_not_under_a_reader(tmp_path):
    dataset = tmp_path / "d"
    child(dataset)
    with store.open_snapshot(dataset) as held:
        for _ in range(4):
            child(dataset)
        assert (held.path / "ledger/part.parquet").read_bytes().startswith(b"ledger/part.parquet of state 1")
        assert sorted(name for name in os.listdir(dataset) if name.startswith("v")) == ["v000001", "v000004", "v000005"]
    child(dataset)
    assert sorted(name for name in os.listdir(dataset) if name.startswith("v")) == ["v000005", "v000006"]


def test_untouched_parts_are_hard_links(tmp_path):
    child(tmp_path / "d")
    child(tmp_path / "d")
    first, second = (tmp_path / f"d/v00000{n}/messages/month=2026-01/part.parquet" for n in (1, 2))
    assert first.stat().st_ino == second.stat().st_ino


def test_everything_is_for_the_owner_alone_whatever_the_umask(tmp_path):
    old = os.umask(0)
    try:
        child(tmp_path / "d")
    finally:
        os.umask(old)
    for path in [tmp_path / "d", *(tmp_path / "d").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_a_second_writer_waits_or_is_told_who_holds_the_lock(tmp_path):
    second = store.writing(tmp_path / "d", "Asia/Shanghai", 0.1)
    with store.writing(tmp_path / "d", "Asia/Shanghai", 0), pytest.raises(DatasetLocked) as caught, second:
        pass
    assert f"pid {os.getpid()}" in str(caught.value)
    assert caught.value.code == 75


def test_many_writers_at_once_lose_nothing(tmp_path):
    dataset = tmp_path / "d"
    runs = [threading.Thread(target=child, args=(dataset,)) for _ in range(6)]
    child(dataset)
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert 2 <= state(dataset) <= 7  # a writer that waited more than a second gave up; none overwrote another
    with store.open_snapshot(dataset) as snapshot:
        months = [part for part in snapshot.manifest["parts"] if part.startswith("messages/")]
        assert len(months) == snapshot.manifest["number"]


@pytest.mark.parametrize("victim", ["CURRENT", "manifest.json", "ledger/part.parquet", "dataset.json"])
def test_damage_is_named_and_never_repaired(tmp_path, victim):
    dataset = tmp_path / "d"
    child(dataset)
    path = dataset / victim if (dataset / victim).exists() else dataset / "v000001" / victim
    path.write_bytes(path.read_bytes()[:-3])
    before = sorted(str(p) for p in dataset.rglob("*"))
    with pytest.raises(DatasetDamaged) as caught, store.open_snapshot(dataset):
        pass
    assert path.name in str(caught.value) or "CURRENT" in str(caught.value)
    assert caught.value.code == 20
    assert sorted(str(p) for p in dataset.rglob("*")) == before


def test_a_flipped_bit_in_a_part_is_found_before_it_is_built_upon(tmp_path):
    dataset = tmp_path / "d"
    child(dataset)
    part = dataset / "v000001/ledger/part.parquet"
    body = bytearray(part.read_bytes())
    body[100] ^= 1
    part.write_bytes(body)
    with store.writing(dataset, "Asia/Shanghai", 0) as staging, pytest.raises(DatasetDamaged):
        staging.old_part("ledger/part.parquet")


def test_a_newer_dataset_is_refused_before_any_write(tmp_path):
    child(tmp_path / "d")
    (tmp_path / "d/dataset.json").write_text(json.dumps({"schema": 99, "tz": "UTC"}))
    with pytest.raises(DatasetNewer) as caught, store.writing(tmp_path / "d", "UTC", 0):
        pass
    assert caught.value.code == 76


def test_a_folder_of_other_things_does_not_become_a_dataset(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(CannotCreate), store.writing(tmp_path, "UTC", 0):
        pass
    assert os.listdir(tmp_path) == ["holiday.jpg"]


def test_a_run_that_commits_nothing_leaves_no_dataset_and_harms_no_waiting_one(tmp_path):
    dataset = tmp_path / "d"
    with store.writing(dataset, "UTC", 0):
        waiting = threading.Thread(target=child, args=(dataset,))
        waiting.start()
        time.sleep(0.5)
    waiting.join()
    assert state(dataset) == 1
    with store.writing(tmp_path / "e", "UTC", 0):
        pass
    assert not (tmp_path / "e").exists()


def test_an_exception_leaves_the_old_state_and_no_staging(tmp_path):
    child(tmp_path / "d")
    with pytest.raises(ZeroDivisionError), store.writing(tmp_path / "d", "UTC", 0) as staging:
        with staging.create("messages/month=2030-01/part.parquet") as file:
            file.write(b"x")
        raise ZeroDivisionError
    assert state(tmp_path / "d") == 1
    assert sorted(os.listdir(tmp_path / "d")) == ["CURRENT", "dataset.json", "lock", "v000001"]
