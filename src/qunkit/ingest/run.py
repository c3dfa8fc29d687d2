"""The ingest corridor: identify → read → clock → identity → events → merge → store. One run is one commit."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit.chat import rosters
from qunkit.errors import (
    FormatBroken,
    NestedArchive,
    NoMembers,
    NoMessages,
    QunkitError,
    UnknownFormat,
    UnreadableExport,
)
from qunkit.ingest import build, identify, keepout, overlap, rejected, revision, store, tombstones
from qunkit.ingest.clock import DEFAULT_ZONE, Clock, check_zone
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.ledger import LedgerBroken, counts, sizes
from qunkit.ingest.read import EMPTY, Progress, Reading, begin, notices, observe, read
from qunkit.ingest.rehearsal import rehearsing
from qunkit.ingest.stage import MonthWriters, member_row
from qunkit.ingest.summary import FileSummary, IngestSummary
from qunkit.parsing.source import Source
from qunkit.parsing.tables import container
from qunkit.results import Note
from qunkit.words import Text

LEDGER = "ledger/part.parquet"
REJECTS = "rejects/part.parquet"
STDIN = "-"
NAMELESS = Text("the export does not say which group it is of", "导出内容没有说明是哪个群")
NAME_IT = Text(
    "Give the group with --as-group ID, or pass the file by its name.", "请用 --as-group ID 指定群，或直接给出文件名。"
)
NO_EXPORT = Text("the archive holds no known export", "压缩包中没有已知的导出文件")
ONLY_NESTED = Text(
    "holds no known export, but archives within the archive, which are not looked into.",
    "其中没有已知的导出文件，只有内层的压缩包，qunkit 不读取。",
)
OTHER_BYTES = Text("it is not the file that was read: it has changed since.", "它不是当时读取的文件：内容已改变。")
AS_THEY_WERE = Text(
    "Give the file as it was then, or take this one in with `qunkit ingest`.",
    "请给出当时的文件，或用 `qunkit ingest` 导入现在的文件。",
)
OVERRULED = Text(
    "the list says the group itself ({column}); --group {group} was taken for all of it",
    "名单中已注明所属的群（{column}），但已全部按 --group {group} 处理",
)
_STDIN_PARTS = ("stdin",)
LEDGER_SCHEMA = pa.schema(
    [("source", pa.string()), ("kind", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("count", pa.int64())]
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about the inputs."""

    tz: str | None = None
    """Zone of the sources' wall clocks; None: the dataset's. Becomes the dataset's where this run makes it."""
    as_group: str | None = None
    """Group id or name for every record, instead of what the files say."""
    format_in: str | None = None
    """Format of every file, instead of what it looks like."""
    facts: tuple[tuple[str, str], ...] = ()
    """Facts for the formats, such as ("date", "2024-12-01")."""
    maps: tuple[tuple[str, str], ...] = ()
    """Glob of file names → the fact "map" of files that match; the first match counts."""
    memory_limit: str = build.MEMORY_LIMIT
    threads: int | None = None
    force: bool = False
    """Take exports that contradict what is known, too."""
    again: bool = False
    """Read files anew that were read before: what they say now takes the place of what the same bytes said then."""
    dry: bool = False
    """Commit nothing."""

    @property
    def asked(self) -> dict[str, Any]:
        """What has to be asked again to read a file as it was read."""
        return {"as_group": self.as_group, "format_in": self.format_in}


def ingest(
    paths: Sequence[Path | str],
    dataset: Path,
    options: Options = Options(),
    *,
    wait: float = 10.0,
    each: bool = False,
    progress: Progress = lambda label, done, size: None,
) -> IngestSummary:
    """Take files and folders ("-": standard input) into a dataset, which is made if there is none.

    Bad input is no exception: the summary says of every file what became of it. `each` commits after every file.

    Raises:
        CannotCreate, DatasetLocked, DatasetDamaged, DatasetNewer, UnknownTimeZone: nothing was written.
    """
    if options.tz:
        check_zone(options.tz)
    summary = IngestSummary(dataset, dry=options.dry)
    candidates = _candidates(paths, summary)
    if not candidates:
        return summary
    seen = {os.path.realpath(candidate.path) for candidate in candidates}
    for batch in [[one] for one in candidates] if each and not options.dry else [candidates]:
        _run(batch, seen, dataset, options, wait, progress, summary)
    return summary


@dataclass(slots=True)
class Run:
    """One commit in the making."""

    staging: store.Staging
    options: Options
    progress: Progress
    staged: dict[str, list[Path]] = field(default_factory=dict)
    members: list[dict[str, object]] = field(default_factory=list)
    ledger: list[pa.Table] = field(default_factory=list)
    rejects: dict[str, Path] = field(default_factory=dict)
    """Sources with rejects → the file of their rows."""
    sources: list[dict[str, Any]] = field(default_factory=list)
    built: build.Built = field(default_factory=build.Built)
    seen: set[str] = field(default_factory=set)
    """Files that were given, or that a manifest named: none is read twice."""
    replaced: dict[str, set[str]] = field(default_factory=dict)
    """Sources of this run → the earlier readings of the same bytes whose place they take."""
    forgotten: tombstones.Tombstones = field(init=False)
    """Marks of who must not come back."""
    place: dict[str, Any] | None = None
    """The earlier reading whose place the next file takes: nothing but its bytes will do."""

    def __post_init__(self) -> None:
        self.forgotten = tombstones.load(self.staging.old_part)

    def take(self, candidate: identify.Candidate) -> list[FileSummary]:
        """Read a file, or every file in an archive; whatever is wrong is said in the summaries, and the run goes on."""
        try:
            candidate = _spooled(candidate, self.staging)
            members = identify.members(candidate)
        except QunkitError as error:
            return [FileSummary.failed(candidate.label, error)]
        if members is None:
            return self.take_file(candidate)
        files = [file for member in members for file in self.take_file(member)]
        if all(file.status == "skipped" for file in files):
            summary = FileSummary(candidate.label)
            nothing: QunkitError = NoMessages(path=candidate.label, why=NO_EXPORT)
            if any(isinstance(file.error, NestedArchive) for file in files):
                nothing = UnreadableExport(path=candidate.label, why=ONLY_NESTED, hint=NestedArchive.HINT)
            summary.fail(nothing, "skipped" if candidate.found else "refused")
            files.append(summary)
        return files

    def take_file(self, candidate: identify.Candidate) -> list[FileSummary]:
        """Read one file, and those that it names."""
        summary = FileSummary(candidate.label)
        others: list[FileSummary] = []
        try:
            with identify.opened(candidate, self.staging.spool, self._facts(candidate)) as source:
                self._take(candidate, source, summary, others)
        except (UnknownFormat, NoMessages) as error:
            is_list = isinstance(error, NoMessages) and ("roster", "") in self.options.facts
            told = NoMembers(**error.facts) if is_list else error
            summary.fail(told, "skipped" if candidate.found else "refused")
        except QunkitError as error:
            summary.fail(error, "refused")
        return [summary, *others]

    def _take(
        self, candidate: identify.Candidate, source: Source, summary: FileSummary, others: list[FileSummary]
    ) -> None:
        summary.size = source.size
        if self.place and source.sha256 != self.place["sha256"]:
            raise UnreadableExport(path=source.label, why=OTHER_BYTES, hint=AS_THEY_WERE)
        if not identify.beginning(source.head).strip("\0 \t\r\n"):
            raise NoMessages(path=source.label, why=EMPTY)
        name, module = identify.identify(source, _wanted(source) or self.options.format_in)
        summary.format = name
        if "group" in source.options and (column := rosters.own_group(source)):
            summary.notes.append(Note(OVERRULED, (("column", column), ("group", source.options["group"]))))
        others += [] if self.place else self._take_listed(candidate, source, module)
        identity, batches = begin(source, name, module, self.options.as_group)
        if known := self._known(identity):
            summary.repeat(known, source.parts[-1], self.options.tz)
            return
        reading = Reading(source, name, identity, self.staging.spool / f"{identity}.arrow")
        try:
            read(reading, batches, module, self.progress)
            told = reading.group[0] or reading.group[1] not in (None, *source.parts)
            if source.parts == _STDIN_PARTS and not told and not self.options.as_group:
                raise UnreadableExport(path=source.label, why=NAMELESS, hint=NAME_IT)
            self._stage(reading, summary)
            if self.options.again:
                self.replaced[identity] = {self.place["id"]} if self.place else self._earlier(reading)
        finally:
            reading.spool.unlink(missing_ok=True)
            if reading.id not in self.rejects:
                reading.reject_spool.unlink(missing_ok=True)

    def _facts(self, candidate: identify.Candidate) -> dict[str, str]:
        """What the formats are told of a file beside the file."""
        name = candidate.label.rpartition("/")[2]
        map_ = next((map_ for pattern, map_ in self.options.maps if fnmatchcase(name, pattern)), None)
        return ({"map": map_} if map_ else {}) | dict(self.options.facts)

    def _take_listed(self, candidate: identify.Candidate, source: Source, module: ModuleType) -> list[FileSummary]:
        """Read the files that a manifest names, unless they are read anyway."""
        found, missing = identify.listed(candidate, source, module)
        files = [FileSummary.failed(str(error.facts["path"]), error) for error in missing]
        for other in found:
            path = os.path.realpath(other.path)
            if path not in self.seen:
                self.seen.add(path)
                files += self.take_file(other)
        return files

    def _known(self, identity: str) -> dict[str, Any] | None:
        before: list[dict[str, Any]] = [] if self.options.again else self.staging.base["sources"]
        return next((source for source in (*before, *self.sources) if source["id"] == identity), None)

    def _earlier(self, reading: Reading) -> set[str]:
        """Earlier readings of the same bytes; where they lie in the folders of several groups, those of this one."""
        same = [one for one in self.staging.base["sources"] if one["sha256"] == reading.source.sha256]
        if len(same) > 1:
            same = [one for one in same if one["id"] == reading.id or one.get("told") == list(reading.group)]
        return {one["id"] for one in same}

    def _stage(self, reading: Reading, summary: FileSummary) -> None:
        clock = Clock(self.options.tz or self.staging.tz, self.staging.tz)
        found = []
        groups: dict[tuple[str | None, str | None], None] = {}
        with MonthWriters(self.staging.spool, reading.id, self.staged) as writers:
            for batch, of_notices in notices(observe(reading, clock, self.options.as_group)):
                found.append(of_notices)
                writers.write(batch)
                groups |= dict.fromkeys(_groups(batch))
        offsets = np.concatenate(found) if found else np.empty(0, np.int64)
        runs = self._closed(reading, offsets)
        self.ledger.append(runs.append_column("source", pa.array([reading.id] * len(runs))).select(LEDGER_SCHEMA.names))
        members = [member_row(reading, row, self.options.as_group, clock) for row in reading.members]
        groups |= {(row["group_id"], row["group_name"]): None for row in members if row["group_id"] != ANY_GROUP}  # type: ignore[misc]
        left = keepout.Left(members, reading.reject_spool if reading.rejects else None, list(groups))
        left = keepout.strip(self.forgotten, self.staging, reading.id, self.staged, left)
        self.members += left.members
        self.rejects |= {reading.id: left.rejects} if left.rejects else {}
        summary.groups, summary.guessed = left.groups, bool(groups) and not self.options.as_group and reading.guessed
        summary.forgotten = sum(left.forgotten.values())
        summary.account(counts(runs), sizes(runs), reading)
        facts = {"groups": summary.groups, "members": summary.members, "told": reading.group}
        facts |= {"asked": self.options.asked | {"facts": dict(reading.source.options)}}
        facts |= _place(reading.source, self.staging.path)
        self.sources.append(left.facts(_source_facts(reading, clock, counts(runs), sizes(runs)) | facts))

    def _closed(self, reading: Reading, of_notices: npt.NDArray[np.int64]) -> pa.Table:
        """The ledger's runs.

        Raises:
            FormatBroken: they do not tile the file; what was staged of it is out again.
        """
        try:
            return reading.ledger.close(reading.source.size, of_notices)
        except LedgerBroken as broken:
            self._drop({reading.id})
            facts = {"path": reading.source.label, "format": reading.format}
            raise FormatBroken(**facts, at=broken.at, what=broken) from broken

    def finish(self, files: list[FileSummary], summary: IngestSummary) -> None:
        """Build and commit what was taken, and take `files` into the summary."""
        summary.files += files
        matches = {match.source: match for match in self.build()}
        for file in files:
            if file.status == "ingested" and file.id in matches:
                file.compare(matches[file.id], force=self.options.force)
        if self.sources:
            summary.snapshot = None if self.options.dry else self.commit()
            summary.seams.append(self.built.seams)
            for file in files:
                file.credit(self.built.new)
        elif not self.options.dry:
            store.confirm(self.staging.dataset)

    def build(self) -> list[overlap.Match]:
        """Build the parts from every source that does not contradict what is known; what each matches."""
        matches: list[overlap.Match] = []
        while self.sources:
            ids = [source["id"] for source in self.sources]
            table = pa.Table.from_pylist(self.members, schema=build.OBSERVED_MEMBERS)
            limits = (self.options.memory_limit, self.options.threads)
            revised = revision.without(self._gone) if self._gone else None
            self.built = build.build(self.staging, self.staged, table, ids, *limits, revision=revised)
            refused = [match for match in self.built.matches if match.refused and not self.options.force]
            if not refused:
                return matches + self.built.matches
            matches += refused
            self._drop({match.source for match in refused})
        return matches

    def _drop(self, ids: set[str]) -> None:
        """Take sources out again."""
        self.staging.discard()
        self.replaced = {source: before for source, before in self.replaced.items() if source not in ids}
        self.sources = [source for source in self.sources if source["id"] not in ids]
        self.members = [row for row in self.members if row["source"] not in ids]
        self.rejects = {source: path for source, path in self.rejects.items() if source not in ids}
        self.ledger = [runs for runs in self.ledger if runs["source"][0].as_py() not in ids]
        for month, paths in list(self.staged.items()):
            self.staged[month] = [path for path in paths if path.name.partition("-")[0] not in ids]
            if not self.staged[month]:
                del self.staged[month]

    @property
    def _gone(self) -> set[str]:
        """Earlier readings that have no place any more."""
        return set().union(*self.replaced.values())

    def commit(self) -> str:
        """Write the rest and make it the current state."""
        built, gone = self.built, self._gone
        self.forgotten.write(self.staging)
        _append(self.staging, LEDGER, pa.concat_tables(self.ledger).cast(LEDGER_SCHEMA), gone)
        with self.staging.create(REJECTS) as file:
            rows = rejected.write(file, rejected.merged(self.staging.old_part(REJECTS), gone, self.rejects))
        self.staging.finish(REJECTS, rows)
        for source in self.sources:
            source["new"] = built.new.get(source["id"], 0)
            left = (
                source["records"]["message"] + source["records"]["notice"] - sum(source.get("forgotten", {}).values())
            )
            source["known"] = left - source["new"]
        kept = [source for source in self.staging.base["sources"] if source["id"] not in gone]
        sources = sorted((*kept, *self.sources), key=lambda source: str(source["id"]))
        facts = {"sources": sources, "fingerprint": built.fingerprint, "tz": self.staging.tz}
        return store.commit(self.staging, facts, built.dropped)


def _run(
    candidates: list[identify.Candidate],
    seen: set[str],
    dataset: Path,
    options: Options,
    wait: float,
    progress: Progress,
    summary: IngestSummary,
) -> None:
    tz = options.tz or DEFAULT_ZONE
    with rehearsing(dataset, tz) if options.dry else store.writing(dataset, tz, wait) as staging:
        run = Run(staging, options, progress, seen=seen)
        run.finish([file for candidate in candidates for file in run.take(candidate)], summary)


def _candidates(paths: Sequence[Path | str], summary: IngestSummary) -> list[identify.Candidate]:
    found: list[identify.Candidate] = []
    for path in paths:
        if str(path) == STDIN:
            found.append(identify.Candidate(Path(STDIN), STDIN, False))
            continue
        below, errors = identify.files(Path(path))
        found += below
        summary.files += [FileSummary.failed(str(error.facts["path"]), error) for error in errors]
    return found


def _wanted(source: Source) -> str | None:
    """The format of files of which a fact says what they are.

    Raises:
        UnreadableExport: said to be a list of members, and is a chat.
    """
    if "roster" in source.options:
        formats = identify.said_yes(source.head).values()
        if any(not getattr(module, "ROSTER", False) for module in formats):
            raise UnreadableExport(path=source.label, why=rosters.IS_CHAT, hint=rosters.INGEST)
        return f"roster_{container(source)}"
    return "mapped" if "map" in source.options else None


def _spooled(candidate: identify.Candidate, staging: store.Staging) -> identify.Candidate:
    """Standard input as a file; others as they are."""
    if candidate.label != STDIN:
        return candidate
    path = staging.spool / "stdin"
    with path.open("xb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return identify.Candidate(path, STDIN, False, _STDIN_PARTS)


def _source_facts(reading: Reading, clock: Clock, records: dict[str, int], bytes_: dict[str, int]) -> dict[str, Any]:
    source = reading.source
    return {
        "id": reading.id,
        "sha256": source.sha256,
        "name": source.parts[-1],
        "format": reading.format,
        "size": source.size,
        "encoding": source.encoding,
        "tz": clock.source,
        "records": records,
        "bytes": bytes_,
    }


def _place(source: Source, staging: Path) -> dict[str, Any]:
    """Where the file lies: its path (None: it came from standard input), its name in an archive, and the parts that carry facts."""
    path = Path(os.path.abspath(source.member.archive if source.member else source.path))
    shown = os.fsencode(path).decode("utf-8", "replace")
    member = source.member.name if source.member else None
    return {"path": None if path.is_relative_to(staging.absolute()) else shown, "member": member, "parts": source.parts}


def _groups(batch: pa.RecordBatch) -> list[tuple[str | None, str | None]]:
    """Ids and names of the groups in observations."""
    groups = pa.Table.from_batches([batch]).group_by(["group_id", "group_name"], use_threads=False).aggregate([])
    return list(zip(groups["group_id"].to_pylist(), groups["group_name"].to_pylist(), strict=True))


def _append(staging: store.Staging, part: str, table: pa.Table, gone: set[str]) -> None:
    """Write a part of the rows it had, but for those of sources that are gone, and of `table`."""
    old = staging.old_part(part)
    kept = pq.read_table(old, filters=~pc.field("source").isin(sorted(gone)) if gone else None) if old else None
    whole = pa.concat_tables([kept, table]) if kept else table
    whole = whole.sort_by([("source", "ascending"), ("start", "ascending")])
    with staging.create(part) as file, build.writer(file, whole.schema) as parquet:
        parquet.write_table(whole)
    staging.finish(part, len(whole))
