"""What filters spare: MB that a question reads from the dataset's files, and seconds, with and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import answers
import chats
import datasets
from asked import Asked, Row
from process import measured

ANALYSIS = "activity_hours"
FILTERS: dict[str, dict[str, Any]] = {
    "": {},
    "--group, the tenth": {"group": chats.Group(9).id},
    "--last 4w": {"last": "4w"},
    "--until 2023-10-01": {"until": "2023-10-01"},
    "--group --last 4w": {"group": chats.Group(9).id, "last": "4w"},
}


def rows(asked: Asked) -> list[Row]:
    """One row a filter, for the scan of posts and for the whole question."""
    path = datasets.made(asked.messages, answers.groups(asked))
    size = sum(part.stat().st_size for part in path.glob("v*/messages/*/*.parquet")) / 1e6
    found: list[Row] = []
    for told, given in FILTERS.items():
        scan, whole = measured("filters.scanned", path, given), measured("filters.asked", path, given)
        found.append(
            {
                "filter": told or "none",
                "posts": scan.answer,
                "dataset, MB": size,
                "read for the posts, MB": scan.read,
                "read for the question, MB": whole.read,
                "question, s": whole.seconds,
            }
        )
    return found


def scanned(path: str, given: dict[str, Any]) -> Callable[[], int]:
    """Every text of the posts in the window, once."""
    from qunkit import open_dataset
    from qunkit.question import Filters

    chosen = Filters(**{name: (value,) if name == "group" else value for name, value in given.items()})
    engine = answers.HELD.enter_context(open_dataset(path).ask(chosen)).engine
    query = "SELECT COUNT(*) AS n, SUM(chars) AS c FROM posts WHERE in_window"
    return lambda: int(engine.sql(query)["n"][0].as_py())


def asked(path: str, given: dict[str, Any]) -> Callable[[], int]:
    """The whole question."""
    from qunkit import open_dataset

    return lambda: len(list(open_dataset(path).analyze(ANALYSIS, **given).rows()))
