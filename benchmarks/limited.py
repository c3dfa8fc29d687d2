"""Every analysis under `--memory-limit 1GB`: it works out of core, or says what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import answers
import datasets
from asked import Asked, Row
from process import best, measured

from qunkit import registry

LIMIT = "1GB"


def rows(asked: Asked) -> list[Row]:
    """One row an analysis."""
    path = datasets.made(asked.messages, answers.groups(asked))
    return [_row(name, str(path), asked) for name in registry.names("analyses")]


def _row(name: str, path: str, asked: Asked) -> Row:
    took = best(
        asked.rounds, {limit or "": partial(measured, "limited.question", path, name, limit) for limit in (None, LIMIT)}
    )
    free, held = took[""], took[LIMIT]
    return {
        "analysis": name.replace("_", " ", 1),
        "s": free.seconds,
        "peak MB": free.peak,
        f"{LIMIT}, s": held.seconds,
        f"{LIMIT}, peak MB": held.peak,
        "": held.answer if isinstance(held.answer, str) else None,
    }


def question(path: str, name: str, limit: str | None) -> Callable[[], int | str]:
    """The rows of an answer, or what was said instead."""
    from qunkit import open_dataset
    from qunkit.errors import OutOfResources

    def work() -> int | str:
        try:
            return len(list(open_dataset(path, memory_limit=limit).analyze(name).rows()))
        except OutOfResources as error:
            return error.sentence("en")

    return work
