"""qunkit: turn exported group chats into answers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from qunkit.version import VERSION as __version__

if TYPE_CHECKING:
    from qunkit.api import Dataset, open_dataset
    from qunkit.errors import QunkitError

__all__ = ["Dataset", "QunkitError", "__version__", "open_dataset"]

os.environ.setdefault("MIMALLOC_PURGE_DELAY", "0")
"""Before Arrow is loaded: what its threads free goes back at once; else each keeps a share, half as much again as is ever used."""
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0")
"""The same of DuckDB's, within a tenth of a second instead of one to two: statements of milliseconds in several threads would else be held at a time."""
_HOME = {"Dataset": "qunkit.api", "open_dataset": "qunkit.api", "QunkitError": "qunkit.errors"}


def __getattr__(name: str) -> Any:
    """Public names, loaded on first use, so that importing the package costs nothing."""
    from importlib import import_module

    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'qunkit' has no attribute {name!r}")
