"""docs/performance.md: its tables between the marks, from docs/performance.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE, FIGURES = ROOT / "docs/performance.md", ROOT / "docs/performance.json"
_MARKED = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str, figures: Mapping[str, Mapping[str, Any]]) -> str:
    """`text` with the tables of `figures` between its marks: benchmark → messages → what was found."""

    def tables(found: re.Match[str]) -> str:
        runs = figures.get(found[2], {}).items()
        return found[1] + "".join(_told(int(messages), run) for messages, run in runs) + found[3]

    return _MARKED.sub(tables, text)


def read() -> dict[str, dict[str, Any]]:
    """What was measured up to now."""
    figures: dict[str, dict[str, Any]] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return figures


def add(name: str, messages: int, run: Mapping[str, Any]) -> None:
    """Keep what a benchmark found, in the place of what it found before, and fill the page."""
    figures = read()
    runs = figures.get(name, {}) | {str(messages): run}
    figures[name] = dict(sorted(runs.items(), key=lambda size: int(size[0])))
    FIGURES.write_text(json.dumps(dict(sorted(figures.items())), ensure_ascii=False, indent=1) + "\n", "utf-8")
    if PAGE.exists():
        PAGE.write_text(filled(PAGE.read_text("utf-8"), figures), "utf-8")


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as a Markdown table; figures to the right."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    numbers = {name for name in names if any(isinstance(row.get(name), int | float) for row in rows)}
    lines = [names, ["--:" if name in numbers else "---" for name in names]]
    lines += [[_cell(row.get(name)) for name in names] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _told(messages: int, run: Mapping[str, Any]) -> str:
    about = f"{messages:,} messages, least of {run['rounds']} rounds; {run['machine']}; {run['date']}."
    return f"\n{about}\n\n{table(run['rows'])}\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")
