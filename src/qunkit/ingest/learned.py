"""The part that holds a model learnt from messages (`qunkit.models`), as forgetting treats it: weights cannot be searched for words."""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path
from typing import Any

PART = "models/part.parquet"
"""One row a feature: the model that it goes by in this dataset, and what is known of it."""
_GROUP = 4
"""Where a label says which group it is from: behind key, verdict, what the sender did, and what it stands for."""


def holding(path: Path | None, groups: Set[str], *, member: bool) -> str | None:
    """What the model in the part at `path` is called if it may hold anything of a `member`, or of `groups` that go; None: it does not, or there is none.

    A member's words and names may be in what anybody wrote. Of a group nothing is in a model that says of all its labels where they are from, if none is from there.
    """
    if path is None:
        return None
    import pyarrow.parquet as pq

    [told] = pq.read_table(path, columns=["facts"])["facts"].to_pylist()
    facts: dict[str, Any] = json.loads(told)
    labels = facts.get("labels")
    known = {label[_GROUP] for label in labels} if isinstance(labels, list) else set()
    sources = known | {audit[0] for audit in facts["audits"]}
    return f"learned-{facts['number']}" if member or not known or sources & groups else None
