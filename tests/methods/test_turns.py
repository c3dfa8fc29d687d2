"""Turns by hand, and against a naive loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qunkit.methods.turns import turns


def test_by_hand():
    # a at 0 and 120 s is one turn; 120.5 s later is another; b between ends a turn
    found = turns(np.array([0, 0, 0, 1, 0]), np.array([0.0, 120.0, 240.5, 241.0, 242.0]))
    assert found.of_line.tolist() == [0, 0, 1, 2, 3]
    assert (found.first.tolist(), found.last.tolist()) == ([0, 2, 3, 4], [1, 2, 3, 4])
    assert (found.who.tolist(), found.at.tolist()) == ([0, 0, 1, 0], [0.0, 240.5, 241.0, 242.0])
    assert len(found) == 4


def test_no_lines_no_turns():
    found = turns(np.array([], np.int64), np.array([]))
    assert len(found) == 0
    assert not len(found.of_line)
    assert not len(found.last)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0, 1, 119, 120, 121, 5000])), max_size=30))
def test_a_naive_loop_gives_the_same(lines):
    who, at = np.array([w for w, _ in lines], np.int64), np.cumsum([float(gap) for _, gap in lines])
    naive: list[list[int]] = []
    for line in range(len(who)):
        goes_on = naive and who[line] == who[line - 1] and at[line] - at[line - 1] <= 120
        naive[-1].append(line) if goes_on else naive.append([line])
    found = turns(who, at)
    assert [list(range(a, b + 1)) for a, b in zip(found.first, found.last, strict=True)] == naive
