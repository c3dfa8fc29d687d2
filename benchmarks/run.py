"""Every benchmark, one command: ``python benchmarks/run.py [NAME …] [--messages 1M] [--rounds 3]``; `make bench` is that.

What is found goes to docs/performance.json, in the place of what the same benchmark found at the same size before, and from there into the
tables of docs/performance.md. With --dry it is only shown. Exports are made once, in build/bench.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import page
from asked import Asked

BENCHMARKS = (
    "ingest",
    "memory",
    "fleet",
    "reexport",
    "peers",
    "formats",
    "workbook",
    "answers",
    "filters",
    "limited",
    "report",
    "drawing",
    "features",
    "ads",
    "kol",
    "startup",
)
"""In the order of the page; the modules of their names."""


def main(words: Sequence[str]) -> None:
    """Run, show, and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--messages", type=number, default=1_000_000, help="100k, 1M, 10M, 100M (default: 1M)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--formats", nargs="+", default=[], metavar="FORMAT", help="of ingest and memory (default: all)"
    )
    parser.add_argument("--dry", action="store_true", help="show only, keep nothing")
    given = parser.parse_args(words)
    for name in given.names or BENCHMARKS:
        if name not in BENCHMARKS:
            parser.error(f"no such benchmark: {name}")
    for name in given.names or BENCHMARKS:
        run(name, Asked(given.messages, given.rounds, tuple(given.formats)), keep=not given.dry)


def run(name: str, asked: Asked, *, keep: bool) -> None:
    """One benchmark."""
    rows = [{heading: _short(figure) for heading, figure in row.items()} for row in import_module(name).rows(asked)]
    print(f"{name}, {asked.messages:,} messages\n{page.table(rows)}", flush=True)
    if keep:
        page.add(name, asked.messages, {"rows": rows, "rounds": asked.rounds, **about()})


def about() -> dict[str, Any]:
    """When, on what machine, with what."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in ("qunkit", "duckdb", "pyarrow", "numpy"))
    machine = f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, {versions}"
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()), "machine": machine}


def number(text: str) -> int:
    """100k, 1M, 1_000_000."""
    found = re.fullmatch(r"([\d_.]+)([kM]?)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"not a number: {text}")
    return int(float(found[1].replace("_", "")) * {"": 1, "k": 10**3, "M": 10**6}[found[2]])


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def _short(figure: Any) -> Any:
    """Floats with three digits: no more is known."""
    return float(f"{figure:.3g}") if isinstance(figure, float) else figure


if __name__ == "__main__":
    main(sys.argv[1:])
