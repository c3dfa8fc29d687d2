"""Which snapshot is the current one, and holding it for reading: CURRENT, the manifests, dataset.json.

CURRENT holds the snapshot's name and its manifest's sha256, and the manifest the sha256 of every part: damage is found, named, and never
repaired silently. A reader holds a shared lock on its snapshot's manifest, so that pruning leaves it alone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from qunkit.errors import DatasetDamaged, DatasetNewer, NoDataset
from qunkit.ingest import durable, locks, parts
from qunkit.schema import SCHEMA_VERSION
from qunkit.words import Text

FEATURES = "features"
"""What `enrich` worked out of texts, for the next time; nothing depends on it."""
FILES = ("dataset.json", "CURRENT", "qunkit.toml", "events.csv", "alerts.json", "lock", FEATURES)
"""What lies beside the snapshots."""
EMPTY = "v000000"
"""What CURRENT names until the first commit is done: a snapshot without a CURRENT is damage, never rubbish."""
_SNAPSHOT = re.compile(r"v\d{6,}", re.ASCII)
_CURRENT = re.compile(rb"(v\d{6,}) ([0-9a-f]{64})\n")
_NOTHING = hashlib.sha256().hexdigest()
"""What stands with EMPTY: a flipped bit in another snapshot's name must not come to it."""


@dataclass(slots=True)
class Snapshot:
    """One complete state of a dataset, held for reading."""

    dataset: Path
    path: Path
    id: str
    manifest: dict[str, Any]
    tz: str
    """Zone of the calendar."""

    @property
    def fingerprint(self) -> str:
        """What the dataset says, in 16 hexadecimal digits: the same whatever the order of ingests."""
        return str(self.manifest["fingerprint"])

    @property
    def features(self) -> Path:
        """Where features of this state's texts are kept: another place after each commit that must leave no text behind."""
        return self.dataset / FEATURES / features_since(self.manifest)


@contextmanager
def open_snapshot(dataset: Path, *, verify: bool = True) -> Iterator[Snapshot]:
    """The current snapshot, held until the end of the block. Without `verify` the caller looks at the parts.

    Raises:
        NoDataset: there is none.
        DatasetDamaged: CURRENT, the manifest or a part is not what was written.
        DatasetNewer: it was written by a newer qunkit.
    """
    tz = zone(dataset)
    with held(dataset) as (name, digest, file):
        path = dataset / name
        manifest = _manifest(path, file.read(), digest)
        if manifest.get("tz", tz) != tz:
            why = Text("its time zone is not the manifest's", "时区与清单不符")
            raise DatasetDamaged(path=dataset / "dataset.json", why=why)
        if verify:
            parts.check(path, manifest["parts"])
        yield Snapshot(dataset, path, name, manifest, manifest.get("calendar", tz))


def zone(dataset: Path) -> str:
    """The time zone in which the dataset was made, and of its calendar unless its manifest says another.

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
        if error.errno != errno.ELOOP and not names(dataset):
            raise NoDataset(path=dataset) from None
        raise DatasetDamaged(path=path, why=error.strerror) from None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise DatasetDamaged(path=path, why=type(error).__name__) from None
    if found < 1:
        raise DatasetDamaged(path=path, why=Text("it has no schema version", "没有架构版本"))
    if found > SCHEMA_VERSION:
        raise DatasetNewer(path=dataset, found=found, known=SCHEMA_VERSION)
    return tz


# -- what CURRENT names ------------------------------------------------------------------------------------------------
def names(dataset: Path) -> list[str]:
    """Names of the snapshots that are there, from the oldest; none where no folder is."""
    try:
        found = [name for name in os.listdir(dataset) if _SNAPSHOT.fullmatch(name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found, key=number)


def number(name: str) -> int:
    """The number of a snapshot, which grows by one with each commit."""
    return int(name[1:])


def features_since(manifest: Mapping[str, Any]) -> str:
    """The snapshot since which features are kept in one place."""
    since = manifest.get(FEATURES)
    return since if isinstance(since, str) and _SNAPSHOT.fullmatch(since) else EMPTY


def name_of(number: int) -> str:
    """The name of a snapshot."""
    return f"v{number:06d}"


def current(dataset: Path) -> tuple[str, str]:
    """Name of the current snapshot and its manifest's sha256.

    Raises:
        NoDataset: no commit was done.
        DatasetDamaged: CURRENT is not what was written, or is gone.
    """
    path = dataset / "CURRENT"
    try:
        said = _CURRENT.fullmatch(durable.read(path))
    except OSError as error:
        if error.errno not in durable.NOT_THERE:
            raise
        if error.errno == errno.ENOENT and not names(dataset):
            raise NoDataset(path=dataset) from None
        raise DatasetDamaged(path=path, why=error.strerror) from None
    name, digest = (said[1].decode(), said[2].decode()) if said else ("", "")
    if not said or (name == EMPTY and digest != _NOTHING):
        raise DatasetDamaged(path=path, why=Text("it names no snapshot", "未指向任何快照"))
    if name == EMPTY:
        raise NoDataset(path=dataset)
    return name, digest


def point(dataset: Path, name: str, manifest: bytes) -> None:
    """Make a snapshot with that manifest the current one."""
    durable.replace(dataset / "CURRENT", f"{name} {hashlib.sha256(manifest).hexdigest()}\n".encode())


@contextmanager
def held(dataset: Path) -> Iterator[tuple[str, str, IO[bytes]]]:
    """Name, digest and open manifest of the current snapshot, locked against pruning."""
    file, before = None, ""
    while file is None:  # a writer may prune between reading CURRENT and locking: CURRENT names another by then
        name, digest = current(dataset)
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


def base(dataset: Path) -> tuple[dict[str, Any], Path | None]:
    """Manifest and folder of the current snapshot, for the one writer: nobody prunes it meanwhile."""
    try:
        name, digest = current(dataset)
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


def empty_manifest() -> dict[str, Any]:
    """The manifest before the first commit."""
    return {"schema": SCHEMA_VERSION, "snapshot": EMPTY, "parts": {}, "sources": [], "fingerprint": "0" * 16}


# -- manifests ---------------------------------------------------------------------------------------------------------
def _manifest(path: Path, body: bytes, digest: str) -> dict[str, Any]:
    if hashlib.sha256(body).hexdigest() != digest:
        why = Text("its sha256 is not the one in CURRENT", "sha256 与 CURRENT 不符")
        raise DatasetDamaged(path=path / "manifest.json", why=why)
    return parse(path, body)


def parse(path: Path, body: bytes) -> dict[str, Any]:
    """The manifest of the snapshot at `path`, which says what every reader counts on.

    Raises:
        DatasetDamaged: it is none.
        DatasetNewer: it was written by a newer qunkit.
    """
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
