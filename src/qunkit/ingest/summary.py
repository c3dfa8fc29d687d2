"""What became of every file of a run: counts that add up, and the reason where nothing went in."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from qunkit import ink, schema
from qunkit.errors import Contradicts, InputRefused, MissingInput, QunkitError, UnknownFormat, worst
from qunkit.ingest.ledger import KINDS
from qunkit.ingest.overlap import GOOD, RENAMED, SILENT, Match, Seams
from qunkit.ingest.read import Reading
from qunkit.results import Cell, Column, Note, Result
from qunkit.words import Lang, Text

PARTLY = 3
_MILD = (InputRefused.code, MissingInput.code)
"""Codes of files that others make up for."""
_FOR_PEOPLE = 9
"""So many columns people see; the rest are bytes."""
AMBIGUOUS = Text(
    "at {seams} moments two exports meet: of the equal messages there at most {count} may be missing",
    "两份导出的交界处有 {seams} 个时刻，相同的消息至多可能少计 {count} 条",
)
GUESSED = Text(
    "{count} files do not say their group's name, so it is that of the file or folder: {files}; if it is wrong, give --as-group",
    "{count} 个文件的群名取自文件名或文件夹名：{files}；不对请用 --as-group",
)
DRY = Text(
    "dry run: nothing was written; without --dry-run this would be added",
    "试运行：没有写入任何内容；去掉 --dry-run 才会导入",
)
SKIPPED = Text("{count} unknown files skipped: {endings}{how}", "跳过 {count} 个无法识别的文件：{endings}{how}")
_HOW = Text("; --format tsv lists them", "；逐个查看请用 --format tsv")
_NO_ENDING = Text("without ending", "无扩展名")
LISTED = Text("a list of {count} members", "名单，共 {count} 名成员")
"""For machines; people see it in the row."""
_ROSTER = Text("list of {count}", "名单 {count} 人")
_WAYS_OUT = {
    "truncated-tail": Text(
        "; the file is incomplete, perhaps not downloaded to the end: export it again",
        "；文件不完整，可能没有下载完：请重新导出",
    ),
}
"""What to do where records were rejected for a reason."""
_FEW = 3
"""So many files a note names."""
_ENDINGS = 6
_NAMES = ("file", "group")
"""Columns that are cut in the middle where a line is too short for them …"""
_READABLE = 44
"""… but not below so many columns of the screen together, …"""
_SPARE = ("notices", "records", "format")
"""… for which these give way, in this order."""
_GAP = 2
_MERGED = ("count", "first", "name")
"""Facts that equal notes of several files may differ in: a count is added up, others are listed."""

WOULD = Text("would go in", "可导入")
STATUSES = {
    "ingested": Text("ingested", "已导入"),
    "already": Text("already in", "已导入过"),
    "skipped": Text("skipped", "已跳过"),
    "refused": Text("refused", "已拒绝"),
}

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


_WHO = Text("`qunkit alias list` shows who changed the name", "用 `qunkit alias list` 查看是谁改过名")


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
    forgotten: int = 0
    """Messages and notices of members and groups that were forgotten: left out."""
    groups: list[tuple[str | None, str | None]] = field(default_factory=list)
    """Id and name of every group in it, as they stand there."""
    guessed: bool = False
    """Only the name of the file or of its folder says which group it is."""
    members: int = 0
    """Of a file that is nothing but a list of them."""
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
        return self.records.get("message", 0) + self.notices - self.forgotten - self.new

    @property
    def total(self) -> int:
        """new + known + rejected."""
        return self.new + self.known + self.rejected

    def group(self, names: Mapping[str, str]) -> Text | None:
        """Name or id of its group; of several their number. `names`: those of ids that other files know."""
        shown = {id_ or name: name or names.get(id_ or "", id_) for id_, name in self.groups}
        if len(shown) > 1:
            return Text(f"{len(shown):,} groups", f"{len(shown):,} 个群")
        return next((Text(name, name) for name in shown.values() if name), None)

    @property
    def unlike(self) -> bool:
        """A file met in a folder that is like no export: a picture, a document."""
        return self.status == "skipped" and type(self.error) is UnknownFormat and not self.error.facts["near"]

    def fail(self, error: QunkitError, status: str) -> None:
        """Nothing of the file went in."""
        self.status, self.error, self.records, self.bytes = status, error, {}, {}

    def repeat(self, source: dict[str, Any], name: str, tz: str | None) -> None:
        """The same bytes went in before, which is news only if their `name` was another."""
        self.status, self.id = "already", source["id"]
        self.records, self.bytes = source["records"], source["bytes"]
        self.forgotten = sum(source.get("forgotten", {}).values())
        self.groups, self.members = [(id_, name) for id_, name in source.get("groups", ())], source.get("members", 0)
        if name != source["name"]:
            told = Text("the same export was ingested before as {name}", "同一导出此前已以 {name} 导入")
            self.notes.append(Note(told, (("name", source["name"]),)))
        if tz and tz != source["tz"]:
            told = Text(
                "it was read with --tz {old}, and stays so; to read it anew with {new}, add --again",
                "当时按 --tz {old} 读取，保持不变；如需按 {new} 重新读取，请加 --again",
            )
            self.notes.append(Note(told, (("old", source["tz"]), ("new", tz))))

    def account(self, records: dict[str, int], bytes_: dict[str, int], reading: Reading) -> None:
        """Take over the ledger's sums."""
        self.id, self.records, self.bytes = reading.id, records, bytes_
        self.members = 0 if reading.messages else len(reading.members)
        reasons = [reject.reason for reject in reading.rejects]
        for reason, count in sorted(Counter(reasons).items()):
            told = Text(
                "{count} rejected: {why}, first at {first}{out}", "{count} 条未识别：{why}，首个位于{first}{out}"
            )
            facts = (
                ("why", schema.REASONS[reason]),
                ("first", _place(reasons.index(reason), reading)),
                ("out", _WAYS_OUT.get(reason, "")),
            )
            self.notes.append(Note(told, (("count", count), *facts)))
        if reading.private:
            told = Text(
                "private chats left out: {count}; --private takes them", "略过 {count} 个私聊；如需导入，请加 --private"
            )
            self.notes.append(Note(told, (("count", reading.private),)))
        if self.forgotten:
            told = Text("{count} messages of forgotten members left out", "略去已遗忘成员的 {count} 条消息")
            self.notes.append(Note(told, (("count", self.forgotten),)))
        if self.members:
            self.notes.append(Note(LISTED, (("count", self.members),)))
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
            self.notes += [Note(_WHO)] if match.cause == RENAMED else []
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
    dry: bool = False
    """It was a rehearsal: nothing is committed."""

    @property
    def code(self) -> int:
        """0 complete; 3 partly; 65, 66, … if nothing at all went in; the worst of all. Unknown files met in a folder do not count."""
        went_in = [file for file in self.files if file.status in ("ingested", "already")]
        errors = [file.error for file in self.files if file.error and file.status == "refused"]
        if not went_in:
            errors = errors or [file.error for file in self.files if file.error]
            return worst([error.code for error in errors] or [MissingInput.code])
        codes = [PARTLY if error.code in _MILD else error.code for error in errors]
        return worst([*codes, *(PARTLY if file.rejected or file.doubtful else 0 for file in went_in)])

    def to_result(self) -> Result:
        """The summary as a table, one row a file, with every sum."""
        names = [file.label for file in self.files]
        groups = self._group_names
        rows = [_row(file, file.group(groups)) for file in self.files]
        return Result("ingest", self._title, COLUMNS, rows, self._notes(names))

    def for_people(self, lang: Lang, width: int | None = None) -> Result:
        """The same to look at, each file on a line of `width`: names without the folder they share, no unknown files, no bytes."""
        folder = os.path.commonpath([os.path.dirname(file.label) for file in self.files]) if self.files else ""
        names = [file.label.removeprefix(folder).lstrip("/") for file in self.files]
        groups = self._group_names
        cells = [
            _row_for_people(name, file, file.group(groups), lang, dry=self.dry)
            for name, file in zip(names, self.files, strict=True)
            if not file.unlike
        ]
        columns = COLUMNS[:_FOR_PEOPLE]
        columns, cells = _fitting(columns, cells, lang, width) if width and cells else (columns, cells)
        notes = [*self._notes(names, people=True), self._totals(names)]
        return Result("ingest", self._title, columns, cells, notes)

    def warnings(self) -> list[Note]:
        """What makes the run partly done though no file was refused, in a line each."""
        rejected = [file for file in self.files if file.rejected]
        doubtful = [file for file in self.files if file.doubtful and file.status == "ingested"]
        told = []
        if rejected:
            text = Text("{count} records could not be read: {files}", "{count} 条记录未能读取：{files}")
            told.append(
                Note(
                    text,
                    (
                        ("count", sum(file.rejected for file in rejected)),
                        ("files", _few_names([file.label for file in rejected])),
                    ),
                )
            )
        if doubtful:
            text = Text(
                "{count} files agree poorly with the dataset: {files}", "{count} 个文件与已有数据不大一致：{files}"
            )
            told.append(
                Note(text, (("count", len(doubtful)), ("files", _few_names([file.label for file in doubtful]))))
            )
        return told

    @property
    def _title(self) -> Text:
        return Text("Dry run", "试运行") if self.dry else Text("Ingested files", "导入结果")

    @property
    def _group_names(self) -> dict[str, str]:
        return {id_: name for file in self.files for id_, name in file.groups if id_ and name}

    def _notes(self, names: Sequence[str], *, people: bool = False) -> list[Note]:
        """What there is to say, equal notes of several files as one; to `people` also how to see what the table leaves out."""
        alike: dict[object, list[tuple[str, Note]]] = {}
        for name, file in zip(names, self.files, strict=True):
            for note in file.notes:
                if people and note.text is LISTED:
                    continue
                key = note.text, *(fact for fact in note.facts if fact[0] not in _MERGED)
                alike.setdefault(key, []).append((name, note))
        notes = [_together(told) for told in alike.values()]
        if guessed := [name for name, file in zip(names, self.files, strict=True) if file.guessed]:
            notes.append(Note(GUESSED, (("count", len(guessed)), ("files", _few_names(guessed)))))
        if unlike := [file for file in self.files if file.unlike]:
            notes.append(
                Note(SKIPPED, (("count", len(unlike)), ("endings", _endings(unlike)), ("how", _HOW if people else "")))
            )
        for seams in self.seams:
            if seams.ambiguous:
                notes.append(Note(AMBIGUOUS, (("count", seams.ambiguous), ("seams", seams.count))))
        return [*notes, Note(DRY)] if self.dry else notes

    def _totals(self, names: Sequence[str]) -> Note:
        """The run in one line."""
        went_in = [file for file in self.files if file.status in ("ingested", "already")]
        refused = [name for name, file in zip(names, self.files, strict=True) if file.status == "refused"]
        new, rejected = sum(file.new for file in went_in), sum(file.rejected for file in went_in)
        added = (
            Text(f"would add {new:,}", f"将新增 {new:,} 条") if self.dry else Text(f"{new:,} new", f"新增 {new:,} 条")
        )
        said = [_counted(len(went_in), "file", "个文件"), added]
        if rejected:
            said.append(Text(f"{rejected:,} rejected", f"未识别 {rejected:,} 条"))
        said.append(_counted(_groups(went_in), "group", "个群"))
        en, zh = ", ".join(part.en for part in said), "，".join(part.zh for part in said)
        if not refused:
            return Note(Text(en, zh))
        text = Text("{said}; {count} could not be read: {files}", "{said}；{count} 个未能读取：{files}")
        return Note(text, (("said", Text(en, zh)), ("count", len(refused)), ("files", _few_names(refused))))


def _row(file: FileSummary, group: Text | None) -> tuple[Cell, ...]:
    shares = [file.bytes.get(kind, 0) for kind in KINDS]
    counts = (file.total, file.new, file.known, file.rejected, file.notices)
    return (file.label, group.en if group else None, file.format, file.status, *counts, file.size, *shares)


def _row_for_people(name: str, file: FileSummary, group: Text | None, lang: Lang, *, dry: bool) -> tuple[Cell, ...]:
    """A row without the bytes; counts only of files that have any."""
    counts: tuple[Cell, ...] = (file.total, file.new, file.known, file.rejected, file.notices)
    status = (WOULD if dry and file.status == "ingested" else STATUSES[file.status]).say(lang)
    if file.members:
        status = _ROSTER.say(lang, count=f"{file.members:,}")
    if file.members or file.error:
        counts = (None,) * len(counts)
    return (name, group.say(lang) if group else None, file.format, status, *counts)


def _fitting(
    columns: Sequence[Column], cells: list[tuple[Cell, ...]], lang: Lang, width: int
) -> tuple[tuple[Column, ...], list[tuple[Cell, ...]]]:
    """The columns that have room side by side, names cut in the middle so that no row needs a second line."""
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
    return tuple(column for _, column in kept), [
        tuple(_cut(row[at], limits.get(column.name)) for at, column in kept) for row in cells
    ]


def _cut(cell: Cell, limit: int | None) -> Cell:
    return ink.middle(ink.term(cell), limit) if isinstance(cell, str) and limit else cell


def _together(told: Sequence[tuple[str, Note]]) -> Note:
    """A note with the name of its file, or of the files that it is said of alike."""
    names, notes = [name for name, _ in told], [note for _, note in told]
    if len(told) == 1:
        return Note(Text("{file}: {note}", "{file}：{note}"), (("file", names[0]), ("note", notes[0])))
    facts = []
    for name, first in notes[0].facts:
        values = [dict(note.facts)[name] for note in notes]
        value: object = sum(values) if name == "count" else _few(values) if name in _MERGED else first  # type: ignore[arg-type]
        facts.append((name, value))
    text = Text("{count} files ({files}): {note}", "{count} 个文件（{files}）：{note}")
    return Note(text, (("count", len(told)), ("files", _few_names(names)), ("note", Note(notes[0].text, tuple(facts)))))


def _few(values: Sequence[object]) -> tuple[object, ...]:
    """The first values, and a sign if there are more."""
    different = list(dict.fromkeys(values))
    return (*different[:_FEW], "…") if len(different) > _FEW else tuple(different)


def _few_names(labels: Sequence[str]) -> tuple[object, ...]:
    """The first files, without their folders."""
    return _few([PurePath(label).name for label in labels])


def _endings(files: Sequence[FileSummary]) -> tuple[object, ...]:
    """How many files have which ending, the most frequent first."""
    counts = Counter(PurePath(file.label).suffix.lower().lstrip(".") for file in files)
    said = [Text(f"{ending or _NO_ENDING.en} {count:,}", f"{ending or _NO_ENDING.zh} {count:,}") for ending, count in counts.most_common()]  # fmt: skip
    return (*said[:_ENDINGS], "…") if len(said) > _ENDINGS else tuple(said)


def _groups(files: Sequence[FileSummary]) -> int:
    """How many groups: a name alone is no further group where an id has that name."""
    found = {pair for file in files for pair in file.groups}
    named = {name for id_, name in found if id_}
    return len({id_ for id_, _ in found if id_} | {name for id_, name in found if not id_ and name not in named})


def _counted(count: int, en: str, zh: str) -> Text:
    return Text(f"{count:,} {en}{'' if count == 1 else 's'}", f"{count:,} {zh}")


def _place(index: int, reading: Reading) -> Text:
    """Where a reject begins: its line, in a text that has lines."""
    line, start = reading.lines[index], reading.rejects[index].start
    if line > 1 and reading.source.encoding in ("utf-8", "utf-8-sig", "gb18030", "mixed"):
        return Text(f"line {line:,}", f"第 {line:,} 行")
    return Text(f"byte {start:,}", f"字节 {start:,}")
