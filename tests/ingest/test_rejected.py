"""Rejects of any size: cut to what memory holds, written and read a few at a time, and the same bytes as ever."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qunkit.exports import Reject
from qunkit.ingest import forget, rejected, retry, run
from qunkit.ingest.check import check
from qunkit.ingest.findings import Checked
from qunkit.ingest.rejected import AT_ONCE
from qunkit.parsing.source import open_source
from support.staged import rejects

HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
GOOD = '2024-12-01 08:00:{:02},{},{},徒步群,1@chatroom,"{}"\n'
EVE, BOB = ("夏娃", "wxid_eve00001"), ("鲍勃", "wxid_bob00001")
Put = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings/key"))


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, body: str) -> Path:
        path = tmp_path / name
        path.write_text(body, "utf-8", newline="")
        return path

    return write


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected, "AT_ONCE", 100)


def chat(*bad: str) -> str:
    return HEADER + GOOD.format(0, *EVE, "早") + "".join(bad) + GOOD.format(1, *BOB, "早上好")


def sound(dataset: Path) -> bool:
    return list(check(dataset, Checked(), read_data=True)) == []


def groups(path: Path) -> list[list[dict[str, Any]]]:
    with pq.ParquetFile(path) as file:
        return [file.read_row_group(group).to_pylist() for group in range(file.num_row_groups)]


def test_a_long_reject_is_several_of_the_same_reason() -> None:
    whole, long = Reject(0, AT_ONCE, "bad-json"), Reject(AT_ONCE, 3 * AT_ONCE + 1, "record-too-long")
    assert rejected.split([whole, long]) == [
        whole,
        Reject(AT_ONCE, 2 * AT_ONCE, "record-too-long"),
        Reject(2 * AT_ONCE, 3 * AT_ONCE, "record-too-long"),
        Reject(3 * AT_ONCE, 3 * AT_ONCE + 1, "record-too-long"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_half_a_character_of_utf_16_is_no_line_end(encoding: str, tmp_path: Path) -> None:
    """上 is 4E 0A, ਊ is 0A 0A."""
    text = "\ufeff" + "早上好ਊ 晚上好\n" * 20 + "上"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    found = [Reject(len(text[:at].encode(encoding)), len(text.encode(encoding)), "bad-json") for at in (1, 10, 19, 181)]
    assert rejected.lines(open_source(path), found) == [1, 2, 3, 21]


@pytest.mark.usefixtures("narrow")
def test_rows_have_their_bytes_and_line_and_few_are_held_at_once(tmp_path: Path) -> None:
    path, body = tmp_path / "a.txt", b"".join(b"%03d" % n + b"x" * 46 + b"\n" for n in range(9))
    path.write_bytes(body)
    found = [Reject(at, at + 30, "bad-record") for at in (0, 50, 75, 105, 400)]
    source = open_source(path)
    lines = rejected.lines(source, found)
    assert lines == [1, 2, 2, 3, 9]
    batches = list(rejected.told(source, "s", "f", found, lines))
    assert [batch["start"].to_pylist() for batch in batches] == [[0, 50], [75, 105], [400]]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [(row["start"], row["line"]) for row in rows] == [(0, 1), (50, 2), (75, 2), (105, 3), (400, 9)]
    assert [row["raw"] for row in rows] == [body[one.start : one.end] for one in found]
    # a batch of 2 rows is more than 100 bytes already with its other columns
    assert rejected.write(tmp_path / "p", iter(batches)) == 5
    assert groups(tmp_path / "p") == [rows[:2], rows[2:4], rows[4:]]
    assert [row for batch in rejected.batches(tmp_path / "p") for row in batch.to_pylist()] == rows


def test_few_rejects_of_many_sources_share_a_row_group_in_the_order_of_the_sources(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"0123456789")
    source, found = open_source(path), [Reject(2, 4, "bad-record"), Reject(7, 8, "bad-time")]
    for name in "abcdef":
        rejected.write(tmp_path / name, rejected.told(source, name, "f", found, [1, 1]))
    old = tmp_path / "old"
    rejected.write(old, rejected.merged(None, set(), {name: tmp_path / name for name in "eca"}))
    assert [[row["source"] for row in group] for group in groups(old)] == [list("aaccee")]
    rejected.write(tmp_path / "new", rejected.merged(old, {"c"}, {name: tmp_path / name for name in "fdb"}))
    ((*rows,),) = groups(tmp_path / "new")
    assert [(row["source"], row["start"], row["raw"]) for row in rows] == [
        (name, start, raw) for name in "abdef" for start, raw in ((2, b"23"), (7, b"7"))
    ]
    rejected.write(tmp_path / "again", rejected.merged(old, {"c"}, {"c": tmp_path / "c"}))
    assert groups(tmp_path / "again") == groups(old)
    assert rejected.write(tmp_path / "none", rejected.merged(None, set(), {})) == 0
    assert pq.read_table(tmp_path / "none").schema == pq.read_table(old).schema


@pytest.mark.usefixtures("narrow")
def test_a_dataset_has_every_byte_of_what_was_cut_and_says_so_in_its_accounts(tmp_path: Path, put: Put) -> None:
    bad = "不是记录" * 25 + "\n"
    path, dataset = put("a.csv", chat(bad)), tmp_path / "d"
    (file,) = run.ingest([path], dataset).files
    start, size = path.read_bytes().index(bad.encode()), len(bad.encode())
    assert (file.total, file.rejected, size) == (6, 4, 301)
    assert [(row["start"] - start, row["end"] - start) for row in rejects(dataset)] == [
        (0, 100),
        (100, 200),
        (200, 300),
        (300, 301),
    ]
    assert {(row["reason"], row["line"]) for row in rejects(dataset)} == {("bad-columns", 3)}
    assert b"".join(row["raw"] for row in rejects(dataset)) == bad.encode()
    run.ingest([put("b.csv", chat("1,2,3\n"))], dataset)
    assert sorted(row["raw"] for row in rejects(dataset)) == sorted(
        [b"1,2,3\n", *(bad.encode()[at : at + 100] for at in (0, 100, 200, 300))]
    )
    assert sound(dataset)
    before = rejects(dataset)
    assert sorted(one.rejected for one in retry.retry(dataset).tried) == [1, 4]
    assert rejects(dataset) == before
    assert sound(dataset)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("first", ["forget", "forget, and nowhere else", "ingest"])
def test_a_forgotten_name_goes_from_where_a_reject_was_cut(tmp_path: Path, put: Put, first: str) -> None:
    """92 bytes, then an id of 13 across the border at 100; another reject, far from it, stays."""
    bad = "x" * 91 + "," + EVE[1] + ",夏\n"
    body = chat(bad, GOOD.format(3, *BOB, "好"), "1,2,3\n")
    body = body.replace(GOOD.format(0, *EVE, "早"), "") if "nowhere" in first else body
    exports, dataset = [put("a.csv", body)], tmp_path / "d"
    if first != "ingest":
        run.ingest([put("b.csv", chat())], dataset)
    else:
        run.ingest(exports, dataset)
        assert [(row["reason"], len(row["raw"])) for row in rejects(dataset)] == [
            ("bad-columns", 100),
            ("bad-columns", 10),
            ("bad-columns", 6),
        ]
    forget.forget(dataset, EVE[1])
    run.ingest(exports, dataset)
    assert [(row["reason"], row["raw"]) for row in rejects(dataset)] == [
        ("bad-columns", b"x" * 91 + b"," + EVE[1][:8].encode()),
        ("forgotten", b""),
        ("bad-columns", b"1,2,3\n"),
    ]
    assert sound(dataset)


def test_a_file_that_changes_before_its_rejects_are_kept_is_not_taken(
    tmp_path: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, dataset, lines = put("a.csv", chat("1,2,3\n")), tmp_path / "d", rejected.lines

    def meanwhile(*given: Any) -> list[int]:
        found = lines(*given)
        with path.open("r+b") as file:
            file.truncate(os.path.getsize(path) - 20)
        return found

    monkeypatch.setattr(rejected, "lines", meanwhile)
    (file,) = run.ingest([path], dataset).files
    assert (file.status, type(file.error).__name__) == ("refused", "InputChanged")
