"""A folder of pages: names of files, what leads where, and what is never overwritten."""

from __future__ import annotations

import io
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from qunkit import pages
from qunkit.errors import CannotCreate
from qunkit.renderers import html
from qunkit.results import Report
from support import nasty, week

GROUPS = {f"{at}@chatroom": name for at, name in enumerate(week.GROUPS[:3])}


def _write(folder: Path, groups: dict[str, str] = GROUPS, workers: int = 1) -> None:
    pages.write(folder, week.fleet(groups=3), ((id_, week.group(at=at)) for at, id_ in enumerate(groups)), pages.file_names(groups), "zh", workers)  # fmt: skip


def _links(path: Path) -> set[str]:
    return {unquote(link) for link in re.findall('href="\\./([^"]*)"', path.read_text("utf-8"))}


def test_several_processes_draw_the_same_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MANY", 1)
    _write(tmp_path / "here")
    pid = os.getpid()
    monkeypatch.setattr(pages.html, "write", lambda report, out, *_, up, **__: out.write(f"{os.getpid() - pid}") and [])
    _write(tmp_path / "there", workers=2)  # a worker has the true one
    here, there = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (tmp_path / "here", tmp_path / "there"))  # fmt: skip
    assert there.pop("index.html") == b"0"
    assert here.pop("index.html")
    assert here == there


# -- names -------------------------------------------------------------------------------------------------------------
def test_a_file_is_called_after_its_group() -> None:
    # printf %s 1@chatroom | sha256sum
    assert pages.file_names({"1@chatroom": "周末徒步🥾 (2026)"}) == {"1@chatroom": "周末徒步-2026-a2012b059efc.html"}


def test_a_name_stays_whatever_other_groups_there_are() -> None:
    many = {f"{at}": "same" for at in range(500)}
    assert pages.file_names(many)["7"] == pages.file_names({"7": "same"})["7"]


def test_no_two_files_are_one_on_any_file_system() -> None:
    names = ["same", "Same", "SAME", "same ", "../same", "same/", "ｓame", "é", "é", "É", "ß", "SS", "ſ", "K", "K", "CON", "con.", "index", "", "\u200b", ".", "..", ".qunkit-pages"]  # fmt: skip
    groups = {f"{at}": name for at, name in enumerate([*names, *nasty.PIECES, *nasty.made(7, 300)])}
    files = pages.file_names(groups)
    assert {*files} == {*groups}
    assert len({unicodedata.normalize("NFKC", file).casefold() for file in files.values()}) == len(groups)


@pytest.mark.parametrize(
    "name",
    [*nasty.PIECES, "a" * 999, "很" * 999, "..", "/etc/passwd", "a\x00b", "-rf", "~", "COM1", "x.html\n", "\ud800"],
)
def test_any_name_gives_a_file_that_any_system_takes(name: str) -> None:
    (file,) = pages.file_names({"1": name}).values()
    assert not re.search(r'[\x00-\x20/\\:*?"<>|%~#]', file)
    assert file[0] not in ".-"
    assert len(file.encode()) <= 120
    assert file.endswith(".html")
    assert file == unicodedata.normalize("NFC", file)


# -- the folder --------------------------------------------------------------------------------------------------------
def test_the_index_leads_to_every_group_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    _write(folder)
    files = pages.file_names(GROUPS)
    assert {path.name for path in folder.iterdir()} == {"index.html", ".qunkit-pages", *files.values()}
    assert _links(folder / "index.html") == {*files.values()}
    assert all(_links(folder / file) == {"index.html"} for file in files.values())
    alone = io.StringIO()
    html.write(week.group(at=1), alone, "zh", up="index.html")
    assert (folder / files["1@chatroom"]).read_text("utf-8") == alone.getvalue()


def test_all_of_it_is_the_owners(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    before = os.umask(0)
    try:
        _write(folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_same_bytes_again(tmp_path: Path) -> None:
    _write(tmp_path / "a")
    _write(tmp_path / "b")
    _write(tmp_path / "b")
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab")
    assert one == other


def test_pages_of_groups_that_are_gone_go(tmp_path: Path) -> None:
    _write(tmp_path)
    left = {"1@chatroom": week.GROUPS[1]}
    _write(tmp_path, left)
    assert {path.name for path in tmp_path.iterdir()} == {
        "index.html",
        ".qunkit-pages",
        *pages.file_names(left).values(),
    }
    assert _links(tmp_path / "index.html") == {*pages.file_names(left).values()}


@pytest.mark.parametrize("foreign", ["notes.txt", "index.html", "other.html", ".hidden", "photos/"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, foreign: str) -> None:
    path = tmp_path / foreign
    path.mkdir() if foreign.endswith("/") else path.write_text("mine", "utf-8")
    for refuse in (lambda: pages.must_be_possible(tmp_path), lambda: _write(tmp_path)):
        with pytest.raises(CannotCreate, match=re.escape(foreign.strip("/"))):
            refuse()
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_file_put_among_ours_is_refused_too(tmp_path: Path) -> None:
    _write(tmp_path)
    (tmp_path / "mine.html").write_text("mine", "utf-8")
    with pytest.raises(CannotCreate, match=r"mine\.html"):
        _write(tmp_path)
    assert (tmp_path / "mine.html").read_text("utf-8") == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    (tmp_path / "y").symlink_to(tmp_path / "nowhere")
    for name in "xy":
        with pytest.raises(CannotCreate, match="no folder"):
            _write(tmp_path / name)
    pages.must_be_possible(tmp_path / "new")


def test_the_list_of_ours_leads_nowhere_else(tmp_path: Path) -> None:
    """Somebody's list names files elsewhere: they stay."""
    (tmp_path / "mine.html").write_text("mine", "utf-8")
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / ".qunkit-pages").write_text("../mine.html\n..\n/etc/passwd.html\n", "utf-8")
    _write(folder)
    assert (tmp_path / "mine.html").read_text("utf-8") == "mine"


def test_a_link_in_the_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    _write(folder)
    (tmp_path / "mine.html").write_text("mine", "utf-8")
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(tmp_path / "mine.html")
    _write(folder)
    assert (tmp_path / "mine.html").read_text("utf-8") == "mine"
    assert not (folder / "index.html").is_symlink()


def test_an_interrupted_run_is_made_good_by_the_next(tmp_path: Path) -> None:
    """It stops at the second group: the first has its page, the old index still leads to pages that are there, and the next run is not refused."""
    folder = tmp_path / "pages"
    _write(folder)
    old = (folder / "index.html").read_bytes()

    def stopping() -> Iterator[tuple[str, Report]]:
        yield "9@chatroom", week.group(at=4)
        raise KeyboardInterrupt

    groups = {"9@chatroom": "new", "8@chatroom": "never"}
    with pytest.raises(KeyboardInterrupt):
        pages.write(folder, week.fleet(), stopping(), pages.file_names(groups), "zh")
    assert (folder / "index.html").read_bytes() == old
    assert all(
        (folder / file).exists() for file in [*_links(folder / "index.html"), pages.file_names(groups)["9@chatroom"]]
    )
    (folder / ".qunkit-page-abc.tmp").write_text("half", "utf-8")  # what a killed one leaves
    _write(folder)
    assert {path.name for path in folder.iterdir()} == {
        "index.html",
        ".qunkit-pages",
        *pages.file_names(GROUPS).values(),
    }
