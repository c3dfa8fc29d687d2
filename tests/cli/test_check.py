"""``qunkit check`` and ``qunkit rejects`` as people and cron jobs see them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from qunkit.ingest.findings import CODES

Run = Callable[..., Any]
HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
ROW = "2024-12-01 08:00:00,Ann,wxid_ann,Hikers,1@chatroom,hi\n"
UNDECODABLE = b"2024-12-01,Ann,wxid_ann,Hikers,1@chatroom,\xff\xfe\n"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """One message and three rejects, one of them no text."""
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + ROW + "1,2\n").encode() + UNDECODABLE + "3,\x1b[31m坏\n".encode())
    return path


@pytest.fixture
def data(qunkit: Run, export: Path, tmp_path: Path) -> str:
    assert qunkit("ingest", str(export), "--data", str(tmp_path / "data")).code == 3
    return str(tmp_path / "data")


def table(lines: Sequence[str]) -> list[dict[str, str]]:
    """TSV with a header."""
    names, *rows = (line.split("\t") for line in lines)
    return [dict(zip(names, row, strict=True)) for row in rows]


# -- check ---------------------------------------------------------------------------------------------------------
def test_a_sound_dataset_is_one_note_and_exit_0(qunkit: Run, data: str) -> None:
    ran = qunkit("check", "--data", data)
    assert (ran.code, ran.lines) == (0, ["severity\tcode\tpath\twhat\tnext"])
    assert "note: checked 8 parts, " in ran.err
    assert "nothing found" in ran.err
    deep = qunkit("check", "--read-data", "--data", data, "--format", "terminal", "--lang", "zh")
    assert deep.code == 0
    assert "未发现问题" in deep.out
    assert "1 个来源的 9 行" in deep.out


def test_findings_are_rows_with_codes_and_ways_out(qunkit: Run, data: str) -> None:
    (Path(data) / "CURRENT").chmod(0o644)
    (Path(data) / "letter.txt").write_text("!")
    (Path(data) / "letter.txt").chmod(0o600)
    ran = qunkit("check", "--data", data)
    assert ran.code == 1
    rows = table(ran.lines)
    assert [(row["severity"], row["code"], Path(row["path"]).name) for row in rows] == [
        ("note", "stranger", "letter.txt"),
        ("warning", "mode", "CURRENT"),
    ]
    assert all(row["next"] and row["what"].startswith(CODES[row["code"]].meaning.en) for row in rows)
    told = [json.loads(line) for line in qunkit("check", "--data", data, "--format", "jsonl").lines]
    assert [row["code"] for row in told] == ["stranger", "mode"]
    chinese = qunkit("check", "--data", data, "--format", "md", "--lang", "zh")
    assert chinese.code == 1
    assert "除所有者外" in chinese.out
    assert qunkit("check", "--data", data, "--format", "json", "--lang", "zh").out.count("others than the owner") == 1


def test_notes_alone_are_no_alarm_and_a_link_is_told_once(qunkit: Run, data: str, tmp_path: Path) -> None:
    (Path(data) / "away").symlink_to(tmp_path)
    ran = qunkit("check", "--data", data)
    assert (ran.code, [(row["severity"], row["code"]) for row in table(ran.lines)]) == (0, [("note", "stranger")])
    (Path(data) / "v000001" / "observations").rename(tmp_path / "elsewhere")
    (Path(data) / "v000001" / "observations").symlink_to(tmp_path / "elsewhere")
    ran = qunkit("check", "--data", data)
    assert (ran.code, [row["code"] for row in table(ran.lines)]) == (1, ["link", "stranger"])
    assert "损坏" in qunkit("check", "--data", data, "--format", "terminal", "--lang", "zh").out


def test_a_damaged_dataset_is_a_table_not_an_error(qunkit: Run, data: str) -> None:
    (Path(data) / "CURRENT").write_text("?")
    assert qunkit("path", "--data", data).code == 20
    ran = qunkit("check", "--data", data, "--read-data")
    assert (ran.code, [row["code"] for row in table(ran.lines)]) == (1, ["current"])


def test_where_there_is_no_dataset_there_is_no_table_either(qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("check", "--data", str(tmp_path / "none"))
    assert (ran.code, ran.out) == (66, "")


# -- rejects -------------------------------------------------------------------------------------------------------
def test_rejects_are_counted_by_file_and_reason(qunkit: Run, data: str) -> None:
    ran = qunkit("rejects", "list", "--data", data)
    rows = table(ran.lines)
    wanted = [("a.csv", "bad-columns", "2", "3"), ("a.csv", "undecodable", "1", "4")]
    assert [(row["file"], row["reason"], row["count"], row["line"]) for row in rows] == wanted
    assert [int(row["bytes"]) for row in rows] == [len("1,2\n3,\x1b[31m坏\n".encode()), len(UNDECODABLE)]
    assert "3 rejects of 1 file, " in ran.err
    assert "列数不符" in qunkit("rejects", "list", "--data", data, "--format", "terminal", "--lang", "zh").out


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (["--reason", "undecodable"], 1),
        (["--reason", "undecodable", "--reason", "bad-columns"], 2),
        (["--source", "*.csv"], 2),
        (["--reason", "bad-time"], 0),
    ],
)
def test_filters_choose(qunkit: Run, data: str, asked: list[str], count: int) -> None:
    ran = qunkit("rejects", "list", "--data", data, *asked)
    assert (ran.code, len(ran.lines) - 1) == (0, count)
    assert ("nothing in the dataset matches" in ran.err) is not bool(count)


def test_a_source_is_found_by_the_begin_of_its_id(qunkit: Run, data: str) -> None:
    id_ = table(qunkit("rejects", "list", "--data", data).lines)[0]["source"]
    assert len(qunkit("rejects", "show", "--source", id_[:6], "--data", data).lines) == 4


def test_there_is_no_such_reason(qunkit: Run, data: str) -> None:
    ran = qunkit("rejects", "show", "--data", data, "--reason", "ugly")
    assert ran.code == 2
    assert "bad-columns" in ran.err


def test_there_is_no_such_source(qunkit: Run, data: str) -> None:
    for command in ("list", "show"):
        ran = qunkit("rejects", command, "--data", data, "--source", "*.csv", "--source", "b.csv")
        assert (ran.code, ran.err.splitlines()[0]) == (2, "qunkit: error: No source matches 'b.csv'.")


def test_people_see_clean_text_and_machines_all_of_it(qunkit: Run, data: str) -> None:
    shown = qunkit("rejects", "show", "--data", data, "--format", "terminal")
    assert "\x1b[31m" not in shown.out
    assert r"\xff\xfe" in shown.out
    rows = [json.loads(line) for line in qunkit("rejects", "show", "--data", data, "--format", "jsonl").lines]
    assert [(row["line"], row["text"]) for row in rows] == [(3, "1,2\n"), (4, None), (5, rows[2]["text"])]
    assert base64.b64decode(rows[1]["base64"]) == UNDECODABLE
    assert [row["base64"] for row in (rows[0], rows[2])] == [None, None]
    assert rows[0]["end"] == rows[1]["start"]


def test_people_see_the_begin_of_a_long_one(qunkit: Run, export: Path, tmp_path: Path) -> None:
    export.write_text(HEADER + ROW + "x" * 5000 + "\n")
    qunkit("ingest", str(export), "--data", str(tmp_path / "long"))
    shown = qunkit("rejects", "show", "--data", str(tmp_path / "long"), "--format", "terminal")
    assert 100 < shown.out.count("x") < 200
    (row,) = [json.loads(line) for line in qunkit("rejects", "show", "--data", str(tmp_path / "long"), "--format", "jsonl").lines]  # fmt: skip
    assert row["text"] == "x" * 5000 + "\n"


def test_raw_is_the_bytes_and_nothing_else(qunkit: Run, export: Path, data: str, tmp_path: Path) -> None:
    target = tmp_path / "rejects.bin"
    assert qunkit("rejects", "show", "--raw", "-o", str(target), "--data", data).code == 0
    assert target.read_bytes() == export.read_bytes()[len(HEADER + ROW) :]


def test_raw_goes_to_a_pipe_as_it_is(shell: Run, data: str) -> None:
    ran = shell("$Q rejects show --raw --reason undecodable --data $D | sha256sum", D=data)
    assert ran.out.split()[0] == hashlib.sha256(UNDECODABLE).hexdigest()


def test_a_dataset_without_rejects_says_so(qunkit: Run, export: Path, tmp_path: Path) -> None:
    export.write_text(HEADER + ROW)
    qunkit("ingest", str(export), "--data", str(tmp_path / "clean"))
    for command in ("list", "show", "retry"):
        ran = qunkit("rejects", command, "--data", str(tmp_path / "clean"))
        assert (ran.code, ran.err) == (0, "qunkit: note: no rejects: every record was read\n")


def test_a_retry_tells_before_and_after_and_what_to_do_where_a_file_is_gone(
    qunkit: Run, export: Path, data: str
) -> None:
    (row,) = table(qunkit("rejects", "retry", "--data", data).lines)
    assert (row["status"], row["rejected_before"], row["rejected"], row["messages"]) == ("read", "3", "3", "1")
    moved = export.rename(export.with_name("b.csv"))
    gone = qunkit("rejects", "retry", "--data", data)
    (row,) = table(gone.lines)
    assert (gone.code, row["status"], row["rejected"]) == (66, "missing", "3")
    assert "`qunkit rejects retry FILE`" in gone.err
    assert qunkit("rejects", "retry", str(moved), "--data", data).code == 3


# -- ingest --again, --dry-run -------------------------------------------------------------------------------------
def test_another_zone_reads_a_known_file_anew_and_says_so(qunkit: Run, export: Path, data: str) -> None:
    ran = qunkit("ingest", str(export), "--tz", "Europe/Berlin", "--data", data)
    assert (ran.code, "times that were read as Asia/Shanghai are now read as Europe/Berlin" in ran.err) == (3, True)
    (row,) = table(qunkit("messages", "--data", data).lines)
    assert (row["sent_at"][:16], row["local_time"][:16]) == ("2024-12-01 07:00", "2024-12-01 08:00")


def test_a_dry_run_says_that_it_was_one(qunkit: Run, export: Path, tmp_path: Path) -> None:
    ran = qunkit("ingest", str(export), "--dry-run", "--data", str(tmp_path / "dry"), "--format", "terminal")
    assert ran.code == 3
    assert "Dry run" in ran.out
    assert "nothing was written" in ran.out
    assert "would add 1" in ran.out
    assert not (tmp_path / "dry").exists()


def test_P16_of_long_rejects_it_is_said_that_they_are_cut(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text(HEADER + ROW + "1," + "x" * 158 + "\n1," + "y" * 159 + "\n")
    data = ("--data", str(tmp_path / "data"))
    qunkit("ingest", str(tmp_path / "long.csv"), *data)
    shown = qunkit("rejects", "show", *data, "--format", "md").out
    assert ("x" * 158 + " |" in shown, "y" * 158 + "… |" in shown) == (True, True)
    assert "Long texts cut (…): 1; --raw gives all." in shown.replace("\\", "")


def test_P14_a_guessed_encoding_is_said(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes((HEADER + ROW.replace("hi", "早上好")).encode("gb18030"))
    ran = qunkit("ingest", str(tmp_path / "a.csv"), "--data", str(tmp_path / "data"))
    assert (ran.code, "read as gb18030: the file does not say its encoding" in ran.err) == (0, True)


def test_P07_an_answer_names_the_state_that_it_read(qunkit: Run, export: Path, data: str) -> None:
    """By the fingerprint of the messages, which the snapshot's manifest says."""
    read = []
    for _ in range(2):
        folder = Path(qunkit("path", "--data", data).lines[0])
        said = json.loads((folder / "manifest.json").read_bytes())["fingerprint"]
        assert said in qunkit("groups", "--data", data, "--format", "json").out
        read.append(said)
        export.write_text(HEADER + ROW.replace("hi", "something else"))
        assert qunkit("ingest", str(export), "--data", data).code == 0
    assert read[0] != read[1]
