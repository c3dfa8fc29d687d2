"""What a second worker brings: ``.venv-spark-local/bin/python benchmarks/spark.py [--messages 1M] [--rounds 3]``, after `make spark`.

Every analysis, and the ingest of a folder of many files, on a standalone cluster of this machine with one worker and with two, each of one core;
the least of the rounds, after one that does not count. The table goes into docs/scale.md. A busy machine spoils it: nothing else should run.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import datasets
import fleet
from answers import groups
from asked import Asked
from page import table
from run import about, number

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from qunkit import registry
from qunkit.analyze import analyze
from qunkit.api import open_dataset
from qunkit.dataset import Scope
from qunkit.engines import spark
from qunkit.engines._spark_session import opened
from qunkit.ingest.store import open_snapshot
from support.clusters import standalone

PAGE = Path(__file__).parents[1] / "docs/scale.md"
BEGIN, END = "<!-- spark: written by benchmarks/spark.py -->\n", "<!-- end of spark -->"
SETTINGS = {"spark.executor.memory": "1500m"}


def main() -> None:
    """Measure, show, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=number, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="show only")
    given = parser.parse_args()
    asked = Asked(given.messages, given.rounds)
    dataset = datasets.made(asked.messages, groups(asked))
    exports = fleet.folder(asked)
    one, two = (measured(dataset, exports, asked, workers) for workers in (1, 2))
    rows = [
        {"work": name.replace("_", " ", 1), "1 worker, s": round(one[name], 1), "2 workers, s": round(two[name], 1), "speed-up": round(one[name] / two[name], 2)}
        for name in one
    ]  # fmt: skip
    told = f"{asked.messages:,} messages, {about()['date']}, {about()['machine']}; load of the machine at the end: {os.getloadavg()[0]:.1f}.\n\n{table(rows)}"
    print(told)
    if not given.dry:
        page = re.sub(f"(?s){BEGIN}.*{END}", lambda _: f"{BEGIN}\n{told}\n{END}", PAGE.read_text("utf-8"))
        PAGE.write_text(page, "utf-8")


def measured(dataset: Path, exports: Path, asked: Asked, workers: int) -> dict[str, float]:
    """Seconds of an ingest and of each analysis."""
    with (
        TemporaryDirectory() as folder,
        open_snapshot(dataset) as snapshot,
        standalone(Path(folder), SETTINGS, workers, cores=1) as url,
        opened(url) as session,
    ):
        took = {
            f"ingest of {fleet.files(asked):,} files": least(
                asked.rounds, partial(ingest, exports, Path(folder, "data"), url)
            )
        }
        scope = Scope(timezone=snapshot.tz)
        with spark.connect(session, snapshot.path, scope, files=list(snapshot.path.rglob("*.parquet"))) as engine:
            for name in registry.names("analyses"):
                took[name] = least(asked.rounds, partial(analyze, engine, name, scope=scope))
        return took


def least(rounds: int, work: Callable[[], object]) -> float:
    """Seconds; the first round warms up."""
    took = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return min(took[1:])


def ingest(exports: Path, data: Path, url: str) -> None:
    """Into a new dataset."""
    shutil.rmtree(data, ignore_errors=True)
    open_dataset(data, engine="spark", spark_url=url).ingest(exports)


if __name__ == "__main__":
    main()
