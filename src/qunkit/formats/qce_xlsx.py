"""QQChatExporter (QCE) workbook.

It writes `group_<name>_<number>_<date>_<time>.xlsx`; the sheet 聊天记录 is:

    序号 | 时间                | 发送者 | 发送者QQ号 | 消息类型 | 消息内容                          | 是否撤回 | 资源数量
    1    | 2024-12-01 00:00:01 | Kevin  | 10002      | type_9   | [回复 阿岚: 东门集合]⏎还差2个     | 否       | 0
    2    | 2024-12-01 00:00:10 | Kevin  | 10002      | type_2   | [图片: A1.jpg] [image: A1.jpg]    | 否       | 1

Kept: senders' numbers and one name each, times to the second (of the exporting computer's clock), texts, who was quoted and the quoted words,
notices, whether a message was recalled, the names of files.

Lost: message ids, mentioned ids, the contents of pictures and stickers. JSON keeps more.

Of the types only that of notices (type_5) is asked: what else a message is, its text says as in the other exports of the tool. The other sheets
(统计信息, 发送者统计, 资源列表) say nothing more.

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

TITLE = Text("QQChatExporter workbook", "QQChatExporter Excel")
HOW = Text(
    "In QQChatExporter (QCE) choose the group and export it as Excel. Keep the file's name: only it holds the group's "
    "name and number.",
    "在 QQChatExporter（QCE）中选择群聊，导出为 Excel。不要改文件名：只有文件名里有群名和群号。",
)

_COLUMNS = ("时间", "发送者", "发送者QQ号", "消息类型", "消息内容", "是否撤回", "资源数量")
_NOTICE = "type_5"
_RESOURCES = tuple(f" [{type_}: " for type_ in ("image", "audio", "video", "file"))
_RECALLED = '{"recalled":true}'


def sniff(head: Head) -> bool:
    """A sheet with QQChatExporter's columns."""
    return any(set(row).issuperset(_COLUMNS) for rows in head.sheets.values() for row in rows)


def read(source: Source) -> Iterator[Batch]:
    """The messages. Message ids are null: the file has none."""
    from qunkit.chat.qce import group_of
    from qunkit.parsing.sheets import read_table

    group = group_of(source.parts)
    known: set[str] = set()
    for records in read_table(source, _COLUMNS):
        yield _batch(records, known, *group)


def _batch(records: Records, known: set[str], group_id: str | None, group_name: str | None) -> Batch:
    """The batch; `known` holds the names of those who spoke so far, and learns more."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.qce import PLATFORM, told
    from qunkit.parsing.csv import filled, wall_clock

    records, wall = records.timed(wall_clock(records["时间"]))
    name, number = filled(records["发送者"]), filled(records["发送者QQ号"])
    known.update(filter(None, name.unique().to_pylist()))
    notice = pc.equal(records["消息类型"], _NOTICE)
    nothing = pa.scalar(None, pa.string())
    columns = told(_texts(records), known)
    columns["kind"] = pc.if_else(notice, "system", columns["kind"])
    batch = records.batch(
        wall=wall,
        group_id=group_id,
        group_name=group_name,
        sender_id=pc.if_else(pc.or_(notice, pc.equal(number, "0")), nothing, number),
        sender_name=pc.if_else(notice, nothing, name),
        native_type=filled(records["消息类型"]),
        extra=pc.if_else(pc.equal(records["是否撤回"], "是"), _RECALLED, nothing),
        **columns,
    )
    batch.messages = batch.messages.replace_schema_metadata(PLATFORM)
    return batch


def _texts(records: Records) -> pa.Array:
    """The texts without the list of resources behind them."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put

    text, count = records["消息内容"], records["资源数量"]
    rows = pc.indices_nonzero(pc.match_substring_regex(count, "^[1-9][0-9]{0,2}$"))
    lists = zip(text.take(rows).to_pylist(), count.take(rows).to_pylist(), strict=True)
    return put(text, rows, [_without_list(words, int(number)) for words, number in lists])


def _without_list(text: str, number: int) -> str:
    for _ in range(number):
        at = max(text.rfind(mark) for mark in _RESOURCES)
        if at < 0 or not text.endswith("]"):
            break
        text = text[:at]
    return text
