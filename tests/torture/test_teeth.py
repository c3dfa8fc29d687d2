"""The harness finds every mistake that is seeded: what it does not find, it would not find in earnest."""

from __future__ import annotations

from pathlib import Path

import pytest

from torture import bugs, power
from torture.disk import Disk, lay_out
from torture.faults import ALL, Bench, Broken
from torture.power import IDLE, Cuts
from torture.shim import AFTER, FAILS, FILES, FULL, NO_LINKS, Fault
from torture.size import Counts

BY_POWER = (
    "files_not_synced",
    "folders_not_synced",
    "way_to_new_dataset_not_synced",
    "snapshot_synced_after_current",
    "parts_synced_after_current",
    "pruned_before_current_is_durable",
    "current_overwritten_in_place",
)
BY_FAULTS = {
    "current_overwritten_in_place": ("", (AFTER, FULL)),
    "acknowledged_before_current": ("", (AFTER,)),
    "written_through_a_hard_link": ("", (AFTER,)),
    "recovery_removes_the_current_one": ("", (AFTER,)),
    "staging_used_again_uncleaned": ("", (AFTER,)),
    "spool_left_where_it_cannot_be_removed": ("", (FAILS,)),
    "staging_left_after_an_error": ("", (FULL,)),
    "full_disk_taken_for_damage": ("", (FILES,)),
}
ELSEWHERE = (
    "already_there_not_synced",
    "copies_not_synced",
    "manifest_not_compared",
    "parts_not_compared",
    "no_current_means_empty",
    "no_lock",
    "readers_not_heeded",
)


@pytest.mark.parametrize("bug", BY_POWER)
def test_power_cuts_find(place: Path, counts: Counts, bug: str) -> None:
    disk = power.fresh(place / "root")
    cuts = Cuts(place / "root", place / "cut")
    done = 0
    with pytest.raises(Broken):
        for program in ("1", "3"):
            done = cuts.play(disk, power.recorded(place / "root", place / "log", program, bug), done, acknowledged=done)
    counts.add({"seeded bugs": 1})


@pytest.mark.parametrize("bug", BY_FAULTS)
def test_faults_find(bench: Bench, counts: Counts, bug: str) -> None:
    program, kinds = BY_FAULTS[bug]
    base = bench.prepared(3)
    bench.start(base)
    bench.bug = bug
    ended = bench.run(program)
    assert (ended.code, ended.acknowledged) == (0, 4), "only a fault brings the bug to light"
    calls = ended.seen.calls
    with pytest.raises(Broken):
        for fault in (Fault(kind, at) for kind in kinds for at in range(1, calls + 1)):
            bench.start(base)
            bench.torment(program, 3, fault)
            bench.recover()
    assert any(kind in kinds for kind, _ in ALL)
    counts.add({"seeded bugs": 1})


def test_power_cuts_after_a_kill_find_already_there_not_synced(place: Path, counts: Counts) -> None:
    root = place / "root"
    power.fresh(root)
    calls = power.recorded(root, place / "log", "")
    with pytest.raises(Broken):
        for at in [n for n, call in enumerate(calls, 1) if call.what not in IDLE][-3:]:
            disk = Disk(str(root))
            power.killed(disk, calls, at)
            lay_out(disk.now(), root)
            again = power.recorded(root, place / "log", "reach1", "already_there_not_synced")
            Cuts(root, place / "cut").play(disk, again, 0, most=1)
    counts.add({"seeded bugs": 1})


def test_no_bug_goes_untested() -> None:
    assert {*BY_POWER, *BY_FAULTS, *ELSEWHERE} == {*bugs.BUGS}
    assert NO_LINKS
