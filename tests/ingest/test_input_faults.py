"""Files that are damaged, hostile or no files at all: each is named and refused, or read with what can be read, and nothing else is lost."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pyarrow as pa
import pytest

from qunkit.errors import InputChanged, MissingInput, NoMessages, UnknownFormat, UnreadableExport
from qunkit.ingest.clock import Clock
from qunkit.ingest.run import ingest
from qunkit.ingest.summary import FileSummary, IngestSummary
from qunkit.parsing.places import raw_batch
from support import memory
from support.needs import ORDINARY
from support.staged import messages, rejects

SRC = Path(__file__).parents[2] / "src" / "qunkit"
HEADER = {
    "_type": "header",
    "chatlab": {"version": "0.0.2"},
    "meta": {"name": "读书会", "platform": "wechat", "groupId": "1@chatroom"},
}
TIME = 1733011200


def line(text: str = "早", time: object = TIME, **more: Any) -> str:
    """A message of ChatLab's JSONL."""
    told = {
        "_type": "message",
        "sender": "wxid_jia",
        "accountName": "甲",
        "timestamp": time,
        "type": 0,
        "content": text,
    }
    return json.dumps(told | more, ensure_ascii=False)


def chat(*lines: str | bytes) -> bytes:
    """A whole file of them."""
    told = [json.dumps(HEADER, ensure_ascii=False), *lines]
    return b"".join((one.encode() if isinstance(one, str) else one) + b"\n" for one in told)


def taken(folder: Path, body: bytes, name: str = "a.jsonl") -> tuple[IngestSummary, list[str], list[str]]:
    """What becomes of a file: the summary, texts by time, reasons of rejects."""
    (folder / name).write_bytes(body)
    summary = ingest([folder / name], folder / "d")
    if not summary.snapshot:
        return summary, [], []
    rows = sorted(messages(folder / "d")[0], key=lambda row: (row["sent_at"], row["seq"]))
    return summary, [row["text"] for row in rows], [row["reason"] for row in rejects(folder / "d")]


def only(summary: IngestSummary) -> FileSummary:
    (file,) = summary.files
    return file


# -- what is no chat -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"\xfe\xff\0\n", b"\r", b"\r\r\n\n", b"\0" * 5000, b" \t \n", b"\xef\xbb\xbf\r\n", b"\x84\x31\x95\x33\n"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.json", "a.jsonl", "a.html", "a.zip", "a.xlsx"])
def test_next_to_nothing_is_called_empty(tmp_path: Path, name: str, body: bytes) -> None:
    summary, *_ = taken(tmp_path, body, name)
    assert (type(only(summary).error), summary.code) == (NoMessages, 65)
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "magic", [b"", b"\x7fELF\x02\x01\x01", b"MZ\x90\0", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{", b"<html>"]
)  # fmt: skip
def test_binary_rubbish_is_refused(tmp_path: Path, magic: bytes, seed: int) -> None:
    summary, *_ = taken(tmp_path, magic + Random(seed).randbytes(4096), "a.bin")
    assert summary.code == 65
    assert isinstance(only(summary).error, UnknownFormat | UnreadableExport)
    assert not (tmp_path / "d").exists()


def test_what_is_no_file_is_named_and_never_waited_for(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        os.chdir(tmp_path)  # a socket's path must be short
        one.bind("socket")
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "link").symlink_to("/dev/zero")
        (tmp_path / "nowhere").symlink_to("gone")
        good = tmp_path / "a.jsonl"
        good.write_bytes(chat(line()))
        names = ["socket", "pipe", "loop", "link", "nowhere", "/dev/null", "/dev/zero", "/proc/self/mem", "gone"]
        summary = ingest([*(tmp_path / name for name in names), good], tmp_path / "d")
    others = [file for file in summary.files if file.status != "ingested"]
    assert summary.code == 3
    assert {type(file.error) for file in others} == {MissingInput}
    assert {Path(file.label).name for file in others} == {Path(name).name for name in names}
    assert all(file.error and file.error.sentence("zh") for file in others)


def test_a_file_that_is_gone_when_its_turn_comes_costs_only_itself(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_bytes(chat(line(name)))

    def vanish(label: str, done: int, size: int) -> None:
        (tmp_path / "b.jsonl").unlink(missing_ok=True)

    summary = ingest([tmp_path / f"{name}.jsonl" for name in "abc"], tmp_path / "d", progress=vanish)
    assert [file.status for file in summary.files] == ["ingested", "refused", "ingested"]
    assert isinstance(summary.files[1].error, MissingInput)
    assert summary.code == 3


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(chat(line()))
    (tmp_path / "a.jsonl").chmod(0)
    command = [*ORDINARY, sys.executable, "-m", "qunkit", "ingest", tmp_path / "a.jsonl", "--data", tmp_path / "d"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, f"{tmp_path}/a.jsonl" in done.stderr) == (66, True)


def test_a_file_that_still_grows_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(chat(*(line(str(n), TIME + n) for n in range(9))))

    def grow(label: str, done: int, size: int) -> None:
        with path.open("ab") as file:
            file.write(line("late").encode() + b"\n")

    summary = ingest([path], tmp_path / "d", progress=grow)
    assert (type(only(summary).error), summary.code, summary.snapshot) == (InputChanged, 75, None)
    assert not (tmp_path / "d").exists()
    assert ingest([path], tmp_path / "d").code == 0


# -- texts ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (r"a\ud83d", "a\ufffd"),
        (r"\ude00b", "\ufffdb"),
        (r"a\ud83d\ude00b", "a😀b"),
        (r"\ude00\ud83d", "\ufffd\ufffd"),
        (r"a\u0000b", "a\0b"),
        (r"a\u000bb\u000cc\u001cd\u0085e\u2028f\u2029g", "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"),
        (r"a\rb\r\nc\n\rd", "a\rb\r\nc\n\rd"),
        (r"\u202eabc\u200b", "\u202eabc\u200b"),
        (r"e\u0301", "e\u0301"),
    ],
)
def test_a_text_goes_in_as_it_is_but_for_half_an_emoji(tmp_path: Path, written: str, kept: str) -> None:
    summary, texts, reasons = taken(tmp_path, chat(line("@@").replace("@@", written), line("好", TIME + 1)))
    assert (texts, reasons, summary.code) == ([kept, "好"], [], 0)


@pytest.mark.parametrize("field", ["accountName", "groupNickname", "platformId", "avatar", "roles"])
def test_half_an_emoji_in_a_member_costs_nothing(tmp_path: Path, field: str) -> None:
    member = {"_type": "member", "platformId": "wxid_jia", "accountName": "甲"} | {field: "\ud83d甲"}
    summary, texts, _ = taken(tmp_path, chat(json.dumps(member), line()))
    assert (texts, summary.code) == (["早"], 0)


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_a_message_of_a_text_ends_at_no_other_line_end(tmp_path: Path, mark: str) -> None:
    body = f"2024-05-01 09:00:00 甲\n早{mark}2024-05-01 09:00:01 乙\n\n2024-05-01 09:00:09 乙\n好\n\n"
    _, texts, reasons = taken(tmp_path, body.encode(), "读书会.txt")
    assert (texts, reasons) == ([f"早{mark}2024-05-01 09:00:01 乙", "好"], [])


def test_nobody_cuts_texts_with_splitlines() -> None:
    """`str.splitlines` cuts at eleven characters; what is cut so must be bytes, as the lines of a transcript are."""
    bytes_ = {"parsing/sheets.py"}
    found = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if path.parts[-2] in ("parsing", "formats", "chat", "ingest")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "splitlines"
    }
    assert found == bytes_


# -- numbers -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("0", "time-out-of-range"),
        ("-1", "time-out-of-range"),
        ("915148799", "time-out-of-range"),
        ("4102444800", "time-out-of-range"),
        ("1733011200000000", "time-out-of-range"),
        ("1733011200000000000", "time-out-of-range"),
        ("9" * 25, "time-out-of-range"),
        ("9" * 5000, "bad-json"),
        ("1e400", "time-out-of-range"),
        ("NaN", "bad-time"),
        ("-Infinity", "bad-time"),
        ('"yesterday"', "bad-time"),
        ("null", "bad-time"),
        ('"１７３３０１１２００"', "bad-time"),
        ("[1733011200]", "bad-time"),
    ],
)
def test_a_time_that_is_none_costs_its_own_record(tmp_path: Path, time: str, reason: str) -> None:
    summary, texts, reasons = taken(
        tmp_path, chat(line("早"), line("x", "@@").replace('"@@"', time), line("好", TIME + 1))
    )
    assert texts == ["早", "好"]
    assert len(reasons) == 1
    assert reasons[0] in (reason, "bad-time", "time-out-of-range")
    assert summary.code == 3


@pytest.mark.parametrize(
    ("record", "texts"),
    [
        (line("x") + "}", ["早"]),
        ('{"_type":' * 20_000, ["早"]),
        ("[" * 200_000, ["早"]),
        (line("y", TIME + 1)[:-1] + ',"content":"z"}', ["早", "z"]),
        (line("y", TIME + 1)[:-1] + ',"more":' + "9" * 5000 + "}", ["早", "y"]),
        (line("y", TIME + 1)[:-1] + ',"more":NaN}', ["早", "y"]),
        (line("y", TIME + 1)[:-1] + ',"more":1e999}', ["早", "y"]),
    ],
    ids=["brace", "deep-objects", "deep-arrays", "same-key-twice", "5000-digits", "nan", "1e999"],
)
def test_json_that_python_stumbles_over(tmp_path: Path, record: str, texts: list[str]) -> None:
    summary, found, reasons = taken(tmp_path, chat(line(), record))
    assert found == texts
    assert len(reasons) == 2 - len(texts)
    assert summary.code == (0 if len(texts) == 2 else 3)


@pytest.mark.parametrize("zone", sorted(available_timezones())[::40])
def test_wall_clocks_that_no_clock_shows_or_shows_twice_are_guessed(zone: str) -> None:
    """Against zoneinfo: in a gap the later instant, in an overlap the earlier, and both are marked."""
    from datetime import UTC, datetime, timedelta

    here = ZoneInfo(zone)
    walls = [datetime(2007, 1, 1) + timedelta(hours=n, minutes=30) for n in range(24 * 366)]
    raw = raw_batch(pa.array(range(len(walls)), pa.int64()).to_numpy(), wall=pa.array(walls, pa.timestamp("ms")))
    sent, _, quality = Clock(zone, "Asia/Shanghai").read(raw)
    for wall, instant, told in zip(walls, sent.to_pylist(), quality.to_pylist(), strict=True):
        first, second = (wall.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1))
        assert told == ("local" if first == second else "guessed"), wall
        if first <= second:
            assert instant == first, wall
        else:  # nobody's clock shows it: the end of the gap
            assert second <= instant <= first, wall


# -- size ----------------------------------------------------------------------------------------------------------
_READ = """
import sys
from pathlib import Path
from qunkit import registry
from qunkit.errors import QunkitError
from qunkit.parsing.source import open_source
module, source = registry.load("formats", sys.argv[1]), open_source(Path(sys.argv[2]))
try:
    list(module.files(source) if hasattr(module, "files") else module.read(source))
except QunkitError as error:
    print(type(error).__name__)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["wechatexporter_html", "memotrace_html", "wechat_mail_eml", "qq_mht", "wecom_contacts_json", "qce_manifest"],
)
def test_what_is_read_whole_is_not_read_if_it_is_huge(tmp_path: Path, name: str) -> None:
    """A gigabyte that takes no room on the disk; in a process that may not have as much memory."""
    path = tmp_path / "huge"
    path.write_bytes(b"x")
    os.truncate(path, 1 << 30)
    told, peak = memory.peak(_READ, name, path)
    assert told in ([], ["UnreadableExport"])
    assert peak < 700
