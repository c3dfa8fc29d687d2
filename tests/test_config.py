"""Settings: layers, keys, and what is said of a wrong one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from qunkit.config import EVENTS, FILE, load
from qunkit.config.keys import KEYS
from qunkit.config.tables import Ads, Complaints, Config, Kol, Lifecycle, Members, People, Response, Topics
from qunkit.dataset import Scope
from qunkit.engines._views import views
from qunkit.errors import BadConfig

WHOLE = """\
lang = "zh"
day_start = 4

[staff]
ids = ["wxid_mint"]
names = ["小助手"]

[staff.groups."周末徒步*"]
names = ["领队-阿岚"]

[bots]
ids = ["wxid_robot"]

[tags]
outdoor = ["周末徒步*", "58192034417@chatroom"]

[ads]
deny = ["加薇"]
allow_patterns = ["^物业"]
sales = ["团购*"]
alert = 0.1
"""


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, text: str, name: str = FILE) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_said_is_the_defaults(dataset: Path) -> None:
    assert load(dataset) == Config()
    assert load(dataset / "not there") == Config()


def test_every_key(dataset: Path) -> None:
    write(dataset, WHOLE)
    assert load(dataset) == Config(
        lang="zh",
        day_start=4,
        staff=People(("wxid_mint",), ("小助手",)),
        staff_of={"周末徒步*": People((), ("领队-阿岚",))},
        bots=People(("wxid_robot",)),
        tags={"outdoor": ("周末徒步*", "58192034417@chatroom")},
        ads=Ads(deny=("加薇",), allow_patterns=("^物业",), sales=("团购*",), alert=0.1),
    )


def test_a_byte_order_mark_of_notepad_is_no_error(dataset: Path) -> None:
    (dataset / FILE).write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert load(dataset).lang == "zh"


def test_the_file_of_the_command_line_goes_first_key_by_key(dataset: Path) -> None:
    write(dataset, WHOLE)
    more = write(dataset, 'day_start = 6\n[staff]\nids = ["b"]', "more.toml")
    settings = load(dataset, more)
    assert (settings.day_start, settings.staff, settings.staff_of) == (6, People(("b",)), {})
    assert settings.lang == "zh"
    assert settings.tags == load(dataset).tags


def test_the_hash_is_of_what_changes_answers(dataset: Path) -> None:
    write(dataset, WHOLE)
    before = load(dataset).hash
    write(dataset, "# a remark\n" + WHOLE.replace('lang = "zh"\n', ""))
    assert load(dataset).hash == before
    write(dataset, WHOLE.replace("wxid_mint", "wxid_other"))
    assert load(dataset).hash != before
    assert len(before) == 12


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour = 1", "unknown key colour; known are lang, day_start, staff, bots, tags"),
        ("stafff = 1", r"unknown key stafff \(did you mean staff\?\)"),
        ("[staff]\nname = []", r"unknown key staff.name \(did you mean staff.names\?\)"),
        ("[bots.groups.x]\nids = []", "unknown key bots.groups"),
        ("[staff.groups.G]\nid = []", r"unknown key staff.groups.G.id \(did you mean staff.groups.G.ids\?\)"),
        ('lang = "fr"', "lang is not en or zh"),
        ("day_start = 24", "day_start is not an hour"),
        ("day_start = true", "day_start is not an hour"),
        ('staff = ["a"]', "staff is not a table"),
        ('[staff]\nids = "a"', "staff.ids is not a list of texts"),
        ('[tags]\na = ["x", 1]', "tags.a is not a list of texts"),
        ('[staff.groups]\nG = ["x"]', "staff.groups.G is not a table"),
        ('[kol]\nlabels = ["boss"]', "kol.labels is not a list of some of kol, koc, leader, card, rising"),
        ("[kol]\nkol_share = 1", r"unknown key kol.kol_share \(did you mean kol.kol_shares\?\)"),
        ("[kol]\ncard_people = -1", "kol.card_people is not a number from 0 on"),
        ("[members]\nnew_day = 1", r"unknown key members.new_day \(did you mean members.new_days\?\)"),
        ("[members]\nnew_days = -1", "members.new_days is not a number from 0 on"),
        ("[members]\ncore_score = 5.5", "members.core_score is not a number from 0 to 5"),
        ("[members]\nad_share = 1.1", "members.ad_share is not a number from 0 to 1"),
        ("[members]\nad_share = nan", "members.ad_share is not a number from 0 to 1"),
        ("[members]\nfan_days = 29", "members.fan_days is not a number from 0 to 28"),
        ("[members.tags]\nx = []", "members.tags.x is not a list of words or a condition"),
        ('[members.tags]\nx = " "', "members.tags.x is not a list of words or a condition"),
        ("[members]\ntags = 1", "members.tags is not a table"),
        ("[kol]\nkoc_ads = true", "kol.koc_ads is not a number"),
        ("day_start = 4\nlang = \n", r"not TOML: .*line 2"),
        ("[staff]\n[staff]", r"not TOML: "),
    ],
)
def test_what_is_wrong_is_named_with_its_file(dataset: Path, text: str, says: str) -> None:
    path = write(dataset, text)
    with pytest.raises(BadConfig, match=says) as caught:
        load(dataset)
    assert str(path) in caught.value.sentence("zh")
    assert caught.value.code == 78


def test_the_wrong_file_is_named(dataset: Path) -> None:
    write(dataset, WHOLE)
    with pytest.raises(BadConfig, match=r"more\.toml: unknown key x"):
        load(dataset, write(dataset, "x = 1", "more.toml"))


def test_a_file_that_is_not_there_or_not_text(dataset: Path) -> None:
    with pytest.raises(BadConfig, match="no such file"):
        load(dataset, dataset / "nowhere.toml")
    (dataset / "gbk.toml").write_bytes('lang = "中"'.encode("gb18030"))
    with pytest.raises(BadConfig, match="not UTF-8"):
        load(dataset, dataset / "gbk.toml")


def test_keys_are_described_in_both_languages() -> None:
    assert all(text.en and text.zh for text in KEYS.values())
    top = {key.split(".")[0] for key in KEYS}
    tables = "staff bots tags map engine ads kol members lifecycle response topics complaints alerts events"
    assert top == {"lang", "day_start", "names", *tables.split()}


def test_what_people_are_called(dataset: Path) -> None:
    assert Config().conventions == Scope().conventions
    before = load(dataset).hash
    write(dataset, '[kol]\nlabels = ["kol", "card"]\ncard_people = 4')
    settings = load(dataset)
    assert settings.kol == Kol(labels=("kol", "card"), card_people=4.0)
    assert settings.hash != before
    changed = dict(settings.kol.conventions)
    assert (changed["kol"], changed["koc"], changed["rising"], changed["card_people"]) == (1.0, 0.0, 0.0, 4.0)


def test_the_file_of_tags_is_known_and_changes_no_answer(dataset: Path) -> None:
    own, more = dataset / "qunkit.toml", dataset / "more.toml"
    own.write_text('[members.tags]\nx = "orders >= 2"', "utf-8")
    more.write_text('[members.tags]\nx = "orders >= 2"', "utf-8")
    assert load(dataset).members.file == own
    assert load(dataset, more).members.file == more
    assert load(dataset).hash == load(dataset, more).hash
    more.write_text("day_start = 4", "utf-8")
    assert load(dataset, more).members.file == own


def test_what_members_are_called(dataset: Path) -> None:
    before = load(dataset).hash
    write(dataset, '[members]\ncore_score = 5\n[members.tags]\n"妈妈" = ["妈妈", "娃"]\n"复购" = "orders >= 2"')
    settings = load(dataset)
    assert settings.members == Members(core_score=5.0, tags={"妈妈": ("妈妈", "娃"), "复购": "orders >= 2"})
    assert settings.hash != before
    assert dict(settings.members.conventions)["members_core_score"] == 5.0


MAP = '[map."log*.csv"]\ntime = "when"\nsender = "who"\n'


def test_columns_by_file_name(dataset: Path) -> None:
    write(dataset, MAP + 'text = "said"')
    assert load(dataset).maps == {"log*.csv": {"time": "when", "sender": "who", "text": "said"}}
    assert load(dataset).hash == Config().hash  # it says how files are read, not what is answered


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "lacks text"),
        ('text = ""', "map.log*.csv.text is not the name of a column"),
        ("text = 7", "map.log*.csv.text is not the name of a column"),
        ('text = "said"\nsendr = "x"', "did you mean map.log*.csv.sender"),
    ],
)
def test_a_map_that_is_wrong(line: str, why: str, dataset: Path) -> None:
    write(dataset, MAP + line)
    with pytest.raises(BadConfig, match=re.escape(why)):
        load(dataset)


def test_a_map_is_a_table(dataset: Path) -> None:
    write(dataset, 'map = "when"')
    with pytest.raises(BadConfig, match="map is not a table"):
        load(dataset)


def test_stages_and_working_hours(dataset: Path) -> None:
    before = load(dataset).hash
    write(
        dataset,
        '[lifecycle]\ngrowing = 1.2\n[response]\nhours = "21:00-06:30"\ndays = [6, 1, 6]\nexempt = ["谢谢！", "OK"]',
    )
    settings = load(dataset)
    assert settings.lifecycle == Lifecycle(growing=1.2)
    assert settings.response == Response((1260, 390), (1, 6), ("谢谢！", "OK"))
    assert settings.hash != before
    told = dict(settings.conventions)
    assert (told["lifecycle_growing"], told["response_begin"], told["response_end"]) == (1.2, 1260.0, 390.0)
    assert [told[f"response_day_{day}"] for day in range(1, 8)] == [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[response]\nhours = "9-21"', "response.hours is not hours such as"),
        ('[response]\nhours = "09:00-09:00"', "response.hours"),
        ('[response]\nhours = "24:00-09:00"', "response.hours"),
        ('[response]\nhours = "09:60-21:00"', "response.hours"),
        ("[response]\nhours = 9", "response.hours"),
        ("[response]\ndays = [0]", "response.days is not a list of weekdays"),
        ("[response]\ndays = [true]", "response.days"),
        ("[response]\ndays = []", "response.days"),
        ("[response]\nexempt = [1]", "response.exempt is not a list of texts"),
        ('[topics]\nown = "满减券"', "topics.own is not a list of texts"),
        ("[topics]\nstops = []", "did you mean topics.stop"),
        ("[complaints]\nstop = 1", "complaints.stop is not a list of texts"),
        ("[complaints]\nowns = []", "did you mean complaints.own"),
        ("[lifecycle]\nsilence_chance = 0", "lifecycle.silence_chance is not a ratio"),
        ("[lifecycle]\nad_share = 2", "lifecycle.ad_share is not a ratio"),
        ("[lifecycle]\ndead_day = 3", "did you mean lifecycle.dead_days"),
    ],
)
def test_stages_and_working_hours_that_are_wrong(text: str, why: str, dataset: Path) -> None:
    write(dataset, text)
    with pytest.raises(BadConfig, match=re.escape(why)):
        load(dataset)


def test_what_is_exempt_is_compared_without_signs() -> None:
    shown = views("SELECT 1", "SELECT 1", Scope(exempt=("谢谢！", "OK?", "？")))["exempt"]
    assert "('ok'), ('谢谢')" in shown
    assert "WHERE FALSE" in views("SELECT 1", "SELECT 1", Scope())["exempt"]


def test_words_of_ones_own_and_those_that_are_none(dataset: Path) -> None:
    usual = load(dataset)
    write(dataset, '[topics]\nown = ["满减券", " WOW "]\nstop = ["打卡", "wow"]')
    settings = load(dataset)
    assert settings.topics == Topics(("满减券", " WOW "), ("打卡", "wow"))
    assert settings.hash != usual.hash
    scope = Scope(own_words=settings.topics.own, stop_words=settings.topics.stop)
    shown = views("SELECT 1", "SELECT 1", scope)["topic_words"]
    assert "VALUES ('wow', 'stop'), ('打卡', 'stop'), ('满减券', 'own')" in shown
    assert "WHERE FALSE" in views("SELECT 1", "SELECT 1", Scope(own_words=(" ",)))["topic_words"]


def test_words_that_complain_and_those_that_do_not(dataset: Path) -> None:
    usual = load(dataset)
    write(dataset, '[complaints]\nown = ["缺货了"]\nstop = ["退货"]')
    settings = load(dataset)
    assert settings.complaints == Complaints(("缺货了",), ("退货",))
    assert settings.hash != usual.hash
    shown = views("SELECT 1", "SELECT 1", Scope(complaint_words=(settings.complaints.own, settings.complaints.stop)))
    assert "VALUES ('缺货了', 'own'), ('退货', 'stop')" in shown["complaint_words"]
    assert "WHERE FALSE" in shown["topic_words"]


# -- events ------------------------------------------------------------------------------------------------------------
def test_days_are_marked_in_either_file(dataset: Path) -> None:
    plain = load(dataset).hash
    write(dataset, '[[events]]\ndate = 2026-11-11\nlabel = "双十一"\n[[events]]\ndate = "2026-10-01"\nlabel = " 国庆 "')
    (dataset / EVENTS).write_text('\ufeff日期,名称\n2026-11-11,双十一\n\n2026-11-12,"a, b"\n', "utf-8")
    settings = load(dataset)
    assert settings.events == (
        (date(2026, 10, 1), "国庆"), (date(2026, 11, 11), "双十一"), (date(2026, 11, 12), "a, b"),
    )  # fmt: skip
    assert settings.hash != plain
    (dataset / EVENTS).unlink()
    assert len(load(dataset).events) == 2


@pytest.mark.parametrize(
    "table",
    ['date = 2026-11-11', 'label = "x"', 'date = "soon"\nlabel = "x"', 'date = 2026-11-11\nlabel = " "', 'date = 2026-11-11T09:00:00\nlabel = "x"', 'date = 2026-11-11\nlabel = 3', 'day = 2026-11-11\nlabel = "x"'],
)  # fmt: skip
def test_what_is_no_event(dataset: Path, table: str) -> None:
    write(dataset, f"[[events]]\n{table}")
    with pytest.raises(BadConfig, match="events"):
        load(dataset)


@pytest.mark.parametrize("line", ["2026-11-31,x", "2026-11-11", "2026-11-11,", "2026-11-11,a,b", "x,2026-11-11"])
def test_the_line_of_no_event_is_named(dataset: Path, line: str) -> None:
    (dataset / EVENTS).write_text(f"date,label\n2026-11-11,x\n{line}\n", "utf-8")
    with pytest.raises(BadConfig, match=r"events\.csv: line 3"):
        load(dataset)


def test_events_are_text(dataset: Path) -> None:
    (dataset / EVENTS).write_bytes("2026-09-25,中秋".encode("gb18030"))
    with pytest.raises(BadConfig, match="not UTF-8"):
        load(dataset)
