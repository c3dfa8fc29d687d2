"""Questions of several weeks, with somebody who answers after so many seconds."""

from __future__ import annotations

from datetime import timedelta

from support.messages import moment


def asked(monday: str, waits: list[int], group: str = "g") -> list[dict[str, object]]:
    """A question an hour, and somebody else so many seconds later."""
    begin, log = moment(f"{monday} 09:00:00"), []
    for nth, wait in enumerate(waits):
        at = begin + timedelta(days=nth)
        log.append({"at": f"{at}", "group_id": group, "sender_id": "a", "text": "这个还有货吗？"})
        log.append(
            {"at": f"{at + timedelta(seconds=wait)}", "group_id": group, "sender_id": "b", "text": "有的，明天到"}
        )
    return log


QUESTIONS = [
    *asked("2026-04-27", [40] * 5), *asked("2026-05-04", [20] * 5), *asked("2026-05-11", [10, 20, 30, 40, 50]), *asked("2026-05-11", [9] * 2, "h"),
    {"at": "2026-05-17 20:00:00", "group_id": "g", "sender_id": "b"},
]  # fmt: skip
"""In g the medians of three weeks are 40, 20 and 30 s; with the two of h, this week's is the fourth of 9, 9, 10, 20, 30, 40, 50."""
