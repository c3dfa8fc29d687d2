"""Removing snapshots: what a killed run left, what is old, and, when something must be nowhere, all but the current one."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from qunkit.errors import DatasetDamaged, StillRead
from qunkit.ingest import durable, locks, snapshots
from qunkit.words import Text

KEPT = 2
"""Snapshots kept besides locked ones: the current and the one before."""
TURNED_BACK = Text("it names an older snapshot than the newest", "指向的不是最新快照")


def clean(dataset: Path) -> tuple[dict[str, Any], Path | None]:
    """Remove what a run left that was killed or failed: staging, and a snapshot that CURRENT never came to name. Returns the base.

    Raises:
        DatasetDamaged: the current snapshot is not what was written, or there are more above it than one run leaves.
    """
    for name in os.listdir(dataset):
        if name.startswith(durable.TEMPORARY):
            durable.remove(dataset / name)
    base, base_path = snapshots.base(dataset)
    newest = snapshots.number(base["snapshot"])
    above = [name for name in snapshots.names(dataset) if snapshots.number(name) > newest]
    if len(above) > 1:
        raise DatasetDamaged(path=dataset / "CURRENT", why=TURNED_BACK)
    for name in above:
        durable.remove(dataset / name)
    return base, base_path


def discard_empty(dataset: Path) -> None:
    """Leave nothing behind of a dataset that never got a snapshot, nor its lock: others notice that it is gone."""
    if not snapshots.names(dataset):
        durable.sync_folder(dataset)
        for name in ("dataset.json", "CURRENT", "lock"):
            (dataset / name).unlink(missing_ok=True)
        dataset.rmdir()


def discard_features(dataset: Path, manifest: Mapping[str, Any]) -> None:
    """Remove features of texts that may be gone since, once nobody can read the states that had them."""
    since, folder = snapshots.features_since(manifest), dataset / snapshots.FEATURES
    if any(snapshots.number(name) < snapshots.number(since) for name in snapshots.names(dataset)):
        return
    if folder.is_dir() and not folder.is_symlink():
        for name in os.listdir(folder):
            if name != since:
                durable.remove(folder / name)


def prune(dataset: Path, current: str) -> None:
    """Remove old snapshots that no reader holds."""
    old = snapshots.names(dataset)
    for name in old[: max(0, old.index(current) + 1 - KEPT)]:
        _retire(dataset, name)


def purge(dataset: Path, wait: float) -> None:
    """Remove every snapshot but the current one, within a `writing` block: what was dropped is then nowhere.

    Raises:
        StillRead: after `wait` seconds somebody still reads an older one; the others are gone.
    """
    durable.sync_folder(dataset)  # before the old state goes, CURRENT must be sure
    current, deadline = snapshots.current(dataset)[0], time.monotonic() + wait
    old = [name for name in snapshots.names(dataset) if name != current]
    while old := [name for name in old if not _retire(dataset, name)]:
        if time.monotonic() >= deadline:
            raise StillRead(path=dataset / old[0])
        time.sleep(locks.PATIENCE)
    discard_features(dataset, snapshots.base(dataset)[0])
    durable.sync_folder(dataset)


def _retire(dataset: Path, name: str) -> bool:
    """Remove an old snapshot, unless a reader holds it."""
    path = dataset / name
    with ExitStack() as opened:
        try:
            manifest = opened.enter_context(durable.open_file(path / "manifest.json"))
        except OSError as error:
            if error.errno not in durable.NOT_THERE:
                raise
        else:
            if not locks.exclusive(manifest):
                return False
        going = dataset / f"{durable.TEMPORARY}{name}"  # a kill half-way leaves a name that the next run cleans
        os.rename(path, going)
        durable.remove(going)
    return True
