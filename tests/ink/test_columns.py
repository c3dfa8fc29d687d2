"""Widths by hand (what terminals show), and nothing lost by cutting, padding and folding."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wcwidth import wcwidth

from qunkit import ink
from qunkit.ink.columns import clusters

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.text(
    st.one_of(st.sampled_from("ab 中文，。👩🇨🇳👍🏽\u200d\ufe0f❤\u0301é한"), st.characters()), max_size=60
).map(ink.term)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("阅读打卡", 8),
        ("①", 1),
        ("，", 2),
        ("é", 1),
        ("e\u0301", 1),
        ("한국", 4),
        ("👩", 2),
        ("👨‍👩‍👧", 2),
        ("👍🏽", 2),
        ("🇨🇳", 2),
        ("🇨🇳🇩🇪", 4),
        ("❤", 1),
        ("❤️", 2),
        ("1\ufe0f\u20e3", 2),
        ("🏴‍☠️", 2),
        ("ไม่", 2),
        ("▁█░–▲…·⏎", 8),
    ],
)
def test_width_by_hand(text: str, columns: int) -> None:
    assert ink.width(text) == columns


def test_width_of_single_characters_is_that_of_wcwidth() -> None:
    for first, last in (
        (0x20, 0x7E),
        (0xA1, 0x2FF),
        (0x370, 0x482),
        (0x3041, 0x3096),
        (0x4E00, 0x9FFF),
        (0xAC00, 0xD7A3),
    ):
        assert [c for c in map(chr, range(first, last + 1)) if ink.width(c) != max(0, wcwidth(c))] in ([], ["\xad"])


@steady
@given(texts)
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert sum(map(ink.width, clusters(text))) == ink.width(text)


@steady
@given(texts, st.integers(0, 30))
def test_clip_fits_and_says_that_it_cut(text: str, columns: int) -> None:
    short = ink.clip(text, columns)
    assert ink.width(short) <= columns
    if short != text and columns:
        assert short.endswith("…")
        assert text.startswith(short[:-1])


def test_clip_cuts_no_picture_in_two() -> None:
    assert ink.clip("家庭👨‍👩‍👧群", 8) == "家庭👨‍👩‍👧群"
    assert ink.clip("家庭👨‍👩‍👧群", 7) == "家庭👨‍👩‍👧…"
    assert ink.clip("家庭👨‍👩‍👧群", 6) == "家庭…"
    assert ink.clip("a b", 2) == "a…"


def test_pad_by_hand() -> None:
    assert ink.pad("中文", 6) == "中文  "
    assert ink.pad("12", 4, right=True) == "  12"
    assert ink.pad("中文", 3) == "中文"


@steady
@given(texts, st.integers(2, 30))
def test_fold_loses_nothing_but_spaces(text: str, columns: int) -> None:
    lines = ink.fold(text, columns)
    assert all(ink.width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two", 3, ["one", "two"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("最爱跑马拉松的人", 6, ["最爱跑", "马拉松", "的人"]),
        ("他说好的，走吧", 8, ["他说好", "的，走吧"]),
        ("用vlookup函数", 10, ["用vlookup", "函数"]),
        ("", 5, [""]),
        ("中", 1, ["中"]),
    ],
)
def test_fold_by_hand(text: str, columns: int, lines: list[str]) -> None:
    assert ink.fold(text, columns) == lines
