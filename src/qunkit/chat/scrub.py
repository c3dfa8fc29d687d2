"""Texts without the people in them: names become pseudonyms, numbers and links become placeholders.

What is known is found by name and id: members by their names in the group, ids of anybody and names of groups anywhere. What is not known
is found by its form (`scrub_forms`), by what the features read in any dress (`scrub_contacts`), and by its place: after ``@``, before the colon of a quote, in the lines of a sign-up relay.
Names are compared as people read them (`as_read`), and so are ids, numbers and links, sign by sign; what stands around them stays as it is.
Placeholders are the same in every language. A hint that only people understand stays; docs/privacy.md says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

from qunkit.chat.as_read import ACCENTS, ALIKE, UNSEEN, AsRead, as_read
from qunkit.chat.people import file_safe, nfc
from qunkit.chat.scrub_contacts import places
from qunkit.chat.scrub_forms import LINKS, NUMBERS, Form

PERSON = "[person]"
_WAITING, _MOST = 0x100000, 0xFFFD
"""What is replaced waits behind a character of the last plane, so that no later pattern sees what stands for it."""
_TAKEN = "\U00100000-\U0010ffff"
_PLAIN = str.maketrans("０１２３４５６７８９＠＋", "0123456789@+") | dict.fromkeys(range(_WAITING, 0x110000), "�")
_LOOSE = re.compile(
    rf"(?<=[0-9])[{UNSEEN}{ACCENTS}]+|(?<=[!-~！-～])[{UNSEEN}]+|(?<![{UNSEEN}])[{UNSEEN}]++(?=[!-~！-～])"
)
"""What nobody sees beside ASCII, and keycaps and strokes on digits: ids, numbers and links must not hide behind it."""
_TOKENS = [re.compile(f"[0-9A-Za-z{more}]{{5,}}") for more in ("_.@-", "_-", "_", "")] + [re.compile(r"[0-9]{5,}")]
"""What may be an id; then the parts of it that something else is joined to."""
_MARKED = re.compile(r"@(?P<name>[^@\n\u2005]{1,64})(?=\u2005)")  # chat programs put U+2005 behind a name
_CALLED = re.compile(rf"(?<![0-9A-Za-z._%+-])@(?P<name>[^\s@,，。.！!？?:：;；、()（）\"“”{_TAKEN}]{{1,64}})")
_QUOTED = re.compile(rf"[「『“\"](?P<name>[^：:\n「『{_TAKEN}]{{1,64}})(?=[：:])")
_SIGNED = re.compile(r"^(?P<keep>[ \t]*[0-9]{1,4}[.．、)）][ \t]*)(?P<name>\S[^\n]*)", re.MULTILINE)
_WORDS = re.compile("[a-z\u00df-\u06ff]{2}|[0-9]{2}")
"""Two signs of one word or number, as they read: of alphabets that part words."""
_EVERYONE = frozenset(("所有人", "全体成员", "all", "everyone", "here", "channel"))
_NOBODY = _EVERYONE | {"me", "you"}
_SHORT_WORD = 6
"""Names of fewer letters are found as whole words only: Ann is nobody in "annual"."""
_SHORT_NUMBER = 5
"""Fewer digits than that are a figure and no name, but after @ or in a quote."""
_ROUNDS = 8
_CACHED = 1 << 14


@dataclass
class Known:
    """Who is known: what stands for each id, and in each group for each name."""

    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """Group id → name as it reads → pseudonym; the group "" stands for all."""
    called: dict[str, set[str]] = field(default_factory=dict)
    """Exact name or id → everybody's who has it."""

    def add_id(self, id: str, pseudonym: str) -> None:
        """An id or account of anybody, found anywhere. What does not look like an id is found as a name is."""
        self.called.setdefault(nfc(id), set()).add(pseudonym)
        if _TOKENS[0].fullmatch(id):
            self.ids[id.lower()] = pseudonym
        else:
            self.add_name("", id, pseudonym)

    def has(self, group: str, name: str) -> bool:
        """Whether somebody goes by `name` in `group`."""
        return as_read(name) in self.names.get(group, {})

    def add_name(self, group: str, name: str, pseudonym: str) -> None:
        """A name, also as file names spell it; one that reads like another person's is nobody's."""
        name, here = nfc(name), self.names.setdefault(group, {})
        self.called.setdefault(name, set()).add(pseudonym)
        for key in {as_read(name), as_read(file_safe(name))} - {""}:
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
        """Pseudonyms of all who go by exactly `name`, or have it for an id, in any group."""
        return self._all().called.get(nfc(name), set())

    def _scrub(self, group: str, kind: str, text: str) -> str:
        names = self._names(group)
        work = _Work(_LOOSE.sub("", unicodedata.normalize("NFC", text).translate(_PLAIN)))
        work.forms(LINKS)
        work.ids(self._all().ids)
        work.forms(NUMBERS)
        work.placed(_MARKED, names.get)
        work.placed(_QUOTED, names.get)
        before = work.contacts(names)
        work.names(names)
        if kind == "solitaire":
            work.signed()
        work.placed(_CALLED, names.get)
        if work.count != before:
            work.contacts(names)  # a name may have hidden one
        return work.done()

    def _all(self) -> Known:
        with self._lock:
            if self._known is None:
                self._known = self._load()
            return self._known

    def _names(self, group: str) -> _Names:
        known = self._all().names
        if group not in self._finders:
            named = known.get("", {}) | known.get(group, {})
            self._finders[group] = _Names(_joined(named) | named)
        return self._finders[group]


class _Names:
    """The names of a group, found at any place of a text: the longest that begins there."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._anywhere = set(filter(_tells, names))
        lengths: dict[str, set[int]] = {}
        for name in self._anywhere:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(some, reverse=True) for first, some in lengths.items()}
        firsts = "".join(map(re.escape, sorted(self._lengths)))
        self._first = re.compile(f"[{firsts}]" if firsts else r"(?!)")

    def get(self, name: str) -> str:
        """What stands for a name that stands where a name must: for one that nobody is known by, too."""
        read = as_read(name)
        return name if read in _EVERYONE else self._names.get(read, PERSON)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Where names begin and end, and what stands for them."""
        found, at, reading = [], 0, AsRead(text)
        while first := self._first.search(reading.read, at):
            at = first.start() + 1
            for name in self._names_at(reading.read, first.start()):
                end = first.start() + len(name)
                if span := reading.span(first.start(), end):
                    found.append((*span, self._names[name]))
                    at = end
                    break
        return found

    def _names_at(self, read: str, start: int) -> Iterator[str]:
        """Names that begin there, from the longest."""
        for length in self._lengths[read[start]]:
            name = read[start : start + length]
            if name in self._anywhere and _stands_alone(read, start, start + len(name)):
                yield name


def _joined(names: Mapping[str, str]) -> dict[str, str]:
    """Names of several words as they are written in one, if they are long enough to be found anywhere: of two that read the same so, nobody's."""
    found: dict[str, str] = {}
    for name, pseudonym in names.items():
        joined = name.replace(" ", "")
        if joined != name and len(joined) >= _SHORT_WORD:
            found[joined] = pseudonym if found.get(joined, pseudonym) == pseudonym else PERSON
    return found


def _tells(name: str) -> bool:
    """Whether a name is looked for anywhere: not a single sign, a short number, or an everyday word for nobody."""
    kinds = [(sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFC", name)]
    signs = [sign for sign, kind in kinds if kind[0] in "LN" or kind == "So"]
    least = _SHORT_NUMBER if all(map(str.isdecimal, signs)) else 2
    return len(signs) >= least and name not in _NOBODY


def _stands_alone(read: str, start: int, end: int) -> bool:
    """Whether what stands there may be a name: a short one only if it is no part of a longer word or number."""
    joined = (start and _WORDS.match(read, start - 1)) or _WORDS.match(read, end - 1)
    return end - start >= _SHORT_WORD or not joined


def _ids(pattern: re.Pattern[str], text: str, ids: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Where known ids begin and end, and what stands for them."""
    for found in pattern.finditer(text):
        bare = found[0].strip("._@-")
        if known := ids.get(bare.lower()):
            start = found.start() + found[0].index(bare)
            yield start, start + len(bare), known


class _Work:
    """One text on its way."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._alike = text.translate(ALIKE)
        self._kept: list[str] = []

    def forms(self, forms: tuple[Form, ...]) -> None:
        for placeholder, pattern in forms:
            behind = "keep" if "keep" in pattern.groupindex else None
            self._put(
                (found.end(behind) if behind else found.start(), found.end(), placeholder)
                for found in pattern.finditer(self._alike)
            )

    def ids(self, ids: Mapping[str, str]) -> None:
        for pattern in _TOKENS:
            self._put(_ids(pattern, self._text, ids))  # ℹ joins nothing to an id
            self._put(_ids(pattern, self._alike, ids))

    def placed(self, pattern: re.Pattern[str], get: Callable[[str], str]) -> None:
        """Put what stands for it in the place of each name that `pattern` shows."""
        self._put((*found.span("name"), get(found["name"])) for found in pattern.finditer(self._text))

    def names(self, names: _Names) -> None:
        self._put(names.find(self._text))

    def contacts(self, names: _Names) -> int:
        """Put aside contacts and links in any dress, but for those that are part of a name, which goes whole; returns how much is put aside.

        What goes may uncover another; a text that has them again and again is not shown.
        """
        for _ in range(_ROUNDS):
            if not (found := places(self._text)):
                return self.count
            named = [(start, end) for start, end, _ in names.find(self._text)]
            bare = [one for one in found if not any(start <= one[0] and one[1] <= end for start, end in named)]
            if not bare:
                return self.count
            self._put(bare)
        self._put([(0, len(self._text), "[text]")])
        return self.count

    @property
    def count(self) -> int:
        """How much is put aside."""
        return len(self._kept)

    def signed(self) -> None:
        """Of each line of a sign-up relay leave only the one who is known by its first words."""
        self._text = _SIGNED.sub(self._line, self._text)

    def done(self) -> str:
        """The text with what was put aside."""
        if len(self._kept) > _MOST:
            return "[text]"
        return re.sub(f"[{_TAKEN}]", lambda found: self._kept[ord(found[0]) - _WAITING], self._text)

    def _put(self, places: Iterable[tuple[int, int, str]]) -> None:
        """Put aside what stands at `places`, which come in order, and what is to be shown for each."""
        pieces, at = [], 0
        for start, end, shown in places:
            pieces += [self._text[at:start], self._wait(shown)]
            at = end
        if pieces:
            self._text = "".join((*pieces, self._text[at:]))
            self._alike = self._text.translate(ALIKE)

    def _line(self, found: re.Match[str]) -> str:
        first = found["name"][0]
        return found["keep"] + (first if ord(first) >= _WAITING else self._wait(PERSON))

    def _wait(self, shown: str) -> str:
        self._kept.append(shown)
        return chr(_WAITING + min(len(self._kept) - 1, _MOST))
