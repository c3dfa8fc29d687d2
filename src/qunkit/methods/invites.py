"""The invite tree, 裂变: who brought whom into a group, the shape of what grew from it, and shares of few.

An edge leads from the inviter to who joined by it for the first time. Who comes again keeps the first edge; who was in the group before (they had joined without an
inviter, invited somebody, or posted) has none. So every edge leads to somebody new, and there can be no cycle.

Structural virality is the mean distance between two members of a tree (Goel, Anderson, Hofman & Watts 2016): about 2 where one person invites all, the more the longer
the chains. It is summed edge by edge: an edge that cuts a tree of n into s and n - s members lies between s (n - s) pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from qunkit.methods import moves
from qunkit.methods.joins import FINDABLE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def called(id_: str) -> str:
    """SQL for the name of who has this id, in a row joined with `members` and ``called_so``: not all who came have posted or are on a roster."""
    return f"COALESCE(NULLIF(members.name, {id_}), called_so.name, {moves.called(id_)})"


ENTERED = f"""{FINDABLE}, {moves.CALLED}, lives AS (
  SELECT group_id, sender_id, MIN(local_time) AS first_post FROM posts GROUP BY group_id, sender_id
), whole_lists AS (
  SELECT DISTINCT group_id FROM listings WHERE complete AND seen_at IS NOT NULL
), entered AS (
  SELECT joiners.*, joiners.joined_at >= :since AND joiners.joined_at < :until AS in_window, COALESCE(members.official, FALSE) AS official,
    {called("joiners.member_id")} AS name,
    COALESCE(lives.first_post < joiners.joined_at, FALSE) AS posted_before, whole_lists.group_id IS NOT NULL AS rostered, COALESCE(presence.gone, FALSE) AS gone
  FROM joiners
  LEFT JOIN lives ON lives.group_id = joiners.group_id AND lives.sender_id = joiners.member_id
  LEFT JOIN presence ON presence.group_id = joiners.group_id AND presence.member_id = joiners.member_id
  LEFT JOIN whole_lists ON whole_lists.group_id = joiners.group_id
  LEFT JOIN members ON members.group_id = joiners.group_id AND members.member_id = joiners.member_id
  LEFT JOIN called_so ON called_so.group_id = joiners.group_id AND called_so.member_id = joiners.member_id
)"""
"""To follow ``{MOVES}, {JOINS}, {GONE}``: ``entered``, every join with what is known of who joined. ``gone``: as `qunkit.methods.gone` says; ``rostered``: there is one, so that who is not gone is there."""


class Join(NamedTuple):
    """What the tree needs of a join."""

    at: object
    """When, and where in the order of notices; equal for those of one notice."""
    member: Hashable
    inviter: Hashable
    posted_before: bool


class Shape(NamedTuple):
    """One tree."""

    root: Hashable
    size: int
    """Members, the root among them."""
    depth: int
    """Edges from the root to the farthest."""
    width: int
    """Members at the distance that has most of them."""
    virality: float
    """Mean distance between two members."""


class Forest:
    """The invite trees of one group: members as numbers, everybody after who invited them."""

    def __init__(self, joins: Iterable[Join]) -> None:
        """From all joins of a group in order of time."""
        self.number: dict[Hashable, int] = {}
        self.parent: list[int] = []
        """Of each member the number of who invited them; -1: nobody known."""
        self.edges: list[int] = []
        """The joins that are edges, as places in `joins`, in the order in which the tree grew."""
        listed = list(joins)
        for _, block in groupby(range(len(listed)), key=lambda place: listed[place].at):
            for place in _inviters_first(list(block), listed):
                self._grow(place, listed[place])

    def _grow(self, place: int, join: Join) -> None:
        if join.member is None:  # of whom nothing is known; but who invited them was there
            if join.inviter is not None:
                self._add(join.inviter, -1)
            return
        known = join.member in self.number
        inviter = -1 if join.inviter is None or join.inviter == join.member else self._add(join.inviter, -1)
        if not known:
            self._add(join.member, -1 if join.posted_before else inviter)
            if inviter >= 0 and not join.posted_before:
                self.edges.append(place)

    def _add(self, member: Hashable, parent: int) -> int:
        if member not in self.number:
            self.number[member] = len(self.parent)
            self.parent.append(parent)
        return self.number[member]

    def depths(self) -> list[int]:
        """Edges from each member up to the root."""
        out: list[int] = []
        for parent in self.parent:
            out.append(0 if parent < 0 else out[parent] + 1)
        return out

    def below(self, counts: Sequence[float]) -> list[float]:
        """The sum of `counts` (a number a member) over everybody below each member."""
        out = [0.0] * len(self.parent)
        for one in range(len(self.parent) - 1, -1, -1):
            if self.parent[one] >= 0:
                out[self.parent[one]] += out[one] + counts[one]
        return out

    def trees(self) -> list[Shape]:
        """All trees of two or more, the largest first; of equal ones the older. Time and memory go with the number of members."""
        n = len(self.parent)
        sizes = [1 + int(below) for below in self.below([1.0] * n)]
        roots, depths = list(range(n)), self.depths()
        for one, parent in enumerate(self.parent):
            roots[one] = one if parent < 0 else roots[parent]
        distances, levels = [0] * n, dict[tuple[int, int], int]()
        deepest = [0] * n
        for one, root in enumerate(roots):
            distances[root] += sizes[one] * (sizes[root] - sizes[one])
            levels[root, depths[one]] = levels.get((root, depths[one]), 0) + 1
            deepest[root] = max(deepest[root], depths[one])
        members = list(self.number)
        found = [root for root in range(n) if self.parent[root] < 0 and sizes[root] > 1]
        return [
            Shape(members[root], sizes[root], deepest[root], max(levels[root, at] for at in range(deepest[root] + 1)), 2 * distances[root] / (sizes[root] * (sizes[root] - 1)))
            for root in sorted(found, key=lambda root: (-sizes[root], root))
        ]  # fmt: skip


Row = dict[Hashable, Any]


def grown(frame: pd.DataFrame) -> Iterator[tuple[list[Row], Forest]]:
    """The joins of each group as plain rows, in order, and the forest that they make. `frame` has the columns of ``entered``, by group and in order of time."""
    plain = frame.astype(object).where(frame.notna(), None)
    for _, group in groupby(plain.to_dict("records"), key=lambda row: row["group_id"]):
        rows = list(group)
        joins = (
            Join((row["joined_at"], row["seq"]), row["member_id"], row["inviter_id"], bool(row["posted_before"]))
            for row in rows
        )
        yield rows, Forest(joins)


def untold(frame: pd.DataFrame) -> int:
    """Joins of ``entered`` in the window, without the creation batch, that cannot be told apart by person."""
    known = frame[frame["joined_at"].notna()]  # a group without any join has a row, too
    ordinary = known["in_window"].astype(bool) & ~known["batch"].astype(bool)
    return int((ordinary & ~known["findable"].astype(bool)).sum())


def _inviters_first(block: list[int], joins: Sequence[Join]) -> Iterator[int]:
    """Joins of one instant so that who invites comes before whom they invite; lists with days alone hold many of one instant."""
    if len(block) == 1:
        yield from block
        return
    by_inviter: dict[Hashable, list[int]] = {}
    coming = {joins[place].member for place in block}
    for place in block:
        inviter = joins[place].inviter
        by_inviter.setdefault(inviter if inviter in coming and inviter != joins[place].member else None, []).append(
            place
        )
    told = set[int]()
    for start in [*by_inviter.get(None, []), *block]:  # the latter for those who invited each other
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place not in told:
                told.add(place)
                yield place
                waiting += reversed(by_inviter.get(joins[place].member, []) if joins[place].member is not None else [])


def shrunk(hits: Floats, of: Floats) -> Floats:
    """Shares drawn to their common mean by as much as chance explains; nan where there are none at all.

    Empirical Bayes with a Beta prior, its mean and variance by moments (Kleinman 1973): who was counted little is told by the mean, who was counted much by their own share.
    The mean has half a hit and half a miss more (Jeffreys), and the prior weighs one at least, so that one of one is never all.
    """
    import numpy as np

    n = of.sum()
    if n == 0:
        return np.full(len(of), np.nan)
    mean = (hits.sum() + 0.5) / (n + 1)
    some = of > 0
    chance = mean * (1 - mean)
    spread = (of[some] * (hits[some] / of[some] - mean) ** 2).sum() - (some.sum() - 1) * chance
    room = n - (of**2).sum() / n - (some.sum() - 1)
    between = spread / room if room > 0 else 0.0
    if between <= 0:
        return np.full(len(of), mean)
    strength = max(chance / between - 1, 1.0)
    return np.asarray((hits + strength * mean) / (of + strength))
