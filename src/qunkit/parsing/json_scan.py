"""Where JSON values begin and end, over bytes.

Two readers of the same rules. `elements` is NumPy over whole blocks: quotes by parity (a backslash takes the quote behind
it out of the count), depth by running sums; it believes that brackets match. `walk` goes token by token, believes nothing, and
says where a value stops being JSON: the only way to find the place again behind damage.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

DEPTH_LIMIT = 64
"""No record is nested deeper: what is, is an attack or damage."""

_SPAN = 512 << 10
"""So many bytes at once: the temporary arrays stay in the processor's cache."""
_QUOTE, _BACKSLASH = b'"\\'
_SCALAR = ord("0")
_NO_PLACES = np.zeros(0, np.int64)

_BLANKS = re.compile(rb"[ \t\n\r]*")
_TOKEN = re.compile(
    rb'(["{}\[\],:])|(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null|NaN|-?Infinity)'
)
_CUT_NUMBER = re.compile(rb"(?:\.|[eE][-+]?)?\Z")
_WORDS = (b"true", b"false", b"null", b"NaN", b"Infinity", b"-Infinity")
_STOP = re.compile(rb'["\\\x00-\x1f]')
_ESCAPE = re.compile(rb'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_CUT_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?\Z")


@dataclass(slots=True)
class Elements:
    """The objects and arrays that follow one another in an array, as places in the data."""

    starts: Ints
    """Their opening brackets."""
    ends: Ints
    """Behind their closing brackets; one fewer than `starts` if the data end before the last one does."""
    close: int | None
    """The bracket that closes the array."""
    too_deep: Ints
    """Brackets nested deeper than `DEPTH_LIMIT`."""


def elements(data: bytes, begin: int, end: int, limit: int = DEPTH_LIMIT) -> Elements:
    """The elements of an array, from a place between two of them up to `end`. What stands between them is not looked at."""
    scanner, found = _Scanner(limit), []
    close = None
    for at in range(begin, end, _SPAN):
        part = np.frombuffer(data, np.uint8, min(_SPAN, end - at), at)
        starts, ends, deep, closing = scanner.part(part)
        found.append((starts + at, ends + at + 1, deep + at))
        if closing is not None:
            close = closing + at
            break
    every = [np.concatenate(places) if places else _NO_PLACES for places in zip(*found, strict=True)]
    starts, ends, deep = every or [_NO_PLACES] * 3
    return Elements(starts, ends, close, deep)


class _Scanner:
    """What is known at the border between two parts: within quotes, behind a backslash, how deep."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.quoted = 0
        self.escaped = False
        self.depth = 0

    def part(self, part: npt.NDArray[np.uint8]) -> tuple[Ints, Ints, Ints, int | None]:
        """(opening brackets of elements, their closing ones, too deep ones, the one that closes the array) in `part`."""
        marks = part & 0xDF  # { } | fall on [ ] \
        marks -= ord("[")
        places = np.flatnonzero((marks <= 2) | (part == _QUOTE))
        chars = part[places]
        quotes = chars == _QUOTE
        self._take_out_escaped(places, chars, quotes, len(part))
        parity = np.cumsum(quotes, dtype=np.int32)
        parity += self.quoted
        brackets = np.flatnonzero(chars & 1)  # of " [ \ ] { | } the four brackets are odd
        brackets = brackets[(parity[brackets] & 1) == 0]
        if len(parity):
            self.quoted = int(parity[-1]) & 1
        return self._by_depth(places[brackets], chars[brackets])

    def _take_out_escaped(
        self, places: Ints, chars: npt.NDArray[np.uint8], quotes: npt.NDArray[np.bool_], length: int
    ) -> None:
        """Mark the quotes behind a backslash as none. In a run of backslashes, every second one is itself escaped."""
        if self.escaped and len(places) and places[0] == 0:
            quotes[0] = False
        slashes = np.flatnonzero(chars == _BACKSLASH)
        at = places[slashes]
        begins = np.ones(len(at), np.bool_)
        begins[1:] = at[1:] != at[:-1] + 1
        begin = np.maximum.accumulate(np.where(begins, at, 0))
        active = slashes[(at - begin + (self.escaped & (begin == 0))) % 2 == 0]
        behind = active[active + 1 < len(places)] + 1
        quotes[behind[places[behind] == places[behind - 1] + 1]] = False
        self.escaped = bool(len(active)) and int(places[active[-1]]) == length - 1

    def _by_depth(self, places: Ints, chars: npt.NDArray[np.uint8]) -> tuple[Ints, Ints, Ints, int | None]:
        steps = 4 - (chars & 7).astype(np.int64)  # [ { are 3, ] } are 5
        levels = np.cumsum(steps) + self.depth
        closing = np.flatnonzero(levels < 0)
        end = None
        if len(closing):
            end = int(places[closing[0]])
            places, steps, levels = places[: closing[0]], steps[: closing[0]], levels[: closing[0]]
        elif len(levels):
            self.depth = int(levels[-1])
        starts = places[(steps > 0) & (levels == 1)]
        ends = places[(steps < 0) & (levels == 0)]
        return starts, ends, places[levels > self.limit], end


class State(Enum):
    """How a value turned out."""

    WHOLE = auto()
    CUT = auto()  # the data end before it does
    BROKEN = auto()  # it is not JSON


def walk(data: bytes, place: int, limit: int = DEPTH_LIMIT) -> tuple[State, int]:
    """One JSON value at `place`, blanks before it allowed, and where it ends; BROKEN: the place of what is wrong.

    Numbers and words that the data's end touches count as cut. NaN and Infinity pass, as in Python's json.
    """
    closers: list[int] = []
    expected = _Next.VALUE
    while expected is not _Next.NOTHING:
        place = blanks(data, place)
        found = _TOKEN.match(data, place)
        if found is None:
            return (State.CUT if _is_cut_word(data, place) else State.BROKEN), place
        token = data[place] if found[1] else _SCALAR
        after = _then(expected, token, closers)
        if after is None or len(closers) > limit:
            return State.BROKEN, place
        expected, place = after, found.end()
        if token == _QUOTE:
            state, place = _string(data, place)
            if state is not State.WHOLE:
                return state, place
        elif token == _SCALAR and _CUT_NUMBER.match(data, place):
            return State.CUT, place
    return State.WHOLE, place


def blanks(data: bytes, place: int, end: int = sys.maxsize) -> int:
    """Behind the blanks at `place`, as far as `end`."""
    found = _BLANKS.match(data, place, end)
    return found.end() if found else place


def _is_cut_word(data: bytes, place: int) -> bool:
    """Whether the data end within a word, or with nothing at all."""
    rest = data[place : place + 16]
    return any(len(rest) < len(word) and word.startswith(rest) for word in _WORDS)


def _string(data: bytes, place: int) -> tuple[State, int]:
    """The end of a string whose opening quote is before `place`."""
    while stop := _STOP.search(data, place):
        place = stop.start()
        if data[place] == _QUOTE:
            return State.WHOLE, place + 1
        escape = _ESCAPE.match(data, place)
        if escape is None:
            return (State.CUT if _CUT_ESCAPE.match(data, place) else State.BROKEN), place
        place = escape.end()
    return State.CUT, len(data)


class _Next(Enum):
    """What may come next in a value."""

    VALUE = auto()
    VALUE_OR_END = auto()
    KEY = auto()
    KEY_OR_END = auto()
    COLON = auto()
    COMMA_OR_END = auto()
    NOTHING = auto()


def _then(expected: _Next, token: int, closers: list[int]) -> _Next | None:
    """What may come behind `token`; None: it may not stand here. `closers` are the brackets still to come."""
    match expected, chr(token):
        case ((_Next.VALUE | _Next.VALUE_OR_END), "{"):
            closers.append(ord("}"))
            return _Next.KEY_OR_END
        case ((_Next.VALUE | _Next.VALUE_OR_END), "["):
            closers.append(ord("]"))
            return _Next.VALUE_OR_END
        case ((_Next.VALUE | _Next.VALUE_OR_END), ('"' | "0")):
            return _Next.COMMA_OR_END if closers else _Next.NOTHING
        case ((_Next.KEY | _Next.KEY_OR_END), '"'):
            return _Next.COLON
        case _Next.COLON, ":":
            return _Next.VALUE
        case _Next.COMMA_OR_END, ",":
            return _Next.KEY if closers[-1] == ord("}") else _Next.VALUE
        case ((_Next.VALUE_OR_END | _Next.KEY_OR_END | _Next.COMMA_OR_END), ("}" | "]")):
            return _closed(token, closers)
    return None


def _closed(token: int, closers: list[int]) -> _Next | None:
    if token != closers.pop():
        return None
    return _Next.COMMA_OR_END if closers else _Next.NOTHING
