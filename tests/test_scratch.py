"""What a killed run leaves in the temporary folder goes with the next run; what another still needs stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qunkit.scratch import Folder
from support.datasets import make_dataset
from support.messages import TWELVE

_WAIT = """
import sys, time
from pathlib import Path
from qunkit.scratch import Folder
folder = Folder()
Path(folder.name, "said").write_text("早上好")
print(folder.name, flush=True)
time.sleep(60)
"""
_OLD = 61


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def aged(folder: Path) -> None:
    """Make it as old as one that has its lock for sure."""
    os.utime(folder, (time.time() - _OLD,) * 2)


def test_it_is_for_the_owner_alone_and_gone_afterwards(place: Path) -> None:
    with Folder() as name:
        assert Path(name).stat().st_mode & 0o777 == 0o700
    assert list(place.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next(place: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _WAIT], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        left = Path(run.stdout.readline().strip())
        aged(left)
        with Folder():
            assert (left / "said").exists()  # it still runs
        run.send_signal(signal.SIGKILL)
        run.wait()
    aged(left)
    with Folder():
        assert not left.exists()


def test_what_is_new_or_not_ours_stays(place: Path) -> None:
    for name in ("qunkit-new", "qunkit-unknown", "other"):
        (place / name).mkdir()
    for name in ("qunkit-new", "other"):
        (place / name / "scratch.lock").touch()
    (place / "far").mkdir()
    (place / "far" / "scratch.lock").touch()
    (place / "qunkit-link").symlink_to(place / "far")
    for name in ("qunkit-unknown", "other", "far"):
        aged(place / name)
    with Folder():
        pass
    assert {path.name for path in place.iterdir()} == {"qunkit-new", "qunkit-unknown", "other", "far", "qunkit-link"}


def test_a_dataset_in_the_temporary_folder_stays(place: Path) -> None:
    """It is called qunkit-data by default, and has a lock."""
    make_dataset(place / "qunkit-data", TWELVE)
    assert (place / "qunkit-data" / "lock").exists()
    aged(place / "qunkit-data")
    with Folder():
        pass
    assert (place / "qunkit-data" / "CURRENT").exists()
