"""Files that last: for the owner alone, written whole or not at all, synced, and never reached through a link.

A file's bytes survive a power cut once the file is synced, its name once the folder is: a commit needs both, in the right order.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import IO

from qunkit.errors import CannotCreate, reason

TEMPORARY = ".new-"
"""How names begin that nobody reads: what a killed run leaves is known by it."""
NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR)
"""Errors that say that a file is not what was written: missing, a link, or something else. Others say that it cannot be read now."""
_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENAMETOOLONG, errno.EINVAL, *NOT_THERE)
"""Errors that speak of the place; others (a full disk, too many open files) are what they are."""
_TRIES = 5
_NO_LINKS = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP)


def create(path: Path) -> IO[bytes]:
    """A new file, 0600, never an old one."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def open_file(path: Path) -> BufferedReader:
    """A file for reading; a link is an error (ELOOP)."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def read(path: Path) -> bytes:
    """All of a file."""
    with open_file(path) as file:
        return file.read()


def digest(path: Path) -> str:
    """The sha256 of a file."""
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, body: bytes) -> None:
    """A new file, synced."""
    with named(path), create(path) as file:
        _fill(file, body)


def replace(path: Path, body: bytes) -> None:
    """Put a small file in the place of an old one, whole or not at all, and make it last."""
    descriptor, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    try:
        with named(path), os.fdopen(descriptor, "wb") as file:
            _fill(file, body)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def link(old: Path, new: Path) -> None:
    """The same file under a second name; a copy where the file system has no hard links."""
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with open_file(old) as source, named(new), create(new) as target:
            shutil.copyfileobj(source, target)
            target.flush()
            sync(target.fileno())


def make_folders(folder: Path) -> None:
    """Folders for the owner alone; Path.mkdir would give the umask's mode to those between."""
    if not folder.exists():
        make_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)  # another thread may be as far


def remove(path: Path) -> None:
    """A folder and all that is in it, or a file; a link goes, not what it points to.

    A cluster's worker of whom nobody waits for an answer may still write there: what it adds meanwhile goes, too.
    """
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return
    for left in reversed(range(_TRIES)):
        try:
            shutil.rmtree(path)
            return
        except OSError as error:
            if error.errno != errno.ENOTEMPTY or not left:
                raise


def sync_tree(folder: Path) -> None:
    """The names in a folder and in those below it."""
    for below, _, _ in os.walk(folder, topdown=False, onerror=_give_up):
        sync_folder(Path(below))


def sync_parents(folder: Path) -> None:
    """The way to a folder: a run killed after making folders left them unsynced. What may not be opened was not made by us."""
    for parent in folder.absolute().parents:
        with suppress(PermissionError):
            sync_folder(parent)


def sync_folder(folder: Path) -> None:
    """The names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with named(folder):
            sync(descriptor)
    finally:
        os.close(descriptor)


def sync(descriptor: int) -> None:
    """What the descriptor stands for, down to the disk: macOS has a call of its own for that."""
    if full := getattr(fcntl, "F_FULLFSYNC", None):
        fcntl.fcntl(descriptor, full)
    else:
        os.fsync(descriptor)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Errors of writing and syncing do not say the file; they do from here."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


@contextmanager
def placed(path: Path) -> Iterator[None]:
    """Errors that come of the place as CannotCreate."""
    try:
        with named(path):
            yield
    except OSError as error:
        if error.errno in _PLACE:
            raise CannotCreate(path=path, why=reason(error)) from None
        raise


def _give_up(error: OSError) -> None:
    raise error  # os.walk would pass over what it cannot look into


def _fill(file: IO[bytes], body: bytes) -> None:
    file.write(body)
    file.flush()
    sync(file.fileno())
