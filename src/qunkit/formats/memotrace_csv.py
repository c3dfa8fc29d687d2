"""MemoTrace (WeChatMsg) CSV, versions 1.x to 3.x.

Version 2 writes `data/聊天记录/<chat>/<chat>_utf8.csv`:

    localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender
    12,3,1,0,0,1732982302,2,欢迎新朋友,2024-11-30 23:58:22,Kevin_Zhao,Kevin Zhao,wxid_aaa
    13,3,49,57,0,1732982408,2,,2024-12-01 00:00:08,Kevin_Zhao,Kevin Zhao,wxid_aaa

Version 3 writes `聊天记录/<chat>(<room id>)/<chat>.csv`:

    消息ID,类型,发送人,时间,内容,备注,昵称,更多信息
    2755705033944784198,文本,凯文,2024-11-30 23:58:22,欢迎新朋友,凯文,凯文,more

Kept: by version 2 sender ids, nicknames, remarks and instants; by version 3 message ids, quoted words, relays and announcements, and the time
of the exporting computer's clock.

Lost: by version 2 message ids, and the words of every card: replies, links, files, relays, announcements, red packets; by version 3
sender ids (only names are left).

The columns Remark, NickName and Sender came in December 2023: without them nobody knows who spoke. Where its database had no sender,
version 2 repeats the sender of the row before; that cannot be seen in the file. The very first versions (October 2023:
用户名,消息内容,发送时间,…) are read as far as they go.

`messages.csv`, version 2's export of all chats at once, has the same columns, but in another sense: Remark and NickName are those of
the chat, Sender is a shown name, or 我 for the exporting account. Private chats in it count as groups of their own; chats of the same name as one.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.parsing.csv_walk import columns_of, opening
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("MemoTrace (WeChatMsg) CSV, 1.x to 3.x", "留痕 MemoTrace（WeChatMsg）CSV，1.x 至 3.x")
HOW = Text(
    "In MemoTrace (留痕, also called WeChatMsg): 打开群聊 → 导出 → CSV. Keep the folder it writes: only its name says "
    "which group this is.",
    "在留痕（MemoTrace，又名 WeChatMsg）中打开群聊 → 导出 → CSV。保留它写出的文件夹：只有文件夹名说明是哪个群。",
)

_COLUMNS_3 = ("消息ID", "类型", "发送人", "时间", "内容")
_COLUMNS_2 = ("Type", "SubType", "IsSender", "CreateTime", "StrContent")
_WHO_2 = ("Remark", "NickName", "Sender")
_COLUMNS_1 = ("用户名", "消息内容", "发送时间", "消息类型", "isSend")
_STARTS_3 = re.compile(
    rb'"?\d[\d.E+]{0,20}"?[,;\t]"?[^,;\t\n"]{2,60}"?[,;\t][^\n]{0,200}?\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d', re.ASCII
)
_STARTS_2 = re.compile(rb'(?:"?-?\d{1,11}"?[,;\t]){7}', re.ASCII)
_STARTS_1 = re.compile(rb'"?\d{1,9}"?[,;\t]"?[^,;\t\n"]{1,60}"?[,;\t]', re.ASCII)

_CARD = 49
_MILLISECONDS = 100_000_000_000
"""An instant above this counts milliseconds, not seconds."""
_ID = re.compile(r"[A-Za-z][-_A-Za-z0-9]{4,}|.*@(?:openim|chatroom)", re.ASCII)
_ME = "我"
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s.]')
_PREFIX = r"^(?P<id>[-\w.@]{3,64}):\n"


def sniff(head: Head) -> bool:
    """The header names the columns of one of the versions."""
    names = set(columns_of(head.text))
    return any(names.issuperset(columns) for columns in (_COLUMNS_3, (*_COLUMNS_2, "localId"), (*_COLUMNS_1, "msgId")))


def read(source: Source) -> Iterator[Batch]:
    """The messages; of version 2 also the names of those who speak."""
    import numpy as np

    from qunkit.chat.memotrace_wording import group_of
    from qunkit.parsing.csv import read_records
    from qunkit.parsing.places import raw_batch
    from qunkit.parsing.threads import side_by_side

    names = columns_of(source.head.text)
    group_id, group_name = group_of(source.parts, ".csv", "_utf8")
    if "消息ID" in names:
        version_3 = partial(_version_3, group_id=group_id, group_name=group_name)
        yield from side_by_side(version_3, read_records(source, columns=_COLUMNS_3, starts_record=_STARTS_3))
    elif "localId" in names:
        every_chat = _is_of_every_chat(source.head.text)
        people: dict[str, dict[str, object]] = {}
        for records in read_records(source, columns=(*_COLUMNS_2, *_WHO_2), starts_record=_STARTS_2):
            records = _without_cut_sender(records)
            yield _version_2(records, None if every_chat else group_name, people)
        if people:
            yield Batch(raw_batch(np.empty(0, np.int64)), members=list(people.values()))
    else:
        for records in read_records(source, columns=_COLUMNS_1, starts_record=_STARTS_1):
            yield _version_1(records, group_name)


def _version_3(records: Records, group_id: str | None, group_name: str | None) -> Batch:
    from qunkit.chat.memotrace_table import columns
    from qunkit.parsing.csv import wall_clock

    records, wall = records.timed(wall_clock(records["时间"]))
    return records.batch(wall=wall, group_id=group_id, group_name=group_name, **columns(records))


def _version_2(records: Records, group_name: str | None, people: dict[str, dict[str, object]]) -> Batch:
    """The batch, its senders into `people`; without a `group_name` that of an export of all chats."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.kinds import wechat_kinds
    from qunkit.parsing.csv import filled, numbers
    from qunkit.schema import NOT_POSTS

    records, epoch = records.timed(_milliseconds(records["CreateTime"]))
    base, text = numbers(records["Type"]), records["StrContent"]
    kind = wechat_kinds(base, numbers(records["SubType"]))
    speaks = pc.not_equal(pc.fill_null(kind, "text"), "system")
    nothing = pa.scalar(None, pa.string())
    lost = pc.fill_null(pc.and_(pc.equal(base, _CARD), pc.equal(text, "")), False)
    sender, shown = filled(records["Sender"]), pc.coalesce(filled(records["NickName"]), filled(records["Remark"]))
    from_me = _flag(records["IsSender"])
    who: dict[str, pa.Array | str]
    if group_name is None:
        mine = pc.fill_null(pc.equal(sender, _ME), False)
        who = {"group_name": shown, "sender_name": pc.if_else(pc.and_(speaks, pc.invert(mine)), sender, nothing)}
        from_me = pc.if_else(mine, True, from_me)
    else:
        who = {
            "group_name": group_name,
            "sender_id": pc.if_else(speaks, sender, nothing),
            "sender_name": pc.if_else(speaks, shown, nothing),
            "extra": _remarks(records["Remark"], records["NickName"]),
        }
        posts = pc.invert(pc.is_in(kind, pa.array(NOT_POSTS)))
        _meet(people, records.rows.select(_WHO_2).filter(posts))
    return records.batch(
        epoch=epoch,
        native_type=pc.binary_join_element_wise(records["Type"], records["SubType"], "/"),
        kind=kind,
        text=pc.if_else(lost, nothing, text),
        from_me=from_me,
        **who,
    )


def _version_1(records: Records, group_name: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.kinds import wechat_kinds
    from qunkit.parsing.csv import numbers, wall_clock

    time = records["发送时间"]
    records, _ = records.timed(pc.coalesce(_milliseconds(time), wall_clock(time).cast(pa.int64())))
    epoch, chat, text = _milliseconds(records["发送时间"]), records["用户名"], records["消息内容"]
    nothing = pa.scalar(None, pa.string())
    from_me, is_room = _flag(records["isSend"]), pc.ends_with(chat, "@chatroom")
    others = pc.and_not(is_room, pc.fill_null(from_me, False))
    named = pc.and_(others, pc.match_substring_regex(text, _PREFIX))
    prefix = pc.struct_field(pc.extract_regex(text, _PREFIX), "id")
    base = numbers(records["消息类型"])
    return records.batch(
        epoch=epoch,
        wall=pc.if_else(pc.is_valid(epoch), pa.scalar(None, pa.timestamp("ms")), wall_clock(records["发送时间"])),
        group_id=pc.if_else(is_room, chat, nothing),
        group_name=group_name,
        sender_id=pc.if_else(named, prefix, pc.if_else(pc.or_(is_room, pc.fill_null(from_me, False)), nothing, chat)),
        native_type=records["消息类型"],
        kind=wechat_kinds(base, pa.nulls(len(base), pa.int64())),
        text=pc.if_else(named, pc.replace_substring_regex(text, _PREFIX, "", max_replacements=1), text),
        from_me=from_me,
    )


def _without_cut_sender(records: Records) -> Records:
    """Without a last record that has no line end: MemoTrace writes one, and what is cut there is the id of the sender."""
    end = records.source.size
    last = records.ends == end
    if last.any() and b"\n" not in records.source.raw(end - 2, end):
        return records.without(last, "truncated-tail")
    return records


def _is_of_every_chat(head: str) -> bool:
    """The export of all chats shows names where that of one chat has ids, and 我 for the owner. The first 64 KiB say so."""
    data = head[: head.rfind("\n") + 1].encode("utf-8", "replace")  # a cut id is none
    begin = opening(data)
    lines = io.StringIO(data[begin.end :].decode(), newline="")
    rows = csv.DictReader(lines, begin.names, delimiter=begin.delimiter.decode())
    senders = {row["Sender"] for row in rows if row.get("Sender")}
    return bool(senders) and (_ME in senders or not any(map(_ID.fullmatch, senders)))


def _milliseconds(texts: pa.Array) -> pa.Array:
    """Instants in seconds, or in milliseconds where the number is too great for seconds; null where it is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.csv import numbers

    number = numbers(texts)
    in_seconds = pc.less(number, _MILLISECONDS)
    return pc.multiply(number, pc.if_else(in_seconds, 1000, 1).cast(pa.int64()))


def _flag(column: pa.Array) -> pa.Array:
    """ "1" is true, "0" false, anything else null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(
        pc.is_in(column, value_set=pa.array(["0", "1"])), pc.equal(column, "1"), pa.scalar(None, pa.bool_())
    )


def _remarks(remark: pa.Array, nickname: pa.Array) -> pa.Array:
    """{"remark": …} where the owner gave the member a name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pairs = pc.binary_join_element_wise(remark, nickname, "\n").dictionary_encode()
    said = []
    for pair in pairs.dictionary.to_pylist():
        own, _, nick = pair.partition("\n")
        is_told = _is_told(own, nick)
        said.append(json.dumps({"remark": own}, ensure_ascii=False, separators=(",", ":")) if is_told else None)
    return pa.array(said, pa.string()).take(pairs.indices)


def _is_told(remark: str, nickname: str) -> bool:
    """Whether it is the owner's: without one, the column repeats the nickname as a file name."""
    return bool(remark) and remark not in (nickname, _NOT_IN_FILE_NAMES.sub("_", nickname))


def _meet(people: dict[str, dict[str, object]], rows: pa.RecordBatch) -> None:
    """Remember the names of every sender. They are those of the day of the export, the same in every row."""
    import pyarrow as pa

    told = pa.Table.from_batches([rows]).group_by(rows.schema.names, use_threads=False).aggregate([])
    for remark, nickname, member in zip(*(told[name].to_pylist() for name in _WHO_2), strict=True):
        names = {"nickname": nickname != member and nickname, "remark": _is_told(remark, nickname) and remark}
        if member and member not in people and any(names.values()):
            shown = {name: value or None for name, value in names.items()}
            people[member] = {"member_id": member, **shown, "complete": False}
