"""What every analysis on the shelf promises; new files are found by themselves."""

from __future__ import annotations

import time
from dataclasses import fields, is_dataclass

import pytest

from qunkit import registry
from qunkit.analyze import analyze
from qunkit.dataset import Scope, option_of
from qunkit.engines.duckdb import connect
from qunkit.words import Text
from support.logs import crowd
from support.messages import moment
from support.questions import ask

NAMES = registry.names("analyses")
MAY = Scope(since=moment("2026-05-04"), until=moment("2026-06-01"), staff=frozenset({"p01"}), bots=frozenset({"p02"}))
ADS = [
    {
        "at": f"2026-05-2{n} 09:00:00",
        "sender_id": f"p3{n % 2}",
        "group_id": "gh"[n % 2],
        "text": "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x",
    }
    for n in range(6)
]
COMPLAINT = {"at": moment("2026-05-21 10:00:00"), "sender_id": "p05", "text": "坏了两个，没人理，要退货"}
ROSTER = [{"group_id": "g", "member_id": f"p{n:02}", "seen_at": moment("2026-05-20")} for n in range(30)]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name):
    module = registry.load("analyses", name)
    assert isinstance(module.TITLE, Text)
    assert module.TITLE.zh != module.TITLE.en
    assert is_dataclass(module.Params)
    names = [column.name for column in module.COLUMNS]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() and name == name.lower() for name in names)


@pytest.mark.parametrize("name", NAMES)
def test_its_options_have_help_and_defaults_among_their_choices(name):
    for field in fields(registry.load("analyses", name).Params):
        help, choices, flag = option_of(field)
        assert help.en
        assert help.zh
        assert flag.startswith("--")
        assert not choices or field.default in choices


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_dataset_is_answered(name, tmp_path):
    with connect(tmp_path, Scope()) as engine:
        list(analyze(engine, name, scope=Scope()).rows())


@pytest.mark.parametrize("name", NAMES)
def test_threads_and_the_order_of_rows_in_files_change_nothing(name):
    rows = [*crowd(), *ADS, COMPLAINT]
    told = ask(name, rows, members=ROSTER, scope=MAY, threads=1)
    assert told
    assert ask(name, rows, members=ROSTER, scope=MAY, threads=4, reverse=True) == told


@pytest.mark.parametrize("name", NAMES)
def test_the_machines_time_zone_changes_nothing(name, monkeypatch):
    rows = crowd(300)
    told = ask(name, rows, members=ROSTER, scope=MAY)
    for zone in ("Asia/Kathmandu", "America/St_Johns"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert ask(name, rows, members=ROSTER, scope=MAY) == told
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_plain(name):
    plain = {"str", "int", "float", "bool", "date", "datetime", "list", "NoneType"}
    rows = ask(name, crowd(300), scope=MAY)
    assert {type(cell).__name__ for row in rows for cell in row.values()} <= plain
