"""What there is to say of a run, beside the table: equal notes of several files as one, and the run in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from qunkit.ingest.file_notes import LISTED
from qunkit.results import Note
from qunkit.words import Text, counted

if TYPE_CHECKING:
    from qunkit.ingest.summary import FileSummary, IngestSummary

_AMBIGUOUS = Text(
    "moments at which two exports meet: {seams}; of the equal messages there at most {count} may be missing",
    "两份导出的交界处有 {seams} 个时刻，相同的消息至多可能少计 {count} 条",
)
_LEFT_OUT = Text(
    "messages of exports without times that the finer exports of their days do not have, left out: {count} (days: {days}); "
    "finer exports of the whole days would bring them",
    "没有时刻的导出中有 {count} 条消息未计入（涉及 {days} 天）：同日更精确的导出里没有；如需计入，请补导这些日子完整的精确记录",
)
_GUESSED = Text(
    "the name of the group is only that of the file or folder: {files}; if it is wrong, give --as-group",
    "{count} 个文件的群名取自文件名或文件夹名：{files}；不对请用 --as-group",
)
_ZONE_GUESSED = Text(
    "times without a zone are taken for {zone}, the dataset's: {files}; if that is wrong, ingest the same again with --tz ZONE",
    "未注明时区的时间按数据集的时区 {zone} 读取：{files}；不对请加 --tz 时区 再次导入",
)
_ZONE_GIVEN = Text("times without a zone are read as {zone}: {files}", "未注明时区的时间按 {zone} 读取：{files}")
_ZONE_CHANGED = Text(
    "times that were read as {before} are now read as {zone}: {files}",
    "原按 {before} 读取的时间现按 {zone} 读取：{files}",
)
_CALENDAR_STAYS = Text(
    "the dataset's days and hours stay those of {calendar}; ingest all of its files again at once with --tz {zone} to have them in {zone}",
    "数据集的日期和时刻仍按 {calendar} 计；如需改为 {zone}，请一次性将其全部文件加 --tz {zone} 再次导入",
)
_CALENDAR_MOVED = Text(
    "the dataset's days and hours are now those of {calendar} (before: {before})",
    "数据集的日期和时刻现按 {calendar} 计（原为 {before}）",
)
_AGAIN = Text(
    "read again: {files}; messages and notices: {told} (before: {told_before}), rejected: {rejected} (before: {rejected_before})",
    "重新读取：{files}；消息和提示 {told} 条（原 {told_before}），未识别 {rejected} 条（原 {rejected_before}）",
)
_DRY = Text(
    "dry run: nothing was written; without --dry-run this would be done",
    "试运行：没有写入任何内容；去掉 --dry-run 才会导入",
)
_SKIPPED = Text("unknown files skipped: {count} ({endings}){how}", "跳过 {count} 个无法识别的文件：{endings}{how}")
_HOW = Text("; --format tsv lists them", "；逐个查看请用 --format tsv")
_NO_ENDING = Text("without ending", "无扩展名")
_UNREAD = Text("records that could not be read: {count} ({files})", "{count} 条记录未能读取：{files}")
_DOUBTFUL = Text("files that agree poorly with the dataset: {files}", "{count} 个文件与已有数据不大一致：{files}")
_FEW = 3
"""So many files a note names."""
_ENDINGS = 6
_MERGED = ("count", "first", "name")
"""Facts that equal notes of several files may differ in: a count is added up, others are listed."""


def of_run(summary: IngestSummary, names: Sequence[str], *, people: bool = False) -> list[Note]:
    """What there is to say, equal notes of several files as one; to `people` also how to see what the table leaves out."""
    alike: dict[object, list[tuple[str, Note]]] = {}
    for name, file in summary.named(names):
        for note in file.notes:
            if not (people and note.text is LISTED):
                key = note.text, *(fact for fact in note.facts if fact[0] not in _MERGED)
                alike.setdefault(key, []).append((name, note))
    notes = [_together(told) for told in alike.values()]
    if guessed := [name for name, file in summary.named(names) if file.guessed]:
        notes.append(Note(_GUESSED, (("count", len(guessed)), ("files", _few_names(guessed)))))
    notes += [*_zones(summary), *_again(summary)]
    if unlike := [file for file in summary.files if file.unlike]:
        facts = (("count", len(unlike)), ("endings", _endings(unlike)), ("how", _HOW if people else ""))
        notes.append(Note(_SKIPPED, facts))
    seams = [one for one in summary.seams if one.ambiguous]
    notes += [Note(_AMBIGUOUS, (("count", one.ambiguous), ("seams", one.count))) for one in seams]
    days = [one for one in summary.seams if one.left_out]
    notes += [Note(_LEFT_OUT, (("count", one.left_out), ("days", one.days))) for one in days]
    return [*notes, Note(_DRY)] if summary.dry else notes


def _zones(summary: IngestSummary) -> list[Note]:
    """In which zones wall clocks were read: nothing else tells that they are hours off. The dataset's own is told once, with its first files."""
    if not (summary.zone_given or summary.dry or summary.is_first):
        return []
    read: dict[str, list[str]] = {}
    for file in summary.files:
        if file.status == "ingested" and file.zone:
            read.setdefault(file.zone, []).append(file.label)
    text = _ZONE_GIVEN if summary.zone_given else _ZONE_GUESSED
    return [Note(text, (("zone", zone), ("files", _few_names(labels)))) for zone, labels in read.items()]


def _again(summary: IngestSummary) -> list[Note]:
    """What reading files again has changed."""
    files = summary.read_again
    if not files:
        return []
    sums = ((name, sum(getattr(file, name) for file in files)) for name in ("told", "told_before", "rejected", "rejected_before"))  # fmt: skip
    notes = [Note(_AGAIN, (("files", _few_names([file.label for file in files])), *sums))]
    changed: dict[tuple[str, str], list[str]] = {}
    for file in files:
        if file.zone and file.zone_before:
            changed.setdefault((file.zone_before, file.zone), []).append(file.label)
    for (before, zone), labels in changed.items():
        notes.append(Note(_ZONE_CHANGED, (("before", before), ("zone", zone), ("files", _few_names(labels)))))
    calendar = ("calendar", summary.calendar)
    if summary.calendar_before:
        return [*notes, Note(_CALENDAR_MOVED, (calendar, ("before", summary.calendar_before)))]
    others = {zone for _, zone in changed if zone != summary.calendar}
    return notes + [Note(_CALENDAR_STAYS, (calendar, ("zone", zone))) for zone in others]


def totals(summary: IngestSummary, names: Sequence[str]) -> Note:
    """The run in one line."""
    went_in, dry = summary.went_in, summary.dry
    refused = [name for name, file in summary.named(names) if file.status == "refused"]
    new, rejected = sum(file.new for file in went_in), sum(file.rejected for file in went_in)
    said = [counted(len(went_in), "file", "个文件")]
    said.append(Text(f"would add {new:,}", f"将新增 {new:,} 条") if dry else Text(f"{new:,} new", f"新增 {new:,} 条"))
    if rejected and dry:
        said.append(Text(f"would reject {rejected:,}", f"将有 {rejected:,} 条未识别"))
    elif rejected:
        said.append(Text(f"{rejected:,} rejected", f"未识别 {rejected:,} 条"))
    said.append(counted(_groups(went_in), "group", "个群"))
    en, zh = ", ".join(part.en for part in said), "，".join(part.zh for part in said)
    if not refused:
        return Note(Text(en, zh))
    text = Text("{said}; {count} could not be read: {files}", "{said}；{count} 个未能读取：{files}")
    return Note(text, (("said", Text(en, zh)), ("count", len(refused)), ("files", _few_names(refused))))


def warnings(files: Sequence[FileSummary]) -> list[Note]:
    """What makes a run partly done though no file was refused."""
    rejected = [file for file in files if file.rejected]
    doubtful = [file for file in files if file.doubtful and file.status == "ingested"]
    told = []
    if rejected:
        count = sum(file.rejected for file in rejected)
        told.append(Note(_UNREAD, (("count", count), ("files", _few_names([file.label for file in rejected])))))
    if doubtful:
        labels = [file.label for file in doubtful]
        told.append(Note(_DOUBTFUL, (("count", len(labels)), ("files", _few_names(labels)))))
    return told


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
    """The first values, and how many more there are."""
    return _cut(list(dict.fromkeys(values)), _FEW)


def _few_names(labels: Sequence[str]) -> tuple[object, ...]:
    """The first files, without their folders."""
    return _few([PurePath(label).name for label in labels])


def _cut(values: list[object], limit: int) -> tuple[object, ...]:
    more = len(values) - limit
    return (*values[:limit], Text(f"{more:,} more", f"另有 {more:,} 个")) if more > 0 else tuple(values)


def _endings(files: Sequence[FileSummary]) -> tuple[object, ...]:
    """How many files have which ending, the most frequent first."""
    counts = Counter(PurePath(file.label).suffix.lower().lstrip(".") for file in files)
    said: list[object] = [Text(f"{ending or _NO_ENDING.en} {count:,}", f"{ending or _NO_ENDING.zh} {count:,}") for ending, count in counts.most_common()]  # fmt: skip
    return _cut(said, _ENDINGS)


def _groups(files: Sequence[FileSummary]) -> int:
    """How many groups: a name alone is no further group where an id has that name."""
    found = {pair for file in files for pair in file.groups}
    named = {name for id_, name in found if id_}
    return len({id_ for id_, _ in found if id_} | {name for id_, name in found if not id_ and name not in named})
