"""Which name of a member is shown, and who counts as one person."""

import pytest

from qunkit.api import open_dataset
from qunkit.config.tables import Config, People
from qunkit.errors import BadConfig, BadOption
from qunkit.question import Filters, ask
from support.datasets import make_dataset

ROWS = [
    {"at": "2026-05-04 09:00:00", "sender_id": id, "sender_name": name, "text": "早"}
    for id, name in (("all", "发言名"), ("some", "发言名二"), ("none", None), ("posted", "只发言"), ("bot", "机器人"))
]
MEMBERS = [
    {"member_id": "all", "group_nickname": "群里名", "nickname": "昵称", "remark": "备注", "account": "acct"},
    {"member_id": "some", "nickname": "", "remark": "备注二", "account": "acct2"},
    {"member_id": "none", "account": "acct3"},
    {"member_id": "nobody"},
    {"member_id": "silent", "nickname": "潜水", "group_nickname": "群里潜水"},
]
SHOWN = {
    None: {"all": "群里名", "some": "发言名二", "none": "acct3", "nobody": "nobody", "silent": "群里潜水", "posted": "只发言"},
    "group": {"all": "群里名", "some": "发言名二", "none": "acct3", "nobody": "nobody", "silent": "群里潜水", "posted": "只发言"},
    "nickname": {"all": "昵称", "some": "发言名二", "none": "acct3", "nobody": "nobody", "silent": "潜水", "posted": "只发言"},
    "remark": {"all": "备注", "some": "备注二", "none": "acct3", "nobody": "nobody", "silent": "群里潜水", "posted": "只发言"},
}  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(make_dataset(tmp_path_factory.mktemp("names") / "data", ROWS, MEMBERS))


@pytest.mark.parametrize("names", list(SHOWN), ids=str)
def test_the_chosen_name_and_then_the_others(dataset, names):
    rows = (
        dataset.sql("SELECT member_id, name FROM members WHERE member_id <> 'bot'", names=names).read_all().to_pylist()
    )
    assert {row["member_id"]: row["name"] for row in rows} == SHOWN[names]


def test_senders_are_shown_as_told_unless_asked(dataset):
    def senders(view, **asked):
        rows = dataset.sql(f"SELECT sender_id, sender_name FROM {view}", **asked).read_all().to_pylist()
        return {row["sender_id"]: row["sender_name"] for row in rows}

    told = {row["sender_id"]: row["sender_name"] for row in ROWS}
    for view in ("messages", "posts"):
        assert senders(view) == told
        assert senders(view, names="group") == told | {"all": "群里名", "none": "acct3"}
        assert senders(view, names="remark") == told | {"all": "备注", "some": "备注二", "none": "acct3"}
    rows = dataset.messages(names="nickname", sender="昵称").read_all().to_pylist()
    assert [row["sender_id"] for row in rows] == ["all"]


def test_bots_are_no_members_and_keep_the_name_that_is_told(dataset):
    with ask(dataset.path, Config(bots=People(ids=("bot", "all"))), Filters(names="remark")) as question:
        rows = question.engine.sql("SELECT sender_id, sender_name FROM messages").to_pylist()
        assert {row["sender_id"]: row["sender_name"] for row in rows}["all"] == "发言名"


def test_analyses_show_the_chosen_name(dataset):
    def names(name, column, **asked):
        return set(dataset.frame(name, **asked)[column])

    assert names("activity_members", "name") == {"群里名", "发言名二", "acct3", "只发言", "机器人"}
    assert names("activity_members", "name", names="remark") == {"备注", "备注二", "acct3", "只发言", "机器人"}
    assert names("activity_sessions", "starter_name", names="remark") <= {"备注", "备注二", "acct3", "只发言", "机器人"}
    section = next(one for one in dataset.report("2026-W19", names="nickname").sections if one.name == "members")
    assert "昵称" in [row[0] for row in section.result.rows()]


def test_the_setting_is_the_default_and_the_option_goes_before_it(dataset, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('names = "remark"', "utf-8")
    own = open_dataset(dataset.path, settings=file)
    assert own.settings.names == "remark"
    assert own.settings.hash != dataset.settings.hash == Config().hash
    select = "SELECT name FROM members WHERE member_id = 'all'"
    assert own.sql(select).read_all().to_pylist() == [{"name": "备注"}]
    assert own.sql(select, names="nickname").read_all().to_pylist() == [{"name": "昵称"}]


def test_what_is_no_name_is_refused(dataset, tmp_path):
    with pytest.raises(BadOption, match="--names: 'card' is not one of group, nickname, remark"):
        dataset.sql("FROM members", names="card")
    (tmp_path / "own.toml").write_text('names = "card"', "utf-8")
    with pytest.raises(BadConfig, match="names is not group, nickname or remark"):
        _ = open_dataset(dataset.path, settings=tmp_path / "own.toml").settings


def test_the_newest_roster_that_has_the_name_counts(tmp_path):
    members = [
        {"member_id": "a", "remark": "旧", "nickname": "旧昵称", "seen_at": "2026-01-01T00:00:00+00:00"},
        {"member_id": "a", "remark": "新", "seen_at": "2026-02-01T00:00:00+00:00"},
    ]
    from datetime import datetime

    members = [one | {"seen_at": datetime.fromisoformat(one["seen_at"])} for one in members]
    dataset = open_dataset(make_dataset(tmp_path / "data", [{"at": "2026-05-04 09:00:00", "sender_id": "b"}], members))
    for names, shown in (("remark", "新"), ("nickname", "旧昵称")):
        rows = dataset.sql("SELECT name FROM members WHERE member_id = 'a'", names=names).read_all().to_pylist()
        assert rows == [{"name": shown}]


def test_one_id_is_one_person_in_all_groups_and_one_name_is_not(tmp_path):
    rows = [
        {"at": f"2026-05-0{day} 09:00:00", "group_id": group, "sender_id": sender}
        for day, group, sender in (
            (4, "g", "a"),
            (4, "h", "a"),
            (5, "g", "name:小明"),
            (5, "h", "name:小明"),
            (6, "h", "b"),
        )
    ]
    dataset = open_dataset(make_dataset(tmp_path / "data", rows))
    assert dataset.frame("compare", week="2026-W19")["posters"][0] == 4
    hours = dataset.frame("activity_hours")
    assert hours[hours["posters"] > 0][["weekday", "posters"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 1]]
    assert dataset.frame("groups")["posters_7d"].tolist() == [3, 2]
    assert dataset.frame("compare", week="2026-W19", pseudonymise=True)["posters"][0] == 4


def test_a_name_goes_before_its_file_safe_spelling(tmp_path):
    """… whichever was seen last; but a later name goes before both."""
    told = [("a", "新人*甲"), ("a", "新人_甲"), ("b", "新人_乙"), ("c", "新人/丙"), ("c", "新人_丙"), ("c", "丙")]
    rows = [{"at": f"2026-05-04 09:0{n}:00", "sender_id": id, "sender_name": name} for n, (id, name) in enumerate(told)]
    names = open_dataset(make_dataset(tmp_path / "data", rows)).sql("SELECT member_id, name FROM members").read_all()
    assert dict(zip(*names.to_pydict().values(), strict=True)) == {"a": "新人*甲", "b": "新人_乙", "c": "丙"}
