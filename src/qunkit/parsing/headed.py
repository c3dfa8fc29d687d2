"""Text exports whose records begin with a header line of any form, perhaps under banners that say the day or the chat.

    —————  2018-09-03  —————

    小刘  12:47

    明天几点

A format says with regular expressions what a header and a banner look like, and what time a header holds in the section that
the last banner opened. `headed` yields `Headed`: arrays of places that Arrow gets without a Python object per text. Every byte
ends up in a record, a reject or framing; memory holds a block and the longest record, however long the file.
A header that begins with a full time is cheaper with `text.segment`.

People paste chats into chats: of the lines that look like headers, `stamps.Acceptance` says which are, section by section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.exports import Reject
from qunkit.parsing.decode import Ints, cut_character
from qunkit.parsing.places import decodable, decoded, strings
from qunkit.parsing.source import Source
from qunkit.parsing.stamps import LOOK_AHEAD, REACH, Acceptance, after_blank, possible
from qunkit.parsing.text import LIMIT, Span, pieces, with_end

_EARLIEST = 915_148_800_000  # 1999-01-01
_PREAMBLE = 64 << 10
_MARGIN = 4 << 10
"""So near the end of a block, a line may still turn out to be a header or a banner."""

_Places = tuple[Ints, Ints]


@dataclass(frozen=True, slots=True)
class Layout:
    """What the text of an exporter looks like. Patterns are of bytes (UTF-8), with ``(?m)^`` in front."""

    header: re.Pattern[bytes]
    """A header: one line or more, or the begin of the line that the text goes on with. Its named groups are `Headed.group`."""
    time: Callable[[re.Match[bytes], Any], int | None]
    """Milliseconds of the wall clock of a header in a section (None before any banner); None: no header."""
    banner: re.Pattern[bytes] | None = None
    """What stands between records, of one line or more: dates, names of chats, the last lines of the file. It is framing."""
    preamble: re.Pattern[bytes] | None = None
    """The first lines of the file, at most 64 KiB of them: a banner that can be nowhere else."""
    open: Callable[[re.Match[bytes], Any], Any] = lambda match, section: section or True
    """The section that a banner (or the preamble) opens, given the one before; None: no banner, but text."""
    left_out: Callable[[Any], bool] = lambda section: False
    """Whether all of a section is framing."""
    after_blank: bool = False
    """The writer puts an empty line before each header."""
    ascending: bool = True
    """The writer sorts a section by time, so that an earlier time is one that somebody pasted."""
    gap: int = 1
    """Line ends between the text of a record and what follows, at most."""
    whole_line: bool = True
    """A header ends its line, so that a file which ends in one is cut."""


@dataclass(slots=True)
class Headed:
    """Some records of a file, in order. Places are in `data`, which is UTF-8 from the first start to the last end."""

    data: bytes
    start: Ints
    end: Ints
    head_end: Ints
    """Where each header ends."""
    wall: pa.Array
    """Time of each, timestamp[ms] of the wall clock."""
    offset: Ints
    """Where each begins in the original file."""
    section: Ints
    """Index of its section in `sections`."""
    sections: list[Any]
    layout: Layout
    groups: dict[str, _Places]
    rejects: list[Reject] = field(default_factory=list)
    framing: list[tuple[int, int]] = field(default_factory=list)
    refused: int = 0
    """Lines that look like headers and were taken as text."""

    def __len__(self) -> int:
        return len(self.start)

    def group(self, name: str) -> pa.StringArray:
        """A named group of every header; null where it has no part in the match."""
        start, end = self.groups[name]
        missing = start < 0
        texts = strings(self.data, np.where(missing, self.start, start), np.where(missing, self.start, end))
        return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), texts) if missing.any() else texts

    def text(self) -> pa.StringArray:
        """What follows each header, without the line end that ends it and those before the next record; CRLF as LF."""
        data = np.frombuffer(self.data, np.uint8)
        start, end = self.head_end, self.end
        if self.layout.whole_line:
            start = _after_line_end(data, start, end)
        for _ in range(self.layout.gap):
            end = _before_line_end(data, start, end)
        return strings(self.data, start, end)

    def of_section(self, value: Callable[[Any], str | None]) -> pa.StringArray:
        """`value` of the section of each record."""
        return pa.array([value(section) for section in self.sections], pa.string()).take(pa.array(self.section))


def headed(source: Source, layout: Layout, block: int = 4 << 20) -> Iterator[Headed]:
    """The records of a source. Blank text outside of records is framing, other text there is rejected as bad-record.

    The end of the file may be cut off: an end within a character, or within the header line of the last record, is rejected as
    truncated-tail; a text that ends early is kept, for nothing can tell. All `Headed` but the last hold records or rejects.
    """
    cutter = _Cutter(source, layout)
    framing, refused = [(0, source.bom)] if source.bom else [], 0
    for last, data in with_end(source.blocks(block)):
        records = cutter.feed(data, last)
        records.framing[:0], records.refused = framing, records.refused + refused
        framing, refused = records.framing, records.refused
        if len(records) or records.rejects or last:
            framing, refused = [], 0
            yield records


class _Head(NamedTuple):
    """A header: its places in the data at hand, its time, its groups' places, its section."""

    start: int
    end: int
    time: int
    spans: tuple[tuple[int, int], ...]
    section: int

    def moved(self, by: int) -> _Head:
        spans = tuple((at - by, to - by) if at >= 0 else (at, to) for at, to in self.spans)
        return self._replace(start=self.start - by, end=self.end - by, spans=spans)


@dataclass(slots=True)
class _Cut:
    """What was found in the data at hand."""

    heads: list[_Head] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    """Where the records of `heads` end; the last one may be open."""
    spans: list[Span] = field(default_factory=list)
    """What is no record."""
    looked: list[int] = field(default_factory=list)
    """Where lines look like headers, …"""
    taken: list[int] = field(default_factory=list)
    """… and where they are."""
    outside: int = -1
    """Where text without a header begins; -1: none does."""

    @property
    def is_open(self) -> bool:
        """Whether a record has no end yet."""
        return len(self.heads) > len(self.ends)


@dataclass(slots=True)
class _Cutter:
    """Cuts what it is fed; keeps what is not settled."""

    source: Source
    layout: Layout
    rest: bytes = b""
    """What is not settled: it begins with the open record, or with text that has no header."""
    base: int = 0
    """Place of `rest` in the UTF-8 text."""
    open: _Head | None = None
    """Header of the record at the begin of `rest`, if one begins there."""
    reason: str = "bad-record"
    """Else why the text at the begin of `rest` is rejected."""
    accept: Acceptance = field(default_factory=Acceptance)
    fresh: bool = True
    """No header of this section has been met."""
    sections: list[Any] = field(default_factory=lambda: [None])

    def feed(self, block: bytes, last: bool) -> Headed:
        """The records that are complete with `block`."""
        data, self.sections = self.rest + block, self.sections[-1:]
        if not (self.base or self.open or last) and self.layout.preamble and len(data) < _PREAMBLE + _MARGIN:
            self.rest = data
            return self._records(b"", 0, _Cut())
        cut = _Cut([self.open._replace(section=0)] if self.open else [], outside=-1 if self.open else 0)
        settled = begin = cut.heads[0].end if cut.heads else 0
        whole = len(data) if last else max(len(data) - _MARGIN, 0)
        for at, to, section in self._banners(data, begin, whole):
            closed = to > at or last
            found, settled = self._stretch(data, begin, at, closed, cut)
            if found and cut.outside >= 0:
                cut.spans += self._headless(data, cut.outside, found[0].start)
                cut.outside = -1
            cut.ends += [head.start for head in (found if cut.is_open else found[1:])]
            cut.heads += found
            if to > at:
                if cut.is_open:
                    cut.ends.append(at)
                elif cut.outside >= 0:
                    cut.spans += self._headless(data, cut.outside, at)
                cut.spans.append((at, to, ""))
                begin = cut.outside = to
                self.sections.append(section)
                self.accept, self.fresh, self.reason = Acceptance(), True, "bad-record"
        return self._finish(data, last, cut, settled)

    def _banners(self, data: bytes, begin: int, whole: int) -> Iterator[tuple[int, int, Any]]:
        """Begin, end and section of the banners that are settled; at last, an empty one up to which headers are."""
        if self.layout.preamble and not (self.base or self.open) and (first := self.layout.preamble.match(data)):
            section = self.layout.open(first, None)
            if section is not None and first.end():
                yield 0, first.end(), section
                begin = first.end()
        for match in self.layout.banner.finditer(data, begin) if self.layout.banner else ():
            if match.end() > whole:
                whole = min(whole, match.start())
                break
            section = self.layout.open(match, self.sections[-1])
            if section is not None and match.end() > match.start():
                yield match.start(), match.end(), section
        yield whole, whole, None

    def _stretch(self, data: bytes, begin: int, stop: int, closed: bool, cut: _Cut) -> tuple[list[_Head], int]:
        """The headers between two banners, and up to where nothing else is a header."""
        found = []
        left_out = self.layout.left_out(self.sections[-1])
        near = min(
            stop + _MARGIN, len(data)
        )  # the next one may be far away: who looks for it between all banners looks too often
        for match in () if left_out else self.layout.header.finditer(data, begin, near):
            if match.end() > stop:
                break
            time = self.layout.time(match, self.sections[-1])
            if time is not None:
                found.append((match, time))
        cut.looked += [match.start() for match, _ in found]
        starts = np.array([match.start() for match, _ in found], np.int64)
        times = np.array([time for _, time in found], np.int64)
        chosen = possible(times)
        if self.layout.after_blank:
            chosen &= after_blank(np.frombuffer(data, np.uint8), starts) | (starts == begin)
        starts, times = starts[chosen], times[chosen]
        decided, settled = len(starts), stop
        if not closed:
            decided = max(decided - LOOK_AHEAD, int(np.searchsorted(starts, len(data) - REACH - _MARGIN)))
            settled = min([stop, *starts[decided : decided + 1].tolist()])
        accepted = self._accepted(starts, times, decided)
        rows = np.flatnonzero(chosen)[:decided][accepted].tolist()
        self.fresh = self.fresh and not rows
        section = len(self.sections) - 1
        told = (found[row] for row in rows)
        heads = [_Head(match.start(), match.end(), time, match.regs[1:], section) for match, time in told]
        cut.taken += [head.start for head in heads]
        return heads, settled

    def _accepted(self, starts: Ints, times: Ints, decided: int) -> npt.NDArray[np.bool_]:
        if not self.layout.ascending:
            return np.ones(decided, bool)
        return self.accept.of(starts, times, decided, trusted=self.fresh)

    def _headless(self, data: bytes, begin: int, end: int) -> list[Span]:
        """Text without a header: empty lines before it are framing, and all of it in a section that is left out."""
        text = data[begin:end]
        blank = len(text) - len(text.lstrip()) if self.reason == "bad-record" else 0
        framing: list[Span] = [(begin, begin + blank, "")] if blank else []
        return framing + list(
            pieces(begin + blank, end, "" if self.layout.left_out(self.sections[-1]) else self.reason)
        )

    def _finish(self, data: bytes, last: bool, cut: _Cut, settled: int) -> Headed:
        """Give what is settled, keep the rest."""
        self.open = None
        if last:
            upto = len(data)
            if cut.is_open:
                tail = self._tail(data, cut.heads[-1])
                cut.ends.append(tail)
                cut.spans += [(tail, upto, "truncated-tail")] if tail < upto else []
            else:
                cut.spans += self._headless(data, cut.outside, upto)
        elif cut.is_open:
            upto = cut.heads[-1].start
            if settled - upto > LIMIT:  # too long to keep: give it up piece by piece
                cut.ends.append(settled)
                upto, self.reason = settled, "record-too-long"
            else:
                self.open = cut.heads.pop().moved(upto)
        else:
            upto = max(cut.outside, settled)
            text = data[cut.outside : upto]
            if not text.isspace() and len(text) <= LIMIT:
                upto = cut.outside
            cut.spans += self._headless(data, cut.outside, upto)
        self.rest, base = data[upto:], self.base
        self.base += upto
        records = self._records(data, base, cut)
        records.refused = sum(at < upto for at in cut.looked) - sum(at < upto for at in cut.taken)
        return records

    def _tail(self, data: bytes, head: _Head) -> int:
        """Where the last record is cut off; the end of the data if it is not."""
        if self.layout.whole_line and data.find(b"\n", max(head.end - 1, head.start)) < 0:
            return head.start
        cut = cut_character(data)
        return len(data) - cut if cut and self.source.encoding != "mixed" else len(data)

    def _records(self, data: bytes, base: int, cut: _Cut) -> Headed:
        """The records of `cut`, without those to be rejected."""
        heads, spans = cut.heads, cut.spans
        start, end = np.array([head.start for head in heads], np.int64), np.array(cut.ends, np.int64)
        head_end, time = (np.array([head[at] for head in heads], np.int64) for at in (1, 2))
        long, early = end - start > LIMIT, time < _EARLIEST
        for row in np.flatnonzero(long | early):
            spans += pieces(int(start[row]), int(end[row]), "record-too-long" if long[row] else "time-out-of-range")
        good = ~(long | early) & (end > start)
        if self.source.encoding == "mixed":
            fine = decodable(data, start, end)
            spans += [(int(start[row]), int(end[row]), "undecodable") for row in np.flatnonzero(good & ~fine)]
            good &= fine
        offset = self.source.original(base + start[good])
        rows = [head for head, one in zip(heads, good.tolist(), strict=True) if one]
        start, end, head_end = start[good], end[good], head_end[good]
        if self.source.encoding == "mixed":
            data, start, end, head_end, rows = self._decoded(data, start, end, rows)
        places = np.array([head.spans for head in rows], np.int64).reshape(len(rows), self.layout.header.groups, 2)
        groups = {name: (places[:, at - 1, 0], places[:, at - 1, 1]) for name, at in self._groups()}
        section = np.array([head.section for head in rows], np.int64)
        wall = pa.array(time[good], pa.timestamp("ms"))
        records = Headed(data, start, end, head_end, wall, offset, section, self.sections, self.layout, groups)
        self._account(records, base, spans)
        return records

    def _groups(self) -> Iterator[tuple[str, int]]:
        yield from self.layout.header.groupindex.items()

    def _decoded(
        self, data: bytes, start: Ints, end: Ints, heads: list[_Head]
    ) -> tuple[bytes, Ints, Ints, Ints, list[_Head]]:
        """The records as UTF-8, with their headers where they now are."""
        data, start, end = decoded(data, start, end)
        again = [self.layout.header.match(data, at, to) for at, to in zip(start.tolist(), end.tolist(), strict=True)]
        heads = [
            head._replace(end=match.end(), spans=match.regs[1:])
            if match
            else head._replace(end=at, spans=_nowhere(head))
            for head, match, at in zip(heads, again, start.tolist(), strict=True)
        ]
        return data, start, end, np.array([head.end for head in heads], np.int64), heads

    def _account(self, records: Headed, base: int, spans: list[Span]) -> None:
        for at, to, reason in sorted(spans):
            begin, end = self.source.original(base + np.array([at, to])).tolist()
            if reason:
                records.rejects.append(Reject(begin, end, reason))
            elif begin < end:
                records.framing.append((begin, end))


def _nowhere(head: _Head) -> tuple[tuple[int, int], ...]:
    return ((-1, -1),) * len(head.spans)


def _after_line_end(data: npt.NDArray[np.uint8], start: Ints, end: Ints) -> Ints:
    start = start + _is(data, start, end, 13) * _is(data, start + 1, end, 10)
    return start + _is(data, start, end, 10)


def _before_line_end(data: npt.NDArray[np.uint8], start: Ints, end: Ints) -> Ints:
    shorter = end - ((end > start) & _is(data, end - 1, end, 10))
    return np.where(shorter < end, shorter - ((shorter > start) & _is(data, shorter - 1, end, 13)), end)


def _is(data: npt.NDArray[np.uint8], at: Ints, end: Ints, byte: int) -> npt.NDArray[np.bool_]:
    """Whether `byte` is at each place before its end."""
    if not len(data):
        return np.zeros(len(at), bool)
    same: npt.NDArray[np.bool_] = (at >= 0) & (at < end) & (data[np.clip(at, 0, len(data) - 1)] == byte)
    return same
