"""``ingest --map`` and ``roster`` from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ROOM = "58192034417@chatroom"


def row(ran: Any, *names: str) -> list[str]:
    """Cells of the first row."""
    head, first = (line.split("\t") for line in ran.lines[:2])
    return [first[head.index(name)] for name in names]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(f'when,who,"said, as typed",room\n2024-12-01 08:03:10,阿岚,早,{ROOM}\n', "utf-8")
    return path


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text("wxid,昵称,角色\nwxid_alan,阿岚,群主\nwxid_liu,小刘,\n", "utf-8")
    return path


def test_a_map_of_columns(qunkit: Run, log: Path, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    ran = qunkit("ingest", str(log), *data, "--map", 'time=when, sender=who,"text=said, as typed",group_id=room')
    assert (ran.code, row(ran, "format", "status", "records", "new")) == (0, ["mapped", "ingested", "1", "1"])
    ran = qunkit("sql", "SELECT group_id, sender_name, text FROM messages", *data)
    assert ran.lines[1:] == [f"{ROOM}\t阿岚\t早"]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("", "lacks time, text, sender"),
        ("time=a\nb", "FIELD=COLUMN"),
        ('"time=a', "lacks text, sender"),
        ("time", "FIELD=COLUMN"),
        ("time=", "FIELD=COLUMN"),
        ("time=a,sender=b,text=c,color=d", "FIELD=COLUMN"),
        ("time=a,time=b,sender=b,text=c", "each field once"),
        ("time=a,text=b", "lacks sender"),
        ("sender=a,text=b", "lacks time"),
        ("sender=a,time=b", "lacks text"),
    ],
)
def test_a_map_that_is_none_is_a_mistake_in_usage(
    said: str, wrong: str, qunkit: Run, log: Path, tmp_path: Path
) -> None:
    ran = qunkit("ingest", str(log), "--data", str(tmp_path / "data"), "--map", said)
    assert ran.code == 2
    assert wrong in ran.err
    assert not (tmp_path / "data").exists()


CHAT = "Time,SenderName,Sender,TalkerName,Talker,Content\n2024-12-01 08:00:00,阿岚,wxid_alan,周末徒步,1@chatroom,早\n"
"""Of a known format."""
WHERE = "time=when,sender=who,text=room"


def test_a_map_is_for_tables_of_no_known_format(qunkit: Run, log: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.csv").write_text(CHAT, "utf-8")
    data = ["--data", str(tmp_path / "data")]
    ran = qunkit("ingest", str(tmp_path / "chat.csv"), str(log), *data, "--map", WHERE)
    assert ran.code == 0
    assert [line.split("\t")[2:4] for line in ran.lines[1:]] == [["chatlog_csv", "ingested"], ["mapped", "ingested"]]
    assert "chat.csv: its format is known, so --map was not used" in ran.err
    again = qunkit("ingest", str(tmp_path / "chat.csv"), *data)
    assert (row(again, "status"), "--map" in again.err) == (
        ["already"],
        False,
    )  # with the map or without it is the same
    alone = qunkit("ingest", str(tmp_path / "chat.csv"), "--data", str(tmp_path / "one"), "--map", WHERE)
    assert (alone.code, row(alone, "format"), "--map was not used" in alone.err) == (0, ["chatlog_csv"], True)


@pytest.fixture
def globbed(tmp_path: Path) -> list[str]:
    """Words that give a map for chat*.csv."""
    columns = 'time = "Time"\nsender = "Talker"\ntext = "Content"\n'
    (tmp_path / "own.toml").write_text('[map."chat*.csv"]\n' + columns, "utf-8")
    return ["--config", str(tmp_path / "own.toml")]


@pytest.mark.parametrize("how", ["format-in", "glob"])
def test_a_map_that_is_meant_for_a_file_is_used_whatever_it_looks_like(
    how: str, qunkit: Run, globbed: list[str], tmp_path: Path
) -> None:
    (tmp_path / "chat.csv").write_text(CHAT, "utf-8")
    words = globbed if how == "glob" else ["--map", "time=Time,sender=Talker,text=Content", "--format-in", "mapped"]
    ran = qunkit("ingest", str(tmp_path / "chat.csv"), "--data", str(tmp_path / "data"), *words)
    assert (ran.code, row(ran, "format"), "was not used" in ran.err) == (0, ["mapped"], False)
    sent = qunkit("sql", "SELECT sender_name FROM messages", "--data", str(tmp_path / "data"))
    assert sent.lines[1:] == ["1@chatroom"]


def test_a_format_that_is_given_goes_before_a_map(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "chat.csv").write_text(CHAT, "utf-8")
    words = ["--map", WHERE, "--format-in", "chatlog_csv", "--data", str(tmp_path / "data")]
    assert row(qunkit("ingest", str(tmp_path / "chat.csv"), *words), "format") == ["chatlog_csv"]


def test_what_a_map_was_used_for_is_read_with_it_again(qunkit: Run, globbed: list[str], tmp_path: Path) -> None:
    """Also where the format is known: the map was meant for it then."""
    (tmp_path / "chat.csv").write_text(CHAT + "gestern,a,b,c,d,e\n", "utf-8")
    data = ["--data", str(tmp_path / "data")]
    assert qunkit("ingest", str(tmp_path / "chat.csv"), *data, *globbed).code == 3
    assert qunkit("rejects", "retry", *data).code == 3
    assert [line.split("\t")[2] for line in qunkit("sources", "list", *data).lines[1:]] == ["mapped"]


def test_a_column_that_is_not_there(qunkit: Run, log: Path, tmp_path: Path) -> None:
    ran = qunkit("ingest", str(log), "--data", str(tmp_path / "data"), "--map", "time=wann,sender=who,text=room")
    assert ran.code == 65
    assert "it has no column wann" in ran.err
    assert "when, who, said, as typed, room" in ran.err


def test_a_roster(qunkit: Run, log: Path, roster: Path, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    ran = qunkit("roster", str(roster), "--group", ROOM, "--at", "2024-12-02", *data)
    assert (ran.code, row(ran, "format", "status")) == (0, ["roster_csv", "ingested"])
    assert "list of 2" in qunkit("roster", str(roster), "--group", ROOM, *data, "--format", "terminal").out
    qunkit("ingest", str(log), *data, "--map", 'time=when,sender=who,"text=said, as typed",group_id=room')
    ran = qunkit("sql", "SELECT group_id, member_id, role FROM members ORDER BY member_id", *data)
    assert ran.lines[1:] == [f"{ROOM}\twxid_alan\towner", f"{ROOM}\twxid_liu\t"]
    assert qunkit("sql", "SELECT sender_id FROM messages", *data).lines[1:] == ["wxid_alan"]


def test_the_same_roster_again_adds_nothing(qunkit: Run, roster: Path, tmp_path: Path) -> None:
    words = ["roster", str(roster), "--group", ROOM, "--data", str(tmp_path / "data")]
    assert [row(qunkit(*words), "status") for _ in range(2)] == [["ingested"], ["already"]]


def test_a_roster_without_a_group_is_refused(qunkit: Run, roster: Path, tmp_path: Path) -> None:
    for command in ("roster", "ingest"):
        ran = qunkit(command, str(roster), "--data", str(tmp_path / "data"))
        assert ran.code == 65
        assert "qunkit roster FILE --group GROUP" in ran.err


def test_a_roster_that_is_not_there(qunkit: Run, tmp_path: Path) -> None:
    assert qunkit("roster", str(tmp_path / "nowhere.csv"), "--data", str(tmp_path / "data")).code == 66


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (ROOM, None),
        ("周末徒步", None),
        ("周末徒不", "(similar: 周末徒步)"),
        ("周末*", "(similar: 周末徒步)"),
        ("58192034417", f"(similar: {ROOM})"),
        ("Zzz", "has the name or id “Zzz”;"),
    ],
)
def test_a_group_that_no_chat_has_is_noted(
    group: str, said: str | None, qunkit: Run, roster: Path, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text(f"when,who,said,room,id\n2024-12-01 08:03,阿岚,早,周末徒步,{ROOM}\n", "utf-8")
    data = ["--data", str(tmp_path / "data")]
    qunkit("ingest", str(tmp_path / "log.csv"), *data, "--map", "time=when,sender=who,text=said,group=room,group_id=id")
    ran = qunkit("roster", str(roster), "--group", group, *data)
    assert ran.code == 0
    assert ("no group of the dataset" in ran.err) == (said is not None)
    assert (said or "") in ran.err
    assert "no group" not in qunkit("roster", str(roster), "--group", group, "--quiet", *data).err


def test_a_list_may_come_before_any_chat(qunkit: Run, roster: Path, tmp_path: Path) -> None:
    ran = qunkit("roster", str(roster), "--group", ROOM, "--data", str(tmp_path / "data"))
    assert ran.code == 0
    assert "as soon as an export of that group is there" in ran.err


@pytest.mark.parametrize("at", ["gestern", "", "2024-13-01"])
def test_a_roster_of_no_time(at: str, qunkit: Run, roster: Path, tmp_path: Path) -> None:
    ran = qunkit("roster", str(roster), "--group", ROOM, "--at", at, "--data", str(tmp_path / "data"))
    assert ran.code == 2
    assert "--at" in ran.err
