"""Stages of members by sets in plain Python, and conventions with other thresholds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qunkit.dataset import CONVENTIONS, Scope

Row = Mapping[str, Any]


def conventions(**changed: float) -> tuple[tuple[str, float], ...]:
    """Those of a qunkit.toml, with some of `[members]` changed."""
    return tuple((dict(CONVENTIONS) | {f"members_{name}": value for name, value in changed.items()}).items())


class Stages:
    """One group's stages, day by day of `posts` (without bots); `block` gives a row's block of seven days, or None."""

    def __init__(
        self, posts: Sequence[Row], scope: Scope, day: Callable[[Row], Any], block: Callable[[Row], int | None]
    ) -> None:
        self.rule = dict(scope.conventions)
        staff, names = scope.staff, {row["sender_id"] for row in posts}
        by_id = {row["id"]: row for row in posts}
        self.days: set[tuple[str, int, Any]] = set()
        self.addressed: list[tuple[str, str, bool, int]] = []
        for row in posts:
            who, b = row["sender_id"], block(row)
            if who in staff or b is None:
                continue
            self.days.add((who, b, day(row)))
            quoted = by_id.get(row.get("reply_to"))
            to = [quoted["sender_id"]] if quoted else []
            to += [one for one in row.get("mention_ids", ()) if one in names]
            self.addressed += [(who, one, one in staff, b) for one in to if one != who]

    def ties(self, who: str, b: int) -> int:
        """With how many they quoted or mentioned each other in the four blocks up to `b`."""
        pairs = {(one, other) for one, other, staff, at in self.addressed if not staff and b - 3 <= at <= b}
        return len({other for one, other in pairs if one == who and (other, who) in pairs})

    def stage(self, who: str, b: int) -> str | None:
        """Their stage at the end of block `b`; None: had not spoken."""
        if not any(one == who and at <= b for one, at, _ in self.days):
            return None
        days = len([1 for one, at, _ in self.days if one == who and b - 3 <= at <= b])
        sent = [(staff, at) for one, _, staff, at in self.addressed if one == who and b - 3 <= at <= b]
        peers = [len([1 for staff, at in sent if not staff and at == n]) for n in range(b - 3, b + 1)]
        if not days:
            return "silent"
        if min(peers) >= self.rule["members_friend_replies"] and self.ties(who, b) >= self.rule["members_friend_ties"]:
            return "friend"
        to_staff = len([1 for staff, _ in sent if staff])
        fan = days >= self.rule["members_fan_days"] or to_staff >= self.rule["members_fan_replies"]
        return "fan" if fan else "user"
