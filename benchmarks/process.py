"""One piece of work in a process of its own: seconds, CPU seconds, peak memory, bytes read, and what it answers.

A piece of work is a function `module.name` of plain arguments that gets everything ready and returns what is to be timed: a function without
arguments, whose answer must be JSON. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

_EVERY = 0.05
"""Seconds between two looks at the memory of a process and its children."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took."""

    seconds: float
    cpu: float
    """User and system seconds, its children's too."""
    peak: float
    """MB: its own peak, or that of it and its children together."""
    read: float
    """MB it read from files, from the disk or from memory."""
    answer: Any = None


def measured(work: str, *args: object) -> Measured:
    """The measures of `module.name` with `args`.

    Raises:
        RuntimeError: it failed.
    """
    command = [sys.executable, __file__, work, json.dumps(args, default=str)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        together = 0.0
        while process.poll() is None:
            together = max(together, sum(_resident(pid) for pid in _tree(process.pid)))
            time.sleep(_EVERY)
        told = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{work} {args} failed with {process.returncode}")
    seconds, cpu, peak, read, answer = json.loads(told.splitlines()[-1])
    return Measured(seconds, cpu, max(peak, together), read, answer)


def best(rounds: int, works: Mapping[str, Callable[[], Measured]]) -> dict[str, Measured]:
    """The least time and the greatest memory of each of `works`, in interleaved rounds: what else the machine does only adds to a round."""
    found: dict[str, list[Measured]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work())
    return {name: _least(several) for name, several in found.items()}


def _least(several: list[Measured]) -> Measured:
    seconds, cpu = min(one.seconds for one in several), min(one.cpu for one in several)
    last = several[-1]
    return Measured(seconds, cpu, max(one.peak for one in several), last.read, last.answer)


def _tree(pid: int) -> Iterator[int]:
    """A process and its children."""
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue  # it has just ended
        for child in children:
            yield from _tree(int(child))


def _resident(pid: int) -> float:
    """MB that a process has of its own (pages shared with others are counted once, in `_peak`)."""
    try:
        found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _peak() -> float:
    """MB of this process at its highest. Not `ru_maxrss`, which begins with that of the parent."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _cpu() -> float:
    """User and system seconds of this process and its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _read() -> float:
    """MB that this process has read, its ended children too."""
    found = re.search(r"rchar: (\d+)", Path("/proc/self/io").read_text())
    return int(found[1]) / 1e6 if found else 0.0


def _main() -> None:
    module, _, name = sys.argv[1].rpartition(".")
    work = getattr(import_module(module), name)(*json.loads(sys.argv[2]))
    read, began, before = _read(), time.perf_counter(), _cpu()
    answer = work()
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    print(json.dumps([seconds, cpu, _peak(), _read() - read, answer]))


if __name__ == "__main__":
    _main()
