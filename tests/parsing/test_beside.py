"""Files beside a source: in its folder or archive, and nowhere else."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from qunkit.parsing.archive import Member, safe_members
from qunkit.parsing.source import BESIDE, Source, open_source


@pytest.fixture
def source(tmp_path: Path) -> Source:
    for name in ("up.json", "x/manifest.json", "x/chunks/c1.jsonl", "x/chunks/deep/c2.jsonl", "x/.hidden"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return open_source(tmp_path / "x/chunks/c1.jsonl")


@pytest.fixture
def member(tmp_path: Path) -> Source:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        for name in ("up.json", "x/manifest.json", "x/chunks/c1.jsonl", "x/chunks/deep/c2.jsonl", "root.txt"):
            zipped.writestr(name, name)
    (tmp_path / "outside.txt").write_text("outside")
    return open_source(tmp_path / "outside.txt", parts=("c1.jsonl",), member=one(tmp_path, "x/chunks/c1.jsonl"))


def one(folder: Path, name: str) -> Member:
    return next(found for found in safe_members(folder / "a.zip") if found.name == name)


@pytest.mark.parametrize("kind", ["source", "member"])
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("c1.jsonl", b"x/chunks/c1.jsonl"),
        ("deep/c2.jsonl", b"x/chunks/deep/c2.jsonl"),
        ("../manifest.json", b"x/manifest.json"),
        ("../chunks/c1.jsonl", b"x/chunks/c1.jsonl"),
        ("c9.jsonl", None),
        ("../../up.json", None),
        ("deep/../c1.jsonl", None),
        ("../x/../up.json", None),
        ("..", None),
        ("", None),
        ("/etc/passwd", None),
        ("../", None),
        ("deep", None),
        ("a\0b", None),
        ("x" * 5000, None),
    ],
)
def test_a_file_in_the_folder_or_the_one_above(
    kind: str, name: str, found: bytes | None, request: pytest.FixtureRequest
) -> None:
    assert request.getfixturevalue(kind).beside(name) == found


def test_links_are_followed_as_far_as_the_folder_above(source: Source, tmp_path: Path) -> None:
    (tmp_path / "x/chunks/near").symlink_to("../manifest.json")
    (tmp_path / "x/chunks/far").symlink_to("../../up.json")
    (tmp_path / "x/chunks/passwd").symlink_to("/etc/passwd")
    (tmp_path / "x/chunks/folder").symlink_to(tmp_path)
    assert source.beside("near") == b"x/manifest.json"
    assert source.beside("far") is None
    assert source.beside("passwd") is None
    assert source.beside("folder/up.json") is None


def test_only_small_files(source: Source, tmp_path: Path) -> None:
    (tmp_path / "x/chunks/large").write_bytes(b"x" * (BESIDE + 1))
    assert source.beside("large") is None
    assert isinstance(source.locate("large"), Path)
    os.truncate(tmp_path / "x/chunks/large", BESIDE)
    assert len(source.beside("large") or b"") == BESIDE


def test_nothing_is_beside_what_has_no_place(tmp_path: Path, source: Source) -> None:
    (tmp_path / "stdin").write_text("x")
    (tmp_path / "ledger").write_text("secret")
    assert open_source(tmp_path / "stdin", label="-", parts=("stdin",)).beside("ledger") is None


def test_a_member_at_the_root_has_nothing_above(tmp_path: Path, member: Source) -> None:
    root = open_source(tmp_path / "outside.txt", parts=("root.txt",), member=one(tmp_path, "root.txt"))
    assert root.beside("up.json") == b"up.json"
    assert root.beside("../up.json") is None
    assert root.beside("outside.txt") is None


def test_pipes_are_no_files(source: Source, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x/chunks/pipe")
    assert source.beside("pipe") is None


def test_a_path_without_a_folder_works(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "x/chunks")
    assert open_source(Path("c1.jsonl")).beside("../manifest.json") == b"x/manifest.json"
