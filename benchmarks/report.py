"""The weekly report of 1,000 groups, as a command: cold, with nothing remembered of the dataset, and warm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import datasets
from asked import Asked, Row
from exports import CACHE
from process import best, measured

GROUPS = 1000
FORMATS = ("terminal", "json", "html")


def rows(asked: Asked) -> list[Row]:
    """One row a format."""
    groups = min(GROUPS, asked.messages // 100)
    path = datasets.made(asked.messages, groups)
    found: list[Row] = []
    for name in FORMATS:
        works = {state: partial(measured, "report.command", path, name, state == "cold") for state in ("cold", "warm")}
        took = best(asked.rounds, works)
        found.append(
            {
                "format": name,
                "groups": groups,
                "cold, s": took["cold"].seconds,
                "warm, s": took["warm"].seconds,
                "warm, CPU s": took["warm"].cpu,
                "peak MB": max(one.peak for one in took.values()),
            }
        )
    return found


def command(path: str, format: str, cold: bool) -> Callable[[], int]:
    """`qunkit report`, start and all; what qunkit remembers lies in a folder of its own, which is gone when it is `cold`."""
    cache = CACHE / "cache"
    if cold:
        shutil.rmtree(cache, ignore_errors=True)
        for derived in Path(path).glob("features*"):
            shutil.rmtree(derived)
    words = [sys.executable, "-m", "qunkit", "report", "--data", path, "--format", format]
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return lambda: len(subprocess.run(words, env=surroundings, capture_output=True, check=True).stdout)
