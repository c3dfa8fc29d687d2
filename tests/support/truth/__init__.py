"""Which format each sample export is, and what its exporter kept of the truth: one module a family, found by looking here.

A module has `BELONGS` (sample, as its path below tests/samples → format), and may have `EXPECTED` (samples of the group of
tests/samples/truth.jsonl → what is lost) and `ELSEWHERE` (samples with another truth → the test that compares them).
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from support.truth.base import SAMPLES, Expected

UNREAD = {"README.md", "truth.jsonl", "qce_v5/truth.jsonl", "made/wechat_decrypt_csv/周三读书会(共读)/.info"}
"""Files among the samples that are no exports."""


def _gathered(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
        for sample, value in getattr(import_module(f"support.truth.{file.stem}"), name, {}).items():
            if sample in found or not (SAMPLES / sample).exists():
                raise LookupError(f"{file.name}: {sample} is no sample, or named twice")
            found[sample] = value
    return found


EXPECTED: Expected = {}
BELONGS: dict[str, str] = {}
ELSEWHERE: dict[str, str] = {}


def gather() -> None:
    """Fill the three tables from the modules of this folder."""
    for table, name in ((EXPECTED, "EXPECTED"), (BELONGS, "BELONGS"), (ELSEWHERE, "ELSEWHERE")):
        table.update(_gathered(name))


gather()
