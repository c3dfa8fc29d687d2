"""What became of every file of a run: counts that add up, and the reason where nothing went in."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qunkit import schema
from qunkit.errors import Contradicts, QunkitError
from qunkit.ingest.ledger import KINDS
from qunkit.ingest.overlap import GOOD, SILENT, Match, Seams
from qunkit.ingest.read import Reading
from qunkit.results import Column, Note, Result
from qunkit.words import Lang, Text

PARTLY = 3
_FOR_PEOPLE = 9
"""So many columns people see; the rest splits up the bytes."""

AMBIGUOUS = Text(
    "at {seams} moments several exports are cut: up to {count} messages that look the same there may be missing",
    "有 {seams} 个时刻恰在多份导出的边界：那里看起来相同的消息可能少计至多 {count} 条",
)

STATUSES = {
    "ingested": Text("ingested", "已导入"),
    "already": Text("already ingested", "已导入过"),
    "skipped": Text("skipped", "已跳过"),
    "refused": Text("refused", "已拒绝"),
}

COLUMNS = (
    Column("file", "text", Text("file", "文件")),
    Column("format", "text", Text("format", "格式")),
    Column("status", "text", Text("status", "状态"), Text("ingested, already, skipped or refused", "导入状态")),
    Column(
        "records",
        "int",
        Text("records", "记录"),
        Text("records = new + known + rejected", "记录 = 新增 + 已有 + 未识别"),
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


@dataclass(slots=True)
class FileSummary:
    """One file: its format, what became of it, and its account."""

    label: str
    format: str | None = None
    status: str = "ingested"
    size: int = 0
    id: str | None = None
    records: dict[str, int] = field(default_factory=dict)
    """Records per kind: message, notice, reject, framing."""
    bytes: dict[str, int] = field(default_factory=dict)
    """Bytes per kind; they add up to the size."""
    new: int = 0
    notes: list[Note] = field(default_factory=list)
    doubtful: bool = False
    """It went in, though too much of it is not what was known."""
    error: QunkitError | None = None

    @classmethod
    def failed(cls, label: str, error: QunkitError) -> FileSummary:
        """A file that never was opened."""
        summary = cls(label)
        summary.fail(error, "refused")
        return summary

    @property
    def rejected(self) -> int:
        """Records that could not be read."""
        return self.records.get("reject", 0)

    @property
    def notices(self) -> int:
        """Joins, recalls, pats and other notices, new or known."""
        return self.records.get("notice", 0)

    @property
    def known(self) -> int:
        """Messages and notices that the dataset had already."""
        return self.records.get("message", 0) + self.notices - self.new

    @property
    def total(self) -> int:
        """new + known + rejected."""
        return self.new + self.known + self.rejected

    def fail(self, error: QunkitError, status: str) -> None:
        """Nothing of the file went in."""
        self.status, self.error, self.records, self.bytes = status, error, {}, {}

    def repeat(self, source: dict[str, Any], tz: str | None) -> None:
        """The same bytes went in before."""
        self.status, self.id = "already", source["id"]
        self.records, self.bytes = source["records"], source["bytes"]
        told = Text(
            "the same export was ingested before as {name}; nothing to add", "同一导出此前已以 {name} 导入，无需添加"
        )
        self.notes.append(Note(told, (("name", source["name"]),)))
        if tz and tz != source["tz"]:
            told = Text(
                "it was read with --tz {old}, and stays so; for {new} ingest everything into a new dataset",
                "当时按 --tz {old} 读取，保持不变；如需 {new}，请将全部导出导入新数据集",
            )
            self.notes.append(Note(told, (("old", source["tz"]), ("new", tz))))

    def account(self, records: dict[str, int], bytes_: dict[str, int], reading: Reading) -> None:
        """Take over the ledger's sums."""
        self.id, self.records, self.bytes = reading.id, records, bytes_
        for reason, count in sorted(Counter(reject.reason for reject in reading.rejects).items()):
            first = min(reject.start for reject in reading.rejects if reject.reason == reason)
            told = Text(
                "{count} rejected: {why}, first at byte {first}", "{count} 条未识别：{why}，首个位于字节 {first}"
            )
            self.notes.append(Note(told, (("count", count), ("why", schema.REASONS[reason]), ("first", first))))
        if reading.members and not reading.messages:
            told = Text("a list of {count} members", "名单，共 {count} 名成员")
            self.notes.append(Note(told, (("count", len(reading.members)),)))
        if reading.suspects:
            told = Text(
                "{count} lines look like the header of a message but are older than it: taken as quoted text",
                "{count} 行像消息头，但时间早于所在消息：按引用的文字处理",
            )
            self.notes.append(Note(told, (("count", reading.suspects),)))
        if reading.time_quality == "day":
            told = Text(
                "the export keeps days, not times: its messages stand at 00:00, count in no hour, session or reply, and only on days of which "
                "the group has nothing finer",
                "该导出只有日期，没有时刻：消息都记在 00:00，不计入小时、会话和回复，且只在该群没有更精确数据的日子计入",
            )
            self.notes.append(Note(told))
        if reading.source.encoding in ("gb18030", "mixed"):
            told = Text("read as {encoding}: the file does not say its encoding", "按 {encoding} 读取：文件未注明编码")
            self.notes.append(Note(told, (("encoding", reading.source.encoding),)))

    def compare(self, match: Match, *, force: bool) -> None:
        """How well it agrees with what was known."""
        facts = (("matched", match.matched), ("of", match.of), ("group", match.group), ("cause", match.cause_said))
        if match.refused and not force:
            self.fail(Contradicts(path=self.label, **dict(facts)), "refused")
        elif match.rate < SILENT:
            told = Text(
                "{matched} of {of} messages are those that the dataset has of the same group ({group}) and hours{cause}",
                "与数据集中同一群（{group}）、同一时段的消息相比，{of} 条中有 {matched} 条一致{cause}",
            )
            self.notes.append(Note(told, facts))
            self.doubtful = match.rate < GOOD

    def credit(self, new: dict[str, int]) -> None:
        """How many of the records the dataset lacked, known after the merge."""
        if self.status == "ingested" and self.id:
            self.new = new.get(self.id, 0)


@dataclass(slots=True)
class IngestSummary:
    """One run."""

    dataset: Path
    files: list[FileSummary] = field(default_factory=list)
    snapshot: str | None = None
    """The snapshot that was committed; None if there was nothing to commit."""
    seams: list[Seams] = field(default_factory=list)
    """Of every commit."""

    @property
    def code(self) -> int:
        """0 complete; 3 partly; 65, 66, … if nothing at all went in. Unknown files met in a folder do not count."""
        went_in = [file for file in self.files if file.status in ("ingested", "already")]
        errors = [file.error for file in self.files if file.error and file.status == "refused"]
        if not went_in:
            errors = errors or [file.error for file in self.files if file.error]
            return max((error.code for error in errors), default=66)
        return PARTLY if errors or any(file.rejected or file.doubtful for file in went_in) else 0

    def to_result(self) -> Result:
        """The summary as a table, one row a file, with every sum."""
        notes = [
            Note(Text("{file}: {note}", "{file}：{note}"), (("file", file.label), ("note", note)))
            for file in self.files
            for note in file.notes
        ]
        notes += [
            Note(AMBIGUOUS, (("count", seams.ambiguous), ("seams", seams.count)))
            for seams in self.seams
            if seams.ambiguous
        ]
        return Result("ingest", Text("Ingested files", "导入结果"), COLUMNS, [_row(file) for file in self.files], notes)

    def for_people(self, lang: Lang) -> Result:
        """The same to look at: names without the folder they share, and the bytes added up in a sentence."""
        result = self.to_result()
        folder = os.path.commonpath([os.path.dirname(file.label) for file in self.files]) if self.files else ""
        names = [file.label.removeprefix(folder).lstrip("/") for file in self.files]
        rows = zip(names, self.files, strict=True)
        result.columns = COLUMNS[:_FOR_PEOPLE]
        result.cells = [
            (name, file.format, STATUSES[file.status].say(lang), *_row(file)[3:_FOR_PEOPLE]) for name, file in rows
        ]
        if any(file.bytes for file in self.files):
            result.notes.append(self._bytes())
        return result

    def _bytes(self) -> Note:
        totals = {kind: sum(file.bytes.get(kind, 0) for file in self.files) for kind in KINDS}
        told = Text(
            "Every byte is accounted for: {message} in messages + {notice} in notices + {reject} rejected + {framing} framing = {total}.",
            "每个字节都有去处：消息 {message} + 提示 {notice} + 未识别 {reject} + 结构 {framing} = {total}。",
        )
        return Note(told, (*totals.items(), ("total", sum(totals.values()))))


def _row(file: FileSummary) -> tuple[str | int | None, ...]:
    shares = [file.bytes.get(kind, 0) for kind in KINDS]
    counts = (file.total, file.new, file.known, file.rejected, file.notices)
    return (file.label, file.format, file.status, *counts, file.size, *shares)
