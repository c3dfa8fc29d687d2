"""The three standard streams and the signals, made safe before anything is read or written."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn, TextIO, cast

from qunkit.errors import OutputFailed
from qunkit.words import Text

_WHY = {
    errno.ENOSPC: Text("no space left on the device", "磁盘空间不足"),
    errno.EDQUOT: Text("the disk quota is used up", "磁盘配额已用完"),
    errno.EBADF: Text("it is closed", "已关闭"),
    errno.EROFS: Text("the file system is read-only", "文件系统为只读"),
    errno.ENOENT: Text("no such file or folder", "文件或文件夹不存在"),
    errno.EACCES: Text("permission denied", "没有权限"),
    errno.EPERM: Text("permission denied", "没有权限"),
    errno.EIO: Text("the device failed", "设备读写出错"),
}

came: list[int] = []
"""The signal that came, if one did: what C code makes of `Stopped` on its way up does not matter then."""
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stopped(BaseException):
    """A signal came: unwind, so that nothing half-made stays behind."""


def prepare() -> None:
    """Open closed descriptors, fix the encodings, turn signals into exceptions."""
    _open_closed()
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _speak_utf8(sys.stdout or open(1, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    sys.stderr = _speak_utf8(sys.stderr or open(2, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP: leave it so
            signal.signal(number, _stop)


@contextmanager
def output() -> Iterator[TextIO]:
    """Standard output, flushed at the end of the block.

    Raises:
        BrokenPipeError: nobody reads on.
        OutputFailed: it is full or closed.
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        abandon(sys.stdout)
        if isinstance(error, BrokenPipeError) or error.filename or error.errno is None:
            raise
        raise OutputFailed(why=why(error)) from None


def why(error: OSError) -> Text | str:
    """The operating system's reason."""
    return _WHY.get(error.errno or 0) or error.strerror or type(error).__name__


def abandon(stream: TextIO) -> None:
    """Send what is left in `stream` nowhere, so that the end of the process does not fail a second time."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _open_closed() -> None:
    """A file opened later must not become descriptor 0, 1 or 2. Closed stdout is opened so that writing to it fails."""
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest free number is this one


def _speak_utf8(stream: TextIO) -> TextIO:
    """UTF-8 to files and pipes whatever the locale; a terminal keeps its encoding and shows escapes for what it lacks."""
    if isinstance(stream, io.TextIOWrapper):
        encoding = stream.encoding if stream.isatty() else "utf-8"
        cast("io.TextIOWrapper", stream).reconfigure(encoding=encoding, errors="backslashreplace", newline="\n")
    return stream


def _stop(number: int, _: FrameType | None) -> NoReturn:
    for one in _SIGNALS:  # the clearing up is not to be cut short by a second one
        signal.signal(one, signal.SIG_IGN)
    came.append(number)
    raise Stopped
