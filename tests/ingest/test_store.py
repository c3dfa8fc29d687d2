"""What the store promises while nothing goes wrong, and which errors it raises; tests/torture is for what goes wrong."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from pathlib import Path

import pytest

from qunkit.errors import CannotCreate, DatasetDamaged, DatasetLocked, DatasetNewer, NoDataset
from qunkit.ingest import durable, store
from qunkit.ingest.snapshots import EMPTY, name_of, names, parse, point
from torture import states


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """One commit."""
    states.advance(tmp_path / "d")
    return tmp_path / "d"


def snapshots(dataset: Path) -> list[str]:
    return sorted(name for name in os.listdir(dataset) if name.startswith("v"))


def test_a_commit_is_what_a_reader_sees(dataset: Path) -> None:
    with store.open_snapshot(dataset) as snapshot:
        assert (snapshot.id, snapshot.tz, snapshot.fingerprint) == ("v000001", "Asia/Shanghai", "1")
        assert {part: (snapshot.path / part).read_bytes() for part in snapshot.manifest["parts"]} == states.content(1)
        assert snapshot.manifest["tz"] == "Asia/Shanghai"


def test_parts_come_stay_and_go(dataset: Path) -> None:
    for number in range(2, 9):
        assert states.advance(dataset) == number
        assert states.read(dataset) == number
    assert len(states.content(8)) == 3  # the ledger and two months: every fourth state drops one
    assert len(states.content(7)) == 4


def test_old_snapshots_are_pruned_but_not_under_a_reader(dataset: Path) -> None:
    with store.open_snapshot(dataset):
        for _ in range(4):
            states.advance(dataset)
        assert snapshots(dataset) == ["v000001", "v000004", "v000005"]
    states.advance(dataset)
    assert snapshots(dataset) == ["v000005", "v000006"]


def test_snapshots_are_counted_beyond_six_digits(tmp_path: Path) -> None:
    """Their names are then no longer in the order of the alphabet."""
    for number in (1_000_000, 999_999, 2):
        (tmp_path / name_of(number)).mkdir()
    assert names(tmp_path) == ["v000002", "v999999", "v1000000"]
    assert names(tmp_path / "nowhere") == []


def test_a_manifest_says_what_readers_count_on_and_names_files_of_its_own(tmp_path: Path) -> None:
    whole = {"schema": 1, "parts": {}, "sources": [], "fingerprint": "0", "snapshot": "v000001"}
    assert parse(tmp_path, json.dumps(whole).encode()) == whole
    parts = [{name: {"bytes": 1, "sha256": ""}} for name in ("../a", "a//b", "a/./b", "a\n")]
    for other in ({"sources": {}}, {"parts": {"a": {"bytes": 1}}}, *({"parts": part} for part in parts)):
        with pytest.raises(DatasetDamaged, match="no manifest"):
            parse(tmp_path, json.dumps(whole | other).encode())
    with pytest.raises(DatasetNewer):
        parse(tmp_path, json.dumps(whole | {"schema": 99}).encode())


def test_a_dataset_may_lie_behind_a_link_and_nothing_stays_open(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(dataset)
    before = len(os.listdir("/proc/self/fd"))
    assert states.advance(tmp_path / "link") == 2
    with store.open_snapshot(tmp_path / "link") as snapshot:
        assert snapshot.id == "v000002"
    assert len(os.listdir("/proc/self/fd")) == before


def test_untouched_parts_are_hard_links(dataset: Path) -> None:
    states.advance(dataset)
    part = "messages/month=2026-02/part.parquet"  # of state 1; state 2 writes March
    assert (dataset / "v000001" / part).stat().st_ino == (dataset / "v000002" / part).stat().st_ino


def test_an_untouched_part_that_is_no_more_what_it_was_is_not_taken_over(dataset: Path) -> None:
    part = dataset / "v000001/messages/month=2026-02/part.parquet"
    part.write_bytes(b"short")
    with pytest.raises(DatasetDamaged, match="month=2026-02"):
        states.advance(dataset)
    assert snapshots(dataset) == ["v000001"]


def test_everything_is_for_the_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        states.advance(tmp_path / "d")
        states.advance(tmp_path / "d")
        with store.writing(tmp_path / "d", "UTC", 0) as staging:
            assert staging.spool.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(old)
    for path in [tmp_path / "d", *(tmp_path / "d").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_a_second_writer_waits_or_is_told_who_holds_the_lock_and_since_when(tmp_path: Path) -> None:
    second = store.writing(tmp_path / "d", "Asia/Shanghai", 0.1)
    with store.writing(tmp_path / "d", "Asia/Shanghai", 0), pytest.raises(DatasetLocked) as caught, second:
        pass
    assert f"pid {os.getpid()}, 2" in str(caught.value)
    assert caught.value.code == 75


def test_a_lock_that_a_dead_process_left_holds_nobody_up(dataset: Path) -> None:
    (dataset / "lock").write_text("pid 1, 1999-01-01 00:00:00 +0000\n")
    assert states.advance(dataset) == 2


def test_a_folder_of_other_things_does_not_become_a_dataset(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(CannotCreate), store.writing(tmp_path, "UTC", 0):
        pass
    assert os.listdir(tmp_path) == ["holiday.jpg"]


def test_a_dataset_cannot_be_made_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(CannotCreate), store.writing(tmp_path / "file/d", "UTC", 0):
        pass


def test_a_run_that_commits_nothing_leaves_no_dataset_and_harms_no_waiting_one(tmp_path: Path) -> None:
    dataset = tmp_path / "d"
    waiting = threading.Thread(target=states.advance, args=(dataset, 10))
    with store.writing(dataset, "UTC", 0):
        waiting.start()
        time.sleep(0.3)
    waiting.join()
    assert states.read(dataset) == 1
    states.nothing(tmp_path / "e")
    assert not (tmp_path / "e").exists()


def test_an_exception_leaves_the_old_state_and_no_staging(dataset: Path) -> None:
    with pytest.raises(ZeroDivisionError), store.writing(dataset, "UTC", 0) as staging:
        with staging.create("messages/month=2030-01/part.parquet") as file:
            file.write(b"x")
        raise ZeroDivisionError
    assert states.read(dataset) == 1
    assert sorted(os.listdir(dataset)) == ["CURRENT", "dataset.json", "lock", "v000001"]


def test_an_error_without_a_name_is_of_the_dataset(dataset: Path) -> None:
    with pytest.raises(OSError, match=r"d'$") as caught, store.writing(dataset, "UTC", 0):
        raise OSError(errno.ENOSPC, "full")
    assert caught.value.filename == str(dataset)


def test_purge_leaves_the_current_state_alone(dataset: Path) -> None:
    states.advance(dataset)
    assert snapshots(dataset) == ["v000001", "v000002"]
    assert states.purge(dataset) == 2
    assert snapshots(dataset) == ["v000002"]
    assert states.read(dataset) == 2


def test_discarded_parts_may_be_written_again(dataset: Path) -> None:
    with store.writing(dataset, "UTC", 0) as staging:
        for body in (b"first", b"second"):
            staging.discard()
            with staging.create("ledger/part.parquet") as file:
                file.write(body)
            staging.finish("ledger/part.parquet", 1)
        assert (staging.path / "ledger/part.parquet").read_bytes() == b"second"


def test_a_folder_to_which_somebody_still_adds_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of a cluster that has not heard that it is not needed any more."""
    (tmp_path / "spool" / "3-x").mkdir(parents=True)
    rmdir, late = os.rmdir, [tmp_path / "spool" / "late"]

    def removed(path: str, *, dir_fd: int | None = None) -> None:
        if late:
            late.pop().touch()
        rmdir(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "rmdir", removed)
    durable.remove(tmp_path / "spool")
    assert not late
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_looked_into_is_not_passed_over(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """os.walk hides such errors: what it does not show would not be synced."""

    def scandir(path: object) -> object:
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(OSError, match="too many"):
        durable.sync_tree(dataset)


def test_there_is_no_dataset_before_the_first_commit_is_done(dataset: Path) -> None:
    point(dataset, EMPTY, b"")
    with pytest.raises(NoDataset), store.open_snapshot(dataset):
        pass
    assert states.advance(dataset) == 1  # and what its commit left goes
