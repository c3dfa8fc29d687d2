"""P01, P02, P03: whatever a power cut leaves of what was not synced, the dataset is in the old state or the new, and what was told is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from torture import power
from torture.disk import Disk, lay_out
from torture.power import IDLE, Cuts
from torture.size import FULL_RUN, Counts
from torture.trace import Call

DRAWS = 12 if FULL_RUN else 2
HISTORIES, LENGTH = (5, 10) if FULL_RUN else (1, 2)
PROGRAMS = (("1", "1"), ("1", "2", "1"), ("3", "2"), ("2", "nothing", "1"), ("4", "purge", "1"))
"""Runs one after the other on one disk."""


@pytest.mark.parametrize("programs", PROGRAMS, ids="-".join)
def test_P02_power_cuts_in_commits(place: Path, counts: Counts, programs: tuple[str, ...]) -> None:
    disk = power.fresh(place / "root")
    cuts = Cuts(place / "root", place / "cut", draws=DRAWS)
    done = 0
    for program in programs:
        calls = power.recorded(place / "root", place / "log", program)
        assert len([call for call in calls if call.what not in IDLE]) > 8
        done = cuts.play(disk, calls, done, acknowledged=done)
    assert done == sum(int(program) for program in programs if program.isdigit())
    assert len(cuts.seen) > 100
    counts.add(cuts.counts, cuts.seen)


@pytest.mark.parametrize("history", range(HISTORIES))
def test_P02_power_cuts_in_long_histories(place: Path, counts: Counts, history: int) -> None:
    """Each begins where the one before ended, so that no state is met twice."""
    begun, commits = history * LENGTH, LENGTH
    disk = power.fresh(place / "root")
    past = power.recorded(place / "root", place / "log", str(begun)) if begun else []
    power.killed(disk, past, len(past))
    cuts = Cuts(place / "root", place / "cut", draws=40 if FULL_RUN else 2, share=0.05)
    calls = power.recorded(place / "root", place / "log", str(commits))
    assert cuts.play(disk, calls, begun, acknowledged=begun) == begun + commits
    counts.add(cuts.counts, cuts.seen)


@pytest.mark.parametrize("shard", range(4))
@pytest.mark.parametrize("before", [0, 2])
def test_P02_power_cuts_after_a_kill_and_another_run(place: Path, counts: Counts, before: int, shard: int) -> None:
    """What the second run finds is only in memory, in part; if it says that it is there, it must be sure."""
    root = place / "root"
    power.fresh(root)
    past: list[Call] = power.recorded(root, place / "log", str(before)) if before else []
    calls = power.recorded(root, place / "log", "")
    points = [n for n, call in enumerate(calls, 1) if call.what not in IDLE]
    for at in points[shard :: 4 if FULL_RUN else 20] + points[-4:][shard : shard + 1]:
        disk = Disk(str(root))
        power.killed(disk, past, len(past))
        power.killed(disk, calls, at)
        lay_out(disk.now(), root)
        again = power.recorded(root, place / "log", f"reach{before + 1}")
        cuts = Cuts(root, place / "cut", draws=DRAWS)
        cuts.play(disk, again, before, acknowledged=before, most=before + 1)
        counts.add(cuts.counts, cuts.seen)
    assert counts.marks
