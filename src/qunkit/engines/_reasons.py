"""What DuckDB says → errors of ours. Its words quote values of the chats ("Could not convert string '…'"): none of them goes on."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from qunkit.errors import RESOURCES, DatasetDamaged, OutOfResources, QunkitError, ReadWriteFailed, of_system
from qunkit.words import Text

_NUMBERS = (errno.EMFILE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EACCES, errno.EROFS, errno.ENOENT)
_NO_MEMORY = "Out of Memory"
_UNREADABLE = Text("DuckDB cannot read it", "DuckDB 无法读取")
_FAILED = Text("DuckDB cannot read or write a file", "DuckDB 无法读写文件")


def failed(error: Exception, place: Path) -> QunkitError:
    """A query that could not read or write files at `place`, or had no memory left."""
    words = str(error)
    if type(error).__name__ == "OutOfMemoryException" or _NO_MEMORY in words:
        return OutOfResources(what=RESOURCES[errno.ENOMEM])
    number = next((number for number in _NUMBERS if os.strerror(number) in words), None)
    file = _file(words, place)
    return ReadWriteFailed(path=file, why=_FAILED) if number is None else of_system(number, file)


def damaged(error: Exception, place: Path) -> DatasetDamaged:
    """A Parquet file at `place` that makes no sense."""
    return DatasetDamaged(path=_file(str(error), place), why=_UNREADABLE)


def _file(words: str, place: Path) -> str:
    """The file that DuckDB names, if it lies at `place`; else that itself."""
    named = re.search(re.escape(str(place)) + r"""[^'"\n]*""", words)
    return named[0] if named else str(place)
