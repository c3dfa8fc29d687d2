"""A chat as WeFlow's and EchoTrace's workbooks have it: rows that say which chat it is, a header, then a row a message.

What a message says is worded as in WeFlow's text; its type is a label.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.weflow_wording import chat_of, kinds, notices, senders, told
from qunkit.exports import Batch, Head
from qunkit.parsing.csv import Records, filled, wall_clock
from qunkit.parsing.places import raw_batch
from qunkit.parsing.sheets import read_table

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

HEADER = ("时间", "发送者身份", "消息类型", "内容")
"""In every variant."""
NAMED = ("发送者昵称", "发送者微信ID", "发送者备注")
"""In the full variants."""
CARD = "群昵称"
"""In WeFlow's full variant of a group."""
_OWNER = "我"
_FACTS = ("微信ID", "昵称")
_NOTHING = pa.scalar(None, pa.string())


def begin(head: Head) -> list[tuple[str, ...]]:
    """The rows of the first sheet with such a table up to its header, which is the last; empty if there is none."""
    for rows in head.sheets.values():
        for number, row in enumerate(rows, 1):
            if set(HEADER) <= set(row):
                return list(rows[:number])
    return []


def read(source: Source) -> Iterator[Batch]:
    """The messages, and the names of those who speak, as far as the table has their ids."""
    cells = [pair for row in begin(source.head) for pair in pairwise(row)]
    facts = {label: next((value for name, value in cells if name == label and value), None) for label in _FACTS}
    room, name = facts["微信ID"], facts["昵称"]
    if (not name or name == room) and source.parts:
        name = chat_of(source.parts[-1])
    people: dict[str, dict[str, object]] = {}
    for records in read_table(source, HEADER, columns=(*HEADER, *NAMED, CARD)):
        yield _batch(records, room, name, people)
    if people:
        yield Batch(raw_batch(np.empty(0, np.int64)), members=list(people.values()))


def _batch(records: Records, room: str | None, name: str | None, people: dict[str, dict[str, object]]) -> Batch:
    records, wall = records.timed(wall_clock(records["时间"]))
    sender, shown = filled(records["发送者微信ID"]), filled(records["发送者身份"])
    kind = kinds(pa.nulls(len(sender), pa.int64()), records["消息类型"])
    has_ids = records["发送者微信ID"].null_count < len(sender)
    notice = notices(kind, sender, room) if has_ids else pc.fill_null(pc.equal(kind, "system"), False)
    card, nickname = filled(records[CARD]), filled(records["发送者昵称"])
    own = pc.equal(shown, _OWNER)
    names = pc.coalesce(card, nickname, pc.if_else(own, _NOTHING, shown)) if has_ids else senders(shown, name or "")
    _meet(people, records.rows.filter(pc.invert(notice)))
    return records.batch(
        wall=wall,
        group_id=room,
        group_name=name,
        sender_id=pc.if_else(notice, _NOTHING, sender),
        sender_name=pc.if_else(notice, _NOTHING, names),
        native_type=records["消息类型"],
        from_me=pc.if_else(own, own, pa.scalar(None, pa.bool_())),
        **told(kind, records["内容"]),
    )


def _meet(people: dict[str, dict[str, object]], rows: pa.RecordBatch) -> None:
    """Remember the names of every sender that has an id. They are those of the day of the export, the same in every row."""
    for nickname, member, remark, card in dict.fromkeys(
        zip(*(rows[name].to_pylist() for name in (*NAMED, CARD)), strict=True)
    ):
        if member and member not in people:
            people[member] = {
                "member_id": member,
                "nickname": nickname or None,
                "remark": remark or None,
                "group_nickname": card or None,
                "complete": False,
            }
