"""What is told of a run: a row a file, equal notes as one, unknown files as a count, totals in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qunkit import ink
from qunkit.ingest.run import Options, ingest
from qunkit.ingest.summary import FileSummary, IngestSummary
from qunkit.results import Result
from qunkit.words import Lang

HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
PASTED = "2024-12-01 08:00:00 'Kevin'\n早\n2024-11-01 08:00:00 '小刘'\n旧\n\n2024-12-01 08:00:05 '小刘'\n早\n\n"


def chat(group: str, *texts: str, name: str = "") -> str:
    """chatlog's CSV of one group."""
    rows = (f"2024-12-01 08:00:{at:02},Ann,wxid_ann,{name},{group},{text}\n" for at, text in enumerate(texts))
    return HEADER + "".join(rows)


def taken(folder: Path, files: dict[str, str | bytes], **options: str) -> IngestSummary:
    for name, content in files.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return ingest([folder / "in"], folder / "data", Options(**options))


def notes(result: Result, lang: Lang = "en") -> list[str]:
    return [ink.sentence(note, lang) for note in result.notes]


def table(result: Result) -> list[dict[str, object]]:
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows()]


def test_every_file_says_its_group(tmp_path: Path) -> None:
    both = chat("1@chatroom", "a", name="徒步") + chat("2@chatroom", "b").removeprefix(HEADER)
    files = {"a.csv": chat("1@chatroom", "a", name="徒步"), "b.csv": chat("2@chatroom", "c"), "c.csv": both}
    summary = taken(tmp_path, dict(files))
    assert [row["group"] for row in table(summary.to_result())] == ["徒步", "2@chatroom", "2 groups"]
    assert [row["group"] for row in table(summary.for_people("zh"))] == ["徒步", "2@chatroom", "2 个群"]
    again = ingest([tmp_path / "in"], tmp_path / "data")
    assert [row["group"] for row in table(again.to_result())] == ["徒步", "2@chatroom", "2 groups"]


def test_a_name_that_one_file_knows_is_shown_for_all(tmp_path: Path) -> None:
    summary = taken(tmp_path, {"a.csv": chat("1@chatroom", "a"), "b.csv": chat("1@chatroom", "b", name="徒步")})
    assert [row["group"] for row in table(summary.to_result())] == ["徒步", "徒步"]


def test_names_that_only_files_say_are_told_once(tmp_path: Path) -> None:
    files = {f"群{name}.txt": PASTED.replace("早", name) for name in "甲乙丙丁"}
    summary = taken(tmp_path, {**files, "known.csv": chat("1@chatroom", "a")})
    (told,) = [note for note in notes(summary.to_result(), "zh") if "--as-group" in note]
    assert told.startswith("4 个文件的群名取自文件名")
    assert "群丁.txt" in told
    assert told.count(".txt") == 3
    assert "另有 1 个" in told


@pytest.mark.parametrize("as_group", ["1@chatroom", "徒步"])
def test_a_group_that_is_given_is_not_guessed(tmp_path: Path, as_group: str) -> None:
    summary = taken(tmp_path, {"群.txt": PASTED}, as_group=as_group)
    assert not summary.files[0].guessed
    assert table(summary.to_result())[0]["group"] == as_group


def test_a_name_that_the_text_says_too_is_not_guessed(tmp_path: Path) -> None:
    text = "03/12/2024, 08:00 - Ann created group “Hikers”\n03/13/2024, 08:01 - Ann: hi\n"
    (file,) = taken(tmp_path, {"WhatsApp Chat with Hikers.txt": text}).files
    assert (file.guessed, file.groups) == (False, [(None, "Hikers")])
    other = text.replace(" “Hikers”", "")
    (file,) = taken(tmp_path / "other", {"WhatsApp Chat with Hikers.txt": other}).files
    assert (file.guessed, file.groups) == (True, [(None, "Hikers")])


def test_equal_notes_of_several_files_are_one(tmp_path: Path) -> None:
    summary = taken(tmp_path, {f"{name}.txt": PASTED for name in "abcd"})
    told = [note for note in notes(summary.to_result(), "zh") if "像消息头" in note]
    assert told == ["4 个文件（a.txt、b.txt、c.txt、另有 1 个）：4 行像消息头，但时间早于所在消息：按引用的文字处理"]


def test_rejects_say_their_line_and_the_way_out(tmp_path: Path) -> None:
    whole = chat("1@chatroom", "一", "二", "三")
    summary = taken(tmp_path, {"a.csv": whole.replace("wxid_ann,,1@chatroom,二", "x")})
    assert [note for note in notes(summary.to_result()) if "rejected" in note] == [
        f"{summary.files[0].label}: 1 rejected: wrong number of columns, first at line 3"
    ]
    cut = taken(tmp_path / "cut", {"a.csv": whole[:-9], "b.csv": chat("2@chatroom", "一", "二")[:-9]})
    (told,) = [note for note in notes(cut.to_result(), "zh") if "未识别" in note] or [""]
    assert told == (
        "2 个文件（a.csv、b.csv）：2 条未识别：文件在记录中间结束，首个位于第 4 行、第 3 行；"
        "文件不完整，可能没有下载完：请重新导出"
    )
    assert [ink.sentence(note, "zh") for note in cut.warnings()] == ["2 条记录未能读取：a.csv、b.csv"]


def test_a_line_of_what_is_no_text_of_single_bytes_is_not_said(tmp_path: Path) -> None:
    damaged = chat("1@chatroom", "上", "二", "三").replace("wxid_ann,,1@chatroom,二", "x")
    summary = taken(tmp_path, {"a.csv": damaged.encode("utf-16")})
    assert any("first at byte" in note for note in notes(summary.to_result()))


def test_unknown_files_of_a_folder_are_a_count(tmp_path: Path) -> None:
    pictures: dict[str, str | bytes] = {f"{at}.JPG": b"\xff\xd8\xff" for at in range(12)}
    summary = taken(tmp_path, {**pictures, "a.csv": chat("1@chatroom", "a"), "x.docx": b"PK??", "README": b"hello"})
    shown = summary.for_people("zh")
    assert [row["file"] for row in table(shown)] == ["a.csv"]
    assert "跳过 14 个无法识别的文件：jpg 12、无扩展名 1、docx 1；逐个查看请用 --format tsv" in notes(shown, "zh")
    assert len(table(summary.to_result())) == 15
    assert any(note.endswith("14 (jpg 12, without ending 1, docx 1)") for note in notes(summary.to_result()))


def test_what_may_be_a_chat_stays_in_sight(tmp_path: Path) -> None:
    like = "Time,SenderName,Sender,Talker,Text\n2024-11-30 23:58:22,Kai,wxid_aaa,1@chatroom,早\n"
    summary = taken(tmp_path, {"like.csv": like, "a.rar": b"Rar!\x1a\x07\x01\0", "empty.txt": b""})
    assert [(row["file"], row["status"]) for row in table(summary.for_people("en"))] == [
        ("a.rar", "refused"),
        ("empty.txt", "skipped"),
        ("like.csv", "refused"),
    ]


def test_the_last_line_adds_up(tmp_path: Path) -> None:
    taken(tmp_path, {"a.csv": chat("1@chatroom", "a", name="徒步"), "b.csv": chat("2@chatroom", *"abc")})
    (tmp_path / "x.txt").write_text("?")
    (tmp_path / "徒步.txt").write_text(PASTED)
    given = [tmp_path / "in", tmp_path / "x.txt", tmp_path / "gone.json", tmp_path / "徒步.txt"]
    summary = ingest(given, tmp_path / "new")
    assert notes(summary.for_people("zh"), "zh")[-1] == "3 个文件，新增 6 条，2 个群；2 个未能读取：gone.json、x.txt"
    assert notes(summary.for_people("en"))[-1] == "3 files, 6 new, 2 groups; 2 could not be read: gone.json, x.txt"
    again = ingest([tmp_path / "in" / "a.csv"], tmp_path / "new")
    assert notes(again.for_people("en")) == ["1 file, 0 new, 1 group"]


def test_a_list_of_members_has_people_instead_of_zeros(tmp_path: Path) -> None:
    summary = taken(
        tmp_path, {"名单.csv": "id,name\nwxid_a,甲\nwxid_b,乙\n"}, facts=(("roster", ""), ("group", "徒步"))
    )  # type: ignore[arg-type]
    for run in (
        summary,
        ingest([tmp_path / "in"], tmp_path / "data", Options(facts=(("roster", ""), ("group", "徒步")))),
    ):
        (row,) = table(run.for_people("zh"))
        assert (row["status"], row["group"], row["new"], row["records"]) == ("名单 2 人", "徒步", None, None)
    assert any("members listed: 2" in note for note in notes(summary.to_result()))
    assert not any("名成员" in note for note in notes(summary.for_people("zh"), "zh"))


def made(*labels: str) -> IngestSummary:
    files = [FileSummary(label, "memotrace_html_json", groups=[(None, "周末徒步·拼车群(东区)")]) for label in labels]
    return IngestSummary(Path("data"), files)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_file_is_a_line(lang: Lang, width: int) -> None:
    shown = made("x/weflow/周末徒步·拼车群(东区)_2024-11-30_2024-12-01.json", "x/b.csv").for_people(lang, width)
    widths = [
        max(ink.width(text) for text in (column.label.say(lang), *(ink.show(row[at], column, lang) for row in shown.rows())))
        for at, column in enumerate(shown.columns)
    ]  # fmt: skip
    assert sum(widths) + 2 * (len(widths) - 1) <= width
    long, short = (row["file"] for row in table(shown))
    assert str(long).startswith("weflow/")
    assert str(long).endswith(".json")
    assert short == "b.csv"
    assert {"file", "group", "status", "new", "known", "rejected"} <= {column.name for column in shown.columns}


def test_columns_give_way_only_where_they_must() -> None:
    assert {"format", "records", "notices"} <= {column.name for column in made("x/a.csv").for_people("en", 120).columns}
    assert "format" not in {column.name for column in made("x/" + "a" * 60).for_people("en", 80).columns}
    assert len(made().for_people("en", 80).columns) == 9


# -- P11 -----------------------------------------------------------------------------------------------------------
SAMPLES = Path(__file__).parents[1] / "samples"
REFUSED = "made/memotrace_train_json"
"""It says neither who nor when."""
TOOLS = sorted(
    {path.relative_to(SAMPLES).as_posix() for path in [*SAMPLES.glob("*/"), *SAMPLES.glob("made/*/")]} - {REFUSED}
)


def adds_up(summary: IngestSummary, dataset: Path) -> list[dict[str, Any]]:
    """The printed rows, after their sums were made again from what is stored; of one that went in."""
    import pyarrow.parquet as pq

    from qunkit.ingest import store
    from qunkit.ingest.harvest import LEDGER

    rows: list[dict[str, Any]] = table(summary.to_result())
    with store.open_snapshot(dataset) as snapshot:
        runs = pq.read_table(snapshot.path / LEDGER).to_pylist()
        sources = {source["id"]: source for source in snapshot.manifest["sources"]}
    for row, file in zip(rows, summary.files, strict=True):
        counted = dict.fromkeys(("message", "notice", "reject", "framing"), 0)
        sizes = dict(counted)
        for one in runs if file.error is None else ():
            if one["source"] == file.id:
                counted[one["kind"]] += one["count"]
                sizes[one["kind"]] += one["end"] - one["start"]
        assert row["records"] == counted["message"] + counted["notice"] + counted["reject"], row
        assert row["records"] == row["new"] + row["known"] + row["rejected"], row
        assert (row["rejected"], row["notices"]) == (counted["reject"], counted["notice"]), row
        assert min(row["new"], row["known"]) >= 0, row
        assert [row[f"{kind}_bytes"] for kind in sizes] == list(sizes.values()), row
        if file.error is None:
            assert row["bytes"] == sum(sizes.values()) == sources[file.id or ""]["size"], row
        if file.status == "ingested":
            assert [sources[file.id or ""][name] for name in ("new", "known")] == [row["new"], row["known"]], row
    return rows


@pytest.mark.parametrize("tool", TOOLS)
def test_printed_columns_add_up_for_every_sample(tmp_path: Path, tool: str) -> None:
    from qunkit.ingest import store

    first = ingest([SAMPLES / tool], tmp_path / "data")
    rows = adds_up(first, tmp_path / "data")
    with store.open_snapshot(tmp_path / "data") as snapshot:
        parts = snapshot.manifest["parts"]
        messages = sum(facts["rows"] for part, facts in parts.items() if part.startswith("messages/"))
    assert sum(row["new"] for row in rows) == messages
    again = adds_up(ingest([SAMPLES / tool], tmp_path / "data"), tmp_path / "data")
    assert [(row["records"], row["new"]) for row in again] == [(row["records"], 0) for row in rows]
