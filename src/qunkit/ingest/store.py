"""The dataset on disk: complete snapshots, one of them named by CURRENT.

A writer locks, builds the next snapshot beside the current one, syncs every file and folder, renames it into place and then
replaces CURRENT: a crash at any instant leaves the old state or the new one. Reading is in `snapshots`, clearing up in `pruning`;
the rest of the program takes all three from here.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from qunkit.errors import CannotCreate, DatasetDamaged, NoDataset
from qunkit.ingest import durable, locks, parts, pruning, snapshots
from qunkit.ingest.pruning import purge
from qunkit.ingest.snapshots import Snapshot, empty_manifest, open_snapshot, zone
from qunkit.schema import SCHEMA_VERSION
from qunkit.version import VERSION
from qunkit.words import Text

__all__ = [
    "Snapshot",
    "Staging",
    "commit",
    "confirm",
    "empty_manifest",
    "make_room",
    "open_snapshot",
    "purge",
    "writing",
    "zone",
]


@dataclass(slots=True)
class Staging:
    """The next snapshot while it is built: new files are written here, untouched parts are linked at the commit."""

    dataset: Path
    path: Path
    tz: str
    base: dict[str, Any]
    """Manifest of the current snapshot, or of the empty dataset."""
    base_path: Path | None
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Parts written so far, by their path in the snapshot."""

    @property
    def spool(self) -> Path:
        """A folder for intermediate files; gone at the commit."""
        folder = self.path / "spool"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def create(self, part: str) -> IO[bytes]:
        """A new file of the snapshot, 0600, never an old one."""
        path = self.path / part
        durable.make_folders(path.parent)
        return durable.create(path)

    def adopt(self, part: str, file: Path, rows: int) -> None:
        """Make a file of the spool, as it is, a part of the snapshot."""
        path = self.path / part
        durable.make_folders(path.parent)
        durable.link(file, path)
        self.finish(part, rows)

    def finish(self, part: str, rows: int, **facts: object) -> None:
        """Sync a written part and take it into the manifest with its size and sha256."""
        path = self.path / part
        with durable.named(path), durable.open_file(path) as file:
            durable.sync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
        self.parts[part] = {"rows": rows, "bytes": size, "sha256": digest, **facts}

    def discard(self) -> None:
        """Forget the parts written so far."""
        for part in self.parts:
            (self.path / part).unlink()
            with suppress(OSError):  # of a month of which others have something
                (self.path / part).parent.rmdir()
        self.parts.clear()

    def old_part(self, part: str) -> Path | None:
        """The part of the current snapshot, checked against its sha256, or None if there is none.

        Raises:
            DatasetDamaged: it is missing or differs from the manifest.
        """
        facts = self.base["parts"].get(part)
        if facts is None or self.base_path is None:
            return None
        parts.compare(self.base_path / part, facts["sha256"])
        return self.base_path / part


@contextmanager
def writing(dataset: Path, tz: str, wait: float) -> Iterator[Staging]:
    """The one writer's staging area; left without `commit`, nothing changes.

    `tz` becomes the zone of a dataset that is made here; `wait` is how many seconds to wait for another writer.

    Raises:
        CannotCreate: the folder cannot be made.
        DatasetLocked: another writer holds it after `wait` seconds.
        NoLocks: the file system knows no locks.
    """
    with locks.writer(dataset, wait, partial(make_room, dataset)):
        try:
            _make(dataset, tz)
            base, base_path = pruning.clean(dataset)
            path = Path(tempfile.mkdtemp(prefix=durable.TEMPORARY, dir=dataset))
            with durable.named(dataset):
                yield Staging(dataset, path, base.get("calendar", zone(dataset)), base, base_path)
        finally:
            with suppress(OSError, DatasetDamaged, NoDataset):  # what stays behind, the next run removes
                pruning.clean(dataset)
                pruning.discard_empty(dataset)


def commit(
    staging: Staging, facts: Mapping[str, Any], dropped: frozenset[str] = frozenset(), *, anew: bool = False
) -> str:
    """Make the staged state the current one; returns the snapshot's name. Parts neither written nor dropped stay.

    When this returns, a power cut does not lose it. With `anew` no feature of a text that was worked out before is read again.
    """
    known = dict(staging.parts)
    for part, old in staging.base["parts"].items():
        if part not in known and part not in dropped:
            _keep(staging, part, old)
            known[part] = old
    durable.remove(staging.path / "spool")
    name = snapshots.name_of(snapshots.number(staging.base["snapshot"]) + 1)
    manifest = {"schema": SCHEMA_VERSION, "qunkit": VERSION, "snapshot": name, **facts}
    manifest |= {"tz": zone(staging.dataset), "calendar": staging.tz}
    manifest[snapshots.FEATURES] = name if anew else snapshots.features_since(staging.base)
    manifest["parts"] = dict(sorted(known.items()))
    manifest["before"] = durable.digest(staging.base_path / "manifest.json") if staging.base_path else None
    body = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    durable.write(staging.path / "manifest.json", body)
    durable.sync_tree(staging.path)
    if staging.base_path is None:
        durable.sync_parents(staging.dataset)
        snapshots.point(staging.dataset, snapshots.EMPTY, b"")
    os.rename(staging.path, staging.dataset / name)
    durable.sync_folder(staging.dataset)
    snapshots.point(staging.dataset, name, body)
    with suppress(OSError):  # changes nothing: the next run tries again
        pruning.prune(staging.dataset, name)
        pruning.discard_features(staging.dataset, manifest)
    return name


def confirm(dataset: Path) -> None:
    """Make sure that what CURRENT says survives a power cut, before saying that there is nothing to do.

    A run killed between replacing CURRENT and syncing its folder leaves a commit that only the page cache knows.
    """
    durable.sync_folder(dataset)


def make_room(dataset: Path) -> None:
    """The folder, and nothing else in it that is not ours.

    Raises:
        DatasetDamaged, DatasetNewer: what is there is not to be written to.
        CannotCreate: it cannot be made here.
    """
    with suppress(NoDataset):
        zone(dataset)
        return
    with durable.placed(dataset):
        dataset.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = os.listdir(dataset)
    # what is temporary was left by a killed run
    if any(name not in snapshots.FILES and not name.startswith(durable.TEMPORARY) for name in names):
        why = Text("the folder is not empty and holds no dataset", "文件夹非空且不是数据集")
        raise CannotCreate(path=dataset, why=why)


def _make(dataset: Path, tz: str) -> None:
    """A dataset without a snapshot, unless there is one."""
    if not (dataset / "dataset.json").exists():
        with durable.placed(dataset):
            os.chmod(dataset, 0o700)
            durable.replace(dataset / "dataset.json", json.dumps({"schema": SCHEMA_VERSION, "tz": tz}).encode())


def _keep(staging: Staging, part: str, facts: Mapping[str, Any]) -> None:
    """Take an untouched part over from the current snapshot."""
    target = staging.path / part
    if staging.base_path is None:
        raise DatasetDamaged(path=target, why=Text("it has no older state", "没有可沿用的旧状态"))
    parts.mark(staging.base_path, part, facts["bytes"])
    durable.make_folders(target.parent)
    durable.link(staging.base_path / part, target)
