"""What a run has read, with its accounts: rows by month, people, rejects, ledgers and sources; built and committed as one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit.errors import FormatBroken
from qunkit.ingest import build, keepout, overlap, rejected, revision, stage, store, tombstones
from qunkit.ingest.clock import Clock
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.ledger import LedgerBroken, counts, sizes
from qunkit.ingest.parquet import SHARED, writer
from qunkit.ingest.read import Reading, observe
from qunkit.ingest.shorts import Shorts, left_of, write
from qunkit.ingest.stage import MonthWriters, member_rows
from qunkit.ingest.summary import FileSummary
from qunkit.parsing.source import Source

LEDGER = "ledger/part.parquet"
REJECTS = "rejects/part.parquet"
LEDGER_SCHEMA = pa.schema(
    [("source", pa.string()), ("kind", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("count", pa.int64())]
)
_NAMED = pa.dictionary(pa.int32(), pa.string())
_LEDGER_HELD = pa.schema([field.with_type(_NAMED) if field.type == pa.string() else field for field in LEDGER_SCHEMA])
"""The ledger's rows as they are held: half as much."""
_LEDGER_ROWS = 1 << 17
"""Of a row group: as many are held as they are written."""


@dataclass(slots=True)
class Gathered:
    """What was read."""

    staged: dict[str, list[Path]] = field(default_factory=dict)
    """Months → files of their rows: of one source each, or of several short ones (`shorts`)."""
    members: list[pa.Table] = field(default_factory=list)
    """Of sources that list any."""
    lists: list[Path] = field(default_factory=list)
    """Files of the same."""
    ledger: list[pa.Table] = field(default_factory=list)
    rejects: dict[str, Path] = field(default_factory=dict)
    """Sources with rejects → the file of their rows."""
    sources: list[dict[str, Any]] = field(default_factory=list)
    replaced: dict[str, set[str]] = field(default_factory=dict)
    """Sources of this run → the earlier readings of the same bytes whose place they take."""

    def drop(self, ids: set[str]) -> None:
        """Take sources out again."""
        if not ids:
            return
        self.replaced = {source: before for source, before in self.replaced.items() if source not in ids}
        self.sources = [source for source in self.sources if source["id"] not in ids]
        self.members = [rows.filter(~pc.field("source").isin(sorted(ids))) for rows in self.members]
        self.lists = left_of(self.lists, ids)
        self.rejects = {source: path for source, path in self.rejects.items() if source not in ids}
        self.ledger = [runs for runs in self.ledger if runs["source"][0].as_py() not in ids]
        for month, paths in list(self.staged.items()):
            self.staged[month] = left_of(paths, ids)
            if not self.staged[month]:
                del self.staged[month]

    def join(self, other: Gathered) -> None:
        """Put what was read after it behind it."""
        for month, paths in other.staged.items():
            self.staged.setdefault(month, []).extend(paths)
        self.members += other.members
        self.lists += other.lists
        self.ledger += other.ledger
        self.rejects |= other.rejects
        self.sources += other.sources
        self.replaced |= other.replaced


@dataclass(slots=True)
class Harvest:
    """One commit in the making."""

    staging: store.Staging
    memory_limit: str = build.MEMORY_LIMIT
    threads: int | None = None
    force: bool = False
    """Take exports that contradict what is known, too."""
    gathered: Gathered = field(default_factory=Gathered)
    built: build.Built = field(default_factory=build.Built)
    dropped: set[str] = field(default_factory=set)
    """Sources whose place nothing takes."""
    forgotten: tombstones.Tombstones = field(init=False)
    """Marks of who must not come back."""
    shorts: Shorts = field(init=False)

    def __post_init__(self) -> None:
        self.forgotten = tombstones.load(self.staging.old_part)
        self.shorts = Shorts(self.staging.spool, self.gathered.staged)

    @property
    def gone(self) -> set[str]:
        """Earlier readings that have no place any more."""
        return self.dropped.union(*self.gathered.replaced.values())

    @property
    def left(self) -> list[dict[str, Any]]:
        """Earlier readings that stay."""
        gone = self.gone
        return [source for source in self.staging.base["sources"] if source["id"] not in gone]

    def add(
        self, reading: Reading, tz: str | None, as_group: str | None, asked: dict[str, Any], summary: FileSummary
    ) -> None:
        """Take a source in, and its account into the summary. `asked` is what has to be asked again to read it as it was read.

        Raises:
            FormatBroken: its ranges do not tile the file; nothing of it was taken.
        """
        clock = Clock(tz or self.staging.tz, self.staging.tz)
        is_short = (
            reading.messages < stage.SHORT and not self.forgotten
        )  # who is forgotten is looked for source by source
        held = [*observe(reading, clock, as_group)] if is_short else []
        groups = _groups(held) if is_short else self._stage(reading, clock, as_group)
        runs = self._closed(reading)
        self.shorts.add(reading.id, held)
        source = pa.DictionaryArray.from_arrays(np.zeros(len(runs), np.int32), [reading.id])
        self.gathered.ledger.append(runs.append_column("source", source).select(LEDGER_SCHEMA.names))
        members = member_rows(reading, as_group, clock)
        groups |= {(row["group_id"], row["group_name"]): None for row in members if row["group_id"] != ANY_GROUP}  # type: ignore[misc]
        left = keepout.Left(members, reading.reject_spool if reading.rejects else None, list(groups))
        left = keepout.strip(self.forgotten, self.staging, reading.id, self.gathered.staged, left)
        if left.members:
            self.gathered.members.append(pa.Table.from_pylist(left.members, schema=build.OBSERVED_MEMBERS))
        self.gathered.rejects |= {reading.id: left.rejects} if left.rejects else {}
        summary.groups, summary.guessed = left.groups, bool(groups) and not as_group and reading.guessed
        summary.forgotten = sum(left.forgotten.values())
        summary.zone = clock.source if reading.wall_clocks else None
        records, bytes_ = counts(runs), sizes(runs)
        summary.account(records, bytes_, reading)
        facts = {"groups": summary.groups, "members": summary.members, "told": reading.group}
        facts |= {"asked": asked | {"facts": dict(reading.source.options)}}
        facts |= _place(reading.source, self.staging.path)
        self.gathered.sources.append(left.facts(_source_facts(reading, clock, records, bytes_) | facts))

    def _stage(self, reading: Reading, clock: Clock, as_group: str | None) -> dict[tuple[str | None, str | None], None]:
        """Write the observations by month; returns the groups."""
        groups: dict[tuple[str | None, str | None], None] = {}
        with MonthWriters(self.staging.spool, reading.id, self.gathered.staged) as writers:
            for batch in observe(reading, clock, as_group):
                writers.write(batch)
                groups |= _groups([batch])
        return groups

    def _closed(self, reading: Reading) -> pa.Table:
        """The ledger's runs.

        Raises:
            FormatBroken: they do not tile the file; what was staged of it is out again.
        """
        try:
            return reading.ledger.close(reading.source.size)
        except LedgerBroken as broken:
            self.drop({reading.id})
            facts = {"path": reading.source.label, "format": reading.format}
            raise FormatBroken(**facts, at=broken.at, what=broken) from broken

    def set_down(self) -> None:
        """Write what is held of the sources, for another process to take up."""
        self.shorts.flush()
        if self.gathered.members:
            path = self.staging.spool / f"listed{SHARED}"
            write(path, pa.concat_tables(self.gathered.members))
            self.gathered.members, self.gathered.lists = [], [path]

    def build(self) -> list[overlap.Match]:
        """Build the parts from every source that does not contradict what is known; what each matches."""
        matches: list[overlap.Match] = []
        self.shorts.flush()
        while self.gathered.sources or self.dropped:
            ids = [source["id"] for source in self.gathered.sources]
            table = pa.concat_tables([build.OBSERVED_MEMBERS.empty_table(), *self.gathered.members])
            limits = (self.memory_limit, self.threads)
            revised = revision.without(self.gone) if self.gone else None
            lists = self.gathered.lists
            self.built = build.build(
                self.staging, self.gathered.staged, table, ids, *limits, lists=lists, revision=revised
            )
            refused = [match for match in self.built.matches if match.refused and not self.force]
            if not refused:
                return matches + self.built.matches
            matches += refused
            self.drop({match.source for match in refused})
        return matches

    def drop(self, ids: set[str]) -> None:
        """Take sources of this run out again."""
        self.staging.discard()
        self.gathered.drop(ids)

    def commit(self) -> str:
        """Write the rest and make it the current state."""
        built, gone = self.built, self.gone
        self.forgotten.write(self.staging)
        _append(self.staging, LEDGER, self.gathered.ledger, gone)
        with self.staging.create(REJECTS) as file:
            rows = rejected.write(file, rejected.merged(self.staging.old_part(REJECTS), gone, self.gathered.rejects))
        self.staging.finish(REJECTS, rows)
        for source in self.gathered.sources:
            source["new"] = built.new.get(source["id"], 0)
            left = (
                source["records"]["message"] + source["records"]["notice"] - sum(source.get("forgotten", {}).values())
            )
            source["known"] = left - source["new"]
        sources = sorted((*self.left, *self.gathered.sources), key=lambda source: str(source["id"]))
        facts = {"sources": sources, "fingerprint": built.fingerprint}
        return store.commit(self.staging, facts, built.dropped, anew=bool(self.gone))


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
        "wall_clocks": reading.wall_clocks,
        "records": records,
        "bytes": bytes_,
    }


def _place(source: Source, staging: Path) -> dict[str, Any]:
    """Where the file lies: its path (None: it came from standard input), its name in an archive, and the parts that carry facts."""
    path = Path(os.path.abspath(source.member.archive if source.member else source.path))
    shown = os.fsencode(path).decode("utf-8", "replace")
    member = source.member.name if source.member else None
    return {"path": None if path.is_relative_to(staging.absolute()) else shown, "member": member, "parts": source.parts}


def _groups(batches: list[pa.RecordBatch]) -> dict[tuple[str | None, str | None], None]:
    """Ids and names of the groups in observations."""
    if not batches:
        return {}
    table = pa.Table.from_batches([batch.select(["group_id", "group_name"]) for batch in batches])
    ids, names = (column.unique().to_pylist() for column in table.columns)
    if len(ids) == len(names) == 1:
        return {(ids[0], names[0]): None}
    groups = table.group_by(["group_id", "group_name"], use_threads=False).aggregate([])
    return dict.fromkeys(zip(groups["group_id"].to_pylist(), groups["group_name"].to_pylist(), strict=True))


def _append(staging: store.Staging, part: str, tables: list[pa.Table], gone: set[str]) -> None:
    """Write a part of the rows it had, but for those of sources that are gone, and of `tables`."""
    old, left = staging.old_part(part), ~pc.field("source").isin(sorted(gone)) if gone else None
    kept = [pq.read_table(old, filters=left, read_dictionary=["source", "kind"])] if old else []
    whole = pa.concat_tables([table.cast(_LEDGER_HELD) for table in (*kept, *tables)]).unify_dictionaries()
    source = whole["source"].combine_chunks()
    place = np.argsort(np.argsort(np.array(source.dictionary.to_pylist(), object)))[source.indices.to_numpy()]
    whole = whole.take(pa.array(np.lexsort((whole["start"].to_numpy(), place))))
    with staging.create(part) as file, writer(file, LEDGER_SCHEMA) as parquet:
        for rows in whole.to_batches(_LEDGER_ROWS):
            parquet.write_batch(rows.cast(LEDGER_SCHEMA))
    staging.finish(part, len(whole))
