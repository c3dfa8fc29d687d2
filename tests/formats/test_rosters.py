"""Member lists as people keep them: headers, ids, names without ids, times, groups; and every export that lists members too."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry
from qunkit.chat.rosters import NAMES, ROLES, columns_of
from qunkit.errors import NoMembers, UnreadableExport
from qunkit.ingest.identify import said_yes
from qunkit.ingest.run import Options, ingest
from qunkit.parsing.source import open_source
from support.staged import members, messages
from support.truth import BELONGS
from support.truth.base import GROUP, ROOM, SAMPLES

ROSTER = ("roster", "")


def options(group: str | None = None, at: str | None = None, **more: Any) -> Options:
    facts = [ROSTER, *([("group", group)] if group else []), *([("at", at)] if at else [])]
    return Options(facts=tuple(facts), **more)


def listed(tmp_path: Path, text: str | bytes, name: str = "a.csv", **told: Any) -> dict[str, dict[str, Any]]:
    """The members of a file by id."""
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    summary = ingest([path], tmp_path / "data", options(told.pop("group", "读书会"), **told))
    assert [(file.status, file.rejected) for file in summary.files] == [("ingested", 0)]
    return {row["member_id"]: row for row in members(tmp_path / "data")}


def of(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_the_csv_sample(tmp_path: Path) -> None:
    summary = ingest([SAMPLES / "made/roster_csv/名单.csv"], tmp_path / "data")
    assert [(file.format, file.status, file.total) for file in summary.files] == [("roster_csv", "ingested", 0)]
    found = {row["member_id"]: row for row in members(tmp_path / "data")}
    assert set(found) == {"wxid_alan0001", "wxid_liu88888", "wxid_wang5555", "name:新人:甲"}
    assert {row["group_id"] for row in found.values()} == {"name:周末徒步"}
    assert {row["complete"] for row in found.values()} == {True}
    assert {row["seen_at"] for row in found.values()} == {None}
    names = ("nickname", "group_nickname", "role", "joined_at", "invited_by")
    joined = datetime(2024, 3, 1, 1, 30, tzinfo=UTC), datetime(2024, 3, 1, 16, tzinfo=UTC)
    assert of(found["wxid_alan0001"], *names) == ("阿岚", "领队", "owner", joined[0], None)
    assert of(found["wxid_liu88888"], *names) == ("小刘🍉", None, "admin", joined[1], "wxid_alan0001")
    assert of(found["wxid_wang5555"], *names) == ("王五,东区", "王 五\n(司机)", "member", None, "wxid_liu88888")
    first_of_may = datetime(2024, 5, 1, 7, 5, tzinfo=UTC)
    assert of(found["name:新人:甲"], *names) == ("新人:甲", None, None, first_of_may, "wxid_liu88888")


def test_the_json_samples(tmp_path: Path) -> None:
    files = [SAMPLES / "made/roster_json" / name for name in ("members.json", "members.jsonl")]
    summary = ingest(files, tmp_path / "data")
    assert [(file.format, file.status) for file in summary.files] == [("roster_json", "ingested")] * 2
    names = (
        "group_id",
        "member_id",
        "nickname",
        "group_nickname",
        "remark",
        "account",
        "role",
        "joined_at",
        "invited_by",
    )
    morning, midnight = datetime(2024, 3, 1, 1, 30, tzinfo=UTC), datetime(2024, 3, 2, tzinfo=UTC)
    assert [of(row, *names) for row in members(tmp_path / "data")] == [
        (ROOM, "wxid_alan0001", "阿岚", "领队", None, None, "owner", morning, None),
        (ROOM, "wxid_liu88888", "小刘🍉", None, "刘同事", "liu88", "member", midnight, "wxid_alan0001"),
        ("name:读书会", "10001", "土豆", "共读-土豆", None, None, "admin", None, None),
        ("name:读书会", "10002", "番茄", None, None, None, None, None, "10001"),
    ]


def test_the_workbook_sample(tmp_path: Path) -> None:
    summary = ingest([SAMPLES / "made/roster_xlsx/名单.xlsx"], tmp_path / "data")
    assert [(file.format, file.status) for file in summary.files] == [("roster_xlsx", "ingested")]
    names = ("group_id", "member_id", "nickname", "group_nickname", "joined_at")
    joined = datetime(2024, 3, 1, 1, 30, tzinfo=UTC), datetime(2024, 3, 1, 16, tzinfo=UTC)
    assert [of(row, *names) for row in members(tmp_path / "data")] == [
        ("770011223", "10001", "土豆", "共读-土豆", joined[0]),
        ("770011223", "10002", "番茄", None, joined[1]),
    ]


@pytest.mark.parametrize(("column", "word"), [(column, word) for column in NAMES for word in NAMES[column].split()])
def test_every_header_is_known_however_it_is_spelt(column: str, word: str) -> None:
    for spelt in (word, word.upper(), word.replace("_", " ").title(), f" {word.replace('_', '-')} "):
        assert columns_of([spelt]) == {column: spelt}


@pytest.mark.parametrize(("role", "word"), [(role, word) for role in ROLES for word in ROLES[role].split()])
def test_roles(role: str, word: str, tmp_path: Path) -> None:
    assert listed(tmp_path, f"id,name,role\n1,a,{word.upper()}\n")["1"]["role"] == role


def test_an_unknown_role_is_none(tmp_path: Path) -> None:
    assert listed(tmp_path, "id,name,role\n1,a,潜水员\n")["1"]["role"] is None


@pytest.mark.parametrize("at", ["2024-12-02", "2024-12-02 00:00:00", "2024-12-01T16:00:00Z", "1733068800"])
def test_the_time_of_the_list(at: str, tmp_path: Path) -> None:
    assert listed(tmp_path, "id,name\n1,a\n", at=at)["1"]["seen_at"] == datetime(2024, 12, 1, 16, tzinfo=UTC)


def test_wall_clocks_are_of_the_zone_that_is_given(tmp_path: Path) -> None:
    found = listed(
        tmp_path, "id,name,joined_at\n1,a,2024-12-02 00:00\n2,b,2024-12-01T16:00:00Z\n", tz="America/New_York"
    )
    assert [found[one]["joined_at"] for one in "12"] == [
        datetime(2024, 12, 2, 5, tzinfo=UTC),
        datetime(2024, 12, 1, 16, tzinfo=UTC),
    ]


def test_the_same_list_later_and_of_another_group_is_another_list(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name\n1,a\n", "utf-8")
    for group, at in (("甲", None), ("乙", None), ("甲", "2024-12-01"), ("甲", "2024-12-02"), ("甲", "2024-12-02")):
        summary = ingest([path], tmp_path / "data", options(group, at))
    assert [file.status for file in summary.files] == ["already"]
    found = [(row["group_id"], row["seen_at"] and row["seen_at"].day) for row in members(tmp_path / "data")]
    assert sorted(found, key=str) == [("name:乙", None), ("name:甲", 1), ("name:甲", 30), ("name:甲", None)]


@pytest.mark.parametrize(
    ("text", "name", "account", "wanted"),
    [
        (
            "微信号,昵称\nwxid_a1,阿岚\n",
            "阿岚",
            "wxid_a1",
            "wxid_a1",
        ),  # whoever never chose another has it for an account
        ("微信号,昵称\nalan,阿岚\n", "阿岚", "alan", "name:阿岚"),
        ("昵称\n 阿岚 \n", "阿岚", None, "name:阿岚"),
        ("群昵称\n领队\n", None, None, "name:领队"),
    ],
)
def test_who_has_no_id_goes_by_name(text: str, name: str, account: str, wanted: str, tmp_path: Path) -> None:
    ((member, row),) = listed(tmp_path, text).items()
    assert (member, row["nickname"], row["account"]) == (wanted, name, account)


def test_a_join_time_that_cannot_be_read_costs_itself_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name,joined_at\n1,a,2024-12-01\n2,b,gestern\n3,c,1812-01-01\n4,d,\n", "utf-8")
    summary = ingest([tmp_path / "a.csv"], tmp_path / "data", options("读书会"))
    assert (summary.code, summary.files[0].records) == (3, {"message": 0, "notice": 0, "reject": 2, "framing": 3})
    found = {row["member_id"]: row["joined_at"] and row["joined_at"].year for row in members(tmp_path / "data")}
    assert found == {"1": 2024, "2": None, "3": None, "4": None}


@pytest.mark.parametrize(
    ("days", "wanted"), [(("3/4/2024", "31/12/2024"), (4, 12)), (("3/4/2024", "12/31/2024"), (3, 12))]
)
def test_the_column_says_whether_day_or_month_comes_first(
    days: Sequence[str], wanted: tuple[int, int], tmp_path: Path
) -> None:
    found = listed(tmp_path, f"id,name,joined_at\n1,a,{days[0]} 12:00\n2,b,{days[1]} 12:00\n")
    assert (found["1"]["joined_at"].month, found["2"]["joined_at"].month) == wanted


HEADS = {
    "wxid,昵称\n": "roster_csv",
    "member_id,name,group_id\n": "roster_csv",
    "id,name,role\n": "roster_csv",
    "userid,name,group_name\n": "roster_csv",
    "userid,name\n": "wecom_contacts_csv",
    "external_userid,name,remark\n": "wecom_contacts_csv",
    "id,name\n": None,  # of anything
    "name,role\n": None,
    "wxid,name,time,text\n": None,
    "wxid,昵称,内容\n": None,
    "id,name,joined_at,type\n": None,
}


@pytest.mark.parametrize("head", HEADS)
def test_only_an_unmistakable_header_is_taken_for_a_roster(head: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(head + "1,2,3,4\n", "utf-8")
    assert list(said_yes(open_source(tmp_path / "a.csv").head)) == [HEADS[head]] * bool(HEADS[head])


def test_a_list_that_does_not_say_its_group_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("wxid,昵称\nwxid_a,阿岚\n", "utf-8")
    summary = ingest([tmp_path], tmp_path / "data")
    (error,) = [file.error for file in summary.files]
    assert isinstance(error, UnreadableExport)
    assert "qunkit roster" in (error.hint("en") or "")
    assert summary.code == 65


def test_a_header_without_a_known_name_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Mitglied,Rolle\n1,2\n", "utf-8")
    summary = ingest([tmp_path / "a.csv"], tmp_path / "data", options("读书会"))
    error = summary.files[0].error
    assert error is not None
    assert "Mitglied, Rolle" in error.sentence("en")
    for lang in ("en", "zh"):
        needed = re.findall(r"[\w]+", (error.hint(lang) or "").partition("`")[0])
        assert len(set(needed) & {word for words in NAMES.values() for word in words.split()}) >= 2
        assert len(f"{error.sentence(lang)}{error.hint(lang)}") < 250 + len(str(tmp_path))


def test_the_page_lists_every_header() -> None:
    page = inspect.getdoc(registry.load("formats", "roster_csv")) or ""
    told = {tuple(line.partition(": ")[2].split()) for line in page.split("\n") if line.startswith("* ")}
    assert told == {tuple(words.split()) for words in NAMES.values()}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "it is no table"),
        (b'{"a": {}}', "it is no table"),
        ("张三说：密码是 987654\n李四：好\n".encode(), "is no list of members: no column says who."),
        ("订单号,下单时间,商品\n1,2024-01-01,梨\n".encode(), "It has: 订单号, 下单时间, 商品."),
        (",".join(f"c{n}" for n in range(50)).encode() + b"\n" + b",".join([b"1"] * 50) + b"\n", "c8, c9, …."),
        (b"x" * 500, "is no list of members: no column says who."),
        ("时间,昵称,内容\n1,甲,早\n".encode(), "is a chat"),
    ],
)
def test_what_is_no_list_says_what_it_is(body: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(body)
    (file,) = ingest([tmp_path / "a.csv"], tmp_path / "data", options("读书会")).files
    assert isinstance(file.error, UnreadableExport)
    assert said in file.error.sentence("en")
    assert len(file.error.sentence("zh")) < 200 + len(str(tmp_path))


@pytest.mark.parametrize("body", ["", "wxid,昵称\n"])
def test_an_empty_list_lacks_members_not_messages(body: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(body, "utf-8")
    (file,) = ingest([tmp_path / "a.csv"], tmp_path / "data", options("读书会")).files
    assert isinstance(file.error, NoMembers)
    assert "成员" in file.error.sentence("zh")


CHATS = [name for name in BELONGS if not getattr(registry.load("formats", BELONGS[name]), "ROSTER", False)]


@pytest.mark.parametrize("sample", CHATS)
def test_no_chat_is_taken_for_a_list(sample: str, tmp_path: Path) -> None:
    (file,) = ingest([SAMPLES / sample], tmp_path / "data", options("读书会")).files
    assert isinstance(file.error, UnreadableExport)
    assert "is a chat" in file.error.sentence("en")


def test_a_group_that_is_given_goes_before_the_list_s_own_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("群名称,wxid,昵称\n甲群,wxid_a,阿岚\n", "utf-8")
    for group, notes in ((None, 0), ("乙群", 1)):
        (file,) = ingest([tmp_path / "a.csv"], tmp_path / "data", options(group)).files
        assert [note.say("zh") for note in file.notes if "群名称" in note.say("zh")][1:] == []
        assert sum("--group" in note.say("en") for note in file.notes) == notes
    assert {row["group_id"] for row in members(tmp_path / "data")} == {"name:甲群", "name:乙群"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_names_meet_ids_in_any_order_of_ingests(order: Sequence[int], tmp_path: Path) -> None:
    """A list without ids, a chat with ids, and a chat without: three views of the same three people."""
    (tmp_path / "names.csv").write_text("昵称,群昵称,邀请人\n阿岚,领队,\n小刘,刘,领队\n新人,甲,小刘\n", "utf-8")
    chats = {
        "ids.csv": (
            "when,id,who,said\n2024-12-01 08:00:00,wxid_a,阿岚,早\n2024-12-01 08:00:01,wxid_b,小刘,好\n",
            {"sender_id": "id"},
        ),
        "bare.csv": ("when,id,who,said\n2024-12-02 08:00:00,,刘,早\n2024-12-02 08:00:01,,甲,好\n", {}),
    }
    columns = {"time": "when", "sender_name": "who", "text": "said"}
    for number in order:
        if number == 2:
            ingest([tmp_path / "names.csv"], tmp_path / "data", options("5@chatroom"))
            continue
        name = list(chats)[number]
        (tmp_path / name).write_text(chats[name][0], "utf-8")
        told = json.dumps(columns | chats[name][1])
        ingest([tmp_path / name], tmp_path / "data", Options(facts=(("map", told),), as_group="5@chatroom"))
    found = {
        row["member_id"]: of(row, "group_id", "group_nickname", "invited_by") for row in members(tmp_path / "data")
    }
    assert found == {
        "wxid_a": ("5@chatroom", "领队", None),
        "wxid_b": ("5@chatroom", "刘", "wxid_a"),
        "name:新人": ("5@chatroom", "甲", "wxid_b"),
    }
    assert [row["sender_id"] for row in messages(tmp_path / "data")[0]] == ["wxid_a", "wxid_b", "wxid_b", "name:新人"]


def test_how_they_joined(tmp_path: Path) -> None:
    """In words and in WeCom's numbers; what is no known way is not known."""
    told = {
        "邀请": "invite",
        "通过邀请链接入群": "link",
        "扫码入群": "qr",
        "3": "qr",
        "其他": "other",
        "朋友圈": None,
        "": None,
    }
    rows = "".join(f"wxid_{number},{way}\n" for number, way in enumerate(told))
    found = listed(tmp_path, f"wxid,入群方式\n{rows}")
    assert [found[f"wxid_{number}"]["join_source"] for number in range(len(told))] == list(told.values())


def test_a_name_that_two_members_have_stands_for_neither(tmp_path: Path) -> None:
    found = listed(tmp_path, "wxid,昵称,邀请人\nwxid_a,小王,\nwxid_b,小王,\n,小王,小王\n")
    assert found["name:小王"]["invited_by"] == "name:小王"


def test_a_group_is_named_as_its_id_or_as_its_name(tmp_path: Path) -> None:
    """As an export with both shows, whichever comes first."""
    (tmp_path / "a.csv").write_text("wxid,昵称\nwxid_x,某\n", "utf-8")
    ingest([tmp_path / "a.csv"], tmp_path / "data", options(ROOM))
    ingest([tmp_path / "a.csv"], tmp_path / "data", options(GROUP))
    assert {row["group_id"] for row in members(tmp_path / "data")} == {f"name:{ROOM}", f"name:{GROUP}"}
    ingest([SAMPLES / f"weflow/json/{GROUP}.json"], tmp_path / "data")
    assert {row["group_id"] for row in members(tmp_path / "data")} == {ROOM}


COMPLETE = {
    f"weflow/arkme-json/{GROUP}.json": True,
    f"weflow/chatlab/{GROUP}.json": False,
    f"weflow/chatlab-jsonl/{GROUP}.jsonl": False,
    "made/wecom_jsonl/chatdata.jsonl": False,
    "made/wecom_contacts_json/客户群.json": True,
}


@pytest.mark.parametrize("sample", [sample for sample in BELONGS if BELONGS[sample] != "memotrace_train_json"])
def test_every_export_that_lists_members_fills_the_same_table(sample: str, tmp_path: Path) -> None:
    """Whatever a format says of members is in the dataset; of contacts only those who are in a group."""
    batches = list(registry.load("formats", BELONGS[sample]).read(open_source(SAMPLES / sample)))
    told = {row["member_id"] for batch in batches for row in batch.members if not row.get("contact")}
    ingest([SAMPLES / sample], tmp_path / "data")
    found = members(tmp_path / "data")
    assert {str(row["member_id"]).removeprefix("name:") for row in found} >= {
        str(one).removeprefix("name:") for one in told
    }
    if sample in COMPLETE:
        assert len(told) >= 3
        assert {row["complete"] for row in found if row["complete"]} == {True} - {not COMPLETE[sample]}
        assert {row["group_id"] for row in found} <= {ROOM, "wrDx2bDwAAq0001HikingEast"}
