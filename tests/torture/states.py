"""Made-up states of a dataset, numbered: what each holds to the last byte, a run that leads from one to the next, and a reader that checks.

Only the store is needed for this, so that a process that does it is small and quickly forked.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from qunkit.errors import NoDataset
from qunkit.ingest import store

ZONE = "Asia/Shanghai"
MONTHS = 3
"""Parts that come and go; every state writes one anew, and every fourth drops one."""


def content(state: int) -> dict[str, bytes]:
    """Every part of a state."""
    parts = {"ledger/part.parquet": _body("ledger", state)} if state else {}
    for month in range(MONTHS):
        written = [n for n in range(1, state + 1) if n % MONTHS == month]
        if written and not _dropped(state, month):
            parts[_month(month)] = _body(f"month {month}", written[-1])
    return parts


def advance(dataset: Path, wait: float = 0.0) -> int:
    """One run: commit the state after the current one; returns its number."""
    with store.writing(dataset, ZONE, wait) as staging:
        number = 1 + int(staging.base.get("number", 0))
        (staging.spool / "scratch").write_bytes(b"x" * 100)
        old, new = content(number - 1), content(number)
        for part, body in new.items():
            if body != old.get(part):
                with staging.create(part) as file:
                    file.write(body)
                staging.finish(part, number)
        store.commit(staging, {"number": number, "fingerprint": str(number), "sources": []}, frozenset(old) - {*new})
    return number


def reach(dataset: Path, number: int) -> int:
    """One run that finds nothing to do if the state is there already, as an ingest of the same files does."""
    with store.writing(dataset, ZONE, 0) as staging:
        if staging.base.get("number", 0) >= number:
            store.confirm(dataset)
            return number
    return advance(dataset)


def nothing(dataset: Path) -> None:
    """A run in which all input was refused."""
    with store.writing(dataset, ZONE, 0) as staging:
        (staging.spool / "scratch").write_bytes(b"x" * 100)
        store.confirm(dataset)


def purge(dataset: Path) -> int:
    """A run that drops what was before it for good."""
    with store.writing(dataset, ZONE, 0) as staging:
        number = int(staging.base["number"])
        store.purge(dataset, 0)
    return number


def run(program: str, dataset: Path, acknowledge: Callable[[int], None]) -> None:
    """A named run; what it says is done, it acknowledges."""
    if program == "nothing":
        nothing(dataset)
    elif program == "purge":
        acknowledge(purge(dataset))
    elif program.startswith("reach"):
        acknowledge(reach(dataset, int(program[5:])))
    else:
        for _ in range(int(program or 1)):
            acknowledge(advance(dataset))


def read(dataset: Path) -> int:
    """The number of the state that a reader finds, every byte of it checked; 0 where there is none."""
    try:
        with store.open_snapshot(dataset, verify=False) as snapshot:
            number = int(snapshot.manifest["number"])
            expected = content(number)
            assert set(snapshot.manifest["parts"]) == set(expected)
            assert _files(snapshot.path) == {*expected, "manifest.json"}
            for part, body in expected.items():
                assert (snapshot.path / part).read_bytes() == body, part
            return number
    except NoDataset:
        return 0


def rubbish(dataset: Path) -> list[str]:
    """What does not belong into a dataset that nobody writes to: anything but the current snapshot and the one before."""
    if not dataset.exists():
        return []
    number = read(dataset)
    allowed = {"CURRENT", "dataset.json", "lock", f"v{number:06d}", f"v{number - 1:06d}"} if number else set()
    return sorted(set(os.listdir(dataset)) - allowed) if number else [str(dataset)]


def _body(name: str, state: int) -> bytes:
    mark = hashlib.sha256(f"{name} {state}".encode()).hexdigest()
    return f"{name} as of state {state} {mark}\n".encode() * 20


def _month(month: int) -> str:
    return f"messages/month=2026-{month + 1:02d}/part.parquet"


def _dropped(state: int, month: int) -> bool:
    return state % 4 == 0 and month == (state + 1) % MONTHS


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
