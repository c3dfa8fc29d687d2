"""Filters against a dataset: which groups, which people, which time, and that an engine then shows exactly that."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from qunkit.config.tables import Config, People
from qunkit.errors import BadOption, NoCommonGroup, NoDataset, NoSuchGroup
from qunkit.question import Filters, Question, ask, choose
from support.datasets import make_dataset

GROUPS = {
    "1@chatroom": "周末徒步",
    "2@chatroom": "周末徒步·东区",
    "3@chatroom": "[官方] Readers",
    "name:x": None,
    "name:y": "方 readers",
}


@pytest.mark.parametrize(
    ("patterns", "ids"),
    [
        (("1@chatroom",), ["1@chatroom"]),
        (("周末徒步",), ["1@chatroom"]),  # an exact name goes before a glob
        (("周末徒步*",), ["1@chatroom", "2@chatroom"]),
        (("*东区", "name:x"), ["2@chatroom", "name:x"]),
        (("[官方] Readers",), ["3@chatroom"]),  # brackets of a name, not a set
        (("* readers",), ["3@chatroom", "name:y"]),
        (("[12]@*",), ["1@chatroom", "2@chatroom"]),
        (("?@chatroom",), ["1@chatroom", "2@chatroom", "3@chatroom"]),
        ((), []),
    ],
)
def test_patterns_of_groups(patterns: tuple[str, ...], ids: list[str]) -> None:
    assert list(choose(Filters(group=patterns), {}, GROUPS)) == ids


def test_a_name_in_another_normal_form_is_the_same_name() -> None:
    assert choose(Filters(group=("cafe\u0301",)), {}, {"g": "caf\u00e9"}) == ("g",)


def test_every_pattern_must_find_something() -> None:
    with pytest.raises(NoSuchGroup, match="'nope'"):
        choose(Filters(group=("周末徒步", "nope")), {}, GROUPS)


def test_tags_are_groups_and_go_together_with_groups() -> None:
    tags = {"hike": ("周末徒步*",), "read": ("*readers",), "old": ("gone*",)}
    assert choose(Filters(tag=("hike", "read")), tags, GROUPS) == ("1@chatroom", "2@chatroom", "3@chatroom", "name:y")
    assert choose(Filters(group=("*东区",), tag=("hike",)), tags, GROUPS) == ("2@chatroom",)
    with pytest.raises(NoSuchGroup, match="'old'"):
        choose(Filters(tag=("old",)), tags, GROUPS)
    with pytest.raises(NoCommonGroup, match="No group of 周末徒步 has the tag read"):
        choose(Filters(group=("周末徒步",), tag=("read",)), tags, GROUPS)
    with pytest.raises(BadOption, match="known: hike, read, old"):
        choose(Filters(tag=("hikes",)), tags, GROUPS)


ROWS = [
    {"at": "2024-11-25 02:00:00", "group_id": "A", "group_name": "甲", "sender_id": "a1", "sender_name": "领队"},
    {"at": "2024-11-26 09:00:00", "group_id": "A", "group_name": "甲", "sender_id": "a2", "sender_name": "小助手"},
    {"at": "2024-11-27 09:00:00", "group_id": "B", "group_name": "乙", "sender_id": "b1", "sender_name": "领队"},
    {"at": "2024-12-01 09:00:00", "group_id": "B", "group_name": "乙", "sender_id": "a1", "sender_name": "游客"},
]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("question") / "data", ROWS)


def posts(question: Question) -> list[tuple[str, str, bool, bool]]:
    rows = question.engine.sql(
        "SELECT group_id, sender_id, in_window, official FROM posts ORDER BY sent_at"
    ).to_pylist()
    return [tuple(row.values()) for row in rows]  # type: ignore[misc]


def test_the_engine_shows_what_the_filters_let_through(dataset: Path) -> None:
    with ask(dataset, Config(), Filters(group=("甲",), since="2024-11-26")) as question:
        assert posts(question) == [("A", "a1", False, False), ("A", "a2", True, False)]
        assert question.scope.groups == ("A",)


def test_a_filter_of_groups_does_not_move_now(dataset: Path) -> None:
    """Otherwise a group's figures would change when one asks for it alone."""
    with ask(dataset, Config(), Filters(group=("甲",))) as question:
        assert question.scope.as_of == datetime.fromisoformat("2024-12-01 09:00")


def test_staff_by_name_and_bots_by_id(dataset: Path) -> None:
    settings = Config(staff=People(names=("小助手",)), bots=People(ids=("b1",)))
    with ask(dataset, settings, Filters()) as question:
        assert posts(question) == [("A", "a1", True, False), ("A", "a2", True, True), ("B", "a1", True, False)]


def test_staff_of_one_group_is_nobody_in_another(dataset: Path) -> None:
    settings = Config(staff_of={"甲": People(names=("领队",))})
    with ask(dataset, settings, Filters()) as question:
        assert [(group, sender) for group, sender, _, official in posts(question) if official] == [("A", "a1")]
        members = question.engine.sql("SELECT group_id, member_id FROM members WHERE official").to_pylist()
        assert members == [{"group_id": "A", "member_id": "a1"}]


def test_days_begin_when_settings_or_the_option_say(dataset: Path) -> None:
    with ask(dataset, Config(day_start=4), Filters(since="2024-11-25")) as question:
        assert [row[2] for row in posts(question)] == [False, True, True, True]
    with ask(dataset, Config(day_start=4), Filters(since="2024-11-25", day_start=0)) as question:
        assert [row[2] for row in posts(question)] == [True] * 4
    with pytest.raises(BadOption, match="--day-start"), ask(dataset, Config(), Filters(day_start=24)):
        pass


def test_facts_are_told(dataset: Path) -> None:
    with ask(dataset, Config(), Filters(week="2024-W48")) as question:
        facts = question.facts
    assert facts["since"] == datetime.fromisoformat("2024-11-25")
    assert facts["until"] == datetime.fromisoformat("2024-12-02")
    assert (facts["timezone"], facts["dataset"]) == ("Asia/Shanghai", "0123456789abcdef")
    assert facts["messages"] == 4
    assert facts["config"] == Config().hash


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(NoDataset), ask(tmp_path, Config(), Filters()):
        pass
