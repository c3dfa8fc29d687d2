"""Who moves a group, against reading the columns that this needs: what it costs to fit a process of turns to every group.

Texts' ad scores are worked out and kept before the clock starts (`ads` has what they cost). Of the parts: *turns* is the SQL, with ads told, *kol rising* the last eight weeks, *kol* all, which
asks *kol rising* for its label.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import datasets
from answers import HELD, groups
from asked import Asked, Row
from process import best, measured

COLUMNS = "group_id, sender_id, sent_at, local_time, kind, text, reply_to, mention_ids"
WAYS = ("columns read", "turns", "replies", "kol rising", "kol")


def rows(asked: Asked) -> list[Row]:
    """One row a way, and how many times the first it costs."""
    data = datasets.made(asked.messages, groups(asked))
    measured("kol.worked", data, "kol")  # keeps what ads' scores there are
    took = best(asked.rounds, {way: partial(measured, "kol.worked", data, way) for way in WAYS})
    floor = took["columns read"]
    return [
        {
            "": way,
            "rows": one.answer,
            "s": one.seconds,
            "CPU s": one.cpu,
            "÷ reading": one.seconds / floor.seconds,
            "CPU ÷ reading": one.cpu / floor.cpu,
            "peak MB": one.peak,
        }
        for way, one in took.items()
    ]


def worked(data: str, way: str) -> Callable[[], int]:
    """What is to be timed; views and scores are there."""
    from qunkit import enrich, open_dataset, registry
    from qunkit.analyze import _keep, _kept, _times, analyze
    from qunkit.question import Filters

    asked = HELD.enter_context(open_dataset(data).ask(Filters()))
    engine: Any = asked.engine
    model = asked.models("ads", None)
    enrich.show(engine, ("ads",), {"ads": model} if model else {})
    kol = registry.load("analyses", "kol")
    _keep(engine, _kept(kol, kol.PART_SQL))

    def work() -> int:
        if way == "columns read":
            return len(engine.sql(f"SELECT {COLUMNS} FROM posts ORDER BY group_id, sent_at, seq"))
        if way == "turns":
            return len(engine.sql(kol.PART_SQL, **_times(engine, asked.scope)))
        name = way.replace(" ", "_")
        return len(list(analyze(engine, name, scope=asked.scope, facts=asked.facts, models=asked.models).rows()))

    return work


if __name__ == "__main__":
    import run

    run.main(["kol", *sys.argv[1:]])
