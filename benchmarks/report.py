"""The weekly report of 1,000 groups and the alerts, as commands: cold, with nothing remembered of the dataset, and warm, with everything but the last week."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import datasets
from asked import Asked, Row
from exports import CACHE
from process import Measured, best, measured

GROUPS = 1000
_CACHE, _FEATURES, _PAGES = CACHE / "cache", CACHE / "features", CACHE / "pages"
COMMANDS = {
    "report, terminal": ("report", "--format", "terminal"),
    "report, JSON": ("report", "--format", "json"),
    "alerts": ("alerts", "--format", "terminal"),
}
ALL = ("report", "--all", "-o", str(_PAGES))


def rows(asked: Asked) -> list[Row]:
    """One row a command, warm; the report as JSON and the pages of all groups cold, too."""
    groups = min(GROUPS, asked.messages // 100)
    path = datasets.made(asked.messages, groups)
    shutil.rmtree(_FEATURES, ignore_errors=True)
    remembered(path)
    warm = {name: partial(measured, "report.command", path, words, "warm") for name, words in COMMANDS.items()}
    found = {(name, "warm"): took for name, took in best(asked.rounds, warm).items()}
    cold = {"report, JSON": COMMANDS["report, JSON"], "report --all, HTML": ALL}
    for name, words in cold.items():  # takes minutes, and once
        found[name, "cold"] = measured("report.command", path, words, "cold")
    shutil.rmtree(_PAGES, ignore_errors=True)
    return [_row(name, groups, state, took) for (name, state), took in found.items()]


def _row(name: str, groups: int, state: str, took: Measured) -> Row:
    return {
        "command": name,
        "groups": groups,
        "remembered": {"warm": "all but a week", "cold": "nothing"}[state],
        "s": took.seconds,
        "CPU s": took.cpu,
        "peak MB": took.peak,
    }


def remembered(path: Path) -> None:
    """Put aside what is remembered a week before the end: of texts, what was worked out of those until then."""
    _forget(path)
    subprocess.run(_words(path, (*COMMANDS["report, JSON"], "--week", _week_before(path))), env=_ENV, capture_output=True, check=True)  # fmt: skip
    for kept in path.glob("features*"):
        shutil.copytree(kept, _FEATURES / kept.name)


def command(path: str, words: tuple[str, ...], state: str) -> Callable[[], int]:
    """qunkit with `words`, start and all; what it remembers of the dataset lies in folders of its own, which are made as `state` says."""
    _forget(Path(path), files=state == "cold")
    if state == "warm":
        for kept in _FEATURES.iterdir():
            shutil.copytree(kept, Path(path) / kept.name)
    return lambda: _done(_words(Path(path), words))


def _done(words: list[str]) -> int:
    """How much it says. That alerts fired is no failure: 1."""
    done = subprocess.run(words, env=_ENV, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())
    return len(done.stdout)


def _week_before(path: Path) -> str:
    """The week before the one that is reported."""
    told = subprocess.run(_words(path, ("compare", "--week", "last", "--format", "json")), env=_ENV, capture_output=True, check=True)  # fmt: skip
    since = date.fromisoformat(json.loads(told.stdout)["facts"]["since"][:10])
    return f"{since - timedelta(days=7):%G-W%V}"


def _forget(path: Path, *, files: bool = True) -> None:
    """What is remembered of texts, and of the `files` that were compared with their sha256."""
    if files:
        shutil.rmtree(_CACHE, ignore_errors=True)
    for kept in path.glob("features*"):
        shutil.rmtree(kept)


def _words(path: Path, words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "qunkit", *words, "--data", str(path)]


_ENV = {**os.environ, "XDG_CACHE_HOME": str(_CACHE)}
