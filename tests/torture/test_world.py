"""Simulated groups, exported again and again: nothing doubled, nothing missing beyond the printed bound, every table the oracle's."""

from __future__ import annotations

import pytest

from torture import merge_world
from torture.size import FULL_RUN, Counts

SHARDS = 8
RUNS, SIZE = (50, merge_world.SIZE) if FULL_RUN else (1, 1000)
"""A shard."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_P15_the_merge_loses_no_more_than_it_says(shard: int, counts: Counts) -> None:
    found = merge_world.run(range(shard * RUNS, (shard + 1) * RUNS), SIZE)
    assert (found["phantom"], found["violations"], found["unlike_oracle"], found["unordered"]) == (0, [], [], [])
    said = {name: found[name] for name in ("runs", "messages", "tellings", "lost", "phantom", "bound")}
    counts.add({f"merge: {name}": number for name, number in said.items()})
