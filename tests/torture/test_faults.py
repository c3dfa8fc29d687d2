"""P01, P02, P03, P06: killed, failed or hindered at any file call, a commit is done or not done, and the next run goes on."""

from __future__ import annotations

import pytest

from torture.faults import ALL, ONCE, Bench
from torture.shim import BEFORE, NAMES, NO_LINKS, NO_LOCKS, Fault
from torture.size import FULL_RUN, Counts

SHARDS = 8
BASES = (0, 3)
STEP = 1 if FULL_RUN else 4
"""Of the calls of a run that recovers, every so many."""


def every(bench: Bench, program: str, commits: int, shard: int, kinds=ALL) -> int:
    """Every fault of a run, the share of one shard; how many calls the run makes."""
    base = bench.prepared(commits)
    bench.start(base)
    calls = bench.run(program).seen.calls
    jobs = [Fault(kind, at, sticky) for kind, sticky in kinds for at in range(1, calls + 1)]
    for fault in jobs[shard::SHARDS]:
        bench.start(base)
        if bench.torment(program, commits, fault).seen.tripped:
            bench.recover()
    return calls


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("commits", BASES)
def test_P01_a_fault_at_every_file_call(bench: Bench, counts: Counts, commits: int, shard: int) -> None:
    assert every(bench, "", commits, shard) > 60
    assert sum(bench.counts.values()) > 60
    counts.add(bench.counts)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize(
    ("program", "commits"), [("2", 0), ("2", 3), ("nothing", 0), ("nothing", 3), ("reach3", 3), ("purge", 3)]
)
def test_P01_a_fault_in_runs_of_other_kinds(
    bench: Bench, counts: Counts, program: str, commits: int, shard: int
) -> None:
    every(bench, program, commits, shard, ALL if FULL_RUN else [(kind, False) for kind, _ in ONCE[:4]])
    counts.add(bench.counts)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("commits", BASES)
def test_P01_a_fault_in_the_run_that_recovers(bench: Bench, counts: Counts, commits: int, shard: int) -> None:
    """Killed at one call, then hit at another call of the next run, then whole again."""
    base = bench.prepared(commits)
    bench.start(base)
    calls = bench.run("").seen.calls
    firsts = [at for at in range(1, calls + 1) if FULL_RUN or at % 8 == 0]
    for first in firsts[shard::SHARDS]:
        bench.start(base)
        bench.torment("", commits, Fault(BEFORE, first))
        found = bench.read()
        wreck = bench.kept("wreck")
        for at in range(1 + first % STEP, calls + 20, STEP):
            for kind, sticky in ALL if FULL_RUN else ONCE[:4]:
                if FULL_RUN and kind != BEFORE and at % 3:
                    continue
                bench.start(wreck)
                if bench.torment("", found, Fault(kind, at, sticky)).seen.tripped:
                    bench.recover()
    counts.add({f"nested: {kind}": n for kind, n in bench.counts.items()})


def test_P30_where_links_cannot_be_made_parts_are_copied(bench: Bench) -> None:
    bench.start(bench.prepared(3))
    ended = bench.run("", Fault(NO_LINKS, 1, True))
    assert (ended.code, ended.seen.tripped) == (0, 1)  # state 4 writes the ledger and a month, drops one, keeps one
    assert bench.read() == 4
    copies = {path.stat().st_nlink for path in (bench.dataset / "v000004").rglob("*.parquet")}
    assert copies == {1}


def test_P06_where_there_are_no_locks_nobody_writes(bench: Bench) -> None:
    bench.start(bench.prepared(3))
    ended = bench.run("", Fault(NO_LOCKS, 1, True))
    assert (ended.code, bench.read()) == (78, 3)
    assert "has no locks" in ended.said
    assert NAMES[NO_LOCKS] == "no locks"
