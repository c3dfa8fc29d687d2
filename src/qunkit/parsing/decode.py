"""Which encoding a file is in, decided on the whole file, and the exact way back from UTF-8 to its own bytes.

The order of the questions: a byte order mark; the pattern of UTF-16 (without a mark); strict UTF-8; strict GB18030; else
"mixed", which is decoded record by record. UTF-8 goes first because most UTF-8 Chinese is also valid GB18030, and the whole file
is asked because short GBK words are often valid UTF-8. A last character cut in half (a download that broke off) is no
objection in any encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import IO

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
CUT = b"\xe2"
"""Stands at the end of the UTF-8 text of a GB18030 or UTF-16 file for the pieces of a cut character: it is one, too."""

CHUNK = 1 << 20
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WRITTEN = np.isin(np.arange(256), [9, 10, 13, *range(32, 127)])
_LIKELY_HIGH = np.isin(np.arange(256), [0x20, 0x30, *range(0x4E, 0xA0), *range(0xD8, 0xE0), 0xFF])
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


class Detector:
    """Fed with a file block by block (even lengths but for the last), it says the encoding."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("strict")
        self._utf8_ok = True
        self._signs = _Utf16Signs()
        self._bom: tuple[bytes, str] | None = None
        self._begun = False

    def feed(self, block: bytes) -> None:
        """The next bytes of the file."""
        if not self._begun:
            self._begun = True
            self._bom = next((bom for bom in BOMS if block.startswith(bom[0])), None)
        if self._utf8_ok:
            try:
                self._utf8.decode(block)
            except UnicodeDecodeError:
                self._utf8_ok = False
        self._signs.feed(block)

    @property
    def bom(self) -> int:
        """Bytes of the byte order mark."""
        return len(self._bom[0]) if self._bom else 0

    def encoding(self) -> str | None:
        """The encoding, or None: neither UTF-8 nor UTF-16, ask `gb18030_or_mixed` with a second look at the file."""
        name = self._bom[1] if self._bom else self._signs.verdict(self._utf8_ok)
        if name == "utf-8-sig" and not self._utf8_ok:
            return "mixed"
        if name == "gb18030":
            return None
        return name or ("utf-8" if self._utf8_ok else None)


@dataclass(slots=True)
class _Utf16Signs:
    """Counts over 16-bit units, for both byte orders (little endian first), in files that hold NUL bytes at all."""

    units: int = 0
    ascii: Ints = field(default_factory=lambda: np.zeros(2, np.int64))
    newlines: Ints = field(default_factory=lambda: np.zeros(2, np.int64))
    likely: Ints = field(default_factory=lambda: np.zeros(2, np.int64))
    """Units that chats consist of: ASCII, Chinese characters, their punctuation, halves of emoji."""

    def feed(self, block: bytes) -> None:
        """Count one block that begins at an even offset."""
        self.units += len(block) // 2
        if b"\0" not in block:
            return
        pairs = np.frombuffer(block, np.uint8)[: len(block) // 2 * 2].reshape(-1, 2)
        for order in (0, 1):
            low, high = pairs[:, order], pairs[:, 1 - order]
            of_ascii = low[high == 0]
            found = int(np.count_nonzero(_WRITTEN[of_ascii]))
            self.ascii[order] += found
            self.newlines[order] += np.count_nonzero(of_ascii == 10)
            self.likely[order] += found + np.count_nonzero(_LIKELY_HIGH[high])

    def verdict(self, utf8_ok: bool) -> str | None:
        """The order in which the file reads like a chat, if there is one.

        The other order must hold no line end (U+0A00 is no character). A file that is also valid UTF-8 has to be ASCII for the
        most part, for somebody may have sent a NUL.
        """
        order = int(self.likely[1] > self.likely[0])
        reads_well = self.ascii[order] >= 0.4 * self.units if utf8_ok else self.likely[order] >= 0.8 * self.units
        if self.ascii[order] and reads_well and not self.newlines[1 - order]:
            return ("utf-16-le", "utf-16-be")[order]
        return None


def gb18030_or_mixed(file: IO[bytes]) -> str:
    """A second look, for a file that is neither UTF-8 nor UTF-16.

    It is GB18030 if it decodes strictly with at most 0.1 % control characters (or eight), and is not mostly UTF-8 with some damage.
    """
    gb = codecs.getincrementaldecoder("gb18030")("strict")
    utf8 = codecs.getincrementaldecoder("utf-8")("ignore")
    size = control = beyond_ascii = as_utf8 = 0
    while block := file.read(CHUNK):
        try:
            gb.decode(block)
        except UnicodeDecodeError:
            return "mixed"
        plain = int(np.count_nonzero(np.frombuffer(block, np.uint8) < 128))
        size += len(block)
        control += len(block) - len(block.translate(None, _CONTROL))
        beyond_ascii += len(block) - plain
        as_utf8 += len(utf8.decode(block).encode()) - plain
    if gb.getstate()[0][:1] in (b"\x80", b"\xff"):  # the decoder waits for more, but no character begins so
        return "mixed"
    mostly_utf8 = beyond_ascii >= 64 and as_utf8 >= beyond_ascii / 2
    return "mixed" if mostly_utf8 or control > max(8, size / 1000) else "gb18030"


def cut_character(text: bytes) -> int:
    """How many of the last bytes are the begin of a character in UTF-8 that is not complete: 0 to 3."""
    for length in range(1, min(3, len(text)) + 1):
        byte = text[-length]
        if byte & 0xC0 != 0x80:
            whole = 1 if byte < 0xC2 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return length if whole > length else 0
    return 0


@dataclass(slots=True)
class Transcript:
    """A file rewritten as UTF-8, with marks that lead back."""

    file: IO[bytes]
    encoding: str
    utf8: list[int]
    """Offset in the UTF-8 text of each chunk's begin, and of the end."""
    own: list[int]
    """The same in the original file, after its byte order mark."""


def transcribe(original: IO[bytes], encoding: str, into: IO[bytes]) -> Transcript:
    """Rewrite `original` (positioned after its byte order mark) as UTF-8 into `into`, chunk by chunk.

    Half a surrogate pair becomes U+FFFD; a cut last character becomes `CUT`.
    """
    marks = Transcript(into, encoding, [0], [original.tell()])
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass" if encoding.startswith("utf-16") else "strict")
    read = marks.own[0]
    while block := original.read(CHUNK):
        read += len(block)
        if text := _well_formed(decoder.decode(block)):
            _mark(marks, text, read - len(decoder.getstate()[0]))
    if read > marks.own[-1]:
        _mark(marks, CUT, read)
    into.flush()
    return marks


def _mark(marks: Transcript, text: bytes, own: int) -> None:
    marks.file.write(text)
    marks.utf8.append(marks.utf8[-1] + len(text))
    marks.own.append(own)


def _well_formed(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text).encode()


class WayBack:
    """Offsets of the UTF-8 text → offsets of the original file, through the chunks that a `Transcript` marked."""

    def __init__(self, marks: Transcript) -> None:
        self._encoding = marks.encoding
        self._utf8 = np.asarray(marks.utf8, np.int64)
        self._own = np.asarray(marks.own, np.int64)
        self._known: tuple[int, Ints, Ints] | None = None

    def __call__(self, original: IO[bytes], offsets: Ints) -> Ints:
        """Exact for offsets at characters' begins; one inside a character leads to that character's begin."""
        chunk = np.clip(np.searchsorted(self._utf8, offsets, "right") - 1, 0, max(len(self._utf8) - 2, 0))
        result = np.full(len(offsets), self._own[-1], np.int64)
        for first, last in _runs(chunk) if len(self._utf8) > 1 else ():
            utf8, own = self._chunk(original, int(chunk[first]))
            result[first:last] = own[np.searchsorted(utf8, offsets[first:last], "right") - 1]
        return result

    def _chunk(self, original: IO[bytes], at: int) -> tuple[Ints, Ints]:
        """Where each character of a chunk begins, and the chunk's end: in UTF-8, in the original."""
        if self._known is None or self._known[0] != at:
            utf8, own = self._utf8[at : at + 2], self._own[at : at + 2]
            if utf8[1] - utf8[0] > 1:  # else one ASCII character, or CUT: both ends say it all
                original.seek(int(own[0]))
                points = _code_points(original.read(int(own[1] - own[0])), self._encoding)
                utf8, own = _places(int(utf8[0]), _utf8_widths(points)), _places(int(own[0]), self._own_widths(points))
            self._known = (at, utf8, own)
        return self._known[1:]

    def _own_widths(self, points: Ints) -> Ints:
        if self._encoding == "gb18030":
            return np.where(points < 0x10000, _gb18030_widths()[points & 0xFFFF], 4)
        return np.where(points < 0x10000, 2, 4)


def _runs(chunk: Ints) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of equal values."""
    edges = np.flatnonzero(np.diff(chunk)) + 1
    return pairwise([0, *edges.tolist(), len(chunk)]) if len(chunk) else iter(())


def _code_points(raw: bytes, encoding: str) -> Ints:
    errors = "surrogatepass" if encoding.startswith("utf-16") else "replace"
    text = raw.decode(encoding, errors)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)


def _places(begin: int, widths: Ints) -> Ints:
    return begin + np.concatenate(([0], np.cumsum(widths)))


def _utf8_widths(points: Ints) -> Ints:
    return 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)


@cache
def _gb18030_widths() -> Ints:
    """Bytes of each character up to U+FFFF in GB18030: 1, 2 or 4. Decoding never changes the length of the code."""
    return np.array([len(chr(point).encode("gb18030", "replace")) for point in range(0x10000)], np.int64)
