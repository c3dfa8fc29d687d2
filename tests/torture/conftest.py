"""How much is done (quick, or in full by `make torture`), where, and the counts of what was done."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from torture.faults import Bench, Server
from torture.shim import Shim
from torture.size import Counts


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was found good in one test is no fact in another."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is such a place: syncing costs nothing there, and the tests do not trust it anyway."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="qunkit-torture-", dir=memory)).resolve()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def bench(place: Path) -> Iterator[Bench]:
    """A place to torment the store in."""
    (place / "work").mkdir()
    with Server(Shim.make(place)) as server:
        yield Bench(place / "work", server)


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> Iterator[Counts]:
    """What this test counts."""
    counted = Counts()
    yield counted
    counted.keep(request.node.nodeid)
