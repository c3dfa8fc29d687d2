"""`cohesion` against ten members by hand, against networkx, and against worlds in which it is known who belongs together."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit.methods import cohesion
from support.circle_worlds import likeness, world

# Ten members: 0 1 2 3 all tied to each other; 4 tied to 2 and 3; 5 hangs on 4, 6 on 5; 7 and 8 apart; 9 alone.
TIES = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4), (4, 5), (5, 6), (7, 8)]
EDGES = [*TIES, (1, 0), (1, 0), (0, 1), (8, 7), (4, 2)]
"""Who answers whom: 0 and 1 twice each way, 7 and 8 once each way, 2 and 4 once each way, all others one way."""


def arrays(edges):
    by, to = np.array(edges, np.int64).reshape(-1, 2).T
    return by, to


def above(some):
    return cohesion.above_chance(some, cohesion.rewired(some))


def circles(some):
    return cohesion.circles(some, cohesion.rewired(some))


def tied(edges, members=10):
    return cohesion.ties(*arrays(edges), members)


def test_ties_by_hand():
    found = tied(EDGES)
    assert [tuple(ends) for ends in found.ends.tolist()] == TIES
    assert found.edges.tolist() == [4, 1, 1, 1, 1, 1, 2, 1, 1, 1, 2]


def test_reciprocity_by_hand():
    # of 16 edges 2 + 2 between 0 and 1, 1 + 1 between 7 and 8, 1 + 1 between 2 and 4 are returned
    assert cohesion.reciprocity(*arrays(EDGES), 10) == 8 / 16
    assert cohesion.reciprocity(*arrays([(0, 1), (0, 1), (0, 1), (1, 0)]), 2) == 2 / 4
    assert cohesion.reciprocity(*arrays([]), 10) is None


def test_transitivity_by_hand():
    # degrees 3 3 4 4 3 2 1 1 1 0: 3 + 3 + 6 + 6 + 3 + 1 = 22 pairs; triangles 012 013 023 123 234 close 15 of them
    assert cohesion.transitivity(tied(EDGES)) == pytest.approx(15 / 22)
    assert cohesion.transitivity(tied([(0, 1), (2, 3)])) is None


def test_cores_giant_and_density_by_hand():
    found = tied(EDGES)
    # 0 1 2 3 have three ties each among themselves; 4 has two into that; 5 and 6 hang on; 7 and 8 have each other
    assert cohesion.cores(found).tolist() == [3, 3, 3, 3, 2, 1, 1, 1, 1, 0]
    assert cohesion.giant(found) == 7
    assert cohesion.density(11, 10) == 11 / 45
    assert cohesion.density(0, 1) is None


def test_pagerank_by_hand():
    # b and c answer a, who answers nobody, so that a third of a's rank goes to each: a = 0.05 + 0.85 (b + c + a/3), b = c = 0.05 + 0.85 a/3
    a = (0.05 + 0.85 * 0.1) / (1 - 0.85 / 3 - 0.85 * 2 * 0.85 / 3)
    b = 0.05 + 0.85 * a / 3
    assert cohesion.positions(*arrays([(1, 0), (2, 0), (2, 0)]), 3) == pytest.approx([a, b, b], abs=1e-5)
    assert a + 2 * b == pytest.approx(1)


edges = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda ends: ends[0] != ends[1]), max_size=60)


@given(edges)
def test_they_are_those_of_networkx(found):
    known = nx.MultiDiGraph()
    known.add_nodes_from(range(12))
    known.add_edges_from(found)
    simple, some = nx.Graph(known), tied(found, 12)
    assert {tuple(ends) for ends in some.ends.tolist()} == {tuple(sorted(ends)) for ends in simple.edges}
    assert (cohesion.transitivity(some) or 0) == pytest.approx(nx.transitivity(simple))
    assert (cohesion.density(len(some), 12) or 0) == pytest.approx(nx.density(simple))
    assert cohesion.cores(some).tolist() == [nx.core_number(simple)[one] for one in range(12)]
    assert cohesion.giant(some) == max(map(len, nx.connected_components(simple)))
    parts = [[one for one in range(12) if one % 3 == part] for part in range(3)]
    weighted = nx.Graph()
    weighted.add_nodes_from(range(12))
    weighted.add_weighted_edges_from(
        (*ends, count) for ends, count in zip(some.ends.tolist(), some.edges.tolist(), strict=True)
    )
    assert not found or cohesion.modularity(some, parts) == pytest.approx(nx.community.modularity(weighted, parts))
    pairs = {(one, other): known.number_of_edges(one, other) for one in known for other in known}
    back = sum(min(count, pairs[other, one]) for (one, other), count in pairs.items())
    assert (cohesion.reciprocity(*arrays(found), 12) or 0) == (back / len(found) if found else 0)


def test_nobody_has_no_figures():
    none = tied([], 0)
    assert (cohesion.giant(none), len(cohesion.cores(none)), cohesion.transitivity(none)) == (0, 0, None)
    assert circles(none).why == "few"


# -- what chance would give ------------------------------------------------------------------------------------------
@given(edges)
def test_rewired_graphs_keep_everybodys_ties(found):
    some = tied(found, 12)
    degrees = np.bincount(some.ends.ravel(), minlength=12).tolist()
    for other in cohesion.rewired(some, 3):
        assert np.bincount(other.ends.ravel(), minlength=12).tolist() == degrees
        ends = {tuple(one) for one in other.ends.tolist()}
        assert len(ends) == len(some)
        assert all(one < two for one, two in ends)


def test_rewired_graphs_are_each_as_likely_as_any_other():
    # a ring of five: of the simple graphs in which all of five have two ties there are 12, all of them rings
    ring = tied([(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)], 5)
    seen = [frozenset(map(tuple, other.ends.tolist())) for other in cohesion.rewired(ring, 2400)]
    counts = [seen.count(one) for one in set(seen)]
    assert len(counts) == 12
    assert min(counts) > 150  # 200 are expected, give or take 14
    assert max(counts) < 250


def test_a_ring_of_friends_closes_more_triangles_than_chance():
    ring = [(one, (one + step) % 30) for one in range(30) for step in (1, 2)]
    some = cohesion.ties(*arrays(ring), 30)
    assert cohesion.transitivity(some) == pytest.approx(0.5)
    assert above(some) > 5
    assert above(some) == above(some)
    assert above(tied([(0, 1)])) is None
    assert above(tied([(0, 1), (1, 2), (0, 2)], 3)) is None  # there is no other such graph


# -- circles ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("members", "edges"), [(40, 400), (60, 1000), (120, 3000)])
def test_planted_circles_are_found(members, edges, seed):
    by, to, planted = world(seed, members, edges, inside=0.9)
    found = circles(cohesion.ties(by, to, members))
    assert found.why is None
    assert likeness(found.of, planted) >= 0.9


def test_where_there_are_none_hardly_any_are_told():
    """People who write unlike much, and pairs who go on talking: 60 members, 400 edges. The bar of .15 alone would let nearly all through."""
    worlds = [world(seed, 60, 400, repeated=repeated)[:2] for repeated in (0, 0.5, 0.8) for seed in range(8)]
    told = [circles(cohesion.ties(*one, 60)) for one in worlds]
    assert sum(one.modularity >= 0.15 for one in told) >= 18
    assert sum(one.why is None for one in told) <= 1
    assert all(one.why is None or not one.of.any() for one in told)


def test_few_edges_are_not_looked_at():
    by, to, _ = world(0, 20, 199, inside=1)
    assert circles(cohesion.ties(by, to, 20)).why == "few"
    by, to, _ = world(0, 20, 200, inside=1)
    found = circles(cohesion.ties(by, to, 20))
    assert (found.why, found.modularity > 0.15) == (None, True)


def test_circles_are_numbered_by_size_and_pairs_are_none():
    cliques = [
        (one, other)
        for base, size in ((0, 5), (5, 7))
        for one in range(base, base + size)
        for other in range(base, base + size)
        if one != other
    ]
    found = circles(cohesion.ties(*arrays([*cliques * 6, (12, 13), (13, 12)]), 15))
    assert found.of.tolist() == [2] * 5 + [1] * 7 + [0] * 3
