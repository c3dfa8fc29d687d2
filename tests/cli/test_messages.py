"""``qunkit messages``: a chat for people, every column for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunkit.schema import MESSAGES
from support.datasets import make_dataset

Run = Callable[..., Any]
HIKE = {"group_id": "58192034417@chatroom", "group_name": "周末徒步"}
ROWS = [
    {"at": "2024-12-01 09:00:00", **HIKE, "sender_id": "mint", "sender_name": "薄荷", "text": "几点集合？", "message_id": "asked"},
    {"at": "2024-12-01 09:01:00", **HIKE, "sender_id": "fox", "sender_name": "狐狸", "kind": "image"},
    {"at": "2024-12-02 21:03:00", **HIKE, "sender_id": "fox", "sender_name": "狐狸", "kind": "quote", "text": "七点", "reply_to": "asked"},
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "data", ROWS)


def test_people_read_a_chat_with_what_it_answers(qunkit: Run, data: Path) -> None:
    shown = qunkit("messages", "--data", str(data), "--format", "terminal", "--lang", "zh").out
    assert shown.splitlines()[3:] == [
        "2024-12-01 周日",
        "09:00 薄荷  几点集合？",
        "09:01 狐狸  [图片]",
        "",
        "2024-12-02 周一",
        "21:03 狐狸  七点",
        "      ┃ 薄荷：几点集合？",
    ]
    # what is answered is found where the filters leave it out
    answer = qunkit("messages", "--data", str(data), "--format", "md", "--lang", "zh", "--kind", "引用回复").out
    assert answer.endswith("- 21:03 **狐狸** 七点\n  > 薄荷：几点集合？\n")
    masked = qunkit("messages", "--data", str(data), "--format", "terminal", "--pseudonymise").out
    assert "几点集合？" in masked
    assert not any(name in masked for name in ("薄荷", "狐狸", "周末徒步", "fox", "mint"))


def test_programs_get_every_column_and_no_other(qunkit: Run, data: Path) -> None:
    rows = [json.loads(line) for line in qunkit("messages", "--data", str(data), "--format", "jsonl").lines]
    assert [tuple(row) for row in rows] == [MESSAGES.names] * 3
    assert [row["kind"] for row in rows] == ["text", "image", "quote"]


def test_kinds_go_by_code_or_in_words(qunkit: Run, data: Path) -> None:
    wanted = qunkit("messages", "--data", str(data), "--kind", "image").out
    assert "image" in wanted
    assert qunkit("messages", "--data", str(data), "--kind", "图片").out == wanted
    ran = qunkit("messages", "--data", str(data), "--kind", "照片", "--lang", "zh")
    assert (ran.code, "图片（image）" in ran.err) == (2, True)


def test_a_sender_whom_no_message_is_of_is_an_error(qunkit: Run, data: Path) -> None:
    """… with pseudonyms, too; one whose messages the filters leave out is none."""
    for more in ((), ("--pseudonymise",)):
        ran = qunkit("messages", "--data", str(data), "--sender", "狐狸", "--sender", "没这人", *more)
        assert (ran.code, ran.err.splitlines()[0]) == (2, "qunkit: error: No member is called '没这人'.")
        assert qunkit("messages", "--data", str(data), "--sender", "狐狸", "--until", "2024-11-01", *more).code == 0
        assert len(qunkit("messages", "--data", str(data), "--sender", "狐狸", "--format", "jsonl", *more).lines) == 2
