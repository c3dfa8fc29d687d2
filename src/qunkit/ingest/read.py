"""One source, read whole: its records and rejects to spools, its account to a ledger, its people to `People`. Then told as observations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit import schema
from qunkit.chat.people import People
from qunkit.errors import InputChanged, NoMessages
from qunkit.exports import Batch, Reject
from qunkit.ingest import memory, rejected
from qunkit.ingest.clock import Clock
from qunkit.ingest.events import interpret
from qunkit.ingest.identify import beginning
from qunkit.ingest.ledger import Ledger
from qunkit.parsing.json_rows import well_formed
from qunkit.parsing.source import Source
from qunkit.parsing.threads import side_by_side
from qunkit.words import Text

Progress = Callable[[str, int, int], None]
"""Called with (label, bytes done, bytes in all)."""

_PIECE = 1 << 15
"""Rows."""
_SMALL = 1 << 20
"""Bytes of a file whose records are held: to write and read them takes longer than the rest."""
_TITLED = 1 << 10
"""Characters among which an export names its group."""
_ID = re.compile(r"[\w@.:-]+", re.ASCII)
NOTHING = Text("no record could be read", "没有可读取的记录")
ONLY_PRIVATE = Text("it holds private chats only; --private takes them", "其中只有私聊；如需导入，请加 --private")
EMPTY = Text("the file is empty", "文件为空")


@dataclass(slots=True)
class Reading:
    """What was read of one source, before zones and merging."""

    source: Source
    format: str
    id: str
    """16 hexadecimal digits: of the bytes, and of the group where the path names it."""
    spool: Path
    held: list[pa.RecordBatch] = field(default_factory=list)
    """The records, if the file is too small for a spool."""
    people: People = field(default_factory=People)
    ledger: Ledger = field(default_factory=Ledger)
    rejects: list[Reject] = field(default_factory=list)
    """In the order of the file, once it is read; their rows, with the bytes, are in `reject_spool`."""
    lines: list[int] = field(default_factory=list)
    """Line number of each reject's first byte, from 1."""
    members: list[dict[str, object]] = field(default_factory=list)
    messages: int = 0
    private: int = 0
    """Private chats that were left out."""
    wall_clocks: bool = False
    """Whether any time is a wall clock's, so that it depends on a zone."""
    suspects: int = 0
    """Lines that look like a message's header and were taken as text: people paste chats."""
    platform: str = "wechat"
    time_quality: str | None = None
    """minute or day, where the format says that its times are no finer."""
    group: tuple[str | None, str | None] = (None, None)
    """Group id and name of the first record: the group of members and records that name none."""

    def called(self, as_group: str | None) -> dict[str, str | None]:
        """What `as_group` (an id or a name), or the name of a file that names no group, puts in the place of every record's group.

        A name that only the file's place says does not stay beside an id that was given: it is no name of that group.
        """
        group_id, name = self.group
        if as_group and not _ID.fullmatch(as_group):
            return {"group_id": None, "group_name": as_group}
        if as_group:
            placed = not group_id and any(name in part for part in self.source.parts[-2:]) if name else True
            return {"group_id": as_group} | ({"group_name": None} if placed else {})
        return {} if group_id or name else {"group_name": Path(self.source.parts[-1]).stem}

    @property
    def reject_spool(self) -> Path:
        """Where the rows of the rejects are, if there are any."""
        return self.spool.with_suffix(".rejects")

    @property
    def guessed(self) -> bool:
        """Whether only the name of the file or of a folder says which group it is, and nothing near the begin of its text."""
        (group_id, name), head = self.group, self.source.head
        if group_id or not name:
            return not group_id
        return any(name in part for part in self.source.parts) and name not in f"{beginning(head)[:_TITLED]}{head.top}"


def begin(source: Source, name: str, module: ModuleType, as_group: str | None) -> tuple[str, Iterator[Batch]]:
    """The source's identity and its batches, the first one already read.

    The identity is that of the bytes, and of the group the first record names: a format may know it from the path alone, and then the
    same bytes in another folder are another group's. So they are under another `as_group`, another map of columns, and, being a
    list of members, at another date.
    """
    batches = map(_sound, module.read(source))
    first = next(batches, None)
    if first is None:
        raise NoMessages(path=source.label, why=EMPTY if not source.size else NOTHING)
    group = _group(first)
    facts = [source.options[fact] for fact in ("map", "at", "private") if fact in source.options]
    told = "\0".join([source.sha256, name, group[0] or "", group[1] or "", as_group or "", *facts])
    return hashlib.sha256(told.encode()).hexdigest()[:16], _again(first, batches)


def read(reading: Reading, batches: Iterator[Batch], module: ModuleType, progress: Progress) -> None:
    """Take in every batch.

    Raises:
        NoMessages: no record at all, or only rejects; of a roster, nobody; of a manifest it is not asked.
        InputChanged: the file changed meanwhile.
    """
    source = reading.source
    with _spooling(reading) as spool:
        for batch in batches:
            _take(reading, batch)
            spool(batch.messages.cast(schema.RAW.arrow))
            if len(batch.messages):
                progress(source.label, int(batch.messages.column("offset")[-1].as_py()), source.size)
    if reading.rejects:
        _spool_rejects(reading)
    if not source.unchanged():
        raise InputChanged(path=source.label)
    people = reading.members and getattr(module, "ROSTER", False)
    if not (reading.messages or people or hasattr(module, "files")):
        raise NoMessages(path=source.label, why=ONLY_PRIVATE if reading.private else NOTHING)
    progress(source.label, source.size, source.size)


def observe(reading: Reading, clock: Clock, as_group: str | None) -> Iterator[pa.RecordBatch]:
    """The source's observations, as `schema.OBSERVATIONS` without occurrence, seq and sources, but with ``offset``. The ledger gets to know them."""

    def observed(raw: pa.RecordBatch) -> pa.RecordBatch:
        return _observed(reading, raw, clock, as_group)

    if reading.messages > _PIECE:
        memory.give_back()  # what parsing took
    for batch in side_by_side(observed, _pieces(reading)):
        if len(batch):
            is_notice = pc.is_in(batch.column("kind"), pa.array(schema.NOT_POSTS))
            reading.ledger.add_records(batch.column("offset").to_numpy(), is_notice.to_numpy(zero_copy_only=False))
            yield batch


@contextmanager
def _spooling(reading: Reading) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Where records go until all are read."""
    if reading.source.size <= _SMALL:
        yield reading.held.append
        return
    with pa.OSFile(str(reading.spool), "wb") as file, pa.ipc.new_file(file, schema.RAW.arrow) as writer:
        yield writer.write_batch


def _pieces(reading: Reading) -> Iterator[pa.RecordBatch]:
    """What was read, in pieces of which several at a time do not fill the memory."""
    for batch in reading.held if reading.source.size <= _SMALL else _spooled(reading.spool):
        for start in range(0, len(batch), _PIECE):
            yield batch.slice(start, _PIECE)


def _spooled(spool: Path) -> Iterator[pa.RecordBatch]:
    with pa.OSFile(str(spool)) as file:
        spooled = pa.ipc.open_file(file)
        for number in range(spooled.num_record_batches):
            yield spooled.get_batch(number)


def _take(reading: Reading, batch: Batch) -> None:
    metadata = batch.messages.schema.metadata or {}
    reading.platform = metadata.get(b"platform", reading.platform.encode()).decode()
    if b"time_quality" in metadata:
        reading.time_quality = metadata[b"time_quality"].decode()
    if not reading.messages and not any(reading.group):
        reading.group = _group(batch)
    reading.messages += len(batch.messages)
    reading.suspects += batch.suspects
    reading.private += batch.private
    reading.wall_clocks |= _has_wall_clocks(batch)
    reading.ledger.add(batch)
    reading.rejects.extend(batch.rejects)
    reading.members.extend(batch.members)
    reading.people.add_batch(batch.messages)
    reading.people.add_members(batch.members)


def _has_wall_clocks(batch: Batch) -> bool:
    walls = batch.messages.column("wall")
    if walls.null_count < len(walls):
        return True
    types = {type(row.get(name)) for name in ("seen_at", "joined_at") for row in batch.members}
    return any(issubclass(one, datetime) for one in types)


def _observed(reading: Reading, raw: pa.RecordBatch, clock: Clock, as_group: str | None) -> pa.RecordBatch:
    told = interpret(raw, reading.people, reading.platform)
    sent_at, local_time, quality = clock.read(raw, reading.time_quality)
    columns = {name: told.column(name) for name in told.schema.names if name in schema.OBSERVATIONS.names}
    columns |= {"sent_at": sent_at, "local_time": local_time, "time_quality": quality}
    columns["platform"] = pa.array([reading.platform], pa.string()).take(pa.array(np.zeros(len(raw), np.int32)))
    columns["quote_time"] = clock.instants(told.column("quote_time"), pc.is_null(raw.column("epoch")))
    columns |= {name: pa.array([value] * len(raw), pa.string()) for name, value in reading.called(as_group).items()}
    columns["offset"] = raw.column("offset")
    return pa.RecordBatch.from_pydict(columns)


def _spool_rejects(reading: Reading) -> None:
    source, rejects = reading.source, reading.rejects
    rejects.sort(key=lambda reject: reject.start)
    reading.lines = rejected.lines(source, rejects)
    rejected.write(reading.reject_spool, rejected.told(source, reading.id, reading.format, rejects, reading.lines))


def _sound(batch: Batch) -> Batch:
    """The batch with rejects that are not too long, and texts of members that a column takes: JSON may hold halves of emoji."""
    batch.rejects = rejected.split(batch.rejects)
    try:
        "".join([value for row in batch.members for value in row.values() if isinstance(value, str)]).encode()
    except UnicodeEncodeError:
        batch.members = [
            {name: well_formed(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in batch.members
        ]
    return batch


def _group(batch: Batch) -> tuple[str | None, str | None]:
    """Of the first message, or where there are none, of the first member."""
    messages = batch.messages
    if not len(messages):
        told = next(iter(batch.members), {})
        return told.get("group_id"), told.get("group_name")  # type: ignore[return-value]
    return messages.column("group_id")[0].as_py(), messages.column("group_name")[0].as_py()


def _again(first: Batch, rest: Iterator[Batch]) -> Iterator[Batch]:
    yield first
    yield from rest
