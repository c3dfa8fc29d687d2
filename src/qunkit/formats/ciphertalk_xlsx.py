"""CipherTalk (密语) workbook.

The one sheet of `<group>.xlsx` has the name of the chat:

    序号  时间                 日期        时刻      星期  发送者      微信ID    消息类型  消息内容    原始类型代码  时间戳       聊天记录详情
    2    2024/11/30 23:58:22  2024/11/30  23:58:22  六   Kevin Zhao  wxid_aaa  文本消息  欢迎新朋友  1           1732982302

Kept: sender ids and shown names, instants, types, texts, the whole of 接龙, the lines of forwarded chats.

Lost by the exporter: message ids; what a reply quotes; group nicknames; the words of structured notices; captions of red packets, what was called,
where, whose card, which video channel. The account that exported loses ``wxid_``, the begin of its id: it is put back where what is left has
the form of such an id and stands for the name as well.

A workbook may have 64 sheets, and a sheet 1,048,576 rows, 16,384 columns and 32,767 characters a cell; its XML, and the
text in it, 2 GiB each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("CipherTalk Excel", "密语 CipherTalk Excel")
HOW = Text(
    "In CipherTalk (密语) choose the group and export it as Excel.",
    "在密语（CipherTalk）中选择群聊，导出为 Excel。",
)

_COLUMNS = ("发送者", "微信ID", "消息类型", "消息内容", "原始类型代码", "时间戳", "聊天记录详情")
_CUT_ID = r"^[a-z0-9]{10,12}[12][12]$"
_ROOM = "@chatroom"
_LONGEST_SHEET = 31


def sniff(head: Head) -> bool:
    """A sheet with the columns."""
    return any(set(_COLUMNS) <= set(row) for rows in head.sheets.values() for row in rows)


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.chat.weflow_wording import chat_of
    from qunkit.parsing.sheets import read_table

    tables = (one for one in source.head.sheets.items() if any(set(_COLUMNS) <= set(row) for row in one[1]))
    name, rows = next(tables, ("", ()))
    room = next((cell for row in rows for cell in row if cell.endswith(_ROOM)), None)
    if len(name) in (0, _LONGEST_SHEET) and source.parts:
        name = chat_of(source.parts[-1])
    for records in read_table(source, _COLUMNS):
        yield _batch(records, room, name)


def _batch(records: Records, room: str | None, name: str) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.weflow_wording import kinds, notices, sentences, told
    from qunkit.parsing.csv import filled, numbers
    from qunkit.parsing.json_rows import instants

    records, epoch = records.timed(instants(numbers(records["时间戳"]).cast(pa.float64(), safe=False)))
    nothing = pa.scalar(None, pa.string())
    sender, shown = filled(records["微信ID"]), filled(records["发送者"])
    kind = kinds(numbers(records["原始类型代码"]), records["消息类型"])
    notice = notices(kind, sender, room)
    own = pc.fill_null(pc.and_(pc.equal(sender, shown), pc.match_substring_regex(sender, _CUT_ID)), False)
    words = pc.if_else(notice, sentences(records["消息内容"]), records["消息内容"])
    columns = told(kind, words)
    columns["text"] = _with_lines(columns, records["聊天记录详情"])
    return records.batch(
        epoch=epoch,
        group_id=room,
        group_name=name,
        sender_id=pc.if_else(
            notice, nothing, pc.if_else(own, pc.binary_join_element_wise("wxid_", sender, ""), sender)
        ),
        sender_name=pc.if_else(pc.or_(notice, own), nothing, shown),
        native_type=records["原始类型代码"],
        from_me=pc.if_else(own, own, pa.scalar(None, pa.bool_())),
        **columns,
    )


def _with_lines(columns: dict[str, pa.Array], lines: pa.Array) -> pa.Array:
    """The texts, and below the title of a forwarded chat its lines."""
    import pyarrow.compute as pc

    forward = pc.fill_null(pc.and_(pc.equal(columns["kind"], "forward"), pc.not_equal(lines, "")), False)
    whole = pc.binary_join_element_wise(columns["text"], lines, "\n")
    return pc.if_else(forward, pc.coalesce(whole, lines), columns["text"])
