"""How a group hangs together, 凝聚力, by what its members said themselves: quotes and mentions, never answers that were inferred.

An edge is one message of an active member (who posted in the window) that quotes another active member, or answers a mention of them, as `qunkit replies` tells it. A tie is
two members with edges between them, in whatever direction. Members are numbered by their first message, so that pseudonyms change no figure, and chance has a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from qunkit.arrays import known, numbers
from qunkit.methods import reply_log
from qunkit.methods.evidence import MENTION

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LINES = reply_log.LINES.replace(
    "SELECT", "SELECT epoch_s(:until) - epoch_s(local_time) AS age, epoch_s(:until) - epoch_s(:since) AS span,", 1
)
"""``PART_SQL`` of what reads a `Group`."""

WEEK = 7 * 86400.0
LATELY = 4 * WEEK
"""Seconds before the end of the window in which ties of `TWICE` edges count for density: in a longer time it would be higher."""
TWICE = 2
REWIRES = 20
FIRST_TRIES, TRIES = 10, 2
"""Swaps that are tried for each tie before the first rewired graph, and before each after it."""
ENOUGH_EDGES = 200
MODULAR = 0.15
CLEAR = 3.0
"""Standard deviations above chance, of the modularity of ties."""
CIRCLE = 3
"""Members of a circle, at least."""


@dataclass(frozen=True, slots=True)
class Group:
    """The active members of a group, and the edges between them."""

    ids: pa.Array
    official: Flags
    weeks: Ints
    """In how many of the four weeks before the end of the window each posted."""
    by: Ints
    """Of each edge, the number of who answers, `to` of who is answered."""
    to: Ints
    late: Flags
    """Whether it is of the last four weeks."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Ties:
    """Who has edges with whom."""

    ends: Ints
    """Two members each, the smaller number first, in order."""
    edges: Ints
    """How many edges each has."""
    members: int

    def __len__(self) -> int:
        return len(self.edges)


@dataclass(frozen=True, slots=True)
class Circles:
    """小圈子: members who have more to do with each other than with others, and more so than chance would have it."""

    of: Ints
    """The circle of each member; the largest is 1, 0 is none."""
    modularity: float | None
    """None: there are too few edges to look for them."""
    why: str | None
    """Why none are told: few, weak, chance; None: they are."""


def read(table: pa.Table, *, staff: bool = True) -> Group:
    """The group of one part of `LINES`; `staff`: they are members like others, else nobody."""
    import numpy as np
    import pyarrow as pa

    chat = reply_log.read(table)
    who, age = chat.turns.who[chat.turns.of_line], numbers(table["age"].cast(pa.float64()))
    n = len(chat.people)
    official = np.zeros(n, bool)
    official[who[numbers(table["official"].cast(pa.int8())) > 0]] = True
    counted = np.bincount(who[chat.in_window], minlength=n) > 0
    counted &= ~official | staff
    child, parent = explicit(table, chat)
    by, to = who[child], who[parent]
    kept = chat.in_window[child] & (by != to) & counted[by] & counted[to]
    number = np.cumsum(counted) - 1
    return Group(
        chat.people.filter(pa.array(counted)),
        official[counted],
        _weeks(who[chat.in_window], age[chat.in_window], n)[counted],
        number[by[kept]],
        number[to[kept]],
        age[child[kept]] <= LATELY,
    )


def explicit(table: pa.Table, chat: reply_log.Chat) -> tuple[Ints, Ints]:
    """Lines that quote a line that is here, or else answer a mention, and the lines that they answer."""
    import numpy as np

    told = chat.evidence
    parent = np.where(told.line_how == MENTION, told.line_parent, -1)
    quotes = known(table["reply_to"].combine_chunks())
    parent[quotes] = chat.quoted[quotes]
    child = np.flatnonzero(parent >= 0)
    return child, parent[child]


def _weeks(who: Ints, age: Floats, members: int) -> Ints:
    import numpy as np

    lately = age <= LATELY
    week = np.minimum(age[lately] // WEEK, 3).astype(np.int64)
    return np.bincount(np.unique(who[lately] * 4 + week) // 4, minlength=members)


def ties(by: Ints, to: Ints, members: int) -> Ties:
    """The ties of edges."""
    import numpy as np

    codes, edges = np.unique(np.minimum(by, to) * members + np.maximum(by, to), return_counts=True)
    return Ties(np.stack(np.divmod(codes, max(members, 1)), axis=1), edges, members)


def mutual(by: Ints, to: Ints, members: int) -> tuple[Ints, Ints, Ints]:
    """Of who has answered whom: the one, the other, and the smaller number of their edges in the two directions."""
    import numpy as np

    codes, edges = np.unique(by * members + to, return_counts=True)
    one, other = np.divmod(codes, max(members, 1))
    back = other * members + one
    at = np.minimum(np.searchsorted(codes, back), max(len(codes) - 1, 0))
    return one, other, np.where(codes[at] == back, np.minimum(edges, edges[at]), 0)


def reciprocity(by: Ints, to: Ints, members: int) -> float | None:
    """Σ min(w_ij, w_ji) ÷ Σ w_ij: the share of edges that are returned; None without edges."""
    return float(mutual(by, to, members)[2].sum() / len(by)) if len(by) else None


def density(tied: int, members: int) -> float | None:
    """Ties ÷ pairs of members; None where there is no pair."""
    return 2 * tied / (members * (members - 1)) if members > 1 else None


def transitivity(found: Ties) -> float | None:
    """Of the pairs of ties that one member has, the share whose other ends have a tie, too; None without such a pair."""
    import numpy as np

    degrees = np.bincount(found.ends.ravel(), minlength=found.members)
    pairs = int((degrees * (degrees - 1)).sum())
    return _closed(found.ends, found.members) / pairs if pairs else None


def _closed(ends: Ints, members: int) -> int:
    """Six for each triangle."""
    import numpy as np
    from scipy.sparse import csr_array

    both = np.concatenate([ends, ends[:, ::-1]])
    matrix = csr_array((np.ones(len(both), np.int64), (both[:, 0], both[:, 1])), shape=(members, members))
    return int((matrix @ matrix).multiply(matrix).sum())


def rewired(found: Ties, count: int = REWIRES, seed: int = 0) -> Iterator[Ties]:
    """Graphs in which everybody has as many ties as in `found`, but with whom is chance (Maslov & Sneppen 2002): ties swap their ends, again and again.

    Each goes on from the one before. A swap that would tie a member to themselves, or two members twice, is not made.
    """
    import numpy as np

    dice = Random(seed)
    here: list[tuple[int, int]] = [(one, other) for one, other in found.ends.tolist()]
    there = set(here)
    for number in range(count):
        for _ in range((TRIES if number else FIRST_TRIES) * len(here)):
            first, second = int(dice.random() * len(here)), int(dice.random() * len(here))
            (a, b), (c, d) = here[first], here[second]
            if dice.random() < 0.5:
                c, d = d, c
            one, other = (a, d) if a < d else (d, a), (c, b) if c < b else (b, c)
            if a != d and c != b and one not in there and other not in there:
                there -= {here[first], here[second]}
                there |= {one, other}
                here[first], here[second] = one, other
        yield Ties(np.array(here, np.int64).reshape(-1, 2), found.edges, found.members)


def above_chance(found: Ties, chance: Iterable[Ties]) -> float | None:
    """By how many standard deviations of `chance`, graphs that were `rewired`, the transitivity is above their mean; None where they are all alike."""
    seen = transitivity(found)
    return None if seen is None else _deviations(seen, [transitivity(one) or 0.0 for one in chance])


def _deviations(seen: float, chance: list[float]) -> float | None:
    from statistics import mean, stdev

    spread = stdev(chance)
    return (seen - mean(chance)) / spread if spread > 1e-9 else None


def graph(found: Ties) -> Any:
    """The ties as a graph of networkx, with all members."""
    import networkx as nx

    made = nx.Graph()
    made.add_nodes_from(range(found.members))
    made.add_weighted_edges_from(zip(*found.ends.T.tolist(), found.edges.tolist(), strict=True))
    return made


def cores(found: Ties) -> Ints:
    """Of each member, the largest k such that they have k ties within a part of the group in which everybody has k (Seidman 1983)."""
    import networkx as nx
    import numpy as np

    orders = nx.core_number(graph(found))
    return np.array([orders[one] for one in range(found.members)], np.int64)


def giant(found: Ties) -> int:
    """How many members hang together by ties, in the largest part that does."""
    import networkx as nx

    return max(map(len, nx.connected_components(graph(found))), default=0)


def positions(by: Ints, to: Ints, members: int) -> Floats:
    """PageRank (Brin & Page 1998) of each member, of who is answered by whom how often."""
    import networkx as nx
    import numpy as np

    made = nx.DiGraph()
    made.add_nodes_from(range(members))
    codes, edges = np.unique(by * members + to, return_counts=True)
    one, other = np.divmod(codes, max(members, 1))
    made.add_weighted_edges_from(zip(one.tolist(), other.tolist(), edges.tolist(), strict=True))
    ranks = nx.pagerank(made)
    return np.array([ranks[one] for one in range(members)], np.float64)


def circles(found: Ties, chance: Iterable[Ties]) -> Circles:
    """The circles of a group by Louvain's method (Blondel et al. 2008), where there are edges enough, and what is found is clear and no chance.

    Where there are no circles, a modularity of .15 or more is common all the same: few ties, or pairs who go on talking, are enough for it. So ties alone, each as
    good as any other, must fall apart more clearly than those of `chance`, graphs that were `rewired`.
    """
    import numpy as np

    of = np.zeros(found.members, np.int64)
    if found.edges.sum() < ENOUGH_EDGES:
        return Circles(of, None, "few")
    parts, modularity = louvain(found)
    if modularity < MODULAR:
        return Circles(of, modularity, "weak")
    clear = _deviations(_of_ties(found), [_of_ties(one) for one in chance])
    if clear is None or clear < CLEAR:
        return Circles(of, modularity, "chance")
    for number, part in enumerate((part for part in parts if len(part) >= CIRCLE), 1):
        of[part] = number
    return Circles(of, modularity, None)


def _of_ties(found: Ties) -> float:
    """The modularity of ties, each as good as any other."""
    return louvain(Ties(found.ends, found.edges * 0 + 1, found.members))[1]


def louvain(found: Ties) -> tuple[list[list[int]], float]:
    """The parts of a group, the largest first, and their modularity (Newman 2004)."""
    import networkx as nx

    parts = nx.community.louvain_communities(graph(found), weight="weight", seed=0)
    told = sorted((sorted(part) for part in parts), key=lambda part: (-len(part), part[0]))
    return told, modularity(found, told)


def modularity(found: Ties, parts: Sequence[Sequence[int]]) -> float:
    """The share of edges within parts, less what it would be if everybody had as many, but with anybody."""
    import numpy as np

    part = np.empty(found.members, np.int64)
    for number, some in enumerate(parts):
        part[list(some)] = number
    one, other = part[found.ends].T
    total = float(found.edges.sum())
    ends = np.bincount(one, found.edges, len(parts)) + np.bincount(other, found.edges, len(parts))
    return float(found.edges[one == other].sum() / total - ((ends / (2 * total)) ** 2).sum())
