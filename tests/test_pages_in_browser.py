"""The pages of a dataset as a browser shows them: quiet, no wider than the window, names inert, and one leads to the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from qunkit import open_dataset
from qunkit.words import Lang
from support import browser
from support.datasets import make_dataset
from support.needs import need, works

pytestmark = pytest.mark.slow

_RAN = "window.ran=1"
_GROUPS = ("周末徒步🥾", f"<script>{_RAN}</script>", f'"><img src=x onerror="{_RAN}">', "W" * 200)
_PEOPLE = (f"<svg onload={_RAN}>", "小满", f"</title><script>{_RAN}</script>", "很长的名字" * 40, "\u202egpj.exe", f"javascript:{_RAN}")  # fmt: skip
_TEXTS = (
    "这个还有货吗？",
    f"<a href=http://127.0.0.1:9/ onclick={_RAN}>有的</a>",
    "https://example.com/" + "a/" * 60,
    "加薇领红包，日结兼职，扫码进群",
)


def _log() -> list[dict[str, object]]:
    """Two weeks of four groups; some spoke in the first week only."""
    return [
        {"at": f"2026-05-{4 + n % 14:02} {9 + n % 12:02}:{n % 60:02}:{at:02}", "group_id": f"{at}@chatroom", "group_name": group,
         "sender_id": f"s{n % 6}", "sender_name": _PEOPLE[n % 6], "text": _TEXTS[n % 4]}
        for at, group in enumerate(_GROUPS)
        for n in range(90 - 20 * at)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[browser.Browser]:
    need("chromium", works(browser.CHROMIUM, "--version"))
    with browser.browsing() as started:
        yield started


@pytest.fixture(scope="module", params=get_args(Lang))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, with days marked that would like to be more."""
    place = tmp_path_factory.mktemp("pages")
    data = make_dataset(place / "data", _log())
    (data / "events.csv").write_text(f"2026-05-12,<b onclick={_RAN}>双十一</b>\n2026-05-13,{'W' * 90}\n", "utf-8")
    open_dataset(data).pages(place / "out", "2026-W20", lang=request.param)
    return place / "out"


def test_index_and_groups_are_quiet_and_fit(chromium: browser.Browser, folder: Path) -> None:
    paths = sorted(folder.glob("*.html"))
    assert len(paths) == 5
    for path in paths:
        for name, size, dark, media in browser.SHOWN:
            chromium.open(path, size, dark=dark, media=media)
            wide = chromium.value("document.documentElement.scrollWidth")
            assert wide == size[0], (path.name, name)
            assert chromium.value("window.ran") is None
            asked = [event["request"]["url"] for event in chromium.of("Network.requestWillBeSent")]
            assert asked == [path.as_uri()]
            assert chromium.of("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled") == []


def test_the_index_leads_to_each_group_and_each_group_back(chromium: browser.Browser, folder: Path) -> None:
    index = folder / "index.html"
    chromium.open(index)
    beside = (
        "[...new Set([...document.querySelectorAll('a')].map((link) => link.href).filter((to) => !to.includes('#')))]"
    )
    to = chromium.value(beside)
    groups = [path for path in folder.glob("*.html") if path != index]
    assert sorted(to) == sorted(path.as_uri() for path in groups)
    for path in groups:
        chromium.open(path)
        assert chromium.value(beside) == [index.as_uri()]


def test_days_that_are_marked_are_told_to_all(chromium: browser.Browser, folder: Path) -> None:
    chromium.open(folder / "index.html", browser.PHONE)
    assert "<b onclick=" in chromium.value("document.querySelector('#summary svg').getAttribute('aria-label')")
    assert "双十一" in chromium.value("document.querySelector('#summary .key').textContent")
