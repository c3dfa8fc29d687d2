"""`qunkit formats FILE` on archives and workbooks."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "samples"
JSON = next((SAMPLES / "weflow/json").iterdir())
Run = Callable[..., object]


def table(ran) -> list[dict[str, str]]:  # type: ignore[no-untyped-def]
    return list(csv.DictReader(ran.lines, delimiter="\t"))


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(JSON, "群/chat.json")
        archive.writestr("photo.jpg", b"\xff\xd8\xff")
        archive.writestr(".hidden", b"x")
    return path


@pytest.mark.parametrize(("lang", "unknown"), [("en", "not a known export"), ("zh", "不是已知的导出格式")])
def test_an_archive_lists_what_its_files_are(qunkit: Run, packed: Path, lang: str, unknown: str) -> None:
    ran = qunkit("formats", str(packed), "--format", "tsv", "--lang", lang)
    chat, photo = table(ran)
    assert (chat["file"], chat["format"], chat["bytes"]) == (
        f"{packed}/群/chat.json",
        "weflow_json",
        str(JSON.stat().st_size),
    )
    assert (photo["file"], photo["format"]) == (f"{packed}/photo.jpg", "")
    assert "not a known export" in photo["title"]  # machines read English
    shown = qunkit("formats", str(packed), "--format", "markdown", "--lang", lang)
    assert unknown in shown.out  # type: ignore[attr-defined]


def test_a_broken_archive_is_an_error(qunkit: Run, packed: Path) -> None:
    packed.write_bytes(packed.read_bytes()[:-40])
    ran = qunkit("formats", str(packed))
    assert ran.code == 65  # type: ignore[attr-defined]
    assert "incomplete zip" in ran.err  # type: ignore[attr-defined]


def test_a_workbook_shows_its_first_cells(qunkit: Run) -> None:
    path = next((SAMPLES / "memotrace_v3").rglob("*.xlsx"))
    (row,) = table(qunkit("formats", str(path), "--format", "tsv"))
    assert (row["encoding"], row["format"]) == ("xlsx", "memotrace_xlsx")
    assert row["begins"].startswith("消息ID")


def test_a_folder_is_no_file(qunkit: Run, tmp_path: Path) -> None:
    assert qunkit("formats", str(tmp_path)).code == 66  # type: ignore[attr-defined]
