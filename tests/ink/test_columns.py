"""Cutting and folding by hand, and nothing lost by either."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from qunkit import ink
from qunkit.ink.columns import breaks

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.text(
    st.one_of(st.sampled_from("ab 中文，。（▲👩🇨🇳👍🏽\u200d\ufe0f❤\u0301é한"), st.characters()), max_size=60
).map(ink.term)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("阅读打卡", 8),
        ("①", 1),
        ("e\u0301", 1),
        ("👨‍👩‍👧", 2),
        ("👍🏽", 2),
        ("🇨🇳🇩🇪", 4),
        ("❤️", 2),
        ("1\ufe0f\u20e3", 2),
        ("▁█░–▲…·⏎", 8),
    ],
)
def test_rich_measures_what_terminals_show(text: str, columns: int) -> None:
    """Tables line up only as long as this holds; Rich before 15 measures joined emoji otherwise."""
    assert cell_len(text) == columns


@steady
@given(texts, st.integers(0, 30))
def test_clip_fits_and_says_that_it_cut(text: str, columns: int) -> None:
    short = ink.clip(text, columns)
    assert cell_len(short) <= columns
    if short != text and columns:
        assert short.endswith("…")
        assert text.startswith(short[:-1])


def test_clip_cuts_no_picture_in_two() -> None:
    assert ink.clip("家庭👨‍👩‍👧群", 8) == "家庭👨‍👩‍👧群"
    assert ink.clip("家庭👨‍👩‍👧群", 7) == "家庭👨‍👩‍👧…"
    assert ink.clip("家庭👨‍👩‍👧群", 6) == "家庭…"
    assert ink.clip("a b", 2) == "a…"


def _fold(text: str, columns: int) -> list[str]:
    cuts = [0, *breaks(text, columns), len(text)]
    return [text[start:stop] for start, stop in pairwise(cuts)]


@steady
@given(texts, st.integers(2, 30))
def test_every_line_fits_and_none_is_empty(text: str, columns: int) -> None:
    lines = _fold(text, columns)
    assert "".join(lines) == text
    assert all(cell_len(line.rstrip(" ")) <= columns for line in lines)
    assert text == "" or all(lines)


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("one two three", 7, ["one two ", "three"]),
        ("one  two", 3, ["one  ", "two"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("最爱跑马拉松的人", 6, ["最爱跑", "马拉松", "的人"]),
        ("他说好的，走吧", 8, ["他说好", "的，走吧"]),
        ("去爬山（东线）", 8, ["去爬山", "（东线）"]),
        ("环比 ▲ 1.0%", 7, ["环比 ", "▲ 1.0%"]),
        ("环比 ± 0", 7, ["环比 ", "± 0"]),
        ("用vlookup函数", 10, ["用vlookup", "函数"]),
        ("家庭👨‍👩‍👧群", 5, ["家庭", "👨‍👩‍👧群"]),
        ("", 5, [""]),
        ("中", 1, ["中"]),
    ],
)
def test_fold_by_hand(text: str, columns: int, lines: list[str]) -> None:
    assert _fold(text, columns) == lines


@pytest.mark.parametrize(
    ("text", "columns", "cut"),
    [
        ("chat.json", 9, "chat.json"),
        ("a-very-long-name.json", 12, "a-very….json"),
        ("周末徒步拼车群.csv", 12, "周末徒….csv"),
        ("周末徒步", 1, "…"),
    ],
)
def test_the_middle_is_cut_out(text: str, columns: int, cut: str) -> None:
    assert ink.middle(text, columns) == cut


@steady
@given(texts, st.integers(1, 30))
def test_what_is_left_of_both_ends_fits(text: str, columns: int) -> None:
    cut = ink.middle(text, columns)
    assert ink.width(cut) <= columns or cut == text
    if cut != text:
        head, _, tail = cut.partition("…") if "…" not in text else ("", "", "")
        assert text.startswith(head)
        assert text.endswith(tail)
