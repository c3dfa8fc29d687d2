"""Docs that fail: reference pages are what the code says, and every link inside the docs leads somewhere."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])


def test_what_is_written_from_the_code_is_what_the_code_says():
    generate = runpy.run_path(str(ROOT / "docs/generate.py"))
    wanted = generate["pages"]()
    found = {page.relative_to(ROOT).as_posix() for page in generate["written"]()}
    folders = tuple(f"docs/{folder}/" for folder in generate["WRITTEN"])
    assert found == {name for name in wanted if name.startswith(folders)}, "run `make docs`"
    for name, text in wanted.items():
        assert (ROOT / name).read_text("utf-8") == text, f"{name}: run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target
