"""P30: whatever a group, a member, a message or a file in an archive is called, no file is made, followed or changed for it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
EVIL = [
    "../../x", "..", ".", "/etc/passwd", "/x", "~/x", "C:\\x", "..\\..\\x", "\\\\host\\share\\x", "CON", "NUL", "aux.txt", "COM1:", "a/b", "a\\b",
    "n" * 300, "名" * 200, "a\x00b"[:1] + "b\x1b]0;x\x07", "tab\tline\nend", "x\u202ey", " ", ".hidden", "-rf", "--data", "$(touch x)", "`touch x`",
    "x;touch y", "*", "?", "%2e%2e%2fx", "x'y", 'x"y', "month=2024-11", "CURRENT", "v000001", "manifest.json", "lock", "dataset.json",
]  # fmt: skip
OURS = re.compile(
    r"(?:dataset\.json|CURRENT|lock|v\d{6}(?:/manifest\.json|(?:/(?:messages|observations)(?:/month=\d{4}-\d{2})?|/[a-z]+)(?:/[a-z0-9-]+\.parquet)?)?|features(?:/v\d{6}(?:/[a-z]+-\d+(?:-[0-9a-f]{12})?(?:/(?:lock|[0-9a-f]{64}\.parquet))?)?)?)"
)
"""What the names of a dataset are made of: our own words, numbers and hashes."""
CACHE = re.compile(r"home/\.cache(/qunkit(/checked\.json)?)?")
"""Which files of datasets were found good; it names none."""


def tree(folder: Path, without: Path | None = None) -> dict[str, str]:
    """Every path below a folder with what it is and holds; `without` one folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if without is None or not path.is_relative_to(without):
            kind = path.lstat().st_mode
            whole = (
                path.read_bytes() if stat.S_ISREG(kind) else os.readlink(path).encode() if path.is_symlink() else b""
            )
            found[str(path.relative_to(folder))] = f"{kind:o} {hashlib.sha256(whole).hexdigest()}"
    return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to look at: home, temporary files and where the program runs lie in it, some levels down."""
    for name in ("deep/down/here", "home", "tmp", "in"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "precious").write_text("keep")
    monkeypatch.chdir(tmp_path / "deep/down/here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def chatlab(group: str, names: list[str]) -> bytes:
    """An export in ChatLab's format: a group, and a message of each member."""
    members = [{"platformId": name, "accountName": name, "groupNickname": name} for name in names]
    said = [
        {"sender": name, "accountName": name, "groupNickname": name, "timestamp": 1_732_500_000 + at, "type": 0, "content": name, "platformMessageId": name}
        for at, name in enumerate(names)
    ]  # fmt: skip
    meta = {"name": group, "platform": "wechat", "type": "group", "groupId": group}
    chat = {
        "chatlab": {"version": "0.0.1", "exportedAt": 1_732_600_000},
        "meta": meta,
        "members": members,
        "messages": said,
    }
    return json.dumps(chat).encode()


def unchanged_outside(world: Path, before: dict[str, str], data: Path) -> None:
    """The world is as it was but for the dataset, and the dataset's files have our own names."""
    after = tree(world, without=data)
    assert {name: what for name, what in after.items() if name in before or not CACHE.fullmatch(name)} == before
    strange = [name for name in tree(data) if not OURS.fullmatch(name)]
    assert strange == []


def test_P30_names_in_a_chat_never_become_paths(qunkit: Run, world: Path) -> None:
    for at, group in enumerate(EVIL):
        (world / "in" / f"{at}.json").write_bytes(chatlab(group, EVIL))
    data = world / "deep/down/here/data"
    before = tree(world)
    ran = qunkit("ingest", str(world / "in"), "--data", str(data))
    assert (ran.code, len(ran.lines)) == (0, 1 + len(EVIL))
    unchanged_outside(world, before, data)
    names = {
        row["sender_name"]
        for row in map(json.loads, qunkit("messages", "--format", "jsonl", "--data", str(data)).lines)
    }
    assert len(names & {name.strip() for name in EVIL} | names & set(EVIL)) >= len(EVIL) - 2
    for command in (("groups",), ("report",), ("activity", "members"), ("messages",)):
        for name in ("tsv", "csv", "json", "jsonl", "md", "html", "xlsx", "terminal"):
            assert qunkit(*command, "--format", name, "--data", str(data), "-o", str(world / "out")).code == 0
            (world / "out").unlink()
    unchanged_outside(world, before, data)


def packed(names: list[str]) -> bytes:
    """An archive with an export under each of the names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at, name in enumerate(names):
            archive.writestr(zipfile.ZipInfo(name), chatlab(f"{at}@chatroom", [f"m{at}"]))
        link = zipfile.ZipInfo("link.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "../../precious")
    return out.getvalue()


def test_P30_names_in_an_archive_never_become_paths(qunkit: Run, world: Path) -> None:
    names = [f"{name}.json" for name in EVIL if "\0" not in name]
    (world / "in" / "chats.zip").write_bytes(packed(names))
    data = world / "deep/down/here/data"
    before = tree(world)
    ran = qunkit("ingest", str(world / "in/chats.zip"), "--data", str(data))
    assert ran.code in (0, 3, 65)
    unchanged_outside(world, before, data)
    qunkit("formats", str(world / "in/chats.zip"))
    unchanged_outside(world, before, data)


@pytest.mark.parametrize("name", [name for name in EVIL if "/" not in name and "\0" not in name and name not in (".", "..") and len(name.encode()) < 240], ids=ascii)  # fmt: skip
def test_P30_the_name_of_a_file_is_only_a_name(qunkit: Run, world: Path, name: str) -> None:
    (world / "in" / f"{name}.csv").write_text(_csv(name), "utf-8")
    data = world / "deep/down/here/data"
    before = tree(world)
    ran = qunkit("ingest", str(world / "in"), "--data", str(data), "--map", "time=when,sender=who,text=said,group=room")
    assert ran.code == (66 if name.startswith(".") else 0)  # hidden files are not looked at
    unchanged_outside(world, before, data)


def _csv(name: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["when", "who", "said", "room"], ["2024-12-01 08:03:10", name, name, name]])
    return out.getvalue()


def test_P30_a_link_in_a_folder_of_exports_changes_nothing_where_it_leads(qunkit: Run, world: Path) -> None:
    (world / "in" / "a.json").write_bytes(chatlab("1@chatroom", ["m"]))
    (world / "in" / "up").symlink_to(world)
    (world / "in" / "b.json").symlink_to(world / "precious")
    data = world / "deep/down/here/data"
    before = tree(world)
    assert qunkit("ingest", str(world / "in"), "--data", str(data)).code in (0, 3)
    unchanged_outside(world, before, data)


def test_the_check_bites(world: Path) -> None:
    data = world / "deep/down/here/data"
    (data / "v000001").mkdir(parents=True)
    before = tree(world, without=data)
    (data / "v000001" / "manifest.json").write_text("x")
    unchanged_outside(world, before, data)
    (data / "..x").write_text("x")
    with pytest.raises(AssertionError):
        unchanged_outside(world, before, data)
    (data / "..x").unlink()
    (world / "precious").write_text("lost")
    with pytest.raises(AssertionError):
        unchanged_outside(world, before, data)
