"""The pictures of the docs are of the report as it is: `QUNKIT_PICTURES=docs/pictures pytest -m "" tests/test_pictures.py` takes them anew.

Letters are drawn otherwise on another machine, so that not their bytes are compared but that the page fits the window they were taken in, and how large they are.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support import browser
from support.demo_worlds import world
from support.needs import need, works

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
TAKEN = {
    "report": ("index", (1200, 1500), False),
    "report-group": ("group", (1200, 1500), True),
    "report-phone": ("index", (390, 1500), False),
}
"""Which page, the window, and whether it is dark."""


def size(picture: Path) -> tuple[int, int]:
    """Width and height, as the header of a PNG says."""
    head = picture.read_bytes()[16:24]
    return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")


@pytest.mark.slow
def test_pictures_are_of_the_report(tmp_path: Path) -> None:
    need("chromium", works(browser.CHROMIUM, "--version"))
    dataset, truth = world(tmp_path, seed=1, groups=5)
    dataset.pages(tmp_path / "pages", lang="zh")
    (led,) = (group["name"] for group in truth["groups"] if group["kol"])
    (group,) = (page for page in (tmp_path / "pages").glob("*.html") if f"<h1>{led}" in page.read_text("utf-8"))
    folder = Path(os.environ.get("QUNKIT_PICTURES", tmp_path))
    with browser.browsing() as chromium:
        for name, (page, window, dark) in TAKEN.items():
            chromium.open(tmp_path / "pages" / "index.html" if page == "index" else group, window, dark=dark)
            assert chromium.value("document.documentElement.scrollWidth") == window[0]
            chromium.picture(folder / f"{name}.png", whole=False)
            assert size(folder / f"{name}.png") == window


def test_the_docs_show_each() -> None:
    assert {picture.stem: size(picture) for picture in PICTURES.iterdir()} == {name: told[1] for name, told in TAKEN.items()}  # fmt: skip
    shown = (ROOT / "docs" / "report.md").read_text("utf-8")
    assert all(f"](pictures/{name}.png)" in shown for name in TAKEN)
