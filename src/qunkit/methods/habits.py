"""What the labels of `kol` go by: who answered whom, who ordered after whose turns, whose turns about products were answered, who opened sign-up lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.arrays import column, numbers
from qunkit.methods.kol_log import Heard, flags

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from qunkit.methods.hawkes import Fit

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

RECENT = 28.0
"""Days in which tips count."""
LIKELY = 0.5
"""How likely an answer is from which it counts as one."""
_LIST_LASTS = 3 * 86400.0
"""Seconds after which a list of the same heading is another list."""


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
    return np.bincount(pairs // max(log.members, 1), minlength=log.members)


def habits(heard: Heard, parent: Ints) -> dict[str, Ints]:
    """What labels go by, of each member, in the window."""
    import numpy as np
    import pyarrow.compute as pc

    chat, log, table = heard.chat, heard.chat.log, heard.table
    n, turns = log.members, len(log.who)
    sender = numbers(pc.fill_null(pc.index_in(table["sender_id"], value_set=chat.people), -1).cast("int64"))
    counted = chat.in_window & (sender >= 0)

    def turned(name: str) -> Flags:
        found: Flags = np.bincount(chat.turns.of_line[flags(table, name)], minlength=turns) > 0
        return found

    orders, tips = turned("orders"), turned("tip")
    answered = np.bincount(parent[parent >= 0], minlength=turns) > 0
    recent = chat.in_window[chat.turns.first] & (heard.age < RECENT)
    ordered = np.flatnonzero((parent >= 0) & orders)
    lists, joiners = _lists(table, sender, n)
    return {
        "messages": np.bincount(sender[counted], minlength=n),
        "ads": np.bincount(sender[counted & flags(table, "ad")], minlength=n),
        "lists": lists,
        "joiners": joiners,
        "orders": np.bincount(log.who[parent[ordered]], minlength=n),
        "buyers": repliers(heard, parent, orders),
        "tips": np.bincount(log.who[tips & answered & recent], minlength=n),
    }


def _lists(table: pa.Table, sender: Ints, members: int) -> tuple[Ints, Ints]:
    """How many sign-up lists everybody opened in the window that others joined, and how many different people did."""
    import numpy as np
    import pyarrow.compute as pc

    from qunkit.chat.solitaire import heading

    at = numbers(table["t"].cast("float64"))
    inside = flags(table, "in_window")
    places = np.flatnonzero(numbers(pc.is_valid(table["sheet"]).cast("int8")) & (sender >= 0))
    open_: dict[str, tuple[int, float, bool]] = {}
    joined: dict[int, dict[float, set[int]]] = {}
    for place, sheet in zip(places.tolist(), table["sheet"].take(column(places)).to_pylist(), strict=True):
        title, who, now, here = heading(sheet), int(sender[place]), float(at[place]), bool(inside[place])
        opener, began, counts = open_.get(title, (who, now, here))
        if now - began > _LIST_LASTS:
            opener, began, counts = who, now, here
        open_[title] = (opener, began, counts)
        if who != opener and counts:
            joined.setdefault(opener, {}).setdefault(began, set()).add(who)
    lists, joiners = np.zeros(members, np.int64), np.zeros(members, np.int64)
    for opener, runs in joined.items():
        lists[opener], joiners[opener] = len(runs), len(set[int]().union(*runs.values()))
    return lists, joiners
