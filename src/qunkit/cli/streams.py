"""What the process makes safe before anything is read or written: the standard streams, signals, and what it might tell others."""

from __future__ import annotations

import io
import os
import resource
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, TextIO, cast

from qunkit.errors import OutOfResources, OutputFailed, reason
from qunkit.words import Text

came: list[int] = []
"""The signal that came, if one did: what C code makes of `Stopped` on its way up does not matter then."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SOON = 0.01
"""Seconds."""
_ROOM = 2500
"""MiB of addresses that DuckDB and Arrow reserve; with less, they end the process in ways that nobody can catch."""
_TOO_SMALL = Text(
    "memory (`ulimit -v` is {limit} MiB, at least {needed} are needed)",
    "内存（`ulimit -v` 为 {limit} MiB，至少需要 {needed} MiB）",
)


class Stopped(BaseException):
    """A signal came: unwind, so that nothing half-made stays behind."""


def prepare() -> None:
    """Open closed descriptors, fix the encodings, turn signals into exceptions, keep what is read to its owner."""
    _open_closed()
    _keep_private()
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _speak_utf8(sys.stdout or open(1, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    sys.stderr = _speak_utf8(sys.stderr or open(2, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP: leave it so
            signal.signal(number, _stop)


def finish() -> None:
    """Everything is done and told: a signal that comes now ends the process as it ends others."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def leave(code: int) -> NoReturn:
    """End the process, all being cleared up, without waiting for threads that still reckon: they cannot be stopped, and Python would."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def must_have_room() -> None:
    """Refuse to load DuckDB and Arrow into a process that may not hold them.

    Raises:
        OutOfResources: the limit on addresses is too low.
    """
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit >> 20 < _ROOM:
        facts = {"limit": limit >> 20, "needed": _ROOM}
        raise OutOfResources(what=Text(_TOO_SMALL.say("en", **facts), _TOO_SMALL.say("zh", **facts)))


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
        raise OutputFailed(why=reason(error)) from None


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


def _keep_private() -> None:
    """Files for their owner alone, and nothing of the chats in core dumps, warnings and stray tracebacks.

    A core limit of 1, for 0 does not keep Linux from handing the core to a program that collects them. The variable is for workers.
    """
    os.umask(0o077)
    with suppress(ValueError):  # it is 0, and may not be raised
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        os.environ["PYTHONWARNINGS"] = "ignore"
    warnings.showwarning = _say_nothing
    threading.excepthook = _say_nothing
    sys.excepthook, sys.unraisablehook = _name, _lost


def _say_nothing(*_: Any, **__: Any) -> None:
    """In the place of what would quote values; what ends the program is told by `failures`."""


def _name(kind: type[BaseException], *_: Any) -> None:
    """What went wrong while `failures` told of it."""
    os.write(2, f"qunkit: {kind.__name__}\n".encode())


def _lost(exception: sys.UnraisableHookArgs) -> None:
    """An exception in a destructor goes no further; if it says that a signal came, say it once more outside."""
    if exception.exc_type is Stopped:
        signal.signal(signal.SIGALRM, _stop_again)
        signal.setitimer(signal.ITIMER_REAL, _SOON)


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


def _stop_again(*_: object) -> NoReturn:
    raise Stopped
