"""Mistakes that a store could make, seeded one at a time into the process that calls `seed`: the harness must find each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qunkit.ingest import durable, locks, parts, pruning, snapshots, store

BUGS: dict[str, Callable[[], None]] = {}
_TRUE = {
    name: getattr(durable, name)
    for name in ("sync", "sync_folder", "sync_tree", "sync_parents", "replace", "link", "remove")
}
_POINT, _CURRENT, _CLEAN, _COMMIT = snapshots.point, snapshots.current, pruning.clean, store.commit


def seed(name: str) -> None:
    """Make the store wrong in the way of `name`."""
    {**BUGS, "copied": copied}[name]()


def _bug(function: Callable[[], None]) -> Callable[[], None]:
    BUGS[function.__name__] = function
    return function


def _set(module: Any, **new: Any) -> None:
    for name, value in new.items():
        setattr(module, name, value)


def _files_only(descriptor: int) -> None:
    if not os.path.isdir(f"/proc/self/fd/{descriptor}"):
        _TRUE["sync"](descriptor)


def _folders_only(descriptor: int) -> None:
    if os.path.isdir(f"/proc/self/fd/{descriptor}"):
        _TRUE["sync"](descriptor)


# -- what only a power cut shows -----------------------------------------------------------------------------------
@_bug
def files_not_synced() -> None:
    _set(durable, sync=_folders_only)


@_bug
def folders_not_synced() -> None:
    _set(durable, sync=_files_only)


@_bug
def way_to_new_dataset_not_synced() -> None:
    _set(durable, sync_parents=lambda folder: None)


@_bug
def snapshot_synced_after_current() -> None:
    def commit(staging: store.Staging, *args: Any, **more: Any) -> str:
        late = []
        _set(durable, sync_tree=lambda folder: None)
        _set(snapshots, point=lambda *told: (_POINT(*told), late.append(told)))
        name = _COMMIT(staging, *args, **more)
        _TRUE["sync_tree"](staging.dataset / name)
        return name

    _set(store, commit=commit)


@_bug
def parts_synced_after_current() -> None:
    finish = store.Staging.finish

    def unsynced(self: store.Staging, *args: Any, **more: Any) -> None:
        _set(durable, sync=lambda descriptor: None)
        finish(self, *args, **more)
        _set(durable, sync=_TRUE["sync"])

    def commit(staging: store.Staging, *args: Any, **more: Any) -> str:
        name = _COMMIT(staging, *args, **more)
        for part in staging.parts:
            with (staging.dataset / name / part).open("rb") as file:
                os.fsync(file.fileno())
        return name

    _set(store.Staging, finish=unsynced)
    _set(store, commit=commit)


@_bug
def pruned_before_current_is_durable() -> None:
    def point(dataset: Path, name: str, manifest: bytes) -> None:
        _set(durable, sync_folder=lambda folder: None)
        _POINT(dataset, name, manifest)
        if name != snapshots.EMPTY:
            for old in snapshots.names(dataset)[:-1]:
                pruning._retire(dataset, old)
        _set(durable, sync_folder=_TRUE["sync_folder"])
        durable.sync_folder(dataset)

    _set(snapshots, point=point)


@_bug
def already_there_not_synced() -> None:
    _set(store, confirm=lambda dataset: None)


@_bug
def copies_not_synced() -> None:
    _set(durable, link=lambda old, new: durable.create(new).write(old.read_bytes()))


def copied() -> None:
    """No bug: a file system without hard links."""

    def link(*_: object, **__: object) -> None:
        raise OSError(1, "no hard links here")

    _set(os, link=link)


# -- what a kill or an error shows ---------------------------------------------------------------------------------
@_bug
def current_overwritten_in_place() -> None:
    def replace(path: Path, body: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(descriptor, body)
        os.fsync(descriptor)
        os.close(descriptor)
        _TRUE["sync_folder"](path.parent)

    _set(durable, replace=replace)


@_bug
def acknowledged_before_current() -> None:
    from torture import states

    run = states.run

    def early(program: str, dataset: Path, acknowledge: Callable[[int], None]) -> None:
        def point(folder: Path, name: str, manifest: bytes) -> None:
            if name != snapshots.EMPTY:
                acknowledge(int(name[1:]))
            _POINT(folder, name, manifest)

        _set(snapshots, point=point)
        run(program, dataset, acknowledge)

    _set(states, run=early)


@_bug
def written_through_a_hard_link() -> None:
    def create(self: store.Staging, part: str) -> Any:
        path, old = self.path / part, self.base_path and self.base_path / part
        durable.make_folders(path.parent)
        if old and old.exists():
            os.link(old, path)
        return path.open("wb")

    _set(store.Staging, create=create)


@_bug
def recovery_removes_the_current_one() -> None:
    def clean(dataset: Path) -> Any:
        found = _CLEAN(dataset)
        if any(name.startswith(durable.TEMPORARY) for name in os.listdir(dataset)) or len(snapshots.names(dataset)) > 2:
            shutil.rmtree(dataset / snapshots.names(dataset)[-1])
        return found

    _set(pruning, clean=clean)


@_bug
def staging_used_again_uncleaned() -> None:
    def mkdtemp(prefix: str, dir: Path) -> str:
        path = dir / f"{prefix}staging"
        path.mkdir(exist_ok=True)
        return str(path)

    def create(path: Path) -> Any:
        return path.open("wb")

    _set(store.tempfile, mkdtemp=mkdtemp)
    _set(durable, create=create)
    _set(pruning, clean=snapshots.base)


@_bug
def spool_left_where_it_cannot_be_removed() -> None:
    def remove(path: Path) -> None:
        with suppress(OSError):
            _TRUE["remove"](path)

    _set(durable, remove=remove)


@_bug
def staging_left_after_an_error() -> None:
    calls = []

    def clean(dataset: Path) -> Any:
        calls.append(dataset)
        return _CLEAN(dataset) if len(calls) % 2 else snapshots.base(dataset)

    _set(pruning, clean=clean)


@_bug
def full_disk_taken_for_damage() -> None:
    _set(durable, NOT_THERE=range(200))


# -- what damage, or two at once, show -----------------------------------------------------------------------------
@_bug
def manifest_not_compared() -> None:
    import json

    _set(snapshots, _manifest=lambda path, body, digest: json.loads(body))


@_bug
def parts_not_compared() -> None:
    _set(parts, compare=lambda path, sha256: None)


@_bug
def no_current_means_empty() -> None:
    from qunkit.errors import NoDataset

    def current(dataset: Path) -> Any:
        if not (dataset / "CURRENT").exists():
            raise NoDataset(path=dataset)
        return _CURRENT(dataset)

    _set(snapshots, current=current)


@_bug
def no_lock() -> None:
    @contextmanager
    def writer(dataset: Path, wait: float, make_room: Callable[[], None]) -> Any:
        make_room()
        (dataset / "lock").touch()
        yield

    _set(locks, writer=writer)


@_bug
def readers_not_heeded() -> None:
    _set(locks, exclusive=lambda file: True)
