"""Every analysis against the same answer by hand in DuckDB's SQL; the two are compared, row by row."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import bare
import datasets
from asked import Asked, Row
from process import best, measured

from qunkit import registry

GROUPS = 200
HELD = ExitStack()
"""What stays open until the process ends."""


def rows(asked: Asked) -> list[Row]:
    """One row an analysis, those without an answer by hand among them."""
    path = datasets.made(asked.messages, groups(asked))
    return [_row(name, path, asked) for name in registry.names("analyses")]


def groups(asked: Asked) -> int:
    """Fewer for small sizes: a group has some messages at least."""
    return min(GROUPS, asked.messages // 100)


def _row(name: str, path: Path, asked: Asked) -> Row:
    works = {
        "question": partial(measured, "answers.question", path, name),
        "analysis": partial(measured, "answers.analysis", path, name),
    }
    if name in bare.ANSWERS:
        works["by hand"] = partial(measured, "answers.by_hand", path, name)
        measured("answers.same", path, name)
    took = best(asked.rounds, works)
    row: Row = {
        "analysis": name.replace("_", " ", 1),
        "rows": took["analysis"].answer,
        "question, s": took["question"].seconds,
        "analysis, s": took["analysis"].seconds,
        "analysis, CPU s": took["analysis"].cpu,
        "peak MB": took["question"].peak,
    }
    if hand := took.get("by hand"):
        row |= {
            "by hand, s": hand.seconds,
            "÷ by hand": took["analysis"].seconds / hand.seconds,
            "CPU ÷ by hand": took["analysis"].cpu / hand.cpu,
        }
    return row


def question(path: str, name: str) -> Callable[[], int]:
    """The whole question: look at the dataset, find out what it covers, answer, make rows."""
    from qunkit import open_dataset

    return lambda: len(list(open_dataset(path).analyze(name).rows()))


def analysis(path: str, name: str) -> Callable[[], int]:
    """The answer alone, on views that are there."""
    answer = _analysed(path, name)
    return lambda: len(answer())


def by_hand(path: str, name: str) -> Callable[[], int]:
    """Plain DuckDB on the same files."""
    answer = _by_hand(path, name)
    return lambda: len(answer())


def same(path: str, name: str) -> Callable[[], None]:
    """Whether the two answers are equal."""
    ours, theirs = _analysed(path, name), _by_hand(path, name)

    def work() -> None:
        found, wanted = ours(), theirs()
        if len(found) != len(wanted):
            raise RuntimeError(f"{name}: {len(found)} rows, by hand {len(wanted)}")
        for row, other in zip(found, wanted, strict=True):
            if len(row) != len(other) or not all(map(_equal, row, other)):
                raise RuntimeError(f"{name}: {row}, by hand {other}")

    return work


def _analysed(path: str, name: str) -> Callable[[], list[tuple[Any, ...]]]:
    from qunkit import open_dataset
    from qunkit.analyze import analyze
    from qunkit.question import Filters

    asked = HELD.enter_context(open_dataset(path).ask(Filters()))
    return lambda: list(analyze(asked.engine, name, scope=asked.scope, facts=asked.facts).rows())


def _by_hand(path: str, name: str) -> Callable[[], list[tuple[Any, ...]]]:
    import duckdb

    connection = duckdb.connect(config={"default_null_order": "nulls_first_on_asc_last_on_desc"})
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    for view, parts in (("m", "messages/*/*.parquet"), ("r", "members/*.parquet")):
        files = [str(file) for file in sorted(Path(path).glob(f"v*/{parts}"))]
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet({files}, hive_partitioning = false)")
    return lambda: connection.sql(bare.ANSWERS[name]).fetchall()


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float | Decimal):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return bool(one == other)
