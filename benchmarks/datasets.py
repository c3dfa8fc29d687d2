"""Datasets of invented chats, written straight into a snapshot's layout with the project's own writers: reading exports takes longer.

Messages and members are as an ingest leaves them; observations, which no answer reads, are left out. Kept in build/bench and made once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import chats
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from exports import CACHE

from qunkit.ingest import months, parquet, store
from qunkit.schema import MEMBERS, MESSAGES

TZ = "Asia/Shanghai"
_ROWS = 1 << 17
_EVENTS = {"invited": "invited", "joined_qr": "joined_qr", "recalled": "recalled"}


def made(messages: int, groups: int) -> Path:
    """A dataset of so many messages in so many groups, a few of them busy and most quiet."""
    path = CACHE / f"dataset-{messages}-{groups}"
    if not (path / "CURRENT").exists():
        with store.writing(path, TZ, 0) as staging, ExitStack() as parts:
            months = _Months(staging, parts)
            for group, size in sorted(_sizes(messages, groups), key=lambda one: one[0].id):
                for batch in chats.batches(size, group.number, whole=messages):
                    months.add(rows(batch))
            months.close()
            _write_members(staging, groups, chats.BEGIN + chats.days(messages) * 86400)
            store.commit(staging, {"sources": [], "fingerprint": f"{messages:016x}"})
    return path


def rows(batch: chats.Batch) -> pa.Table:
    """A batch as rows of messages."""
    count = len(batch.number)
    notice = batch.of(*_EVENTS)
    kinds = [("recall" if kind == "recalled" else "system") if kind in _EVENTS else kind for kind in chats.KINDS]
    who, names = chats.accounts(batch.group).take(pa.array(batch.sender)), chats.NAMES.take(pa.array(batch.sender))
    same = np.concatenate([[False], np.diff(batch.at) == 0])
    begins = np.maximum.accumulate(np.where(same, 0, np.arange(count)))
    at = pa.array(batch.at * 1000).cast(pa.timestamp("ms", "UTC"))
    known = {
        "platform": pa.repeat("wechat", count),
        "group_id": pa.repeat(batch.group.id, count),
        "group_name": pa.repeat(batch.group.name, count),
        "message_id": batch.ids,
        "native_id": batch.ids,
        "seq": pa.array(np.arange(count) - begins, pa.int32()),
        "sent_at": at,
        "local_time": pa.array((batch.at + chats.SHANGHAI) * 1000).cast(pa.timestamp("ms")),
        "time_quality": pa.repeat("exact", count),
        "sender_id": pc.if_else(notice, None, who),
        "sender_name": pc.if_else(notice, None, names),
        "kind": pa.array(kinds).take(pa.array(batch.kind)),
        "text": batch.text,
        "event": pa.array([_EVENTS.get(kind) for kind in chats.KINDS], pa.string()).take(pa.array(batch.kind)),
        "actor_id": pc.if_else(notice, who, None),
        "actor_name": pc.if_else(notice, names, None),
        "target_ids": _listed(who, batch.of("invited", "joined_qr")),
        "target_names": _listed(names, batch.of("invited", "joined_qr")),
        "reply_to": pc.if_else(batch.of("quote"), batch.ids.take(pa.array(batch.quoted)), None),
        "reply_how": pc.if_else(batch.of("quote"), "id", None),
        "mention_ids": _listed(who, pc.starts_with(batch.text, "@")),
        "from_me": pa.repeat(False, count),
        "source": pa.repeat("0" * 16, count),
    }
    return pa.table(
        [known.get(field.name, pa.nulls(count, field.type)) for field in MESSAGES.arrow], schema=MESSAGES.arrow
    )


@dataclass
class _Months:
    """The open parts of all months, and for each what is not yet a row group."""

    staging: store.Staging
    parts: ExitStack
    open: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    waiting: dict[str, list[pa.Table]] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def add(self, table: pa.Table) -> None:
        """Rows in order of time."""
        months = table["local_time"].to_numpy().astype("datetime64[M]")
        ends = [0, *(np.flatnonzero(np.diff(months.astype(int))) + 1).tolist(), len(months)]
        for start, end in pairwise(ends):
            month = str(months[start])
            self.waiting.setdefault(month, []).append(table.slice(start, end - start))
            if sum(map(len, self.waiting[month])) >= _ROWS:
                self._flush(month)

    def close(self) -> None:
        """Finish every part."""
        for month in list(self.waiting):
            self._flush(month)
        self.parts.close()
        for month, count in self.written.items():
            self.staging.finish(months.messages(month), count)

    def _flush(self, month: str) -> None:
        table = pa.concat_tables(self.waiting.pop(month))
        if month not in self.open:
            file = self.parts.enter_context(self.staging.create(months.messages(month)))
            self.open[month] = self.parts.enter_context(parquet.writer(file, MESSAGES.arrow))
        self.open[month].write_table(table, row_group_size=_ROWS)
        self.written[month] = self.written.get(month, 0) + len(table)


def _write_members(staging: store.Staging, groups: int, at: int) -> None:
    """Complete rosters, made at the end."""
    part = "members/part.parquet"
    with staging.create(part) as file, parquet.writer(file, MEMBERS.arrow) as writer:
        for group in sorted((chats.Group(number) for number in range(groups)), key=lambda one: one.id):
            writer.write_table(_members(group, at))
    staging.finish(part, groups * chats.MEMBERS)


def _members(group: chats.Group, at: int) -> pa.Table:
    count = chats.MEMBERS
    known: dict[str, Any] = {
        "group_id": pa.repeat(group.id, count),
        "member_id": chats.accounts(group),
        "nickname": chats.NAMES,
        "role": pa.repeat("member", count),
        "complete": pa.repeat(True, count),
        "seen_at": pa.array([at * 1000] * count, pa.timestamp("ms", "UTC")),
        "source": pa.repeat("0" * 16, count),
    }
    return pa.table(
        [known.get(field.name, pa.nulls(count, field.type)) for field in MEMBERS.arrow], schema=MEMBERS.arrow
    )


def _sizes(messages: int, groups: int) -> Iterator[tuple[chats.Group, int]]:
    """Every group and how many messages it has: all together `messages`, each at least one."""
    weights = np.cumsum(1 / np.arange(1, groups + 1) ** 0.7)
    ends = groups + np.round(weights / weights[-1] * (messages - groups)).astype(int)
    ends += np.arange(groups) - groups + 1
    for number, size in enumerate(np.diff(ends, prepend=0).tolist()):
        yield chats.Group(number), size


def _listed(values: pa.StringArray, kept: pa.BooleanArray) -> pa.ListArray:
    """A list of one value where `kept`, else null."""
    count = len(values)
    lists = pa.ListArray.from_arrays(pa.array(np.arange(count + 1), pa.int32()), values)
    return pc.if_else(kept, lists, pa.scalar(None, lists.type))
