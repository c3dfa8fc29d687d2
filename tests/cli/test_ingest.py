"""``qunkit ingest`` as an operator with a folder of exports and photos sees it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
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
    for words, code, rejected in ((["--lang", "zh"], 2, "b.csv"), (["--yes"], 0, "")):
        ran = qunkit("sources", "drop", str(folder / "b.csv"), *data, *words)
        assert (ran.code, len(ran.lines), ran.lines[1].split("\t")[0]) == (code, 2, "b.csv")
        assert ("未作任何改动。确认移除请加 --yes。" in ran.err) == bool(code)
        assert rejected in qunkit("rejects", "list", *data).out
    assert "messages and notices of the dataset: 2 before, 1 after" in ran.err
    assert [line.split("\t")[0] for line in qunkit("sources", "list", *data).lines[1:]] == ["chat.csv"]
    ran = qunkit("sources", "drop", "b.csv", "--yes", *data)
    assert (ran.code, ran.err.split("\n")[0]) == (2, "qunkit: error: No source matches 'b.csv'.")


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)], ids=["yes", "no", "end"])
def test_at_a_terminal_it_is_asked_before_a_file_is_taken_out(
    ingest: Run, qunkit: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert ingest(str(folder / "chat.csv")).code == 0
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ran = qunkit("sources", "drop", "chat.csv", "--data", str(tmp_path / "data"))
    assert ran.code == code
    assert "Take all this out? [y/N] " in ran.err
    monkeypatch.undo()
    assert len(qunkit("sources", "list", "--data", str(tmp_path / "data")).lines) == 1 + bool(code)


def test_what_takes_something_out_says_the_same_of_asking(qunkit: Run) -> None:
    for lang, words in (
        ("en", "Without --yes it asks; off a terminal it only shows"),
        ("zh", "不加 --yes 时会先询问；"),
    ):
        for command in (["forget"], ["sources", "drop"]):
            assert words in " ".join(qunkit("--lang", lang, *command, "--help").out.split())


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


SECRET = "我的密码是 987654 别告诉别人"
CHATS = {
    "u.txt": f"张三说：{SECRET}\n李四：好\n",
    "u.csv": f"张三说：{SECRET}\n李四：好\n",
    "commas.csv": f"张三,{SECRET}\n李四,好\n",
    "rows.csv": f"2026-11-02 08:01:30,小明,{SECRET}\n2026-11-02 08:01:31,李四,好\n",
    "log.txt": f"8:01 小明 {SECRET}\n8:02 李四 好\n",
    "u.json": json.dumps([SECRET], ensure_ascii=False),
    "o.json": json.dumps({"said": [{"t": SECRET}]}, ensure_ascii=False),
    "lines.jsonl": json.dumps({"said": SECRET}, ensure_ascii=False) + "\n{}\n",
    "cut.json": f'{{"said": "{SECRET}',
}


@pytest.mark.parametrize("mapped", [[], ["--map", "time=when,sender=who,text=what"]], ids=["plain", "map"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_said_is_in_no_error(ingest: Run, tmp_path: Path, lang: str, mapped: list[str]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["2026-11-02 08:01:30", "小明", SECRET])
    book.save(tmp_path / "u.xlsx")
    for name, text in CHATS.items():
        (tmp_path / name).write_text(text, "utf-8")
    for name in [*CHATS, "u.xlsx"]:
        ran = ingest(str(tmp_path / name), "--lang", lang, *mapped)
        assert ran.code == 65, name
        assert "qunkit formats " in ran.err or "said" in ran.err, name  # a key of JSON is a name
        assert not [word for word in ("密码", "987654", "张三", "小明", "08:01") if word in ran.err + ran.out], name


def test_a_person_who_asks_is_shown_the_begin(ingest: Run, qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "u.txt").write_text(CHATS["u.txt"], "utf-8")
    assert "it is plain text." in ingest(str(tmp_path / "u.txt")).err
    assert "begins “张三说：我的密码" in qunkit("formats", str(tmp_path / "u.txt")).err


@pytest.mark.parametrize(
    ("name", "text", "en", "zh"),
    [
        ("u.csv", "when;who\n1;2\n", "a table of 2 columns", "是 2 列的表格"),
        ("u.json", "[1, 2]", "a JSON array", "是 JSON 数组"),
        ("u.json", '{"a": 1}', "a JSON object", "是 JSON 对象"),
        ("u.jsonl", '{"a": 1}\n{"a": 2}', "lines of JSON", "是逐行的 JSON"),
        ("u.json", '{"a": [1,', "JSON, but incomplete or damaged", "是 JSON，但不完整或已损坏"),
        ("u.txt", "[图片] 早", "plain text", "是纯文本"),
        ("u.bin", "\x01\x02", "no text", "不是文本"),
    ],
)
def test_an_unknown_file_is_told_by_its_shape(
    ingest: Run, tmp_path: Path, name: str, text: str, en: str, zh: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert f"not a known export; it is {en}." in ingest(str(tmp_path / name)).err
    assert f"不是已知的导出格式，{zh}。" in ingest(str(tmp_path / name), "--lang", "zh").err


def test_the_zone_of_the_dataset_is_told_once(ingest: Run, folder: Path) -> None:
    """Each Monday's export is of the same phone."""
    assert "times without a zone" in ingest(str(folder), "--format", "tsv").err
    more = folder / "chat.csv"
    more.write_text(HEADER + ROW + ROW.replace("08:00:00", "09:00:00"))
    again = ingest(str(folder), "--format", "tsv")
    assert (again.code, "times without a zone" in again.err) == (0, False)
