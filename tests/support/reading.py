"""A made-up file read by one format, its ranges checked."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from qunkit.exports import Batch
from qunkit.ingest.ledger import Ledger
from qunkit.parsing.source import open_source

Row = dict[str, Any]


def read(module: ModuleType, path: Path, content: str | bytes, **options: str) -> tuple[list[Row], list[str]]:
    """Write the file; the rows that the format makes of it, and the reasons of its rejects. The ranges must tile it."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = open_source(path, options=options)
    batches: list[Batch] = list(module.read(source))
    ledger = Ledger()
    for batch in batches:
        ledger.add(batch)
    if batches:
        ledger.close(source.size, np.empty(0, np.int64))
    rows = [row for batch in batches for row in batch.messages.to_pylist()]
    return rows, [reject.reason for batch in batches for reject in batch.rejects]


def sniffs(module: ModuleType, path: Path, content: str | bytes) -> bool:
    """Whether the format says yes to such a file."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return bool(module.sniff(open_source(path).head))
