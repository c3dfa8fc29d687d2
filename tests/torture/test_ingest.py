"""P01, P02, P03, P20: a whole `qunkit ingest` of real files, with everything in it that writes, and a fault at any of its file calls."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from torture import exports, power
from torture.disk import Disk, lay_out
from torture.faults import ERRORS, KILLS, NOTHING, Broken, Ended, Server
from torture.power import Cuts
from torture.shim import AFTER, BEFORE, FAILS, FULL, NAMES, SHORT, Fault, Shim
from torture.size import FULL_RUN, Counts
from torture.trace import Call, record

SHARDS = 16 if FULL_RUN else 4
SAMPLE = 12
"""Faults a shard in a quick run."""
KINDS = [(BEFORE, False), (FULL, False), (FAILS, False), (SHORT, False)]
RARER = [(AFTER, False), (FULL, True), (FAILS, True), (SHORT, True)]
"""At every fourth call: killed after a call is killed before the next."""
LAST = 2
"""The number of the state that the tormented run makes."""


@dataclass
class Ingests:
    """A server of whole ingests, three exports, and the states that they make."""

    place: Path
    server: Server
    files: list[Path]
    states: exports.States | None = None
    retried: int = 0
    base: dict[int, Path] = field(default_factory=dict)

    @property
    def dataset(self) -> Path:
        return self.place / "root" / "of" / "data"

    def run(self, file: Path, fault: Fault = NOTHING) -> Ended:
        """Ingest a file. A child forked after Arrow was loaded may hang by itself, one in thousands: it is run again, and counted."""
        for _ in range(2):
            args = ["ingest", str(file), "--data", str(self.dataset), "--quiet"]
            ended = self.server.run(self.place / "root", fault, args=args)
            if not ended.hung:
                return ended
            self.retried += 1
        raise Broken(f"hung twice: {fault}")

    def start(self, state: int) -> None:
        """The dataset after so many ingests."""
        shutil.rmtree(self.dataset.parent, ignore_errors=True)
        if state:
            shutil.copytree(self.base[state], self.dataset)

    def read(self) -> int:
        """The state, every byte checked."""
        assert self.states
        try:
            return self.states.read(self.dataset)
        except Exception as error:
            raise Broken(f"cannot be read: {type(error).__name__} {error}") from error


@pytest.fixture
def ingests(place: Path) -> Iterator[Ingests]:
    """Everything prepared up to the state before the last."""
    (place / "root").mkdir()
    with Server(Shim.make(place), "ingest") as server:
        made = Ingests(place, server, exports.write(place / "exports")[:LAST])

        def ingest(file: Path) -> None:
            assert made.run(file).code == 0
            number = len(made.base) + 1
            made.base[number] = Path(shutil.copytree(made.dataset, place / f"base{number}"))

        made.states = exports.States(made.dataset, ingest, made.files)
        yield made


def torment(ingests: Ingests, before: int, fault: Fault) -> Ended:
    """One ingest with one fault, the state after it, and another ingest that must make everything good."""
    ingests.start(before)
    ended = ingests.run(ingests.files[before], fault)
    found = ingests.read()
    if found not in ((before + 1,) if ended.code == 0 else (before, before + 1)):
        raise Broken(f"{fault}: state {found}: {ended}")
    if fault.kind in KILLS:
        assert ended.code == -9 or not ended.seen.tripped, ended
    else:
        expected = ERRORS.get(fault.kind, 0) if ended.seen.tripped else 0
        if ended.code not in (0, expected):
            raise Broken(f"{fault}: exit code: {ended}")
        if fault.kind == FULL and ended.code:
            assert "space" in ended.said, ended
        hindered = "unlink" in ended.seen.op or "rmdir" in ended.seen.op or fault.sticky
        if ended.code and not hindered:
            assert not exports.rubbish(ingests.dataset, empty=not found), ended
    if not ended.seen.tripped:
        return ended
    again = ingests.run(ingests.files[before])
    if again.code or ingests.read() != before + 1 or exports.rubbish(ingests.dataset, empty=False):
        raise Broken(f"{fault}: the next run: {again}")
    told = "already" if found > before else "ingested"
    assert f"\t{told}\t" in again.said, again
    return ended


@pytest.mark.parametrize("shard", range(SHARDS))
def test_P01_a_fault_in_a_whole_ingest(ingests: Ingests, counts: Counts, shard: int) -> None:
    jobs = []
    for before in (0, 1):
        ingests.start(before)
        calls = ingests.run(ingests.files[before]).seen.calls
        assert calls > 200
        jobs += [(before, Fault(kind, at, sticky)) for kind, sticky in KINDS for at in range(1, calls + 1)]
        jobs += [(before, Fault(kind, at, sticky)) for kind, sticky in RARER for at in range(1, calls + 1, 4)]
    mine = jobs[shard::SHARDS]
    for before, fault in mine if FULL_RUN else Random(shard).sample(mine, SAMPLE):
        if torment(ingests, before, fault).seen.tripped:
            counts.add({f"ingest: {NAMES[fault.kind]}": 1})
    counts.add({"ingest: hung children run again": ingests.retried})
    assert sum(counts.numbers.values()) >= SAMPLE // 3


@pytest.fixture
def recorder(place: Path) -> Callable[[Path], list[Call]]:
    """The calls of a real ingest, by what it says at its end."""
    command = [sys.executable, "-m", "qunkit", "ingest", "--data", str(place / "root/of/data")]
    return lambda file: record([*command, str(file)], place / "root", place / "log")


def test_P02_power_cuts_in_whole_ingests(place: Path, counts: Counts, recorder: Callable[[Path], list[Call]]) -> None:
    """Each ends with an acknowledgement: what is on stdout when the process has ended is told."""
    files = exports.write(place / "exports")[:LAST]
    disk = power.fresh(place / "root")
    dataset = place / "root/of/data"
    runs: list[list[Call]] = []
    states = exports.States(dataset, lambda file: runs.append(recorder(file)), files)
    runs.append(recorder(files[0]))  # "already"
    cuts = Cuts(place / "root", place / "cut", states.read, recover=False, draws=12 if FULL_RUN else 1)
    done = 0
    for number, calls in zip((1, 2, 2), runs, strict=True):
        told = Call("ack", at=number)
        done = cuts.play(disk, [*calls, told], done, acknowledged=done, most=number)
    assert done == LAST
    assert len(cuts.seen) > 100
    counts.add(cuts.counts, cuts.seen)


def test_P02_an_ingest_killed_at_the_end_and_run_again_survives_a_power_cut(
    place: Path, counts: Counts, recorder: Callable[[Path], list[Call]]
) -> None:
    """The second run says "already": by then it must be sure."""
    file = exports.write(place / "exports")[0]
    power.fresh(place / "root")
    runs: list[list[Call]] = []
    states = exports.States(place / "root/of/data", lambda one: runs.append(recorder(one)), [file])
    current = [n for n, call in enumerate(runs[0], 1) if call.what == "move" and call.other.endswith("/CURRENT")][-1]
    disk = Disk(str(place / "root"))
    power.killed(disk, runs[0], current)
    lay_out(disk.now(), place / "root")
    again = recorder(file)
    assert not any(call.what == "move" for call in again)
    cuts = Cuts(place / "root", place / "cut", states.read, recover=False, draws=12 if FULL_RUN else 4)
    assert cuts.play(disk, [*again, Call("ack", at=1)], 0, most=1) == 1
    counts.add(cuts.counts, cuts.seen)
