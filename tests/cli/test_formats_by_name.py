"""`qunkit formats NAME`: the page of a format, and what is neither a format nor a file."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry

Run = Callable[..., Any]


@pytest.mark.parametrize("name", registry.names("formats"))
def test_every_format_has_a_page(qunkit: Run, name: str) -> None:
    ran = qunkit("formats", name, "--format", "jsonl")
    assert ran.code == 0
    row = json.loads(ran.out)
    assert (row["format"], row["page"]) == (name, inspect.getdoc(registry.load("formats", name)))
    assert "file" not in row


def test_the_page_of_mapped_lists_its_fields(qunkit: Run) -> None:
    """As `qunkit ingest --help` promises of --map."""
    ran = qunkit("formats", "mapped", "--format", "terminal", "--lang", "zh")
    assert "任意表格" in ran.out
    for field in ("group_id", "reply_to", "sender_name"):
        assert field in ran.out
    assert ran.out.count("every other column") == 1  # what is lost is not said twice


def test_the_page_of_member_lists_shows_every_header_on_a_line(qunkit: Run) -> None:
    """As the error about a list without a known column promises."""
    ran = qunkit("formats", "roster_csv", "--format", "terminal")
    assert "• remark: remark 备注 备注名" in ran.lines
    assert "• account: account alias wechat_id 微信号" in ran.lines


def test_a_file_goes_before_a_format(qunkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mapped").write_text("not an export", "utf-8")
    ran = qunkit("formats", "mapped")
    assert ran.code == 65
    assert "not a known export" in ran.err


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("weflow_jso", "weflow_json, "),
        ("Weflow-JSON", "weflow_json, "),
        ("rooster_csv", "roster_csv"),
        ("飞书", "Check the name of the file"),
        ("微信", "wechat_copy"),
        ("chat.json", "Check the name of the file"),
        ("nowhere/weflow_json", "Check the name of the file"),
    ],
)
def test_what_is_neither_names_the_closest(qunkit: Run, word: str, near: str) -> None:
    ran = qunkit("formats", word)
    assert ran.code == 66
    assert f"{word}: neither a file nor a format" in ran.err
    assert near in ran.err
    assert len(ran.err) < 250
