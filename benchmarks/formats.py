"""How fast each format alone is read (no clock, no merge), against reading its bytes and writing its finished records as zstd Parquet.

The made-up fleet is written by the writers of the tests; it does not grow with the asked size.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from asked import Asked, Row
from process import measured

from qunkit import registry
from qunkit.parsing.source import open_source
from qunkit.schema import RAW

WEEKS = 26


def rows(asked: Asked) -> list[Row]:
    """One row a writer; all in one process, whose CPU seconds they are."""
    found: list[Row] = measured("formats.every", min(WEEKS, 2 + asked.messages // 10_000), asked.rounds).answer
    return found


def every(weeks: int, rounds: int) -> Callable[[], list[Row]]:
    """The rows."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from qunkit.demo.fleet import invent
    from support.writers import modules

    (chat,) = invent(seed=8, groups=1, weeks=weeks, plain=False, end=date(2026, 11, 15))

    def work() -> list[Row]:
        with TemporaryDirectory() as folder:
            writers = modules().items()
            files = {
                name: (writer.FORMAT, writer.write(chat, chat.messages, Path(folder, name))) for name, writer in writers
            }
            return [_row(name, format, file, rounds) for name, (format, file) in files.items()]

    return work


def _row(name: str, format: str, file: Path, rounds: int) -> Row:
    module = registry.load("formats", format)

    def read() -> list[pa.RecordBatch]:
        return [batch.messages.replace_schema_metadata() for batch in module.read(open_source(file))]

    records = pa.Table.from_batches(read(), RAW.arrow)  # what is loaded once is loaded now

    def floor() -> None:
        file.read_bytes()
        pq.write_table(records, f"{file}.parquet", compression="zstd")

    seconds, least = _least(read, rounds), _least(floor, rounds)
    return {
        "export": name,
        "records": len(records),
        "MB": file.stat().st_size / 1e6,
        "CPU s": seconds,
        "records/CPU s": int(len(records) / seconds),
        "÷ floor": seconds / least,
    }


def _least(work: Callable[[], object], rounds: int) -> float:
    """CPU seconds of the quickest round."""
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)
