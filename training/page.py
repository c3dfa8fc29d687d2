"""docs/methods/ads-training.md: its tables between the marks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs/methods/ads-training.md"
_MARKED = re.compile(r"(<!-- eval: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Rows = list[dict[str, Any]]


def write(tables: Mapping[str, Rows]) -> None:
    """Put the tables into the page."""
    PAGE.write_text(filled(PAGE.read_text("utf-8"), tables), "utf-8")


def filled(text: str, tables: Mapping[str, Rows]) -> str:
    """`text` with each table between the marks of its name; others stay."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{table(tables[found[2]])}\n{found[3]}" if found[2] in tables else found[0], text)


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
