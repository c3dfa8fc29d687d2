"""Power cuts in recorded runs: after every call, every kind of state that a file system may leave is built and read."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from torture import disk, states
from torture.disk import FIXED, RANDOM, Disk, State
from torture.faults import Broken
from torture.trace import Call, record

RUNNER = Path(__file__).with_name("runner.py")
IDLE = ("open", "close", "ack")
"""Calls that change nothing on the disk."""


@dataclass
class Cuts:
    """What was cut where, and what was found."""

    root: Path
    """Where the recorded runs worked; the dataset is in `of/data` below it."""
    scratch: Path
    read: Callable[[Path], int] = states.read
    go_on: Callable[[Path], object] = states.advance
    recover: bool = True
    draws: int = 2
    share: float = 0.15
    """Of the random states, so many are written to as well; of the others, all."""
    dice: Random = field(default_factory=lambda: Random(1))
    counts: Counter[str] = field(default_factory=Counter)
    seen: set[bytes] = field(default_factory=set)
    """Marks of the states."""
    checked: set[tuple[bytes, tuple[int, int, int]]] = field(default_factory=set)

    def play(self, on: Disk, calls: list[Call], old: int, *, acknowledged: int = 0, most: int | None = None) -> int:
        """Cut after every call of a run that begins in state `old`; returns what was acknowledged in the end."""
        most = old + sum(call.what == "ack" for call in calls) if most is None else most
        on.handles.clear()
        acked = acknowledged
        for number, call in enumerate(calls):
            if call.what == "ack":
                acked = max(acked, call.at)
            else:
                on.apply(call)
            if call.what not in IDLE or call.what == "ack":
                self._cut(on, (old if acked else 0, acked, most), f"call {number} {call.what} {call.path[-60:]}")
        return acked

    def _cut(self, on: Disk, bounds: tuple[int, int, int], where: str) -> None:
        for model in (*FIXED, *RANDOM * self.draws):
            state = on.cut(model, self.dice)
            self.counts["power cuts"] += 1
            mark = disk.mark(state)
            if (mark, bounds) not in self.checked:
                self.checked.add((mark, bounds))
                self.seen.add(mark)
                self._check(state, bounds, model, where)

    def _check(self, state: State, bounds: tuple[int, int, int], model: str, where: str) -> None:
        disk.lay_out(state, self.scratch)
        dataset = self.scratch / "of" / "data"
        old, acked, most = bounds
        try:
            found = self.read(dataset)
        except Exception as error:
            raise Broken(f"{model} after {where}: {type(error).__name__} {error}") from error
        if not acked <= found <= most:
            raise Broken(f"{model} after {where}: state {found}, not {acked} to {most} (before: {old})")
        if self.recover and (model in FIXED or self.dice.random() < self.share):
            self.counts["recovered"] += 1
            dataset.parent.mkdir(exist_ok=True)
            self.go_on(dataset)
            if self.read(dataset) != found + 1 or states.rubbish(dataset):
                raise Broken(
                    f"{model} after {where}: the next run made {self.read(dataset)}, {states.rubbish(dataset)}"
                )


def recorded(root: Path, log: Path, program: str, bug: str = "") -> list[Call]:
    """The calls of a run of `states` on the dataset below `root`."""
    return record([sys.executable, str(RUNNER), program, str(root / "of" / "data"), bug], root, log)


def fresh(root: Path) -> Disk:
    """An empty place for runs."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    return Disk(str(root))


def killed(on: Disk, calls: list[Call], at: int) -> int:
    """Do the first `at` calls and stop dead: what is in memory stays there. Returns what was acknowledged by then."""
    on.handles.clear()
    acked = 0
    for call in calls[:at]:
        if call.what == "ack":
            acked = call.at
        else:
            on.apply(call)
    on.handles.clear()
    return acked
