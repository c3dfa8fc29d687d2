"""Peak memory of a whole ingest as files grow: it should not."""

from __future__ import annotations

import shutil

import exports
from asked import Asked, Row
from process import measured

SIZES = (100_000, 1_000_000, 10_000_000, 100_000_000)


def rows(asked: Asked) -> list[Row]:
    """One row a size up to the asked one, one column a format: MB."""
    sizes = [size for size in SIZES if size < asked.messages] + [asked.messages]
    return [_row(size, asked) for size in sizes]


def _row(messages: int, asked: Asked) -> Row:
    row: Row = {"messages": messages}
    out = exports.CACHE / "out"
    for name, path in exports.made(exports.Chat(messages), asked.formats or exports.MAIN).items():
        row[f"{name}, MB"] = measured("ingest.whole", path, out, messages).peak
    shutil.rmtree(out)
    return row
