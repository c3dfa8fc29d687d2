"""Texts without the people in them: names become pseudonyms, numbers and links become placeholders.

What is known is found by name and id: members by their names in the group, ids of anybody and names of groups anywhere. What is not known
is found by its form (`scrub_forms`) and by its place: after ``@``, before the colon of a quote, in the lines of a sign-up relay.
Placeholders are the same in every language. A hint that only people understand stays; docs/privacy.md says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from threading import Lock

from qunkit.chat.people import file_safe, nfc
from qunkit.chat.scrub_forms import LINKS, NUMBERS, Form

PERSON = "[person]"
_WAITING, _MOST = 0x100000, 0xFFFD
"""What is replaced waits behind a character of the last plane, so that no later pattern sees what stands for it."""
_TAKEN = "\U00100000-\U0010ffff"
_PLAIN = str.maketrans("０１２３４５６７８９＠＋", "0123456789@+") | dict.fromkeys(range(_WAITING, 0x110000), "�")
_TOKENS = [re.compile(f"[0-9A-Za-z{more}]{{5,}}") for more in ("_.@-", "_-", "_", "")] + [re.compile(r"[0-9]{5,}")]
"""What may be an id; then the parts of it that something else is joined to."""
_MARKED = re.compile(r"@(?P<name>[^@\n\u2005]{1,64})(?=\u2005)")  # chat programs put U+2005 behind a name
_CALLED = re.compile(rf"(?<![0-9A-Za-z._%+-])@(?P<name>[^\s@,，。.！!？?:：;；、()（）\"“”{_TAKEN}]{{1,64}})")
_QUOTED = re.compile(rf"[「『“\"](?P<name>[^：:\n「『{_TAKEN}]{{1,64}})(?=[：:])")
_SIGNED = re.compile(r"^(?P<keep>[ \t]*[0-9]{1,4}[.．、)）][ \t]*)(?P<name>\S[^\n]*)", re.MULTILINE)
_ALNUM = re.compile(r"[0-9A-Za-z]")
_EVERYONE = ("所有人", "全体成员", "All", "all", "everyone", "here", "channel")
_NOBODY = frozenset({"me", "you", *map(str.lower, _EVERYONE)})
_SHORT_LATIN = 6
"""Names of fewer Latin letters are found as whole words only: Ann is nobody in "annual"."""
_CACHED = 1 << 14


@dataclass
class Known:
    """Who is known: what stands for each id, and in each group for each name."""

    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """Group id → name → pseudonym; the group "" stands for all."""

    def add_id(self, id: str, pseudonym: str) -> None:
        """An id or account of anybody, found anywhere. What does not look like an id is found as a name is."""
        if _TOKENS[0].fullmatch(id):
            self.ids[id.lower()] = pseudonym
        else:
            self.add_name("", id, pseudonym)

    def has(self, group: str, name: str) -> bool:
        """Whether somebody goes by `name` in `group`."""
        return _lower(nfc(name)) in self.names.get(group, {})

    def add_name(self, group: str, name: str, pseudonym: str) -> None:
        """A name, also as file names spell it and without the marks that choose how an emoji is drawn; two people's is nobody's."""
        name = nfc(name)
        for spelt in {name, file_safe(name), name.replace("\ufe0f", "")}:
            here, key = self.names.setdefault(group, {}), _lower(spelt)
            here[key] = pseudonym if here.get(key, pseudonym) == pseudonym else PERSON


class Scrubber:
    """Makes texts of one dataset safe to show. `known` is called once, when the first text comes."""

    def __init__(self, known: Callable[[], Known]) -> None:
        self._load = known
        self._lock = Lock()
        self._known: Known | None = None
        self._finders: dict[str, _Names] = {}
        self.scrub = lru_cache(_CACHED)(self._scrub)
        """`text`, sent in `group` as a message of `kind`, without the people in it; texts that repeat are done once."""

    def called(self, name: str) -> set[str]:
        """Pseudonyms of those who go by `name`, or have it for an id, in any group."""
        known, key = self._all(), _lower(nfc(name))
        found = {known.ids.get(key), *(names.get(key) for names in known.names.values())}
        return {pseudonym for pseudonym in found if pseudonym and pseudonym != PERSON}

    def _scrub(self, group: str, kind: str, text: str) -> str:
        names = self._names(group)
        work = _Work(unicodedata.normalize("NFC", text).translate(_PLAIN))
        work.forms(LINKS)
        work.ids(self._all().ids)
        work.forms(NUMBERS)
        work.placed(_MARKED, names.get)
        work.placed(_QUOTED, names.get)
        work.names(names)
        if kind == "solitaire":
            work.signed()
        work.placed(_CALLED, names.get)
        return work.done()

    def _all(self) -> Known:
        with self._lock:
            if self._known is None:
                self._known = self._load()
            return self._known

    def _names(self, group: str) -> _Names:
        known = self._all().names
        if group not in self._finders:
            self._finders[group] = _Names(known.get("", {}) | known.get(group, {}))
        return self._finders[group]


class _Names:
    """The names of a group, found at any place of a text: the longest that begins there."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._lengths: dict[str, list[int]] = {}
        for name in names:
            if (
                len(name) > 1
                and name not in _NOBODY
                and not all(unicodedata.category(sign)[0] in "PZ" for sign in name)
            ):
                self._lengths.setdefault(name[0], []).append(len(name))
        self._lengths = {first: sorted(set(lengths), reverse=True) for first, lengths in self._lengths.items()}
        firsts = "".join(map(re.escape, sorted(self._lengths)))
        self._first = re.compile(f"[{firsts}]" if firsts else r"(?!)")

    def get(self, name: str) -> str:
        """What stands for a name that stands where a name must: for one that nobody is known by, too."""
        if name in _EVERYONE:
            return name
        return self._names.get(_lower(nfc(name)), PERSON)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Where names begin and end, and what stands for them."""
        found, at, text = [], 0, _lower(text)
        while first := self._first.search(text, at):
            start = first.start()
            end = next((start + n for n in self._lengths[text[start]] if self._is_name(text, start, start + n)), None)
            if end:
                found.append((start, end, self._names[text[start:end]]))
            at = end or start + 1
        return found

    def _is_name(self, text: str, start: int, end: int) -> bool:
        if text[start:end] not in self._names:
            return False
        whole = end - start >= _SHORT_LATIN
        return whole or not (_joined(text, start) or _joined(text, end))


class _Work:
    """One text on its way."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._kept: list[str] = []

    def forms(self, forms: tuple[Form, ...]) -> None:
        for placeholder, pattern in forms:
            self._text = pattern.sub(partial(self._keep, placeholder), self._text)

    def ids(self, ids: Mapping[str, str]) -> None:
        for pattern in _TOKENS:
            self._text = pattern.sub(lambda found: self._id(found[0], ids), self._text)

    def placed(self, pattern: re.Pattern[str], get: Callable[[str], str]) -> None:
        """Put what stands for it in the place of each name that `pattern` shows."""
        for found in reversed(list(pattern.finditer(self._text))):
            start, end = found.span("name")
            self._text = self._text[:start] + self._wait(get(found["name"])) + self._text[end:]

    def names(self, names: _Names) -> None:
        pieces, at = [], 0
        for start, end, pseudonym in names.find(self._text):
            pieces += [self._text[at:start], self._wait(pseudonym)]
            at = end
        self._text = "".join((*pieces, self._text[at:]))

    def signed(self) -> None:
        """Of each line of a sign-up relay leave only the one who is known by its first words."""
        self._text = _SIGNED.sub(self._line, self._text)

    def done(self) -> str:
        """The text with what was put aside."""
        if len(self._kept) > _MOST:
            return "[text]"
        return re.sub(f"[{_TAKEN}]", lambda found: self._kept[ord(found[0]) - _WAITING], self._text)

    def _keep(self, placeholder: str, found: re.Match[str]) -> str:
        return (found.groupdict().get("keep") or "") + self._wait(placeholder)

    def _line(self, found: re.Match[str]) -> str:
        first = found["name"][0]
        return found["keep"] + (first if ord(first) >= _WAITING else self._wait(PERSON))

    def _id(self, token: str, ids: Mapping[str, str]) -> str:
        bare = token.strip("._@-")
        known = ids.get(bare.lower())
        return token.replace(bare, self._wait(known)) if known else token

    def _wait(self, shown: str) -> str:
        self._kept.append(shown)
        return chr(_WAITING + min(len(self._kept) - 1, _MOST))


def _lower(text: str) -> str:
    """The text in lower case, every character at its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _joined(text: str, at: int) -> bool:
    """Whether Latin letters or digits stand on both sides of `at`."""
    return 0 < at < len(text) and bool(_ALNUM.match(text[at - 1]) and _ALNUM.match(text[at]))
