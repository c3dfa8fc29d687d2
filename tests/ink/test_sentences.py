"""Notes and facts in words."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from qunkit import ink
from qunkit.ink.sentences import fact
from qunkit.results import Note
from qunkit.words import Text


def test_a_note_by_the_names_of_its_facts() -> None:
    note = Note(
        Text(
            "{n} spoke ({n_change}), {ad_share} ads, {wait_seconds}, since {day}, {who}",
            "{who}：{n} 人，{wait_seconds}",
        ),
        (
            ("n", 1286),
            ("n_change", -0.08),
            ("ad_share", 0.031),
            ("wait_seconds", 740),
            ("day", date(2026, 5, 1)),
            ("who", "A {b}"),
        ),
    )
    assert ink.sentence(note, "en") == "1,286 spoke (▼ 8.0%), 3.1% ads, 12 min 20 s, since 2026-05-01, A {b}"
    assert ink.sentence(note, "zh") == "A {b}：1,286 人，12分20秒"


def test_a_specification_goes_before_the_name() -> None:
    assert ink.sentence(Note(Text("{share:.3f} {who!r}", ""), (("share", 0.5), ("who", "x"))), "en") == "0.500 'x'"


def test_without_facts_a_brace_is_a_brace() -> None:
    assert ink.sentence(Note(Text("a {b}", "")), "en") == "a {b}"


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(KeyError):
        ink.sentence(Note(Text("{a}", "{a}"), (("b", 1),)), "en")


def test_what_may_stand_out() -> None:
    note = Note(Text("{n} of {who}", ""), (("n", 3), ("who", "12")))
    assert list(ink.pieces(note, "en")) == [("3", True), (" of ", False), ("12", False)]


def test_facts_that_are_phrases() -> None:
    inner = Note(Text("{n} more", "还有 {n} 个"), (("n", 1000),))
    note = Note(Text("{why}: {rest}", "{why}：{rest}"), (("why", Text("late", "晚了")), ("rest", inner)))
    assert ink.sentence(note, "zh") == "晚了：还有 1,000 个"


def test_a_year_has_no_thousands() -> None:
    assert fact("year", 2026, "en") == "2026"
    assert fact("members", 2026, "en") == "2,026"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"since": datetime(2026, 5, 11), "until": datetime(2026, 5, 18)}, ["2026-05-11 至 05-17"]),
        ({"since": datetime(2025, 12, 29), "until": datetime(2026, 1, 5)}, ["2025-12-29 至 2026-01-04"]),
        ({"since": datetime(2026, 5, 11), "until": datetime(2026, 5, 12)}, ["2026-05-11"]),
        (
            {"since": datetime(2026, 5, 11, 8), "until": datetime(2026, 5, 11, 18, 30)},
            ["2026-05-11 08:00 至 05-11 18:30"],
        ),
        ({"since": None, "until": datetime(2026, 5, 18)}, ["至 2026-05-17"]),
        ({"since": date(2026, 5, 11), "until": None}, ["2026-05-11 起"]),
        ({"as_of": datetime(2026, 5, 17, 23, 59, 59, 999000)}, ["截至 2026-05-17"]),
        ({"as_of": datetime(2026, 5, 17, 9, 5)}, ["截至 2026-05-17 09:05"]),
        ({"as_of": datetime(2026, 5, 17, 23, 59, 59)}, ["截至 2026-05-17 23:59"]),
        ({"as_of": None, "config": "abc", "timezone": "Asia/Shanghai"}, ["时区 Asia/Shanghai"]),
        (
            {
                "timezone": "Asia/Tokyo",
                "first": datetime(2026, 1, 5, 9),
                "last": datetime(2026, 5, 17, 22),
                "holes": [date(2026, 2, 1)],
            },
            ["时区 Asia/Tokyo", "数据 2026-01-05 至 05-17", "1 天无数据"],
        ),
        (
            {"dataset": "3f9a1c0e77b24d51", "messages": 20431, "tag": "新"},
            ["数据集 3f9a1c0e77b2", "20,431 条消息", "tag 新"],
        ),
        ({}, []),
    ],
)
def test_context_by_hand(facts: dict[str, object], said: list[str]) -> None:
    assert ink.context(facts, "zh") == said  # type: ignore[arg-type]
