"""The part that holds what was learnt from labelled messages (`qunkit.models`), as forgetting treats it: weights cannot be searched for words."""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path
from typing import Any

PART = "models/part.parquet"
"""One row a feature: the weights of the model that it goes by in this dataset, null being the shipped one's, and what is known of it."""


def holding(path: Path | None, groups: Set[str], *, member: bool) -> str | None:
    """What the model in the part at `path` is called if it may hold anything of a `member`, or of `groups` that go; None: it does not, or there is none.

    A member's words and names may be in what anybody wrote. Of a group nothing is in a model of which every label is known to be from others.
    """
    if path is None:
        return None
    import pyarrow.parquet as pq

    [told] = pq.read_table(path, columns=["facts"])["facts"].to_pylist()
    facts: dict[str, Any] = json.loads(told)
    audits: list[list[list[Any]]] = list(facts["audits"].values())
    known = bool(audits) and all(len(one) == len(facts["labels"]) > 0 for one in audits)
    sources = {audit[0] for one in audits for audit in one}
    return f"learned-{facts['number']}" if member or not known or sources & groups else None
