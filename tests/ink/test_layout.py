"""Which widths fit, and what gives way first."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit import ink
from qunkit.ink.layout import GAP, Plan, fit, folded, heading

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("natural", "floors", "room", "fitted"),
    [
        ([5, 7], [5, 7], 12, [5, 7]),
        ([5, 7], [5, 7], 11, None),
        ([30, 10, 5], [8, 8, 5], 40, [25, 10, 5]),
        ([30, 30, 5], [8, 8, 5], 26, [11, 10, 5]),
        ([30, 12], [8, 12], 20, [8, 12]),
    ],
)
def test_fit_by_hand(natural: list[int], floors: list[int], room: int, fitted: list[int] | None) -> None:
    assert fit(natural, floors, room) == fitted


@steady
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8), st.integers(0, 200))
def test_fit_uses_the_room_and_no_more(pairs: list[tuple[int, int]], room: int) -> None:
    natural = [max(pair) for pair in pairs]
    floors = [min(pair) for pair in pairs]
    fitted = fit(natural, floors, room)
    if fitted is None:
        assert sum(floors) > room
    else:
        assert all(low <= got <= most for low, got, most in zip(floors, fitted, natural, strict=True))
        assert sum(fitted) == min(room, sum(natural))


def test_what_gives_way_first() -> None:
    name = ink.Strip("name", ["n" * 40], right=False)
    share = ink.Strip("share of all", ["45.7%"], right=True, bars=["████████"])
    assert ink.plan([name, share], 80) == Plan([40, 14], True, 80)
    assert ink.plan([name, share], 44) == Plan([28, 14], True, 44)  # the long text folds
    assert ink.plan([name, share], 38) == Plan([24, 12], False, 38)  # the bar goes
    assert ink.plan([name, share], 26) == Plan([18, 6], False, 26)  # the heading folds
    assert ink.plan([name, share], 19) == Plan([19], False, 19)  # the last column moves below
    assert ink.plan([share, share, share], 8) is None  # not even half of them: cards


@steady
@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=12), st.integers(20, 200))
def test_a_plan_never_exceeds_the_room(shapes: list[tuple[int, bool]], room: int) -> None:
    strips = [ink.Strip("label", ["x" * size], right) for size, right in shapes]
    plan = ink.plan(strips, room)
    if plan:
        assert sum(plan.widths) + GAP * (len(plan.widths) - 1) <= room
        lines = ["".join(text for text, _ in line) for line in ink.grid(strips, plan)]
        assert all(ink.width(line) <= room for line in lines)
        shown = "".join(lines)
        assert shown.count("x") + 30 * shown.count("…") >= sum(size for size, _ in shapes)


@pytest.mark.parametrize(
    ("label", "columns", "lines"),
    [
        ("消息数", 6, ["消息数"]),
        ("回复中位时长", 8, ["回复中", "位时长"]),
        ("median reply", 8, ["median", "reply"]),
        ("messages", 4, ["messages"]),
    ],
)
def test_headings_by_hand(label: str, columns: int, lines: list[str]) -> None:
    assert heading(label, columns) == lines


def test_a_long_cell_says_that_it_is_cut() -> None:
    assert folded("最爱跑马拉松的人", 6) == (["最爱跑", "马拉松", "的人"], False)
    assert folded("最爱跑马拉松的那一位人", 6) == (["最爱跑", "马拉松", "的那…"], True)
    assert folded("a" * 1000, 4) == (["aaaa", "aaaa", "aaa…"], True)


@steady
@given(st.text(st.sampled_from("ab 中，👩"), max_size=80), st.integers(4, 20))
def test_folded_is_whole_or_says_so(text: str, columns: int) -> None:
    lines, cut = folded(text, columns)
    assert len(lines) <= 3
    assert all(ink.width(line) <= columns for line in lines)
    assert cut == ("".join(lines).replace(" ", "") != text.replace(" ", ""))
    assert lines[-1].endswith("…") == cut
