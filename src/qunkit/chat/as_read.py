"""A text as a person reads it, with the way back: what looks the same to people is the same here, be it spelt as it may.

It is folded (`spelling`), and besides has neither accents nor strokes through letters, and one blank for a run of blanks of any kind.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from qunkit.chat.spelling import fold

UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What `fold` drops, as a class of characters."""
ACCENTS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Marks on letters of any alphabet, keycaps, strokes; not those that make another kana or syllable."""
_DROPPED = re.compile(f"[{ACCENTS}]")
_BLANKS = re.compile(" {2,}")


class _Signs(dict[int, str]):
    """What one code point reads as, worked out when it is met first."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = " " if sign.isspace() or sign == "\u2800" else _DROPPED.sub("", fold(sign))
        return self[code]


_SIGNS = _Signs()


def as_read(text: str) -> str:
    """`text` as a person reads it, without blanks around it: the same for all spellings of a name."""
    return AsRead(text).read.strip()


class AsRead:
    """A text as it is and as it reads."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.read = _BLANKS.sub(" ", text.translate(_SIGNS))

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where what reads as ``read[start:end]`` stands in the text; None if it begins or ends within one sign.

        What is not seen right behind it belongs to it.
        """
        at = self._at
        if (start and at[start - 1] == at[start]) or at[end - 1] == at[end]:
            return None
        return at[start], at[end]

    @cached_property
    def _at(self) -> list[int]:
        """Place in the text of the sign that each sign of `read` comes from, and the end of the text."""
        at, blank = [], False
        for place, sign in enumerate(self._text):
            for read in _SIGNS[ord(sign)]:
                if not (blank and read == " "):
                    at.append(place)
                blank = read == " "
        return [*at, len(self._text)]


class _Alike(dict[int, str]):
    """Code point → the one ASCII sign it reads as in ids, numbers and links. ① is none: it stands before a number, as 1. does."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        read, kind = as_read(sign), unicodedata.category(sign)
        if kind == "Nd":
            read = str(unicodedata.decimal(sign))
        elif kind in ("Pd", "Zs") or sign == "\u2212":
            read = " " if kind == "Zs" else "-"
        elif not re.fullmatch("[a-z@+_./]", read):
            read = sign
        self[code] = read
        return read


ALIKE = _Alike()
