"""Text exports whose records begin with a time at the start of a line: cut into records, block by block.

    2024-11-30 23:58:22 Kevin
    欢迎新朋友

    2024-11-30 23:58:50 阿岚
    …

`segment` yields `Records`, arrays of places, which `places` hands to Arrow. `stamps` says what a header line is. Every byte
ends up in a record, a reject or framing, and memory holds a block and the longest record, however long the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from qunkit.exports import Reject
from qunkit.parsing.decode import Ints, cut_character
from qunkit.parsing.places import Records, decodable, decoded
from qunkit.parsing.source import Source
from qunkit.parsing.stamps import LOOK_AHEAD, REACH, Acceptance, Stamp, after_blank, possible

LIMIT = 1 << 20
"""Longest record, in bytes of UTF-8. What is longer is rejected in pieces of this length."""
_EARLIEST = 915_148_800_000  # 1999-01-01
_MARGIN = 64
"""More than a time and what may follow it: so near the end of a block, a line may still turn out to be a header."""
_CONTEXT = 4
"""Bytes before a line that say whether it follows a blank one."""

_HEADLESS = "bad-record"
_ENDLESS = "record-too-long"

Span = tuple[int, int, str]
"""Begin, end, and why it is rejected; framing if there is no reason."""


def segment(source: Source, stamp: Stamp, block: int = 4 << 20) -> Iterator[Records]:
    """The records of a source. Blank text before the first header is framing, other text there is rejected as bad-record.

    The end of the file may be cut off: an end within a character, within a header's time or within a header line is rejected as
    truncated-tail; a body that ends early is kept, for text cannot tell. All `Records` but the last hold records or rejects.
    """
    cutter = _Cutter(source, stamp)
    framing, refused = [(0, source.bom)] if source.bom else [], 0
    for last, data in with_end(source.blocks(block)):
        records = cutter.feed(data, last)
        records.framing[:0], records.refused = framing, records.refused + refused
        framing, refused = records.framing, records.refused
        if len(records) or records.rejects or last:
            framing, refused = [], 0
            yield records


@dataclass(slots=True)
class _Heads:
    """What a stretch of text holds."""

    found: Ints
    """Lines that look like headers."""
    start: Ints
    """Those that are."""
    time: Ints
    settled: int
    """Up to here, nothing else is a header."""


@dataclass(slots=True)
class _Cutter:
    """Cuts what it is fed; keeps what is not settled."""

    source: Source
    stamp: Stamp
    rest: bytes = b""
    """What is not settled: it begins with the open record, or with text that has no header."""
    base: int = 0
    """Place of `rest` in the UTF-8 text."""
    open: int | None = None
    """Time of the record at the begin of `rest`, if one begins there."""
    reason: str = _HEADLESS
    """Else why the text at the begin of `rest` is rejected."""
    accept: Acceptance = field(default_factory=Acceptance)

    def feed(self, block: bytes, last: bool = False) -> Records:
        """The records that are complete with `block`."""
        data = self.rest + block
        heads = self._heads(data, last)
        cut = _cut(data, heads, last)
        if cut and not len(heads.start) and not last and self.open is not None:
            self.open, self.reason = None, _ENDLESS
        spans: list[Span] = []
        start, time = heads.start, heads.time
        if self.open is None:
            spans = self._headless(data[: start[0] if len(start) else cut])
        else:
            start, time = np.append(0, start), np.append(self.open, time)
        refused = int(np.count_nonzero(heads.found < cut) - np.count_nonzero(heads.start < cut))
        self.rest, self.base, base = data[cut:], self.base + cut, self.base
        self.open = int(time[-1]) if len(time) else None
        if last:
            records = self._last_records(data, base, start, time, spans)
        else:
            records = self._records(data, base, start[:-1], start[1:], time[:-1], spans)
        records.refused = refused
        return records

    def _heads(self, data: bytes, last: bool) -> _Heads:
        codes = np.frombuffer(data, np.uint8)
        lines = np.flatnonzero(codes == 10) + 1
        if self.base == 0 and self.open is None:
            lines = np.append(0, lines)
        found, times = self.stamp.find(codes, lines, last)
        chosen = possible(times)
        if self.stamp.after_blank:
            chosen &= after_blank(codes, found)
        starts, times = found[chosen], times[chosen]
        decided, settled = len(starts), len(data)
        if not last:
            decided = max(decided - LOOK_AHEAD, int(np.searchsorted(starts, len(data) - REACH - _MARGIN)))
            settled = min([len(data) - _MARGIN, *starts[decided : decided + 1].tolist()]) - _CONTEXT
        begins_file = self.base == 0 and self.open is None and len(starts) > 0 and _is_blank(data[: starts[0]])
        accepted = self.accept.of(starts, times, decided, trusted=begins_file)
        return _Heads(found, starts[:decided][accepted], times[:decided][accepted], settled)

    def _headless(self, text: bytes) -> list[Span]:
        framing = self.reason == _HEADLESS and _is_blank(text)
        return list(pieces(0, len(text), "" if framing else self.reason))

    def _last_records(self, data: bytes, base: int, start: Ints, time: Ints, spans: list[Span]) -> Records:
        tail = self._tail(data, int(start[-1])) if len(start) else len(data)
        if tail < len(data):
            spans.append((tail, len(data), "truncated-tail"))
        return self._records(data, base, start, np.append(start[1:], tail)[: len(start)], time, spans)

    def _tail(self, data: bytes, begin: int) -> int:
        """Where the last record, which begins at `begin`, is cut off; the end of the data if it is not."""
        if data.find(b"\n", begin) < 0:
            return begin
        cut = cut_character(data)
        if cut and (self.source.encoding != "mixed" or _is_utf8(data[begin : len(data) - cut])):
            return len(data) - cut
        line = data.rfind(b"\n") + 1
        follows_blank = not self.stamp.after_blank or after_blank(np.frombuffer(data, np.uint8), np.array([line])).all()
        return line if follows_blank and self.stamp.is_cut(data[line:], data[begin:line]) else len(data)

    def _records(self, data: bytes, base: int, start: Ints, end: Ints, time: Ints, spans: list[Span]) -> Records:
        """The records between these places of `data`, without those to be rejected, and `spans` with those."""
        long, early = end - start > LIMIT, time < _EARLIEST
        for row in np.flatnonzero(long | early):
            spans += pieces(int(start[row]), int(end[row]), _ENDLESS if long[row] else "time-out-of-range")
        good = ~(long | early) & (end > start)
        if self.source.encoding == "mixed":
            fine = decodable(data, start, end)
            spans += [(int(start[row]), int(end[row]), "undecodable") for row in np.flatnonzero(good & ~fine)]
            good &= fine
        start, end, time = start[good], end[good], time[good]
        offset = self.source.original(base + start)
        if self.source.encoding == "mixed":
            data, start, end = decoded(data, start, end)
        records = Records(data, start, end, time, offset, self.stamp.width)
        self._account(records, base, spans)
        return records

    def _account(self, records: Records, base: int, spans: list[Span]) -> None:
        for at, to, reason in spans:
            begin, end = self.source.original(base + np.array([at, to])).tolist()
            if reason:
                records.rejects.append(Reject(begin, end, reason))
            else:
                records.framing.append((begin, end))


def with_end(blocks: Iterator[tuple[int, bytes]]) -> Iterator[tuple[bool, bytes]]:
    """Blocks, each with whether it is the last: an empty one behind the others."""
    for _, data in blocks:
        yield False, data
    yield True, b""


def _cut(data: bytes, heads: _Heads, last: bool) -> int:
    """Up to where the data is settled. Records too long to keep are given up piece by piece."""
    if last:
        return len(data)
    if len(heads.start):
        return int(heads.start[-1])
    return heads.settled if heads.settled > LIMIT else 0


def pieces(start: int, end: int, reason: str) -> Iterator[Span]:
    """A range that is no record, in parts of at most `LIMIT`."""
    for at in range(start, end, LIMIT):
        yield at, min(at + LIMIT, end), reason


def _is_blank(text: bytes) -> bool:
    return not text or text.isspace()


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
