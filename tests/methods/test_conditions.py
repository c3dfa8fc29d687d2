"""`conditions`: what people type, and what it lets through."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit.methods.conditions import NoCondition, condition, holds
from qunkit.results import Column
from qunkit.words import Text

WORDS = {"core": Text("Core", "核心"), "at_risk": Text("at risk", "流失风险")}
COLUMNS = (
    Column("n", "int", Text("n", "数")),
    Column("share", "ratio", Text("share", "占比")),
    Column("day", "date", Text("day", "日")),
    Column("at", "datetime", Text("at", "时")),
    Column("yes", "bool", Text("yes", "是")),
    Column("segment", "text", Text("segment", "分层"), words=WORDS),
    Column("name", "text", Text("name", "名")),
    Column("tags", "list", Text("tags", "标签")),
)
CELLS = {
    "n": [1.0, 10.0, None],
    "share": [0.25, 0.5, None],
    "day": [date(2026, 5, 1), date(2026, 5, 2), None],
    "at": [pd.Timestamp("2026-05-01 09:00"), pd.Timestamp("2026-05-02"), pd.NaT],
    "yes": [True, False, True],
    "segment": ["core", "at_risk", "core"],
    "name": ["小鹿妈妈", "a=b", None],
    "tags": [["妈妈", "复购"], [], ["复购"]],
}


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("n>=10", [1]), ("n < 10", [0]), ("n=1", [0]), ("n!=1", [1]), ("n<=10", [0, 1]), ("n>0", [0, 1]),
        ("share>=50%", [1]), ("share < .5", [0]),
        ("day>=2026-05-02", [1]), ("day=2026-05-01", [0]),
        ("at<2026-05-02", [0]), ("at>=2026-05-01T09:00", [0, 1]),
        ("at=2026-05-01", [0]), ("at!=2026-05-01", [1]), ("at<=2026-05-01", [0]), ("at>2026-05-01", [1]), ("at>=2026-05-01", [0, 1]), ("at<2026-05-01", []),
        ("at=2026-05-01T00:00", []), ("at=2026-05-02 00:00", [1]), ("at>2026-05-01 08:59", [0, 1]),
        ("yes=true", [0, 2]), ("yes=否", [1]), ("yes!=yes", [1]),
        ("segment=core", [0, 2]), ("segment=核心", [0, 2]), ("segment=At Risk", [1]), ("segment!=core", [1]),
        ("name~鹿", [0]), ("name=a=b", [1]), ("name!=x", [0, 1]),
        ("tags=妈妈", [0]), ("tags~复购", [0, 2]), ("tags!=复购", [1]),
    ],
)  # fmt: skip
def test_which_rows_meet_a_condition(typed, rows):
    asked = condition(typed, COLUMNS)
    assert [n for n, yes in enumerate(holds(asked, pd.Series(CELLS[asked.column.name], dtype=object))) if yes] == rows


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "on one of: n, share, day, at, yes, segment, name, tags"),
        ("n", "a condition such as"),
        ("m>=1", "a condition such as"),
        ("n=>1", "a condition with a number after n="),
        ("n>=many", "a number after n>="),
        ("n~1", "a condition with one of = != < <= > >= after n"),
        ("day>=May", "a day such as 2026-05-01 after day>="),
        ("yes=perhaps", "true or false after yes="),
        ("segment=kernel", "a condition with one of core, at_risk after segment="),
        ("segment>core", "a condition with one of = != ~ after segment"),
        ("__import__('os')", "a condition such as"),
    ],
)
def test_what_is_none_is_refused_in_words(typed, said):
    with pytest.raises(NoCondition) as refused:
        condition(typed, COLUMNS)
    assert said in refused.value.expected.en
    assert refused.value.expected.zh != refused.value.expected.en


@given(st.text(max_size=40))
def test_any_text_is_a_condition_or_refused(typed):
    with suppress(NoCondition):
        condition(typed, COLUMNS)


@given(
    st.sampled_from(COLUMNS),
    st.sampled_from(["=", "!=", "<", ">=", "~"]),
    st.sampled_from(["1", "core", "2026-05-01", "是", "x"]),
)
def test_a_condition_and_its_opposite_never_both_hold_and_null_meets_none(column, sign, value):
    opposite = {"=": "!=", "!=": "=", "<": ">=", ">=": "<"}.get(sign)
    try:
        asked = condition(f"{column.name}{sign}{value}", COLUMNS)
    except NoCondition:
        return
    cells = pd.Series(CELLS[column.name], dtype=object)
    told = holds(asked, cells)
    assert not (told & cells.isna()).any()
    if opposite:
        other = holds(condition(f"{column.name}{opposite}{value}", COLUMNS), cells)
        assert ((told ^ other) == cells.notna()).all()
