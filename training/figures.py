"""What was measured, with its bars, and the pages that hold it: their tables stand between marks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs/methods/ads-training.md"
FIGURES = Path(__file__).parent / "figures.json"
LINKS_PAGE = Path(__file__).parents[1] / "docs/methods/kol-links.md"
LINKS = Path(__file__).parent / "links-figures.json"
_MARKED = re.compile(r"(<!-- eval: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Bar:
    """What was promised, and what came of it."""

    what: str
    figure: float
    bar: float
    at_most: bool = False

    def __post_init__(self) -> None:
        if not isfinite(self.figure):
            raise ValueError(f"no figure: {self.what}")

    @property
    def met(self) -> bool:
        return self.figure <= self.bar if self.at_most else self.figure >= self.bar

    def row(self) -> dict[str, Any]:
        bar = f"{'≤' if self.at_most else '≥'} {self.bar:g}"
        return {
            "bar": self.what,
            "asked": bar,
            "measured": f"{self.figure:.3f}",
            "so": "met" if self.met else "**missed**",
        }


def missed(bars: Iterable[Bar]) -> str | None:
    """What to end with: nothing, if every bar was met."""
    names = [bar.what for bar in bars if not bar.met]
    return f"missed: {', '.join(names)}" if names else None


def write(tables: Mapping[str, Rows], page: Path = PAGE, kept: Path = FIGURES) -> None:
    """Keep what was measured, and put it into the page."""
    for name, rows in tables.items():
        print(f"{name}\n{table(rows)}", flush=True)
    kept.write_text(json.dumps(tables, ensure_ascii=False, indent=1) + "\n", "utf-8")
    page.write_text(filled(page.read_text("utf-8"), tables), "utf-8")


def read(kept: Path = FIGURES) -> dict[str, Rows]:
    """What was measured last."""
    tables: dict[str, Rows] = json.loads(kept.read_text("utf-8"))
    return tables


def filled(text: str, tables: Mapping[str, Rows]) -> str:
    """`text` with each table between the marks of its name."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{table(tables[found[2]])}\n{found[3]}", text)


def table(rows: Rows) -> str:
    """Rows as a Markdown table; figures to the right."""
    names = list(rows[0])
    numbers = {name for name in names if isinstance(rows[0][name], int | float)}
    lines = [names, ["--:" if name in numbers else "---" for name in names]]
    lines += [[_cell(row[name]) for name in names] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
