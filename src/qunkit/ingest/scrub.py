"""Words that are to go from what others said: a fixed mark takes the place of a person's ids and names, however they are spelt.

Texts and words are compared folded (`chat.spelling`): case, full-width signs, composition and what nobody sees make no
difference. An id or a name that begins or ends with an ASCII letter or digit counts only where the word does: ``ann`` is
not in ``annual``. A name of one character counts only after @ or in quotation marks.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import quote

from qunkit.chat.people import file_safe
from qunkit.chat.spelling import fold, places
from qunkit.ingest.readings import CODECS, layers, texts

MARK = "[forgotten]"
LONGEST = 64
"""Characters of a name that are looked for where nobody says who is meant."""
_HEAD = re.compile(r"\d[-/. :年月日\dT+Z]* [^\n:]{1,64}?: ")
"""What a line of a forwarded chat begins with, where it says its time: ``time name: ``."""
_SHORTEST, _BEGIN = 4, 8
"""Characters by which a text is recognised in bytes that nobody could read."""


def safe(name: str) -> str:
    """The name as `identity` compares it."""
    return file_safe(unicodedata.normalize("NFC", name.strip(" ")))


class Words:
    """The ids and names of those who are forgotten, as one group shows them."""

    def __init__(self, ids: Iterable[str] = (), names: Iterable[str] = (), others: Iterable[str] = ()) -> None:
        self.ids, self.names = frozenset(ids), frozenset(names)
        self.others = frozenset(others)
        """Names, as `safe` has them, that are another's where they are spelt so: ``Ann`` stays, where ``ANN`` goes."""
        self._exact = {fold(word) for word in self.ids | self.names}
        ways = {(fold(way), word) for word in self.ids | self.names for way in _ways(word)}
        self._spelt = {way for way, _ in ways if _is_word(way)}
        """Every spelling that counts anywhere in a text."""
        self._single = {way for way, word in ways if way.strip() and not _is_word(way) and word in self.names}

    def __bool__(self) -> bool:
        return bool(self._spelt or self._single)

    def scrub(self, text: str) -> str:
        """The text with the mark in the place of every word."""
        found = self._found(fold(text))
        if not found:
            return text
        at, pieces, end = places(text), list[str](), 0
        for start, stop in found:
            begin, after = at[start], max(at[stop], at[stop - 1] + 1)
            if begin >= end and safe(text[begin:after]) not in self.others:
                pieces += [text[end:begin], MARK]
                end = after
        return "".join((*pieces, text[end:]))

    def scrub_forward(self, text: str) -> str:
        """The same of a forwarded chat, and all that a person says there."""
        return "\n".join(self._left_of(text.split("\n")))

    def scrub_json(self, extra: str) -> str:
        """The same of a JSON document; of a list, an item that is about a person becomes the mark as a whole."""
        try:
            value = json.loads(extra)
        except ValueError:
            return self.scrub(extra)
        left = self.scrub_value(value)
        return extra if left == value else json.dumps(left, ensure_ascii=False, separators=(",", ":"))

    def scrub_value(self, value: Any) -> Any:
        """A JSON value without the words."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {self.scrub(key): self.scrub_value(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [MARK if self._is_about(one) else self.scrub_value(one) for one in value]
        return MARK if isinstance(value, int) and str(value) in self.ids else value

    def are_in(self, folded: str) -> bool:
        """Whether a folded text holds one of the words."""
        return next(self._words(folded), None) is not None or bool(self._alone.search(folded))

    @cached_property
    def codes(self) -> frozenset[bytes]:
        """The words that are not ASCII as bytes of each encoding, which damage may have shifted."""
        words = [word for word in self.ids | self.names if not word.isascii() and _is_word(fold(word))]
        return frozenset(word.encode(codec, "replace") for word in words for codec in CODECS)

    def _found(self, folded: str) -> list[tuple[int, int]]:
        """Where words begin and end."""
        return sorted((*self._words(folded), *(found.span() for found in self._alone.finditer(folded))))

    def _words(self, folded: str) -> Iterator[tuple[int, int]]:
        at = 0
        while first := self._first.search(folded, at):
            start = first.start()
            ends = (start + length for length in self._lengths[first[0]])
            end = next((end for end in ends if self._is_there(folded, start, end)), 0)
            if end:
                yield start, end
            at = end or start + 1

    def _is_there(self, folded: str, start: int, end: int) -> bool:
        return end <= len(folded) and folded[start:end] in self._spelt and _is_whole(folded, start, end)

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """First character → lengths of the words that begin so, the longest first."""
        lengths: dict[str, set[int]] = {}
        for way in self._spelt:
            lengths.setdefault(way[0], set()).add(len(way))
        return {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @cached_property
    def _first(self) -> re.Pattern[str]:
        return re.compile(f"[{''.join(map(re.escape, sorted(self._lengths)))}]" if self._lengths else r"(?!)")

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        """Names of one character, where they count."""
        one = "|".join(map(re.escape, sorted(self._single, key=lambda way: (-len(way), way))))
        return re.compile(ALONE.format(one=f"(?:{one})") if one else r"(?!)")

    @cached_property
    def _said_by(self) -> re.Pattern[str]:
        """The begin of a folded line of a forwarded chat that is a person's."""
        ways = sorted(self._spelt | self._single, key=lambda way: (-len(way), way))
        who = "|".join(map(re.escape, ways))
        return re.compile(rf"(?:[-/. :年月日\dt+z]* )?(?:{who}): " if who else r"(?!)")

    def _left_of(self, lines: list[str]) -> Iterator[str]:
        theirs = False
        for line in lines:
            mine, head = self._said_by.match(fold(line)), _HEAD.match(line)
            if mine:
                theirs = head is not None  # lines without a time: nobody knows where the next begins
                yield MARK
            elif head or not theirs:
                theirs = False
                yield self.scrub(line)

    def _is_about(self, value: Any) -> bool:
        """Whether an object names a person as who it is about."""
        if not isinstance(value, dict):
            return False
        return any(isinstance(one, str | int) and fold(str(one)) in self._exact for one in value.values())


NOTHING = Words()


class Said:
    """What a person said, to be found in bytes that nobody could read: by its first characters, if it has four."""

    def __init__(self, said: Iterable[str | None]) -> None:
        folded = (fold(text).strip() for text in said if text)
        self._begins = {text[:_BEGIN] for text in folded if len(text) >= _SHORTEST}
        self._shortest = {begin[:_SHORTEST] for begin in self._begins}
        self._lengths = sorted({len(begin) for begin in self._begins})

    def __bool__(self) -> bool:
        return bool(self._begins)

    def are_in(self, folded: str) -> bool:
        """Whether a folded text holds one of the texts."""
        return any(
            folded[at : at + n] in self._begins
            for at in range(len(folded) - _SHORTEST + 1)
            if folded[at : at + _SHORTEST] in self._shortest
            for n in self._lengths
        )


def told(raw: bytes, words: Words, said: Said) -> bool:
    """Whether bytes hold, however they are written, one of the words or texts."""
    for layer in layers(raw) if words or said else ():
        if any(code in layer for code in words.codes):
            return True
        if any(words.are_in(folded) or said.are_in(folded) for folded in map(fold, texts(layer))):
            return True
    return False


ALONE = r"(?<=@){one}(?!\w)|(?<=[\"“「『'‘]){one}(?=[\"”」』'’])"
"""Where one character counts as a name."""


def _ways(word: str) -> set[str]:
    """How a word may be spelt in texts, XML, JSON, links and file names."""
    composed = unicodedata.normalize("NFC", word)
    said = {word, word.strip(), safe(word), html.escape(word), html.escape(word, quote=False)}
    said |= {json.dumps(word, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False)}
    return said | {quote(one, safe="", errors="replace") for one in (word, composed)}


def _is_word(way: str) -> bool:
    """Whether it counts anywhere: two characters, and not punctuation alone."""
    return len(way.strip()) > 1 and any(unicodedata.category(one)[0] not in "PZCM" for one in way)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether what begins and ends with ASCII letters or digits is a word of its own, with its accents."""
    if _is_latin(text[start]) and _is_latin(text[start - 1 : start]):
        return False
    after = text[end : end + 1]
    return not (_is_latin(text[end - 1]) and (_is_latin(after) or unicodedata.combining(after or " ")))


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
