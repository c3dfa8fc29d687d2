"""P01, P06, P07, P20: many at once, signals, and limits of the machine."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BufferedReader
from pathlib import Path
from random import Random

import pytest

from qunkit.errors import DatasetDamaged, DatasetLocked, StillRead
from qunkit.ingest import durable, locks, snapshots, store
from support.needs import ORDINARY, need, works
from torture import bugs, exports, power, states
from torture.size import FULL_RUN, Counts

TESTS = Path(__file__).parents[1]
WRITERS = 6
ROUNDS = 30 if FULL_RUN else 3
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
PATIENCE = 60.0
READ = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from torture import states
for _ in range(int(sys.argv[3])):
    print(states.read(Path(sys.argv[2])), flush=True)
"""
WRITE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from support.needs import ORDINARY, need, works
from torture import bugs, states
if sys.argv[3]:
    bugs.seed(sys.argv[3])
print("go", flush=True)
sys.stdin.readline()
for _ in range(3):
    print(states.advance(Path(sys.argv[2]), wait=60), flush=True)
"""


def python(code: str, *args: object, **more: object) -> subprocess.Popen[str]:
    """A process that runs `code`."""
    command = [sys.executable, "-c", code, str(TESTS), *map(str, args)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes, **more)


def qunkit(*args: object, **more: object) -> subprocess.Popen[str]:
    """The command line, in a process."""
    command = [sys.executable, "-m", "qunkit", *map(str, args)]
    return subprocess.Popen(
        command, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def ingest(dataset: Path, file: Path, *args: str, **more: object) -> tuple[int, str]:
    """Exit code and messages of an ingest."""
    process = qunkit("ingest", file, "--data", dataset, "--quiet", *args, **more)
    _, told = process.communicate(timeout=PATIENCE)
    return process.returncode, told


@pytest.fixture
def files(place: Path) -> list[Path]:
    return exports.write(place / "exports")


# -- many at once --------------------------------------------------------------------------------------------------
def crowd(dataset: Path, dice: Random, bug: str = "") -> tuple[list[int], bool]:
    """Six writers at once, one of whom is to be killed: the numbers of the states that they acknowledged, and whether the kill came in time."""
    writers = [python(WRITE, dataset, bug) for _ in range(WRITERS)]
    for writer in writers:
        writer.stdout.readline()
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    victim = dice.choice(writers)
    timer = threading.Timer(dice.random() * 0.1, victim.kill)
    timer.start()
    told = []
    for writer in writers:
        out, err = writer.communicate(timeout=PATIENCE)
        assert writer.returncode in ((0, -9) if writer is victim else (0,)), err
        told += [int(line) for line in out.split()]
    timer.join()
    return told, victim.returncode == -9


def test_P06_writers_at_once_lose_nothing_and_readers_see_whole_states(place: Path, counts: Counts) -> None:
    dataset, dice = place / "data", Random(1)
    states.advance(dataset)
    acknowledged, killed = {1}, 0
    for _ in range(ROUNDS):
        reader = python(READ, dataset, 100)
        told, died = crowd(dataset, dice)
        killed += died
        seen, err = reader.communicate(timeout=PATIENCE)
        assert reader.returncode == 0, err
        order = [int(line) for line in seen.split()]
        assert order == sorted(order)
        assert len(order) == 100
        assert len(told) == len(set(told))
        assert not acknowledged & {*told}
        acknowledged |= {*told}
        assert states.read(dataset) in (len(acknowledged), *range(len(acknowledged), len(acknowledged) + ROUNDS + 1))
        assert states.advance(dataset) == max(acknowledged | {states.read(dataset)})
        acknowledged.add(states.read(dataset))
        assert states.rubbish(dataset) == []
    counts.add({"commits of six writers": len(acknowledged), "writers killed": killed})


def test_writers_at_once_find_no_lock(place: Path, counts: Counts) -> None:
    dataset = place / "data"
    states.advance(dataset)
    with pytest.raises(AssertionError):
        for seed in range(5):
            told, _ = crowd(dataset, Random(seed), bug="no_lock")
            assert len(told) == len(set(told))
    counts.found("no_lock")


def test_P07_a_reader_keeps_its_state_and_purge_waits_for_it(place: Path) -> None:
    dataset = place / "data"
    states.advance(dataset)
    with store.open_snapshot(dataset) as held:
        for _ in range(4):
            states.advance(dataset)
        body = states.content(1)["ledger/part.parquet"]
        assert (held.path / "ledger/part.parquet").read_bytes() == body
        with store.writing(dataset, states.ZONE, 0), pytest.raises(StillRead) as caught:
            store.purge(dataset, 0.1)
        assert caught.value.code == 75
        assert "v000001" in str(caught.value)
        assert (held.path / "ledger/part.parquet").read_bytes() == body
        assert sorted(name for name in os.listdir(dataset) if name[0] == "v") == ["v000001", "v000005"]
    with store.writing(dataset, states.ZONE, 0):
        store.purge(dataset, 0)
    assert sorted(name for name in os.listdir(dataset) if name[0] == "v") == ["v000005"]
    assert states.read(dataset) == 5


def test_P07_purge_goes_on_when_the_reader_lets_go(place: Path) -> None:
    dataset = place / "data"
    with ExitStack() as reading:
        states.advance(dataset)
        reading.enter_context(store.open_snapshot(dataset))
        states.advance(dataset)
        with store.writing(dataset, states.ZONE, 0):
            timer = threading.Timer(0.3, reading.close)
            timer.start()
            store.purge(dataset, PATIENCE)
            assert [name for name in os.listdir(dataset) if name[0] == "v"] == ["v000002"]
        timer.join()


def test_a_held_reader_finds_readers_not_heeded(place: Path, counts: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "exclusive", locks.exclusive)
    states.advance(place / "data")
    bugs.seed("readers_not_heeded")
    with store.open_snapshot(place / "data") as held:
        for _ in range(4):
            states.advance(place / "data")
        assert not held.path.exists()
    counts.found("readers_not_heeded")


def test_P07_a_reader_that_meets_a_pruning_looks_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = place / "data"
    states.advance(dataset)
    current, calls = snapshots.current, []

    def late(folder: Path) -> tuple[str, str]:
        found = current(folder)
        if not calls:
            calls.append(found)
            for _ in range(3):
                states.advance(dataset)
        return found

    monkeypatch.setattr(snapshots, "current", late)
    assert states.read(dataset) == 4


def test_P06_a_stopped_holder_keeps_others_out_and_then_goes_on(place: Path, files: list[Path]) -> None:
    dataset = place / "data"
    holder = python(
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom pathlib import Path\nfrom qunkit.ingest import store\n"
        "with store.writing(Path(sys.argv[2]), 'Asia/Shanghai', 0) as staging:\n"
        "    print('in', flush=True); sys.stdin.readline()\n"
        "    store.commit(staging, {'number': 1, 'fingerprint': '1', 'sources': []})",
        dataset,
    )
    holder.stdout.readline()
    os.kill(holder.pid, signal.SIGSTOP)
    code, told = ingest(dataset, files[0], "--wait", "0.3")
    assert code == 75
    assert f"pid {holder.pid}, 2" in told
    os.kill(holder.pid, signal.SIGCONT)
    holder.communicate("\n", timeout=PATIENCE)
    assert holder.returncode == 0
    assert ingest(dataset, files[0])[0] == 0


# -- signals -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("number", "twice"),
    [(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, True)],
    ids=["Ctrl-C", "Ctrl-C twice", "SIGTERM", "SIGHUP twice"],
)
def test_P01_a_signal_leaves_the_old_state_and_nothing_else(
    place: Path, files: list[Path], counts: Counts, number: signal.Signals, twice: bool
) -> None:
    dataset = place / "data"
    assert ingest(dataset, files[0])[0] == 0
    old, dice, hit = (dataset / "CURRENT").read_bytes(), Random(number), 0
    for _ in range(40 if FULL_RUN else 2):
        process = qunkit("ingest", files[1], "--data", dataset, "--quiet")
        staging = lambda: any(name.startswith(".new-") for name in os.listdir(dataset))  # noqa: E731
        while process.poll() is None and not staging():
            pass
        threading.Event().wait(dice.random() * 0.3)
        for _ in range(1 + twice):
            if process.poll() is None:
                process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE)
        assert process.returncode in (0, SIGNALS[number], -number), told
        assert not exports.rubbish(dataset, empty=False)
        if process.returncode:
            hit += 1
            assert "Traceback" not in told
        if (dataset / "CURRENT").read_bytes() != old:
            shutil.rmtree(dataset)
            assert ingest(dataset, files[0])[0] == 0
            assert (dataset / "CURRENT").read_bytes() == old
    counts.add({f"signals: {number.name}": hit})


# -- limits --------------------------------------------------------------------------------------------------------
@pytest.fixture
def small_disk(place: Path) -> Iterator[Callable[[int], Path]]:
    """Real file systems of so many KiB."""
    with ExitStack() as mounted:

        def make(size: int) -> Path:
            folder = place / f"disk{size}"
            folder.mkdir()
            may = works("mount", "-t", "tmpfs", "-o", f"size={size}k", "none", folder)
            need("the right to mount", may, held_by="tests/torture/test_faults.py::test_P01_a_fault_at_every_file_call")
            mounted.callback(subprocess.run, ["umount", str(folder)], check=True)
            return folder

        yield make


def test_P01_a_disk_that_is_really_full(files: list[Path], small_disk: Callable[[int], Path], counts: Counts) -> None:
    failed = 0
    for size in range(20, 400, 12) if FULL_RUN else (60, 120):
        disk = small_disk(size)
        dataset, old = disk / "data", None
        for file in files:
            code, told = ingest(dataset, file)
            current = (dataset / "CURRENT").read_bytes() if dataset.exists() else None
            if code:
                failed += 1
                assert code == 74, told
                assert "space" in told, told
                assert current == old
                assert not exports.rubbish(dataset, empty=old is None)
            old = current
    assert failed
    counts.add({"full disks": failed})


def test_P01_a_file_larger_than_is_allowed(place: Path, files: list[Path]) -> None:
    dataset = place / "data"
    assert ingest(dataset, files[0])[0] == 0
    old = (dataset / "CURRENT").read_bytes()
    code, told = ingest(dataset, files[1], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))
    assert code == 74, told
    assert "Traceback" not in told
    assert (dataset / "CURRENT").read_bytes() == old
    assert not exports.rubbish(dataset, empty=False)


@pytest.mark.parametrize("limit", [16, 24, 32, 40, 48, 64] if FULL_RUN else [16, 32, 64])
def test_P20_few_files_may_be_open(place: Path, files: list[Path], limit: int) -> None:
    dataset = place / "data"
    assert ingest(dataset, files[0])[0] == 0
    old = (dataset / "CURRENT").read_bytes()
    code, told = ingest(
        dataset, files[1], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    )
    assert code in (0, 71), told
    if code:
        assert "open files" in told
        assert (dataset / "CURRENT").read_bytes() == old
    assert not exports.rubbish(dataset, empty=False)


def test_reading_needs_no_right_to_write(place: Path, files: list[Path]) -> None:
    dataset = place / "data"
    assert ingest(dataset, files[0])[0] == 0
    for path in (dataset, *dataset.rglob("*")):
        os.chmod(path, path.stat().st_mode & ~0o222)
    before = {path: path.stat().st_mtime_ns for path in dataset.rglob("*")}
    environment = {**os.environ, "HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"}
    for command, code in ((["groups"], 0), (["ingest", str(files[1])], 73), (["activity"], 0)):
        line = [*ORDINARY, sys.executable, "-m", "qunkit", *command, "--data", str(dataset)]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (code, 77 if code else 0), done.stderr
    assert before == {path: path.stat().st_mtime_ns for path in dataset.rglob("*")}
    for path in (dataset, *dataset.rglob("*")):
        os.chmod(path, 0o700)


# -- copies instead of links ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 18, 31, 38, 95], ids=["EPERM", "EXDEV", "EMLINK", "ENOSYS", "ENOTSUP"])
def test_P30_without_hard_links_parts_are_copied(place: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", link)
    for _ in range(5):
        states.advance(place / "data")
    assert states.read(place / "data") == 5


def test_copies_are_synced_and_power_cuts_find_it_if_not(place: Path, counts: Counts) -> None:
    for bug in ("copied", "copies_not_synced"):
        disk = power.fresh(place / "root")
        cuts, done = power.Cuts(place / "root", place / "cut"), 0
        with ExitStack() as expected:
            if bug != "copied":
                expected.enter_context(pytest.raises(power.Broken))
            for program in ("1", "2"):
                calls = power.recorded(place / "root", place / "log", program, bug=bug)
                done = cuts.play(disk, calls, done, acknowledged=done)
            assert done == 3
    counts.found("copies_not_synced")


@pytest.mark.parametrize("victim", ["dataset.json", "CURRENT", "manifest.json"])
def test_errors_that_are_no_damage_are_told_as_they_are(
    place: Path, monkeypatch: pytest.MonkeyPatch, victim: str
) -> None:
    states.advance(place / "data")
    true = durable.open_file

    def open_file(path: Path) -> BufferedReader:
        if path.name == victim:
            raise OSError(24, "too many", str(path))
        return true(path)

    monkeypatch.setattr(durable, "open_file", open_file)
    with pytest.raises(OSError, match="too many"):
        states.read(place / "data")
    with pytest.raises(OSError, match="too many"):
        states.advance(place / "data")
    assert DatasetDamaged.code == 20
    assert DatasetLocked.code == 75
