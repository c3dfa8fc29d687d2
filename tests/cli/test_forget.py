"""``qunkit forget`` shows what would go, asks at a terminal, and does it with --yes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunkit import models
from support.tiny_ads import tiny

Run = Callable[..., Any]
KEVIN = "wxid_k3vv01zhao22"


@pytest.fixture
def call(qunkit: Run, world: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings/key"))
    data = str(world() / "data")
    return lambda *args: qunkit(*args, "--data", data)


def count(call: Run, sender: str) -> int:
    return int(call("sql", f"SELECT count(*) FROM messages WHERE sender_id = '{sender}'").lines[1])


def test_off_a_terminal_it_only_shows_what_would_go(call: Run) -> None:
    before = count(call, KEVIN)
    ran = call("forget", "凯文")
    assert ran.code == 2
    assert ran.lines[0].split("\t") == ["group_id", "group", "messages", "notices", "roster", "mentions", "quotes"]
    assert [int(row.split("\t")[2]) for row in ran.lines[1:]] == [before]
    assert "Nothing was done. To forget all this for good, add --yes." in ran.err
    assert count(call, KEVIN) == before > 0


def test_with_yes_it_is_done_and_said(call: Run) -> None:
    ran = call("forget", KEVIN, "--yes", "--format", "json")
    assert ran.code == 0
    shown = json.loads(ran.out)
    assert "backups and the exports themselves are not touched" in json.dumps(shown)
    assert count(call, KEVIN) == 0
    again = call("forget", KEVIN, "--yes")
    assert (again.code, len(again.lines)) == (0, 1)
    assert call("forget", KEVIN, "--yes", "--format", "terminal", "--lang", "zh").out.count("此前已删除") == 1


@pytest.mark.parametrize(
    ("answer", "code", "left"), [("y\n", 0, False), ("n\n", 2, True), ("", 2, True)], ids=["yes", "no", "end"]
)
def test_at_a_terminal_it_asks(
    call: Run, answer: str, code: int, *, left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ran = call("forget", KEVIN)
    assert ran.code == code
    assert ran.err.startswith(f"qunkit: note: meant is {KEVIN} (凯文)\nForget all this for good? [y/N] ")
    monkeypatch.undo()
    assert (count(call, KEVIN) > 0) is left


def test_nobody_at_all_is_a_usage_error(call: Run) -> None:
    ran = call("forget", "--yes")
    assert (ran.code, ran.err) == (2, "qunkit: error: Give a member, or a group with --group.\n")


def test_an_unknown_member_is_named(call: Run) -> None:
    ran = call("forget", "没有这个人", "--yes")
    assert ran.code == 2
    assert "No member is called '没有这个人'." in ran.err


def test_a_group_goes(call: Run) -> None:
    group = call("sql", f"SELECT group_id FROM messages WHERE sender_id = '{KEVIN}' LIMIT 1").lines[1]
    assert call("forget", "--group", group, "-y").code == 0
    assert call("sql", f"SELECT count(*) FROM messages WHERE group_id = '{group}'").lines[1] == "0"


def test_a_glob_means_groups_as_everywhere(call: Run) -> None:
    names = call("sql", "SELECT DISTINCT group_name FROM messages ORDER BY group_name").lines[1:]
    several = call("forget", "--group", "*", "--yes")
    assert (several.code, len(names) > 1) == (2, True)
    assert "* means several groups: " in several.err
    assert all(name in several.err for name in names)
    told = {name: call("forget", "凯文", "--group", f"{name[:3]}*") for name in names}
    assert {bool(ran.out) for ran in told.values()} == {True, False}
    assert all(f"No member of {name} is called '凯文'." in ran.err for name, ran in told.items() if not ran.out)
    chinese = call("forget", "凯文", "--group", "没有这个群", "--yes", "--lang", "zh")
    assert (chinese.code, "没有与 '没有这个群' 匹配的群。" in chinese.err) == (2, True)


def test_check_says_how_many_are_forgotten(call: Run) -> None:
    gone = count(call, KEVIN)
    assert call("forget", KEVIN, "--yes").code == 0
    checked = call("check", "--read-data")
    assert checked.code == 0
    said = int(checked.err.split("forgotten members and groups: ")[1].split(";")[0])
    assert said >= gone > 0


def test_of_a_forgotten_group_no_name_is_told_again(
    qunkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    export, data = tmp_path / "阿岚 full.csv", ["--data", str(tmp_path / "data")]
    head = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
    line = "2024-12-01 08:00:00,阿岚,wxid_alan,周末徒步,1@chatroom,早\n"
    export.write_text(head + line + line.replace("阿岚,wxid_alan", "小刘,wxid_liu"), "utf-8")
    assert qunkit("ingest", str(export), *data).code == 0
    for who, said in (["阿岚"], ""), (["--group", "周末徒步"], "was ingested before; its group is forgotten"):
        assert qunkit("forget", *who, "--yes", *data).code == 0
        again = qunkit("ingest", str(export), *data)
        assert (again.code, "\talready\t" in again.out) == (0, True)
        assert said in again.err
        assert ("ingested before" in again.err) == bool(said)
        assert "[forgotten]" not in again.err
    assert "同一导出此前已导入；其中的群已遗忘" in qunkit("ingest", str(export), *data, "--lang", "zh").err


def test_settings_that_name_the_member_are_said(call: Run, tmp_path: Path) -> None:
    data = next(tmp_path.glob("world*/data"))
    (data / "qunkit.toml").write_text(f'[staff]\nids = ["{KEVIN}"]\n', "utf-8")
    assert "qunkit.toml names them too" in call("forget", KEVIN, "--yes").err


def test_a_model_that_was_learnt_of_them_goes_and_that_is_said(call: Run, tmp_path: Path) -> None:
    data = next(tmp_path.glob("world*/data"))
    group = call("sql", f"SELECT group_id FROM messages WHERE sender_id = '{KEVIN}' LIMIT 1").lines[1]
    facts = {"number": 1, "labels": [["m0", 1, 0.0, 1.0]], "audits": {"a judge": [[group, 1.7e9, "flagged", 1, 1.0]]}}
    models.keep(data, tiny(), facts)
    assert "what was learnt from labels (learned-1) would be dropped too" in call("forget", KEVIN).err
    assert "Judged by tiny" in call("ads").err
    ran = call("forget", "--group", group, "--yes")
    assert "what was learnt from labels (learned-1) is dropped: it may hold words of theirs; learn again" in ran.err
    assert "Judged by tiny" not in call("ads").err
    assert [path for path in data.rglob("*") if path.is_file() and group.encode() in path.read_bytes()] == []
    models.keep(data, tiny(), facts | {"number": 2, "audits": {}})
    again = call("forget", "--group", group, "--yes")
    assert "learned-2" not in again.err
