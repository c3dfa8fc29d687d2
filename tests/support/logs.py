"""Random chats: two groups, fourteen people, ties, quotes, notices, silent days; and what of them a scope lets see."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from qunkit.dataset import Scope
from support.messages import NEVER, moment

EXAMPLES = int(os.environ.get("QUNKIT_EXAMPLES", "25"))
"""Random chats per test; a thousand were run before the definitions were believed."""
BEGIN = moment("2026-04-20")
PEOPLE = [f"p{n:02}" for n in range(14)]
GROUPS = ("g", "h")


def crowd(n: int = 4000, seed: int = 7) -> list[dict[str, Any]]:
    """`n` rows, always the same: three groups, forty people, many ties of time and of count, quotes, mentions, notices, ads, announcements."""
    dice = Random(seed)
    rows: list[dict[str, Any]] = []
    for k in range(n):
        at = BEGIN + timedelta(
            days=dice.choice([0, 1, 2, 3, 5, 6, *range(8, 70)]),
            seconds=dice.randrange(0, 86400, 900) + dice.choice([0, 0, 40]),
        )
        row: dict[str, Any] = {"at": at, "group_id": dice.choice("ghi")}
        if dice.random() < 0.03:
            row |= {
                "event": dice.choice(["invited", "joined_qr", "removed"]),
                "actor_id": "p00",
                "target_ids": [f"p{dice.randrange(40):02}"],
            }
        else:
            row |= {
                "sender_id": f"p{int(dice.paretovariate(1)) % 40:02}",
                "text": dice.choice(["好", "在吗", "几点？", "收到"]),
            }
            row |= {"reply_to": f"m{max(0, k - dice.randrange(1, 30))}"} if dice.random() < 0.3 else {}
            row |= {"mention_ids": [f"p{dice.randrange(40):02}"]} if dice.random() < 0.1 else {}
            row |= (
                {"text": f"日结{k % 3 + 1}00，居家可做，加V：hao_{k % 3}88 https://s.example.com/{k % 5}"}
                if k % 41 == 0
                else {}
            )
            row |= {"kind": "announcement"} if k % 97 == 0 else {}
        rows.append(row)
    return rows


@st.composite
def logs(draw: st.DrawFn, least: int = 1, most: int = 70, days: int = 45) -> list[dict[str, Any]]:
    """Rows for `write_snapshot`, in file order, message ids m0, m1, …; a few seconds apart, minutes, or days."""
    rows: list[dict[str, Any]] = []
    spread = draw(st.sampled_from([1, 7, days]))
    crowd = PEOPLE[: draw(st.sampled_from([2, 5, 14]))]
    for n in range(draw(st.integers(least, most))):
        at = BEGIN + timedelta(days=draw(st.integers(0, spread)), hours=draw(st.sampled_from([1, 9, 20])))
        at += timedelta(seconds=draw(st.sampled_from([0, 0, 30, 60, 121, 600, 1900, 5000])))
        row: dict[str, Any] = {"at": at, "group_id": draw(st.sampled_from(GROUPS))}
        if draw(st.integers(0, 9)) == 0:
            row |= {"event": draw(st.sampled_from(["invited", "removed"])), "actor_id": draw(st.sampled_from(crowd))}
            row["target_ids"] = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True))
        else:
            row |= {
                "sender_id": draw(st.sampled_from(crowd)),
                "text": draw(st.sampled_from(["好", "在吗", "几点？", "", "ok "])),
            }
            if n and draw(st.integers(0, 2)) == 0:
                row["reply_to"] = f"m{draw(st.integers(max(0, n - 9), n + 2))}"
            if draw(st.integers(0, 4)) == 0:
                row["mention_ids"] = draw(st.lists(st.sampled_from([*crowd, "notify@all"]), max_size=2, unique=True))
        rows.append(row)
    return rows


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    """Any window, day start, staff and bots."""
    since = draw(
        st.none()
        | st.integers(0, 50).map(lambda n: BEGIN + timedelta(days=n))
        | st.just(BEGIN + timedelta(days=2, hours=9, seconds=30))
    )
    length = draw(st.none() | st.integers(1, 40))
    until = (since or BEGIN) + timedelta(days=length) if length else None
    return Scope(
        since=since,
        until=until,
        as_of=draw(st.none() | st.integers(1, 50).map(lambda n: BEGIN + timedelta(days=n, hours=20))),
        day_start=draw(st.sampled_from([0, 4])),
        staff=frozenset(draw(st.sets(st.sampled_from(PEOPLE[:4]), max_size=2))),
        bots=frozenset(draw(st.sets(st.sampled_from(PEOPLE[:3]), max_size=1))),
    )


def seen(
    rows: Sequence[Mapping[str, Any]], scope: Scope
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Callable[[Mapping[str, Any]], date]]:
    """Everything before the end of the scope in order of time, people's messages among it, and the calendar day of a row.

    Rows get their message ``id``.
    """
    told = [{**row, "id": f"m{n}", "n": n, "at": moment(row["at"])} for n, row in enumerate(rows)]
    until, as_of = scope.until or NEVER, scope.as_of or NEVER
    history = sorted(
        (row for row in told if row["at"] < until and row["at"] <= as_of), key=lambda row: (row["at"], row["n"])
    )
    posts = [row for row in history if "event" not in row and row["sender_id"] not in scope.bots]
    return history, posts, lambda row: (row["at"] - timedelta(hours=scope.day_start)).date()
