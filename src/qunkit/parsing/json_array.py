"""A JSON document with one long array of records, streamed: the records as columns, the other members as an outline.

    {"session": {"wxid": "1@chatroom"}, "messages": [{"createTime": 1732982302, "content": "早"}, …], "groupMembers": […]}

The array is the document itself, or its member "messages" (or another). Memory does not grow with it. The header, [0, first record),
and the trailer, from the closing bracket on, are framing; what is damaged or cut is a reject; a record reaches to the next.
A document may hold many such arrays, one in each of a list of objects (see `within`): what is between two of them is framing.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from qunkit.parsing.csv import Records
from qunkit.parsing.csv_block import FRAMING, Piece
from qunkit.parsing.json_rows import BAD_JSON, RowReader, decoded, well_formed
from qunkit.parsing.json_scan import State, blanks, elements, walk
from qunkit.parsing.json_stream import CUT, TOO_LONG, Stream
from qunkit.parsing.json_window import Window, clipped, located

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

BLOCK = 8 << 20
MEMBER_CAP = 64 << 20
"""A longer member of the document is a reject: member lists with pictures stay far below."""

_GIVE = 1 << 20
_OVERLAP = 256
_LONGEST_INTEGER = 19
_NEVER = re.compile(rb"(?!)")
_DECODER = json.JSONDecoder(parse_int=lambda number: int(number) if len(number) <= _LONGEST_INTEGER else number)

_SKIM = 8 << 20
_SKIM_MEMBERS = 1000
_SMALL = 4 << 10
_TAIL = 4 << 10
_LAST_MEMBER = re.compile(r',\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null)\s*\Z')
_COMMENTS = re.compile(rb"(?:[ \t\r]*(?:#[^\n]*)?\n)*")

_Pieces = Iterator[tuple[int, Piece]]
"""Neighbouring pieces of a text, each with the place of its data in the text."""


class JsonArray:
    """The records of one document. Iterate once: `Records` with the wanted columns and `json_rows.RECORD`.

    A member of a record that has another type than asked for is converted where that loses nothing, else null.
    """

    def __init__(
        self,
        source: Source,
        columns: Mapping[str, str],
        *,
        key: str = "messages",
        within: Collection[str] = (),
        part: tuple[int, int] | None = None,
        block: int = BLOCK,
    ) -> None:
        """
        Args:
            source: the file.
            columns: name → type (string, int64, double, bool, list) of the wanted members of a record; ``a.b`` is a member of a
                member. None: nothing is parsed.
            key: the member that holds the array, where the document is an object.
            within: members that are entered, for in them are objects with arrays of their own: ``("chats", "list")``.
            part: where in the text the document stands, if it is not the whole text. Nothing is said of the rest.
            block: bytes to read at once.
        """
        self.outline: dict[str, Any] = {}
        """The other members of the object that holds the array: at a row, those before the array (and behind damage in an entered
        object none); those of the document, as far as they are not entered, once the iteration is done."""
        self._source = source
        self._key = key
        self._within = frozenset(within)
        self._nested = False
        self._rows = RowReader(columns, source.encoding == "mixed")
        begin, end = part or (0, sys.maxsize)
        self._window = Window(clipped(source.blocks(block), begin, end), block, begin)
        self._place = self._given = self._start = 0
        self._array_again = re.compile(rb'"' + re.escape(key.encode()) + rb'"[ \t\n\r]*:[ \t\n\r]*\[')

    def __iter__(self) -> Iterator[Records]:
        for base, piece in self._pieces():
            if piece.bounds[-1] > piece.bounds[0]:
                yield located(self._source, piece, base)

    def read_outline(self) -> dict[str, Any]:
        """The outline of the whole document, instead of an iteration: for the rare file whose facts follow its records."""
        for _ in self._pieces():
            pass
        return self.outline

    def _pieces(self) -> _Pieces:
        opening = self._next()
        self._place += opening in (b"[", b"{")
        if opening == b"[":
            yield from self._array(top_level=True)
        elif opening == b"{":
            yield from self._members()
        if self._next():
            self._start = self._place
            yield from self._damage(BAD_JSON, _NEVER)
        yield self._upto(self._place)

    def _members(self) -> _Pieces:
        """The members of the document and its closing brace."""
        while char := self._next():
            self._start = self._place
            if char in b",}":
                self._place += 1
                if char == b"}":
                    return
                continue
            state = yield from self._member()
            if state is not State.WHOLE:
                if self._nested:
                    self.outline = {}  # what comes next may be another object's
                cut = (CUT, _NEVER) if self._window.at_end else (TOO_LONG, self._array_again)
                yield from self._damage(*(cut if state is State.CUT else (BAD_JSON, self._array_again)))
            elif self._place - self._given > _GIVE:
                yield self._upto(self._place)

    def _member(self) -> Generator[tuple[int, Piece], None, State]:
        state, name = self._value()
        if state is State.WHOLE and (not name.startswith(b'"') or self._next() != b":"):
            state = State.BROKEN if self._next() else State.CUT
        if state is not State.WHOLE:
            return state
        self._place += 1
        key = str(outlined(name, self._source))
        if key == self._key and self._next() == b"[":
            self._place += 1
            yield from self._array(top_level=False)
            return State.WHOLE
        if key in self._within and self._next() in (b"{", b"["):
            yield from self._entered()
            return State.WHOLE
        self._next()
        state, value = self._value()
        if state is State.WHOLE:
            self.outline[key] = outlined(value, self._source)
        return state

    def _entered(self) -> _Pieces:
        """The arrays in the object, or in the objects of the list, at the cursor."""
        opening = self._next()
        self._place += 1
        if opening == b"{":
            outer, self.outline, self._nested = (self.outline, self._nested), {}, True
            yield from self._members()
            self.outline, self._nested = outer
            return
        while self._next() in (b"{", b","):
            if self._next() == b"{":
                yield from self._entered()
            else:
                self._place += 1
        self._place += self._next() == b"]"

    def _array(self, *, top_level: bool) -> _Pieces:
        """The records of the array whose bracket is before the cursor."""
        self._next()
        yield self._upto(self._place)
        stream = Stream(self._window, self._rows, top_level, self._place, self._key if self._nested else None)
        yield from stream.pieces()
        self._place = self._given = stream.place
        self._place += stream.closed

    def _damage(self, what: str, again: re.Pattern[bytes]) -> _Pieces:
        """What cannot be read, from the start of a member up to a match of `again`, else to the end of the file."""
        yield self._upto(self._start)
        self._place = max(self._start + 1, self._place - 1)
        while (found := again.search(self._window.data, self._place)) is None and not self._window.at_end:
            yield self._upto(max(self._given, len(self._window.data) - _OVERLAP), what)
            self._place = self._given
            self._grow()
        self._place = found.start() if found else len(self._window.data)
        yield self._upto(self._place, what)

    # -- the window ------------------------------------------------------------------------------------------------
    def _next(self) -> bytes:
        """The character that is neither blank nor behind the cursor; nothing at the end of the file."""
        self._place = blanks(self._window.data, self._place)
        while self._place == len(self._window.data) and not self._window.at_end:
            self._grow()
            self._place = blanks(self._window.data, self._place)
        return self._window.data[self._place : self._place + 1]

    def _value(self) -> tuple[State, bytes]:
        """The value at the cursor, which then is behind it, or where it stops being one."""
        while True:
            state, end = walk(self._window.data, self._place)
            if state is not State.CUT or self._window.at_end or end - self._place > MEMBER_CAP:
                break
            self._grow()
        value = self._window.data[self._place : end]
        self._place = end
        return state, value

    def _grow(self) -> None:
        self._window.drop(self._given)
        self._place, self._start, self._given = self._place - self._given, self._start - self._given, 0
        self._window.grow()

    def _upto(self, end: int, what: str = FRAMING) -> tuple[int, Piece]:
        """What has not been given out, up to `end`."""
        bounds, self._given = np.array([self._given, end], np.int64), end
        return self._window.base, Piece(bounds, self._rows.none(), {0: what})


def outlined(value: bytes, source: Source) -> Any:
    """A sound value at the begin of `value` in Python's own types; integers of more than 19 digits as strings."""
    try:
        text = decoded(value, source.encoding == "mixed")
    except UnicodeDecodeError:
        text = value.decode("utf-8", "replace")
    return _python(text)


def all_outlined(values: Sequence[bytes], source: Source) -> list[Any]:
    """`outlined` of objects that are nothing but themselves: of many, with nothing odd in them, at once."""
    with suppress(ValueError, RecursionError):
        text = f"[{b','.join(values).decode()}]"
        if "\\ud" not in text and "\\uD" not in text and len(found := _python(text)) == len(values):
            return list(found)
    return [outlined(value, source) for value in values]


def skim(source: Source) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """(small members of the document, first record): a look at the first 8 MB of a JSON or JSONL file, and at its last 4 KiB.

    The members are scalars and small objects, also those at the very end. Of a large object that holds arrays there are its own small
    members, and each array as an empty list. The record is the first of the array "messages",
    else of the first array of objects, or of an array that is the document; the first line's object in JSONL.
    """
    data = _first_bytes(source)
    place = blanks(data, _COMMENTS.match(data).end())  # type: ignore[union-attr]
    if data[place : place + 1] == b"[":
        return {}, _first_object(data, place + 1)
    if data[place : place + 1] != b"{":
        return {}, None
    top, arrays, end = _top_level(data, place + 1)
    behind = blanks(data, end) if end else len(data)
    if data[behind : behind + 1] == b"{" or (end and not arrays and b"\n" not in data[place:end]):
        return ({} if behind < len(data) else top), _object(data, place)
    if not end and len(data) == _SKIM:
        top |= _last_members(source)
    if "messages" in arrays:
        return top, arrays["messages"]
    return top, next(filter(None, arrays.values()), None)


def _first_bytes(source: Source) -> bytes:
    parts, have = [], 0
    for _, block in source.blocks(1 << 20):
        parts.append(block)
        have += len(block)
        if have >= _SKIM:
            break
    return b"".join(parts)[:_SKIM]


def _top_level(
    data: bytes, place: int, *, inner: bool = False
) -> tuple[dict[str, Any], dict[str, dict[str, Any] | None], int]:
    """(scalars and small objects, first objects of the arrays, end or 0) of the document, or of an object in it, at `place`."""
    top: dict[str, Any] = {}
    arrays: dict[str, dict[str, Any] | None] = {}
    for _ in range(_SKIM_MEMBERS):
        place = blanks(data, place)
        if data[place : place + 1] == b"}":
            return top, arrays, place + 1
        state, end = walk(data, place)
        colon = blanks(data, end)
        if state is not State.WHOLE or data[place : place + 1] != b'"' or data[colon : colon + 1] != b":":
            break
        name, place = str(_loads(data[place:end])), blanks(data, colon + 1)
        end = _end_of_value(data, place)
        if data[place : place + 1] == b"[":
            arrays[name] = _first_object(data, place + 1)
        elif end and end - place <= _SMALL:
            top |= {name: _loads(data[place:end])} if walk(data, place) == (State.WHOLE, end) else {}
        elif data[place : place + 1] == b"{" and not inner:
            held, held_arrays, _ = _top_level(data, place + 1, inner=True)
            top |= {name: held | {array: [] for array in held_arrays}} if held_arrays else {}
        if not end:
            break
        place = blanks(data, end)
        place += data[place : place + 1] == b","
    return top, arrays, 0


def _end_of_value(data: bytes, place: int) -> int:
    """Behind the value at `place`; 0 if the data end before. The brackets of a long one are believed."""
    if data[place : place + 1] not in (b"{", b"["):
        state, end = walk(data, place)
        return end if state is State.WHOLE else 0
    reach, close = _SMALL, elements(data, place + 1, min(place + _SMALL, len(data))).close
    while close is None and place + reach < len(data):
        reach *= 8
        close = elements(data, place + 1, min(place + reach, len(data))).close
    return close + 1 if close is not None else 0


def _first_object(data: bytes, place: int) -> dict[str, Any] | None:
    """The element of an array at `place`, if it is an object."""
    return _object(data, blanks(data, place))


def _object(data: bytes, place: int) -> dict[str, Any] | None:
    state, end = walk(data, place)
    value = _loads(data[place:end]) if state is State.WHOLE else None
    return value if isinstance(value, dict) else None


def _last_members(source: Source) -> dict[str, Any]:
    """The scalars before the closing brace of the document."""
    text = source.raw(max(source.size - _TAIL, 0), source.size).decode("utf-8", "replace").rstrip()
    members: dict[str, Any] = {}
    text = text[:-1] if text.endswith("}") else ""
    while found := _LAST_MEMBER.search(text):
        members[_python(found[1])] = _python(found[2])
        text = text[: found.start()]
    return members


def _loads(raw: bytes) -> Any:
    return _python(raw.decode("utf-8", "replace"))


def _python(text: str) -> Any:
    value, _ = _DECODER.raw_decode(text)
    if "\\ud" in text or "\\uD" in text:
        return json.loads(well_formed(json.dumps(value, ensure_ascii=False)))
    return value
