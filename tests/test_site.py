"""The site of the docs: it is built without a warning, every page is in its menu, every link leads somewhere, nothing is asked of other machines, and it is read in a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from qunkit import registry
from support.browser import PHONE, browsing
from support.needs import tool

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""What a browser fetches by itself."""


class Page(HTMLParser):
    """What a built page has: places, links, what it loads, and the text of its paragraphs."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.paragraphs: list[str] = []
        self._in = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.places |= {told[name] for name in ("id", "name") if name in told}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag in LOADED and told.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(told.get(LOADED[tag], ""))
        self._in = tag == "p" or (self._in and tag not in ("div", "table", "ul", "ol", "pre"))
        if tag == "p":
            self.paragraphs.append("")

    def handle_data(self, data: str) -> None:
        if self._in:
            self.paragraphs[-1] += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` does, with every warning an error."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    built = subprocess.run(command, cwd=folder, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, check=False)
    assert (built.returncode, b"Warning" in built.stdout + built.stderr) == (0, False), built.stdout.decode()
    return folder / "site"


@pytest.fixture(scope="module")
def built(site: Path) -> dict[str, Page]:
    """Every page of it, by its place."""
    return {path.relative_to(site).as_posix(): Page(path) for path in site.rglob("*.html")}


def test_every_page_is_in_the_menu_and_built(built: dict[str, Page]) -> None:
    listed = re.findall(r"(?m)^ +- (?:.*: )?(\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert sorted(listed) == PAGES
    assert set(built) - {"404.html"} == {
        re.sub("README$", "index", page.removesuffix(".md")) + ".html" for page in PAGES
    }


def test_every_link_leads_somewhere(site: Path, built: dict[str, Page]) -> None:
    assert list(_broken(site, built)) == []


def _broken(site: Path, built: dict[str, Page]) -> Iterator[str]:
    for name, page in built.items():
        for link in page.links if name != "404.html" else []:
            parts = urlsplit(urljoin(f"http://here/{name}", link))
            if parts.netloc != "here":
                continue
            path = unquote(parts.path).lstrip("/")
            path += "index.html" if path.endswith("/") or not path else ""
            there = built.get(path)
            if not (site / path).is_file() or (parts.fragment and there and unquote(parts.fragment) not in there.places | {"__skip"}):  # fmt: skip
                yield f"{name}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path, built: dict[str, Page]) -> None:
    loaded = [f"{name}: {what}" for name, page in built.items() for what in page.loads]
    assert len(loaded) > len(built)
    assert [one for one in loaded if "//" in one] == []
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\((?!\s*[\"']?data:)[^)]*//[^)]*\)|@import", styles) == []


def test_markdown_is_read_as_it_is_meant(built: dict[str, Page]) -> None:
    found = [
        f"{name}: {line}"
        for name, page in built.items()
        for paragraph in page.paragraphs
        for line in paragraph.split("\n")
        if re.match(r"\s*([*+-] |\d+\. |\||```|#+ )", line)
    ]
    assert found == []


def test_every_metric_has_its_place() -> None:
    listed = (DOCS / "methods/README.md").read_text("utf-8")
    chinese = (DOCS / "zh/metrics.md").read_text("utf-8")
    for name in registry.names("analyses"):
        command = f"`{name.replace('_', ' ', 1).replace('_', '-')}`"
        assert command in listed, command
        assert command in chinese, command
    for page in DOCS.glob("methods/*.md"):
        assert page.name == "README.md" or f"]({page.name}" in listed, page.name


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *told: object) -> None:
        pass


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of the site, on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


_SEARCH = """new Promise(told => {
  const box = () => [...document.querySelectorAll("body > div")].map(one => one.shadowRoot).find(one => one)
  document.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true}))
  const look = left => setTimeout(() => {
    const input = box()?.querySelector("input")
    if (input && input.value !== %(word)r) {
      input.value = %(word)r
      input.dispatchEvent(new Event("input", {bubbles: true}))
    }
    const found = box()?.querySelectorAll("a[href]").length ?? 0
    found || !left ? told([...box().querySelectorAll("a[href]")].map(one => one.href)) : look(left - 1)
  }, 100)
  look(100)
})"""
"""Type a word into the search; what it finds."""


@pytest.mark.slow
def test_a_browser_reads_it(site: Path) -> None:
    tool("chromium")
    with browsing() as browser, served(site) as address:
        for page in ("index", "methods/kol", "formats/index", "reference/columns", "zh/metrics", "cookbook"):
            browser.open(f"{address}{page}.html", PHONE, dark=page == "index")
            assert browser.of("Log.entryAdded", "Runtime.exceptionThrown") == []
            asked = [told["request"]["url"] for told in browser.of("Network.requestWillBeSent")]
            assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
            assert browser.value("document.documentElement.scrollWidth <= innerWidth"), page
        found = browser.value(_SEARCH % {"word": "死群"})
        assert f"{address}methods/lifecycle.html" in {link.partition("?")[0].partition("#")[0] for link in found}
