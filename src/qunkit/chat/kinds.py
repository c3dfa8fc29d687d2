"""From a chat service's type numbers to the closed list of kinds.

WeChat numbers a message with a base type and, for cards (49), a sub type. WeChat 4 packs both into one number:
``sub << 32 | 49``. New numbers appear every year: what is not in the table is `other`.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_CARD = 49
_NOTICE = 10000
_LOW = 0xFFFFFFFF

_BASES = {
    1: "text",
    3: "image",
    34: "voice",
    42: "contact_card",
    43: "video",
    47: "sticker",
    48: "location",
    50: "call",
    62: "video",
    65: "contact_card",
    66: "contact_card",
    10000: "system",
    10002: "system",
}

_CARDS = {
    1: "link",
    3: "music",
    4: "link",
    5: "link",
    6: "file",
    8: "sticker",
    15: "location",
    17: "location",
    19: "forward",
    24: "note",
    33: "miniprogram",
    36: "miniprogram",
    50: "channels",
    51: "channels",
    53: "solitaire",
    57: "quote",
    62: "pat",
    63: "live",
    74: "file",
    87: "announcement",
    88: "live",
    92: "music",
    2000: "transfer",
    2001: "red_packet",
    2003: "red_packet",
}

_NOTICES = {4: "pat"}
"""WeChat 3: sub types of notices. An invitation (8000) is a notice like any other."""


def wechat_kind(base: int, sub: int = 0) -> str:
    """The kind of a WeChat message by its type numbers.

    A `base` of WeChat 4, which holds both numbers, is taken apart when `sub` is 0.
    """
    if sub == 0 and base > _LOW:
        base, sub = base & _LOW, base >> 32
    if base == _CARD:
        return _CARDS.get(sub, "other")
    if base == _NOTICE:
        return _NOTICES.get(sub, "system")
    return _BASES.get(base, "other")


def wechat_kinds(base: pa.Array, sub: pa.Array) -> pa.Array:
    """`wechat_kind` of two integer columns of equal length, as strings.

    A null `base` gives null (the type is not known); a null `sub` counts as 0.
    """
    base, sub = base.cast(pa.int64()), pc.fill_null(sub.cast(pa.int64()), 0)
    packed = pc.and_(pc.equal(sub, 0), pc.greater(base, _LOW))
    low = pc.if_else(packed, pc.bit_wise_and(base, _LOW), base)
    high = pc.if_else(packed, pc.shift_right(base, 32), sub)
    kind = pc.fill_null(_look_up(low, _BASES), "other")
    kind = pc.if_else(pc.equal(low, _CARD), pc.fill_null(_look_up(high, _CARDS), "other"), kind)
    kind = pc.if_else(pc.equal(low, _NOTICE), pc.fill_null(_look_up(high, _NOTICES), "system"), kind)
    return pc.if_else(pc.is_valid(base), kind, pa.scalar(None, pa.string()))


def _look_up(numbers: pa.Array, table: dict[int, str]) -> pa.Array:
    """The name of every number; null where the table has none."""
    names = pa.array(list(table.values()), pa.string())
    return names.take(pc.index_in(numbers, value_set=pa.array(list(table), pa.int64())))
