"""Cells in words: numbers worked out by hand."""

from __future__ import annotations

import math
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit import ink
from qunkit.results import Cell, Column, Type
from qunkit.words import Lang, Text

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _column(type_: Type, name: str = "x") -> Column:
    return Column(name, type_, Text("x", "x"))


@pytest.mark.parametrize(
    ("cell", "type_", "en", "zh"),
    [
        (1234567, "int", "1,234,567", "1,234,567"),
        (-3, "int", "-3", "-3"),
        (1234.5, "float", "1,235", "1,235"),
        (0.0012345, "float", "0.00123", "0.00123"),
        (-0.0, "float", "0", "0"),
        (113.0, "float", "113", "113"),
        (28.25, "float", "28.3", "28.3"),
        (0.5, "float", "0.5", "0.5"),
        (9.999, "float", "10", "10"),
        (999.5, "float", "1,000", "1,000"),
        (-12345.6, "float", "-12,346", "-12,346"),
        (0.12345, "ratio", "12.3%", "12.3%"),
        (1.0, "ratio", "100.0%", "100.0%"),
        (0.0004, "ratio", "<0.1%", "<0.1%"),
        (0.0, "ratio", "0.0%", "0.0%"),
        (1, "ratio", "100.0%", "100.0%"),
        (200.0, "seconds", "3 min 20 s", "3分20秒"),
        (59.6, "seconds", "1 min", "1分"),
        (3725, "seconds", "1 h 2 min", "1小时2分"),
        (86400, "seconds", "1 d", "1天"),
        (86400 + 60, "seconds", "1 d", "1天"),
        (3 * 86400 + 4 * 3600 + 59, "seconds", "3 d 4 h", "3天4小时"),
        (0.4, "seconds", "0.4 s", "0.4秒"),
        (0.01, "seconds", "<0.1 s", "<0.1秒"),
        (0.97, "seconds", "1 s", "1秒"),
        (0, "seconds", "0 s", "0秒"),
        (-90, "seconds", "-1 min 30 s", "-1分30秒"),
        (True, "bool", "yes", "是"),
        (False, "bool", "no", "否"),
        (None, "int", "–", "–"),
        (math.nan, "float", "–", "–"),
        (math.inf, "ratio", "–", "–"),
        ("群", "text", "群", "群"),
        (["a", "b"], "list", "a, b", "a、b"),
        ([], "list", "", ""),
        ([0, 7], "series", "▁█", "▁█"),
        (date(2026, 5, 17), "date", "05-17", "05-17"),
        (date(2025, 5, 17), "date", "2025-05-17", "2025-05-17"),
        (datetime(2026, 5, 17, 9, 5, 59), "datetime", "05-17 09:05", "05-17 09:05"),
    ],
)
def test_show_by_hand(cell: Cell, type_: Type, en: str, zh: str) -> None:
    assert ink.show(cell, _column(type_), "en", 2026) == en
    assert ink.show(cell, _column(type_), "zh", 2026) == zh


@pytest.mark.parametrize(
    ("cell", "name", "type_", "shown"),
    [
        (0.12, "change", "ratio", "▲ 12.0%"),
        (-0.305, "messages_change", "ratio", "▼ 30.5%"),
        (-4, "change", "int", "▼ 4"),
        (0, "change", "int", "± 0"),
        (1, "weekday", "int", "周一"),
        (7, "weekday", "int", "周日"),
        (8, "weekday", "int", "8"),
        (0.12, "exchange", "ratio", "12.0%"),
    ],
)
def test_names_that_say_how(cell: Cell, name: str, type_: Type, shown: str) -> None:
    assert ink.show(cell, _column(type_, name), "zh") == shown


def test_a_date_keeps_its_year_unless_told() -> None:
    assert ink.show(date(2026, 5, 17), _column("date"), "en") == "2026-05-17"


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([0, 7], "▁█"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([5, 5], "██"),
        ([0, 0], "▁▁"),
        ([None, 7, None], " █ "),
        ([], ""),
        ([-7, 0], "▁█"),
    ],
)
def test_sparkline_by_hand(values: list[float | None], drawn: str) -> None:
    assert ink.sparkline(values) == drawn


def test_a_long_sparkline_is_averaged() -> None:
    assert ink.sparkline([0, 0] * 20 + [7, 7] * 20) == "▁" * 20 + "█" * 20
    assert len(ink.sparkline([1] * 40)) == 40
    assert len(ink.sparkline([1] * 41)) <= 40


def test_only_texts_can_be_formulas() -> None:
    assert [ink.csv_cell(cell) for cell in (-3, "=3", ["=3"])] == ["-3", "'=3", "'=3"]


def test_bar_by_hand() -> None:
    assert ink.bar(1, 1, 8) == "████████"
    assert ink.bar(0.5, 1, 8) == "████"
    assert ink.bar(1 / 16, 1, 8) == "▌"
    assert ink.bar(0.0001, 1, 8) == "▏"
    assert ink.bar(0, 1, 8) == ink.bar(1, 0, 8) == ""


@steady
@given(st.floats(0, 1), st.integers(1, 20))
def test_a_bar_fits(share: float, columns: int) -> None:
    assert len(ink.bar(share, 1, columns)) <= columns


@pytest.mark.parametrize(
    ("cell", "text", "plain"),
    [
        (None, "", None),
        (math.nan, "", None),
        (math.inf, "", None),
        (True, "true", True),
        (7, "7", 7),
        (0.1 + 0.2, "0.3", 0.3),
        (1 / 3, "0.333333333333", 0.333333333333),
        (-0.0, "0", 0.0),
        (1e15, "1e+15", 1e15),
        ("群", "群", "群"),
        (date(2026, 5, 17), "2026-05-17", "2026-05-17"),
        (datetime(2026, 5, 17, 9, 5), "2026-05-17 09:05:00", "2026-05-17T09:05:00"),
        (["a", None, 0.5], "a,,0.5", ["a", None, 0.5]),
        (("a,b", "c"), "a，b,c", ["a,b", "c"]),
    ],
)
def test_for_programs_by_hand(cell: Cell, text: str, plain: object) -> None:
    assert ink.machine(cell) == text
    assert ink.plain(cell) == plain


def test_a_pandas_nat_is_missing() -> None:
    import pandas as pd

    assert ink.machine(pd.NaT) == ""
    assert ink.plain(pd.NaT) is None
    assert ink.show(pd.NaT, _column("datetime"), "en") == "–"


@pytest.mark.parametrize("lang", ["en", "zh"])
@steady
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_float_can_be_shown(lang: Lang, value: float) -> None:
    for type_ in ("float", "ratio", "seconds"):
        assert ink.show(value, _column(type_), lang)


def test_codes_are_words_to_people_and_codes_to_programs() -> None:
    column = Column("status", "text", Text("status", "状态"), words={"accepted": Text("taken", "已接受")})
    assert [ink.show("accepted", column, lang) for lang in ("en", "zh")] == ["taken", "已接受"]
    assert (ink.show("new one", column, "zh"), ink.show(None, column, "zh")) == ("new one", "–")
    assert ink.tsv_cell("accepted") == "accepted"
