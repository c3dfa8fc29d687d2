"""Zip and gzip files under limits: what may be taken out of them, and taking it out, member by member.

Nothing is unpacked to a path of the archive's making: a member is bytes with a name. The directory of a zip is believed only where the
data agree: members must not overlap, and each must unpack to exactly the size and checksum it declares. An archive that breaks a rule is
refused as a whole. Archives within archives are not looked into, and other archives than these are only known by name.
"""

from __future__ import annotations

import errno
import gzip
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from qunkit.errors import MissingInput, UnreadableExport, reason
from qunkit.words import Text

MEMBERS = 200_000
SIZE = 64 << 30
"""Bytes of all members together."""
RATIO = 1000
"""Deflate cannot do better than 1032: who comes near has nothing to say."""
_SLACK = 1 << 20
"""Bytes below which the ratio is not asked."""
_DIRECTORY = 128 << 20
_CHUNK = 1 << 20
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_LOCAL = struct.Struct("<4s22xHH")
_ENCRYPTED, _UTF8 = 0x1 | 0x40 | 0x2000, 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_GZIPPED = -1
_OFFICE = "[Content_Types].xml"
_WORKBOOKS = (".xlsx", ".xlsm")
_OTHERS = {b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\xfd7zXZ\0": "xz"}
"""How archives begin that are not looked into."""
_TAR, _TAR_AT = b"ustar", 257
_SHOWN = 80
"""Characters of a member's name that an error shows."""
_UNPACK = Text("Unpack it and give the folder.", "请先解压，再传入文件夹。")
_AGAIN = Text(
    "Make or download the archive again, or unpack it and give the folder.", "请重新打包或下载，或解压后传入文件夹。"
)
_CUT = Text("is a damaged or incomplete zip file.", "zip 文件已损坏或不完整。")
_CUT_WORKBOOK = Text("is an incomplete Excel file.", "Excel 文件不完整。")
_FETCH = Text("Download or export it again.", "请重新下载或导出。")


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive."""

    archive: Path
    label: str
    """How messages name the member: ``a.zip/folder/chat.json``."""
    name: str
    """With ``/`` between its components; NFC."""
    start: int
    """Where its data begin in the archive."""
    packed: int
    size: int | None
    """Bytes it declares; None: gzip does not say beforehand."""
    crc: int
    method: int
    siblings: Mapping[str, Member] = field(repr=False, compare=False)
    """Every member of the archive by its name."""


def is_archive(path: Path, label: str | None = None) -> bool:
    """Whether it begins like a zip or gzip file, and is no document of an office program and no tar in gzip.

    Raises:
        MissingInput: it cannot be read.
    """
    if not os.path.isfile(path):
        return False
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic.startswith(_GZIP):
            return other(path) is None
    except OSError as error:
        raise MissingInput(path=path if label is None else label, why=reason(error)) from error
    return magic in _ZIP and _OFFICE not in names(path)


def other(path: Path) -> str | None:
    """Which archive it is that is not looked into: RAR, 7z, xz or tar, also in gzip; None if it is none of these."""
    with path.open("rb") as file:
        head = file.read(_TAR_AT + len(_TAR))
        if head.startswith(_GZIP):
            file.seek(0)
            with suppress(EOFError, zlib.error, gzip.BadGzipFile), gzip.GzipFile(fileobj=file) as unpacked:
                head = unpacked.read(_TAR_AT + len(_TAR))
    if head[_TAR_AT:].startswith(_TAR):
        return "tar"
    return next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None)


def names(path: Path) -> list[str]:
    """The names in a zip as they are written there; none if it cannot be read."""
    try:
        with path.open("rb") as file, _opened(file) as archive:
            return [info.orig_filename for info in archive.infolist()]
    except (OSError, *_BROKEN):
        return []


def safe_members(path: Path, label: str | None = None) -> list[Member]:
    """The files in an archive, in the archive's order.

    Raises:
        UnreadableExport: it is broken, encrypted, or breaks a rule; then none of it is to be used.
    """
    shown = str(path) if label is None else label
    try:
        with path.open("rb") as file:
            if file.read(2) == _GZIP:
                name = (Path(shown).name if shown != "-" else "stdin").removesuffix(".gz")
                return [
                    Member(path, f"{shown}/{name}", name, 0, os.fstat(file.fileno()).st_size, None, 0, _GZIPPED, {})
                ]
            return _members(file, path, shown)
    except (OSError, *_BROKEN) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # a place before the begin of the file
            raise MissingInput(path=shown, why=reason(error)) from error
        if shown.lower().endswith(_WORKBOOKS):
            raise UnreadableExport(path=shown, why=_CUT_WORKBOOK, hint=_FETCH) from error
        raise _refused(shown, _CUT) from error


def unpack(member: Member, out: IO[bytes]) -> None:
    """Write a member's bytes to `out`.

    Raises:
        UnreadableExport: the data are damaged, or not what the archive declares. What was written is not to be used.
    """
    try:
        with member.archive.open("rb") as file:
            written, crc = 0, 0
            limit = min(SIZE, member.packed * RATIO + _SLACK) if member.size is None else member.size
            for piece in _pieces(file, member):
                written += len(piece)
                if written > limit:
                    raise _refused(member.label, _BOMB if member.size is None else _LIES)
                crc = zlib.crc32(piece, crc)
                out.write(piece)
            out.flush()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _refused(member.label, _DAMAGED) from error
    if member.size is not None and (written, crc) != (member.size, member.crc):
        raise _refused(member.label, _DAMAGED)


# -- rules ---------------------------------------------------------------------------------------------------------
_BROKEN = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError, IndexError, OverflowError)
_DAMAGED = Text("is damaged inside the archive: its checksum or size is wrong.", "在压缩包内已损坏：校验和或大小不符。")
_LIES = Text("holds more than the archive declares.", "实际内容比压缩包声明的多。")
_BOMB = Text(
    "would unpack to more than {ratio} times its size: it is made to fill a disk.",
    "解压后超过自身大小的 {ratio} 倍：这是用来占满磁盘的文件。",
)


def _refused(label: str, why: Text, **facts: object) -> UnreadableExport:
    """The archive or member is not used, and why."""
    told = {"ratio": RATIO, **facts}
    return UnreadableExport(path=label, why=Text(why.say("en", **told), why.say("zh", **told)), hint=_AGAIN)


def _members(file: IO[bytes], path: Path, label: str) -> list[Member]:
    size = os.fstat(file.fileno()).st_size
    with _opened(file) as archive:
        infos = archive.infolist()
        _check_size(infos, size, label)
        siblings: dict[str, Member] = {}
        for info in infos:
            _check_kind(info, label)
        for info, start in zip(infos, _starts(file, infos, archive.start_dir, label), strict=True):
            name = _safe_name(info, label)
            if not info.is_dir():
                crc, method = info.CRC, info.compress_type
                siblings[name] = Member(
                    path, f"{label}/{name}", name, start, info.compress_size, info.file_size, crc, method, siblings
                )
        _check_names([_safe_name(info, label).rstrip("/") for info in infos], label)
    return list(siblings.values())


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    """The directory of a zip, unless it is itself too large to be read."""
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end and end[5] > _DIRECTORY:
        raise zipfile.BadZipFile("directory too large")
    return zipfile.ZipFile(file)


def _check_size(infos: list[zipfile.ZipInfo], size: int, label: str) -> None:
    if len(infos) > MEMBERS:
        why = Text("holds more than {most:,} files.", "文件数超过 {most:,}。")
        raise UnreadableExport(
            path=label, why=Text(why.say("en", most=MEMBERS), why.say("zh", most=MEMBERS)), hint=_UNPACK
        )
    total = sum(info.file_size for info in infos)
    if total > SIZE:
        why = Text("would unpack to {size:,} bytes, more than {most:,}.", "解压后为 {size:,} 字节，超过 {most:,}。")
        raise _refused(label, why, size=total, most=SIZE)
    worst = max((info.file_size - info.compress_size * RATIO for info in infos), default=0)
    if max(worst, total - size * RATIO) > _SLACK:
        raise _refused(label, _BOMB)


def _check_kind(info: zipfile.ZipInfo, label: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        why = Text("is encrypted.", "已加密。")
        hint = Text("Unpack it with its password and give the folder.", "请用密码解压，再传入文件夹。")
        raise UnreadableExport(path=label, why=why, hint=hint)
    if info.compress_type not in _METHODS:
        why = Text("uses a compression other than deflate.", "使用了 deflate 以外的压缩方式。")
        raise UnreadableExport(path=label, why=why, hint=_UNPACK)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        why = Text("holds a link or device (“{name}”).", "含有链接或设备（“{name}”）。")
        raise _refused(label, why, name=info.filename[:_SHOWN])


def _safe_name(info: zipfile.ZipInfo, label: str) -> str:
    name = unicodedata.normalize("NFC", _decoded(info)).replace("\\", "/")
    if "\0" in name or name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/") or not name:
        why = Text("holds a file that points out of it (“{name}”).", "含有指向外部的文件名（“{name}”）。")
        raise _refused(label, why, name=name[:_SHOWN])
    return name


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name in UTF-8 where the archive says so; else as UTF-8 or GB18030, which tools write without saying so."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _check_names(names: list[str], label: str) -> None:
    """No two names that a file system would take for one."""
    seen: set[str] = set()
    for name in names:
        key = unicodedata.normalize("NFC", name.casefold())
        if key in seen:
            why = Text("holds two files of one name (“{name}”).", "含有重名文件（“{name}”）。")
            raise _refused(label, why, name=name[:_SHOWN])
        seen.add(key)


def _starts(file: IO[bytes], infos: list[zipfile.ZipInfo], directory: int, label: str) -> list[int]:
    """Where each member's data begin, if no two members share a byte."""
    starts, ranges = [], []
    for info in infos:
        file.seek(info.header_offset)
        magic, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
        if magic != _ZIP[0]:
            raise zipfile.BadZipFile("no member where the directory says")
        starts.append(info.header_offset + _LOCAL.size + name + extra)
        ranges.append((info.header_offset, starts[-1] + info.compress_size))
    ends = directory
    for begin, end in sorted(ranges, reverse=True):
        if end > ends:
            raise _refused(label, Text("holds files that overlap.", "含有相互重叠的文件。"))
        ends = begin
    return starts


def _pieces(file: IO[bytes], member: Member) -> Iterator[bytes]:
    """The unpacked bytes, in pieces of bounded size."""
    if member.method == _GZIPPED:
        with gzip.GzipFile(fileobj=file) as unpacked:
            while piece := unpacked.read(_CHUNK):
                yield piece
        return
    file.seek(member.start)
    left = member.packed
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == zipfile.ZIP_DEFLATED else None
    while left and (packed := file.read(min(left, _CHUNK))):
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail
    if left or (inflate and (not inflate.eof or inflate.unused_data)):
        raise EOFError
