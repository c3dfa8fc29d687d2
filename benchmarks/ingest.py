"""A whole ingest of one file in each main format, against the floor."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import exports
from asked import Asked, Row
from process import best, measured


def rows(asked: Asked) -> list[Row]:
    """One row a format."""
    made = exports.made(exports.Chat(asked.messages), asked.formats or exports.MAIN)
    return [_row(name, path, asked) for name, path in made.items()]


def _row(name: str, path: Path, asked: Asked) -> Row:
    out = exports.CACHE / "out"
    took = best(
        asked.rounds,
        {
            "floor": partial(measured, "ingest.floor", path, exports.ready(asked.messages), out, asked.messages),
            "ingest": partial(measured, "ingest.whole", path, out, asked.messages),
        },
    )
    shutil.rmtree(out)
    floor, ingest = took["floor"], took["ingest"]
    return {
        "format": name,
        "MB": path.stat().st_size / 1e6,
        "floor, s": floor.seconds,
        "ingest, s": ingest.seconds,
        "÷ floor": ingest.seconds / floor.seconds,
        "CPU ÷ floor's": ingest.cpu / floor.cpu,
        "messages/s": int(asked.messages / ingest.seconds),
        "peak MB": ingest.peak,
    }


def floor(path: str, ready: str, out: str, messages: int) -> Callable[[], None]:
    """Reading the file once, and writing the ready columns of so many messages as zstd Parquet: no ingest can be faster."""
    import pyarrow.parquet as pq

    table = pq.read_table(ready)
    shutil.rmtree(out, ignore_errors=True)
    Path(out).mkdir(parents=True)

    def work() -> None:
        block = bytearray(1 << 22)
        with open(path, "rb", buffering=0) as file:
            while file.readinto(block):
                pass
        with pq.ParquetWriter(f"{out}/floor.parquet", table.schema, compression="zstd") as writer:
            for start in range(0, messages, len(table)):
                writer.write_table(table.slice(0, messages - start))

    return work


def whole(path: str, out: str, messages: int) -> Callable[[], None]:
    """All that `qunkit ingest` does with a file or a folder."""
    from qunkit.ingest.run import ingest

    shutil.rmtree(out, ignore_errors=True)

    def work() -> None:
        summary = ingest([path], Path(out))
        if summary.code or sum(file.new for file in summary.files) != messages:
            raise RuntimeError(f"not everything went in: {summary.files}")

    return work
