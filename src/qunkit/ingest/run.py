"""The ingest corridor: identify → read → clock → identity → events → merge → store. One run is one commit."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.errors import NoMessages, QunkitError, UnknownFormat, UnreadableExport
from qunkit.ingest import build, identify, store
from qunkit.ingest.clock import DEFAULT_ZONE, Clock, check_zone
from qunkit.ingest.ledger import counts, sizes
from qunkit.ingest.read import EMPTY, Progress, Reading, begin, notices, observe, read
from qunkit.ingest.stage import MonthWriters, member_row, reject_rows
from qunkit.ingest.summary import FileSummary, IngestSummary
from qunkit.parsing.source import Source, open_source
from qunkit.words import Text

LEDGER = "ledger/part.parquet"
REJECTS = "rejects/part.parquet"
MEMORY_LIMIT = "384MB"
STDIN = "-"
NAMELESS = Text("the export does not say which group it is of", "导出内容没有说明是哪个群")
NAME_IT = Text(
    "Give the group with --as-group ID, or pass the file by its name.", "请用 --as-group ID 指定群,或直接给出文件名。"
)
_LEDGER_SCHEMA = pa.schema(
    [("source", pa.string()), ("kind", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("count", pa.int64())]
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about the inputs."""

    tz: str | None = None
    """Zone of the sources' wall clocks; None: the dataset's. Becomes the dataset's where this run makes it."""
    as_group: str | None = None
    """Group id for every record, instead of what the files say."""
    format_in: str | None = None
    """Format of every file, instead of what it looks like."""
    facts: tuple[tuple[str, str], ...] = ()
    """Facts for the formats, such as ("date", "2024-12-01")."""
    memory_limit: str = MEMORY_LIMIT
    threads: int | None = None


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
    summary = IngestSummary(dataset)
    candidates = _candidates(paths, summary)
    if not candidates:
        return summary
    for batch in [[one] for one in candidates] if each else [candidates]:
        _run(batch, dataset, options, wait, progress, summary)
    return summary


@dataclass(slots=True)
class _Run:
    """One commit in the making."""

    staging: store.Staging
    options: Options
    progress: Progress
    staged: dict[str, list[Path]] = field(default_factory=dict)
    members: list[dict[str, object]] = field(default_factory=list)
    ledger: list[pa.Table] = field(default_factory=list)
    rejects: list[dict[str, object]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)

    def take(self, candidate: identify.Candidate) -> FileSummary:
        """Read one file; whatever is wrong with it is said in the summary, and the run goes on."""
        summary = FileSummary(candidate.label)
        try:
            source = _open(candidate, self.options, self.staging)
            self._take(source, summary)
        except (UnknownFormat, NoMessages) as error:
            summary.fail(error, "skipped" if candidate.found else "refused")
        except QunkitError as error:
            summary.fail(error, "refused")
        return summary

    def _take(self, source: Source, summary: FileSummary) -> None:
        summary.size = source.size
        if not source.head.text.strip("\0 \t\r\n"):
            raise NoMessages(path=source.label, why=EMPTY)
        name, module = identify.identify(source.head, source.label, self.options.format_in)
        summary.format = name
        identity, batches = begin(source, name, module, self.options.as_group)
        if known := self._known(identity):
            summary.repeat(known, self.options.tz)
            return
        reading = Reading(source, name, identity, self.staging.spool / f"{identity}.arrow")
        try:
            read(reading, batches, self.progress)
            told = reading.group[0] or reading.group[1] not in (None, *source.parts)
            if source.label == STDIN and not told and not self.options.as_group:
                raise UnreadableExport(path=STDIN, why=NAMELESS, hint=NAME_IT)
            self._stage(reading, summary)
        finally:
            reading.spool.unlink(missing_ok=True)

    def _known(self, identity: str) -> dict[str, Any] | None:
        known: list[dict[str, Any]] = [*self.staging.base["sources"], *self.sources]
        return next((source for source in known if source["id"] == identity), None)

    def _stage(self, reading: Reading, summary: FileSummary) -> None:
        clock = Clock(self.options.tz or self.staging.tz, self.staging.tz)
        found = []
        with MonthWriters(self.staging.spool, reading.id, self.staged) as writers:
            for batch, offsets in notices(observe(reading, clock, self.options.as_group)):
                found.append(offsets)
                writers.write(batch)
        runs = reading.ledger.close(reading.source.size, np.concatenate(found))
        self.ledger.append(
            runs.append_column("source", pa.array([reading.id] * len(runs))).select(_LEDGER_SCHEMA.names)
        )
        self.members += [member_row(reading, row, self.options.as_group) for row in reading.members]
        self.rejects += reject_rows(reading)
        summary.account(counts(runs), sizes(runs), reading)
        self.sources.append(_source_facts(reading, clock, counts(runs), sizes(runs)))

    def commit(self) -> tuple[str, build.Built]:
        """Write everything and make it the current state."""
        ids = [source["id"] for source in self.sources]
        table = pa.Table.from_pylist(self.members, schema=build.OBSERVED_MEMBERS)
        built = build.build(self.staging, self.staged, table, ids, self.options.memory_limit, self.options.threads)
        _append(self.staging, LEDGER, pa.concat_tables(self.ledger).cast(_LEDGER_SCHEMA))
        _append(self.staging, REJECTS, pa.Table.from_pylist(self.rejects, schema=schema.REJECTS.arrow))
        for source in self.sources:
            source["new"] = built.new.get(source["id"], 0)
        sources = sorted((*self.staging.base["sources"], *self.sources), key=lambda source: str(source["id"]))
        facts = {"sources": sources, "fingerprint": built.fingerprint, "tz": self.staging.tz}
        return store.commit(self.staging, facts), built


def _run(
    candidates: list[identify.Candidate],
    dataset: Path,
    options: Options,
    wait: float,
    progress: Progress,
    summary: IngestSummary,
) -> None:
    with store.writing(dataset, options.tz or DEFAULT_ZONE, wait) as staging:
        run = _Run(staging, options, progress)
        files = [run.take(candidate) for candidate in candidates]
        summary.files += files
        if run.sources:
            summary.snapshot, built = run.commit()
            for file in files:
                file.credit(built.new)
        else:
            store.confirm(dataset)


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


def _open(candidate: identify.Candidate, options: Options, staging: store.Staging) -> Source:
    if candidate.label != STDIN:
        return open_source(candidate.path, label=candidate.label, options=dict(options.facts), spool_dir=staging.spool)
    path = staging.spool / "stdin"
    with path.open("xb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return open_source(path, label=STDIN, parts=("stdin",), options=dict(options.facts), spool_dir=staging.spool)


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


def _append(staging: store.Staging, part: str, table: pa.Table) -> None:
    old = staging.old_part(part)
    whole = pa.concat_tables([pq.read_table(old), table]) if old else table
    whole = whole.sort_by([("source", "ascending"), ("start", "ascending")])
    with staging.create(part) as file, build.writer(file, whole.schema) as parquet:
        parquet.write_table(whole)
    staging.finish(part, len(whole))
