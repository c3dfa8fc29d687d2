"""Pages as a browser shows them: on a phone, a laptop and paper, in both languages, by light and in the dark, with names that would like to be more than names."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from qunkit.renderers import html
from qunkit.words import Lang
from support import browser, week
from support.needs import need, works

pytestmark = pytest.mark.slow

RAN = "window.ran=1"
HOSTILE = (
    f"<script>{RAN}</script>", f'<img src=x onerror="{RAN}">', f"</text></svg><script>{RAN}</script>", f"</title><script>{RAN}</script>",
    f"<svg onload={RAN}>", f"javascript:{RAN}", f'" onmouseover="{RAN}', "<a href=http://127.0.0.1:9/>x</a>", "<style>*{display:none}</style>",
    "W" * 300, "很长的名字" * 60, "\u202egpj.exe", "👨‍👩‍👧" * 40, "https://example.com/" + "a/" * 100,
)  # fmt: skip
NAMES = tuple(name for pair in zip(HOSTILE, (*week.PEOPLE, *week.GROUPS), strict=False) for name in pair)
"""Hostile ones and others by turns."""
OUTSIDE = """
[...document.querySelectorAll("svg")].flatMap((svg) => { const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => { const own = text.getBoundingClientRect();
    return own.left < box.left - 2 || own.right > box.right + 2 || own.top < box.top - 2 || own.bottom > box.bottom + 2; })
  .map((text) => text.textContent); })
"""
"""Texts that a drawing cuts off."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[browser.Browser]:
    need("chromium", works(browser.CHROMIUM, "--version"))
    with browser.browsing() as started:
        yield started


def _page(folder: Path, name: str, lang: Lang, names: tuple[str, ...] = NAMES) -> Path:
    path = folder / f"{name}.{lang}.html"
    with path.open("w", encoding="utf-8") as out:
        links = {f"{at}@chatroom": f"g{at}.html" for at in range(9)}
        html.write(getattr(week, name)(names), out, lang, links=links, up="index.html" if name == "group" else None)
    return path


@pytest.mark.parametrize("name", ["fleet", "group"])
def test_pages_are_quiet_and_fit(chromium: browser.Browser, tmp_path: Path, name: str) -> None:
    """No error, nothing asked for but the page, no way to the side but inside a table's box, nothing run, nothing cut off."""
    for lang, (_, size, dark, media) in product(get_args(Lang), browser.SHOWN):
        case = (lang, size, dark)
        path = _page(tmp_path, name, lang)
        chromium.open(path, size, dark=dark, media=media)
        wide, room = chromium.value("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert (wide, room) == (size[0], size[0]), case
        assert chromium.value("window.ran") is None, case
        assert chromium.value(OUTSIDE) == [], case
        asked = [event["request"]["url"] for event in chromium.of("Network.requestWillBeSent")]
        assert asked == [path.as_uri()], case
        assert chromium.of("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled") == [], case
        ground = chromium.value("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(21, 24, 27)" if dark else "rgb(255, 255, 255)"), case


def test_all_is_there_when_all_is_opened(chromium: browser.Browser, tmp_path: Path) -> None:
    """The data under the charts, on a phone."""
    chromium.open(_page(tmp_path, "group", "zh"), browser.PHONE)
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert chromium.value("document.documentElement.scrollWidth") == browser.PHONE[0]


def test_the_test_bites(chromium: browser.Browser, tmp_path: Path) -> None:
    """A page that is too wide, asks for a picture, has a script that is not its own, and draws outside."""
    path = _page(tmp_path, "group", "en")
    bad = f'<div class="wide"></div><p style="width:99rem">x</p><img src="http://127.0.0.1:9/x"><script>{RAN}</script>'
    text = (
        path.read_text("utf-8")
        .replace("</main>", f"{bad}<pre>{'W' * 999}</pre></main>")
        .replace("overflow-wrap:anywhere", "overflow-wrap:normal")
    )
    path.write_text(text.replace("translate(44,", "translate(400,"), "utf-8")
    chromium.open(path, browser.PHONE)
    said = json.dumps(chromium.of("Log.entryAdded"))
    assert chromium.value("window.ran") is None
    assert "script-src" in said
    assert "img-src" in said
    assert chromium.value("document.documentElement.scrollWidth") > browser.PHONE[0]
    assert chromium.value(OUTSIDE) != []


def test_tables_are_sorted_by_what_their_cells_mean(chromium: browser.Browser, tmp_path: Path) -> None:
    chromium.open(_page(tmp_path, "fleet", "en", (*week.GROUPS, *week.PEOPLE)))
    table = "document.querySelector('#groups table')"
    shown = f"[...{table}.tBodies[0].rows].map((row) => row.cells[%d].textContent)"
    press = f"{table}.tHead.rows[0].cells[%d].querySelector('button').click()"
    sort = f"{table}.tHead.rows[0].cells[%d].getAttribute('aria-sort')"
    before = chromium.value(shown % 1)
    assert (before[0], before[-1]) == ("2,400", "291")
    chromium.value(press % 1)
    assert (chromium.value(shown % 1), chromium.value(sort % 1)) == (before, "descending")  # that is how it came
    chromium.value(press % 1)
    assert (chromium.value(shown % 1), chromium.value(sort % 1)) == (before[::-1], "ascending")
    chromium.value(press % 2)  # changes: the missing ones last, whichever way
    assert chromium.value(shown % 2) == ["▲ 12.0%"] * 4 + ["± 0.0%"] * 3 + ["▼ 30.5%"] * 4 + ["–"] * 3
    chromium.value(press % 2)
    assert chromium.value(shown % 2) == ["▼ 30.5%"] * 4 + ["± 0.0%"] * 3 + ["▲ 12.0%"] * 4 + ["–"] * 3
    chromium.value(press % 2)
    assert (chromium.value(shown % 1), chromium.value(sort % 2)) == (before, None)


def test_paper_is_a4_and_shows_no_buttons(chromium: browser.Browser, tmp_path: Path) -> None:
    chromium.open(_page(tmp_path, "group", "zh"), browser.A4, media="print")
    assert chromium.value("getComputedStyle(document.querySelector('th button'), '::after').content") == "none"
    assert chromium.value("getComputedStyle(document.querySelector('nav')).display") == "none"
    # a heading is repeated on every sheet, and there Chromium draws no buttons
    assert chromium.value("getComputedStyle(document.querySelector('th button')).display") == "contents"
    assert b"/MediaBox [0 0 594.9" in chromium.pdf()


def test_links_lead_where_they_say(chromium: browser.Browser, tmp_path: Path) -> None:
    chromium.open(_page(tmp_path, "fleet", "zh"))
    to = chromium.value("[...document.querySelectorAll('a')].map((link) => link.href)")
    assert {one.rpartition("/")[0] for one in to} == {tmp_path.as_uri()}
    assert chromium.value("[...document.querySelectorAll('nav a')].every((link) => document.querySelector(link.hash))")


def test_pictures_are_of_the_whole_page(chromium: browser.Browser, tmp_path: Path) -> None:
    taken = browser.pictures(chromium, _page(tmp_path, "group", "zh", (*week.GROUPS, *week.PEOPLE)), tmp_path)
    assert [path.name for path in taken] == [
        f"group.zh-{name}.png" for name in ("phone", "phone-dark", "laptop", "laptop-dark", "a4")
    ]
    sizes = [
        struct.unpack(">II", path.read_bytes()[16:24]) for path in taken
    ]  # width and height stand at the head of a PNG
    assert [wide for wide, _ in sizes] == [390, 390, 1366, 1366, 680]
    assert all(high > 1200 for _, high in sizes)
