"""--pseudonymise: the same figures about nobody in particular."""

from __future__ import annotations

import random
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qunkit import registry
from qunkit.api import open_dataset
from qunkit.errors import BadOption
from qunkit.features.contacts import contacts
from qunkit.privacy import NOTE, Pseudonyms, key_path, load_key
from qunkit.results import Note
from support.datasets import make_dataset
from support.shelves import BYTES, GRAPHS, TABLES

GROUPS = {"1@chatroom": "徒步一群", "2@chatroom": "读书会", "name:妈妈群": "妈妈群"}
PEOPLE = {f"wxid_p{n:02}": f"队员{n:02}号" for n in range(9)} | {"name:路人甲": "路人甲", "name:小鱼儿": "小鱼儿"}
NEWCOMER = {"wxid_p10": "队员10号"}
"""Comes at the end."""
SETTINGS = """
[staff]
ids = ["wxid_p01"]
names = ["队员02号", "路人甲"]
[staff.groups."读书*"]
names = ["小鱼儿"]
[bots]
ids = ["wxid_p03"]
names = ["队员04号"]
[tags]
hike = ["徒步*"]
"""


CONTACTS = {
    "wechat": ("fuli_jww584", "想做的➕薇：fuli_jww584，日入{n}00，名额有限速来报名"),
    "wechat ": ("abc138", "兼职日结，打字就能赚，➕Ｖ.❤：ａｂｃ①③⑧ 第{n}期"),
    "qq": ("1234567", "低价出号满级皮肤全，加扣扣1２3４5６７，今天第{n}单"),
    "phone": ("13800001111", "征信花也能做，额度{n}万，电话①③⑧⓪⓪⓪⓪①①①① 当天下款"),
    "taokouling": ("AbC12dEf45", "【内购价{n}元】抽纸10包 €ⒶⓑⒸ①②ⓓⒺⓕ④⑤€ 复制打开淘宝"),
    "domain": ("quan.example.com", "领优惠券全场{n}元包邮，ⓠⓤⓐⓝ.ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ/x 手慢无"),
}
"""Kind → what is told of it, and ads that dress it."""


def ads() -> list[dict[str, object]]:
    """Each ad four times, by two people in two groups."""
    people, groups = list(PEOPLE.items())[:2], list(GROUPS.items())[:2]
    return [
        {
            "at": datetime.fromisoformat("2026-03-02T08:00:00") + timedelta(hours=5 * place + n),
            "group_id": groups[n % 2][0], "group_name": groups[n % 2][1], "message_id": f"a{place}-{n}",
            "sender_id": people[n // 2][0], "sender_name": people[n // 2][1], "text": text.format(n=n + 2),
        }
        for place, (_, text) in enumerate(CONTACTS.values()) for n in range(4)
    ]  # fmt: skip


def rows() -> list[dict[str, object]]:
    """Six weeks of talk, replies, mentions and notices in three groups; people are in several of them."""
    dice = random.Random(1)
    at, told = datetime.fromisoformat("2026-03-02T08:00:00"), []
    for n in range(400):
        at += timedelta(minutes=dice.choice((1, 2, 90, 400)))
        group, (id, name) = dice.choice(list(GROUPS)), dice.choice(list(PEOPLE.items()))
        other, other_name = dice.choice(list(PEOPLE.items()))
        row = {"at": at, "group_id": group, "group_name": GROUPS[group], "message_id": f"{n}", "extra": '{"a": 1}'}
        if n % 20 == 7:
            row |= {"event": "invited", "actor_id": id, "actor_name": name, "text": f"“{name}”邀请“{other_name}”"}
            row |= {"target_ids": [other, None], "target_names": [other_name, "谁"]}
        else:
            row |= {
                "sender_id": id,
                "sender_name": name,
                "text": dice.choice((f"{other_name}来了", f"问{other}：去吗", "好")),
            }
            before = [one for one in told[-30:] if one["group_id"] == group and "sender_id" in one]
            if before and n % 3 == 0:
                row |= {"reply_to": before[-1]["message_id"], "reply_how": "id", "kind": "quote"}
            row |= {"mention_ids": [other]} if n % 5 == 0 else {}
            row |= {"kind": "announcement"} if n % 25 == 1 else {}
        told.append(row)
    of = {"group_id": "1@chatroom", "group_name": "徒步一群"}
    gone = {
        "event": "removed",
        "actor_id": "wxid_p05",
        "actor_name": "队员05号",
        "text": "“队员05号”将“队员06号”移出了群聊",
    }
    gone |= {"target_ids": ["wxid_p06", None], "target_names": ["队员06号", "谁"]}
    told.append(of | gone | {"at": at + timedelta(minutes=1), "message_id": "400"})
    told.append(
        of | {"at": at + timedelta(minutes=2), "message_id": "401", "sender_id": "wxid_p06", "sender_name": "队员06号"}
    )
    group, [(id, name)] = "1@chatroom", NEWCOMER.items()
    here = {"group_id": group, "group_name": GROUPS[group]}
    notice = {
        "event": "invited",
        "actor_id": "wxid_p00",
        "actor_name": PEOPLE["wxid_p00"],
        "target_ids": [id, None],
        "target_names": [name, "谁"],
        "text": f"邀请“{name}”",
    }
    told.append({"at": at + timedelta(minutes=1), **here, "message_id": "new", **notice})
    told.append(
        {
            "at": at + timedelta(minutes=2),
            **here,
            "message_id": "hello",
            "sender_id": id,
            "sender_name": name,
            "text": "队员00号好",
        }
    )
    return told


ROSTER = [
    {"group_id": "1@chatroom", "member_id": id, "group_nickname": name, "nickname": f"昵称{id[-2:]}", "remark": f"备注{id[-2:]}"}
    for id, name in PEOPLE.items()
    if id.startswith("wxid")
]  # fmt: skip
ROSTER[8] |= {"joined_at": datetime.fromisoformat("2026-03-09T10:00:00"), "join_source": "qr"}


@pytest.fixture(autouse=True)
def _own_key(tmp_path, monkeypatch):
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = make_dataset(tmp_path_factory.mktemp("pseudonyms") / "data", rows(), ROSTER)
    (folder / "qunkit.toml").write_text(SETTINGS, "utf-8")
    return open_dataset(folder, threads=1)


def _masked(name, cell, row, pseudonyms):
    """What must stand for a cell of a result."""
    if name == "aliases":  # all of them are one pseudonym, which is the name
        return []
    if name == "group_names":
        return sorted(pseudonyms.group(id) for id, shown in GROUPS.items() if shown in cell)
    if cell is None or not isinstance(cell, str):
        return cell
    ids = {shown: id for id, shown in (PEOPLE | NEWCOMER).items()}
    if name in ("group_id", "group_name"):
        return pseudonyms.group(row["group_id"])
    if name in (
        "member_id",
        "name",
        "starter_id",
        "starter_name",
        "sender_id",
        "to_id",
        "to_name",
        "inviter_id",
        "inviter_name",
        "root",
        "root_id",
        "responder_id",
        "responder_name",
    ):
        return pseudonyms.member(row.get("group_id", "any"), ids.get(cell, cell))
    if name == "text":
        return re.sub(
            "队员[0-9]+号|wxid_p[0-9]+|路人甲|小鱼儿",
            lambda one: pseudonyms.member(row["group_id"], ids.get(one[0], one[0])),
            cell,
        )
    return "x-" if name in MESSAGE_IDS else cell


def _without_ids(cells, names):
    """The cells; of what stands for an id of a message only how it begins."""
    pairs = zip(names, cells, strict=True)
    return tuple(
        cell and re.sub("^x-[0-9a-f]{20}$", "x-", cell)
        if name in MESSAGE_IDS
        else sorted(cell)
        if name == "group_names"
        else cell
        for name, cell in pairs
    )


MESSAGE_IDS = ("message_id", "parent")
ASKED = {
    "churn_silent": {"days": 1},
    "kol_rising": {"ads": "in"},
    "members_stages": {"per": "week"},
    "growth_unanswered": {"ads": "in"},
}
"""What has to be asked for rows, and for what no text decides."""


OF_TEXTS = {
    name
    for name in registry.names("analyses")
    if name in ("kol", "replies", "response_questions") or name.startswith(("ads", "topics", "complaints"))
}
"""Names are no words in scrubbed texts, no complaints either, and contacts and links no marks of ads."""


ASKED_OF_ADS = {
    "ads_domains": {"top": 0},
    "ads_list": {"top": 0, "why": True, "threshold": 0.05},
    "ads_audit": {"threshold": 0.05},
}
OF_ADS = sorted(name for name in registry.names("analyses") if name.startswith("ads"))


@pytest.fixture(scope="module")
def advertised(tmp_path_factory):
    return open_dataset(make_dataset(tmp_path_factory.mktemp("ads") / "data", ads(), ROSTER), threads=1)


@pytest.mark.parametrize("name", OF_ADS)
def test_no_contact_is_in_what_is_said_of_ads(advertised, name):
    plain = {(row[0], row[1]) for row in advertised.analyze("ads_domains", top=0).rows()}
    assert plain == {(kind.strip(), value) for kind, (value, _) in CONTACTS.items()}
    told = list(advertised.analyze(name, **ASKED_OF_ADS.get(name, {}), pseudonymise=True).rows())
    assert told or name == "ads_domains"
    said = str(told)
    assert [value for value, _ in CONTACTS.values() if value in said] == []
    texts = [one for row in told for cell in row for one in (cell if isinstance(cell, list) else [cell])]
    assert not [one for text in texts if isinstance(text, str) for one in contacts(text)]


@pytest.mark.parametrize("name", sorted({*registry.names("analyses")} - OF_TEXTS))
def test_every_figure_is_the_same(dataset, name):
    asked = ASKED.get(name, {})
    plain, masked = dataset.analyze(name, **asked), dataset.analyze(name, **asked, pseudonymise=True)
    names, pseudonyms = [column.name for column in plain.columns], Pseudonyms(load_key(create=True))
    expected = []
    for cells in plain.rows():
        row = dict(zip(names, cells, strict=True))
        expected.append(tuple(_masked(column, cell, row, pseudonyms) for column, cell in row.items()))
    found = [_without_ids(cells, names) for cells in masked.rows()]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert expected
    assert [note for note in masked.notes if note not in plain.notes] == [Note(NOTE)]
    assert plain.facts["config"] == dataset.settings.hash != masked.facts["config"]
    assert plain.facts | {"config": None} == masked.facts | {"config": None}


def test_the_report_says_the_same_figures(dataset):
    plain, masked = dataset.report("2026-W11"), dataset.report("2026-W11", pseudonymise=True)
    assert [section.name for section in masked.sections] == [section.name for section in plain.sections] + [
        "pseudonyms"
    ]
    summary = [note for section in plain.sections[:1] for note in section.lines]
    assert masked.sections[0].lines == summary


@pytest.mark.parametrize("view", ["messages", "posts", "members"])
def test_nothing_of_anybody_is_in_the_views(dataset, view):
    secrets = [*PEOPLE, *PEOPLE.values(), *GROUPS, *GROUPS.values(), "路人", "昵称", "备注", '"a"']
    told = str(dataset.sql(f"SELECT * FROM {view}", pseudonymise=True).read_all().to_pylist())
    assert not [secret for secret in secrets if secret in told]
    plain = str(dataset.sql(f"SELECT * FROM {view}").read_all().to_pylist())
    assert len([secret for secret in secrets if secret in plain]) > 20


def test_what_stands_in_the_columns(dataset):
    pseudonyms = Pseudonyms(load_key(create=True))
    plain, masked = (
        {row["sent_at"]: row for row in dataset.messages(pseudonymise=on).read_all().to_pylist()}
        for on in (False, True)
    )
    notices = 0
    for at, told in plain.items():
        shown, group = masked[at], told["group_id"]
        assert shown["group_id"] == shown["group_name"] == pseudonyms.group(group)
        assert shown["extra"] is None
        assert [shown[name] for name in ("seq", "local_time", "kind", "event", "platform", "from_me")] == [
            told[name] for name in ("seq", "local_time", "kind", "event", "platform", "from_me")
        ]
        if told["sender_id"]:
            assert shown["sender_id"] == shown["sender_name"] == pseudonyms.member(group, told["sender_id"])
            assert shown["mention_ids"] == (told["mention_ids"] and [pseudonyms.member(group, told["mention_ids"][0])])
        else:
            notices += 1
            assert shown["text"] == f"[{told['event']}]"
            assert shown["actor_id"] == shown["actor_name"] == pseudonyms.member(group, told["actor_id"])
            assert shown["target_ids"] == [pseudonyms.member(group, told["target_ids"][0]), None]
            assert shown["target_names"] == [shown["target_ids"][0], pseudonyms.member(group, "name:谁")]
    assert notices == 21
    marks = {told["message_id"]: masked[at]["message_id"] for at, told in plain.items()}
    assert len(set(marks.values())) == len(plain)
    replies = [at for at, told in plain.items() if told["reply_to"]]
    assert replies
    assert all(masked[at]["reply_to"] == marks[plain[at]["reply_to"]] for at in replies)


def test_texts_name_people_by_their_pseudonyms(dataset):
    pseudonyms = Pseudonyms(load_key(create=True))
    texts = {
        row["text"] for row in dataset.messages(kind="text", group="读书会", pseudonymise=True).read_all().to_pylist()
    }
    assert pseudonyms.member("2@chatroom", "wxid_p06") + "来了" in texts
    assert "问" + pseudonyms.member("2@chatroom", "wxid_p05") + "：去吗" in texts
    assert pseudonyms.member("2@chatroom", "name:小鱼儿") + "来了" in texts


def test_filters_mean_the_true_names(dataset):
    pseudonyms = Pseudonyms(load_key(create=True))
    for asked in (
        {"group": "读书会"},
        {"group": "读*", "sender": "队员05号"},
        {"tag": "hike", "sender": "wxid_p05"},
        {"sender": "小鱼儿"},
    ):
        plain = dataset.messages(**asked).read_all().num_rows
        masked = dataset.messages(**asked, pseudonymise=True).read_all()
        assert masked.num_rows == plain > 0
    own = pseudonyms.member("1@chatroom", "wxid_p05")
    assert (
        dataset.messages(sender=own, pseudonymise=True).read_all().num_rows
        == dataset.messages(sender="wxid_p05").read_all().num_rows
    )


def test_one_person_is_one_in_all_groups_and_a_name_is_somebody_of_one_group():
    pseudonyms = Pseudonyms(b"k" * 32)
    assert pseudonyms.member("g", "wxid_a") == pseudonyms.member("h", "wxid_a") != pseudonyms.member("g", "wxid_b")
    assert pseudonyms.member("g", "name:a") != pseudonyms.member("h", "name:a")
    assert pseudonyms.member("g", "notify@all") == "notify@all"
    assert pseudonyms.group("wxid_a")[2:] != pseudonyms.member("g", "wxid_a")[2:]


def test_pseudonyms_last_as_long_as_the_key(dataset, tmp_path, monkeypatch):
    def ids() -> set[str]:
        rows = dataset.messages(pseudonymise=True).read_all().to_pylist()
        return {row[name] for row in rows for name in ("group_id", "sender_id", "message_id", "source")} - {None}

    first = ids()
    assert ids() == first
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "another"))
    assert not ids() & first
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    assert ids() == first
    key = load_key(create=False)
    assert not any(
        key in file.read_bytes() or key.hex().encode() in file.read_bytes()
        for file in dataset.path.rglob("*")
        if file.is_file()
    )


@pytest.mark.parametrize(
    "select",
    [
        pytest.param("SELECT count(*) AS n FROM messages", id="view"),
        pytest.param("WITH a AS (SELECT group_id, count(*) AS n FROM posts GROUP BY ALL) SELECT sum(a.n) FROM a JOIN a b USING (group_id)", id="with"),
        pytest.param("SELECT unnest([1, 2]), x FROM range(3) r(x), (VALUES (1)) v(y)", id="lists"),
        pytest.param("SELECT kind FROM Messages UNION ALL SELECT name FROM MEMBERS", id="capitals"),
        pytest.param("SELECT * FROM (SELECT sender_id, row_number() OVER (ORDER BY sent_at) AS n FROM posts) WHERE n < 3", id="window"),
        pytest.param("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t", id="recursive"),
    ],
)  # fmt: skip
def test_a_select_on_the_views_works(dataset, select):
    assert dataset.sql(select, pseudonymise=True).read_all().num_rows > 0


def test_the_place_of_a_new_key_is_told_once_and_not_in_the_output(dataset, capsys, monkeypatch):
    from qunkit.cli.main import run

    monkeypatch.setenv("QUNKIT_DATA", str(dataset.path))
    for lang, format_, note in (("en", "json", "a key for pseudonyms was made"), ("zh", "tsv", "已生成化名所用的密钥")):
        key_path().unlink(missing_ok=True)
        for told in (True, False):
            assert run(["groups", "--pseudonymise", "--format", format_, "--lang", lang]) == 0
            out, err = capsys.readouterr()
            assert (note in err) == told
            assert str(key_path()) not in out
            assert ("PIPL Art. 73" in out) if format_ == "json" else ("第七十三条" in err)


def test_every_output_says_that_it_is_personal_data_still(dataset, capsys, monkeypatch, tmp_path):
    from qunkit.cli.main import run

    monkeypatch.setenv("QUNKIT_DATA", str(dataset.path))
    asked = [(["messages"], format_) for format_ in TABLES if format_ not in BYTES]
    asked += [(["replies"], format_) for format_ in GRAPHS]
    asked += [(["sql", "FROM days"], "tsv"), (["activity"], "csv"), (["report"], "markdown"), (["report"], "terminal")]
    for turn, (command, format_) in enumerate(asked):
        out = tmp_path / f"out.{turn}"
        lang, note = (("en", "PIPL Art. 73"), ("zh", "第七十三条"))[turn % 2]
        assert run([*command, "--pseudonymise", "--format", format_, "--lang", lang, "-o", str(out)]) == 0
        assert note in "".join(capsys.readouterr()) + out.read_text("utf-8"), (command, format_, lang)


def test_damage_is_told_by_the_place_that_was_typed(dataset, capsys, monkeypatch, tmp_path):
    from qunkit.cli.main import run

    folder = Path(shutil.copytree(dataset.path, tmp_path / "the-home-of-wang/data"))
    monkeypatch.chdir(folder.parent)
    next(folder.glob("v*/messages/*/*.parquet")).write_bytes(b"PAR1")
    for command in (["sql", "FROM messages"], ["messages"], ["activity"]):
        assert run([*command, "--pseudonymise", "--data", "data"]) == 20
        said = "".join(capsys.readouterr())
        assert "qunkit: error: data/v000001/messages/month=" in said
        assert "wang" not in said


def test_an_unknown_tag_is_told_the_others_by_true_names_only(dataset):
    with pytest.raises(BadOption, match="hike"):
        dataset.messages(tag="bike")
    with pytest.raises(BadOption) as caught:
        dataset.messages(tag="bike", pseudonymise=True)
    assert all("hike" not in caught.value.sentence(lang) for lang in ("en", "zh"))


def test_all_names_of_a_person_are_known_in_all_groups_of_the_person(tmp_path):
    told = [
        {"at": "2026-05-04 09:00:00", "group_id": "1@chatroom", "sender_id": "wxid_a", "sender_name": "一群名片", "text": "早"},
        {"at": "2026-05-04 09:01:00", "group_id": "2@chatroom", "sender_id": "wxid_a", "sender_name": "二群名片", "text": "早"},
        {"at": "2026-05-04 09:02:00", "group_id": "2@chatroom", "sender_id": "wxid_b", "sender_name": "乙", "text": "一群名片来了"},
        {"at": "2026-05-04 09:03:00", "group_id": "3@chatroom", "sender_id": "wxid_b", "sender_name": "乙", "text": "一群名片来了"},
    ]  # fmt: skip
    dataset = open_dataset(make_dataset(tmp_path / "data", told))
    texts = [row["text"] for row in dataset.messages(pseudonymise=True).read_all().sort_by("sent_at").to_pylist()]
    assert texts[2:] == [Pseudonyms(load_key(create=False)).member("", "wxid_a") + "来了", "一群名片来了"]


def test_members_are_chosen_by_their_pseudonyms_and_not_by_names(dataset):
    rows = list(dataset.analyze("members", pseudonymise=True).rows())
    columns = [column.name for column in dataset.analyze("members", pseudonymise=True).columns]
    shown = rows[0][columns.index("name")]
    found = list(dataset.analyze("members", pseudonymise=True, where=(f"name={shown}",)).rows())
    assert found == [row for row in rows if row[columns.index("name")] == shown]
    with pytest.raises(BadOption, match="pseudonym"):
        dataset.analyze("members", pseudonymise=True, where=("name=队员05号",))
    assert list(dataset.analyze("members", where=("name=队员05号",)).rows())
