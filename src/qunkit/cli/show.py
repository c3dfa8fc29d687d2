"""A result on its way out: which renderer, to stdout or to a file, and what is said beside it on stderr."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from qunkit import registry
from qunkit.cli import streams
from qunkit.cli.failures import NOTE, say
from qunkit.cli.options import ALIASES, Output, Place, format_names
from qunkit.cli.session import current
from qunkit.errors import BadOption, CannotCreate, ReadWriteFailed
from qunkit.results import Cell, Report, Result
from qunkit.words import Text

_SAY_NOTHING = ("tsv", "csv", "jsonl")
"""Renderers that leave the notes of a result out."""
FOR_PEOPLE = ("terminal", "markdown")
"""Renderers for people: they say themselves that there are no rows."""
_EMPTY = Text("no rows: nothing in the dataset matches", "没有结果：数据集中没有符合条件的内容")


def show(thing: Result | Report, output: Output, place: Place | None = None, inputs: Sequence[Path] = ()) -> None:
    """Write `thing` as `output` says; its notes go to stderr where the format has no place for them.

    Raises:
        BadOption: no such format.
        CannotCreate: the file cannot be made, or is an input or a part of the dataset.
    """
    name = chosen(output, thing)
    counted = _Counted(thing.cells) if isinstance(thing, Result) else None
    if counted and isinstance(thing, Result):
        thing.cells = counted
    with writing(output.output, place.path if place else None, inputs) as out:
        more = {"bom": True} if name == "csv" and output.output else {}
        registry.load("renderers", name).write(thing, out, current.lang, **more)
    if isinstance(thing, Result):
        _remark(thing, name, counted)


def check(output: Output) -> None:
    """Refuse a format that there is not before any work is done.

    Raises:
        BadOption: no such format.
    """
    if output.format:
        _known(output.format)
    elif output.output:
        _by_name(output.output)


def chosen(output: Output, thing: Result | Report) -> str:
    """The renderer: --format, else what the name of -o says, else a table on a terminal and TSV (a report: Markdown) elsewhere."""
    if output.format:
        return _known(output.format)
    if output.output and (named := _by_name(output.output)):
        return named
    if not output.output and sys.stdout.isatty():
        return "terminal"
    return "markdown" if isinstance(thing, Report) else "tsv"


def _known(name: str) -> str:
    full = ALIASES.get(name, name)
    if full in registry.names("renderers"):
        return full
    names = ", ".join(format_names())
    raise BadOption(option="--format", value=name, expected=Text(f"one of {names}", f"以下之一：{names}"))


def _by_name(path: str) -> str | None:
    """The renderer that a file's name asks for; None: it asks for none."""
    suffix = Path(path).suffix.lower()
    known = {registry.load("renderers", name).SUFFIX: name for name in registry.names("renderers")}
    if suffix in known:
        return known[suffix]
    if suffix == "" or _special(Path(path)):
        return None
    names = ", ".join(sorted(known))
    expected = Text(
        f"a name that ends in {names}; else give --format", f"以 {names} 结尾的文件名；否则请用 --format 指定"
    )
    raise BadOption(option="-o", value=path, expected=expected)


def _remark(result: Result, name: str, counted: _Counted | None) -> None:
    if name in _SAY_NOTHING:
        from qunkit import ink

        for note in result.notes:
            say(ink.sentence(note, current.lang), label=NOTE)
    if counted and not counted.count and name not in FOR_PEOPLE:
        say(_EMPTY.say(current.lang), label=NOTE)


class _Counted:
    """Rows, and how many of them went by."""

    def __init__(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for row in self.rows:
            self.count += 1
            yield row


@contextmanager
def writing(output: str | None, dataset: Path | None = None, inputs: Sequence[Path] = ()) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name when it is complete.

    A symbolic link is replaced, not followed; a device or a pipe is written as it is.

    Raises:
        CannotCreate: it cannot be made there, or it is one of `inputs` or lies inside `dataset`.
    """
    if output in (None, "-"):
        with streams.output() as out:
            yield out
        return
    path = Path(str(output))
    _refuse_own(path, dataset, inputs)
    with _blamed(path), _straight(path) if _special(path) else _whole(path) as out:
        yield out


@contextmanager
def _blamed(path: Path) -> Iterator[None]:
    """A failing disk is said to fail at `path`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ReadWriteFailed(path=path, why=streams.why(error)) from None


def _straight(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """A temporary file beside `path`, synced and renamed at the end, removed on any error."""
    if path.is_dir():
        raise CannotCreate(path=path, why=Text("it is a folder", "它是文件夹"))
    try:
        number, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise CannotCreate(path=path, why=streams.why(error)) from None
    try:
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
            yield out
            out.flush()
            os.fsync(number)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync(path.parent)


def _refuse_own(path: Path, dataset: Path | None, inputs: Sequence[Path]) -> None:
    place = path.parent.resolve() / path.name
    if dataset and place.is_relative_to(dataset.resolve()):
        raise CannotCreate(path=path, why=Text("it would lie inside the dataset", "位于数据集内部"))
    for one in inputs:
        whole = one.resolve()
        if place == whole or (path.exists() and one.exists() and path.samefile(one)):
            raise CannotCreate(path=path, why=Text("it is one of the inputs", "它是输入文件之一"))


def _special(path: Path) -> bool:
    return path.absolute().parent == Path("/dev") or (path.exists() and not path.is_file() and not path.is_dir())


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
