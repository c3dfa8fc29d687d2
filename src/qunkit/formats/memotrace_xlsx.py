"""MemoTrace (WeChatMsg) workbook, version 3.x.

It writes `聊天记录/<chat>(<room id>)/<chat>.xlsx`, with the messages in the sheet 聊天记录:

    消息ID               类型    发送人    时间                   内容        备注      昵称         更多信息
    2755705033944784198  文本    凯文      2024-11-30 23:58:22    欢迎新朋友  凯文      Kevin Zhao   more

and the people in the sheet 成员信息:

    wxid                 微信号  类型  群昵称  昵称
    wxid_k3vv01zhao22            0     凯文    Kevin Zhao

Kept: message ids, quoted words, relays and announcements; ids of the senders that 成员信息 lists under the same two names; time is that of
the exporting computer's clock.

Lost: ids of senders who are not listed (they have left, or are no contacts), and of two who share both names.

A workbook may have 64 sheets, and a sheet 1,048,576 rows, 16,384 columns and 32,767 characters a cell; its XML, and the
text in it, 2 GiB each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("MemoTrace (WeChatMsg) 3.x XLSX", "留痕 MemoTrace（WeChatMsg）3.x XLSX")
HOW = Text(
    "In MemoTrace 3 (留痕): 打开群聊 → 导出 → Excel. Keep the folder it writes: only its name has the group's id.",
    "在留痕（MemoTrace）3 中打开群聊 → 导出 → Excel。保留它写出的文件夹：只有文件夹名里有群 id。",
)

_COLUMNS = ("消息ID", "类型", "发送人", "时间", "内容")
_NICKNAME = "昵称"
_PEOPLE = "成员信息"


def sniff(head: Head) -> bool:
    """A sheet has MemoTrace's columns."""
    return any(set(_COLUMNS) <= set(row) for rows in head.sheets.values() for row in rows)


def read(source: Source) -> Iterator[Batch]:
    """The messages, then the members."""
    import numpy as np

    from qunkit.chat.memotrace_wording import group_of
    from qunkit.parsing.places import raw_batch
    from qunkit.parsing.sheets import read_table, rows

    group_id, group_name = group_of(source.parts, ".xlsx")
    members = _members(rows(source, _PEOPLE))
    ids = _ids(members)
    for records in read_table(source, _COLUMNS, columns=(*_COLUMNS, _NICKNAME)):
        yield _batch(_without_paths(records), ids, group_id, group_name)
    if members:
        yield Batch(raw_batch(np.empty(0, np.int64)), members=members)


def _without_paths(records: Records) -> Records:
    """Without the rows that hold nothing but where a voice or a picture lies: they are no messages."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = pc.binary_join_element_wise(*(records[name] for name in _COLUMNS[:4]), "")
    kept = pc.not_equal(told, "").to_numpy(zero_copy_only=False)
    return replace(
        records,
        rows=records.rows.filter(pa.array(kept)),
        offsets=records.offsets[kept],
        ends=records.ends[kept],
        framing=[*records.framing, *zip(records.offsets[~kept].tolist(), records.ends[~kept].tolist(), strict=True)],
    )


def _batch(records: Records, ids: Mapping[tuple[str, str], str], group_id: str | None, group_name: str | None) -> Batch:
    import pyarrow as pa

    from qunkit.chat.memotrace_table import columns
    from qunkit.parsing.csv import wall_clock

    records, wall = records.timed(wall_clock(records["时间"]))
    told = columns(records)
    names = zip(told["sender_name"].to_pylist(), records[_NICKNAME].to_pylist(), strict=True)
    told["sender_id"] = pa.array([ids.get(_pair(shown, nickname)) for shown, nickname in names], pa.string())
    return records.batch(wall=wall, group_id=group_id, group_name=group_name, **told)


def _ids(members: list[dict[str, object]]) -> dict[tuple[str, str], str]:
    """Both names of a member → the id, where nobody else has the same two."""
    found: dict[tuple[str, str], set[str]] = {}
    for member in members:
        found.setdefault(_pair(member["group_nickname"], member["nickname"]), set()).add(str(member["member_id"]))
    return {pair: next(iter(ids)) for pair, ids in found.items() if len(ids) == 1}


def _members(table: list[list[str]]) -> list[dict[str, object]]:
    """Rows of MEMBERS from the sheet of the people. It lists whom MemoTrace knows, not the whole group."""
    head, *lines = table or [[]]
    people = [dict(zip(head, line, strict=False)) for line in lines]
    return [
        {
            "member_id": one["wxid"],
            "group_nickname": one.get("群昵称") or None,
            "nickname": one.get("昵称") or None,
            "account": one.get("微信号") or None,
            "complete": False,
        }
        for one in people
        if one.get("wxid")
    ]


def _pair(shown: object, nickname: object) -> tuple[str, str]:
    """Two names to compare: some are spelled as in file names, some are not."""
    from qunkit.chat.people import file_safe, nfc

    return file_safe(nfc(str(shown))), file_safe(nfc(str(nickname)))
