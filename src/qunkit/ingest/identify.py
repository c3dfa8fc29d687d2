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

_SHOWN = 40
"""Characters of an unknown file that its error shows."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to look at; `found` if it was met in a folder rather than named."""

    path: Path
    label: str
    found: bool


def files(path: Path) -> tuple[list[Candidate], list[MissingInput]]:
    """A named file, or every file below a named folder in the order of its name; hidden ones are passed over.

    The errors are of what is not there, is no file, or cannot be looked into.
    """
    if not path.is_dir():
        error = _no_file(path)
        return ([], [error]) if error else ([Candidate(path, str(path), False)], [])
    errors: list[MissingInput] = []
    found = [Candidate(file, str(file), True) for file in _below(path, errors)]
    if not found and not errors:
        errors.append(MissingInput(path=path, why=Text("no files in this folder", "文件夹中没有文件")))
    return found, errors


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
        raise UnknownFormat(path=label, head=_first_characters(head), near=_near(head))
    if len(yes) > 1:
        raise AmbiguousFormat(path=label, formats=" + ".join(sorted(yes)))
    return next(iter(yes.items()))


def said_yes(head: Head) -> Mapping[str, ModuleType]:
    """Every format whose sniff says yes."""
    modules = {name: registry.load("formats", name) for name in registry.names("formats")}
    return {name: module for name, module in modules.items() if module.sniff(head)}


def _first_characters(head: Head) -> str:
    """The begin of the file, with nothing in it that a terminal would obey."""
    told = head.text or " | ".join(cell for rows in head.sheets.values() for row in rows for cell in row)
    safe = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in told[:_SHOWN])
    return f"“{safe}”"


def _near(head: Head) -> Text | str:
    from qunkit.ingest.nearest import nearest

    name = nearest(head)
    if name is None:
        return ""
    title = registry.load("formats", name).TITLE
    return Text(f"; most like {title.en} ({name}), but it is not that", f"；最接近{title.zh}（{name}），但并不相符")


def _below(folder: Path, errors: list[MissingInput]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        errors.append(MissingInput(path=error.filename, why=error.strerror))

    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _no_file(path: Path) -> MissingInput | None:
    """Why this is no file to read, or None."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return MissingInput(path=path, why=Text("no such file", "文件不存在"))
    except OSError as error:
        return MissingInput(path=path, why=error.strerror)
    return None if stat.S_ISREG(mode) else MissingInput(path=path, why=Text("not a regular file", "不是普通文件"))
