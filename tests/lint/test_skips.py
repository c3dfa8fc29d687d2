"""No test is skipped in silence: `support.needs` alone skips, and names the test that holds the promise where it does so even under CI."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.needs import need

ROOT = Path(__file__).parents[2]
TESTS = [path for path in (ROOT / "tests").rglob("*.py") if path.name not in ("needs.py", Path(__file__).name)]
SKIPS = re.compile(r"pytest\.skip\b|mark\.skip|importorskip|\bxfail\b")
HELD_BY = re.compile(r'held_by="(\S+)::(\w+)"')


def test_only_needs_skips() -> None:
    assert len(TESTS) > 100
    assert [str(path) for path in TESTS if SKIPS.search(path.read_text("utf-8"))] == []


def test_what_may_be_skipped_is_held_elsewhere() -> None:
    held = {found for path in TESTS for found in HELD_BY.findall(path.read_text("utf-8"))}
    assert held
    for path, test in held:
        assert f"def {test}(" in (ROOT / path).read_text("utf-8")


def test_what_is_needed_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    need("a thing", there=True)
    for ci, held_by, how in (
        ("", "", pytest.skip),
        ("", "x::y", pytest.skip),
        ("true", "x::y", pytest.skip),
        ("true", "", pytest.fail),
    ):
        monkeypatch.setenv("CI", ci)
        with pytest.raises(how.Exception, match="a thing"):
            need("a thing", there=None, held_by=held_by)
