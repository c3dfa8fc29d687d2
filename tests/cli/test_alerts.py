"""``qunkit alerts`` as cron sees it: exit codes, formats, and what is kept only once the output has been written."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qunkit.alert_rules import RULES
from qunkit.ingest import store
from qunkit.ink import width
from support.datasets import make_dataset
from support.messages import moment
from support.worlds import bash, on_a_terminal

Run = Callable[..., Any]
BEGIN = moment("2026-03-02 00:00:00")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two groups of four for 60 days, then a week in which one is silent."""
    rows = [
        {"at": BEGIN + timedelta(days=day, hours=hour, minutes=n), "group_id": group, "group_name": name, "sender_id": who, "text": "好"}
        for group, name, days in (("lively", "热闹群", 68), ("quiet", "=安静\x1b[31m群", 60))
        for day in range(days) for hour in (9, 20) for n, who in enumerate(("ann", "bob", "cat", "dan"))
    ]  # fmt: skip
    folder = make_dataset(tmp_path_factory.mktemp("alerts") / "data", rows)
    off = "".join(f"{rule} = false\n" for rule in RULES if rule not in ("silent", "decline"))
    (folder / "qunkit.toml").write_text(f"[alerts]\n{off}")  # one analysis is quicker than nine
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that can be written to, with a key of its own."""
    import shutil

    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    return Path(shutil.copytree(made, tmp_path / "data"))


def call(qunkit: Run, data: Path, *more: str) -> Any:
    return qunkit("alerts", "--data", str(data), "--as-of", "2026-05-08T12:00", *more)


def test_1_if_anything_is_told_and_0_if_not(qunkit: Run, data: Path) -> None:
    told = call(qunkit, data, "--format", "jsonl")
    assert told.code == 1
    [line] = told.lines
    assert json.loads(line) == {
        "rule": "silent", "level": "warning", "group_id": "quiet", "group_name": "=安静\x1b[31m群", "member_id": None, "name": None, "since": "2026-05-01",
        "value": 7.0, "threshold": 7.0, "reason": "suspected", "next": "check",
    }  # fmt: skip
    nothing = call(qunkit, data, "--group", "lively", "--format", "jsonl")
    assert (nothing.code, nothing.out) == (0, "")
    assert "note: No rule fired." in nothing.err
    assert qunkit("alerts", "--data", str(data / "none")).code == 66
    assert call(qunkit, data, "--since", "2026-05-01").code == 2


def test_since_last_run(qunkit: Run, data: Path) -> None:
    assert [call(qunkit, data, "--since", "last-run").code for _ in range(2)] == [1, 0]
    again = call(qunkit, data, "--since", "last-run", "--lang", "zh")
    assert "自上次运行以来没有新告警" in again.err
    assert "1 条仍在持续的告警此前已报告" in again.err
    assert call(qunkit, data).code == 1
    (data / "alerts.json").write_text("{")
    damaged = call(qunkit, data, "--since", "last-run")
    assert (damaged.code, damaged.out) == (20, "")
    assert "alerts.json: damaged" in damaged.err
    assert "Delete the file" in damaged.err
    (data / "alerts.json").unlink()
    assert call(qunkit, data, "--since", "last-run").code == 1


@pytest.mark.parametrize("format_", ["terminal", "csv", "json", "html", "xlsx"])
def test_every_format_and_then_it_is_kept(qunkit: Run, data: Path, tmp_path: Path, format_: str) -> None:
    file = tmp_path / "out"
    assert call(qunkit, data, "--since", "last-run", "--format", format_, "-o", str(file)).code == 1
    assert file.stat().st_size > 100
    assert (data / "alerts.json").exists()


def test_words_in_both_languages_and_pseudonyms(qunkit: Run, data: Path) -> None:
    english = call(qunkit, data, "--format", "md").out
    chinese = call(qunkit, data, "--format", "md", "--lang", "zh").out
    assert "silent beyond its own rhythm: days" in english
    assert "沉默超过自身上限（天）" in chinese
    assert "核对导出后到群里发起话题" in chinese
    hidden = call(qunkit, data, "--format", "json", "--pseudonymise")
    assert hidden.code == 1
    assert "安静" not in hidden.out + hidden.err
    assert "quiet" not in hidden.out


LINE = f"{shlex.quote(sys.executable)} -m qunkit alerts --data data --as-of 2026-05-08T12:00 --since last-run"


def test_what_nobody_got_is_told_again(data: Path) -> None:
    """The reader has gone, or the disk is full: nothing is kept."""
    folder = data.parent
    gone = bash(folder, f'{LINE} | true; exit "${{PIPESTATUS[0]}}"')
    assert gone.code == 141
    full = bash(folder, f"{LINE} > /dev/full")
    assert full.code == 74
    assert not (data / "alerts.json").exists()
    assert [bash(folder, LINE).code for _ in range(2)] == [1, 0]


def test_while_another_writes(qunkit: Run, data: Path) -> None:
    with store.writing(data, "Asia/Shanghai", 0):
        waiting = call(qunkit, data, "--since", "last-run", "--wait", "0")
        assert waiting.code == 75
        assert call(qunkit, data).code == 1  # who only asks waits for nobody
    assert call(qunkit, data, "--since", "last-run").code == 1


@pytest.mark.parametrize(("wide", "lang"), [(40, "en"), (80, "zh")])
def test_on_a_terminal(data: Path, wide: int, lang: str) -> None:
    words = [*shlex.split(LINE), "--lang", lang]
    code, said = on_a_terminal(data.parent, words, wide, NO_COLOR="1")
    assert code == 1
    drawn = [line for line in said.replace("\r", "").split("\n") if not line.startswith("qunkit: ")]
    assert max(width(line) for line in drawn) <= wide
    assert "安静" in said
