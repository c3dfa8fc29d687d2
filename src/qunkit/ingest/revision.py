"""What becomes of what earlier runs observed, where a run takes some of it out: a source to be read anew, a member to be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class Revision:
    """Queries over ``{old}``, the old rows as a FROM item, with the same columns."""

    observations: str
    members: str
    prepare: Callable[[duckdb.DuckDBPyConnection], object] = lambda connection: None
    """Makes what the queries use."""


def without(sources: Iterable[str]) -> Revision:
    """Everything but what these sources say."""
    named = ", ".join(f"'{source}'" for source in sorted(sources))
    return Revision(
        f"""SELECT * FROM (SELECT * REPLACE (list_filter(sources, lambda s: s NOT IN ({named})) AS sources) FROM {{old}})
        WHERE len(sources) > 0""",
        f"SELECT * FROM {{old}} WHERE source NOT IN ({named})",
    )
