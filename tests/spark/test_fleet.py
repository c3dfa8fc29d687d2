"""A cluster reads a fleet of exports as this machine does: the same dataset, the same summary, to the last cell and the order of rows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qunkit.api import open_dataset
from qunkit.engines._spark_package import ship
from qunkit.engines._spark_session import opened
from qunkit.engines._spark_spread import _outcome, spread
from qunkit.errors import NotOfWorkers, NotOnWorkers, OutOfResources, UnreadableExport, WorkerLacks
from qunkit.ingest import crew
from support import clusters
from support.fleets import everything, fleet, state, told
from support.staged import members, messages, rejects

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")]


@pytest.fixture
def shares(monkeypatch):
    """Every few files are many, so that each worker has some."""
    monkeypatch.setattr(crew, "_FILES", 5)


@pytest.fixture
def spreading(cluster):
    """`spread` on the cluster."""
    with opened(cluster) as session:
        ship(session)
        yield lambda function, items, folder: spread(session, function, items, folder)


def rows(summary):
    """Every cell that is shown, and what is said of all."""
    result = summary.to_result()
    return list(result.rows()), [note.say("en") for note in result.notes], summary.code


# -- the dataset ----------------------------------------------------------------------------------------------------
def test_the_dataset_and_the_summary_are_the_same(cluster, shares, tmp_path):
    exports = everything(tmp_path / "exports")
    here, there = open_dataset(tmp_path / "here"), open_dataset(tmp_path / "there", engine="spark", spark_url=cluster)
    known, rehearsed = here.ingest(exports), there.ingest(exports, dry_run=True)
    assert not there.path.exists()
    assert rows(rehearsed)[0] == rows(open_dataset(tmp_path / "none").ingest(exports, dry_run=True))[0]
    done = []
    summary = there.ingest(exports, progress=lambda *file: done.append(file))
    assert rows(summary) == rows(known)
    assert told(summary) == told(known)
    assert state(there.path) == state(here.path)
    for table in (messages, members, rejects):
        assert table(there.path)
        assert table(there.path) == table(here.path)
    assert done == [(file.label, file.size, file.size) for file in summary.files]
    names = {"exports", "here", "there"}
    assert ({path.name for path in tmp_path.iterdir()}, list(there.path.glob(".new-*"))) == (names, [])
    # again: nothing new, and no other state
    assert rows(there.ingest(exports)) == rows(here.ingest(exports))
    assert state(there.path) == state(here.path)


def test_a_fleet_that_has_grown_is_added_to(cluster, shares, tmp_path):
    """Into a dataset that this machine has made, with other options, one commit a file, and by what qunkit.toml says."""
    exports = everything(tmp_path / "exports")
    datasets = [open_dataset(tmp_path / name) for name in ("here", "there")]
    for dataset in datasets:
        dataset.ingest(exports / "fleet" / "0.jsonl", exports / "samples" / "weflow")
    settings = tmp_path / "spark.toml"
    settings.write_text(f'[engine]\nname = "spark"\nspark_url = "{cluster}"')
    datasets[1] = open_dataset(datasets[1].path, settings=settings)
    for given, options in (
        (["fleet", "more.zip"], {}),
        (["samples/memotrace_v2"], {"tz": "America/New_York", "as_group": "一群"}),
        (["fleet/1.jsonl", "fleet/2.jsonl", "samples/chatlog"], {"each": True, "again": True}),
    ):
        known, summary = (dataset.ingest(*(exports / name for name in given), **options) for dataset in datasets)
        assert rows(summary) == rows(known)
        assert state(datasets[1].path) == state(datasets[0].path)


def test_the_command_says_the_same_and_nothing_else(cluster, tmp_path):
    exports = fleet(tmp_path / "exports")
    command = [sys.executable, "-m", "qunkit", "ingest", "exports", "--data"]
    known = subprocess.run([*command, "here"], capture_output=True, cwd=tmp_path)
    command += ["there", "--engine", "spark", "--spark-url", cluster]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as asking:  # fmt: skip
        out, err = asking.communicate()
        assert clusters.left(asking.pid) == []
    assert (out, err.decode(), asking.returncode) == (known.stdout, known.stderr.decode(), known.returncode)
    assert state(tmp_path / "there") == state(tmp_path / "here")
    assert len(list(exports.iterdir())) == 11


def test_ctrl_c_ends_it_and_leaves_nothing(cluster, tmp_path):
    exports, dataset = everything(tmp_path / "exports"), tmp_path / "data"
    open_dataset(dataset).ingest(exports / "fleet" / "0.jsonl")
    before = state(dataset)
    command = [sys.executable, "-m", "qunkit", "ingest", str(exports), "--data", str(dataset), "--engine", "spark", "--spark-url", cluster]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as asking:
        while not list(dataset.glob(".new-*/spool/*-*/spool/*.parquet")):  # a worker has staged something
            assert asking.poll() is None
            time.sleep(0.05)
        asking.send_signal(signal.SIGINT)
        out, err = asking.communicate(timeout=60)
        assert clusters.left(asking.pid) == []
    assert (out, err.decode(), asking.returncode) == (b"", "", 130)
    open_dataset(dataset).ingest(exports / "fleet" / "0.jsonl")  # clears what a worker wrote as it was told to end
    assert not list(dataset.glob(".new-*"))
    assert state(dataset) == before


# -- places ---------------------------------------------------------------------------------------------------------
def test_a_dataset_or_an_export_that_workers_do_not_see(cluster, tmp_path, monkeypatch):
    """The same path is another folder for them: this process's own."""
    fleet(tmp_path / "exports")
    monkeypatch.chdir(tmp_path)
    own = Path("/proc/self/cwd")
    for data, exports, named in ((own / "data", tmp_path / "exports", "/proc/self/cwd/data"), (tmp_path / "data", own / "exports", r"exports/0\.jsonl")):  # fmt: skip
        with pytest.raises(NotOnWorkers, match=named):
            open_dataset(data, engine="spark", spark_url=cluster).ingest(exports)
        assert not (tmp_path / "data").exists()


def test_an_answer_that_is_not_here(tmp_path):
    for size in (0, 5):
        (tmp_path / "0.answer").write_bytes(b"cut"[:size])
        with pytest.raises(NotOfWorkers):
            _outcome(tmp_path, "0.answer", 4)
    with pytest.raises(NotOfWorkers):
        _outcome(tmp_path, "gone.answer", 4)


# -- what goes wrong ------------------------------------------------------------------------------------------------
def test_answers_come_in_order_with_what_was_raised(spreading, tmp_path, tmp_path_factory):
    """Errors of ours as they are; others without a word in Spark's logs."""

    def answered(item):
        import time

        from qunkit.errors import UnreadableExport

        time.sleep(0.3 if item == 0 else 0)
        if item == "refused":
            raise UnreadableExport(path="a.json", why="broken")
        if item == "bug":
            raise ValueError("说过的话")
        if item == "lacking":
            import no_such_module  # noqa: F401
        if item == "strange":
            raise type("Strange", (Exception,), {})("说过的话")
        return item

    assert list(spreading(answered, range(40), tmp_path)) == list(range(40))
    assert list(spreading(answered, [], tmp_path)) == []
    for item, kind, words in (
        ("refused", UnreadableExport, "a.json: broken"),
        ("lacking", WorkerLacks, "no_such_module"),
        ("bug", ValueError, "说过的话"),
        ("strange", RuntimeError, "^Strange$"),
    ):
        with pytest.raises(kind, match=words) as raised:
            list(spreading(answered, [1, item, 2], tmp_path))
        if kind is ValueError:
            assert "in answered" in str(raised.value.__cause__)
    logs = [file for file in tmp_path_factory.getbasetemp().rglob("*") if file.name == "stderr" or file.suffix == ".log"]  # fmt: skip
    assert not [file for file in logs if "说过的话".encode() in file.read_bytes()]


def test_a_worker_that_dies(cluster, spreading, tmp_path):
    """A cluster tries it again elsewhere; one machine does not."""

    def once_killed(item):
        import os
        import signal
        from pathlib import Path

        if not (mark := Path(folder, f"mark-{item}")).exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    folder = str(tmp_path)
    if cluster.startswith("spark://"):
        assert list(spreading(once_killed, range(5), tmp_path)) == list(range(5))
    else:
        with pytest.raises(OutOfResources):
            list(spreading(once_killed, range(5), tmp_path))
    (tmp_path / "mark-0").touch()
    assert list(spreading(once_killed, [0], tmp_path)) == [0]  # the session goes on


def test_what_is_not_needed_any_more_is_ended(spreading, tmp_path):
    def slow(item):
        import os
        import time
        from pathlib import Path

        if item:
            Path(folder, f"pid-{os.getpid()}").touch()
            time.sleep(60)
        return item

    folder = str(tmp_path)
    answers = spreading(slow, range(2), tmp_path)  # as many as there are cores
    assert next(answers) == 0
    while not list(tmp_path.glob("pid-*")):
        time.sleep(0.1)
    begin = time.monotonic()
    answers.close()
    [worker, *_] = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    while Path(f"/proc/{worker}").exists() and time.monotonic() < begin + 50:
        time.sleep(0.1)
    assert time.monotonic() < begin + 50  # the function would take a minute
    assert os.getpid() != worker
