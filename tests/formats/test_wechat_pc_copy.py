"""Copied messages without times: what is taken for them, and which day they are of."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.errors import UnreadableExport
from qunkit.formats import wechat_pc_copy
from support.reading import read, sniffs

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
THREE = "小刘:\n早\n\n阿岚:\n好\n\n小刘:\n走\n"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (THREE, True),
        (THREE.replace("\n", "\r\n"), True),
        ("\n" + THREE, True),
        (THREE + "\n一段\n\n", True),  # three of four paragraphs
        (THREE + "\n一段\n\n两段\n\n三段\n", False),
        ("小刘:\n早\n\n阿岚:\n好\n", False),
        ("小刘:\n早\n\n阿岚:\n好\n\n老王:\n走\n", False),  # nobody speaks twice: headings of a note
        ("a:\n  x: 1\n\nb:\n  y: 2\n\na:\n  z: 3\n", False),
        ("def a(x):\n    pass\n\ndef b(x):\n    pass\n\ndef a(x):\n    pass\n", False),
        ("你好\n\n" + THREE, False),
        (THREE.replace("小刘", "刘" * 41), False),
        (THREE.replace(":\n", ": 2024-12-04 08:00\n"), False),
        ("小刘:\n早 8:00\n\n阿岚:\n好 8:01\n\n小刘:\n走 8:02\n", False),
        ("小刘 早上好:\n早\n\n" * 3, True),
        ("", False),
    ],
)
def test_sniff(tmp_path: Path, text: str, answer: bool) -> None:
    assert sniffs(wechat_pc_copy, tmp_path / "a.txt", text) == answer


def test_the_command_line_says_the_day_else_the_name_of_the_file(tmp_path: Path) -> None:
    rows, _ = read(wechat_pc_copy, tmp_path / "读书会_2024-12-04.txt", THREE)
    assert {(row["wall"], row["group_name"]) for row in rows} == {(datetime(2024, 12, 4), "读书会")}
    rows, _ = read(wechat_pc_copy, tmp_path / "读书会_2024-12-04.txt", THREE, date="2024-12-05")
    assert {(row["wall"], row["group_name"]) for row in rows} == {(datetime(2024, 12, 5), "读书会")}
    rows, _ = read(wechat_pc_copy, tmp_path / "2024-12-04.txt", THREE)
    assert {row["group_name"] for row in rows} == {"2024-12-04"}


@pytest.mark.parametrize(
    ("name", "options"), [("a.txt", {}), ("2024-13-01.txt", {}), ("12024-12-011.txt", {}), ("a.txt", {"date": "x"})]
)
def test_without_a_day_it_is_refused(tmp_path: Path, name: str, options: dict[str, str]) -> None:
    with pytest.raises(UnreadableExport) as error:
        read(wechat_pc_copy, tmp_path / name, THREE, **options)
    assert "--date" in error.value.hint("en")
    assert "--date" in error.value.hint("zh")


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["小刘", "阿 岚", "a:b", '"甲"、']),
        st.lists(st.sampled_from(["早", "提醒:", " 好", "\u2028:", "「a」", "7:30"]), min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=10,
)


@settings(ANY, max_examples=100)
@given(RECORDS, st.booleans())
def test_what_was_copied_comes_back(tmp_path: Path, records: list[tuple[str, list[str]]], crlf: bool) -> None:
    text = "\n".join(f"{name}:\n" + "\n".join(body) + "\n" for name, body in records)
    rows, reasons = read(
        wechat_pc_copy, tmp_path / "a.txt", text.replace("\n", "\r\n") if crlf else text, date="2024-12-04"
    )
    assert reasons == []
    assert [(row["sender_name"], row["text"]) for row in rows] == [(name, "\n".join(body)) for name, body in records]
