"""Small datasets by hand: the Parquet files of one committed state, without an ingest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from qunkit.schema import MEMBERS, MESSAGES

SHANGHAI = timedelta(hours=8)
EVER, NEVER = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2900-01-01")


def write_snapshot(
    folder: Path,
    rows: Iterable[Mapping[str, Any]],
    members: Iterable[Mapping[str, Any]] = (),
    *,
    reverse: bool = False,
) -> Path:
    """`folder` with ``messages/month=…/part.parquet`` and ``members/part.parquet``, as the store writes them.

    A row of `rows` needs ``at`` only (Shanghai wall clock: a datetime, or "2026-05-04 09:00:00"); any column of MESSAGES may be
    said. Left out: group "g", sender None for notices (``event`` given) and "a" for messages, kind text (or system), text "",
    message_id and seq counted in the order given. A row of `members` needs ``member_id`` only. `reverse` writes rows last to first:
    the order of rows in a file means nothing.
    """
    table = pa.Table.from_pylist([_message(n, row) for n, row in enumerate(rows)], schema=MESSAGES.arrow)
    months = [f"{at:%Y-%m}" for at in table["local_time"].to_pylist()]
    for month in set(months):
        part = table.filter(pa.array([name == month for name in months]))
        part = part.sort_by([("group_id", "ascending"), ("sent_at", "ascending"), ("seq", "ascending")])
        part = part.take(pa.array(range(part.num_rows)[::-1])) if reverse else part
        _write(folder / "messages" / f"month={month}" / "part.parquet", part)
    listed = [_member(row) for row in members]
    if listed:
        _write(folder / "members" / "part.parquet", pa.Table.from_pylist(listed, schema=MEMBERS.arrow))
    return folder


def moment(text: str | datetime) -> datetime:
    """A naive wall-clock time."""
    return datetime.fromisoformat(text) if isinstance(text, str) else text


def _message(n: int, row: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(row)
    local = moment(given.pop("at"))
    notice = "event" in given
    group = given.get("group_id", "g")
    defaults: dict[str, Any] = {
        "platform": "wechat",
        "group_id": group,
        "group_name": f"Group {group}",
        "message_id": f"m{n}",
        "seq": n,
        "sent_at": (local - SHANGHAI).replace(tzinfo=UTC),
        "local_time": local,
        "time_quality": "exact",
        "sender_id": None if notice else "a",
        "sender_name": None if notice else f"Name {given.get('sender_id', 'a')}",
        "kind": "system" if notice else "text",
        "text": "",
        "from_me": False,
        "source": "0" * 16,
    }
    _known(given, MESSAGES.names)
    return defaults | given


def _member(row: Mapping[str, Any]) -> dict[str, Any]:
    _known(row, MEMBERS.names)
    return {"group_id": "g", "complete": True, "source": "0" * 16} | dict(row)


def _known(row: Mapping[str, Any], names: tuple[str, ...]) -> None:
    if unknown := set(row) - set(names):
        raise TypeError(f"no such column: {unknown}")


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd")


TWELVE: tuple[dict[str, Any], ...] = (
    # Monday 4 May 2026: two conversations
    {"at": "2026-05-04 09:00:00", "sender_id": "a", "text": "请问"},
    {"at": "2026-05-04 09:00:30", "sender_id": "a", "text": "有人吗？"},
    {"at": "2026-05-04 09:01:00", "sender_id": "b", "text": "在", "kind": "quote", "reply_to": "m0", "reply_how": "id"},
    {"at": "2026-05-04 09:03:30", "sender_id": "a", "text": "好"},
    {"at": "2026-05-04 09:06:00", "sender_id": "a", "text": "明天见"},
    {"at": "2026-05-04 10:00:00", "sender_id": "c", "kind": "image"},
    # Tuesday: a notice only
    {"at": "2026-05-05 08:00:00", "event": "invited", "actor_id": "a", "target_ids": ["d"]},
    # Wednesday into Thursday, across midnight
    {"at": "2026-05-06 23:59:59", "sender_id": "d", "text": "大家好"},
    {
        "at": "2026-05-07 00:00:30",
        "sender_id": "b",
        "text": "欢迎",
        "kind": "quote",
        "reply_to": "m7",
        "reply_how": "id",
        "mention_ids": ["d"],
    },
    # Friday and Saturday: nothing at all. Sunday: staff
    {"at": "2026-05-10 20:00:00", "sender_id": "s", "text": "通知"},
    # Monday of the week after: two messages in one second
    {"at": "2026-05-11 12:00:00", "sender_id": "a", "text": "1"},
    {"at": "2026-05-11 12:00:00", "sender_id": "b", "text": "1"},
)
"""Twelve rows of one group "g"; "s" is staff. Small enough to work every figure out by hand."""
