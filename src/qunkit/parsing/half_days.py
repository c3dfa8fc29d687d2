"""Times of day with 12 hours and a word beside them: ``9:05 PM``, ``下午9:05``, ``午後9:05``."""

from __future__ import annotations

import re

_LATER = re.compile(r"p|下午|晚上|中午|午後")
_NOON = "中午"


def minutes_of(hour: int, minute: int, half: str | None) -> int | None:
    """Minutes since midnight; `half` is the word, if there is one. None: there is no such time."""
    if minute > 59 or hour > 23:
        return None
    if half and hour <= 12 and not (half == _NOON and hour == 11):
        hour = hour % 12 + 12 * bool(_LATER.match(half.lower()))
    return hour * 60 + minute
