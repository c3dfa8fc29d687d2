"""The report of an invented fleet names what was planted, and of a fleet in which nothing is, nobody."""

from __future__ import annotations

import pytest

from support.demo_worlds import world

_GROUPS = 5


def told(report, name):
    """The rows of a section's table, as dicts."""
    result = next((section.result for section in report.sections if section.name == name), None)
    names = [column.name for column in result.columns] if result else []
    return [dict(zip(names, row, strict=True)) for row in result.rows()] if result else []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_planted_is_named(tmp_path, seed):
    dataset, truth = world(tmp_path, seed=seed, groups=_GROUPS)
    report = dataset.report()
    of = {group["role"]: group for group in truth["groups"]}
    attention = {row["group_id"]: row for row in told(report, "attention")}
    assert {group["known_as"] for role, group in of.items() if role in ("dying", "ad-flooded")} == set(attention)
    assert attention[of["dying"]["known_as"]]["stage"] == "suspected"
    assert attention[of["ad-flooded"]["known_as"]]["next"] == "remove"
    leaders = {member["shown"] for member in of["kol-led"]["members"] if member["id"] == of["kol-led"]["kol"]}
    assert leaders <= {row["name"] for row in told(report, "kol")}
    sellers = {sender for group in truth["groups"] for sender in group["ad_senders"]}
    assert {row["sender_id"] for row in told(report, "offenders")[:5]} <= sellers


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_where_nothing_was_planted_nobody_is_named(tmp_path, seed):
    dataset, _ = world(tmp_path, seed=seed, groups=_GROUPS, plain=True)
    report = dataset.report()
    assert (told(report, "attention"), told(report, "kol")) == ([], [])
