"""Words and links of texts: the first time and the next, by one process and by all cores, against jieba and rjieba alone on the same distinct texts.

What a process loads once (jieba's dictionary) is loaded before the clock starts, but for workers of a pool, which begin with nothing.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import datasets
from answers import groups
from asked import Asked, Row
from exports import CACHE
from process import Measured, best, measured

PATIENCE = 1_000_000
"""Messages up to which jieba is asked, too."""
TEXTS = "SELECT DISTINCT text FROM posts WHERE text <> '' ORDER BY text"


def rows(asked: Asked) -> list[Row]:
    """One row a way."""
    data, kept = datasets.made(asked.messages, groups(asked)), CACHE / "features"
    alone, ours = partial(measured, "features.alone", data), partial(measured, "features.shown", data, kept)
    ways: dict[str, Callable[[], Measured]] = {
        "jieba alone": partial(alone, "jieba"),
        "tokens by jieba, 1 process": partial(ours, "tokens", 1, "jieba", 0),
        "tokens by jieba, all cores": partial(ours, "tokens", 0, "jieba", 0),
        "rjieba alone": partial(alone, "rjieba"),
        "tokens by rjieba, 1 process": partial(ours, "tokens", 1, "rjieba", 0),
        "tokens by rjieba, all cores": partial(ours, "tokens", 0, "rjieba", 0),
        "links, all cores": partial(ours, "links", 0, "rjieba", 0),
        "tokens, 1 in 100 texts new": partial(ours, "tokens", 0, "rjieba", 99),
        "tokens, nothing new": partial(ours, "tokens", 0, "rjieba", 100),
    }
    if asked.messages > PATIENCE:
        ways = {name: way for name, way in ways.items() if "jieba" not in name.replace("rjieba", "")}
    took = best(asked.rounds, ways)
    shutil.rmtree(kept)
    return [_row(way, one) for way, one in took.items()]


def _row(way: str, one: Measured) -> Row:
    return {
        "": way,
        "texts": one.answer,
        "s": one.seconds,
        "CPU s": one.cpu,
        "texts/s": int(one.answer / one.seconds),
        "peak MB": None if "new" in way else one.peak,  # that of the first time, which comes before the clock starts
    }


def alone(data: str, engine: str) -> Callable[[], int]:
    """The engine's own cut of every distinct text."""
    texts = _texts(Path(data))
    if engine == "rjieba":
        import rjieba

        cut = partial(rjieba.cut, hmm=True)
    else:
        from qunkit.features.tokens import jieba_cutter

        cut = jieba_cutter()
    cut("你好")

    def work() -> int:
        for text in texts:
            cut(text)
        return len(texts)

    return work


def shown(data: str, kept: str, feature: str, threads: int, engine: str, known: int) -> Callable[[], int]:
    """What an analysis waits for: the view ``features``, with `known` of 100 texts kept from before."""
    from qunkit import enrich
    from qunkit.engines import _derived, duckdb
    from qunkit.features import tokens

    shutil.rmtree(kept, ignore_errors=True)
    Path(kept).mkdir()
    if engine == "jieba":
        cut = tokens.jieba_cutter()
        tokens.cutter = lambda: cut  # type: ignore[assignment]
    tokens.cutter()("你好")
    place = Path(kept) / "features"
    if known:
        with _open(data, place, 0) as one:
            enrich.show(one, [feature])
        if known < 100:
            _thin(place, 100 - known)

    def work() -> int:
        with _without_rjieba(engine == "jieba"), _open(data, place, threads) as one:
            enrich.show(one, [feature])
            return int(one.sql("SELECT COUNT(*) AS n FROM features")["n"][0].as_py())

    _ = (_derived, duckdb)  # loaded before the clock starts
    return work


@contextmanager
def _open(data: str, kept: Path, threads: int) -> Iterator[object]:
    from qunkit.dataset import Scope
    from qunkit.engines.duckdb import connect
    from qunkit.ingest.store import open_snapshot

    with open_snapshot(Path(data)) as snapshot:
        files = [snapshot.path / part for part in snapshot.manifest["parts"] if part.endswith(".parquet")]
        with connect(snapshot.path, Scope(), files=files, threads=threads or None, kept=kept) as engine:
            yield engine


def _texts(data: Path) -> list[str]:
    with _open(str(data), None, 0) as engine:
        return engine.sql(TEXTS)["text"].to_pylist()


def _thin(place: Path, per_cent: int) -> None:
    """Take so many of 100 rows out of what is kept."""
    import hashlib

    import pyarrow.parquet as pq

    for path in place.glob("*/*.parquet"):
        table = pq.read_table(path)
        path.unlink()
        pq.write_table(table.slice(len(table) * per_cent // 100), path)
        path.rename(path.with_name(f"{hashlib.sha256(path.read_bytes()).hexdigest()}.parquet"))


@contextmanager
def _without_rjieba(wanted: bool) -> Iterator[None]:
    """Let workers, who look where this process looks, find none."""
    with TemporaryDirectory() as folder:
        if wanted:
            Path(folder, "rjieba.py").write_text("raise ImportError\n")
            sys.path.insert(0, folder)
        yield


if __name__ == "__main__":
    import run

    run.main(["features", *sys.argv[1:]])
