"""The harness finds every mistake that is seeded: what it does not find, it would not find in earnest."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from torture import bugs, power, run, size
from torture.disk import Disk, lay_out
from torture.faults import ALL, Bench, Broken
from torture.power import IDLE, Cuts
from torture.shim import AFTER, FAILS, FILES, FULL, NO_LINKS, Fault
from torture.size import Counts

HERE = Path(__file__).parent
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


@pytest.mark.parametrize("bug", BY_POWER)
def test_power_cuts_find(place: Path, counts: Counts, bug: str) -> None:
    disk = power.fresh(place / "root")
    cuts = Cuts(place / "root", place / "cut")
    done = 0
    with pytest.raises(Broken):
        for program in ("1", "3"):
            calls = power.recorded(place / "root", place / "log", program, bug=bug)
            done = cuts.play(disk, calls, done, acknowledged=done)
    counts.found(bug)


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
    counts.found(bug)


def test_power_cuts_after_a_kill_find_already_there_not_synced(place: Path, counts: Counts) -> None:
    root = place / "root"
    power.fresh(root)
    calls = power.recorded(root, place / "log", "")
    with pytest.raises(Broken):
        for at in [n for n, call in enumerate(calls, 1) if call.what not in IDLE][-3:]:
            disk = Disk(str(root))
            power.killed(disk, calls, at)
            lay_out(disk.now(), root)
            again = power.recorded(root, place / "log", "reach1", bug="already_there_not_synced")
            Cuts(root, place / "cut").play(disk, again, 0, most=1)
    counts.found("already_there_not_synced")


def test_no_bug_goes_untested() -> None:
    assert {name for file in HERE.glob("test_*.py") for name in _seeded(file)} == {*bugs.BUGS}
    assert NO_LINKS


def test_a_bug_that_two_tests_find_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "KEPT_IN", str(tmp_path))
    for test in ("one", "two"):
        counted = Counts()
        counted.add({"writers killed": 2})
        counted.found("no_lock")
        counted.found(test)
        counted.keep(test)
    figures = run.added(tmp_path)
    assert (figures["seeded bugs"], figures["other"]) == (3, {"writers killed": 4})


def _seeded(file: Path) -> set[str]:
    """The bugs that tests of a file seed: with `bugs.seed(…)`, or as the `bug` of what they run. They are named there, or in what the test is parametrised with."""
    tree = ast.parse(file.read_text("utf-8"))
    lists = {ast.unparse(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)}
    found: set[str] = set()
    for test in tree.body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_") and any(map(_seeds, ast.walk(test))):
            used = [lists[one.id] for one in ast.walk(test) if isinstance(one, ast.Name) and one.id in lists]
            parts = [part for whole in (test, *used) for part in ast.walk(whole)]
            found |= {one.value for one in parts if isinstance(one, ast.Constant) and one.value in bugs.BUGS}
    return found


def _seeds(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="bugs"), attr="seed")):
            return True
        case ast.keyword(arg="bug") | ast.Assign(targets=[ast.Attribute(attr="bug")]):
            return True
    return False
