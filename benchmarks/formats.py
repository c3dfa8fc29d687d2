"""How fast each format is read, beside a floor: ``python benchmarks/formats.py [NAME …]``.

The made-up fleet is written by the writers of the tests, over and over under other group names until there are enough messages. The floor is
to read those bytes and to write the finished records as zstd Parquet; a format's ratio is its time to read (no merge) ÷ the floor's,
both in CPU seconds of this process in the same run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from qunkit import registry
from qunkit.demo.fleet import invent
from qunkit.demo.model import Chat
from qunkit.parsing.source import open_source
from qunkit.schema import RAW
from support.writers import modules

TIMES = 3


def main(wanted: list[str]) -> None:
    """Print a line a format."""
    (chat,) = invent(seed=8, groups=1, weeks=26, plain=False, end=date(2026, 11, 15))
    print("format\tmessages\tMB\tseconds\tmessages a second\tratio to floor")
    for name, writer in modules().items():
        if not wanted or name in wanted:
            with tempfile.TemporaryDirectory() as folder:
                print("\t".join(measured(name, writer, chat, Path(folder))), flush=True)


def measured(name: str, writer: ModuleType, chat: Chat, folder: Path) -> tuple[str, ...]:
    """The cells of one format."""
    file = writer.write(chat, chat.messages, folder)
    module = registry.load("formats", writer.FORMAT)

    def read() -> list[pa.RecordBatch]:
        return [batch.messages for batch in module.read(open_source(file))]

    records = pa.Table.from_batches([batch.replace_schema_metadata() for batch in read()], RAW.arrow)

    def floor() -> None:
        file.read_bytes()
        pq.write_table(records, folder / "floor.parquet", compression="zstd")

    seconds, least = best(read), best(floor)
    size = file.stat().st_size / 1e6
    rate = len(records) / seconds
    return (name, str(len(records)), f"{size:.1f}", f"{seconds:.2f}", f"{rate:,.0f}", f"{seconds / least:.1f}")


def best(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest of some runs."""
    found = []
    for _ in range(TIMES):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


if __name__ == "__main__":
    main(sys.argv[1:])
