"""Rows of one source on their way into the store: observations by month, members."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunkit.ingest.clock import Clock
from qunkit.ingest.identity import ANY_GROUP
from qunkit.ingest.read import Reading

_OPEN = 8


class MonthWriters:
    """Appends observations to one file a local month; exports are sorted, so few are open at a time."""

    def __init__(self, folder: Path, source: str, staged: dict[str, list[Path]]) -> None:
        self.folder, self.source, self.staged = folder, source, staged
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.opened = 0

    def __enter__(self) -> MonthWriters:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self.writers.values():
            writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add `batch`, in runs of one month: a file out of order costs more runs, nothing else."""
        local = batch.column("local_time")
        months = pc.add(pc.multiply(pc.year(local), 12), pc.subtract(pc.month(local), 1)).to_numpy()
        starts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]])
        for start, end in zip(starts, np.r_[starts[1:], len(months)], strict=True):
            month = f"{months[start] // 12:04}-{months[start] % 12 + 1:02}"
            table = pa.Table.from_batches([batch.slice(start, end - start)]).drop(["offset"])
            table = table.append_column("src", pa.array([self.source] * len(table), pa.string()))
            self._writer(month, table.schema).write_table(table)

    def _writer(self, month: str, columns: pa.Schema) -> pq.ParquetWriter:
        if month not in self.writers:
            if len(self.writers) == _OPEN:
                self.writers.pop(next(iter(self.writers))).close()
            self.opened += 1
            path = self.folder / f"{self.source}-{month}-{self.opened}.parquet"
            self.staged.setdefault(month, []).append(path)
            self.writers[month] = pq.ParquetWriter(path, columns, compression="lz4", use_dictionary=["src"])
        return self.writers[month]


def member_row(reading: Reading, row: dict[str, object], as_group: str | None, clock: Clock) -> dict[str, object]:
    """A member as the format told it, with its group and source. Naive times are of the source's wall clock."""
    group_id, group_name = reading.group
    told = {
        "group_id": group_id,
        "group_name": group_name,
        "complete": False,
        **reading.called(None),
        **row,
        "source": reading.id,
    }
    if told.pop("contact", False):
        told |= {"group_id": ANY_GROUP, "group_name": None}
    elif as_group:
        told |= reading.called(as_group)
    for name in ("seen_at", "joined_at"):
        value = told.get(name)
        if isinstance(value, int):
            told[name] = datetime.fromtimestamp(value / 1000, UTC)
        elif isinstance(value, datetime):
            told[name] = clock.instant(value)
    return told
