"""MemoTrace (WeChatMsg) HTML, versions 2.x and 3.x.

A page is read out of the script that fills it. Version 2 writes literals of JavaScript:

    const chatMessages = [
    { type:1, text: '欢迎新朋友',is_send:0,avatar_path:'',timestamp:1732982302,is_chatroom:1,displayname:'Kevin_Zhao'},

Version 3 writes JSON, and the id of the group where it has one:

    const wxid="58192034417@chatroom";
    const chatMessages = [
        {"type": "1", "is_send": false, "timestamp": 1732982302, "server_id": "2755705033944784198",
         "display_name": "凯文", "xml_dict": {}, "text": "欢迎新朋友"}

Kept: instants, shown names, texts, quoted words, notices; of version 3 also message ids and the whole XML of cards, as in the JSON beside
the page.

Lost: ids of senders; of version 2 also those of messages, stickers (they look like images), and every type it does not know
(relays, announcements, forwarded chats, …).

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("MemoTrace (WeChatMsg) HTML, 2.x and 3.x", "留痕 MemoTrace（WeChatMsg）HTML，2.x 与 3.x")
HOW = Text(
    "In MemoTrace (留痕, also called WeChatMsg): 打开群聊 → 导出 → HTML. Keep the folder it writes: only its name "
    "says which group this is.",
    "在留痕（MemoTrace，又名 WeChatMsg）中打开群聊 → 导出 → HTML。保留它写出的文件夹：只有文件夹名说明是哪个群。",
)

_LIMIT = 1 << 20
"""Bytes of the longest record."""
_OVERLAP = 256
"""Longer than what opens the messages, or what a record begins with."""
_TAIL = 64 << 10
_OPEN = re.compile(rb"const\s+chatMessages\s*=\s*\[")
_TITLE = re.compile(r"<title>([^<]*)</title>", re.IGNORECASE)
_ROOM = re.compile(r"const\s+wxid\s*=\s*[\"']([0-9A-Za-z_-]+@chatroom)[\"']")
_TOKEN = re.compile(rb""""[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|["'{}\[\]]""", re.DOTALL)
_GAP = re.compile(rb"[\s,]*")
_BEGIN = re.compile(rb"\{\s*\"?type\"?\s*:")
_FRAMING = ""


@dataclass(slots=True)
class _Found:
    """Pieces of the text, one behind the other."""

    starts: list[int] = field(default_factory=list)
    end: int = 0
    pieces: list[dict[str, Any] | str] = field(default_factory=list)
    """The columns of a message; else why it is none."""

    def add(self, start: int, piece: dict[str, Any] | str) -> None:
        self.starts.append(start)
        self.pieces.append(piece)


@dataclass(slots=True)
class _Scanner:
    """Finds the records in what it is fed; keeps what is not settled. A piece is, when it is known where the next one begins."""

    mixed: bool
    rest: bytes = b""
    base: int = 0
    """Place of `rest` in the text."""
    is_open: bool = False
    is_closed: bool = False
    lost: str = ""
    """Why everything up to the begin of a record is rejected."""
    begin: re.Pattern[bytes] = _BEGIN
    """How a record begins, in every byte as the first one: the messages of a forwarded chat are indented more."""

    def feed(self, block: bytes, *, last: bool = False) -> _Found:
        data = self.rest + block
        found, place = _Found(), 0
        while place < len(data) and (after := self._next(data, place, last, found)):
            place = after
        found.starts = [start + self.base for start in found.starts]
        self.rest, self.base = data[place:], self.base + place
        found.end = self.base
        return found

    def _next(self, data: bytes, place: int, last: bool, found: _Found) -> int:
        """Take the piece at `place`, and give the place behind it. 0: more is needed."""
        if self.lost:
            return self._lose(data, place, place, last, found)
        if not self.is_open:
            return self._open(data, place, last, found)
        if self.is_closed or data.startswith(b"]", place):
            self.is_closed = True
            found.add(place, _FRAMING)
            return len(data)
        if not data.startswith(b"{", place):
            self.lost = "bad-record"
            return self._lose(data, place, place + 1, last, found)
        return self._record(data, place, last, found)

    def _open(self, data: bytes, place: int, last: bool, found: _Found) -> int:
        """What stands before the first record."""
        opening = _OPEN.search(data, place)
        end = _gap(data, opening.end()) if opening else len(data)
        self.is_open = opening is not None and (end < len(data) or last)
        if not self.is_open and not last:
            end = opening.start() if opening else max(len(data) - _OVERLAP, 0)
        if end <= place:
            return 0
        found.add(place, _FRAMING)
        return end

    def _record(self, data: bytes, start: int, last: bool, found: _Found) -> int:
        end = _end(data, start)
        after = _gap(data, end) if end else len(data)
        if not last and after == len(data) and after - start <= _LIMIT:
            return 0
        piece = _told(data[start:end], self.mixed) if 0 < end - start <= _LIMIT else ""
        if isinstance(piece, dict):
            found.add(start, piece)
            if self.begin is _BEGIN:
                self.begin = re.compile(re.escape(data[start : data.index(b":", start) + 1]))
            return after
        again = self.begin.search(data, start + 1, after)  # a quote too many may hide where it ends
        found.add(start, piece or ("bad-record" if again else "truncated-tail" if last else "record-too-long"))
        if not again and not last and after == len(data):
            self.lost = "record-too-long"
        return again.start() if again else after

    def _lose(self, data: bytes, start: int, search: int, last: bool, found: _Found) -> int:
        """Reject what is up to the next begin of a record."""
        again = self.begin.search(data, search)
        end = again.start() if again else len(data) if last else max(len(data) - _OVERLAP, 0)
        if end > start:
            found.add(start, self.lost)
        if again:
            self.lost = ""
        if again and end == start:
            return self._record(data, start, last, found)
        return end if end > start else 0


def sniff(head: Head) -> bool:
    """A page with MemoTrace's array of messages."""
    page = head.text.lstrip()[:16].lower().startswith(("<!doctype html", "<html"))
    return page and _OPEN.search(head.text.encode("utf-8", "replace")) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    group_id, group_name = _group(source)
    scanner = _Scanner(source.encoding == "mixed")
    for _, block in source.blocks():
        yield _batch(source, scanner.feed(block), group_id, group_name)
    yield _batch(source, scanner.feed(b"", last=True), group_id, group_name)


def _gap(data: bytes, place: int) -> int:
    match = _GAP.match(data, place)
    return match.end() if match else place


def _end(data: bytes, start: int) -> int:
    """Behind the bracket that closes the one at `start`; 0: the data end before."""
    depth = 0
    for token in _TOKEN.finditer(data, start):
        mark = token[0]
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if not depth:
                return token.end()
        elif len(mark) == 1:
            return 0
    return 0


def _told(raw: bytes, mixed: bool) -> dict[str, Any] | str:
    """The columns of a record of either version; else why there are none."""
    from qunkit.chat import memotrace_literal, memotrace_record
    from qunkit.parsing.json_rows import decoded, loads

    try:
        text = decoded(raw, mixed)
    except UnicodeDecodeError:
        return "undecodable"
    if literal := memotrace_literal.parsed(text):
        return {"epoch": literal.get("timestamp"), **memotrace_literal.told_by(literal)}
    try:
        record = loads(raw, mixed)
    except (ValueError, RecursionError):
        return "bad-record"
    return {"epoch": record.get("timestamp"), **memotrace_record.told_by(record)}


def _batch(source: Source, found: _Found, group_id: str | None, group_name: str | None) -> Batch:
    import numpy as np
    import pyarrow as pa

    from qunkit.chat.memotrace_record import TOLD
    from qunkit.exports import Reject
    from qunkit.parsing.csv import Records
    from qunkit.parsing.json_rows import instants
    from qunkit.schema import RAW

    places = source.original(np.array([*found.starts, found.end], np.int64))
    if found.starts and not found.starts[0]:
        places[0] = 0
    begins, ends = places[:-1], places[1:]
    is_row = np.array([not isinstance(piece, str) for piece in found.pieces], bool)
    rows: list[Any] = [piece for piece in found.pieces if not isinstance(piece, str)]
    others = [
        (int(begin), int(end), piece)
        for begin, end, piece in zip(begins, ends, found.pieces, strict=True)
        if isinstance(piece, str) and begin < end
    ]
    told = {name: pa.array([row[name] for row in rows], RAW.arrow.field(name).type) for name in TOLD}
    records = Records(
        source,
        pa.RecordBatch.from_pydict(told),
        begins[is_row],
        ends[is_row],
        [Reject(begin, end, why) for begin, end, why in others if why != _FRAMING],
        [(begin, end) for begin, end, why in others if why == _FRAMING],
    )
    times = pa.array([_seconds(row["epoch"]) for row in rows], pa.float64())
    records, epoch = records.timed(instants(times))
    columns = {name: records[name] for name in TOLD}
    return records.batch(epoch=epoch, group_id=group_id, group_name=group_name, **columns)


def _seconds(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _group(source: Source) -> tuple[str | None, str | None]:
    """Id and name: from the folder, else from the page, else from the file's name."""
    from qunkit.chat.memotrace_wording import group_of

    group_id, name = group_of(source.parts, ".html")
    if group_id:
        return group_id, name
    tail = source.raw(max(source.size - _TAIL, 0), source.size).decode("utf-8", "replace")
    room = _ROOM.search(source.head.text) or _ROOM.search(tail)
    title = _TITLE.search(source.head.text)
    return room[1] if room else None, (html.unescape(title[1]).strip() if title else "") or name
