"""Folders for what is needed only while a command runs. What a killed run left there, the next one clears away."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO

_PREFIX = "qunkit-"
_LOCK = "scratch.lock"
"""A name that nothing else has: a dataset may lie there, too, and be called ``qunkit-data``."""
_NEW = 60
"""Seconds in which a folder may not have its lock yet."""


class Folder(TemporaryDirectory[str]):
    """A folder of one's own at `place` (None: in the system's temporary one), 0700; it holds messages, so nobody leaves it lying for good."""

    def __init__(self, place: Path | None = None) -> None:
        _clear(place or Path(gettempdir()))
        super().__init__(prefix=_PREFIX, dir=place)
        self._lock = _opened(Path(self.name) / _LOCK, os.O_CREAT | os.O_EXCL)
        _locked(self._lock)

    def cleanup(self) -> None:
        """It goes, and the lock with it."""
        super().cleanup()
        self._lock.close()


def kept(stream: IO[bytes], folder: Path) -> Path:
    """What a stream says, as a file in a folder of one's own."""
    path = folder / "stream"
    with path.open("xb") as file:
        shutil.copyfileobj(stream, file)
    return path


def _clear(root: Path) -> None:
    """Remove what is ours and nobody's work any more."""
    for folder in root.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):
            found = folder.parent.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mtime > time.time() - _NEW:
                continue
            with _opened(folder, 0) as lock:
                if _locked(lock):
                    shutil.rmtree(folder.parent)


def _opened(path: Path, how: int) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_NOFOLLOW | how, 0o600), "r+b")


def _locked(lock: IO[bytes]) -> bool:
    """Whether the lock was had; the kernel lets go of it when the process ends, however that comes."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another's; or the file system has none, and then nothing is cleared
        return False
    return True
