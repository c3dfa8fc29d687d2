"""``qunkit alias list|accept|reject|add``: a member who changed the name, from export to one person."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HEADER = "when,who,said,room\n"
MAP = "time=when,sender=who,text=said,group=room"


def log(path: Path, name: str, count: int, room: str = "周末徒步") -> Path:
    """So many messages of `name`, one a minute."""
    rows = [f"2024-12-01 08:{n:02}:00,{name},第{n}句,{room}\n" for n in range(count)]
    path.write_text(HEADER + "".join(rows), "utf-8")
    return path


@pytest.fixture
def run(qunkit: Run, tmp_path: Path) -> Run:
    """On a dataset of two exports: 阿岚 became 岚姐 between them."""
    on = partial(qunkit, "--lang", "en")
    data = ("--data", str(tmp_path / "data"))
    files = [str(log(tmp_path / "old.csv", "阿岚", 8)), str(log(tmp_path / "new.csv", "岚姐", 9))]
    for file in files:
        assert on("ingest", file, *data, "--map", MAP).code == 0
    return lambda *args: on(*args, *data)


def senders(run: Run) -> list[str]:
    return list(run("sql", "SELECT sender_id, COUNT(*) FROM posts GROUP BY 1 ORDER BY 1").lines[1:])


def test_a_suggestion_is_listed_with_its_evidence_and_accepted(run: Run) -> None:
    ran = run("alias", "list")
    assert ran.lines[1:] == ["suggested\tname:周末徒步\t周末徒步\tname:阿岚\tname:岚姐\t岚姐\tmessages\t8\t1"]
    assert "qunkit alias accept" in ran.err
    assert senders(run) == ["name:岚姐\t9", "name:阿岚\t8"]
    ran = run("alias", "accept", "阿岚")
    assert (ran.code, ran.out, ran.err) == (0, "", "qunkit: note: 阿岚 is 岚姐 now\n")
    assert senders(run) == ["name:岚姐\t9"]
    assert run("alias", "list").lines[1].startswith("accepted\t")
    assert run("alias", "accept", "阿岚").code == 2


def test_people_read_words_and_names(run: Run, qunkit: Run, tmp_path: Path) -> None:
    shown = qunkit("alias", "list", "--format", "terminal", "--lang", "zh", "--data", str(tmp_path / "data")).lines
    assert [line.split() for line in shown[2:5:2]] == [
        ["状态", "群", "别名", "成员", "依据", "次数", "纯度"],
        ["建议", "周末徒步", "阿岚", "岚姐", "消息相同", "8", "100.0%"],
    ]
    run("ingest", str(log(tmp_path / "last.csv", "大岚", 10)), "--map", MAP)
    run("alias", "add", "大岚", "岚姐")
    accepted = run("alias", "list", "--format", "jsonl").lines[-1]
    assert '"member_name": "岚姐"' in accepted  # not the alias, though that was seen last
    qunkit("ingest", str(tmp_path / "new.csv"), "--map", MAP, "--data", str(tmp_path / "one"))
    assert "没有发现疑似同一成员" in qunkit("alias", "list", "--lang", "zh", "--data", str(tmp_path / "one")).err


def test_all_suggestions_at_once(run: Run) -> None:
    assert run("alias", "accept", "--all", "--quiet").err == ""
    assert senders(run) == ["name:岚姐\t9"]
    assert run("alias", "accept", "--all").err == "qunkit: note: nothing is suggested\n"


def test_a_rejected_one_is_gone_and_an_accepted_one_can_be_taken_back(run: Run) -> None:
    assert run("alias", "reject", "阿岚").err == "qunkit: note: 阿岚 is not 岚姐\n"
    assert run("alias", "accept", "--all").err == "qunkit: note: nothing is suggested\n"
    assert run("alias", "add", "阿岚", "岚姐").err == "qunkit: note: 阿岚 is 岚姐 now\n"
    assert run("alias", "reject", "阿岚").code == 0
    assert senders(run) == ["name:岚姐\t9", "name:阿岚\t8"]


def test_what_cannot_be_meant_is_said(run: Run, tmp_path: Path) -> None:
    assert run("alias", "add", "阿岚", "阿岚").err == "qunkit: error: 阿岚 is that member already.\n"
    ran = run("alias", "add", "谁", "岚姐")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "qunkit: error: No member is called '谁'.")
    assert run("alias", "accept").err.startswith("qunkit: error: Give one NAME, or --all.")
    assert run("alias", "list", "--group", "烘焙").err.startswith("qunkit: error: No group matches '烘焙'.")
    run("ingest", str(log(tmp_path / "other.csv", "岚姐", 3, "烘焙")), "--map", MAP)
    ran = run("alias", "add", "岚姐", "阿岚")
    assert (ran.code, "Give the id, or the group with --group." in ran.err) == (2, True)
    assert run("alias", "add", "岚姐", "阿岚", "--group", "周末徒步").code == 0
    assert senders(run) == ["name:岚姐\t3", "name:阿岚\t9"]


def test_an_alias_of_an_id_is_taken_back_by_whatever_it_is_called(run: Run, tmp_path: Path) -> None:
    """… and is told once, also where an export shows the id for a name."""
    rows = [",wxid_old", "wxid_old,慧敏", "w_new,麻雀", "w_new,大麻雀"]
    said = [f"2024-12-02 08:{n:02}:00,{who},第{n}句,楼群\n" for n, who in enumerate(rows)]
    (tmp_path / "ids.csv").write_text("when,id,who,said,room\n" + "".join(said), "utf-8")
    assert run("ingest", str(tmp_path / "ids.csv"), "--map", MAP + ",sender_id=id").code == 0
    before = senders(run)
    for name in ("wxid_old", "慧敏", "大麻雀", "w_new"):
        assert run("alias", "add", "慧敏", "w_new").err == "qunkit: note: wxid_old is w_new now, in every group\n"
        told = [line for line in run("alias", "list", "--linked").lines if "wxid_old" in line]
        assert [line.split("\t")[0] for line in told] == ["accepted"]
        ran = run("alias", "add", "wxid_old", "阿岚")
        assert (ran.code, "'wxid_old' is an alias of 'w_new' now." in ran.err) == (2, True)
        assert run("alias", "reject", name).err == "qunkit: note: wxid_old is not w_new\n"
        assert senders(run) == before
    ran = run("alias", "reject", "慧敏")
    assert (ran.code, ran.err) == (0, "qunkit: note: wxid_old was rejected already: it is not w_new\n")
    ran = run("alias", "reject", "大麻雀")
    assert (ran.code, "a member's own name" in ran.err) == (2, True)


def test_of_several_aliases_of_a_member_each_is_named(run: Run, tmp_path: Path) -> None:
    run("ingest", str(log(tmp_path / "last.csv", "大岚", 10)), "--map", MAP)
    run("alias", "add", "大岚", "岚姐")
    run("alias", "add", "阿岚", "岚姐")
    ran = run("alias", "reject", "岚姐")
    assert ran.code == 2
    assert "name:大岚 → name:岚姐 (周末徒步), name:阿岚 → name:岚姐 (周末徒步)" in ran.err
    ran = run("alias", "add", "阿岚", "大岚")
    assert "'阿岚' is an alias of '岚姐' now." in ran.err


def test_a_low_match_rate_points_here(run: Run, tmp_path: Path) -> None:
    """… where most of what does not match has the same time and words under another name."""
    rows = [f"2024-12-01 {7 + n // 60:02}:{n % 60:02}:00,{{}},第{n}句,徒步\n" for n in range(240)]
    for name, who in (("one.csv", "阿岚"), ("two.csv", "岚姐")):
        said = [row.format(who if n % 5 == 0 else "凯文") for n, row in enumerate(rows)]
        (tmp_path / name).write_text(HEADER + "".join(said), "utf-8")
    assert run("ingest", str(tmp_path / "one.csv"), "--map", MAP).code == 0
    ran = run("ingest", str(tmp_path / "two.csv"), "--map", MAP)
    assert ran.code == 3
    assert "`qunkit alias list` shows who changed the name" in ran.err
