"""Invite trees against networkx, and against the trees from which the joins were made."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.methods.invites import Forest, Join, shrunk
from support.logs import EXAMPLES


@st.composite
def parents(draw, most=60):
    """A forest: of each member who invited them, an earlier one or nobody."""
    n = draw(st.integers(2, most))
    bushy = draw(st.sampled_from([1, 3, n]))
    return [None] + [draw(st.none() | st.integers(max(0, k - bushy), k - 1)) for k in range(1, n)]


def joins(told):
    return [Join(at, child, parent, False) for at, (child, parent) in enumerate(told)]


@settings(max_examples=EXAMPLES, deadline=None)
@given(parents())
def test_networkx_gives_the_same(parent):
    told = [(child, one) for child, one in enumerate(parent) if one is not None]
    forest = Forest(joins(told))
    graph = networkx.Graph(told)
    expected = []
    for part in networkx.connected_components(graph):
        root, tree = min(part), graph.subgraph(part)
        far = networkx.single_source_shortest_path_length(tree, root)
        width = max(list(far.values()).count(depth) for depth in set(far.values()))
        expected.append((root, len(part), max(far.values()), width, networkx.average_shortest_path_length(tree)))
    found = forest.trees()
    assert [one[:4] for one in sorted(found)] == [one[:4] for one in sorted(expected)]
    assert [one.virality for one in sorted(found)] == pytest.approx([one[4] for one in sorted(expected)], abs=1e-9)
    assert found == sorted(found, key=lambda one: -one.size)
    below = forest.below([1.0] * len(forest.parent))
    directed = networkx.DiGraph([(one, child) for child, one in told])
    assert {who: below[at] for who, at in forest.number.items()} == {who: len(networkx.descendants(directed, who)) for who in directed}  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None)
@given(parents(), st.randoms(use_true_random=False), st.booleans())
def test_a_planted_tree_comes_back_whole(parent, dice, at_once):
    """Also if people come again by others' invitations, and if a list holds all joins of one day in any order."""
    told = [Join(0 if at_once else child, child, one, False) for child, one in enumerate(parent)]
    dice.shuffle(told) if at_once else None
    again = [Join(100 + n, dice.randrange(len(parent)), dice.randrange(len(parent)), False) for n in range(20)]
    forest = Forest(told + again)
    found = {told[place].member: told[place].inviter for place in forest.edges}
    assert found == {child: one for child, one in enumerate(parent) if one is not None}


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 8), st.none() | st.integers(0, 8), st.booleans()), max_size=40))  # fmt: skip
def test_there_are_no_cycles_whatever_is_told(told):
    listed = [Join(*one) for one in sorted(told, key=lambda one: one[0])]
    forest = Forest(listed)
    assert all(parent < child for child, parent in enumerate(forest.parent))
    edges = [(listed[place].inviter, listed[place].member) for place in forest.edges]
    assert len(edges) == sum(parent >= 0 for parent in forest.parent)
    assert len({member for _, member in edges}) == len(edges)
    assert not edges or networkx.is_forest(networkx.Graph(edges))


def test_who_was_there_before_has_no_edge():
    forest = Forest([
        Join(1, "b", "a", False),
        Join(2, "a", "b", False),  # a had invited b
        Join(3, "c", None, False),
        Join(4, "c", "a", False),  # c had come without anybody
        Join(5, "d", "a", True),  # d had posted
        Join(6, "e", "e", False),
        Join(7, None, "a", False),
        Join(8, "f", "e", False),
    ])  # fmt: skip
    assert forest.edges == [0, 7]
    assert forest.depths() == [0, 1, 0, 0, 0, 1]
    assert list(forest.number) == ["a", "b", "c", "d", "e", "f"]


def test_stars_and_chains():
    star = Forest(Join(n, n, 0, False) for n in range(1, 10)).trees()[0]
    assert star[1:] == (10, 1, 9, 1.8)  # 9 pairs at 1 and 36 at 2: 81 of 45
    chain = Forest(Join(n, n, n - 1, False) for n in range(1, 10)).trees()[0]
    assert chain[1:] == (10, 9, 1, pytest.approx(11 / 3))  # (n + 1) / 3
    assert Forest([]).trees() == []
    assert len(Forest(Join(n, n, n - 1, False) for n in range(1, 100_001)).parent) == 100_001  # no recursion


def test_shares_of_few_are_drawn_to_the_mean():
    # mean .5, so chance .25; spread 1 * .25 * 2 + 100 * .04 * 2 - 3 * .25 = 7.75; room 202 - 20002 / 202 - 3; strength .25 / (7.75 / room) - 1 = 2.225
    hits, of = np.array([1.0, 0, 70, 30]), np.array([1.0, 1, 100, 100])
    assert shrunk(hits, of) == pytest.approx(
        [2.1126 / 3.2252, 1.1126 / 3.2252, 71.1126 / 102.2252, 31.1126 / 102.2252], abs=1e-4
    )
    apart = np.array([0.0, 50, 0])  # people differ more than any prior allows: it weighs one; mean 50.5 / 151
    assert shrunk(apart, np.array([50.0, 50, 50])) == pytest.approx([50.5 / 151 / 51, (50 + 50.5 / 151) / 51, 50.5 / 151 / 51])  # fmt: skip
    assert shrunk(np.array([3.0, 0]), np.array([10.0, 0])).tolist() == [3.5 / 11, 3.5 / 11]
    assert shrunk(np.array([1.0]), np.array([1.0])).tolist() == [0.75]  # one of one is not all
    assert shrunk(np.array([5.0, 5]), np.array([10.0, 10])).tolist() == [0.5, 0.5]
    assert np.isnan(shrunk(np.zeros(2), np.zeros(2))).all()
