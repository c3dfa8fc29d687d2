"""SQL dumps with one INSERT of one row a record, streamed: the rows as columns of strings.

    BEGIN;
    CREATE TABLE IF NOT EXISTS chat (id TEXT, said TEXT);
    INSERT INTO chat (id, said) VALUES ('1', 'it''s
    late');
    INSERT INTO chat (id, said) VALUES (2, NULL);
    COMMIT;

Quotes within a text are doubled, so no text can hold a whole statement: one that is pasted does not match. Statements of other kinds
are framing. Memory holds a block and the longest record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.parsing.csv import Records
from qunkit.parsing.csv_block import FRAMING, Piece
from qunkit.parsing.json_window import Window, located
from qunkit.parsing.places import decodable, decoded, strings

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

BLOCK = 4 << 20
LIMIT = 1 << 20
"""No statement is longer: what seems to be is damage."""
_VALUE = rb"('(?:[^']++|'')*+'|[^\s',;()]++)"
_END = rb"[ \t]*\)[ \t]*;[ \t]*(?:\r?\n)?"
_QUOTE, _N = b"'N"

_Spans = list[tuple[int, int]]
"""Begin and end of each wanted value; -1 where there is none."""


def read_inserts(source: Source, table: str, columns: Sequence[str], block: int = BLOCK) -> Iterator[Records]:
    """The rows that are inserted into `table`: `columns` of each as strings, null for NULL and for what a statement does not name.

    What is no sound statement is rejected up to the next one: as bad-record or record-too-long; as truncated-tail where the file is cut.
    """
    window, reader = Window(source.blocks(block), block), _Reader(table, columns, source.encoding == "mixed")
    while not window.at_end:
        window.grow()
        piece = reader.piece(window.data, window.at_end)
        if len(piece.bounds) > 1:
            yield located(source, piece, window.base)
        window.drop(int(piece.bounds[-1]))


@dataclass(slots=True)
class _Reader:
    table: str
    columns: Sequence[str]
    mixed: bool
    begin: re.Pattern[bytes] = field(init=False)
    """The begin of a statement on a line of its own, up to its values; its group is the list of columns."""
    here: re.Pattern[bytes] = field(init=False)
    """The same where a statement is known to begin."""
    known: dict[bytes, tuple[re.Pattern[bytes], list[int]]] = field(default_factory=dict)
    """List of columns → a whole statement with a group a value, and which groups are wanted; 0: none."""
    lost: bool = False
    """Text before the next statement belongs to one that is too long."""
    words: bytes = field(init=False)
    """How every statement begins."""

    def __post_init__(self) -> None:
        self.words = b"INSERT INTO %b " % self.table.encode()
        statement = rb"%b\(([^()'\n]{1,1000})\) VALUES \(" % re.escape(self.words)
        self.begin, self.here = re.compile(rb"(?m)^" + statement), re.compile(statement)

    def piece(self, data: bytes, at_end: bool) -> Piece:
        """The ranges that are settled, from the begin of the data on."""
        edge = len(data) if at_end else data.rfind(b"\n", 0, max(len(data) - LIMIT, 0)) + 1
        bounds, other, spans = [0], dict[int, str](), list[_Spans]()
        for end, what in self._ranges(data, edge, at_end):
            if isinstance(what, str):
                other[len(bounds) - 1] = what
            else:
                spans.append(what)
            bounds.append(end)
        return self._told(data, np.array(bounds, np.int64), other, spans)

    def _ranges(self, data: bytes, edge: int, at_end: bool) -> Iterator[tuple[int, str | _Spans]]:
        """Ends of neighbouring ranges, and what they are: values, or why there are none."""
        at = 0
        while at < edge:
            begin = self.begin.search(data, at)
            start = min(begin.start(), edge) if begin else edge
            if start > at:
                yield start, self._between(data[at:start], at_end and start == len(data))
            if begin is None or start == edge:
                return
            self.lost = False
            match, values = self._match(data, begin)
            if match and match.end() - start <= LIMIT:
                at = match.end()
                yield at, values
                continue
            after = self.begin.search(data, match.end() if match else begin.end())
            at = after.start() if after else max(edge, match.end() if match else 0)
            self.lost = not (after or match or at_end)
            if match or at - start > LIMIT or self.lost:
                yield at, "record-too-long"
            else:
                yield at, "bad-record" if after or data.rstrip().endswith(b";") else "truncated-tail"

    def _between(self, text: bytes, last: bool) -> str:
        """What text is that begins no statement: framing, unless it is the rest of one, or a damaged one."""
        if self.lost:
            return "record-too-long"
        if self.words not in text:
            return FRAMING
        return "truncated-tail" if last and not text.rstrip().endswith(b";") else "bad-record"

    def _match(self, data: bytes, begin: re.Match[bytes]) -> tuple[re.Match[bytes] | None, _Spans]:
        """The whole statement of which that is the begin, and the places of its wanted values."""
        listed = begin[1]
        if listed not in self.known:
            names = [name.strip(b' "`').decode("utf-8", "replace") for name in listed.split(b",")]
            values = rb"[ \t]*,[ \t]*".join([_VALUE] * len(names))
            whole = re.compile(re.escape(begin[0]) + rb"[ \t]*" + values + _END)
            self.known[listed] = whole, [names.index(name) + 1 if name in names else 0 for name in self.columns]
        whole, groups = self.known[listed]
        match = whole.match(data, begin.start())
        return match, [match.regs[group] if group else (-1, -1) for group in groups] if match else []

    def _again(self, data: bytes, start: int) -> _Spans:
        """The places of a statement's wanted values, now that it is UTF-8; none if its list of columns has become too long."""
        begin = self.here.match(data, start)
        return self._match(data, begin)[1] if begin else []

    def _told(self, data: bytes, bounds: npt.NDArray[np.int64], other: dict[int, str], spans: list[_Spans]) -> Piece:
        rows = [index for index in range(len(bounds) - 1) if index not in other]
        if self.mixed:
            start, end = bounds[rows], bounds[np.array(rows, np.int64) + 1]
            fine = decodable(data, start, end)
            data, start, end = decoded(data, start[fine], end[fine])
            again = iter([self._again(data, at) for at in start.tolist()])
            told = [next(again) if good else None for good in fine.tolist()]
            other |= {index: "undecodable" for index, one in zip(rows, told, strict=True) if one is None}
            other |= {index: "bad-record" for index, one in zip(rows, told, strict=True) if one == []}
            spans = [one for one in told if one]
        places = np.array(spans, np.int64).reshape(len(spans), len(self.columns), 2)
        columns = [_values(data, places[:, at, 0], places[:, at, 1]) for at in range(len(self.columns))]
        return Piece(bounds, pa.RecordBatch.from_arrays(columns, list(self.columns)), dict(sorted(other.items())))


def _values(data: bytes, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> pa.Array:
    if not len(start):
        return pa.array([], pa.string())
    first = np.frombuffer(data, np.uint8)[np.maximum(start, 0)]
    missing, quoted = (start < 0) | (first == _N), first == _QUOTE
    nowhere = np.maximum.accumulate(np.maximum(end, 0))
    texts = strings(data, np.where(start < 0, nowhere, start + quoted), np.where(start < 0, nowhere, end - quoted))
    if quoted.any():
        texts = pc.replace_substring(texts, "''", "'")
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), texts)
