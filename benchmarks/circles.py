"""How well circles are found, and how often where there are none: ``python benchmarks/circles.py`` (about a minute).

Worlds of `tests/support/circle_worlds.py`: members who write unlike much, four circles, a share of edges inside them, a share that repeats a pair that answered before.
The last lines are of the simulated chats of `tests/support/kol_worlds.py`, in which members answer their own circle three times as readily: circles in the true graph of who
answered whom, and in the one that is inferred from times.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from qunkit.methods import cohesion
from qunkit.methods.hawkes import fit
from qunkit.methods.influence import likeliest
from support.circle_worlds import likeness, world
from support.kol_worlds import WORLDS, logged, simulate

SIZES = ((30, 200), (60, 400), (120, 1000))
SEEDS = 10


def found(members: int, edges: int, inside: float, repeated: float) -> str:
    """Of `SEEDS` worlds: how often the bar of .15 lets circles through, how often they are told, and how like the planted ones they are."""
    through, told, like = 0, 0, []
    for seed in range(SEEDS):
        by, to, planted = world(seed, members, edges, inside, repeated)
        ties = cohesion.ties(by, to, members)
        circles = cohesion.circles(ties, cohesion.rewired(ties))
        through += (circles.modularity or 0) >= cohesion.MODULAR
        told += circles.why is None
        like += [likeness(circles.of, planted)] if circles.why is None else []
    return f"Q above .15: {through} of {SEEDS}, told: {told}" + (
        f", NMI {np.median(like):.2f}" if like and inside else ""
    )


def inferred(seed: int) -> tuple[float, float, float, float]:
    """Likeness and modularity of the circles in the true graph of a simulated chat, and of those in the inferred one."""
    chat = simulate(seed, **WORLDS["base"])
    dice = np.random.default_rng(seed)  # as `simulate` throws them
    dice.standard_normal((2, chat.members))
    dice.standard_normal(chat.members)
    planted = dice.integers(0, 4, chat.members)
    child = np.flatnonzero((chat.parent >= 0) & ~chat.goes_on)
    log = logged(chat)
    parent, p = likeliest(log, fit(log))
    guessed = np.flatnonzero((parent >= 0) & (p >= 0.5))
    figures: list[float] = []
    for by, to in ((chat.who[child], chat.who[chat.parent[child]]), (log.who[guessed], log.who[parent[guessed]])):
        kept = by != to
        ties = cohesion.ties(by[kept], to[kept], chat.members)
        parts, modularity = cohesion.louvain(ties)
        of = np.zeros(chat.members, np.int64)
        for number, part in enumerate(parts, 1):
            of[part] = number
        figures += [likeness(of, planted), modularity]
    return tuple(figures)  # type: ignore[return-value]


def main() -> None:
    """All worlds."""
    for members, edges in SIZES:
        for inside, repeated in ((0, 0), (0, 0.5), (0, 0.8), (0.5, 0), (0.7, 0), (0.7, 0.5), (0.9, 0)):
            print(f"{members} members, {edges} edges, inside {inside}, repeated {repeated}: {found(members, edges, inside, repeated)}")  # fmt: skip
    told = np.median([inferred(seed) for seed in range(3)], axis=0)
    print(
        f"simulated chat: true answers NMI {told[0]:.2f}, Q {told[1]:.2f}; inferred answers NMI {told[2]:.2f}, Q {told[3]:.2f}"
    )


if __name__ == "__main__":
    main()
