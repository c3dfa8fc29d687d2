"""P01, P02, P03, P06: killed, failed or hindered at any file call, a commit is done or not done, and the next run goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from torture.faults import ALL, ONCE, Bench
from torture.shim import BEFORE, NAMES, NO_LINKS, NO_LOCKS, Fault
from torture.size import FULL_RUN, Counts

Kinds = Sequence[tuple[int, bool]]
SHARDS = 8
BASES = (0, 3)
OTHERS = (("2", 0), ("2", 3), ("nothing", 0), ("nothing", 3), ("reach3", 3), ("purge", 3))
KINDS = ALL if FULL_RUN else ONCE[:4]
"""What other runs meet than a plain commit."""
STEP = 1 if FULL_RUN else 4
"""Of the calls of a run that recovers, every so many."""
LEAST = 5000


def planned(bench: Bench, base: Path | None, program: str, kinds: Kinds = KINDS) -> list[Fault]:
    """Every fault of these kinds in a run that begins with `base`."""
    bench.start(base)
    return bench.run(program).seen.faults(kinds)


def every(bench: Bench, program: str, commits: int, shard: int, kinds: Kinds = KINDS) -> None:
    """Every fault of a run, the share of one shard."""
    base = bench.prepared(commits)
    for fault in planned(bench, base, program, kinds)[shard::SHARDS]:
        bench.start(base)
        assert bench.torment(program, commits, fault).seen.tripped
        bench.recover()


def wrecks(bench: Bench, commits: int, shards: slice) -> Iterator[tuple[Path | None, list[Fault]]]:
    """What runs leave that were killed at one call, with the faults that the next run is to meet."""
    base = bench.prepared(commits)
    firsts = [fault for fault in planned(bench, base, "", [(BEFORE, False)]) if FULL_RUN or fault.at % 7 == 0]
    for first in firsts[shards]:
        bench.start(base)
        bench.torment("", commits, first)
        wreck = bench.kept("wreck")
        yield wreck, [fault for fault in planned(bench, wreck, "") if _is_chosen(fault, first)]


def _is_chosen(fault: Fault, first: Fault) -> bool:
    return (fault.at - 1 - first.at) % STEP == 0 and not (FULL_RUN and fault.kind != BEFORE and fault.at % 3)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("commits", BASES)
def test_P01_a_fault_at_every_file_call(bench: Bench, counts: Counts, commits: int, shard: int) -> None:
    every(bench, "", commits, shard, ALL)
    assert sum(bench.counts.values()) > 60
    counts.add(bench.counts)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize(("program", "commits"), OTHERS)
def test_P01_a_fault_in_runs_of_other_kinds(
    bench: Bench, counts: Counts, program: str, commits: int, shard: int
) -> None:
    every(bench, program, commits, shard)
    counts.add(bench.counts)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("commits", BASES)
def test_P01_a_fault_in_the_run_that_recovers(bench: Bench, counts: Counts, commits: int, shard: int) -> None:
    """Killed at one call, then hit at another call of the next run, then whole again."""
    for wreck, faults in wrecks(bench, commits, slice(shard, None, SHARDS)):
        bench.start(wreck)
        found = bench.read()
        for fault in faults:
            bench.start(wreck)
            assert bench.torment("", found, fault).seen.tripped
            bench.recover()
    counts.add({f"nested: {kind}": n for kind, n in bench.counts.items()})


def test_a_run_of_all_this_holds_thousands_of_faults(bench: Bench) -> None:
    """The runs above, without their faults, which are only counted."""
    number = sum(len(planned(bench, bench.prepared(commits), "", ALL)) for commits in BASES)
    number += sum(len(planned(bench, bench.prepared(commits), program)) for program, commits in OTHERS)
    number += sum(len(faults) for commits in BASES for _, faults in wrecks(bench, commits, slice(None)))
    assert number >= LEAST, number


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
