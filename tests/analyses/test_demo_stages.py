"""Stages and responses in demo fleets, of which the truth is known."""

from __future__ import annotations

from datetime import date

import pytest

from support.demo_worlds import answered, rows, share, world

ALARMING = {"ad_ridden", "suspected", "dead", "dormant", "declining"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_dying_group_is_named_and_questions_are_followed(tmp_path, seed):
    dataset, truth = world(tmp_path, seed=seed, groups=5)
    dying = {group["known_as"]: date.fromisoformat(group["dead_since"]) for group in truth["groups"] if group["role"] == "dying"}  # fmt: skip
    alarming = {row["group_id"]: row for row in rows(dataset, "lifecycle") if row["stage"] in ALARMING}
    assert {group: row["since"] for group, row in alarming.items()} == dying
    assert {row["stage"] for row in alarming.values()} == {"suspected"}

    found = answered(tmp_path, dataset, truth)
    assert share(found, lambda true, how, *_: how, lambda true, *_: true) > 0.8
    assert share(found, lambda true, *_: true, lambda true, how, *_: how) > 0.8
    assert share(found, lambda true, *_: true, lambda true, how, *_: how == "quote") == 1


@pytest.mark.slow
def test_where_nothing_is_planted_nobody_is_named(tmp_path):
    dataset, _ = world(tmp_path, seed=3, groups=5, plain=True)
    assert not ALARMING & {row["stage"] for row in rows(dataset, "lifecycle")}
