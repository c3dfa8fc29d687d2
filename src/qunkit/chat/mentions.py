"""Who is called with @ in a text: ``@凯文\\u2005几点``. Chat programs put U+2005 behind the name, copies a plain space.

Up to U+2005 all is the name, even if nobody is known by it. Else the longest known name wins: names hold spaces and each other's
beginnings.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.people import People, file_safe, nfc

EVERYONE = "notify@all"
_EVERYONE_NAMES = ("所有人", "All", "all", "全体成员")
_END = "\u2005"
_LONGEST = 64
"""Characters of a name that nobody is known by."""
_MOST = 1000
"""Signs @ in one text that are looked at."""
_KINDS = pa.array(["text", "quote", "announcement"])
_WORD = re.compile(r"[A-Za-z0-9._%+-]")


class Matcher:
    """Finds mentions of the people of one source."""

    def __init__(self, people: People) -> None:
        self._people = people

    def find(self, text: str) -> list[str]:
        """Ids (or ``name:…`` where no id is known) mentioned in `text`, each once, in the order they first appear."""
        text = unicodedata.normalize("NFC", text)
        safe = file_safe(text)
        found: dict[str, None] = {}
        at = text.find("@")
        for _ in range(_MOST):
            if at < 0:
                break
            name = self._marked(text, at + 1) or self._known(text, safe, at + 1)
            if name and (at == 0 or not _WORD.match(text[at - 1]) or text.startswith(_END, at + 1 + len(name))):
                found[self._id(name)] = None
            at = text.find("@", at + 1)
        return list(found)

    @cached_property
    def _lengths(self) -> list[int]:
        names = (*self._people.names, *_EVERYONE_NAMES)
        return sorted({len(name) for name in names}, reverse=True)

    @cached_property
    def _safe_names(self) -> set[str]:
        """Known names that may be the file-safe form of the name in the text."""
        return {name for name in self._people.names if "_" in name}

    def _known(self, text: str, safe: str, start: int) -> str | None:
        """The longest known name at `start` that ends there, as the text writes it."""
        for length in self._lengths:
            end = start + length
            if end > len(text) or not _ends(text, end):
                continue
            name = text[start:end]
            if name in self._people.names or name in _EVERYONE_NAMES or safe[start:end] in self._safe_names:
                return name
        return None

    @staticmethod
    def _marked(text: str, start: int) -> str | None:
        """What stands between @ and U+2005, if that can be a name."""
        end = text.find(_END, start, start + _LONGEST + 1)
        name = text[start:end] if end > start else ""
        return name if name.strip() and not re.search(r"[@\n]", name) else None

    def _id(self, name: str) -> str:
        name = nfc(name)
        return EVERYONE if name in _EVERYONE_NAMES else self._people.id_of(name) or f"name:{name}"


def fill(mention_ids: pa.Array, kind: pa.Array, text: pa.Array, people: People) -> pa.Array:
    """`mention_ids` with what the words say, where the export lists nothing. Python sees only texts with an @."""
    wanted = pc.and_(pc.match_substring(text, "@"), pc.and_(pc.is_in(kind, _KINDS), pc.is_null(mention_ids)))
    rows = pc.indices_nonzero(pc.fill_null(wanted, False))
    matcher = Matcher(people)
    found = [matcher.find(words) or None for words in text.take(rows).to_pylist()]
    return put(mention_ids, rows, found)


def _ends(text: str, end: int) -> bool:
    """Whether a name can end at `end`: before space, punctuation or the end of the text."""
    return end == len(text) or text[end].isspace() or unicodedata.category(text[end])[0] in "PZ"
