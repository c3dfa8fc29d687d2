"""WeFlow CSV for the training tool WeClone.

It writes `<group>.csv`, with the columns that WeClone takes:

    id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime
    2,2755705033944784198,text,0,Kevin Zhao,欢迎新朋友,,2024-11-30T15:58:22.000Z
    10,1695560838454876846,text,0,Kevin Zhao,有,还差2个[引用 阿岚：几点],,2024-11-30T16:00:08.000Z

Kept: message ids, shown names, instants, texts, and the words and the sender of what a reply quotes.

Lost by the exporter: ids of members, the type of most cards (they are told as texts with WeFlow's marks: [链接], [文件]), the body
of 接龙 and of video channel cards, captions of red packets, names of contact cards, who joined in structured join notices (``$names$`` stays
unfilled), who patted whom. Notices stand under the group's name.

PyWxDump's CSV, from which the layout comes, has a column room_name besides, and ids for talkers.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.parsing.csv_walk import columns_of
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("WeFlow CSV for WeClone", "WeFlow WeClone CSV")
HOW = Text(
    "In WeFlow choose the group and export it in the format WeClone. Keep the name of the file: only it says which "
    "group this is.",
    "在 WeFlow 中选择群聊，导出为 WeClone 格式。不要改文件名：只有文件名说明是哪个群。",
)

_COLUMNS = ("MsgSvrID", "type_name", "is_sender", "talker", "msg", "CreateTime")
_STARTS = re.compile(rb'"?\d{1,9}"?[,;\t]"?\d[\d.E+]{0,20}"?[,;\t]"?[a-z]{4,8}"?[,;\t]"?[01]"?[,;\t]', re.ASCII)
_MEDIA = ("image", "voice", "video", "sticker", "location", "file")
"""Types that say the kind; quotes, cards and notices are all "text"."""


def sniff(head: Head) -> bool:
    """The header names WeClone's columns, and no room: with one it is PyWxDump's."""
    names = set(columns_of(head.text))
    return names.issuperset(_COLUMNS) and "room_name" not in names


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.chat.weflow_wording import chat_of
    from qunkit.parsing.csv import read_records

    chat = chat_of(source.parts[-1]) if source.parts else ""
    for records in read_records(source, columns=_COLUMNS, starts_record=_STARTS):
        yield _batch(records, chat)


def _batch(records: Records, chat: str) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.weflow_wording import senders, told, untold

    records, epoch = records.timed(_instants(records["CreateTime"]))
    nothing = pa.scalar(None, pa.string())
    type_, words = records["type_name"], records["msg"]
    known = pc.is_in(type_, value_set=pa.array(_MEDIA))
    kind = pc.if_else(known, type_, nothing)
    lost = pc.and_(pc.equal(words, ""), pc.equal(type_, "text"))
    by_type, by_words = told(kind, words), untold(pc.if_else(lost, nothing, words))
    exact = pc.match_substring_regex(records["MsgSvrID"], r"^\d+$")  # a spreadsheet makes 2.75571E+18 of it
    return records.batch(
        epoch=epoch,
        group_name=chat,
        native_id=pc.if_else(exact, records["MsgSvrID"], nothing),
        sender_name=senders(records["talker"], chat),
        native_type=type_,
        from_me=pc.equal(records["is_sender"], "1"),
        **{name: pc.if_else(known, by_type[name], by_words[name]) for name in by_type},
    )


def _instants(texts: pa.Array) -> pa.Array:
    """``2024-11-30T15:58:22.000Z`` as milliseconds since 1970; null where it is no such time."""
    import pyarrow as pa

    try:
        return texts.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        return pa.array(map(_instant, texts.to_pylist()), pa.int64())


def _instant(text: str) -> int | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(time.timestamp() * 1000) if time.tzinfo else None
