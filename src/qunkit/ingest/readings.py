"""Every text that bytes which nobody could read may stand for: in any encoding, and under any escape, in base64 and in hexadecimal.

It serves one question: whether somebody who is forgotten may be in there. So a reading too many does no harm, and what cannot be read in any
of these ways, but may be something packed, is said to be `packed`.
"""

from __future__ import annotations

import html
import re
from binascii import a2b_base64
from collections.abc import Iterator
from itertools import chain

CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_DEEPEST = 4
"""Escapes within escapes that are undone."""
_HEX = rb"[0-9A-Fa-f]"
_ESCAPED = re.compile(
    rb"(?P<units>(?:(?:\\{1,8}|%)u%b{4})+)|(?P<code>\\{1,8}(?:u\{%b{1,8}\}|U%b{8}))|(?:%%|=|\\{1,8}x)(?P<byte>%b{2})"
    rb"|(?P<entity>&#?[0-9A-Za-z]{1,31};?)|(?P<soft>=[ \t]{0,8}\r?\n)|\\{1,8}(?P<sign>[/\"'\\])".replace(b"%b", _HEX).replace(b"%%", b"%")
)  # fmt: skip
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-](?:[\r\n]{0,4}[A-Za-z0-9+/_-]){7,}")
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f](?:[\r\n]{0,4}[0-9A-Fa-f]){7,}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_LONG = re.compile(rb"[A-Za-z0-9+/]{64,}")
_MUCH = 1 << 18
"""So many bytes that are no text are not looked through: they would take minutes, and say nothing to anybody."""
_DIFFERENT = 24
"""So many different signs has base64 of what is packed, and not a number, a ruler, or a key in hexadecimal."""


def layers(raw: bytes) -> Iterator[bytes]:
    """The bytes, and whatever is written in them; of what may be UTF-16 as UTF-8, too."""
    for start in _starts(raw):
        for layer in _unescaped(start):
            yield layer
            yield from chain.from_iterable(map(_unescaped, _unpacked(layer)))


def texts(layer: bytes) -> Iterator[str]:
    """What the bytes are in each other encoding; of plain UTF-8 nothing else."""
    yield layer.decode("utf-8", "replace")
    if not _is_plain(layer):
        yield layer.decode("gb18030", "replace")


def packed(raw: bytes) -> bool:
    """Whether something may be in the bytes that no reading shows: compressed, under too many escapes, or much that is no text."""
    if len(raw) > _MUCH and not any(_is_text(raw, codec) for codec in CODECS[:2]):
        return True
    for start in _starts(raw):
        found = list(_unescaped(start))
        if len(found) > _DEEPEST or any(len(set(run[0])) >= _DIFFERENT for one in found for run in _LONG.finditer(one)):
            return True
    return False


def _starts(raw: bytes) -> Iterator[bytes]:
    yield raw
    if not _is_plain(raw):
        yield from (raw.decode(codec, "replace").encode("utf-8", "replace") for codec in CODECS[2:])


def _unescaped(raw: bytes) -> Iterator[bytes]:
    """The bytes, then without their escapes, and without those that come to light, at most `_DEEPEST` times."""
    yield raw
    for _ in range(_DEEPEST):
        undone = _ESCAPED.sub(_undone, raw)
        if undone == raw:
            return
        yield undone
        raw = undone


def _undone(found: re.Match[bytes]) -> bytes:
    kind, said = found.lastgroup, found[found.lastgroup or 0]
    match kind:
        case "units":
            return bytes.fromhex(re.sub(rb"[\\%u]", b"", said).decode()).decode("utf-16-be", "replace").encode()
        case "code":
            code = int(said.strip(b"\\uU{}"), 16)
            return chr(code).encode("utf-8", "replace") if code < 0x110000 else said
        case "byte":
            return bytes.fromhex(said.decode())
        case "entity":
            return html.unescape(said.decode()).encode("utf-8", "replace")
    return said if kind == "sign" else b""


def _unpacked(layer: bytes) -> Iterator[bytes]:
    """What base64 and hexadecimal in the bytes stand for, wherever their groups begin."""
    runs = [run[0].translate(_URL_SAFE, b"\r\n") for run in _BASE64.finditer(layer)]
    for phase in range(4) if runs else ():
        yield b"\n".join(a2b_base64(run[phase:] + b"A" * (-(len(run) - phase) % 4)) for run in runs)
    digits = [run[0].translate(None, b"\r\n").decode() for run in _HEXADECIMAL.finditer(layer)]
    for phase in range(2) if digits else ():
        yield b"\n".join(bytes.fromhex(run[phase : len(run) - (len(run) - phase) % 2]) for run in digits)


def _is_plain(raw: bytes) -> bool:
    return b"\0" not in raw and _is_text(raw, "utf-8")


def _is_text(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
