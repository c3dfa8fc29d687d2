"""Whole datasets by hand: what `messages.write_snapshot` writes, committed by the real store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from qunkit.ingest import store
from support.messages import write_snapshot


def make_dataset(
    folder: Path,
    rows: Iterable[Mapping[str, Any]],
    members: Iterable[Mapping[str, Any]] = (),
    *,
    tz: str = "Asia/Shanghai",
) -> Path:
    """`folder` as a dataset of `rows` and `members`; see `messages.write_snapshot` for what a row may say."""
    with store.writing(folder, tz, 0) as staging:
        write_snapshot(staging.path, rows, members)
        for part in sorted(staging.path.rglob("*.parquet")):
            staging.finish(str(part.relative_to(staging.path)), pq.read_metadata(part).num_rows)
        store.commit(staging, {"sources": [], "fingerprint": "0123456789abcdef", "tz": tz})
    return folder
