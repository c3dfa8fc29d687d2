"""What Spark says → errors of ours. Its words quote queries and values of the chats: none of them goes on."""

from __future__ import annotations

import errno
import re
import sys
from pathlib import Path

from qunkit.errors import (
    RESOURCES,
    DatasetDamaged,
    NotOnWorkers,
    OtherPython,
    OutOfResources,
    ReadWriteFailed,
    SparkFailed,
    WorkerLacks,
    of_system,
)
from qunkit.words import Text

_ROOMS = ("pyspark", "py4j", "grpc")
_GONE = ("PATH_NOT_FOUND", "FILE_NOT_EXIST", "FileNotFoundException", "AccessControlException", "NoSuchFileException")
_BROKEN = ("FAILED_READ_FILE", "CANNOT_READ_FILE_FOOTER", "is not a Parquet file", "ParquetDecodingException")
_NO_MEMORY = ("OutOfMemoryError", "SparkOutOfMemoryError", "UNABLE_TO_ACQUIRE_MEMORY")
_KILLED = ("Python worker exited unexpectedly", "ExecutorLostFailure")
"""By the kernel for want of memory, as a rule."""
_LACKS = re.compile(r"No module named '?([A-Za-z_][\w.]*)")
_OURS = ("AnalysisException", "ParseException", "PythonException", "ArithmeticException", "NumberFormatException")
"""What says that a query or a function is wrong: a bug, and told as one."""
_UNREADABLE = Text("Spark cannot read it", "Spark 无法读取")


def reason(error: Exception, place: Path) -> Exception:
    """The error that Spark's `error`, about files at `place`, comes to; itself where it is a bug."""
    if type(error).__module__.partition(".")[0] not in _ROOMS:
        return error
    words = str(error)
    if "PYTHON_VERSION_MISMATCH" in words or "different version than that in driver" in words:
        return OtherPython(here=f"{sys.version_info.major}.{sys.version_info.minor}")
    if found := _LACKS.search(words):
        return WorkerLacks(module=found[1])
    if _any((*_NO_MEMORY, *_KILLED), words):
        return OutOfResources(what=RESOURCES[errno.ENOMEM])
    if "No space left on device" in words:
        return of_system(errno.ENOSPC, Text("Spark's own files", "Spark 的临时文件"))
    if _any(_GONE, words):
        return _unseen(_file(words, place))
    if _any(_BROKEN, words):
        return DatasetDamaged(path=_file(words, place), why=_UNREADABLE)
    return error if type(error).__name__ in _OURS else SparkFailed(kind=_kind(error))


def _unseen(file: str) -> Exception:
    """A file that Spark does not find, or may not read: it may be gone here too."""
    if Path(file).exists():
        return NotOnWorkers(path=file)
    return ReadWriteFailed(path=file, why=Text("no such file or folder", "文件或文件夹不存在"))


def _any(marks: tuple[str, ...], words: str) -> bool:
    return any(mark in words for mark in marks)


def _kind(error: Exception) -> str:
    """The name of a condition, or of a class."""
    told = getattr(error, "getCondition", None)
    return str((told and told()) or type(error).__name__)


def _file(words: str, place: Path) -> str:
    """The file that Spark names, if it lies at `place`; else that itself."""
    named = re.search(re.escape(str(place)) + r"""[^'"\n]*?\.parquet""", words)
    return named[0] if named else str(place)
