"""Docs that fail: reference pages are what the code says, and every link inside the docs leads somewhere."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])


def test_the_reference_is_what_the_code_says():
    wanted = runpy.run_path(str(ROOT / "docs/generate.py"))["pages"]()
    found = {
        str(p.relative_to(ROOT / "docs/reference")): p.read_text("utf-8")
        for p in (ROOT / "docs/reference").rglob("*.md")
    }
    assert sorted(found) == sorted(wanted), "run `make docs`"
    for name, text in wanted.items():
        assert found[name] == text, f"docs/reference/{name}: run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target
