"""The text of a mail (.eml): its first part that is plain text, else HTML, as UTF-8, with the way back to the bytes of the file.

Base64, quoted-printable, the charset and HTML are undone one after the other, and every character keeps the place in the file where
its first byte comes from. So a record's range holds the characters of Base64, say, that encode it.
"""

from __future__ import annotations

import codecs
import re
from array import array
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, fields
from email import message_from_bytes
from email.message import Message
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qunkit.parsing.decode import Ints
from qunkit.parsing.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_DEEPEST, _MOST = 8, 1000
"""Levels and parts of a mail that are looked at."""
_BASE64 = np.isin(np.arange(256), list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_ESCAPED = re.compile(rb"=(?:([0-9A-Fa-f]{2})|[ \t]*\r?\n)")
_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
"""What is not UTF-8, by the names that mails have for it."""
_MARKUP = re.compile(
    r"(?is)<!--(?:(?!<!--).){0,99999}?-->|<(?P<hidden>head|style|script)\b(?:(?!<(?P=hidden)\b).){0,99999}?</(?P=hidden)\s*>|<![^<>]*>"
    r"|<(?P<tag>/?[a-z][a-z0-9]*)\b[^<>]*>|&(?:#x?[0-9a-f]{1,6}|[a-z]{2,31});|(?P<blank>[ \t\r\n]+)(?P<before>(?=<))?"
)
_NEW_LINE = {"br": "\n", "/p": "\n", "/div": "\n", "/tr": "\n", "b": "\n\n"}
"""Tags that begin a new line. WeChat sets the line of a message's name in bold, behind an empty one."""


class Part(NamedTuple):
    """A part of a mail."""

    headers: Message
    start: int
    end: int
    """Its body's range in the mail."""


@dataclass(frozen=True, eq=False)
class MailText(Source):
    """A mail as a source whose text is that of one part; offsets lead to the mail."""

    text: bytes
    own: Ints
    """Place in the file of each byte of `text`, and of the part's end."""

    def blocks(self, size: int = 4 << 20) -> Iterator[tuple[int, bytes]]:
        """See `Source.blocks`."""
        for at in range(0, len(self.text), size):
            yield at, self.text[at : at + size]

    def original(self, offsets: Ints) -> Ints:
        """See `Source.original`."""
        return self.own[offsets]


def text_of(source: Source) -> MailText | None:
    """The mail's text; None if no part of it is text."""
    found = transcript(source.raw(0, source.size))
    if found is None:
        return None
    told = {one.name: getattr(source, one.name) for one in fields(Source)}
    return MailText(**{**told, "encoding": "utf-8", "bom": 0}, text=found[0], own=found[1])


def transcript(mail: bytes) -> tuple[bytes, Ints] | None:
    """The text of a mail, and the place of each of its bytes, and of the part's end; None if no part is text."""
    parts = [part for part in _leaves(mail, 0, len(mail), 0) if part.headers.get_content_disposition() != "attachment"]
    for wanted in ("text/plain", "text/html"):
        for part in parts:
            if part.headers.get_content_type() == wanted:
                return _text(mail, part)
    return None


def _text(mail: bytes, part: Part) -> tuple[bytes, Ints]:
    data, places = _transferred(mail, part)
    text, at = _characters(data, part.headers.get_content_charset() or "utf-8")
    places = places[at]
    if part.headers.get_content_type() == "text/html":
        text, at = _seen(text)
        places = places[at]
    points = np.frombuffer(text.encode("utf-32-le"), "<u4")
    widths = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    return text.encode(), np.append(np.repeat(places, widths), part.end)


def _leaves(mail: bytes, start: int, end: int, depth: int) -> list[Part]:
    """The parts of a mail, or of a part of it, that hold no others."""
    found = _HEADERS_END.search(mail, start, end)
    headers = message_from_bytes(mail[start : found.end() if found else end])
    body = found.end() if found else end
    boundary = headers.get_boundary() if headers.get_content_maintype() == "multipart" else None
    if boundary is None or depth == _DEEPEST:
        return [Part(headers, body, end)]
    mark = boundary.encode("utf-8", "surrogateescape")
    line = re.compile(rb"(?m)^--" + re.escape(mark) + rb"(?P<last>--)?[ \t]*\r?(?:\n|\Z)")
    lines = list(islice(line.finditer(mail, body, end), _MOST))
    stops = [*(one.start() for one in lines[1:]), end]
    return [
        leaf
        for one, stop in zip(lines, stops, strict=False)  # a mail that is cut off may have no line at all
        if not one["last"]
        for leaf in _leaves(mail, one.end(), stop, depth + 1)
    ]


def _transferred(mail: bytes, part: Part) -> tuple[bytes, Ints]:
    """The bytes of a part as they were before the transfer, and their places."""
    raw = mail[part.start : part.end]
    how = str(part.headers.get("Content-Transfer-Encoding", "")).strip().lower()
    if how == "base64":
        raw = raw.partition(b"\n--")[0]  # behind it is what a cut mail has of a boundary
        codes = np.frombuffer(raw, np.uint8)
        digits: npt.NDArray[np.int64] = np.flatnonzero(_BASE64[codes])
        digits = digits[: len(digits) - (len(digits) % 4 == 1)]
        data = b64decode(codes[digits].tobytes() + b"=" * (-len(digits) % 4))
        return data, part.start + digits[8 * np.arange(len(data)) // 6]
    if how == "quoted-printable":
        pieces, places, at = [], array("q"), 0
        for escaped in _ESCAPED.finditer(raw):
            pieces += [raw[at : escaped.start()], bytes.fromhex((escaped[1] or b"").decode())]
            places.extend(range(at, escaped.start() + bool(escaped[1])))
            at = escaped.end()
        places.extend(range(at, len(raw)))
        return b"".join([*pieces, raw[at:]]), part.start + _array(places)
    return raw, part.start + np.arange(len(raw))


def _characters(data: bytes, charset: str) -> tuple[str, Ints]:
    """The characters of a text, and the byte at which each begins. What cannot be read becomes U+FFFD."""
    try:
        text = data.decode()
        codes = np.frombuffer(data, np.uint8)
        return text, np.flatnonzero((codes & 0xC0) != 0x80)
    except UnicodeDecodeError:
        pass
    decoder = codecs.getincrementaldecoder(_CHARSETS.get(charset, "utf-8"))("replace")
    pieces, places, begin = [], array("q"), 0
    for at in range(len(data) + 1):
        if more := decoder.decode(data[at : at + 1], at == len(data)):
            pieces.append(more.encode("utf-8", "replace").decode())
            places.extend([begin] * len(more))
            begin = min(at + 1 - len(decoder.getstate()[0]), len(data) - 1)
    return "".join(pieces), _array(places)


def _seen(html: str) -> tuple[str, Ints]:
    """What a reader of a page sees, and the place of each character in it."""
    pieces, places, at = [], array("q"), 0
    for found in _MARKUP.finditer(html):
        shown = _shown(found)
        pieces += [html[at : found.start()], shown]
        places.extend(range(at, found.start()))
        places.extend([found.start()] * len(shown))
        at = found.end()
    places.extend(range(at, len(html)))
    return "".join([*pieces, html[at:]]), _array(places)


def _shown(markup: re.Match[str]) -> str:
    """Line breaks for tags that make them, the character of an entity, one blank for many; none before a tag on the next line."""
    if markup["tag"]:
        return _NEW_LINE.get(markup["tag"].lower(), "")
    if markup["blank"]:
        beside_tag = markup["before"] is not None or markup.start() == 0 or markup.end() == len(markup.string)
        return "" if beside_tag and "\n" in markup["blank"] else " "
    return unescape(markup[0]).replace("\xa0", " ") if markup[0].startswith("&") else ""


def _array(places: array[int]) -> Ints:
    return np.frombuffer(places, np.int64) if places else np.empty(0, np.int64)
