"""How QQ's message manager (消息管理器) names people, in its text and in its MHT alike.

    【管理员】小王(10001)      土豆<t@example.invalid>      老陈      系统消息(10000)

A number or an address is the account. Titles in 【】 stand only before names with an account: other names may begin so themselves.
Chats stand under groups (消息分组): 我的群聊, or 我的好友, which are private.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pyarrow as pa

from qunkit.parsing.half_days import minutes_of

PLATFORM = {"platform": "qq"}

_WITH_ACCOUNT = re.compile(r"(?:【[^【】]*】)*+(.*)(?:\(([1-9]\d{4,11})\)|<([^<>\s@]+@[^<>\s]+)>)", re.ASCII)
_FRIENDS = "我的好友"
_SYSTEM = ("10000", "1000000")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (wall clocks are naive)


def senders(shown: pa.Array) -> dict[str, pa.Array]:
    """The columns sender_id, sender_name and kind: "system" where QQ itself speaks, else "text". Each distinct name is looked at once."""
    encoded = shown.dictionary_encode()
    found = [_sender(name) for name in encoded.dictionary.to_pylist()]
    columns = zip(*found, strict=True) if found else ((), (), ())
    return {
        name: pa.array(column, pa.string()).take(encoded.indices)
        for name, column in zip(("sender_id", "sender_name", "kind"), columns, strict=True)
    }


def is_left_out(group: str | None, options: Mapping[str, str]) -> bool:
    """Whether chats of a group are private, and private chats were not asked for."""
    return group == _FRIENDS and "private" not in options


def wall(day: Sequence[int], clock: str, half: str | None) -> int | None:
    """Milliseconds of the wall clock on a day (year, month, day) at ``8:15:05``, with AM or PM if there is one; None: no such time."""
    hour, minute, second = map(int, clock.split(":"))
    minutes = minutes_of(hour, minute, half and half.strip())
    try:
        moment = datetime(*day)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    if minutes is None or second > 59:
        return None
    return (moment - _EPOCH + timedelta(minutes=minutes, seconds=second)) // timedelta(milliseconds=1)


def _sender(shown: str) -> tuple[str | None, str | None, str]:
    """Account, name and kind; what is not there is None."""
    found = _WITH_ACCOUNT.fullmatch(shown)
    if not found:
        return None, shown.strip() or None, "text"
    if found[2] in _SYSTEM:
        return None, None, "system"
    return found[2] or found[3], found[1].strip() or None, "text"
