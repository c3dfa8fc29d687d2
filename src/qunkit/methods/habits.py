"""What the labels of `kol` go by: who answered whom, who ordered after whose turns, whose turns about products were answered, who opened sign-up lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.arrays import flags, numbers, places
from qunkit.methods.kol_log import Heard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qunkit.methods.hawkes import Fit

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

RECENT = 28.0
"""Days in which tips count."""
LIKELY = 0.5
"""How likely an answer is from which it counts as one."""


def parents(heard: Heard, found: Fit) -> Ints:
    """Of each turn in the window, the turn of a person that it answers, as far as that is said or likely; else -1."""
    import numpy as np

    from qunkit.methods.influence import likeliest

    chat, log = heard.chat, heard.chat.log
    by, p = likeliest(log, found)
    parent = np.where(log.known >= 0, log.known, np.where(p >= LIKELY, by, -1))
    real = chat.in_window[chat.turns.first] & heard.somebody[log.who] & (log.who[parent] != log.who)
    return np.where(real, parent, -1)


def repliers(heard: Heard, parent: Ints, which: Flags | None = None) -> Ints:
    """How many different people answered each member with a turn of those `which`."""
    import numpy as np

    log = heard.chat.log
    child = np.flatnonzero((parent >= 0) & (True if which is None else which))
    pairs = np.unique(log.who[parent[child]] * log.members + log.who[child])
    return np.bincount(pairs // max(log.members, 1), minlength=len(heard.people))


def habits(heard: Heard, parent: Ints) -> dict[str, Ints]:
    """What labels go by, of each of `Heard.people`, in the window."""
    import numpy as np

    chat, log, table = heard.chat, heard.chat.log, heard.table
    n, turns = len(heard.people), len(log.who)

    def turned(name: str) -> Flags:
        found: Flags = np.bincount(chat.turns.of_line[flags(table[name])], minlength=turns) > 0
        return found

    orders, tips = turned("orders"), turned("tip")
    answered = np.bincount(parent[parent >= 0], minlength=turns) > 0
    recent = chat.in_window[chat.turns.first] & (heard.age < RECENT)
    ordered = np.flatnonzero((parent >= 0) & orders)
    lists, joiners = _lists(heard)
    return {
        "messages": np.bincount(heard.who[chat.in_window], minlength=n),
        "ads": np.bincount(heard.who[chat.in_window & flags(table["ad"])], minlength=n),
        "lists": lists,
        "joiners": joiners,
        "orders": np.bincount(log.who[parent[ordered]], minlength=n),
        "buyers": repliers(heard, parent, orders),
        "tips": np.bincount(log.who[tips & answered & recent], minlength=n),
    }


def lost(heard: Heard) -> bool:
    """Whether lists of the window have lost their text, or messages of neither known kind nor text may be lists: nobody can tell then who opened them."""
    return bool(((flags(heard.table["lost"]) | flags(heard.table["hidden"])) & heard.chat.in_window).any())


def _lists(heard: Heard) -> tuple[Ints, Ints]:
    """How many sign-up lists everybody opened in the window that others joined, and how many different people did."""
    import numpy as np

    from qunkit.methods.relays import relays

    n, sheets = len(heard.people), heard.sheets
    who = places(sheets["sender_id"], heard.people)  # -1: wrote nothing but early lists
    at = np.rint(numbers(sheets["t"].cast("float64")) * 1000).astype(np.int64)
    first = relays(sheets["sheet"].to_pylist(), at)
    joined = (who != who[first]) & (who >= 0) & flags(sheets["in_window"])[first]
    opened, joins = np.unique(first[joined]), np.unique(who[first[joined]] * n + who[joined])
    return np.bincount(who[opened], minlength=n), np.bincount(joins // max(n, 1), minlength=n)
