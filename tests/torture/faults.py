"""One fault, and what the dataset must be like after it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from torture import states
from torture.shim import AFTER, BEFORE, FAILS, FILES, FULL, INTERRUPTED, NAMES, SHORT, Fault, Seen, Shim

SERVER = Path(__file__).with_name("server.py")
NOTHING = Fault()
KILLS = (BEFORE, AFTER)
ERRORS = {FULL: 74, FAILS: 74, FILES: 71}
"""Faults that a call reports, and the exit code that they come to."""
UNSEEN = (INTERRUPTED, SHORT)
"""Faults that nobody may notice."""
ONCE = [(kind, False) for kind in (BEFORE, AFTER, FULL, FAILS, INTERRUPTED, SHORT, FILES)]
ALL = [*ONCE, *((kind, True) for kind in (FULL, FAILS, SHORT, FILES))]
"""Every kind, once and from then on. (For ever interrupted is for ever waiting.)"""


EMPTY = {"CURRENT", "dataset.json", "lock"}
"""What is left of a dataset without a state if it cannot be removed."""


class Ended(NamedTuple):
    """How a child ended."""

    code: int
    said: str
    seen: Seen
    hung: bool = False

    @property
    def acknowledged(self) -> int:
        """The last state that it said was done."""
        return max((int(line[5:]) for line in self.said.splitlines() if line.startswith("done ")), default=0)


class Broken(AssertionError):
    """A promise was not kept."""


@dataclass
class Server:
    """A process that forks a child for every fault."""

    shim: Shim
    kind: str = "states"
    process: Any = None
    hung: int = 0

    def __enter__(self) -> Server:
        command = [sys.executable, str(SERVER), self.kind]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.shim.environment
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def run(self, root: Path, fault: Fault, **job: object) -> Ended:
        """A child that does `job` and meets `fault` below `root`."""
        self.shim.arm(root, fault)
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return Ended(answer["code"], answer["said"], self.shim.disarm(), answer["hung"])


@dataclass
class Bench:
    """A place for datasets, a server, and the counts of what was done."""

    folder: Path
    server: Server
    bug: str | None = None
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def dataset(self) -> Path:
        """The dataset that is tormented; its folder's folder is made with it."""
        return self.folder / "of" / "data"

    def start(self, base: Path | None) -> None:
        """Begin with a copy of `base`, or with nothing."""
        shutil.rmtree(self.dataset.parent, ignore_errors=True)
        if base:
            shutil.copytree(base, self.dataset, symlinks=True)

    def prepared(self, commits: int) -> Path | None:
        """A dataset with so many commits."""
        self.start(None)
        for _ in range(commits):
            states.advance(self.dataset)
        return self.kept("base") if commits else None

    def kept(self, name: str) -> Path | None:
        """The dataset as it is, put aside."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        return Path(shutil.copytree(self.dataset, self.folder / name)) if self.dataset.exists() else None

    def run(self, program: str, fault: Fault = NOTHING) -> Ended:
        """One run of the tormented."""
        here = fault.kind not in KILLS and not self.bug
        job = {"program": program, "dataset": str(self.dataset), "bug": self.bug, "here": here}
        return self.server.run(self.folder, fault, **job)

    def torment(self, program: str, old: int, fault: Fault) -> Ended:
        """A run that meets a fault; afterwards the dataset must be in the state from before it or in one that the run makes."""
        before = set(os.listdir(self.dataset)) if self.dataset.exists() else set()
        ended = self.run(program, fault)
        if ended.seen.tripped:
            self.counts[NAMES[fault.kind]] += 1
        found = self.read()
        most = old + (int(program or 1) if program.isdigit() or not program else 0)
        least = max(old, ended.acknowledged)
        if not least <= found <= most:
            raise Broken(f"state {found}, not {least} to {most}: {ended}")
        self._must_end_well(fault, ended, before)
        if ended.code == 0 and not ended.acknowledged and fault.kind in UNSEEN and program != "nothing":
            raise Broken(f"nothing was done: {ended}")
        return ended

    def read(self) -> int:
        """The state, every byte checked."""
        try:
            return states.read(self.dataset)
        except Exception as error:
            raise Broken(f"cannot be read: {type(error).__name__} {error}") from error

    def recover(self) -> None:
        """The next run succeeds and leaves no rubbish."""
        found = self.read()
        ended = self.run("")
        if ended.code or self.read() != found + 1:
            raise Broken(f"the next run after state {found}: {ended}")
        if left := states.rubbish(self.dataset):
            raise Broken(f"rubbish: {left}")

    def _must_end_well(self, fault: Fault, ended: Ended, before: set[str]) -> None:
        if ended.hung:
            raise Broken(f"hung: {ended}")
        if fault.kind in KILLS and ended.seen.tripped:
            if ended.code != -9:
                raise Broken(f"not killed: {ended}")
            return
        clearing = "unlink" in ended.seen.op or "rmdir" in ended.seen.op
        if ended.code not in (0, ERRORS.get(fault.kind, 0) if ended.seen.tripped else 0):
            raise Broken(f"exit code: {ended}")
        hindered = clearing or (fault.sticky and fault.kind in (FAILS, FILES))
        if ended.code and not hindered and (left := self._leftovers(fault.sticky) - before):
            raise Broken(f"left behind: {left}: {ended}")

    def _leftovers(self, sticky: bool) -> set[str]:
        """What an error must not leave: staging, unborn snapshots, an empty dataset (unless the disk stays full)."""
        if not self.dataset.exists():
            return set()
        number = self.read()
        if not number:
            return set(os.listdir(self.dataset)) - (EMPTY if sticky else set()) or (set() if sticky else {"the folder"})
        return {name for name in states.rubbish(self.dataset) if name[0] != "v" or name > f"v{number:06d}"}
