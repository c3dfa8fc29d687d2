"""Small made-up files of every family of formats, good and malformed, and what must become of each: one module a family.

A module has `GOOD` and `BAD`: tuples of `Case`. `tests/formats/test_cases.py` finds it by itself and ingests every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Case:
    """Files, how they are given to ``ingest``, and what must become of them."""

    name: str
    files: Mapping[str, str | bytes]
    """Path below the folder of the case → content; text is written as UTF-8, its line ends as they are."""
    give: tuple[str, ...] = ()
    """Paths given to ``ingest``, in order; all files by default. "" is the folder itself."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of `qunkit.ingest.run.Options`; ``facts`` as a dict."""
    format: str | None = None
    """The format that the first file given must be read as."""
    messages: int = 0
    """Messages and notices in the dataset."""
    rejects: Mapping[str, int] = field(default_factory=dict)
    """Reason → rejected records, of all files."""
    code: int = 0
    """The exit code."""
    error: str | None = None
    """Class of the error of the first refused or skipped file."""
    says: str = ""
    """A part of what that error's sentence and hint say in English."""
    rows: tuple[Mapping[str, Any], ...] = ()
    """Columns of the first messages, in the order of time."""


def families() -> dict[str, ModuleType]:
    """Every module of this folder by its name."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py"))
    return {name: import_module(f"support.cases.{name}") for name in names}
