"""One input file: its identity, its encoding, its text as UTF-8 blocks, and the way back to its own bytes.

The text of a workbook is its transcript (see `workbook`): sizes, offsets and ranges are those of the transcript.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import IO

from qunkit.errors import MissingInput, OtherArchive, QunkitError, ReadWriteFailed, reason
from qunkit.exports import Head
from qunkit.parsing import archive, workbook
from qunkit.parsing.archive import Member
from qunkit.parsing.decode import CHUNK, Detector, Ints, Transcript, WayBack, gb18030_or_mixed, transcribe
from qunkit.words import Text

HEAD_BYTES = 64 << 10
BESIDE = 8 << 20
"""Bytes that a file beside a source may have."""
_PARTS = 4
_COPY = re.compile(
    r"(?<=.)(?: \(\d{1,3}\)| ?- ?(?:副本|Copy)(?: ?\(\d{1,3}\))?| 副本(?: \d{1,3})?| copy(?: \d{1,3})?)(?=\.[^.]*$|$)"
)
"""What browsers and file managers put behind the name of a copy: `` (1)``, `` - 副本``, `` copy 2``."""
_KINDS = (
    (stat.S_ISDIR, Text("is a directory", "是文件夹")),
    (stat.S_ISFIFO, Text("is a pipe; pass - to read standard input", "是管道；请用 - 读取标准输入")),
    (stat.S_ISSOCK, Text("is a socket", "是套接字")),
    (stat.S_ISCHR, Text("is a device", "是设备")),
    (stat.S_ISBLK, Text("is a device", "是设备")),
)
_WORKBOOKS = (".xls", ".xlsx", ".xlsm", ".et")
_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Source:
    """An export file. `open_source` makes it."""

    path: Path
    label: str
    """How messages name it."""
    parts: tuple[str, ...]
    """Last components of the path (at most four), NFC, file name last and without the mark of a copy: facts such as a group id in a folder's name."""
    size: int
    """Bytes of the file; of a workbook's transcript."""
    sha256: str
    """Of the file's own bytes."""
    encoding: str
    """utf-8, utf-8-sig, gb18030, utf-16-le, utf-16-be, mixed: decode record by record; or xlsx."""
    bom: int
    """Bytes of the byte order mark: framing."""
    options: Mapping[str, str]
    """Facts given on the command line, such as {"date": "2024-12-01"}."""
    member: Member | None
    """What of an archive it was unpacked from."""
    _stamp: _Stamp = field(repr=False)
    _spool_dir: Path | None = field(repr=False)
    _folder: Path | None = field(repr=False)
    """Where the files beside it are; None if it has no place of its own."""
    _rows: IO[bytes] | None = field(repr=False)
    """The transcript of a workbook."""

    @cached_property
    def head(self) -> Head:
        """What `sniff` may look at."""
        if self._rows is not None:
            from qunkit.parsing.sheets import first_rows

            return Head("", self.parts, sheets=first_rows(self))
        text = self.head_text
        if not text.lstrip().startswith(("{", "[")):
            return Head(text, self.parts)
        from qunkit.parsing.json_array import skim

        try:
            return Head(text, self.parts, *skim(self))
        except (ValueError, RecursionError):
            return Head(text, self.parts)

    @cached_property
    def head_text(self) -> str:
        """The first 64 KiB (of UTF-8) as text; damage shows as U+FFFD, a character cut by the limit is left out."""
        raw = b""
        for _, block in self.blocks(HEAD_BYTES):
            raw += block
            if len(raw) >= HEAD_BYTES:
                break
        return raw.decode("utf-8", "replace").removesuffix("\ufffd")

    def blocks(self, size: int = 4 << 20) -> Iterator[tuple[int, bytes]]:
        """The text as UTF-8, without byte order mark: (offset, bytes) with offsets counting from 0, cut anywhere.

        "mixed" files come as their bytes are. A cut last character stays: it is the only invalid UTF-8 of other files.

        Raises:
            ReadWriteFailed: the disk or the spool fails.
        """
        try:
            with self._text() as (file, begin):
                offset = 0
                while block := os.pread(file, size, begin + offset):
                    yield offset, block
                    offset += len(block)
        except OSError as error:
            raise ReadWriteFailed(path=self.label, why=reason(error)) from error

    def original(self, offsets: Ints) -> Ints:
        """Ascending offsets of `blocks` text, at characters' begins → byte offsets in the file."""
        if self._transcript is None:
            return offsets + self.bom
        with self.path.open("rb") as file:
            return self._way_back(file, offsets)

    def raw(self, start: int, end: int) -> bytes:
        """The file's own bytes from `start` up to `end`."""
        if self._rows is not None:
            return os.pread(self._rows.fileno(), end - start, start)
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def unchanged(self) -> bool:
        """Whether the file still is the one that was hashed: inode, size and time of change."""
        try:
            return _stamp(os.stat(self.path)) == self._stamp
        except OSError:
            return False

    def beside(self, name: str) -> bytes | None:
        """A small file in the same folder, or in the same archive; None if there is none, or it is larger than 8 MiB.

        `name` may begin with one ``../``, and is not followed out of the folder above by links either.
        """
        place = self.locate(name)
        try:
            if isinstance(place, Member):
                if (place.size or 0) > BESIDE:
                    return None
                held = BytesIO()
                archive.unpack(place, held)
                return held.getvalue()
            if place is None or place.stat().st_size > BESIDE:
                return None
            with place.open("rb") as file:
                return file.read(BESIDE)
        except (OSError, QunkitError):
            return None

    def locate(self, name: str) -> Path | Member | None:
        """The file that `beside` would read, whatever its size; None if there is none."""
        components = name.split("/")
        if "" in components or ".." in components[1:] or "\0" in name:
            return None
        if self.member:
            home = posixpath.dirname(self.member.name)
            if name.startswith("../") and not home:
                return None
            wanted = unicodedata.normalize("NFC", posixpath.normpath(posixpath.join(home, name)))
            return self.member.siblings.get(wanted)
        if self._folder is None:
            return None
        found = Path(os.path.realpath(self._folder / name))
        above = Path(os.path.realpath(self._folder)).parent
        return found if found.is_relative_to(above) and os.path.isfile(found) else None

    @contextmanager
    def _text(self) -> Iterator[tuple[int, int]]:
        """A descriptor and where in it the text begins. Read with `pread`: readers of one source must not share a position."""
        if self._rows is not None:
            yield self._rows.fileno(), 0
            return
        if self._transcript is not None:
            yield self._transcript.file.fileno(), 0
            return
        with self.path.open("rb", buffering=0) as file:
            yield file.fileno(), self.bom

    @cached_property
    def _transcript(self) -> Transcript | None:
        """The text of a GB18030 or UTF-16 file as UTF-8, in a nameless file that vanishes with this process."""
        if not self.encoding.startswith(("gb", "utf-16")):
            return None
        with self.path.open("rb") as original:
            original.seek(self.bom)
            return transcribe(original, self.encoding, TemporaryFile(dir=self._spool_dir))

    @cached_property
    def _way_back(self) -> WayBack:
        if self._transcript is None:
            raise ValueError("only transcribed files need a way back")
        return WayBack(self._transcript)


def open_source(
    path: Path,
    *,
    label: str | None = None,
    parts: tuple[str, ...] | None = None,
    member: Member | None = None,
    options: Mapping[str, str] = MappingProxyType({}),
    spool_dir: Path | None = None,
) -> Source:
    """Read the file once: its SHA-256 and its encoding, in bounded memory.

    Args:
        path: a regular file.
        label: how messages name it; else the path as given.
        parts: the components that carry facts, where the path carries none (spooled standard input, member of an archive). Then
            the folder is not looked into either.
        member: what of an archive the file was unpacked from: `beside` looks there.
        options: facts given on the command line.
        spool_dir: where the UTF-8 text of GB18030 and UTF-16 files and of workbooks is kept meanwhile; else the system's
            temporary folder.

    Raises:
        MissingInput: there is no such file, it cannot be read, or it is a folder, pipe or device.
        OtherArchive: it is an archive of a kind that is not looked into.
        UnreadableExport: it is a workbook that cannot be used.
    """
    name = _printable(str(path)) if label is None else label
    try:
        _refuse_what_is_no_file(os.stat(path).st_mode, name)
        with path.open("rb", buffering=0) as file:
            _refuse_what_is_no_file(os.fstat(file.fileno()).st_mode, name)
            stamp = _stamp(os.fstat(file.fileno()))
            size, sha256, detector = _survey(file)
            file.seek(detector.bom)
            encoding = detector.encoding() or gb18030_or_mixed(file)
        kind = archive.other(path)
    except OSError as error:
        raise MissingInput(path=name, why=reason(error)) from error
    if kind:
        raise OtherArchive(path=name, kind=kind)
    rows = _transcribed(path, name, spool_dir)
    return Source(
        path=path,
        label=name,
        parts=path_parts(path) if parts is None else last(parts),
        size=size if rows is None else os.fstat(rows.fileno()).st_size,
        sha256=sha256,
        encoding=encoding if rows is None else "xlsx",
        bom=detector.bom if rows is None else 0,
        options=options,
        member=member,
        _stamp=stamp,
        _spool_dir=spool_dir,
        _folder=Path(os.path.abspath(path)).parent if parts is None else None,
        _rows=rows,
    )


def _transcribed(path: Path, label: str, spool_dir: Path | None) -> IO[bytes] | None:
    """The rows of a workbook, in a nameless file that vanishes with this process; None: it is none."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(workbook.OLE))
    except OSError as error:
        raise MissingInput(path=label, why=reason(error)) from error
    old = magic == workbook.OLE and label.lower().endswith(_WORKBOOKS)
    if not old and not (magic.startswith(b"PK\x03\x04") and "xl/workbook.xml" in archive.names(path)):
        return None
    rows: IO[bytes] = TemporaryFile(dir=spool_dir)  # noqa: SIM115  # the source holds it
    workbook.transcribe(path, rows, label=label)
    return rows


def _survey(file: IO[bytes]) -> tuple[int, str, Detector]:
    """(size, SHA-256, detector). The hash runs beside the detector: both let go of the interpreter lock."""
    digest, detector, size = hashlib.sha256(), Detector(), 0
    with ThreadPoolExecutor(1) as pool:
        while block := _exactly(file, CHUNK):
            size += len(block)
            if len(block) < CHUNK:  # the last one, often the only one: not worth a thread
                digest.update(block)
                detector.feed(block)
                break
            hashing = pool.submit(digest.update, block)
            detector.feed(block)
            hashing.result()
    return size, digest.hexdigest(), detector


def _exactly(file: IO[bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end: the detector counts on even lengths."""
    block = file.read(size)
    while block and len(block) < size and (more := file.read(size - len(block))):
        block += more
    return block


def _refuse_what_is_no_file(mode: int, name: str) -> None:
    if not stat.S_ISREG(mode):
        raise MissingInput(path=name, why=next((why for test, why in _KINDS if test(mode)), _KINDS[-1][1]))


def _stamp(of: os.stat_result) -> _Stamp:
    return of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns


def path_parts(path: Path) -> tuple[str, ...]:
    """The components of a path that carry facts."""
    return last(Path(os.path.abspath(path)).parts[1:])


def member_parts(archive: Sequence[str], member: Member) -> tuple[str, ...]:
    """The same of a member of the archive with these components. A gzip file is no folder, but the file itself."""
    inside = member.name.split("/")
    return last([*archive[:-1], *inside] if member.size is None else [*archive, *inside])


def last(parts: Sequence[str]) -> tuple[str, ...]:
    """The last components, NFC; the file's without what is put behind the name of a copy."""
    told = [unicodedata.normalize("NFC", _printable(part)) for part in parts[-_PARTS:]]
    return (*told[:-1], _COPY.sub("", told[-1])) if told else ()


def _printable(name: str) -> str:
    """A file name that is not UTF-8 gets U+FFFD for what it is not."""
    return os.fsencode(name).decode("utf-8", "replace")
