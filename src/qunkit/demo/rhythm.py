"""When a group talks: hours, weekdays, sessions, and the pauses between two lines."""

from __future__ import annotations

from collections.abc import Sequence

from qunkit.demo.dice import Dice, running
from qunkit.demo.model import DAY, Chat, Member, day_of

_PAUSES = ((3, 14), (15, 60), (61, 240), (241, 900))
_PAUSE_WEIGHTS = running((55, 30, 12, 3))


class Clock:
    """Draws moments by the weights of the hours of a day."""

    def __init__(self, dice: Dice, hours: Sequence[int]) -> None:
        self._dice = dice
        self._hours = tuple(range(24))
        self._weights = running(hours)

    def moment(self) -> int:
        """Seconds since midnight."""
        return self._dice.weighted(self._hours, self._weights) * 3600 + self._dice.between(0, 3599)

    def pause(self) -> int:
        """Seconds until the next line of a conversation: mostly a few, sometimes many minutes."""
        low, high = self._dice.weighted(_PAUSES, _PAUSE_WEIGHTS)
        return self._dice.between(low, high)


class Crowd:
    """The members who may speak on one day, and how likely each of them does."""

    def __init__(self, dice: Dice, chat: Chat, day: int) -> None:
        begin = chat.start + day * DAY
        self._dice = dice
        self.members = [m for m in chat.members if m.weight and m.since <= begin and m.until > begin]
        self._weights = running([m.weight for m in self.members])

    def one(self, *but: Member) -> Member:
        """A member who is none of `but`, as long as there is one."""
        for _ in range(50):
            member = self._dice.weighted(self.members, self._weights)
            if member not in but:
                return member
        return next((m for m in self.members if m not in but), self.members[0])

    def several(self, count: int, *but: Member) -> list[Member]:
        """Up to `count` different members, none of them in `but`."""
        chosen: list[Member] = []
        for _ in range(min(count, len(self.members) - len(but))):
            chosen.append(self.one(*but, *chosen))
        return chosen


def quota(dice: Dice, chat: Chat, day: int) -> int:
    """How many lines of ordinary talk a day gets: usual volume x weekday x the group's fate x luck."""
    weekday = day_of(chat.start + day * DAY).weekday()
    return round(dice.around(chat.daily * chat.topic.week[weekday] / 100 * fate(chat, day), 0.3))


def fate(chat: Chat, day: int) -> float:
    """What becomes of the group: the factor of its volume on a day."""
    age = day / chat.days
    if chat.role == "dying":
        fading = max(1, (chat.quiet_from - chat.start) // DAY // 7)
        return max(0.06, 1 - (day // 7) / (fading + 0.5))
    return {"lively": 0.9 + 0.25 * age, "ad-flooded": 1.1 - 0.5 * age}.get(chat.role, 1.0)
