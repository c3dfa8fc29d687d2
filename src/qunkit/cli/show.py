"""A result on its way out: which renderer, to stdout or to a file, and what is said beside it on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from qunkit import registry
from qunkit.cli import files
from qunkit.cli.failures import NOTE, say
from qunkit.cli.files import is_special, writing
from qunkit.cli.options import ALIASES, Output, Place, format_names
from qunkit.cli.session import current
from qunkit.errors import BadOption
from qunkit.results import Cell, Column, Report, Result, rest
from qunkit.words import Text

_SAY_NOTHING = ("tsv", "csv", "jsonl", "parquet", "graphml", "gexf")
"""Renderers that leave the notes of a result out, or where few programs show them."""
FOR_PEOPLE = ("terminal", "markdown", "html")
"""Renderers for people: they say themselves that there are no rows."""
_TO_A_FILE = Text("for a terminal: write it to a file with -o FILE", "可在终端显示的格式，请用 -o 文件 写入文件")
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
    renderer = registry.load("renderers", name)
    with writing(output.output, place.path if place else None, inputs, binary=_binary(name)) as out:
        more = {"bom": True} if name == "csv" and output.output else {}
        left_out = renderer.write(thing, out, current.lang, **more) or ()
    for said in () if _seen(output) else left_out:
        say(said, label=NOTE)
    if isinstance(thing, Result):
        _remark(thing, name, counted)


def check(
    output: Output, place: Place | None = None, inputs: Sequence[Path] = (), columns: Sequence[Column] | None = None
) -> None:
    """Refuse a format that there is not, one that is none for a terminal, or a file that cannot be made, before any work is done.

    Where the `columns` of the result are known, also a graph of what is none.

    Raises:
        BadOption: no such format, or it cannot go there.
        CannotCreate: the file cannot be made, or is an input or a part of the dataset.
    """
    name = _known(output.format) if output.format else _by_name(output.output) if output.output else None
    if name and output.output in (None, "-"):
        _refuse_terminal(name, sys.stdout)
    if name and columns is not None and getattr(registry.load("renderers", name), "GRAPH", False):
        from qunkit import ink

        ink.must_have_edges(columns, name)
    files.check(output.output, place.path if place else None, inputs)


def _refuse_terminal(name: str, out: TextIO) -> None:
    if _binary(name) and out.isatty():
        raise BadOption(option="--format", value=name, expected=_TO_A_FILE)


def _binary(name: str) -> bool:
    """Whether a renderer writes bytes: it says so with a constant BINARY."""
    return bool(getattr(registry.load("renderers", name), "BINARY", False))


def _seen(output: Output) -> bool:
    """Whether who reads stderr reads the output, too: both are one terminal."""
    return output.output in (None, "-") and sys.stdout.isatty() and sys.stderr.isatty()


def chosen(output: Output, thing: Result | Report | None = None) -> str:
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
    if suffix == "" or is_special(Path(path)):
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
        say((result.empty or _EMPTY).say(current.lang), label=NOTE)


class _Counted:
    """Rows, and how many of them went by."""

    def __init__(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        self._rows, self.count = iter(rows), 0

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return self

    def __next__(self) -> tuple[Cell, ...]:
        row = next(self._rows)
        self.count += 1
        return row

    def rest(self) -> int:
        """How many rows there are still; see `results.rest`."""
        return rest(self._rows)
