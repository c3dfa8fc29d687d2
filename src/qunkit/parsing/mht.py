"""The first part of a mail with several (MIME multipart, as web pages are saved with their pictures), and the way back to the file.

    Content-Type: multipart/related; boundary="----=_Next"

    ------=_Next
    Content-Type: text/html
    Content-Transfer-Encoding: quoted-printable

    <html>…
    ------=_Next

The text of the part is 7bit, 8bit or quoted-printable. What comes behind it, however long, is not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qunkit.parsing.decode import Ints
    from qunkit.parsing.source import Source

_HEADERS = 4 << 10
"""Bytes in which the headers of the mail are."""
_BOUNDARY = re.compile(rb"(?i)boundary=\"?([^\"\r\n;]+)")
_PART = re.compile(rb"\n--[^\n]+\n((?:(?!--)[^\r\n]+\r?\n)+)\r?\n")
_QUOTED_PRINTABLE = re.compile(rb"(?i)Content-Transfer-Encoding:[ \t]*quoted-printable")
_HEX = np.array([int(chr(code), 16) if chr(code) in "0123456789ABCDEFabcdef" else -1 for code in range(256)])
_CR, _LF = b"\r\n"
_PADDING = b"\0\0"


class Part(NamedTuple):
    """The text of a file up to the end of its first part, that part decoded."""

    data: bytes
    begin: int
    """Where the part begins in `data`."""
    kept: npt.NDArray[np.bool_] | None
    """Which bytes of the file's text stand for one of `data`; None: each does."""

    def places(self, at: Ints) -> Ints:
        """Where in the file's text these places of `data` are."""
        if self.kept is None:
            return at
        places: Ints = np.append(np.flatnonzero(self.kept), len(self.kept) - len(_PADDING))[at]
        return places


def first_part(source: Source, limit: int) -> Part | None:
    """The first part; None if it is longer than `limit` bytes. A file without headers is one part."""
    data = _upto_its_end(source, limit)
    if data is None:
        return None
    headers = _PART.search(data)
    begin = headers.end() if headers else 0
    if headers and _QUOTED_PRINTABLE.search(headers[1]):
        return _decoded(data, begin)
    return Part(data, begin, None)


def _upto_its_end(source: Source, limit: int) -> bytes | None:
    """The text up to the line that ends the first part: the boundary's second."""
    held, boundary, searched, seen = bytearray(), b"", 0, 0
    for _, block in source.blocks():
        held += block
        if not boundary and (found := _BOUNDARY.search(held[:_HEADERS])) and len(held) > found.end():
            boundary = b"\n--" + found[1].strip()
        while boundary and (at := held.find(boundary, searched)) >= 0:
            seen, searched = seen + 1, at + 1
            if seen == 2:
                return bytes(held[: at + 1])
        searched = max(searched, len(held) - len(boundary)) if boundary else 0
        if len(held) > limit:
            return None
    return bytes(held)


def _decoded(data: bytes, begin: int) -> Part:
    """``=E6`` is a byte, ``=`` at the end of a line joins it with the next; any other ``=`` is one."""
    codes = np.frombuffer(data + _PADDING, np.uint8).copy()
    at = begin + np.flatnonzero(codes[begin:] == ord("="))
    next_, second = codes[at + 1], codes[at + 2]
    high, low = _HEX[next_], _HEX[second]
    byte = (high >= 0) & (low >= 0)
    crlf = (next_ == _CR) & (second == _LF)
    codes[at[byte]] = high[byte] * 16 + low[byte]
    kept = np.ones(len(codes), np.bool_)
    kept[-len(_PADDING) :] = False
    kept[at[(next_ == _LF) | crlf]] = False
    kept[at[byte | crlf | (next_ == _LF)] + 1] = False
    kept[at[byte | crlf] + 2] = False
    return Part(codes[kept].tobytes(), begin, kept)
