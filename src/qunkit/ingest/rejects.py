"""What could not be read, kept byte by byte: looked at, counted, and read again by better parsers."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.errors import DatasetDamaged
from qunkit.ingest import rejected
from qunkit.ingest.harvest import REJECTS
from qunkit.ingest.store import Snapshot

_CODECS = {
    "gb18030": ("gb18030",),
    "utf-16-le": ("utf-16-le",),
    "utf-16-be": ("utf-16-be",),
    "mixed": ("utf-8", "gb18030"),
}
"""How to decode a reject, by the encoding of its file; others are UTF-8."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rejects."""

    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Names of files, globs, or the begins of sources' ids."""

    def source(self, id_: str, path: str) -> bool:
        """Whether a source is among them."""
        return not self.sources or any(fnmatchcase(path, one) or id_.startswith(one) for one in self.sources)


@dataclass(frozen=True, slots=True)
class Kind:
    """The rejects of one source for one reason."""

    source: str
    path: str
    format: str
    reason: str
    count: int
    bytes: int
    line: int | None
    """Of the first."""


def kinds(snapshot: Snapshot, chosen: Chosen = Chosen()) -> list[Kind]:
    """How many rejects of which source and reason, in the order of the files' names."""
    by = ["source", "path", "format", "reason"]
    tables = [_measured(batch) for batch in _batches(snapshot, chosen, [*by, "start", "end", "line"])]
    if not tables:
        return []
    sums = [("start", "count"), ("bytes", "sum"), ("line", "min")]
    found = pa.concat_tables(tables).group_by(by, use_threads=False).aggregate(sums).sort_by([(name, "ascending") for name in ("path", "source", "reason")])  # fmt: skip
    return [Kind(*(row[name] for name in (*by, "start_count", "bytes_sum", "line_min"))) for row in found.to_pylist()]


def each(snapshot: Snapshot, chosen: Chosen = Chosen()) -> Iterator[dict[str, Any]]:
    """Every reject, a row of `schema.REJECTS` with its ``text`` (null: its bytes are none) and its ``base64`` where it has no text."""
    encodings: Mapping[str, str] = {one["id"]: one["encoding"] for one in snapshot.manifest["sources"]}
    for batch in _batches(snapshot, chosen):
        for row in batch.to_pylist():
            text = decoded(row["raw"], encodings.get(row["source"], "utf-8"))
            yield row | {"text": text, "base64": None if text is not None else base64.b64encode(row["raw"]).decode()}


def decoded(raw: bytes, encoding: str) -> str | None:
    """The text that the bytes are; None if they are none."""
    for codec in _CODECS.get(encoding, ("utf-8",)):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def _measured(batch: pa.RecordBatch) -> pa.Table:
    return pa.table(batch).append_column("bytes", pc.subtract(batch["end"], batch["start"]))


def _batches(snapshot: Snapshot, chosen: Chosen, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rejects that were chosen, a few at a time.

    Raises:
        DatasetDamaged: the part cannot be read.
    """
    if REJECTS not in snapshot.manifest["parts"]:
        return
    path = snapshot.path / REJECTS
    try:
        for batch in rejected.batches(path, columns):
            yield batch.filter(pa.array(_wanted(batch, chosen), pa.bool_()))
    except (OSError, pa.ArrowException) as error:
        raise DatasetDamaged(path=path, why=type(error).__name__) from None


def _wanted(batch: pa.RecordBatch, chosen: Chosen) -> list[bool]:
    rows = zip(*(batch[name].to_pylist() for name in ("source", "path", "reason")), strict=True)
    return [chosen.source(id_, path) and reason in (chosen.reasons or (reason,)) for id_, path, reason in rows]
