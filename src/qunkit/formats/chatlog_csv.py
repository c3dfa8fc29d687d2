"""With `chatlog server` running, open
`http://127.0.0.1:5030/api/v1/chatlog?time=2024-11-30~2024-12-01&talker=58192034417@chatroom&format=csv` and save the page. Needs
chatlog (sjzar/chatlog) of 2025-08-24 or later.

A message:

    Time,SenderName,Sender,TalkerName,Talker,Content
    2024-11-30 23:58:22,凯文,wxid_aaa,周末群,58192034417@chatroom,欢迎新朋友
    2024-12-01 00:00:08,凯文,wxid_aaa,周末群,58192034417@chatroom,"> 阿岚(wxid_me) 11-30 23:58:50
    > 本周路线
    有,还差2个"

Kept: ids of members and group, what a reply quotes and when that was sent, ids in most lines about who joined. Times are
those of the exporting computer's clock.

Lost: message ids, relays, announcements, titles of mini programs, who patted whom in WeChat 4, and the words of red packets and
contact cards.

chatlog cuts the owner's own messages at the first line that ends in a colon and takes what is before it for the sender. Such rows are
put together again, if that "sender" cannot be an id: a line such as `Notice:` can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.parsing.csv_walk import columns_of
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("chatlog CSV", "chatlog CSV")

_COLUMNS = ("Time", "SenderName", "Sender", "TalkerName", "Talker", "Content")
_STARTS = re.compile(rb'"?\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d(?::\d\d)?"?[,;\t](?:[^,;\t\n]{0,200}[,;\t]){4}', re.ASCII)
_NOTICE = "系统消息"
_ID = re.compile(r"[A-Za-z][-_A-Za-z0-9]{4,}|.*@(?:openim|chatroom)", re.ASCII)


def sniff(head: Head) -> bool:
    """The header names chatlog's columns."""
    return set(columns_of(head.text)).issuperset(_COLUMNS)


def read(source: Source) -> Iterator[Batch]:
    """The messages, of every chat in the file. `from_me` is known only of the rows put together again; their sender is the owner."""
    from qunkit.parsing.csv import read_records

    for records in read_records(source, columns=_COLUMNS, starts_record=_STARTS):
        yield _batch(records)


def _batch(records: Records) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.csv import filled, wall_clock

    records, wall = records.timed(wall_clock(records["Time"]))
    sender, text = records["Sender"], records["Content"]
    notice, cut = pc.equal(sender, _NOTICE), _is_cut(sender)
    speaks = pc.invert(pc.or_(pc.or_(notice, cut), pc.ends_with(sender, "@chatroom")))
    nothing = pa.scalar(None, pa.string())
    columns = {
        "kind": pc.if_else(notice, "system", nothing),
        "text": pc.if_else(cut, pc.binary_join_element_wise(sender, text, ":\n"), text),
        "quote_time": pa.nulls(len(text), pa.int64()),
        **{name: pa.nulls(len(text), pa.string()) for name in ("quote_sender", "quote_text", "extra")},
    }
    _take_off_wording(columns, cut, wall)
    return records.batch(
        wall=wall,
        group_id=filled(records["Talker"]),
        group_name=filled(records["TalkerName"]),
        sender_id=pc.if_else(speaks, filled(sender), nothing),
        sender_name=pc.if_else(speaks, filled(records["SenderName"]), nothing),
        from_me=pc.if_else(cut, True, pa.scalar(None, pa.bool_())),
        **columns,
    )


def _is_cut(sender: pa.Array) -> pa.Array:
    """Whether the sender is the first line of a message of the owner's."""
    import pyarrow as pa

    senders = sender.dictionary_encode()
    cut = [bool(name) and name != _NOTICE and not _ID.fullmatch(name) for name in senders.dictionary.to_pylist()]
    return pa.array(cut, pa.bool_()).take(senders.indices)


def _take_off_wording(columns: dict[str, pa.Array], cut: pa.Array, wall: pa.Array) -> None:
    """Undo chatlog's wording in the rows that can have any."""
    import pyarrow.compute as pc

    from qunkit.chat.chatlog_wording import MARKS, Wording, undo
    from qunkit.chat.columns import put

    text = columns["text"]
    marked = pc.starts_with(text, MARKS[0])
    for mark in MARKS[1:]:
        marked = pc.or_(marked, pc.starts_with(text, mark))
    rows = pc.indices_nonzero(pc.and_(marked, pc.and_(pc.invert(cut), pc.is_null(columns["kind"]))))
    found = [undo(*row) for row in zip(text.take(rows).to_pylist(), wall.take(rows).to_pylist(), strict=True)]
    broken = pc.indices_nonzero(
        pc.and_(cut, pc.starts_with(text, "<"))
    )  # the colon was in a card's XML: the card is lost
    for name, column in columns.items():
        undone = put(column, rows, [getattr(wording, name) for wording in found])
        columns[name] = put(undone, broken, [getattr(Wording("other", None), name)] * len(broken))
