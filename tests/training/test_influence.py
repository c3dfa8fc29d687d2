"""The pages hold what was measured on simulated chats."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "training"))

import figures
import influence


@pytest.mark.parametrize("name", influence.PAGES)
def test_the_page_holds_what_was_measured(name):
    page, kept = influence.PAGES[name]
    text = page.read_text("utf-8")
    assert "<!-- eval: " in text
    assert figures.filled(text, figures.read(kept)) == text
