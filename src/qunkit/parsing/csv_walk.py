"""CSV one record at a time, over bytes: for headers, and for what breaks the rules of CSV.

A quote may only open a field at its begin and close it at its end. Where one stands elsewhere, or a quoted field never ends, the
record is damaged: it reaches to the next line that looks like the begin of a record, and is a record only if a lenient reading
of that much (as Python's csv module reads) gives the right number of columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from itertools import islice
from re import Pattern

RECORD_CAP = 1 << 20
"""No record is longer: what seems to be is damage."""
SUSPECT = 64 << 10
"""A record longer than this is damage if `SUSPECT_STARTS` of its lines look like begins of records."""
SUSPECT_STARTS = 3

_DELIMITERS = (b",", b";", b"\t")
_SEP_LINE = re.compile(rb'"?sep=([,;\t])"?', re.IGNORECASE)

Mark = tuple[int, str | None]
"""Where a record ends, and the reason why it is none (None: it is one)."""


class _State(Enum):
    WHOLE = auto()
    UNENDED = auto()  # the data end, outside quotes
    OPEN = auto()  # the data end inside quotes
    BROKEN = auto()  # a quote where none may be


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the first record."""

    delimiter: bytes
    names: tuple[str, ...]
    """Column names; empty if there is no header line."""
    end: int
    """Where the first record begins."""


def opening(data: bytes) -> Opening:
    """Blank lines, a line such as ``sep=;``, and the header line, whose delimiter is the one that gives most columns."""
    delimiters: tuple[bytes, ...] = _DELIMITERS
    end = 0
    while end < len(data):
        begin, end = end, data.find(b"\n", end) + 1 or len(data)
        line = data[begin:end].rstrip(b"\r\n")
        if sep := _SEP_LINE.fullmatch(line):
            delimiters = (sep[1],)
        elif line:
            delimiter, fields = max(((d, split(line, d) or []) for d in delimiters), key=lambda pair: len(pair[1]))
            return Opening(delimiter, tuple(_name(name) for name in fields), end)
    return Opening(b",", (), len(data))


@lru_cache(2)
def columns_of(head: str) -> tuple[str, ...]:
    """Column names of the CSV file that begins with `head`; of any other text, something that is no known header."""
    return opening(head.encode("utf-8", "replace")).names


def split(record: bytes, delimiter: bytes) -> list[bytes] | None:
    """The fields of one record without its line end, read leniently; None if it is not exactly one record.

    Text after a closing quote is kept, and quotes inside an unquoted field are data.
    """
    fields: list[bytes] = []
    at = 0
    while True:
        quoted = b""
        if record.startswith(b'"', at):
            end = _closing(record, at + 1)
            if end < 0:
                return None
            quoted, at = record[at + 1 : end].replace(b'""', b'"'), end + 1
        end = record.find(delimiter, at)
        plain = record[at:] if end < 0 else record[at:end]
        if b"\n" in plain:
            return None
        fields.append(quoted + plain)
        if end < 0:
            return fields
        at = end + 1


@dataclass(slots=True)
class Walker:
    """Finds record after record. `starts` matches where a line looks like the begin of a record."""

    delimiter: bytes
    width: int
    starts: Pattern[bytes]
    lost: str | None = None
    """While everything is damage until the next plausible begin: the reason."""
    _begin: Pattern[bytes] = field(init=False)
    _stop: Pattern[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._begin = re.compile(rb"\n(?=" + self.starts.pattern + rb")", self.starts.flags)
        self._stop = re.compile(rb'["\n' + self.delimiter + rb"]")

    def walk(self, data: bytes, at: int, last: bool) -> list[Mark]:
        """Marks of the records from `at` on, one behind the other, up to what needs more data (nothing if `last`).

        A record before damage that has lines like begins of records in it is damage too: the quote that is not closed is its own.
        """
        marks: list[Mark] = []
        before = at
        while at < len(data) and (mark := self._next(data, at, last)):
            if mark[1] and marks and not marks[-1][1] and (start := self.next_start(data, before, at)) > 0:
                marks[-1] = start, self._why_not(data[before:start])
                at = start
            else:
                marks.append(mark)
                before, at = at, mark[0]
        return marks

    def suspect(self, data: bytes, begin: int, end: int) -> bool:
        """Whether a record that reaches so far must be damage."""
        size = end - begin
        starts = self._begin.finditer(data, begin, end)
        return size > RECORD_CAP or (size > SUSPECT and len(list(islice(starts, SUSPECT_STARTS))) == SUSPECT_STARTS)

    def next_start(self, data: bytes, after: int, end: int) -> int:
        """The first line between `after` and `end` that looks like the begin of a record; -1: there is none."""
        found = self._begin.search(data, after, end)
        return found.end() if found else -1

    def _next(self, data: bytes, at: int, last: bool) -> Mark | None:
        if self.lost and not self.starts.match(data, at):
            return self._still_lost(data, at, last, self.lost)
        self.lost = None
        end, state = self._end(data, at)
        if state is _State.BROKEN:
            return self._damaged(data, at, last)
        if self.suspect(data, at, end):
            if state is _State.WHOLE and self.next_start(data, at, end) < 0:
                return end, "record-too-long"
            return self._damaged(data, at, last)
        if state is _State.WHOLE:
            return end, None
        if not last:
            return None
        return self._damaged(data, at, last) if state is _State.OPEN else (end, None)

    def _damaged(self, data: bytes, at: int, last: bool) -> Mark | None:
        """The damaged record at `at`, up to the next plausible begin."""
        start = self.next_start(data, at, len(data))
        if start > 0:
            return start, self._why_not(data[at:start])
        if last:
            why = self._why_not(data[at:])
            return len(data), "truncated-tail" if why == "unclosed-quote" else why
        if len(data) - at <= RECORD_CAP:
            return None
        return self._still_lost(data, at, last, "record-too-long")

    def _still_lost(self, data: bytes, at: int, last: bool, reason: str) -> Mark:
        start = self.next_start(data, at, len(data))
        if start > 0 or last:
            return (start if start > 0 else len(data)), reason
        self.lost = reason
        return data.rfind(b"\n", at) + 1 or len(data), reason

    def _why_not(self, record: bytes) -> str | None:
        if len(record) > RECORD_CAP:
            return "record-too-long"
        fields = split(without_line_end(record), self.delimiter)
        if fields is None:
            return "unclosed-quote"
        return None if len(fields) == self.width else "bad-columns"

    def _end(self, data: bytes, at: int) -> tuple[int, _State]:
        """Where the record at `at` ends by the rules of CSV."""
        while True:
            if data.startswith(b'"', at):
                at = _closing(data, at + 1) + 1
                if not at:
                    return len(data), _State.OPEN
                if data.startswith(b"\r", at):
                    at += 1 if data.startswith(b"\n", at + 1) or at + 1 == len(data) else 0
                stop = data[at : at + 1]
            else:
                found = self._stop.search(data, at)
                at, stop = (found.start(), found[0]) if found else (len(data), b"")
            if stop != self.delimiter:
                return at + len(stop), _STATE.get(stop, _State.BROKEN)
            at += 1


_STATE = {b"\n": _State.WHOLE, b"": _State.UNENDED}


def without_line_end(record: bytes) -> bytes:
    """The record without LF, CRLF, or a CR at the very end of a file."""
    return record.removesuffix(b"\n").removesuffix(b"\r")


def _closing(data: bytes, at: int) -> int:
    """The quote that closes the field whose content begins at `at`; doubled quotes are content; -1: there is none."""
    while (end := data.find(b'"', at)) >= 0 and data.startswith(b'"', end + 1):
        at = end + 2
    return end


def _name(raw: bytes) -> str:
    try:
        return raw.decode().strip()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace").strip()
