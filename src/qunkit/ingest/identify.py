"""Which files there are, and which format each is: one yes or an error."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from qunkit import registry
from qunkit.errors import AmbiguousFormat, MissingInput, UnknownFormat
from qunkit.exports import Head
from qunkit.words import Text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to look at; `found` if it was met in a folder rather than named."""

    path: Path
    label: str
    found: bool


def files(paths: list[Path]) -> Iterator[Candidate]:
    """Every named file, and every file below a named folder in the order of its name; hidden ones are passed over.

    Raises:
        MissingInput: a named path does not exist or is no file.
    """
    for path in paths:
        if path.is_dir():
            yield from (Candidate(file, str(file), True) for file in _below(path))
        else:
            _must_be_a_file(path)
            yield Candidate(path, str(path), False)


def identify(head: Head, label: str, wanted: str | None = None) -> tuple[str, ModuleType]:
    """Name and module of the one format that says yes.

    Raises:
        UnknownFormat: none says yes, or no format is called `wanted`.
        AmbiguousFormat: more than one says yes.
    """
    if wanted:
        return wanted, registry.load("formats", wanted)
    yes = said_yes(head)
    if not yes:
        raise UnknownFormat(path=label, head=_first_characters(head))
    if len(yes) > 1:
        raise AmbiguousFormat(path=label, formats=" + ".join(sorted(yes)))
    return next(iter(yes.items()))


def said_yes(head: Head) -> Mapping[str, ModuleType]:
    """Every format whose sniff says yes."""
    modules = {name: registry.load("formats", name) for name in registry.names("formats")}
    return {name: module for name, module in modules.items() if module.sniff(head)}


def _first_characters(head: Head) -> str:
    return ascii(head.text[:40]) if head.text else "''"


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _must_be_a_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise MissingInput(path=path, why=Text("no such file", "文件不存在")) from None
    except OSError as error:
        raise MissingInput(path=path, why=error.strerror) from None
    if not stat.S_ISREG(mode):
        raise MissingInput(path=path, why=Text("not a regular file", "不是普通文件"))
