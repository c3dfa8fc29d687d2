"""``qunkit report --all``: what it refuses, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_path_of_the_index_is_the_answer(qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("report", "--all", "-o", str(tmp_path / "out"))
    assert (ran.code, ran.out, ran.err) == (0, f"{tmp_path / 'out' / 'index.html'}\n", "")
    assert len(list((tmp_path / "out").glob("*.html"))) > 1
    assert qunkit("report", "--all", "--format", "html", "-o", str(tmp_path / "out")).code == 0


@pytest.mark.parametrize("more", [(), ("-o", "-")])
def test_it_needs_a_folder(qunkit: Run, more: tuple[str, ...]) -> None:
    ran = qunkit("report", "--all", *more)
    assert (ran.code, ran.out) == (2, "")
    assert "say where with -o DIR" in ran.err


@pytest.mark.parametrize("name", ["md", "xlsx", "nonsense"])
def test_pages_are_html(qunkit: Run, tmp_path: Path, name: str) -> None:
    ran = qunkit("report", "--all", "--format", name, "-o", str(tmp_path / "out"))
    assert ran.code == 2
    assert "the pages of --all are HTML" in ran.err
    assert not (tmp_path / "out").exists()


def test_not_into_the_dataset_nor_among_other_files(qunkit: Run, dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.txt").write_text("mine", "utf-8")
    inside, among = (qunkit("report", "--all", "-o", str(folder)) for folder in (dataset / "x", tmp_path / "mine"))
    assert (inside.code, among.code) == (73, 73)
    assert "inside the dataset" in inside.err
    assert "x.txt" in among.err


def test_spark_writes_no_pages(qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("report", "--all", "--engine", "spark", "-o", str(tmp_path / "out"))
    assert ran.code == 2
    assert "`qunkit report --all` is answered by DuckDB" in ran.err


def test_an_unknown_week_leaves_the_old_pages(qunkit: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    qunkit("report", "--all", "-o", str(folder))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert qunkit("report", "--all", "-o", str(folder), "--week", "soon").code == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
