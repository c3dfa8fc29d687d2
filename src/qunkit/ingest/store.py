"""The dataset on disk: complete snapshots, one of them named by CURRENT.

A writer locks, builds the next snapshot beside the current one, syncs every file and folder, renames it into place and then
replaces CURRENT: a crash at any instant leaves the old state or the new one. A reader holds a shared lock on its snapshot's
manifest, so that pruning leaves it alone. CURRENT holds the snapshot's name and its manifest's sha256, and the manifest the
sha256 of every part: damage is found, named, and never repaired silently.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from qunkit.errors import CannotCreate, DatasetDamaged, DatasetLocked, DatasetNewer, NoDataset
from qunkit.schema import SCHEMA_VERSION
from qunkit.version import VERSION
from qunkit.words import Text

KEPT = 2
"""Snapshots kept besides locked ones: the current and the one before."""
_SNAPSHOT = re.compile(r"v\d{6,}", re.ASCII)
_STAGING = ".new-"


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
        _make_folders(path.parent)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")

    def finish(self, part: str, rows: int, **facts: object) -> None:
        """Sync a written part and take it into the manifest with its size and sha256."""
        path = self.path / part
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
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
        path = self.base_path / part
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DatasetDamaged(path=path, why=error.strerror) from None
        if digest != facts["sha256"]:
            raise DatasetDamaged(path=path, why=Text("its sha256 is not the manifest's", "sha256 与清单不符"))
        return path


# -- reading -------------------------------------------------------------------------------------------------------
@contextmanager
def open_snapshot(dataset: Path) -> Iterator[Snapshot]:
    """The current snapshot, held until the end of the block.

    Raises:
        NoDataset: there is none.
        DatasetDamaged: CURRENT, the manifest or a part's size is not what was written.
        DatasetNewer: it was written by a newer qunkit.
    """
    for _ in range(3):  # a writer may prune between reading CURRENT and locking the manifest
        name, digest = _current(dataset)
        try:
            manifest_file = (dataset / name / "manifest.json").open("rb")
        except OSError:
            continue
        with manifest_file:
            _flock(manifest_file, fcntl.LOCK_SH)
            if not os.fstat(manifest_file.fileno()).st_nlink:
                continue
            manifest = _manifest(dataset / name, manifest_file.read(), digest)
            _check_parts(dataset / name, manifest)
            yield Snapshot(dataset, dataset / name, name, manifest, zone(dataset))
            return
    raise DatasetDamaged(
        path=dataset / name, why=Text("CURRENT names it, but it has no manifest", "CURRENT 指向它，但缺少清单")
    )


def exists(dataset: Path) -> bool:
    """Whether a dataset is here."""
    return (dataset / "dataset.json").exists()


def zone(dataset: Path) -> str:
    """The time zone of the dataset's calendar.

    Raises:
        NoDataset: no dataset here.
        DatasetDamaged: dataset.json cannot be read.
        DatasetNewer: it was written by a newer qunkit.
    """
    path = dataset / "dataset.json"
    try:
        facts = json.loads(path.read_bytes())
        found, tz = int(facts["schema"]), str(facts["tz"])
    except (FileNotFoundError, NotADirectoryError):
        raise NoDataset(path=dataset) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetDamaged(path=path, why=type(error).__name__) from None
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
    """
    with _lock(dataset, wait):
        _make(dataset, tz)
        try:
            _clean(dataset)
            base, base_path = _base(dataset)
            path = Path(tempfile.mkdtemp(prefix=_STAGING, dir=dataset))
            try:
                yield Staging(dataset, path, zone(dataset), base, base_path)
            finally:
                shutil.rmtree(path, ignore_errors=True)
        finally:
            _discard_empty(dataset)


def commit(staging: Staging, facts: Mapping[str, Any], dropped: frozenset[str] = frozenset()) -> str:
    """Make the staged state the current one; returns the snapshot's name. Parts neither written nor dropped stay.

    When this returns, a power cut does not lose it.
    """
    parts = dict(staging.parts)
    for part, known in staging.base["parts"].items():
        if part not in parts and part not in dropped:
            _link(staging, part)
            parts[part] = known
    shutil.rmtree(staging.path / "spool", ignore_errors=True)
    name = f"v{int(staging.base['snapshot'][1:]) + 1:06d}"
    manifest = {"schema": SCHEMA_VERSION, "qunkit": VERSION, "snapshot": name, **facts}
    manifest["parts"] = dict(sorted(parts.items()))
    body = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    _write(staging.path / "manifest.json", body)
    for folder, _, _ in os.walk(staging.path, topdown=False):
        _sync_folder(Path(folder))
    os.rename(staging.path, staging.dataset / name)
    _sync_folder(staging.dataset)
    _point(staging.dataset, name, hashlib.sha256(body).hexdigest())
    _prune(staging.dataset, name)
    return name


def confirm(dataset: Path) -> None:
    """Make sure that what CURRENT says survives a power cut, before saying that there is nothing to do.

    A run killed between replacing CURRENT and syncing its folder leaves a commit that only the page cache knows.
    """
    _sync_folder(dataset)


def empty_manifest() -> dict[str, Any]:
    """The manifest before the first commit."""
    return {"schema": SCHEMA_VERSION, "snapshot": "v000000", "parts": {}, "sources": [], "fingerprint": "0" * 16}


# -- helpers -------------------------------------------------------------------------------------------------------
def _make(dataset: Path, tz: str) -> None:
    """A dataset without a snapshot, unless there is one; under the lock."""
    if exists(dataset):
        zone(dataset)
        return
    try:
        os.chmod(dataset, 0o700)
        _replace(dataset, "dataset.json", json.dumps({"schema": SCHEMA_VERSION, "tz": tz}).encode())
        _sync_folder(dataset.absolute().parent)
    except OSError as error:
        raise CannotCreate(path=dataset, why=error.strerror) from None


def _make_room(dataset: Path) -> None:
    """The folder, and nothing else in it that is not ours."""
    try:
        dataset.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = ("dataset.json", "qunkit.toml", "lock")  # and what a run killed right here left
        others = [name for name in os.listdir(dataset) if name not in ours and not name.startswith(_STAGING)]
    except OSError as error:
        raise CannotCreate(path=dataset, why=error.strerror) from None
    if others and not exists(dataset):
        raise CannotCreate(
            path=dataset, why=Text("the folder is not empty and holds no dataset", "文件夹非空且不是数据集")
        )


def _discard_empty(dataset: Path) -> None:
    """Leave nothing behind of a dataset that never got a snapshot; under the lock, which others notice to be gone."""
    if not (dataset / "CURRENT").exists():
        for name in ("dataset.json", "lock"):
            with suppress(FileNotFoundError):
                os.unlink(dataset / name)
        with suppress(OSError):
            dataset.rmdir()


def _base(dataset: Path) -> tuple[dict[str, Any], Path | None]:
    if not (dataset / "CURRENT").exists():
        return empty_manifest(), None
    name, digest = _current(dataset)
    path = dataset / name
    try:
        body = (path / "manifest.json").read_bytes()
    except OSError as error:
        raise DatasetDamaged(path=path / "manifest.json", why=error.strerror) from None
    return _manifest(path, body, digest), path


def _current(dataset: Path) -> tuple[str, str]:
    zone(dataset)
    path = dataset / "CURRENT"
    try:
        name, digest = path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        raise NoDataset(path=dataset) from None
    except (OSError, ValueError) as error:
        raise DatasetDamaged(path=path, why=type(error).__name__) from None
    if not _SNAPSHOT.fullmatch(name):
        raise DatasetDamaged(path=path, why=Text("it names no snapshot", "未指向任何快照"))
    return name, digest


def _manifest(path: Path, body: bytes, digest: str) -> dict[str, Any]:
    if hashlib.sha256(body).hexdigest() != digest:
        why = Text("its sha256 is not the one in CURRENT", "sha256 与 CURRENT 不符")
        raise DatasetDamaged(path=path / "manifest.json", why=why)
    manifest: dict[str, Any] = json.loads(body)
    if manifest["schema"] > SCHEMA_VERSION:
        raise DatasetNewer(path=path, found=manifest["schema"], known=SCHEMA_VERSION)
    return manifest


def _check_parts(path: Path, manifest: dict[str, Any]) -> None:
    """Every part is there with its size: DuckDB would not notice a damaged one by itself."""
    for part, facts in manifest["parts"].items():
        try:
            size = (path / part).stat().st_size
        except OSError as error:
            raise DatasetDamaged(path=path / part, why=error.strerror) from None
        if size != facts["bytes"]:
            raise DatasetDamaged(path=path / part, why=Text("its size is not the manifest's", "大小与清单不符"))


@contextmanager
def _lock(dataset: Path, wait: float) -> Iterator[None]:
    """The writer's lock: held by the kernel, so that a dead process leaves none behind. Its content is for people."""
    deadline = time.monotonic() + wait
    while True:
        _make_room(dataset)
        with _lock_file(dataset) as file:
            while not _flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                if time.monotonic() >= deadline:
                    raise DatasetLocked(path=dataset, holder=file.read(100).decode("ascii", "replace").strip() or "?")
                time.sleep(0.05)
            if not os.fstat(file.fileno()).st_nlink:
                continue  # its last holder discarded an empty dataset, lock and all
            file.truncate(0)
            file.write(f"pid {os.getpid()}\n".encode())
            file.flush()
            yield
            return


def _lock_file(dataset: Path) -> IO[bytes]:
    try:
        descriptor = os.open(dataset / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise CannotCreate(path=dataset / "lock", why=error.strerror) from None
    return os.fdopen(descriptor, "r+b")


def _flock(file: IO[bytes], how: int) -> bool:
    """Whether the lock was had; a file system without locks counts as no lock to wait for when reading."""
    try:
        fcntl.flock(file, how)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        if how == fcntl.LOCK_SH and error.errno in (errno.ENOLCK, errno.ENOTSUP):
            return True
        raise
    return True


def _clean(dataset: Path) -> None:
    """Remove what a killed run left: staging folders, and snapshots that CURRENT never came to name."""
    current = int(_current(dataset)[0][1:]) if (dataset / "CURRENT").exists() else 0
    for entry in list(os.scandir(dataset)):
        unborn = _SNAPSHOT.fullmatch(entry.name) and int(entry.name[1:]) > current
        if unborn or entry.name.startswith(_STAGING):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)


def _prune(dataset: Path, current: str) -> None:
    """Remove old snapshots that no reader holds. Errors change nothing: the next run tries again."""
    old = sorted((name for name in os.listdir(dataset) if _SNAPSHOT.fullmatch(name)), key=lambda name: int(name[1:]))
    for name in old[: max(0, old.index(current) + 1 - KEPT)]:
        with suppress(OSError), (dataset / name / "manifest.json").open("rb") as manifest:
            if _flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB):
                going = dataset / f"{_STAGING}{name}"  # a kill half-way leaves a name that the next run cleans
                os.rename(dataset / name, going)
                shutil.rmtree(going)


def _link(staging: Staging, part: str) -> None:
    target = staging.path / part
    _make_folders(target.parent)
    if staging.base_path is None:
        raise DatasetDamaged(path=target, why=Text("it has no older state", "没有可沿用的旧状态"))
    try:
        os.link(staging.base_path / part, target)
    except FileNotFoundError as error:
        raise DatasetDamaged(path=staging.base_path / part, why=error.strerror) from None


def _point(dataset: Path, name: str, digest: str) -> None:
    _replace(dataset, "CURRENT", f"{name} {digest}\n".encode())


def _replace(folder: Path, name: str, body: bytes) -> None:
    """Write a small file whole or not at all, and make it last."""
    descriptor, temporary = tempfile.mkstemp(prefix=_STAGING, dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, folder / name)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _write(path: Path, body: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _make_folders(folder: Path) -> None:
    """Folders for the owner alone; Path.mkdir would give the umask's mode to those between."""
    if not folder.exists():
        _make_folders(folder.parent)
        folder.mkdir(mode=0o700)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
