"""docs/methods/ads-training.md: its tables between the marks, from figures.json beside this file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs/methods/ads-training.md"
FIGURES = Path(__file__).parent / "figures.json"
_MARKED = re.compile(r"(<!-- eval: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Rows = list[dict[str, Any]]


def write(tables: Mapping[str, Rows]) -> None:
    """Keep what was measured, and put it into the page."""
    FIGURES.write_text(json.dumps(tables, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(filled(PAGE.read_text("utf-8"), tables), "utf-8")


def read() -> dict[str, Rows]:
    """What was measured last."""
    tables: dict[str, Rows] = json.loads(FIGURES.read_text("utf-8"))
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
