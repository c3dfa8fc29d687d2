"""Where the exports go."""

from __future__ import annotations

import os
from pathlib import Path


def put(path: Path, body: bytes) -> Path:
    """Write a file, and the folders that it lies in; its name is UTF-8 whatever the locale. Returns the path as Python has it there."""
    path = Path(os.fsdecode(str(path).encode("utf-8", "surrogateescape")))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path
