"""Where output goes: standard output, or a file that appears whole, is private, and is never an input or in the dataset."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from qunkit.cli import streams
from qunkit.errors import BadOption, CannotCreate, ReadWriteFailed, reason
from qunkit.words import LANGS, Text

_NO_TERMINAL = Text("a file: it is a terminal", "文件，而是终端")


@contextmanager
def writing(
    output: str | None, dataset: Path | None = None, inputs: Sequence[Path] = (), *, binary: bool = False
) -> Iterator[Any]:
    """Standard output, or a file that appears under its name when it is complete; of text, or of bytes if `binary`.

    A symbolic link is replaced, not followed; a device or a pipe is written as it is.

    Raises:
        CannotCreate: it cannot be made there, or it is one of `inputs` or lies inside `dataset`.
        BadOption: bytes are not for a terminal.
    """
    if output in (None, "-"):
        with streams.output() as out:
            _refuse_terminal("-", out, binary=binary)
            yield out.buffer if binary else out
        return
    path = Path(str(output))
    _refuse_own(path, dataset, inputs)
    with _blamed(path), _straight(path, binary=binary) if is_special(path) else _whole(path, binary=binary) as out:
        yield out


def check(output: str | None, dataset: Path | None = None, inputs: Sequence[Path] = ()) -> None:
    """Refuse now what `writing` would refuse when the work is done.

    Raises:
        CannotCreate: as there.
    """
    if output in (None, "-"):
        return
    path = Path(str(output))
    _refuse_own(path, dataset, inputs)
    if not is_special(path):
        number, temporary = _beside(path)
        os.close(number)
        os.unlink(temporary)


@contextmanager
def _blamed(path: Path) -> Iterator[None]:
    """A failing disk is said to fail at `path`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ReadWriteFailed(path=path, why=reason(error)) from None


@contextmanager
def _straight(path: Path, *, binary: bool) -> Iterator[IO[Any]]:
    """What is there already; appended to, for /dev/stdout may be a file with something in it."""
    with _opened(os.open(path, os.O_WRONLY | os.O_APPEND), binary=binary) as out:
        _refuse_terminal(str(path), out, binary=binary)
        yield out


def _refuse_terminal(name: str, out: IO[Any], *, binary: bool) -> None:
    """Bytes would steer a terminal.

    Raises:
        BadOption: `out` is one.
    """
    if binary and out.isatty():
        raise BadOption(option="-o", value=name, expected=_NO_TERMINAL)


def _opened(number: int, *, binary: bool) -> IO[Any]:
    if binary:
        return os.fdopen(number, "wb")
    return os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", newline="\n")


@contextmanager
def _whole(path: Path, *, binary: bool) -> Iterator[IO[Any]]:
    """A temporary file beside `path`, private, synced and renamed at the end, removed on any error."""
    number, temporary = _beside(path)
    try:
        with _opened(number, binary=binary) as out:
            yield out
            out.flush()
            os.fsync(number)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync(path.parent)


def _beside(path: Path) -> tuple[int, str]:
    """A temporary file in the folder of `path`: descriptor and name.

    Raises:
        CannotCreate: `path` is a folder, or no file can be made there.
    """
    try:
        if path.is_dir():
            raise CannotCreate(path=path, why=Text("it is a folder", "它是文件夹"))
        if not path.parent.is_dir():
            why = Text("there is no folder {folder}", "没有文件夹 {folder}")
            raise CannotCreate(path=path, why=Text(*(why.say(lang, folder=path.parent) for lang in LANGS)))
        return tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise CannotCreate(path=path, why=reason(error)) from None


def _refuse_own(path: Path, dataset: Path | None, inputs: Sequence[Path]) -> None:
    """Refuse an input, or a place in the dataset, whatever way leads there: links, mounts, descriptors.

    Raises:
        CannotCreate: it is one.
    """
    place = _real(path) if is_special(path) else _real(path.parent) / path.name
    if dataset and any(_same(folder, dataset) for folder in place.parents):
        raise CannotCreate(path=path, why=Text("it would lie inside the dataset", "位于数据集内部"))
    for one in inputs:
        if place == _real(one) or _same(path, one):
            raise CannotCreate(path=path, why=Text("it is one of the inputs", "它是输入文件之一"))


def _real(path: Path) -> Path:
    """Where a path leads; a loop of links, which leads nowhere, is an error only where something is to be made."""
    return Path(os.path.realpath(path))


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file or folder."""
    with suppress(OSError):
        return one.samefile(other)
    return False


def is_special(path: Path) -> bool:
    """A device, a pipe, or the name of a descriptor: no file can take its place."""
    try:
        kind = path.stat().st_mode
    except OSError:
        return False
    folder = _real(path.parent)
    named = folder == Path("/dev") or folder.is_relative_to("/proc")
    return not stat.S_ISDIR(kind) and (named or not stat.S_ISREG(kind))


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
