"""What a week keeps of what it has asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qunkit import registry
from qunkit.dataset import Scope
from qunkit.results import Result
from qunkit.week import Week

Asked = list[tuple[str, dict[str, object]]]


def counting(asked: Asked) -> Week:
    """A week in which `complaints` has a row a group, whose complaints say how often was asked before."""

    def ask(name: str, params: Mapping[str, object]) -> Result:
        asked.append((name, dict(params)))
        module = registry.load("analyses", name)
        rows: list[dict[str, Any]] = [{"group_id": group, "complaints": len(asked)} for group in "gh"]
        cells = [tuple(row.get(column.name) for column in module.COLUMNS) for row in rows]
        return Result(name, module.TITLE, module.COLUMNS, cells)

    return Week(ask, Scope(), {}, past=ask)


def complaints(week: Week, **params: object) -> list[object]:
    return [row["complaints"] for row in week.rows("complaints", **params)]


def test_the_same_is_asked_once_and_other_parameters_are_another_question() -> None:
    asked: Asked = []
    week = counting(asked)
    first, again, other = complaints(week), complaints(week), complaints(week, least=3)
    assert (first, again, other) == ([1, 1], [1, 1], [2, 2])
    assert week.rows_of(week.over_weeks("complaints", {}))[0]["complaints"] == 3
    assert week.rows_of(week.over_weeks("complaints", {"least": 3}))[0]["complaints"] == 4
    assert [params for _, params in asked] == [{}, {"least": 3}, {}, {"least": 3}]


def test_groups_share_what_was_asked_for_all() -> None:
    asked: Asked = []
    fleet = counting(asked)
    for group in "gh":
        week = fleet.of_group(group, fleet.ask)
        assert complaints(week) == [1]
        assert complaints(week, least=3) == [2]
        assert week.rows("complaints", least=3)[0]["group_id"] == group
    assert len(asked) == 2
