"""Short sources on their way into the store: many are numbered together, and share a file a month.

A file a source and month would be opened, read and written in as many steps as there are files; here the steps are those of a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.ingest import durable, stage
from qunkit.ingest.parquet import ROW_GROUP, SHARED, is_shared
from qunkit.ingest.stage import Numbers, months_of, observation_rows


class Shorts:
    """Gathers whole sources until there are enough rows for a file."""

    def __init__(self, folder: Path, staged: dict[str, list[Path]]) -> None:
        self.folder, self.staged = folder, staged
        self.held: list[pa.Table] = []
        self.rows = self.written = 0

    def add(self, source: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Take all rows of a source, which has less than `stage.SHORT`."""
        tables = [observation_rows(batch, source) for batch in batches]
        self.held += tables
        self.rows += sum(len(table) for table in tables)
        if self.rows > ROW_GROUP - stage.SHORT:
            self.flush()

    def flush(self) -> None:
        """Number and write what is held."""
        if not self.rows:
            return
        numbers = Numbers()
        try:
            whole = numbers.put(pa.concat_tables(self.held).combine_chunks())
        finally:
            numbers.close()
        self.held, self.rows = [], 0
        months = months_of(whole)
        order = np.argsort(months, kind="stable")
        whole, months = whole.take(pa.array(order)), months[order]
        starts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]])
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(months)], strict=True):
            self._write(f"{months[start] // 12:04}-{months[start] % 12 + 1:02}", whole.slice(start, end - start))

    def _write(self, month: str, rows: pa.Table) -> None:
        self.written += 1
        path = self.folder / f"{self.written:06}-{month}{SHARED}"
        path.unlink(missing_ok=True)  # of a run that begins again
        write(path, rows.cast(schema.OBSERVATIONS.arrow))
        self.staged.setdefault(month, []).append(path)


def write(path: Path, rows: pa.Table) -> None:
    """A file that is read once or twice, and gone at the commit."""
    with durable.create(path) as file:
        pq.write_table(rows, file, compression="lz4", row_group_size=ROW_GROUP)


def left_of(paths: Sequence[Path], ids: set[str]) -> list[Path]:
    """Staged files without the rows of some sources; those that have others are written anew."""
    left = [path for path in paths if is_shared(path) or path.name.partition("-")[0] not in ids]
    return [path for path in left if not is_shared(path) or _is_left(path, ids)]


def _is_left(path: Path, ids: set[str]) -> bool:
    rows = pq.read_table(path, partitioning=None)
    sources = pc.list_element(rows["sources"], 0) if "sources" in rows.schema.names else rows["source"]
    kept = rows.filter(pc.invert(pc.is_in(sources, pa.array(sorted(ids)))))
    if 0 < len(kept) < len(rows):
        path.unlink()
        write(path, kept)
    return len(kept) > 0
