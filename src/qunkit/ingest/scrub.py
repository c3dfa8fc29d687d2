"""Words that are to go from what others said: a fixed mark takes the place of a person's ids and names, however they are spelt.

An id or a name that begins or ends with an ASCII letter or digit counts only where the word does: ``ann`` is not in ``annual``. A name of one
character counts only after @ or in quotation marks.
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

MARK = "[forgotten]"
_HEAD = re.compile(r"\d[-/. :年月日\dT+Z]* [^\n:]{1,64}?: ")
"""What a line of a forwarded chat begins with, where it says its time: ``time name: ``."""
_UNSAFE = re.compile(r'[\\/:*?"<>|\s.]', re.ASCII)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_SHORTEST, _LONGEST = 4, 8
"""Characters by which a text is recognised in bytes that nobody could read."""


def safe(name: str) -> str:
    """The name as `identity` compares it."""
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", name.strip(" ")))


class Words:
    """The ids and names of those who are forgotten, as one group shows them."""

    def __init__(self, ids: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self.ids, self.names = frozenset(ids), frozenset(names)
        self.spelled = {way for word in self.ids | self.names for way in _ways(word) if _is_word(way)}
        """Every spelling that counts anywhere in a text."""
        self.single = {way for word in self.names for way in _ways(word) if not _is_word(way) and way.strip()}

    def __bool__(self) -> bool:
        return bool(self.spelled or self.single)

    def scrub(self, text: str) -> str:
        """The text with the mark in the place of every word."""
        return self._pattern.sub(MARK, text)

    def scrub_forward(self, text: str) -> str:
        """The same of a forwarded chat, and all that a person says there."""
        return "\n".join(self._left_of(text.split("\n")))

    def scrub_json(self, extra: str) -> str:
        """The same of a JSON document; of a list, an item that is about a person becomes the mark as a whole."""
        try:
            value = json.loads(extra)
        except ValueError:
            return self.scrub(extra)
        return json.dumps(self.scrub_value(value), ensure_ascii=False, separators=(",", ":"))

    def scrub_value(self, value: Any) -> Any:
        """A JSON value without the words."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {self.scrub(key): self.scrub_value(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [MARK if self._is_about(one) else self.scrub_value(one) for one in value]
        return MARK if isinstance(value, int) and str(value) in self.ids else value

    def told(self, raw: bytes) -> bool:
        """Whether bytes of any encoding hold one of the words."""
        return bool(self) and any(self._pattern.search(text) for text in decoded(raw))

    @cached_property
    def roughly(self) -> str:
        """A regular expression (RE2) that matches every text which `scrub` changes, and some more."""
        return "|".join(re.escape(way) for way in sorted(self.spelled | self.single)) or "$^"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = [_edged(way) for way in sorted(self.spelled, key=lambda way: (-len(way), way))]
        if self.single:
            one = "|".join(re.escape(way) for way in sorted(self.single, key=lambda way: (-len(way), way)))
            words += [rf"(?<=@)(?:{one})(?!\w)", rf"(?<=[\"“「『'‘])(?:{one})(?=[\"”」』'’])"]
        return re.compile("|".join(words) or r"(?!)")

    @cached_property
    def _said_by(self) -> re.Pattern[str]:
        """The begin of a line of a forwarded chat that is a person's."""
        who = "|".join(re.escape(way) for way in sorted(self.spelled | self.single, key=lambda way: (-len(way), way)))
        return re.compile(rf"(?:[-/. :年月日\dT+Z]* )?(?:{who}): " if who else r"(?!)")

    def _left_of(self, lines: list[str]) -> Iterator[str]:
        theirs = False
        for line in lines:
            mine, head = self._said_by.match(line), _HEAD.match(line)
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
        return any(isinstance(one, str | int) and str(one) in self.ids | self.names for one in value.values())


NOTHING = Words()


class Said:
    """What a person said, to be found in bytes that nobody could read: by its first characters, if it has four."""

    def __init__(self, texts: Iterable[str | None]) -> None:
        self._begins = {text.strip()[:_LONGEST] for text in texts if text and len(text.strip()) >= _SHORTEST}
        self._lengths = sorted({len(begin) for begin in self._begins})

    def told(self, raw: bytes) -> bool:
        """Whether bytes of any encoding hold one of the texts."""
        return bool(self._begins) and any(self._is_in(text) for text in decoded(raw))

    def _is_in(self, text: str) -> bool:
        return any(text[at : at + n] in self._begins for n in self._lengths for at in range(len(text) - n + 1))


def decoded(raw: bytes) -> Iterator[str]:
    """The bytes as text of every encoding, as they are and with JSON's escapes undone."""
    for codec in _CODECS:
        text = raw.decode(codec, "replace")
        yield text
        if "\\u" in text:
            yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _ways(word: str) -> set[str]:
    """How a word may be spelt in texts, XML, JSON, links and file names."""
    said = {word, word.strip(), unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word), safe(word)}
    written = {html.escape(word), html.escape(word, quote=False), quote(word, safe="", errors="replace")}
    return said | written | {json.dumps(word, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False)}


def _is_word(way: str) -> bool:
    """Whether it counts anywhere: two characters, and not punctuation alone."""
    return len(way.strip()) > 1 and any(unicodedata.category(one)[0] not in "PZC" for one in way)


def _edged(way: str) -> str:
    before = "(?<![0-9A-Za-z])" if way[0].isascii() and way[0].isalnum() else ""
    after = "(?![0-9A-Za-z])" if way[-1].isascii() and way[-1].isalnum() else ""
    return f"{before}{re.escape(way)}{after}"
