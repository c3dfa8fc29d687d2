"""How parts are written to Parquet, and named in a query."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 1 << 15
"""Rows of a row group: what is filtered out is passed over in such steps; and what is held of a part while it is written."""
_UNIQUE = ("text", "message_id", "native_id", "quote_id", "quote_text", "reply_to", "extra", "sent_at", "local_time")


SHARED = ".shared.parquet"
"""How the names of staged files end that hold numbered rows of several sources."""


def is_shared(path: Path) -> bool:
    """Whether a staged file holds numbered rows of several sources."""
    return path.name.endswith(SHARED)


def writer(file: object, table: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer as every part is written: zstd, with page checksums, dictionaries where values repeat."""
    repeating = [name for name in table.names if name not in _UNIQUE]
    return pq.ParquetWriter(file, table, compression="zstd", write_page_checksum=True, use_dictionary=repeating)


def rows_of(paths: Sequence[Path], *facts: str) -> str:
    """A FROM item: the rows of Parquet files, with what DuckDB adds if it is asked, such as ``file_row_number``."""
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    asked = "".join(f", {fact} = true" for fact in facts)
    return f"read_parquet([{quoted}], hive_partitioning = false{asked})"


def from_parts(paths: Path | Sequence[Path] | None, empty: str) -> str:
    """The same, or `empty` if there are none."""
    return rows_of([paths] if isinstance(paths, Path) else paths) if paths else empty
