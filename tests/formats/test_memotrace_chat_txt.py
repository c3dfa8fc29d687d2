"""MemoTrace's text for language models: both samples piece by piece, and any pieces against a slow reader of the whole text."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.exports import Head
from qunkit.formats import memotrace_chat_txt
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.reading import read
from support.staged import messages
from support.truth.base import GROUP, ROOM, SAMPLES, TOLD
from support.truth.memotrace_made import CHAT_2, CHAT_3

Row = dict[str, Any]
STARS = "*" * 20
FIRST, SECOND = datetime(2024, 11, 30), datetime(2024, 12, 1)
TEXTS = {number: told["text"] for number, told in enumerate(TOLD, 1)}
ADVERTS = f"{TEXTS[29]} {TEXTS[30]} {TEXTS[31]}"


def rows_of(sample: str) -> list[Row]:
    batches = memotrace_chat_txt.read(open_source(SAMPLES / sample))
    return [row for batch in batches for row in batch.messages.to_pylist()]


def test_version_2_joins_what_is_said_in_a_row_and_leaves_out_all_but_text() -> None:
    rows = rows_of(CHAT_2)
    assert {(row["group_id"], row["group_name"], row["kind"]) for row in rows} == {(None, GROUP, None)}
    assert [(row["wall"], row["sender_name"]) for row in rows] == [
        (FIRST, "Kevin_Zhao"),
        (FIRST, "阿岚"),
        (FIRST, "刘同事"),
        (FIRST, "阿岚"),
        (SECOND, "王五_Wang"),
        (SECOND, "阿岚"),
        (SECOND, "Kevin_Zhao"),
    ]
    texts = [row["text"] for row in rows]
    # 5 and 6 are of 张大嘴: senders who are not told apart where the exporter sees the same one
    assert texts[:4] == [TEXTS[2], TEXTS[3], f"{TEXTS[4]} {TEXTS[5]} {TEXTS[6]} {TEXTS[7]}", TEXTS[8]]
    assert texts[4] == f"{TEXTS[9]} {ADVERTS} {TEXTS[34]} {TEXTS[35]}"
    assert texts[5] == TEXTS[36]
    assert texts[6] == " ".join([TEXTS[37], TEXTS[38], TEXTS[39], TEXTS[48], TEXTS[51]])


def test_version_3_keeps_senders_and_gives_notices_to_the_group() -> None:
    rows = rows_of(CHAT_3)
    assert {(row["group_id"], row["group_name"]) for row in rows} == {(ROOM, GROUP)}
    assert len(rows) == 41
    notices = [number for number, row in enumerate(rows) if row["kind"] == "system"]
    assert [rows[number]["text"].split("\n")[0] for number in notices] == [
        f"{ROOM}:",
        TEXTS[24],
        TEXTS[27],
        TEXTS[32],
        TEXTS[43],
    ]
    assert all(rows[number]["sender_name"] is None for number in notices)
    said = [(row["sender_name"], row["text"]) for number, row in enumerate(rows) if number not in notices]
    assert said[:6] == [
        ("凯文", TEXTS[2]),
        ("阿岚-领队", TEXTS[3]),
        ("刘同事", TEXTS[4]),
        ("张大嘴", f"{TEXTS[5]}\n{TEXTS[6]}\n{TEXTS[7]}"),
        ("阿岚-领队", TEXTS[8]),
        ("王 五", TEXTS[9]),
    ]
    adverts = ("优惠券小助手【9_9包邮】", ADVERTS.replace(" 家人们", "\n家人们").replace("通过 【", "通过\n【"))
    assert adverts in said
    assert ("阿岚-领队", TEXTS[36]) in said
    assert said[-1] == ("新人_甲", TEXTS[51])
    assert [row["wall"] for row in rows] == [FIRST] * 6 + [SECOND] * 35


def test_a_dataset_says_that_only_the_day_is_known(tmp_path: Path) -> None:
    summary = ingest([SAMPLES / CHAT_3], tmp_path / "d")
    (file,) = summary.files
    assert any("00:00" in note.say("en") for note in file.notes)
    assert any("00:00" in note.say("zh") for note in file.notes)
    rows, _ = messages(tmp_path / "d")
    assert {row["time_quality"] for row in rows} == {"day"}
    assert {f"{row['local_time']:%T}" for row in rows} == {"00:00:00"}
    kinds = [row["kind"] for row in sorted(rows, key=lambda row: (row["sent_at"], row["seq"]))][8:13]
    assert kinds == ["image", "text", "voice", "video", "sticker"]  # what is said alone is known for what it is


def test_a_file_with_times_has_no_such_remark(tmp_path: Path) -> None:
    path = tmp_path / "群.txt"
    path.write_text("2024-05-01 09:00:00 甲\n早\n\n", encoding="utf-8")
    (file,) = ingest([path], tmp_path / "d").files
    assert file.notes == []
    assert {row["time_quality"] for row in messages(tmp_path / "d")[0]} == {"local"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("gap", [" \n", "\n\n"], ids=["2", "3"])
def test_addresses_and_times_are_no_senders(gap: str, end: str, tmp_path: Path) -> None:
    lines = ["甲:看", "https://a.invalid/:x", "2024-12-01 08:00:00 张大嘴"]
    text = f"\n\n{STARS}2024-12-01{STARS}\n\n" + gap.join(lines) + gap
    rows, reasons = read(memotrace_chat_txt, tmp_path / "群_chat.txt", text.replace("\n", end))
    assert ([row["sender_name"] for row in rows], reasons) == (["甲"], [])
    assert rows[0]["text"].startswith("看")
    assert rows[0]["text"].endswith("张大嘴")


def test_a_day_that_is_none_is_text(tmp_path: Path) -> None:
    text = f"{STARS}2024-12-01{STARS}\n\n甲:早 \n{STARS}2024-13-01{STARS}\n"
    (row,), _ = read(memotrace_chat_txt, tmp_path / "群_chat.txt", text)
    assert row["text"] == f"早 \n{STARS}2024-13-01{STARS}"


NAMES = st.sampled_from(["甲", "乙 丙", "Kevin_Zhao", "、", "😀", '"引号"', "加入了群聊"])
WORDS = st.text(st.sampled_from("好早\n1：,/*😀\u2028"), min_size=1, max_size=12).filter(
    lambda text: text == text.strip()
)
PIECES = st.lists(st.tuples(st.integers(0, 3), NAMES, WORDS), min_size=1, max_size=12)
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@ANY
@given(pieces=PIECES, version=st.sampled_from([2, 3]))
def test_pieces_are_what_a_slow_reader_finds(pieces: list[tuple[int, str, str]], version: int, tmp_path: Path) -> None:
    text, before = "", None
    for number, name, words in sorted(pieces, key=lambda piece: piece[0]):
        if number != before:
            text += (
                "\n\n" if before is None else "\n" if version == 2 else ""
            ) + f"{STARS}{date(2024, 11, 30) + timedelta(days=number)}{STARS}\n\n"
        before = number
        text += f"{name}:{words}" + (" \n" if version == 2 else "\n\n")
    rows, reasons = read(memotrace_chat_txt, tmp_path / "群_chat.txt", text)
    assert reasons == []
    found = [(row["wall"], row["sender_name"], row["text"]) for row in rows]
    assert found == list(slowly(text, " \n" if version == 2 else "\n\n"))
    assert len(found) == len(pieces)


def slowly(text: str, end: str) -> list[tuple[datetime, str, str]]:
    """The pieces of a whole text, a day after the other."""
    found = []
    days = re.split(r"\n\n\*{20}(\d{4}-\d\d-\d\d)\*{20}\n\n", text)[1:]
    for day, said in zip(days[::2], days[1::2], strict=True):
        pieces = re.split(f"{end}(?=[^:\n]+:)", said.removesuffix(end))
        found += [(datetime.fromisoformat(day), *piece.split(":", 1)) for piece in pieces]
    return [(day, name, words.rstrip(" \n")) for day, name, words in found]


def test_sniffs_days_between_stars() -> None:
    assert memotrace_chat_txt.sniff(open_source(SAMPLES / CHAT_2).head)
    assert memotrace_chat_txt.sniff(open_source(SAMPLES / CHAT_3).head)
    for text in ("*****2024-12-01*****\n", "2024-12-01 08:00:00 甲\n早\n", f"x {STARS}2024-12-01{STARS}\n"):
        assert not memotrace_chat_txt.sniff(Head(text, ("x_chat.txt",)))
