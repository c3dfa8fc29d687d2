"""The dataset on disk: complete snapshots, one of them named by CURRENT.

A writer locks, builds the next snapshot beside the current one, syncs every file and folder, renames it into place and then
replaces CURRENT: a crash at any instant leaves the old state or the new one. A reader holds a shared lock on its snapshot's
manifest, so that pruning leaves it alone. CURRENT holds the snapshot's name and its manifest's sha256, and the manifest the
sha256 of every part: damage is found, named, and never repaired silently.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from qunkit.errors import CannotCreate, DatasetDamaged, DatasetNewer, NoDataset, StillRead
from qunkit.ingest import durable, locks, parts
from qunkit.schema import SCHEMA_VERSION
from qunkit.version import VERSION
from qunkit.words import Text

KEPT = 2
"""Snapshots kept besides locked ones: the current and the one before."""
EMPTY = "v000000"
"""What CURRENT names until the first commit is done: a snapshot without a CURRENT is damage, never rubbish."""
_SNAPSHOT = re.compile(r"v\d{6,}", re.ASCII)
_CURRENT = re.compile(rb"(v\d{6,}) ([0-9a-f]{64})\n")
_NOTHING = hashlib.sha256().hexdigest()
"""What stands with EMPTY: a flipped bit in another snapshot's name must not come to it."""
_OURS = ("dataset.json", "CURRENT", "qunkit.toml", "lock")


@dataclass(slots=True)
class Snapshot:
    """One complete state of a dataset, held for reading."""

    dataset: Path
    path: Path
    id: str
    manifest: dict[str, Any]
    tz: str

    @property
    def fingerprint(self) -> str:
        """What the dataset says, in 16 hexadecimal digits: the same whatever the order of ingests."""
        return str(self.manifest["fingerprint"])


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


# -- reading -------------------------------------------------------------------------------------------------------
@contextmanager
def open_snapshot(dataset: Path, *, verify: bool = True) -> Iterator[Snapshot]:
    """The current snapshot, held until the end of the block. Without `verify` the caller looks at the parts.

    Raises:
        NoDataset: there is none.
        DatasetDamaged: CURRENT, the manifest or a part is not what was written.
        DatasetNewer: it was written by a newer qunkit.
    """
    tz = zone(dataset)
    with _held(dataset) as (name, digest, file):
        path = dataset / name
        manifest = _manifest(path, file.read(), digest)
        if manifest.get("tz", tz) != tz:
            why = Text("its time zone is not the manifest's", "时区与清单不符")
            raise DatasetDamaged(path=dataset / "dataset.json", why=why)
        if verify:
            parts.check(path, manifest["parts"])
        yield Snapshot(dataset, path, name, manifest, tz)


def exists(dataset: Path) -> bool:
    """Whether a dataset is here."""
    return (dataset / "dataset.json").exists()


def zone(dataset: Path) -> str:
    """The time zone of the dataset's calendar.

    Raises:
        NoDataset: no dataset here.
        DatasetDamaged: dataset.json cannot be understood, or is gone.
        DatasetNewer: it was written by a newer qunkit.
    """
    path = dataset / "dataset.json"
    try:
        facts = json.loads(durable.read(path))
        found, tz = int(facts["schema"]), str(facts["tz"])
    except OSError as error:
        if error.errno not in durable.NOT_THERE:
            raise
        if error.errno != errno.ELOOP and not _snapshots(dataset):
            raise NoDataset(path=dataset) from None
        raise DatasetDamaged(path=path, why=error.strerror) from None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise DatasetDamaged(path=path, why=type(error).__name__) from None
    if found < 1:
        raise DatasetDamaged(path=path, why=Text("it has no schema version", "没有架构版本"))
    if found > SCHEMA_VERSION:
        raise DatasetNewer(path=dataset, found=found, known=SCHEMA_VERSION)
    return tz


# -- writing -------------------------------------------------------------------------------------------------------
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
            base, base_path = _clean(dataset)
            path = Path(tempfile.mkdtemp(prefix=durable.TEMPORARY, dir=dataset))
            with durable.named(dataset):
                yield Staging(dataset, path, zone(dataset), base, base_path)
        finally:
            with suppress(OSError, DatasetDamaged, NoDataset):  # what stays behind, the next run removes
                _clean(dataset)
                _discard_empty(dataset)


def commit(staging: Staging, facts: Mapping[str, Any], dropped: frozenset[str] = frozenset()) -> str:
    """Make the staged state the current one; returns the snapshot's name. Parts neither written nor dropped stay.

    When this returns, a power cut does not lose it.
    """
    known = dict(staging.parts)
    for part, old in staging.base["parts"].items():
        if part not in known and part not in dropped:
            _keep(staging, part, old)
            known[part] = old
    durable.remove(staging.path / "spool")
    name = f"v{int(staging.base['snapshot'][1:]) + 1:06d}"
    manifest = {"schema": SCHEMA_VERSION, "qunkit": VERSION, "snapshot": name, "tz": staging.tz, **facts}
    manifest["parts"] = dict(sorted(known.items()))
    manifest["before"] = durable.digest(staging.base_path / "manifest.json") if staging.base_path else None
    body = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    durable.write(staging.path / "manifest.json", body)
    durable.sync_tree(staging.path)
    if staging.base_path is None:
        durable.sync_parents(staging.dataset)
        _point(staging.dataset, EMPTY, b"")
    os.rename(staging.path, staging.dataset / name)
    durable.sync_folder(staging.dataset)
    _point(staging.dataset, name, body)
    with suppress(OSError):  # changes nothing: the next run tries again
        _prune(staging.dataset, name)
    return name


def confirm(dataset: Path) -> None:
    """Make sure that what CURRENT says survives a power cut, before saying that there is nothing to do.

    A run killed between replacing CURRENT and syncing its folder leaves a commit that only the page cache knows.
    """
    durable.sync_folder(dataset)


def purge(dataset: Path, wait: float) -> None:
    """Remove every snapshot but the current one, within a `writing` block: what was dropped is then nowhere.

    Raises:
        StillRead: after `wait` seconds somebody still reads an older one; the others are gone.
    """
    confirm(dataset)
    current, deadline = _current(dataset)[0], time.monotonic() + wait
    old = [name for name in _snapshots(dataset) if name != current]
    while old := [name for name in old if not _retire(dataset, name)]:
        if time.monotonic() >= deadline:
            raise StillRead(path=dataset / old[0])
        time.sleep(locks.PATIENCE)
    durable.sync_folder(dataset)


def empty_manifest() -> dict[str, Any]:
    """The manifest before the first commit."""
    return {"schema": SCHEMA_VERSION, "snapshot": EMPTY, "parts": {}, "sources": [], "fingerprint": "0" * 16}


# -- what CURRENT names --------------------------------------------------------------------------------------------
@contextmanager
def _held(dataset: Path) -> Iterator[tuple[str, str, IO[bytes]]]:
    """Name, digest and open manifest of the current snapshot, locked against pruning."""
    file, before = None, ""
    while file is None:  # a writer may prune between reading CURRENT and locking: CURRENT names another by then
        name, digest = _current(dataset)
        file = _lock_manifest(dataset / name, last_try=name == before)
        before = name
    with file:
        yield name, digest, file


def _lock_manifest(snapshot: Path, *, last_try: bool) -> IO[bytes] | None:
    path = snapshot / "manifest.json"
    with ExitStack() as opened:
        try:
            parts.must_be_plain(snapshot)
            file = opened.enter_context(durable.open_file(path))
            if locks.shared(file) and os.path.samestat(os.fstat(file.fileno()), path.lstat()):
                opened.pop_all()
                return file
        except OSError as error:
            if error.errno not in durable.NOT_THERE:
                raise
    if last_try:
        why = Text("CURRENT names it, but it cannot be held", "CURRENT 指向它，但无法打开")
        raise DatasetDamaged(path=path, why=why)
    return None


def _base(dataset: Path) -> tuple[dict[str, Any], Path | None]:
    try:
        name, digest = _current(dataset)
    except NoDataset:
        return empty_manifest(), None
    path = dataset / name
    parts.must_be_plain(path)
    try:
        body = durable.read(path / "manifest.json")
    except OSError as error:
        if error.errno not in durable.NOT_THERE:
            raise
        raise DatasetDamaged(path=path / "manifest.json", why=error.strerror) from None
    return _manifest(path, body, digest), path


def _current(dataset: Path) -> tuple[str, str]:
    """Name of the current snapshot and its manifest's sha256."""
    path = dataset / "CURRENT"
    try:
        said = _CURRENT.fullmatch(durable.read(path))
    except OSError as error:
        if error.errno not in durable.NOT_THERE:
            raise
        if error.errno == errno.ENOENT and not _snapshots(dataset):
            raise NoDataset(path=dataset) from None
        raise DatasetDamaged(path=path, why=error.strerror) from None
    name, digest = (said[1].decode(), said[2].decode()) if said else ("", "")
    if not said or (name == EMPTY and digest != _NOTHING):
        raise DatasetDamaged(path=path, why=Text("it names no snapshot", "未指向任何快照"))
    if name == EMPTY:
        raise NoDataset(path=dataset)
    return name, digest


def _manifest(path: Path, body: bytes, digest: str) -> dict[str, Any]:
    if hashlib.sha256(body).hexdigest() != digest:
        why = Text("its sha256 is not the one in CURRENT", "sha256 与 CURRENT 不符")
        raise DatasetDamaged(path=path / "manifest.json", why=why)
    try:
        manifest: dict[str, Any] = json.loads(body)
        newer = manifest["schema"] > SCHEMA_VERSION
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DatasetDamaged(path=path / "manifest.json", why=type(error).__name__) from None
    if newer:
        raise DatasetNewer(path=path, found=manifest["schema"], known=SCHEMA_VERSION)
    if not _is_whole(manifest):
        raise DatasetDamaged(path=path / "manifest.json", why=Text("it is no manifest", "不是有效的清单"))
    return manifest


def _is_whole(manifest: dict[str, Any]) -> bool:
    """Whether it says what every reader counts on, and names files of its own snapshot only."""
    match manifest:
        case {"parts": dict(parts), "sources": list(), "fingerprint": str(), "snapshot": str()}:
            return all(_is_part(part, facts) for part, facts in parts.items())
    return False


def _is_part(part: str, facts: object) -> bool:
    match facts:
        case {"bytes": int(), "sha256": str()}:
            return part.isascii() and part.isprintable() and not {"", "..", "."} & set(part.split("/"))
    return False


def _point(dataset: Path, name: str, manifest: bytes) -> None:
    durable.replace(dataset / "CURRENT", f"{name} {hashlib.sha256(manifest).hexdigest()}\n".encode())


def _snapshots(dataset: Path) -> list[str]:
    """Names of the snapshots that are there, from the oldest; none where no folder is."""
    try:
        found = [name for name in os.listdir(dataset) if _SNAPSHOT.fullmatch(name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found, key=lambda name: int(name[1:]))


# -- making and clearing up; under the lock ------------------------------------------------------------------------
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
    if any(
        name not in _OURS and not name.startswith(durable.TEMPORARY) for name in names
    ):  # temporary: of a killed run
        why = Text("the folder is not empty and holds no dataset", "文件夹非空且不是数据集")
        raise CannotCreate(path=dataset, why=why)


def _make(dataset: Path, tz: str) -> None:
    """A dataset without a snapshot, unless there is one."""
    if not exists(dataset):
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


def _clean(dataset: Path) -> tuple[dict[str, Any], Path | None]:
    """Remove what a run left that was killed or failed: staging, and a snapshot that CURRENT never came to name. Returns the base.

    Raises:
        DatasetDamaged: the current snapshot is not what was written, or there are more above it than one run leaves.
    """
    for name in os.listdir(dataset):
        if name.startswith(durable.TEMPORARY):
            durable.remove(dataset / name)
    base, base_path = _base(dataset)
    above = [name for name in _snapshots(dataset) if int(name[1:]) > int(base["snapshot"][1:])]
    if len(above) > 1:
        why = Text("it names an older snapshot than the newest", "指向的不是最新快照")
        raise DatasetDamaged(path=dataset / "CURRENT", why=why)
    for name in above:
        durable.remove(dataset / name)
    return base, base_path


def _discard_empty(dataset: Path) -> None:
    """Leave nothing behind of a dataset that never got a snapshot, nor its lock: others notice that it is gone."""
    if not _snapshots(dataset):
        durable.sync_folder(dataset)
        for name in ("dataset.json", "CURRENT", "lock"):
            (dataset / name).unlink(missing_ok=True)
        dataset.rmdir()


def _prune(dataset: Path, current: str) -> None:
    """Remove old snapshots that no reader holds."""
    old = _snapshots(dataset)
    for name in old[: max(0, old.index(current) + 1 - KEPT)]:
        _retire(dataset, name)


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
