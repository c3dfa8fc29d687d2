"""The summary of a run as a table: with every sum for machines, and so that a file is a line for people."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qunkit import ink
from qunkit.ingest.ledger import KINDS
from qunkit.results import Cell, Column, Note, Result
from qunkit.words import Lang, Text

if TYPE_CHECKING:
    from qunkit.ingest.summary import FileSummary, IngestSummary

_FOR_PEOPLE = 9
"""So many columns people see; a note tells of the forgotten, and the rest are bytes."""
_ROSTER = Text("list of {count}", "名单 {count} 人")
_NAMES = ("file", "group")
"""Columns that are cut in the middle where a line is too short for them …"""
_READABLE = 44
"""… but not below so many columns of the screen together, …"""
_SPARE = ("notices", "records", "format")
"""… for which these give way, in this order."""
_GAP = 2
_CUT = Text(
    "names cut in the middle (…); --format tsv has them whole", "过长的名称中间以 … 代替；--format tsv 给出全名"
)
_GONE = Text(
    "too narrow ({width}) for: {names}; --format tsv has them",
    "窗口太窄（{width}），未显示：{names}；--format tsv 给出全部",
)
_TITLES = {False: Text("Ingested files", "导入结果"), True: Text("Dry run", "试运行")}
STATUSES = {
    "ingested": Text("ingested", "已导入"),
    "already": Text("already in", "已导入过"),
    "skipped": Text("skipped", "已跳过"),
    "refused": Text("refused", "已拒绝"),
}
WOULD = {
    "ingested": Text("would go in", "可导入"),
    "already": STATUSES["already"],
    "skipped": Text("would be skipped", "会跳过"),
    "refused": Text("would be refused", "会拒绝"),
}
"""What a dry run says."""
_AGAIN = {False: Text("read again", "已重新读取"), True: Text("would be read again", "会重新读取")}

COLUMNS = (
    Column("file", "text", Text("file", "文件")),
    Column(
        "group",
        "text",
        Text("group", "群"),
        Text("its group's name or id; of several their number", "群名或群 id；多个群时为个数"),
    ),
    Column("format", "text", Text("format", "格式")),
    Column("status", "text", Text("status", "状态"), Text("ingested, already, skipped or refused", "导入状态")),
    Column(
        "records",
        "int",
        Text("records", "记录"),
        Text("records = new + known + rejected + forgotten", "记录 = 新增 + 已有 + 未识别 + 已删除"),
    ),
    Column(
        "new",
        "int",
        Text("new", "新增"),
        Text("messages and notices that the dataset lacked", "数据集中原来没有的消息和提示"),
    ),
    Column(
        "known", "int", Text("known", "已有"), Text("messages and notices it had already", "数据集中已有的消息和提示")
    ),
    Column(
        "rejected",
        "int",
        Text("rejected", "未识别"),
        Text("records that could not be read; kept as rejects", "无法读取的记录，已保留"),
    ),
    Column(
        "notices",
        "int",
        Text("notices", "提示"),
        Text("of new + known: joins, recalls, pats, …", "新增与已有中的入群、撤回、拍一拍等"),
    ),
    Column(
        "forgotten",
        "int",
        Text("forgotten", "已删除"),
        Text("records of forgotten members and groups; left out", "已删除成员和群的记录，未导入"),
    ),
    Column(
        "bytes",
        "int",
        Text("bytes", "字节"),
        Text("= messages + notices + rejects + framing", "= 消息 + 提示 + 未识别 + 结构"),
    ),
    Column("message_bytes", "int", Text("message bytes", "消息字节")),
    Column("notice_bytes", "int", Text("notice bytes", "提示字节")),
    Column("reject_bytes", "int", Text("reject bytes", "未识别字节")),
    Column("framing_bytes", "int", Text("framing bytes", "结构字节")),
)


def of(summary: IngestSummary, notes: list[Note]) -> Result:
    """One row a file, with every sum."""
    groups = _group_names(summary)
    rows = [_row(file, file.group(groups)) for file in summary.files]
    return Result("ingest", _TITLES[summary.dry], COLUMNS, rows, notes)


def for_people(
    summary: IngestSummary, names: Sequence[str], notes: list[Note], lang: Lang, width: int | None
) -> Result:
    """A file a line of `width`, without bytes, and without files that are like no export; `names` are the files'."""
    groups = _group_names(summary)
    cells = [
        _row_for_people(name, file, file.group(groups), lang, dry=summary.dry)
        for name, file in summary.named(names)
        if not file.unlike
    ]
    columns = COLUMNS[:_FOR_PEOPLE]
    if width and cells:
        columns, cells, said = _fitting(columns, cells, lang, width)
        notes = said + notes
    return Result("ingest", _TITLES[summary.dry], columns, cells, notes)


def names(summary: IngestSummary) -> list[str]:
    """The files' names without the folder they share."""
    labels = [file.label for file in summary.files]
    folder = os.path.commonpath([os.path.dirname(label) for label in labels]) if labels else ""
    return [label.removeprefix(folder).lstrip("/") for label in labels]


def _group_names(summary: IngestSummary) -> dict[str, str]:
    return {id_: name for file in summary.files for id_, name in file.groups if id_ and name}


def _row(file: FileSummary, group: Text | None) -> tuple[Cell, ...]:
    shares = [file.bytes.get(kind, 0) for kind in KINDS]
    counts = (file.total, file.new, file.known, file.rejected, file.notices)
    return (
        file.label,
        group.en if group else None,
        file.format,
        file.status,
        *counts,
        file.forgotten,
        file.size,
        *shares,
    )


def _row_for_people(name: str, file: FileSummary, group: Text | None, lang: Lang, *, dry: bool) -> tuple[Cell, ...]:
    """A row without the bytes; counts only of files that have any."""
    counts: tuple[Cell, ...] = (file.total, file.new, file.known, file.rejected, file.notices)
    status = (WOULD if dry else STATUSES)[file.status].say(lang)
    if file.status == "ingested" and file.before:
        status = _AGAIN[dry].say(lang)
    if file.members:
        status = _ROSTER.say(lang, count=f"{file.members:,}")
    if file.members or file.error:
        counts = (None,) * len(counts)
    return (name, group.say(lang) if group else None, file.format, status, *counts)


def _fitting(
    columns: Sequence[Column], cells: list[tuple[Cell, ...]], lang: Lang, width: int
) -> tuple[tuple[Column, ...], list[tuple[Cell, ...]], list[Note]]:
    """The columns that have room side by side, names cut in the middle so that no row needs a second line; and what is left out so."""
    widths = {
        column.name: max(ink.width(column.label.say(lang)), *(ink.width(ink.term(ink.show(row[at], column, lang))) for row in cells))
        for at, column in enumerate(columns)
    }  # fmt: skip

    def room() -> int:
        return width - sum(widths[name] + _GAP for name in widths if name not in _NAMES) - _GAP

    wanted = sum(widths[name] for name in _NAMES)
    for name in _SPARE:
        if room() < min(wanted, _READABLE):
            del widths[name]
    group = min(widths["group"], max(room() // 3, room() - widths["file"], 4))
    limits = {"group": group, "file": max(room() - group, 4)}
    kept = [(at, column) for at, column in enumerate(columns) if column.name in widths]
    rows = [tuple(_cut(row[at], limits.get(column.name)) for at, column in kept) for row in cells]
    gone = tuple(column.label for column in columns if column.name not in widths)
    notes = [Note(_GONE, (("width", width), ("names", gone)))] if gone else []
    notes += [Note(_CUT)] if any(widths[name] > limits[name] for name in _NAMES) else []
    return tuple(column for _, column in kept), rows, notes


def _cut(cell: Cell, limit: int | None) -> Cell:
    return ink.middle(ink.term(cell), limit) if isinstance(cell, str) and limit else cell
