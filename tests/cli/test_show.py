"""Results on their way out: which format, to which file, and what is said beside them."""

from __future__ import annotations

import json
import os
import pty
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from support.needs import ORDINARY

[EXPORT] = (Path(__file__).parents[1] / "samples" / "memotrace_v3").glob("**/*.csv")
QUOTED = shlex.quote(str(EXPORT))
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
        ("a.html", "<!DOCTYPE html>"),
        ("名 单", "group_id\t"),
    ],
)
def test_the_name_of_the_file_says_the_format(qunkit: Run, tmp_path: Path, name: str, begins: str) -> None:
    ran = qunkit("groups", "-o", str(tmp_path / name))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / name).read_bytes().decode().startswith(begins)
    assert os.listdir(tmp_path) == [name]


def test_the_name_of_the_file_says_xlsx_or_parquet(qunkit: Run, tmp_path: Path) -> None:
    wanted = json.loads(qunkit("messages", "--format", "json").out)["rows"]
    for name in ("a.xlsx", "a.PARQUET"):
        ran = qunkit("messages", "-o", str(tmp_path / name))
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].iter_rows(values_only=True))
    texts = [row[rows[0].index("text")] for row in rows[1:]]
    assert [text or None for text in texts] == [row["text"] or None for row in wanted]
    assert pq.read_table(tmp_path / "a.PARQUET")["text"].to_pylist() == [row["text"] for row in wanted]
    assert os.listdir(tmp_path) == ["a.xlsx", "a.PARQUET"] or os.listdir(tmp_path) == ["a.PARQUET", "a.xlsx"]


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_bytes_go_through_a_pipe(shell: Run, tmp_path: Path, name: str) -> None:
    ran = shell(f"$Q messages --format {name} | cat >{tmp_path}/piped; $Q messages -o {tmp_path}/file.{name}")
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "piped").read_bytes() == (tmp_path / f"file.{name}").read_bytes()


def test_bytes_appended_to_a_file_stay_whole(shell: Run, tmp_path: Path) -> None:
    """A zip whose writer went back would be spoilt: whatever is appended lands at the end."""
    shell(f"$Q groups -o {tmp_path}/a.xlsx; printf 12345 >{tmp_path}/b; $Q groups --format xlsx >>{tmp_path}/b")
    assert (tmp_path / "b").read_bytes() == b"12345" + (tmp_path / "a.xlsx").read_bytes()


def test_a_pipe_that_closes_on_bytes_ends_quietly(shell: Run) -> None:
    for name in ("xlsx", "parquet"):
        ran = shell(
            f'$Q sql "SELECT range, hash(range)::VARCHAR h FROM range(300000)" --format {name} | head -c 9 >/dev/null; echo "${{PIPESTATUS[0]}}"'
        )
        assert (ran.out, ran.err) == ("141\n", "")


def test_a_full_disk_is_said_of_bytes_too(shell: Run) -> None:
    for name in ("xlsx", "parquet"):
        ran = shell(f"$Q groups --format {name} >/dev/full")
        assert (ran.code, ran.err) == (74, "qunkit: error: Standard output: no space left on the device.\n")


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
@pytest.mark.parametrize(("lang", "said"), [("en", "write it to a file with -o FILE"), ("zh", "请用 -o 文件 写入文件")])
def test_bytes_are_refused_on_a_terminal_before_any_work(
    qunkit: Run, monkeypatch: pytest.MonkeyPatch, name: str, lang: str, said: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for more in ((), ("-o", "-")):
        ran = qunkit("groups", "--format", name, "--lang", lang, "--data", "/nonexistent", *more)
        assert (ran.code, ran.out, said in ran.err) == (2, "", True)


def test_bytes_are_refused_on_a_terminal_by_its_name(dataset: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "qunkit", "groups", "--format", "xlsx", "-o", os.ttyname(theirs)]
    ran = subprocess.run(command, env={**os.environ, "QUNKIT_DATA": str(dataset)}, capture_output=True, check=False)
    os.close(theirs)
    os.close(ours)
    assert (ran.returncode, b"it is a terminal" in ran.stderr) == (2, True)


def test_a_report_is_no_parquet(qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("report", "-o", str(tmp_path / "a.parquet"))
    assert (ran.code, "several tables of a report; xlsx is" in ran.err) == (2, True)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["terminal", "md", "html"])
def test_P16_what_is_left_out_is_said_on_stderr_too(qunkit: Run, tmp_path: Path, name: str) -> None:
    for rows, limit, left in (
        (12_000, {"terminal": "200", "md": "1,000", "html": "10,000"}[name], None),
        (200, None, None),
    ):
        ran = qunkit("sql", f"SELECT range FROM range({rows})", "--format", name)
        if limit is None:
            assert (ran.code, ran.err) == (0, "")
            continue
        left = f"{rows - int(limit.replace(',', '')):,}"
        said = f"Only the first {limit} rows, {left} are left out; --format tsv gives all."
        assert (ran.code, ran.err) == (0, f"qunkit: note: {said}\n")
        assert said in ran.out


def test_P16_cut_texts_are_said_on_stderr_too(qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("sql", "SELECT repeat('a', 200) AS t", "--format", "terminal")
    said = "Long texts cut (…): 1; --format tsv gives all."
    assert (ran.err, said in ran.out) == (f"qunkit: note: {said}\n", True)
    ran = qunkit("sql", "SELECT repeat('a', 40000) AS t", "-o", str(tmp_path / "a.xlsx"))
    said = "Texts longer than a cell may be end in …: 1; 7,234 characters are left out. --format tsv gives all."
    assert ran.err == f"qunkit: note: {said}\n"
    assert said in [row[0] for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["Notes"].iter_rows(values_only=True)]
    assert qunkit("sql", "SELECT repeat('a', 40000) AS t", "--format", "tsv").lines[1] == "a" * 40_000


def test_who_reads_both_on_one_terminal_is_told_once(qunkit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    ran = qunkit("sql", "SELECT range FROM range(300)")
    assert ("Only the first 200 rows, 100 are left out" in ran.out, ran.err) == (True, "")


def test_names_of_columns_are_harmless(qunkit: Run) -> None:
    """They may be names of members: who asks what each of them wrote gives them a column each."""
    for name in ("tsv", "csv", "json", "jsonl", "md", "terminal", "html"):
        ran = qunkit("sql", 'SELECT 1 AS "=狐狸\t\x1b[31m\n"', "--format", name)
        assert (ran.code, "\x1b" in ran.out, "狐狸" in ran.out) == (0, False, True)
    assert qunkit("sql", 'SELECT 1 AS "=狐狸\t\x1b[31m"', "--format", "csv").lines[0] == '"\'=狐狸\t\\x1b[31m"\r'
    assert qunkit("sql", 'SELECT 1 AS "=狐狸\t\x1b[31m\n"').lines == ["=狐狸 \\x1b[31m ", "1"]


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


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("", "it is a folder"),
        ("no/a.tsv", "there is no folder"),
        ("file/a.tsv", "there is no folder"),
        (f"{'n' * 300}.tsv", "name too long"),
        ("loop/a.tsv", "there is no folder"),
    ],
    ids=["a folder", "no folder", "below a file", "too long", "a loop"],
)
def test_where_no_file_can_be(qunkit: Run, tmp_path: Path, place: str, says: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    ran = qunkit("groups", "-o", str(tmp_path / place), "--format", "tsv")
    assert (ran.code, says in ran.err) == (73, True)
    assert sorted(os.listdir(tmp_path)) == ["file", "loop"]


def test_a_missing_folder_is_named(qunkit: Run, tmp_path: Path) -> None:
    assert f"there is no folder {tmp_path}/no" in qunkit("groups", "-o", f"{tmp_path}/no/a.tsv").err
    assert f"没有文件夹 {tmp_path}/no" in qunkit("groups", "-o", f"{tmp_path}/no/a.tsv", "--lang", "zh").err


def test_a_folder_that_may_not_be_written(shell: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert shell(f"{' '.join(ORDINARY)} $Q groups -o {tmp_path}/a.tsv").code == 73


def test_P26_files_are_private_whatever_the_umask(shell: Run, tmp_path: Path) -> None:
    shell(f"umask 000; cd {tmp_path}; for n in a.tsv a.html a.xlsx a.parquet; do $Q groups -o $n; done")
    assert {path.name: oct(path.stat().st_mode)[-3:] for path in tmp_path.iterdir()} == dict.fromkeys(
        ("a.tsv", "a.html", "a.xlsx", "a.parquet"), "600"
    )


@pytest.mark.parametrize("way", ["up and down", "cwd", "link", "descriptor", "stdout", "stdout by number"])
def test_P30_no_way_leads_into_the_dataset(shell: Run, tmp_path: Path, way: str) -> None:
    """Not by a relative path, a link or a descriptor; the files of the dataset are afterwards what they were."""
    made = shell(f"$Q ingest {QUOTED} --data {tmp_path}/data --quiet; ls {tmp_path}/data/v*/manifest.json")
    manifest = made.lines[-1]
    before = Path(manifest).read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    line = {
        "up and down": f"cd {tmp_path}/data; $Q groups --format tsv -o ../data/../data/v000001/manifest.json",
        "cwd": f"cd {tmp_path}/data; $Q groups --format tsv -o /proc/self/cwd/v000001/manifest.json",
        "link": f"$Q groups --format tsv -o {tmp_path}/link/v000001/../CURRENT",
        "descriptor": f"$Q groups --format tsv -o /proc/self/fd/7 7>>{manifest}",
        "stdout": f"$Q groups --format tsv -o /dev/stdout >>{manifest}",
        "stdout by number": f"$Q groups --format tsv -o /dev/fd/1 >>{manifest}",
    }[way]
    ran = shell(line, QUNKIT_DATA=f"{tmp_path}/data")
    assert (ran.code, "inside the dataset" in ran.err) == (73, True)
    assert Path(manifest).read_bytes() == before


def test_P30_a_hard_link_to_a_part_of_the_dataset_is_replaced_not_written_through(shell: Run, tmp_path: Path) -> None:
    made = shell(f"$Q ingest {QUOTED} --data {tmp_path}/data --quiet; ls {tmp_path}/data/v*/manifest.json")
    manifest = Path(made.lines[-1])
    before = manifest.read_bytes()
    os.link(manifest, tmp_path / "twin.tsv")
    assert shell(f"$Q groups --data {tmp_path}/data -o {tmp_path}/twin.tsv").code == 0
    assert (manifest.read_bytes(), (tmp_path / "twin.tsv").read_bytes()[:9]) == (before, b"group_id\t")


def test_an_input_that_is_stdout_is_never_written_to(shell: Run, tmp_path: Path) -> None:
    ran = shell(
        f"cp {QUOTED} {tmp_path}/e.csv; $Q ingest {tmp_path}/e.csv --data {tmp_path}/d -o /dev/stdout >>{tmp_path}/e.csv"
    )
    assert (ran.code, "one of the inputs" in ran.err) == (73, True)
    assert (tmp_path / "e.csv").read_bytes() == EXPORT.read_bytes()


def test_what_dev_stdout_holds_already_stays(shell: Run, tmp_path: Path) -> None:
    shell(f"echo before >{tmp_path}/a; $Q groups --format tsv -o /dev/stdout >>{tmp_path}/a")
    assert (tmp_path / "a").read_text("utf-8").startswith("before\ngroup_id\t")


def test_a_descriptor_of_bash_is_a_pipe(shell: Run) -> None:
    ran = shell("$Q groups --format tsv -o >(head -c 8; echo); wait $!")
    assert ran.out == "group_id\n"


def test_nothing_found_is_no_error_but_is_said(qunkit: Run) -> None:
    for name in ("tsv", "csv", "json", "jsonl"):
        ran = qunkit("messages", "--kind", "voice", "--format", name)
        assert (ran.code, ran.err) == (0, "qunkit: note: no rows: nothing in the dataset matches\n")
    for name in ("md", "html"):
        assert qunkit("messages", "--kind", "voice", "--format", name).err == ""


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
