"""A made-up file read by one format, its ranges checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunkit.exports import Batch
from qunkit.ingest.ledger import Ledger
from qunkit.parsing.source import open_source

Row = dict[str, Any]
_NONE = np.empty(0, np.int64)


def read(module: ModuleType, path: Path, content: str | bytes, **options: str) -> tuple[list[Row], list[str]]:
    """Write the file; the rows that the format makes of it, and the reasons of its rejects. The ranges must tile it."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = open_source(path, options=options)
    batches: list[Batch] = list(module.read(source))
    if batches:
        runs(batches, source.size)
    rows = [row for batch in batches for row in batch.messages.to_pylist()]
    return rows, [reject.reason for batch in batches for reject in batch.rejects]


def runs(batches: Sequence[Batch], size: int, notices: npt.NDArray[np.int64] = _NONE) -> pa.Table:
    """The ledger's runs of what a format says of a file; `notices` are offsets of records that are notices.

    Raises:
        LedgerBroken: the ranges do not tile the file.
    """
    ledger = Ledger()
    for batch in batches:
        ledger.add(batch)
    for batch in batches:
        offsets = batch.messages.column("offset").to_numpy()
        ledger.add_records(offsets, np.isin(offsets, notices))
    return ledger.close(size)


def sniffs(module: ModuleType, path: Path, content: str | bytes) -> bool:
    """Whether the format says yes to such a file."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return bool(module.sniff(open_source(path).head))
