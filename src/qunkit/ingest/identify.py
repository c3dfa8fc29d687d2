"""Which files there are, also in archives and beside manifests, and which format each is: one yes or an error."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType

from qunkit import registry
from qunkit.errors import AmbiguousFormat, MissingInput, NestedArchive, UnknownFormat, reason
from qunkit.exports import Head
from qunkit.ingest import shape
from qunkit.parsing import archive
from qunkit.parsing.archive import Member
from qunkit.parsing.source import Source, member_parts, open_source, path_parts
from qunkit.words import Text

_SHOWN = 40
"""Characters of an unknown file that its error shows."""
_COLUMNS = 12
"""Columns of an unknown table that its error lists."""
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
_ANY_TABLE = "mapped"
"""The format that a table is read with by --map: the hint says so."""
_BEGINS = Text("; `qunkit formats FILE` shows how it begins", "；用 `qunkit formats 文件` 查看其开头")
_NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to look at; `found` if it was met in a folder rather than named."""

    path: Path
    label: str
    found: bool
    parts: tuple[str, ...] | None = None
    """Where the path does not carry the facts: of standard input and of archives' members."""
    member: Member | None = None
    """A file in the archive at `path`."""


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


def members(candidate: Candidate) -> list[Candidate] | None:
    """The files in an archive that are not hidden; None if it is no archive.

    Raises:
        MissingInput: it cannot be read.
        UnreadableExport: the archive is broken or not to be trusted.
    """
    if candidate.member or not archive.is_archive(candidate.path, candidate.label):
        return None
    parts = candidate.parts or path_parts(candidate.path)
    return [
        Candidate(candidate.path, member.label, True, member_parts(parts, member), member)
        for member in archive.safe_members(candidate.path, candidate.label)
        if not any(part.startswith(".") or part == "__MACOSX" for part in member.name.split("/"))
    ]


@contextmanager
def opened(candidate: Candidate, folder: Path, options: Mapping[str, str] = MappingProxyType({})) -> Iterator[Source]:
    """The file of a candidate. A member of an archive is unpacked below `folder`, and removed in the end.

    Raises:
        MissingInput: it cannot be read.
        UnreadableExport: it is a damaged member, or a workbook that cannot be used.
        NestedArchive: it is an archive within an archive.
    """
    path = candidate.path if candidate.member is None else folder / "member"
    try:
        if candidate.member:
            with path.open("xb") as file:
                archive.unpack(candidate.member, file)
            if archive.is_archive(path):
                raise NestedArchive(path=candidate.label)
        yield open_source(
            path,
            label=candidate.label,
            parts=candidate.parts,
            member=candidate.member,
            options=options,
            spool_dir=folder,
        )
    finally:
        if candidate.member:
            path.unlink(missing_ok=True)


def listed(candidate: Candidate, source: Source, module: ModuleType) -> tuple[list[Candidate], list[MissingInput]]:
    """The files that a manifest names beside itself, and those of them that are not there.

    Members of its own archive are there, and are candidates already.
    """
    found, missing = [], []
    for name in module.files(source) if hasattr(module, "files") else ():
        place, label = source.locate(name), os.path.join(os.path.dirname(candidate.label), name)
        if isinstance(place, Path):
            found.append(Candidate(place, label, True))
        elif place is None:
            why = Text(f"not there, but named by {source.label}", f"{source.label} 列出了它，但文件不存在")
            missing.append(MissingInput(path=label, why=why))
    return found, missing


def identify(source: Source, wanted: str | None = None, *, shown: bool = False) -> tuple[str, ModuleType]:
    """Name and module of the one format that says yes.

    What is unknown shows how it begins only if it is to be `shown`: that may be what somebody said, and errors end in logs.

    Raises:
        UnknownFormat: none says yes, or no format is called `wanted`.
        AmbiguousFormat: more than one says yes.
    """
    if wanted:
        return wanted, registry.load("formats", wanted)
    yes = said_yes(source.head)
    if not yes:
        raise _unknown(source, shown=shown)
    if len(yes) > 1:
        raise AmbiguousFormat(path=source.label, formats=" + ".join(sorted(yes)))
    return next(iter(yes.items()))


def said_yes(head: Head) -> Mapping[str, ModuleType]:
    """Every format whose sniff says yes."""
    modules = {name: registry.load("formats", name) for name in registry.names("formats")}
    return {name: module for name, module in modules.items() if module.sniff(head)}


def beginning(head: Head) -> str:
    """What a file begins with: its text, or the cells of a workbook."""
    return head.text or " | ".join(cell for rows in head.sheets.values() for row in rows for cell in row)


def _unknown(source: Source, *, shown: bool) -> UnknownFormat:
    """What the file is instead, and what it is most like."""
    if known := shape.of_kind(source):
        what = Text(f"is {known.en}", f"是{known.zh}")
        return UnknownFormat(path=source.label, what=what, more="", lost=False)
    what = shape.of_text(source)
    if shown:
        begins = _first_characters(source.head)
        what = Text(f"begins {begins}", f"开头是{begins}")
    near, more = _near(source.head), _columns(source, shown=shown)
    if not shown:
        more = Text(_BEGINS.en + more.en, _BEGINS.zh + more.zh)
    told = Text(what.en + near.en, what.zh + near.zh)
    return UnknownFormat(path=source.label, what=told, more=more, lost=bool(near.en) or shape.is_cut(source))


def _first_characters(head: Head) -> str:
    """The begin of the file, with nothing in it that a terminal would obey."""
    safe = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in beginning(head)[:_SHOWN])
    return f"“{safe}”"


def _near(head: Head) -> Text:
    """The format that it is most like, if it is like any."""
    from qunkit.ingest.nearest import nearest

    name = nearest(head)
    if name in (None, _ANY_TABLE):
        return _NOTHING
    title = registry.load("formats", name).TITLE
    return Text(f"; most like {title.en} ({name}), but it is not that", f"；最接近{title.zh}（{name}），但并不相符")


def _columns(source: Source, *, shown: bool) -> Text:
    """How to read it as a table, with the columns it has; nothing if it is none."""
    from qunkit.parsing.tables import header, names

    if not (source.head.sheets or source.label.lower().endswith(_TABLES)):
        return _NOTHING
    found = [name for name in (names if shown else header)(source) if name.isprintable()][:_COLUMNS]
    if len(found) < 2:
        return _NOTHING
    return Text(
        f"; a table of messages is read with --map time=…,sender=…,text=… (its columns: {', '.join(found)})",
        f"；如果是消息表格，请用 --map time=…,sender=…,text=… 指明各列（文件中的列：{'、'.join(found)}）",
    )


def _below(folder: Path, errors: list[MissingInput]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        errors.append(MissingInput(path=error.filename, why=reason(error)))

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
        return MissingInput(path=path, why=reason(error))
    return None if stat.S_ISREG(mode) else MissingInput(path=path, why=Text("not a regular file", "不是普通文件"))
