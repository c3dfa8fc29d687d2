"""The records of a JSON array, out of a window that moves along the file.

Sound stretches go by the block: `elements` says where the records are, `RowReader` what they hold. Where something is wrong
(a record that is no JSON, anything but a comma between two, a bracket too many), the window is walked record by record until some in a row
are sound. Behind damage, reading goes on at the next place that looks exactly as the records before it began: an opening
bracket and the first key, which cannot stand within a string because quotes are escaped there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunkit.parsing.csv_block import Piece
from qunkit.parsing.json_rows import BAD_JSON, BAD_RECORD, RowReader
from qunkit.parsing.json_scan import Ints, State, blanks, elements, walk
from qunkit.parsing.json_window import Window

RECORD_CAP = 16 << 20
"""No record is longer: what seems to be is damage, or nothing that a chat holds."""
CUT, TOO_LONG = "truncated-tail", "record-too-long"

_PATIENCE, _MOST_PATIENCE = 8, 4096
"""So many sound records in a row end the walk; the more often there is damage, the more."""
_REACH = 16 << 10
"""So many bytes go by the block then, twice as many next, and so on: damage costs no more than its neighbourhood."""
_FAR = 1 << 40
_TRIES = 64
_LONGEST_GAP = 64
_SIGHT = 64 << 10
"""So much is looked at to see what a bracket closes, and how records begin where the first one is damaged."""
_LONGEST_BEGIN = 256
_BEGIN = re.compile(rb'\{[ \t\n\r]*"(?:[^"\\\x00-\x1f]|\\.)*"[ \t\n\r]*:')
_NEXT_BEGIN = re.compile(rb"\}[ \t\n\r]*,[ \t\n\r]*(" + _BEGIN.pattern + rb")")
_GAP = re.compile(rb"[ \t\n\r]*+,?[ \t\n\r]*+")
_CLOSE = re.compile(rb'\][ \t\n\r]*(?:,[ \t\n\r]*"|\}|\Z)')
_OPEN_BRACE, _OPEN_BRACKET, _CLOSE_BRACKET = b"{[]"


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of a range."""

    end: int
    what: str | None
    """Why it is no record; None: it is one."""
    value_end: int = 0
    """Where the record itself ends, without what separates it from the next."""


@dataclass(slots=True)
class Stream:
    """Reads records from `window`, from between two of them on."""

    window: Window
    rows: RowReader
    top_level: bool
    """The array is the whole document, not a member of it."""
    place: int = 0
    """What is before it has been given out."""
    key: str | None = None
    """The name of the array, if it is one of several, each in an object of a list."""
    closed: bool = False
    """`place` is the bracket that closes the array."""
    _begin: bytes = b""
    """How records begin: the bracket and the first key."""
    _lost: str | None = None
    """Within damage: the reason of the reject that grows."""
    _sound: int = _PATIENCE
    """Sound records since the last damage."""
    _patience: int = _PATIENCE
    _reach: int = _FAR

    def pieces(self) -> Iterator[tuple[int, Piece]]:
        """Pieces one behind the other, each with the place of its data in the text, to the end of the array or the file."""
        while not self.closed:
            piece = self._block() if self._sound >= self._patience else None
            if piece is None:
                piece = self._walked()
            if piece is not None:
                yield self.window.base, piece
                self.place = int(piece.bounds[-1])
            elif self.closed or self.window.at_end:
                return
            else:
                self._grow()

    def _find_begin(self, place: int) -> int:
        """The next place that looks like the begin of a record; -1 if the window has none."""
        self._begin = self._begin or self._guessed_begin()
        return self.window.data.find(self._begin, place) if self._begin else -1

    def _guessed_begin(self) -> bytes:
        """How records begin, where the first one is damaged: as those objects behind a comma that the most others follow."""
        data, end = self.window.data, min(self.place + _SIGHT, len(self.window.data))
        places: dict[bytes, int] = {}
        for found in islice(_NEXT_BEGIN.finditer(data, self.place, end), _TRIES):
            places.setdefault(found[1], found.start(1))
        followers = {begin: len(elements(data, place, end).ends) for begin, place in places.items()}
        return max(followers, key=followers.__getitem__, default=b"")

    def _grow(self) -> None:
        self.window.drop(self.place)
        self.place = 0
        self.window.grow()

    # -- by the block ----------------------------------------------------------------------------------------------
    def _block(self) -> Piece | None:
        """The sound records within reach; None: the next one is not sound, or not whole."""
        data, place = self.window.data, self.place
        if data[place : place + 1] != b"{":
            return None
        reach, self._reach = self._reach, min(2 * self._reach, _FAR)
        found = elements(data, place, min(len(data), place + reach))
        bounds = found.starts if found.close is None else np.append(found.starts, found.close)
        count = min(len(found.ends), len(bounds) - 1)
        starts, ends, bounds = found.starts[:count], found.ends[:count], bounds[: count + 1]
        sound = _first(np.frombuffer(data, np.uint8)[starts] != _OPEN_BRACE)
        sound = _first_odd_gap(data, ends[:sound], bounds[1:])
        sound, rows, bad = self._parsed(starts[:sound], ends[:sound], found.too_deep)
        if sound < count:
            self._damaged()
        elif sound:
            self._patience = max(self._patience // 2, _PATIENCE)
        if not sound:
            return None
        self._learn(int(starts[sound - 1]))
        return Piece(bounds[: sound + 1], rows, bad)

    def _parsed(self, starts: Ints, ends: Ints, too_deep: Ints) -> tuple[int, pa.RecordBatch, dict[int, str]]:
        """(how many of the records keep their damage to themselves, their rows, what the others of them are)."""
        bad = dict.fromkeys(np.flatnonzero(ends - starts > RECORD_CAP).tolist(), TOO_LONG)
        deep = np.searchsorted(starts, too_deep, "right") - 1
        bad |= dict.fromkeys(deep[too_deep < (ends[-1] if len(ends) else 0)].tolist(), BAD_JSON)
        is_readable = np.ones(len(starts), np.bool_)
        is_readable[list(bad)] = False
        readable = np.flatnonzero(is_readable)
        rows, unread = self.rows.read(self.window.data, starts[readable], ends[readable])
        bad |= {int(readable[index]): reason for index, reason in unread.items()}
        for index in sorted(readable[list(unread)].tolist()):
            if not self._is_contained(int(starts[index]), int(ends[index])):
                bad = {of: reason for of, reason in bad.items() if of < index}
                return index, rows.slice(0, index - len(bad)), bad
        return len(starts), rows, bad

    def _is_contained(self, start: int, end: int) -> bool:
        """Whether a record that is no JSON reaches to its bracket, and has not swallowed others."""
        state, place = walk(self.window.data, start)
        if not self._begin and len(self.window.data) - start < _SIGHT and not self.window.at_end:
            return False
        return state is State.WHOLE or not start < self._find_begin(max(place - len(self._begin), start + 1)) < end

    def _damaged(self) -> None:
        self._sound, self._reach, self._patience = 0, _REACH, min(2 * self._patience, _MOST_PATIENCE)

    def _learn(self, place: int) -> None:
        found = _BEGIN.match(self.window.data, place)
        self._begin = found.group() if found else self._begin

    # -- record by record ------------------------------------------------------------------------------------------
    def _walked(self) -> Piece | None:
        """At least one range, more until enough records in a row are sound; None: the window does not hold a whole one."""
        at, marks = self.place, list[Mark]()
        while steps := self._step(at):
            if self.window.data[at] == _CLOSE_BRACKET:
                _take_back(marks)
            marks += steps
            at = marks[-1].end
            if self._sound >= self._patience:
                break
        if not marks:
            return None
        starts = [self.place, *(mark.end for mark in marks)]
        whole = [index for index, mark in enumerate(marks) if mark.what is None]
        rows, bad = self.rows.read(
            self.window.data,
            np.array([starts[index] for index in whole], np.int64),
            np.array([marks[index].value_end for index in whole], np.int64),
        )
        other = {index: mark.what for index, mark in enumerate(marks) if mark.what is not None}
        other |= {whole[index]: reason for index, reason in bad.items()}
        return Piece(np.array(starts, np.int64), rows, other)

    def _step(self, at: int) -> list[Mark]:
        """What is at `at`: one record or several ranges of damage. Empty: the array or the window ends."""
        data, at_end = self.window.data, self.window.at_end
        if at == len(data) or (self._lost is None and data[at] == _CLOSE_BRACKET):
            return [] if at == len(data) else self._at_bracket(at)
        if self._lost is not None:
            return self._search(at, at)
        if not self._begin:
            self._learn(at)
        state, end = walk(data, at)
        if state is State.WHOLE and data[at] == _OPEN_BRACKET and 0 <= self._find_begin(at) < end:
            state, end = State.BROKEN, at  # a bracket too many, up to the one that closes the array
        if state is State.WHOLE:
            return self._value(at, end)
        if state is State.CUT and at_end:
            return [Mark(len(data), CUT)]
        if state is State.CUT and len(data) - at <= RECORD_CAP:
            return []
        if not self._begin and len(data) - at < _SIGHT and not at_end:
            return []
        self._damaged()
        self._lost = TOO_LONG if state is State.CUT else BAD_JSON
        return self._search(at, at + 1 if state is State.CUT else max(at + 1, end - len(self._begin)))

    def _value(self, at: int, end: int) -> list[Mark]:
        """An element and what separates it from the next."""
        data = self.window.data
        gap = _GAP.match(data, end)
        after = gap.end() if gap else end
        if after == len(data) and not self.window.at_end:
            return []
        what = None if data[at] == _OPEN_BRACE else BAD_RECORD
        if not self._sound and data[after : after + 1] == b"}":
            what = BAD_JSON  # an object within a damaged record
        if end - at > RECORD_CAP:
            what = TOO_LONG
        if what is None:
            self._learn(at)
            self._sound += 1
        else:
            self._damaged()
        separated = after < len(data) and (data[after] == _CLOSE_BRACKET or data.find(b",", end, after) >= 0)
        if separated or after == end:
            return [Mark(after, what, end)]
        return [Mark(end, what, end), Mark(after, CUT if after == len(data) else BAD_JSON)]

    def _at_bracket(self, at: int) -> list[Mark]:
        """Whether the bracket closes the array, or is one too many, or closes a list within what is damaged."""
        data, at_end = self.window.data, self.window.at_end
        if len(data) - at < _SIGHT and not at_end:
            return []
        believed = (
            self.key is not None and self._sound > 0
        )  # rather lose records than take those of the next array for them
        again = -1 if believed or self._is_close(at) else self._again(at + 1)
        if again < 0:
            self.closed = True
            return []
        self._damaged()
        return [Mark(again, BAD_JSON)]

    def _is_close(self, at: int, *, alone: bool = False) -> bool:
        """Whether what is behind the bracket is, as far as can be seen, the rest of the document; and, if it is to be `alone`,
        nothing is behind that."""
        if self.key is not None:
            return _next_array(self.key).match(self.window.data, at, at + _SIGHT) is not None
        rest, end = self.window.data[at + 1 : at + _SIGHT], 0
        if not self.top_level:
            rest = b'{"":0' + rest
            state, end = walk(rest, 0)
            if state is not State.WHOLE:
                return state is State.CUT
        behind = blanks(rest, end)
        return behind == len(rest) if alone else rest[behind : behind + 1] not in (b",", b"]", b"}")

    def _search(self, at: int, begin: int) -> list[Mark]:
        """Damage from `at` up to the begin of a record, not before `begin`; at the end of the file, up to the end of the array."""
        data, what = self.window.data, self._lost or BAD_JSON
        found = self._again(begin)
        if found >= 0 or self.window.at_end:
            self._lost = None
            return [Mark(found if found >= 0 else len(data), what)] if found != at else self._step(at)
        end = len(data) - max(len(self._begin), _LONGEST_BEGIN)
        return [Mark(end, what)] if end > at else []

    def _again(self, place: int) -> int:
        """Where reading can go on behind damage, not before `place`: at the begin of a record, or the end of the array; else -1."""
        found = self._find_begin(place)
        if self.key is None and (found >= 0 or not self.window.at_end):
            return found
        close = self._find_close(place, found if found >= 0 else len(self.window.data))
        return close if close >= 0 else found

    def _find_close(self, place: int, end: int) -> int:
        """The bracket before `end` that closes the array, if what is behind it is the sound rest of the document; else -1.

        One that ends the text is believed rather than one in a word.
        """
        brackets = (found.start() for found in _CLOSE.finditer(self.window.data, place, end))
        closing = [at for at in islice(brackets, _TRIES) if self._is_close(at)]
        return next((at for at in closing if self._is_close(at, alone=True)), closing[0] if closing else -1)


@cache
def _next_array(key: str) -> re.Pattern[bytes]:
    """The bracket that closes one of several arrays, and then the end of their list or the object that holds the next."""
    text = r'"(?:[^"\\\x00-\x1f]|\\.)*"'
    scalar = rf"{text}|-?[0-9][0-9.eE+-]*|true|false|null"
    member = rf"{text}~:~(?:{scalar})"
    holder = rf',~\{{~(?:{member}~,~){{0,32}}"{re.escape(key)}"~:~\['
    end = rf'\](?:~,~{member}){{0,32}}~\}}~(?:{holder}|\]~\}}~(?:,~"|\}}))'
    return re.compile(end.replace("~", r"[ \t\n\r]*").encode())


def _take_back(marks: list[Mark]) -> None:
    """What has been taken for records since the last damage was none."""
    for index in range(len(marks) - 1, -1, -1):
        if marks[index].what is not None:
            return
        marks[index] = Mark(marks[index].end, BAD_JSON)


def _first(odd: npt.NDArray[np.bool_]) -> int:
    """The index of the first true one; the length, if there is none."""
    return int(np.argmax(odd)) if odd.any() else len(odd)


def _first_odd_gap(data: bytes, ends: Ints, nexts: Ints) -> int:
    """The first record that something other than a comma separates from what is next."""
    if not len(ends):
        return 0
    codes, length = np.frombuffer(data, np.uint8), int(nexts[0] - ends[0])
    usual = nexts[: len(ends)] - ends == min(length, _LONGEST_GAP)
    for place in range(min(length, _LONGEST_GAP)):
        usual &= codes[np.minimum(ends + place, len(data) - 1)] == data[int(ends[0]) + place]
    usual[0] = False
    for index in np.flatnonzero(~usual).tolist():
        end, after = int(ends[index]), int(nexts[index])
        comma = data.find(b",", end, after) >= 0
        if not _GAP.fullmatch(data, end, after) or (data[after] == _OPEN_BRACE and not comma):
            return index
    return len(ends)
