"""The files that a dataset is made of; and one of them taken out again, as if it had never been ingested."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from qunkit.errors import NoSuchSource
from qunkit.ingest import store
from qunkit.ingest.clock import DEFAULT_ZONE
from qunkit.ingest.harvest import Harvest
from qunkit.ingest.rehearsal import rehearsing


@dataclass(frozen=True, slots=True)
class Dropped:
    """What goes, or went."""

    sources: list[dict[str, Any]]
    """As the manifest has them."""
    before: int
    """Messages and notices of the dataset."""
    after: int


def drop(dataset: Path, patterns: Sequence[str], *, wait: float = 10.0, dry: bool = False) -> Dropped:
    """Take out all that only these sources say; `chosen` says what a pattern may be.

    The dataset is then as if they had never been ingested, but for the order of messages of one instant of which two sources had another
    order. What they are is not forgotten: the state before stays on the disk as after every commit, and the files can be ingested again.

    Raises:
        NoSuchSource: a pattern fits none.
        NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    store.zone(dataset)
    with rehearsing(dataset, DEFAULT_ZONE) if dry else store.writing(dataset, DEFAULT_ZONE, wait) as staging:
        base = staging.base
        going = chosen(base["sources"], patterns)
        harvest = Harvest(staging, dropped={source["id"] for source in going})
        harvest.build()
        left = {part: facts for part, facts in base["parts"].items() if part not in harvest.built.dropped}
        counts = _messages(base["parts"]), _messages(left | staging.parts)
        if not dry:
            harvest.commit()
    return Dropped(going, *counts)


def chosen(sources: Iterable[dict[str, Any]], patterns: Sequence[str]) -> list[dict[str, Any]]:
    """The sources that the patterns mean: a path as it was ingested (a file, an archive, a folder), a name or glob, or the begin of an id.

    Raises:
        NoSuchSource: a pattern fits none.
    """
    known = ordered(sources)
    meant = [source["id"] for pattern in patterns for source in _meant(known, pattern)]
    return [source for source in known if source["id"] in meant]


def ordered(sources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By the names of the files."""
    return sorted(sources, key=lambda source: (source["name"], source["id"]))


def _meant(known: Sequence[dict[str, Any]], pattern: str) -> list[dict[str, Any]]:
    """What a pattern means; the first way in which it means anything counts."""
    if not pattern:  # of a variable that is not set, say: it would be the current folder
        raise NoSuchSource(pattern=pattern)
    path = os.fsencode(os.path.abspath(pattern)).decode("utf-8", "replace")
    found = (
        [source for source in known if Path(source.get("path") or "").is_relative_to(path)]
        or [source for source in known if fnmatchcase(source["name"], pattern)]
        or [source for source in known if source["id"].startswith(pattern)]
    )
    if not found:
        raise NoSuchSource(pattern=pattern)
    return found


def _messages(parts: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(facts["rows"] for part, facts in parts.items() if part.startswith("messages/"))
