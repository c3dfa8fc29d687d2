"""What was used goes back to the system before another room's work begins."""

from __future__ import annotations

import pyarrow as pa


def give_back() -> None:
    """Arrow's allocator and the C library's keep what was freed for whoever asks them next; DuckDB asks its own."""
    for pool in (pa.default_memory_pool(), pa.system_memory_pool()):
        pool.release_unused()
