"""``qunkit ingest`` as an operator with a folder of exports and photos sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
ROW = "2024-12-01 08:00:00,Ann,wxid_ann,Hikers,1@chatroom,hi\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One chat and three photos."""
    path = tmp_path / "exports"
    path.mkdir()
    (path / "chat.csv").write_text(HEADER + ROW)
    for at in range(3):
        (path / f"{at}.jpg").write_bytes(b"\xff\xd8\xff")
    return path


@pytest.fixture
def ingest(qunkit: Run, tmp_path: Path) -> Run:
    return lambda *args: qunkit("ingest", *args, "--data", str(tmp_path / "data"))


def test_photos_are_one_note_for_people_and_rows_for_machines(ingest: Run, folder: Path) -> None:
    shown = ingest(str(folder), "--format", "terminal")
    assert (shown.code, shown.err) == (0, "")
    assert "jpg 3" in shown.out
    assert "0.jpg" not in shown.out
    assert "Hikers" in shown.out
    assert "1 file, 1 new, 1 group" in shown.out
    assert "byte" not in shown.out
    assert "times without a zone are taken for Asia/Shanghai, the dataset's: chat.csv;" in shown.out
    rows = ingest(str(folder), "--format", "tsv")
    assert len(rows.lines) == 5
    assert rows.err == "qunkit: note: unknown files skipped: 3 (jpg 3)\n"


def test_a_photo_that_is_named_is_an_error_that_says_what_it_is(ingest: Run, folder: Path) -> None:
    ran = ingest(str(folder / "0.jpg"), str(folder / "chat.csv"), "--format", "terminal", "--lang", "zh")
    assert ran.code == 3
    assert "不是已知的导出格式，是图片 (JPEG)" in ran.err
    assert "1 个未能读取：0.jpg" in ran.out


def test_a_folder_of_photos_is_an_error_even_quietly(ingest: Run, folder: Path) -> None:
    (folder / "chat.csv").unlink()
    ran = ingest(str(folder), "-q", "--format", "terminal")
    assert ran.code == 65
    assert "no known export among 3 files" in ran.err


def test_quietly_rejects_are_still_a_line(ingest: Run, folder: Path) -> None:
    (folder / "chat.csv").write_text(HEADER + ROW + "1,2\n")
    ran = ingest(str(folder), "-q")
    assert (ran.code, ran.err) == (3, "qunkit: note: records that could not be read: 1 (chat.csv)\n")


def test_an_output_that_cannot_be_made_is_refused_before_anything_is_committed(
    ingest: Run, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder.tsv").mkdir()
    for output in (tmp_path / "nowhere/x.tsv", tmp_path / "folder.tsv", folder / "chat.csv"):
        assert ingest(str(folder / "chat.csv"), "-o", str(output)).code == 73
        assert not (tmp_path / "data").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exports", "folder.tsv"]


def test_a_file_is_taken_out_only_if_that_is_said(ingest: Run, qunkit: Run, folder: Path, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    (folder / "b.csv").write_text(HEADER + ROW + ROW.replace("hi", "ho") + "1,2\n")
    assert ingest(str(folder)).code == 3
    listed = qunkit("sources", "list", *data).lines
    assert [line.split("\t")[:6] for line in listed[1:]] == [
        ["b.csv", "Hikers", "chatlog_csv", "2", "1", "Asia/Shanghai"],
        ["chat.csv", "Hikers", "chatlog_csv", "1", "0", "Asia/Shanghai"],
    ]
    for words, rejected in ((["--lang", "zh"], "b.csv"), (["--yes"], "")):
        ran = qunkit("sources", "drop", str(folder / "b.csv"), *data, *words)
        assert (ran.code, len(ran.lines), ran.lines[1].split("\t")[0]) == (0, 2, "b.csv")
        assert ("确认移除请加 --yes" in ran.err) == bool(rejected)
        assert rejected in qunkit("rejects", "list", *data).out
    assert "messages and notices of the dataset: 2 before, 1 after" in ran.err
    assert [line.split("\t")[0] for line in qunkit("sources", "list", *data).lines[1:]] == ["chat.csv"]
    ran = qunkit("sources", "drop", "b.csv", "--yes", *data)
    assert (ran.code, ran.err.split("\n")[0]) == (2, "qunkit: error: No source matches 'b.csv'.")


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_file_is_a_line_on_any_screen(
    ingest: Run, folder: Path, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    (folder / f"{'周末徒步' * 20}.csv").write_text(HEADER + ROW.replace("hi", "ho"))
    (folder / ("long" * 40)).mkdir()
    (folder / ("long" * 40) / "b.csv").write_text(HEADER + ROW.replace("Hikers", "读书会" * 20).replace("1@", "2@"))
    lines = ingest(str(folder), "--format", "terminal").lines
    head = next(at for at, line in enumerate(lines) if line.startswith("file"))
    assert [line.split()[0][-4:] for line in lines[head + 2 : head + 5]] == [".csv"] * 3
    assert lines[head + 5] == ""


@pytest.mark.parametrize("said", ["yesterday", "2024-13-01", "2024-12-02~2024-12-01", "2024-12-01~", "2024-1-1", ""])
def test_what_is_no_day_is_a_usage_error(ingest: Run, folder: Path, said: str) -> None:
    ran = ingest(str(folder), "--date", said)
    assert ran.code == 2
    assert "YYYY-MM-DD~YYYY-MM-DD" in ran.err


@pytest.mark.parametrize("said", ["2024-12-01", "2024-12-01~2024-12-31"])
def test_days_are_taken(ingest: Run, folder: Path, said: str) -> None:
    assert ingest(str(folder), "--date", said).code == 0


def test_of_an_unknown_format_the_closest_are_named(ingest: Run, folder: Path) -> None:
    ran = ingest(str(folder), "--format-in", "weflow-jsn", "--lang", "zh")
    assert ran.code == 2
    assert "weflow_json" in ran.err
    assert "qunkit formats" in ran.err
    assert ran.err.count("_") <= 6


def test_an_unknown_table_is_told_its_columns(ingest: Run, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("when,who,said\n2024-12-01,Ann,hi\n")
    ran = ingest(str(tmp_path / "log.csv"))
    assert ran.code == 65
    assert "--map time=…,sender=…,text=… (its columns: when, who, said)" in ran.err


def test_the_zone_of_the_dataset_is_told_once(ingest: Run, folder: Path) -> None:
    """Each Monday's export is of the same phone."""
    assert "times without a zone" in ingest(str(folder), "--format", "tsv").err
    more = folder / "chat.csv"
    more.write_text(HEADER + ROW + ROW.replace("08:00:00", "09:00:00"))
    again = ingest(str(folder), "--format", "tsv")
    assert (again.code, "times without a zone" in again.err) == (0, False)
