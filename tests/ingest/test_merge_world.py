"""The whole rule of the merge, against a slow oracle that was written from the decisions and not from the SQL; and the bound that is printed."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support import oracle
from support.staged import commit, commit_built, messages, telling
from support.tiny_worlds import looks, together, world, worlds
from torture import merge_world

A, B, C = "a" * 16, "b" * 16, "c" * 16
dice = st.randoms(use_true_random=False)
KEVIN = {"sender_id": "w1", "sender_name": "凯文"}
BEFORE, AFTER = telling(-90, text="前", **KEVIN), telling(200, text="后", **KEVIN)


def plus(second, **columns):
    return telling(second, **{"text": "+1", **KEVIN, **columns})


steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@settings(steady, max_examples=25)
@given(dice)
def test_the_table_of_a_tiny_world_is_the_oracles(tmp_path_factory, dice):
    sources, dataset = world(dice).sources(), tmp_path_factory.mktemp("world") / "d"
    commit(dataset, sources)
    assert oracle.rows(messages(dataset)[0]) == oracle.table(sources)


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 64))])
def test_the_table_of_hundreds_of_worlds_is_the_oracles_in_any_order(tmp_path, seed):
    """150 groups in one dataset: in one run, and source by source in another order with repetitions."""
    told = [one.sources(group) for group, one in worlds(seed, 150)]
    sources = together(told)
    commit(tmp_path / "one", sources)
    rows, fingerprint = messages(tmp_path / "one")
    assert oracle.rows(rows) == sum((oracle.table(one) for one in told), Counter())
    assert len({(row["group_id"], row["message_id"]) for row in rows}) == len(rows)
    shuffled = Random(seed).sample(sorted(sources), len(sources))
    for source in [*shuffled, *shuffled[:2]]:
        commit(tmp_path / "other", {source: sources[source]})
    assert messages(tmp_path / "other") == (rows, fingerprint)


@settings(steady, max_examples=25)
@given(dice)
def test_nothing_is_doubled_and_no_more_is_missing_than_is_said(tmp_path_factory, dice):
    """… in seconds and minutes: not one card's words for another's. Exports of days say less of days of which others say more."""
    one, dataset = world(dice, days=False), tmp_path_factory.mktemp("world") / "d"
    seams = commit_built(dataset, one.sources()).seams
    truth, table = one.truth(), looks(messages(dataset)[0])
    assert _counts(table) <= _counts(truth)
    assert (truth - table).total() <= seams.ambiguous


def _counts(told):
    """How many messages there are of each minute, member and class, whatever their words."""
    found = Counter()
    for (moment, _), count in told.items():
        found[moment] += count
    return found


def test_an_export_that_begins_within_a_second_does_not_disturb_its_order(tmp_path):
    said = [telling(0, text=text, **KEVIN) for text in "丙乙甲"]
    for number, sources in enumerate(({A: said, B: said[1:]}, {A: said[1:], B: said})):
        commit(tmp_path / str(number), sources)
        assert [row["text"] for row in messages(tmp_path / str(number))[0]] == ["丙", "乙", "甲"]


def test_a_rounded_id_stands_for_the_one_exact_id_of_its_second(tmp_path):
    """2755705033944784198 and …199 are one float64: …400. In another second it is another message; where two are meant, neither."""
    exact, twin, rounded = (f"2755705033944784{end}" for end in ("198", "199", "400"))
    commit(tmp_path / "far", {A: [plus(0, native_id=exact)], B: [plus(9, native_id=rounded)]})
    assert [row["message_id"] for row in messages(tmp_path / "far")[0]] == [exact, rounded]
    two = [plus(0, native_id=exact), plus(0, native_id=twin)]
    commit(tmp_path / "two", {A: two, B: [plus(0, native_id=rounded)]})
    assert {row["message_id"] for row in messages(tmp_path / "two")[0]} == {exact, twin, rounded}


# -- moments that two exports cut: what is said is as much as can be missing --------------------------------------------
@pytest.mark.parametrize(
    ("ends", "begins"),
    [
        pytest.param([plus(10, time_quality="minute")], [plus(40)], id="a minute, and a second of it"),
        pytest.param([plus(10)], [plus(10, time_quality="minute")], id="a second, and its minute"),
        pytest.param([plus(0, native_id="1" * 18)], [plus(0)], id="an id, and none"),
        pytest.param([plus(10, time_quality="day")], [plus(10, time_quality="day")], id="days"),
        pytest.param([plus(0, kind="image", text="")], [plus(0, kind="image", text="")], id="pictures"),
    ],
)
def test_two_equal_messages_at_a_cut_may_be_one(tmp_path, ends, begins):
    said = {
        A: [BEFORE | {"time_quality": ends[0]["time_quality"]}, *ends],
        B: [*begins, AFTER | {"time_quality": begins[0]["time_quality"]}],
    }
    seams = commit_built(tmp_path / "d", said).seams
    assert len(messages(tmp_path / "d")[0]) == 3
    assert (seams.count, seams.ambiguous) == (1, 1)


def test_a_third_export_settles_only_what_it_keeps(tmp_path):
    """It is whole at the cut, but has no pictures."""
    picture, text = plus(0, kind="image", text=""), plus(0)
    cut = {A: [BEFORE, picture, text], B: [picture, text, AFTER]}
    assert commit_built(tmp_path / "two", cut).seams.ambiguous == 2
    assert commit_built(tmp_path / "three", {**cut, C: [BEFORE, text, AFTER]}).seams.ambiguous == 1


CARDS = [plus(0, kind="link", text=words) for words in "一二三"]


@pytest.mark.parametrize(
    ("told", "words", "bound"),
    [
        pytest.param({B: [BEFORE, *CARDS[:2]], A: [CARDS[1], AFTER]}, "一二", 1, id="the second card of two"),
        pytest.param({B: [BEFORE, *CARDS], A: [*CARDS[1:], AFTER], C: [CARDS[2], AFTER]}, "一二三", 2, id="three exports"),
        pytest.param({B: CARDS[:2], A: [CARDS[1] | {"native_id": "1" * 18}]}, "一二", 1, id="an id for the second"),
        pytest.param(
            {B: [BEFORE, *CARDS, AFTER], A: [BEFORE, *(one | {"text": f"[{one['text']}]"} for one in CARDS), AFTER]},
            "[一][二][三]",
            0,
            id="worded differently",
        ),
        pytest.param(
            {B: [BEFORE, *CARDS, AFTER], A: [one | {"text": f"[{one['text']}]"} for one in CARDS[1:]] + [AFTER]},
            "一二三",
            2,
            id="worded differently, and cut",
        ),
        pytest.param(
            {B: [plus(10 + at, kind="link", text=words) for at, words in enumerate("一二三")],
             A: [plus(10, kind="link", text="三", time_quality="minute")]},
            "一二三",
            1,
            id="minutes",
        ),
    ],
)  # fmt: skip
def test_cards_of_one_moment_keep_their_words(tmp_path, told, words, bound):
    for number, order in enumerate((sorted(told), sorted(told, reverse=True))):
        for source in order:
            seams = commit_built(tmp_path / str(number), {source: told[source]}).seams
        rows = [row for row in messages(tmp_path / str(number))[0] if row["kind"] == "link"]
        assert "".join(row["text"] for row in rows) == words
        assert seams.ambiguous == bound
    assert messages(tmp_path / "0") == messages(tmp_path / "1")


def test_exports_that_end_in_one_minute_leave_nothing_open(tmp_path):
    """… to the second and to the minute: both began before, so one holds all that the other holds."""
    fine = [BEFORE, plus(15), plus(40)]
    coarse = [telling(-110, text="前", time_quality="minute", **KEVIN), plus(10, time_quality="minute")]
    seams = commit_built(tmp_path / "d", {A: fine, B: coarse}).seams
    assert (seams.count, seams.ambiguous) == (0, 0)


def test_a_simulated_year_of_exports(tmp_path):
    """A few runs of what `make torture` does a thousand times."""
    found = merge_world.run(range(6), size=400, folder=tmp_path)
    assert found["runs"] == 6
    assert found["messages"] == 6 * 400
    assert (found["phantom"], found["violations"], found["unlike_oracle"], found["unordered"]) == (0, [], [], [])
    assert 0 <= found["lost"] <= found["bound"]
