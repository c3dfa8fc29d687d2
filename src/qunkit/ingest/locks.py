"""Who may write, and who still reads: locks that the kernel holds, so that a dead process leaves none behind."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from qunkit.errors import DatasetLocked, NoLocks, reason
from qunkit.ingest import durable

PATIENCE = 0.05
"""Seconds between two tries."""
_SHOWN = 100


@contextmanager
def writer(dataset: Path, wait: float, make_room: Callable[[], None]) -> Iterator[None]:
    """The one writer's lock; `make_room` makes the folder for it.

    Raises:
        DatasetLocked: another writer holds it after `wait` seconds.
        NoLocks: the file system knows none.
    """
    deadline = time.monotonic() + wait
    while True:
        make_room()
        file = _open(dataset / "lock")
        if file is None:
            continue  # the last holder discarded an empty dataset, folder and all
        with file:
            while not exclusive(file):
                if time.monotonic() >= deadline:
                    holder = file.read(_SHOWN).decode("ascii", "replace").strip()
                    raise DatasetLocked(path=dataset, holder=holder or "?")
                time.sleep(PATIENCE)
            if not os.fstat(file.fileno()).st_nlink:
                continue  # discarded meanwhile
            _sign(file)
            yield
            return


def shared(file: IO[bytes]) -> bool:
    """Whether a reader's lock was had, at once. Where a file system has no locks, a reader needs none."""
    try:
        return _lock(file, fcntl.LOCK_SH)
    except NoLocks:
        return True


def exclusive(file: IO[bytes]) -> bool:
    """Whether the only lock was had, at once.

    Raises:
        NoLocks: the file system knows none.
    """
    return _lock(file, fcntl.LOCK_EX)


def _lock(file: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise NoLocks(path=file.name, why=reason(error)) from None
        raise
    return True


def _open(path: Path) -> IO[bytes] | None:
    with durable.placed(path):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:
            return None
        except OSError:
            with suppress(OSError):
                path.parent.rmdir()  # if it was made for this
            raise
        return os.fdopen(descriptor, "r+b", buffering=0)


def _sign(file: IO[bytes]) -> None:
    """Say who holds the lock, and since when."""
    with suppress(OSError):  # on a full disk, nobody
        file.truncate(0)
        file.write(f"pid {os.getpid()}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}\n".encode())
