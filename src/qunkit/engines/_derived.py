"""What a function makes of rows, worked out once for each and kept: Parquet files in a folder, each named by the sha256 of its bytes.

Nothing depends on them: a file that is not what was written goes, and its rows are done again. Whoever holds the folder's lock adds files, so that no row is
there twice; who does not get it, or may not write, has files of their own that go with the engine. A run that is killed leaves whole files and temporary ones, which
the next one removes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.engines._pool import each

if TYPE_CHECKING:
    import pyarrow as pa

Batches = Iterator["pa.RecordBatch"]
_TEMPORARY = ".new-"
_READERS = 4
_ROWS = 1 << 14
"""Rows of a file: a second's work for jieba."""
WORKER = 1 << 28
"""Bytes that a worker may need, with jieba's dictionary."""
_ALONE = 3.0
"""Seconds before a pool is thought of: a worker costs about a second to start, and rjieba does a hundred thousand texts meanwhile."""
_POOLED_FILES = 4
"""Files that must be left then."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where files of one kind are kept, or nowhere."""

    folder: Path | None
    may_add: bool
    failed: bool = False
    """It should be there, and cannot be made or written."""

    def files(self) -> list[Path]:
        """Those that are what was written; others go."""
        found = sorted(self.folder.glob("*.parquet")) if self.folder else []
        with ThreadPoolExecutor(_READERS) as pool:
            return [path for path, sound in zip(found, pool.map(_check, found), strict=True) if sound]


@contextmanager
def opened(root: Path | None, kind: str) -> Iterator[Store]:
    """The place for files of `kind` below `root` (None: nowhere); as long as the block lasts nobody else adds to it."""
    if root is None:
        yield Store(None, may_add=False)
        return
    folder = root / kind
    try:
        for one in (root.parent, root, folder):
            _make(one)
        lock = os.fdopen(os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "wb")
    except OSError:
        yield Store(folder if _is_plain(root.parent, root, folder) else None, may_add=False, failed=True)
        return
    with lock:
        if not _is_free(lock.fileno()):
            yield Store(folder, may_add=False)
            return
        _clear(folder)
        try:
            yield Store(folder, may_add=True)
        finally:
            _clear(folder)


def work_out(
    function: Callable[[Batches], Batches], batches: Iterable[pa.RecordBatch], store: Store, own: Path, workers: int
) -> tuple[list[Path], bool]:
    """New files of what `function` makes of `batches`, in `store` if that can be, else in `own`; and whether all of them are in `store`."""
    tables = _tables(batches)
    work = partial(_written, function, (store.folder if store.may_add else None, own))
    files = [path.rename(path.with_name(f"{digest}.parquet")) for path, digest in _made(work, tables, workers)]
    kept = store.folder and store.folder.absolute()  # as paths of temporary files are
    return files, all(path.parent == kept for path in files)


def _made(
    work: Callable[[pa.Table], tuple[Path, str]], tables: Iterator[pa.Table], workers: int
) -> Iterator[tuple[Path, str]]:
    """`work` of each table: here at first, and if that takes long in a pool."""
    until = time.monotonic() + _ALONE
    while time.monotonic() < until:
        if (table := next(tables, None)) is None:
            return
        yield work(table)
    left = list(islice(tables, _POOLED_FILES))
    yield from each(work, chain(left, tables), workers, large=len(left) == _POOLED_FILES)


def _tables(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Tables of `_ROWS` rows, and a last one; batches come in any size."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        while sum(one.num_rows for one in held) >= _ROWS:
            table = pa.Table.from_batches(held)
            yield table.slice(0, _ROWS)
            held = table.slice(_ROWS).to_batches()
    if held:
        yield pa.Table.from_batches(held)


def _written(
    function: Callable[[Batches], Batches], folders: tuple[Path | None, Path], rows: pa.Table
) -> tuple[Path, str]:
    """A temporary file with what `function` makes of `rows`, and its sha256; a full disk is no reason to give up."""
    import pyarrow as pa

    table = pa.Table.from_batches(function(iter(rows.combine_chunks().to_batches())))
    kept, own = folders
    if kept:
        with suppress(OSError):
            return _write(table, kept)
    return _write(table, own)


def _write(table: pa.Table, folder: Path) -> tuple[Path, str]:
    import pyarrow.parquet as pq

    descriptor, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=folder)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
        return Path(name), _digest(Path(name))
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _digest(path: Path) -> str:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path) -> bool:
    """Whether a file can be read and is what was written; if it is not, it goes."""
    with suppress(OSError):
        if _digest(path) == path.stem:
            return True
        path.unlink()
    return False


def _clear(folder: Path) -> None:
    """Remove what nobody finishes."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        with suppress(OSError):
            path.unlink()


def _make(folder: Path) -> None:
    """A folder for its owner alone; a link in its place would lead out of the dataset."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _is_plain(folder):
        raise NotADirectoryError


def _is_plain(*folders: Path) -> bool:
    try:
        return all(stat.S_ISDIR(folder.lstat().st_mode) for folder in folders)
    except OSError:
        return False


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody else adds, or the file system knows no locks
        return False
    return True
