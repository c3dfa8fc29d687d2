"""The deep half of a check: every part is decoded, every sum made again, and the messages built anew from the observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit import schema, scratch
from qunkit.ingest import accounts, build
from qunkit.ingest.canon import Digest
from qunkit.ingest.findings import Checked, Finding
from qunkit.ingest.harvest import LEDGER, LEDGER_SCHEMA, REJECTS
from qunkit.ingest.store import Staging
from qunkit.words import Text

_BATCH = 1 << 16
_SCHEMAS: tuple[tuple[str, pa.Schema], ...] = (
    (build.NAMES, build.NAMES_SCHEMA),
    (build.MEMBERS, build.OBSERVED_MEMBERS),
    (build.ALIASES, build.ALIASES_SCHEMA),
    (LEDGER, LEDGER_SCHEMA),
    (REJECTS, schema.REJECTS.arrow),
    ("messages/", schema.MESSAGES.arrow),
    ("observations/", schema.OBSERVATIONS.arrow),
    ("members/", schema.MEMBERS.arrow),
)
"""How the names of parts begin, and what is in them; the first that fits counts."""
_SAID = {"kind": schema.KINDS, "event": schema.EVENTS, "time_quality": schema.TIME_QUALITIES}
_CLOSED: dict[str, dict[str, Any]] = {
    "messages": _SAID | {"reply_how": ("id", "time", "text", "unknown")},
    "observations": _SAID,
    "members": {"role": schema.ROLES},
    "rejects": {"reason": schema.REASONS},
}
"""Columns with closed lists, by the first word of a part's name."""
_ORDER = ("group_id", "sent_at", "seq")


def check(
    snapshot: Path,
    manifest: Mapping[str, Any],
    checked: Checked,
    memory_limit: str | None,
    threads: int | None,
) -> Iterator[Finding]:
    """Everything in the data of a snapshot that is not as it should be."""
    for part, facts in manifest["parts"].items():
        yield from _part(snapshot / part, part, facts, checked)
    if manifest["fingerprint"] != _fingerprint(manifest):
        what = Text("the digests of its months give another", "与各月摘要推算的结果不同")
        yield Finding("fingerprint", str(snapshot / "manifest.json"), what)
    if checked.damage:
        return  # what follows would only say the same again, in more words
    limit = memory_limit or build.MEMORY_LIMIT
    with scratch.Folder() as folder:
        yield from accounts.check(snapshot, manifest, Path(folder), limit, threads)
        yield from _derived(Staging(snapshot.parent, Path(folder), "", dict(manifest), snapshot), limit, threads)


def _fingerprint(manifest: Mapping[str, Any]) -> str | None:
    try:
        return build.fingerprint(manifest["parts"])
    except KeyError:  # of a month without a digest
        return None


# -- one part ------------------------------------------------------------------------------------------------------
def _part(path: Path, part: str, facts: Mapping[str, Any], checked: Checked) -> Iterator[Finding]:
    """Decode a part with its pages' checksums, and look at every row."""
    look = _Look(str(path), part)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            expected = next((columns for begin, columns in _SCHEMAS if part.startswith(begin)), file.schema_arrow)
            expected = _as_of_then(file.schema_arrow, expected)
            if not file.schema_arrow.equals(expected):
                yield Finding("schema", str(path), _differing(file.schema_arrow, expected))
                return
            for group in range(file.num_row_groups):  # those of rejects are small: their rows may be large
                for batch in file.iter_batches(_BATCH, row_groups=[group]):
                    yield from look.at(batch)
    except (OSError, pa.ArrowException) as error:
        yield Finding("decoding", str(path), _both(type(error).__name__))
        return
    checked.rows += look.rows
    if look.rows != facts["rows"]:
        yield Finding("rows", str(path), _both(f"{look.rows:,} ≠ {facts['rows']:,}"))
    if part.startswith("messages/") and look.digest.close() != facts.get("digest"):
        yield Finding("digest", str(path), Text("its messages have another digest", "消息摘要不同"))


def _as_of_then(found: pa.Schema, expected: pa.Schema) -> pa.Schema:
    """The columns of a part, without newer ones that it may lack."""
    lacking = {name for table in schema.TABLES for name in table.newer} - set(found.names)
    return pa.schema([field for field in expected if field.name not in lacking])


def _differing(found: pa.Schema, expected: pa.Schema) -> Text:
    names = [name for name in dict.fromkeys((*expected.names, *found.names)) if not _same(found, expected, name)]
    return _both(", ".join(names) or "?")


def _same(found: pa.Schema, expected: pa.Schema, name: str) -> bool:
    return name in found.names and name in expected.names and bool(found.field(name).equals(expected.field(name)))


def _both(said: str) -> Text:
    return Text(said, said)


@dataclass(slots=True)
class _Look:
    """A part while its rows go by; each kind of finding is told once a part."""

    path: str
    part: str
    rows: int = 0
    digest: Digest = field(default_factory=Digest)
    last: pa.RecordBatch | None = None
    told: set[str] = field(default_factory=set)

    def at(self, batch: pa.RecordBatch) -> Iterator[Finding]:
        """The next rows."""
        self.rows += len(batch)
        found = chain(self._closed(batch), self._month(batch), self._ordered(batch))
        for code, what in found:
            if code not in self.told:
                self.told.add(code)
                yield Finding(code, self.path, what)

    def _closed(self, batch: pa.RecordBatch) -> Iterator[tuple[str, Text]]:
        for column, known in _CLOSED.get(self.part.partition("/")[0], {}).items():
            if column in batch.schema.names:
                strange = {value for value in pc.unique(batch[column]).to_pylist() if value is not None} - set(known)
                if strange:
                    yield "value", _both(f"{column}: {len(strange)}")

    def _month(self, batch: pa.RecordBatch) -> Iterator[tuple[str, Text]]:
        if "month=" in self.part and len(batch):
            months = pc.unique(pc.strftime(batch["local_time"], "%Y-%m")).to_pylist()
            others = sorted(set(months) - {self.part.partition("month=")[2][:7]})
            if others:
                yield "month", _both(", ".join(others[:3]))

    def _ordered(self, batch: pa.RecordBatch) -> Iterator[tuple[str, Text]]:
        if self.part.startswith("messages/") and len(batch):
            self.digest.add(batch)
            rows = batch.select(_ORDER)
            both = pa.Table.from_batches([self.last, rows] if self.last else [rows])
            self.last = rows.slice(len(rows) - 1)
            if not _ascending(both):
                yield "order", Text(f"near row {self.rows:,}", f"第 {self.rows:,} 行附近")


def _ascending(rows: pa.Table) -> bool:
    """Whether every row comes after the one before by group, then time, then seq."""
    before, after = rows.slice(0, len(rows) - 1), rows.slice(1)
    later: Any = pa.scalar(False)
    for name in reversed(_ORDER):
        same = pc.and_(pc.equal(after[name], before[name]), later)
        later = pc.or_(pc.greater(after[name], before[name]), same)
    return pc.all(later, min_count=0).as_py() is not False


# -- what the observations determine -------------------------------------------------------------------------------
def _derived(staging: Staging, memory_limit: str, threads: int | None) -> Iterator[Finding]:
    """Build names, messages and members anew, elsewhere, and compare them row by row."""
    build.rebuild(staging, memory_limit, threads)
    known = staging.base["parts"]
    determined = [part for part in known if part.startswith(("messages/", "members/")) or part == build.NAMES]
    for part in sorted({*determined, *staging.parts} - {build.MEMBERS, build.ALIASES}):
        path = f"{staging.base_path}/{part}"
        if part not in known:
            yield Finding("derived", path, Text("it is not there, but should be", "应有而没有"))
        elif part not in staging.parts:
            yield Finding("derived", path, Text("nothing tells of it", "没有来源支持它"))
        elif (at := _first_difference(Path(path), staging.path / part)) is not None:
            yield Finding("derived", path, Text(f"from row {at:,} on", f"自第 {at:,} 行起"))
        elif staging.parts[part].get("quoted_months") != known[part].get("quoted_months"):
            yield Finding("derived", path, Text("the months that it quotes are others", "所引用的月份不同"))


def _first_difference(one: Path, other: Path) -> int | None:
    """The row (from 1) near which two parts differ; None if they are equal."""
    at = 1
    with pq.ParquetFile(one) as mine, pq.ParquetFile(other) as built:
        for a, b in zip_longest(mine.iter_batches(_BATCH), built.iter_batches(_BATCH)):
            if a is None or b is None:
                return at
            b = b.select([name for name in b.schema.names if name in a.schema.names])
            if not a.equals(b):
                rows = zip_longest(a.to_pylist(), b.to_pylist())
                return at + next(place for place, (left, right) in enumerate(rows) if left != right)
            at += len(a)
    return None
