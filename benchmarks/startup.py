"""How long the program takes to begin: its help against a bare `import typer`, and an answer from a small dataset, in CPU seconds of whole processes."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from functools import partial

import datasets
from asked import Asked, Row
from process import Measured, best

_ROUNDS = 3
"""For each of the asked ones: they are short."""
_MESSAGES = 2_000


def rows(asked: Asked) -> list[Row]:
    """One row a command."""
    small = datasets.made(min(asked.messages, _MESSAGES), 5)
    commands = {
        "import typer": ["-c", "import typer"],
        "qunkit --help": ["-m", "qunkit", "--help"],
        "qunkit --version": ["-m", "qunkit", "--version"],
        f"qunkit groups, {_MESSAGES:,} messages": ["-m", "qunkit", "groups", "--data", str(small)],
    }
    took = best(_ROUNDS * asked.rounds, {name: partial(_run, words) for name, words in commands.items()})
    bare = took["import typer"]
    return [
        {"command": name, "s": one.seconds, "CPU s": one.cpu, "CPU ÷ import typer": one.cpu / bare.cpu}
        for name, one in took.items()
    ]


def _run(words: list[str]) -> Measured:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Measured(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0, 0)
