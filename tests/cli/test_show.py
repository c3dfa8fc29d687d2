"""Results on their way out: which format, to which file, and what is said beside them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_pipe_gets_tsv_and_a_report_markdown(qunkit: Run) -> None:
    assert qunkit("groups").lines[0].startswith("group_id\tgroup_name\t")
    assert qunkit("report").out.startswith("# ")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.csv", '\ufeff"group_id",'),
        ("a.JSON", '{"format": 1'),
        ("a.jsonl", '{"group_id"'),
        ("a.tsv", "group_id\t"),
        ("a.md", "# "),
        ("a.txt", "Groups"),
        ("名 单", "group_id\t"),
    ],
)
def test_the_name_of_the_file_says_the_format(qunkit: Run, tmp_path: Path, name: str, begins: str) -> None:
    ran = qunkit("groups", "-o", str(tmp_path / name))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / name).read_bytes().decode().startswith(begins)
    assert os.listdir(tmp_path) == [name]


def test_format_goes_before_the_name(qunkit: Run, tmp_path: Path) -> None:
    qunkit("groups", "-o", str(tmp_path / "a.csv"), "--format", "json")
    assert json.loads((tmp_path / "a.csv").read_text("utf-8"))["name"] == "groups"


def test_a_file_is_private_and_replaces_the_old_one_whole(qunkit: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("old")
    os.chmod(path, 0o644)
    qunkit("groups", "-o", str(path))
    assert path.read_text("utf-8").startswith("group_id")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_the_old_file(qunkit: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("old")
    fails_late = "SELECT CASE WHEN range = 900000 THEN error('now') ELSE '' END FROM range(1000000)"
    assert qunkit("sql", fails_late, "-o", str(path)).code == 2
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.tsv"]


def test_a_symbolic_link_is_replaced_not_followed(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep")
    (tmp_path / "a.tsv").symlink_to(tmp_path / "precious")
    assert qunkit("groups", "-o", str(tmp_path / "a.tsv")).code == 0
    assert (tmp_path / "precious").read_text() == "keep"
    assert not (tmp_path / "a.tsv").is_symlink()


def test_a_named_pipe_is_written_to(shell: Run, tmp_path: Path) -> None:
    ran = shell(
        f"mkfifo {tmp_path}/p; head -1 {tmp_path}/p & $Q groups -o {tmp_path}/p; wait; test -p {tmp_path}/p && echo still"
    )
    assert ran.lines[0].startswith("group_id\t")
    assert ran.lines[-1] == "still"


def test_dev_stdout_is_stdout(shell: Run) -> None:
    assert shell("$Q groups -o /dev/stdout | cat").out == shell("$Q groups -o -").out == shell("$Q groups").out


@pytest.mark.parametrize("name", ["qunkit.tsv", "v000001/messages/x.tsv", "../data/x.tsv"])
def test_the_dataset_is_never_written_to(qunkit: Run, dataset: Path, name: str) -> None:
    (dataset.parent / "link").unlink(missing_ok=True)
    (dataset.parent / "link").symlink_to(dataset)
    for folder in (dataset, dataset.parent / "link"):
        ran = qunkit("groups", "-o", str(folder / name))
        assert ran.code == 73
        assert "inside the dataset" in ran.err


def test_an_input_is_never_written_to(qunkit: Run, tmp_path: Path) -> None:
    export = tmp_path / "export.tsv"
    export.write_text("x")
    os.link(export, tmp_path / "twin.tsv")
    for name in ("export.tsv", "twin.tsv"):
        ran = qunkit("ingest", str(export), "--data", str(tmp_path / "data"), "-o", str(tmp_path / name))
        assert (ran.code, export.read_text()) == (73, "x")
        assert "one of the inputs" in ran.err


def test_where_no_file_can_be(qunkit: Run, tmp_path: Path) -> None:
    for place, says in ((tmp_path, "it is a folder"), (tmp_path / "no" / "a.tsv", "no such file or folder")):
        ran = qunkit("groups", "-o", str(place), "--format", "tsv")
        assert (ran.code, says in ran.err) == (73, True)


def test_nothing_found_is_no_error_but_is_said(qunkit: Run) -> None:
    for name in ("tsv", "csv", "json", "jsonl"):
        ran = qunkit("messages", "--sender", "nobody", "--format", name)
        assert (ran.code, ran.err) == (0, "qunkit: note: no rows: nothing in the dataset matches\n")
    assert qunkit("messages", "--sender", "nobody", "--format", "md").err == ""


def test_notes_stand_on_stderr_where_the_format_has_no_place(qunkit: Run, tmp_path: Path) -> None:
    export = Path(__file__).parents[1] / "samples" / "memotrace_v3"
    first = qunkit("ingest", str(export), "--data", str(tmp_path / "data"))
    again = qunkit("ingest", str(export), "--data", str(tmp_path / "data"))
    assert "already" not in first.out
    assert "already" in again.out
    assert first.err.count("qunkit: note: ") >= 1
    told = json.loads(qunkit("ingest", str(export), "--data", str(tmp_path / "new"), "--format", "json").out)
    assert told["notes"]


def test_machine_formats_ignore_the_language(qunkit: Run) -> None:
    for name in ("tsv", "csv", "json", "jsonl"):
        for command in (("groups",), ("formats",), ("messages",), ("report",)):
            assert qunkit(*command, "--format", name).out == qunkit(*command, "--format", name, "--lang", "zh").out
    assert qunkit("groups", "--format", "md").out != qunkit("groups", "--format", "md", "--lang", "zh").out
