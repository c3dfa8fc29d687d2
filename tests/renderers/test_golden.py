"""What every renderer writes, byte for byte. ``QUNKIT_REWRITE_GOLDEN=1 pytest tests/renderers`` rewrites the files."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import ModuleType

import pytest

from qunkit import registry

GOLDEN = Path(__file__).with_name("golden")
CASES: list[tuple[str, str, str, str, dict[str, object]]] = [
    *((f"ordinary.zh.{width}.txt", "terminal", "ordinary", "zh", {"width": width}) for width in (40, 60, 80, 100, 160)),
    *((f"ordinary.en.{width}.txt", "terminal", "ordinary", "en", {"width": width}) for width in (80, 160)),
    ("hours.zh.60.txt", "terminal", "hours", "zh", {"width": 60}),
    ("hours.en.40.txt", "terminal", "hours", "en", {"width": 40}),
    ("weekly.zh.100.txt", "terminal", "weekly", "zh", {"width": 100}),
    ("weekly.en.100.color.txt", "terminal", "weekly", "en", {"width": 100, "color": True}),
    ("hostile.en.100.txt", "terminal", "hostile", "en", {"width": 100}),
    ("chat.zh.40.txt", "terminal", "chat", "zh", {"width": 40}),
    ("chat.en.md", "markdown", "chat", "en", {}),
    ("chat.zh.html", "html", "chat", "zh", {}),
    ("ordinary.zh.md", "markdown", "ordinary", "zh", {}),
    ("weekly.en.md", "markdown", "weekly", "en", {}),
    ("hostile.en.md", "markdown", "hostile", "en", {}),
    ("ordinary.zh.html", "html", "ordinary", "zh", {}),
    ("weekly.en.html", "html", "weekly", "en", {}),
    ("hostile.en.html", "html", "hostile", "en", {}),
    ("edges.graphml", "graphml", "edges", "en", {}),
    ("edges.gexf", "gexf", "edges", "en", {}),
    *(
        (f"{thing}.{name}", name, thing, "en", {})
        for name in ("tsv", "csv", "json", "jsonl")
        for thing in ("ordinary", "weekly", "hostile")
    ),
]


@pytest.mark.parametrize(("file", "renderer", "thing", "lang", "options"), CASES, ids=[case[0] for case in CASES])
def test_golden(
    sample: ModuleType, file: str, renderer: str, thing: str, lang: str, options: dict[str, object]
) -> None:
    out = io.StringIO(newline="")
    registry.load("renderers", renderer).write(getattr(sample, thing)(), out, lang, **options)
    written = out.getvalue().encode()
    if os.environ.get("QUNKIT_REWRITE_GOLDEN") == "1":
        (GOLDEN / file).write_bytes(written)
    assert written == (GOLDEN / file).read_bytes()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {case[0] for case in CASES}
