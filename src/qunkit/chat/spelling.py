"""How a name or an id may be spelt and still be the same to who reads it: in capitals, full-width, composed or not, with signs that nobody sees."""

from __future__ import annotations

import re
import unicodedata

from qunkit.chat.people import file_safe

_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
"""Beside format characters: controls, fillers, and what chooses how a sign before it is drawn."""


class _Folded(dict[int, str]):
    """Code point → what is compared of it; worked out when it is met first."""

    def __missing__(self, code: int) -> str:
        spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        self[code] = "".join(one for one in spelt if unicodedata.category(one) != "Cf" and not _UNSEEN.match(one))
        return self[code]


_FOLDED = _Folded()


def fold(text: str) -> str:
    """What is compared of a text: NFKD and casefold, without what nobody sees."""
    return unicodedata.normalize("NFD", text.translate(_FOLDED))


def places(text: str) -> list[int]:
    """Where in `text` each character of its fold stands, and where it ends."""
    return [at for at, sign in enumerate(text) for _ in _FOLDED[ord(sign)]] + [len(text)]


def plain(name: str) -> str:
    """What is compared of a name: its fold, as a file name may have it; the name itself if nobody sees any of it."""
    return file_safe(fold(name).strip()) or name
