"""Which files there are, also in archives and beside manifests, and which format each is: one yes or an error."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType

from qunkit import registry
from qunkit.errors import AmbiguousFormat, MissingInput, NestedArchive, UnknownFormat
from qunkit.exports import Head
from qunkit.parsing import archive
from qunkit.parsing.archive import Member
from qunkit.parsing.source import Source, member_parts, open_source, path_parts
from qunkit.words import Text

_SHOWN = 40
"""Characters of an unknown file that its error shows."""
_COLUMNS = 12
"""Columns of an unknown table that its error lists."""
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
_DOCUMENT = Text("an old Office document (DOC, XLS, PPT)", "旧式 Office 文档（DOC、XLS、PPT）")
_KNOWN = (
    (rb"\xff\xd8\xff", Text("a picture (JPEG)", "图片 (JPEG)")),
    (rb"\x89PNG\r\n", Text("a picture (PNG)", "图片 (PNG)")),
    (rb"GIF8[79]a", Text("a picture (GIF)", "图片 (GIF)")),
    (rb"RIFF.{4}WEBP", Text("a picture (WebP)", "图片 (WebP)")),
    (rb".{4}ftyp(?:heic|heix|mif1|avif)", Text("a picture (HEIC)", "图片 (HEIC)")),
    (rb".{4}ftyp", Text("a video or sound (MP4)", "视频或音频 (MP4)")),
    (rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", Text("a sound (MP3)", "音频 (MP3)")),
    (rb"\x02?#!SILK_V3|#!AMR", Text("a voice message (SILK or AMR)", "语音（SILK 或 AMR）")),
    (rb"%PDF-", Text("a PDF document", " PDF 文档")),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _DOCUMENT),
    (rb"PK\x03\x04.*?word/", Text("a Word document (DOCX)", " Word 文档 (DOCX)")),
    (rb"PK\x03\x04.*?ppt/", Text("a PowerPoint document (PPTX)", " PowerPoint 文档 (PPTX)")),
    (rb"SQLite format 3\0", Text("a database (SQLite)", "数据库 (SQLite)")),
)
"""How files begin that people keep beside exports."""
_LOOKED_AT = 4 << 10
_ANY_TABLE = "mapped"
"""The format that a table is read with by --map: the hint says so."""


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
    if candidate.member or not archive.is_archive(candidate.path):
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


def identify(source: Source, wanted: str | None = None) -> tuple[str, ModuleType]:
    """Name and module of the one format that says yes.

    Raises:
        UnknownFormat: none says yes, or no format is called `wanted`.
        AmbiguousFormat: more than one says yes.
    """
    if wanted:
        return wanted, registry.load("formats", wanted)
    yes = said_yes(source.head)
    if not yes:
        raise _unknown(source)
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


def _unknown(source: Source) -> UnknownFormat:
    """What the file is instead, or what it begins with and is most like; `near` says whether it is like anything."""
    raw = source.raw(0, _LOOKED_AT)
    if known := next((what for begin, what in _KNOWN if re.match(begin, raw, re.DOTALL)), None):
        what = Text(f"is {known.en}", f"是{known.zh}")
        return UnknownFormat(path=source.label, what=what, columns="", near=False)
    begins, near = _first_characters(source.head), _near(source.head)
    what = Text(f"begins {begins}{near.en if near else ''}", f"开头是{begins}{near.zh if near else ''}")
    return UnknownFormat(path=source.label, what=what, columns=_columns(source), near=bool(near))


def _first_characters(head: Head) -> str:
    """The begin of the file, with nothing in it that a terminal would obey."""
    safe = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in beginning(head)[:_SHOWN])
    return f"“{safe}”"


def _near(head: Head) -> Text | None:
    from qunkit.ingest.nearest import nearest

    name = nearest(head)
    if name in (None, _ANY_TABLE):
        return None
    title = registry.load("formats", name).TITLE
    return Text(f"; most like {title.en} ({name}), but it is not that", f"；最接近{title.zh}（{name}），但并不相符")


def _columns(source: Source) -> Text | str:
    """How to read it as a table, with the columns it has; nothing if it is none."""
    from qunkit.parsing.tables import names

    if not (source.head.sheets or source.label.lower().endswith(_TABLES)):
        return ""
    found = [name for name in names(source) if name.isprintable()][:_COLUMNS]
    if len(found) < 2:
        return ""
    return Text(
        f"; a table of messages is read with --map time=…,sender=…,text=… (its columns: {', '.join(found)})",
        f"；如果是消息表格，请用 --map time=…,sender=…,text=… 指明各列（文件中的列：{'、'.join(found)}）",
    )


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
