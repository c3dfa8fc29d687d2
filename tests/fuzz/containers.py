"""Workbooks and archives: from the XML or the directory inwards."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from io import FileIO
from pathlib import Path
from types import SimpleNamespace
from typing import IO
from unittest.mock import patch

from fuzz import exports
from fuzz.harness import outcome
from qunkit import registry
from qunkit.errors import QunkitError, UnreadableExport
from qunkit.ingest import identify
from qunkit.parsing import _workbook_worker as worker
from qunkit.parsing import archive as archives
from qunkit.parsing import source as sources
from support.truth import BELONGS
from support.truth.base import SAMPLES

_PART = re.compile(rb"^--(\S{1,80})--\n", re.MULTILINE)
_FORMATS = [name for name in registry.names("formats") if name.endswith("_xlsx")]
_MOST = 1 << 22
"""Bytes that a member is unpacked to here."""


def sheets(data: bytes) -> str:
    """The first line names a format; then a sheet's rows are lines of cells between tabs, and ``# name`` begins a sheet."""
    head, _, body = data.partition(b"\n")
    return _read(head, lambda path, out: out.write(_transcript(body)), b"PK\3\4")


def sheet_seeds() -> Iterator[bytes]:
    """What the samples say."""
    for sample, name in _samples():
        told: list[str] = []
        for line in _rows(SAMPLES / sample).splitlines()[:60]:
            sheet, number, *cells = json.loads(line)
            told += [f"# {sheet}"] if number == 1 or not told else []
            told.append("\t".join(cell.replace("\n", "\x0b").replace("\t", " ") for cell in cells))
        yield "\n".join((name, *told)).encode()


def xlsx(data: bytes) -> str:
    """The first line names a format; then ``--name--`` begins each part of a workbook. Read without the worker's process."""
    head, _, body = data.partition(b"\n")
    return _read(head, lambda path, out: out.write(_rows(path)), _bundled(body))


def xlsx_seeds() -> Iterator[bytes]:
    """The samples' parts, and one workbook with a cell of each kind."""
    for sample, name in _samples():
        with zipfile.ZipFile(SAMPLES / sample) as book:
            parts = [one for one in book.namelist() if "theme" not in one and "docProps" not in one]
            told = b"".join(b"--" + one.encode() + b"--\n" + book.read(one) + b"\n" for one in parts)
        if len(told) <= exports.LARGEST:
            yield name.encode() + b"\n" + told


def workbook(data: bytes) -> str:
    """A workbook's own bytes, through the worker's process."""
    path = exports.folder() / "book.xlsx"
    path.write_bytes(data)
    return outcome(path, exports.folder() / "spool", {}, None)


def workbook_seeds() -> Iterator[bytes]:
    """The samples."""
    for sample, _ in _samples():
        yield (SAMPLES / sample).read_bytes()


def archive(data: bytes) -> object:
    """Members have safe names, and unpack to what they declare, or are refused."""
    path = exports.folder() / "packed.zip"
    path.write_bytes(data)
    spool = exports.folder() / "spool"
    try:
        members = identify.members(identify.Candidate(path, "packed.zip", False))
    except QunkitError as error:
        return type(error).__name__
    if members is None:
        return archives.other(path)
    assert sum(one.member.size or 0 for one in members if one.member) <= archives.SIZE
    return [_unpacked(one, spool) for one in members[:20]]


def archive_seeds() -> Iterator[bytes]:
    """Zips as tools write them and as nobody should, and gzip."""
    text = "2024-05-01 09:00:00 甲\n早\n\n".encode()
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield _zipped({"群/a.txt": text, "群/b.csv": b"a,b\n1,2\n" * 9, "folder/": b""}, method)
    yield b"junk" + _zipped({"a.txt": text}, zipfile.ZIP_STORED)
    yield _zipped({"../a.txt": text, "C:/b": b"", "/c": b"", "a.zip": _zipped({"x": b"y"}, 0)}, zipfile.ZIP_STORED)
    yield gzip.compress(text, mtime=0)
    yield gzip.compress(text, mtime=0) * 2
    yield _streamed(text)
    bomb = _zipped({"a": b"\0" * 100_000}, zipfile.ZIP_DEFLATED)
    yield bomb
    yield bomb.replace(struct.pack("<I", 100_000), struct.pack("<I", 10))


def _read(head: bytes, tell: object, body: bytes) -> str:
    """Read a workbook as the format of `head`, its rows told by `tell`."""
    wanted = head.decode("utf-8", "replace")
    path = exports.folder() / "某群_聊天记录_1733360400000.xlsx"
    path.write_bytes(body)

    def transcribe(path: Path, out: IO[bytes], *, label: str = "") -> None:
        tell(path, out)  # type: ignore[operator]
        out.flush()

    with patch.object(sources.workbook, "transcribe", transcribe), patch.object(sources.archive, "names", _names):
        return outcome(path, exports.folder() / "spool", {}, wanted if wanted in _FORMATS else None)


def _names(path: Path) -> list[str]:
    return ["xl/workbook.xml"]


def _transcript(body: bytes) -> bytes:
    sheet, lines, number = "Sheet1", [], 0
    for line in body.decode("utf-8", "replace").split("\n"):
        number += 1
        if line.startswith("# "):
            sheet, number = line[2:], 0
        elif any(cells := [cell.replace("\x0b", "\n") for cell in line.rstrip("\t").split("\t")]):
            lines.append(json.dumps([sheet, number, *cells], ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines).encode()


def _rows(path: Path) -> bytes:
    """The worker's rows, told in this process; its troubles as `workbook.transcribe` tells them."""
    out = io.BytesIO()
    try:
        archives.safe_members(path, "book.xlsx")
        with patch.object(worker, "_Watched", FileIO), patch.object(sys, "stdout", SimpleNamespace(buffer=out)):
            worker._write(str(path))
    except QunkitError:
        raise
    except Exception as error:
        raise UnreadableExport(path=path, why=type(error).__name__, hint="") from error
    for line in out.getvalue().splitlines():
        sheet, number, *cells = json.loads(line)
        assert isinstance(sheet, str)
        assert 0 < number <= worker.ROWS
        assert cells
        assert all(isinstance(cell, str) and len(cell) <= worker.CELL for cell in cells)
    return out.getvalue()


def _bundled(body: bytes) -> bytes:
    _, *parts = _PART.split(body)
    return _zipped(
        {
            name.decode("utf-8", "replace"): text.removesuffix(b"\n")
            for name, text in zip(parts[::2], parts[1::2], strict=True)
        },
        zipfile.ZIP_STORED,
    )


def _zipped(files: dict[str, bytes], method: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as packed:
        for name, body in files.items():
            packed.writestr(zipfile.ZipInfo(name, (2024, 12, 1, 0, 0, 0)), body, method)
    return held.getvalue()


def _streamed(body: bytes) -> bytes:
    """With sizes behind the data, and no seeking back."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    held = Pipe()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr(zipfile.ZipInfo("a.txt", (2024, 12, 1, 0, 0, 0)), body)
    return held.getvalue()


def _unpacked(candidate: identify.Candidate, spool: Path) -> tuple[str, object]:
    member = candidate.member
    assert member is not None
    for name in (member.name, *(candidate.parts or ())):
        assert name.split("/").count("..") == 0
        assert not name.startswith("/")
        assert "\0" not in name
    if (member.size or 0) > _MOST:
        return member.name, "large"
    try:
        with identify.opened(candidate, spool) as source:
            assert member.size is None or source.encoding == "xlsx" or source.size == member.size
            return member.name, source.sha256
    except QunkitError as error:
        return member.name, type(error).__name__
    finally:
        assert not (spool / "member").exists()


@cache
def _samples() -> list[tuple[str, str]]:
    return [(sample, name) for sample, name in sorted(BELONGS.items()) if name in _FORMATS]
