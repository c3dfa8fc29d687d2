"""chatlog CSV, which chatlog (sjzar/chatlog) writes since 2025-08-24.

A message:

    Time,SenderName,Sender,TalkerName,Talker,Content
    2024-11-30 23:58:22,凯文,wxid_aaa,周末群,58192034417@chatroom,欢迎新朋友
    2024-12-01 00:00:08,凯文,wxid_aaa,周末群,58192034417@chatroom,"> 阿岚(wxid_me) 11-30 23:58:50
    > 本周路线
    有,还差2个"

Kept: ids of members and group, what a reply quotes and when that was sent, ids in most lines about who joined. Times are
those of the exporting computer's clock.

Lost: message ids, relays, announcements, titles of mini programs, who patted whom in WeChat 4, and the words of red packets and
contact cards. Such a pat is an empty message; nothing else is.

chatlog cuts the owner's own messages at the first line that ends in a colon and takes what is before it for the sender. Such rows are
put together again, if that "sender" cannot be an id: a line such as `Notice:` can.

A record may have 1 MiB: a longer one is rejected.
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
HOW = Text(
    "With `chatlog server` running, open "
    "`http://127.0.0.1:5030/api/v1/chatlog?time=2024-11-30~2024-12-01&talker=58192034417@chatroom&format=csv` and "
    "save the page.",
    "运行 `chatlog server`，打开 "
    "`http://127.0.0.1:5030/api/v1/chatlog?time=2024-11-30~2024-12-01&talker=58192034417@chatroom&format=csv` "
    "并保存页面。",
)

_COLUMNS = ("Time", "SenderName", "Sender", "TalkerName", "Talker", "Content")
_STARTS = re.compile(rb'"?\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d(?::\d\d)?"?[,;\t](?:[^,;\t\n]{0,200}[,;\t]){4}', re.ASCII)


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

    from qunkit.chat.chatlog_wording import NOTICE, is_cut, take_off
    from qunkit.parsing.csv import filled, wall_clock

    records, wall = records.timed(wall_clock(records["Time"]))
    sender, text = records["Sender"], records["Content"]
    notice, cut = pc.equal(sender, NOTICE), is_cut(sender)
    speaks = pc.invert(pc.or_(pc.or_(notice, cut), pc.ends_with(sender, "@chatroom")))
    nothing = pa.scalar(None, pa.string())
    columns = {
        "kind": pc.if_else(notice, "system", nothing),
        "text": pc.if_else(cut, pc.binary_join_element_wise(sender, text, ":\n"), text),
    }
    take_off(columns, wall, pc.or_(cut, notice))
    _lose_cut_cards(columns, cut)
    return records.batch(
        wall=wall,
        group_id=filled(records["Talker"]),
        group_name=filled(records["TalkerName"]),
        sender_id=pc.if_else(speaks, filled(sender), nothing),
        sender_name=pc.if_else(speaks, filled(records["SenderName"]), nothing),
        from_me=pc.if_else(cut, True, pa.scalar(None, pa.bool_())),
        **columns,
    )


def _lose_cut_cards(columns: dict[str, pa.Array], cut: pa.Array) -> None:
    """Where the colon was in a card's XML, the card is lost."""
    import pyarrow.compute as pc

    from qunkit.chat.chatlog_wording import Wording
    from qunkit.chat.columns import put

    rows = pc.indices_nonzero(pc.and_(cut, pc.starts_with(columns["text"], "<")))
    for name in ("kind", "text"):
        columns[name] = put(columns[name], rows, [getattr(Wording("other", None), name)] * len(rows))
