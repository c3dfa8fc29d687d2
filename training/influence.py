"""How well influence is found where it is planted, into docs/methods: ``python training/influence.py``; `make eval` is that, too.

Simulated chats alone: no data is read. Tests hold bars on the same measures (`tests/methods/test_hawkes.py`, `test_calls.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import fmean, median
from typing import Any

import figures
from figures import Bar

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support.kol_measures import asked, checked, covered, flagged, planted, rooted  # noqa: E402

SEEDS = range(8)
EXPLICIT = (0.0, 0.15)
INTERVALS = (("base", 0.0), ("base", 0.15), ("base", 0.4), ("confounded", 0.15), ("null", 0.15), ("short", 0.15))
PAGES = {name: (ROOT / f"docs/methods/{name}.md", ROOT / f"training/{name}-figures.json") for name in ("kol", "calls")}


def main() -> None:
    """Measure, print, write; ends with an error if a bar is missed."""
    with ProcessPoolExecutor() as pool:

        def of(measure: Callable[..., Any], *given: object, seeds: Iterable[int] = SEEDS) -> list[Any]:
            return [job.result() for job in [pool.submit(measure, *given, seed) for seed in seeds]]

        tables = _influence(of)
        calls = _calls(of)
    bars = promised(tables)
    figures.write({"bars": [bar.row() for bar in bars], **tables}, *PAGES["kol"])
    figures.write(calls, *PAGES["calls"])
    sys.exit(figures.missed(bars))


def promised(tables: Mapping[str, figures.Rows]) -> list[Bar]:
    """What `qunkit kol` is held to."""
    pulls, volumes, tops = (
        {
            world: min(row[name] for row in tables["planted"] if row["world"] == world)
            for world in ("base", "confounded")
        }
        for name in ("pull ρ", "volume ρ", "of the ten of most volume")
    )
    return [
        Bar("base: pull ρ", pulls["base"], 0.85),
        Bar("base: volume ρ", volumes["base"], 0.9),
        Bar("base: of the ten of most volume", tops["base"], 0.88),
        Bar("confounded: pull ρ", pulls["confounded"], 0.8),
        Bar("confounded: volume ρ", volumes["confounded"], 0.8),
        Bar("where all are alike: flagged", tables["stand_out"][0]["flagged"], 0.03, at_most=True),
    ]


def _influence(of: Callable[..., list[Any]]) -> dict[str, figures.Rows]:
    return {
        "planted": [_planted(of, world, explicit) for world in ("base", "confounded") for explicit in EXPLICIT],
        "stand_out": [{"world": world, "flagged": fmean(of(flagged, world))} for world in ("null", "base")],
        "checks": [
            _checks(of, world, explicit, chats)
            for world, chats in (("null", 12), ("base", 4))
            for explicit in (0.05, 0.15, 0.3)
        ],
        "intervals": [
            {"world": world, "explicit": explicit, "held": fmean(of(covered, world, explicit))}
            for world, explicit in INTERVALS
        ],
        "threads": [_threads(of, against) for against in (0.0, 0.4)],
    }


def _calls(of: Callable[..., list[Any]]) -> dict[str, figures.Rows]:
    alike, known = of(asked, "null"), of(asked, "base")
    lift = [{"shrunk lift and planted pull, ρ": fmean(one.rho for one in known)}]
    return {"null": list(_wrong(alike)), "base": list(_found(known)), "lift": lift}


def _planted(of: Callable[..., list[Any]], world: str, explicit: float) -> dict[str, Any]:
    pull, volume, top = (median(values) for values in zip(*of(planted, world, explicit), strict=True))
    return {"world": world, "explicit": explicit, "pull ρ": pull, "volume ρ": volume, "of the ten of most volume": top}


def _checks(of: Callable[..., list[Any]], world: str, explicit: float, chats: int) -> dict[str, Any]:
    found = of(checked, world, explicit, seeds=range(chats))
    rho = [one.rho for one in found]
    passed = sum(one.stands for one in found)
    return {"world": world, "explicit": explicit, "chats": chats, "pass": passed, "ρ from": min(rho), "ρ to": max(rho)}


def _threads(of: Callable[..., list[Any]], against: float) -> dict[str, Any]:
    volume, credit = (median(values) for values in zip(*of(rooted, against), strict=True))
    return {"the active draw less by": against, "volume ρ": volume, "ignited ρ": credit}


WAYS: dict[str, Callable[[Any], Any]] = {
    "by Poisson's law and the hour of the day, p < .05": lambda one: one.naive < 0.05,
    "by shuffles, p < .05": lambda one: one.p < 0.05,
    "by q ≤ .1": lambda one: one.q <= 0.1,
}


def _wrong(found: list[Any]) -> Iterable[dict[str, Any]]:
    for name, way in WAYS.items():
        shares = [float(way(one).mean()) for one in found]
        yield {"told to stand out": name, "share of members": fmean(shares), "in the worst chat": max(shares)}


def _found(found: list[Any]) -> Iterable[dict[str, Any]]:
    for name, way in WAYS.items():
        tops = fmean(float(way(one)[one.top].mean()) for one in found)
        yield {"told to stand out": name, "of the twelve with the most pull": tops}


if __name__ == "__main__":
    main()
