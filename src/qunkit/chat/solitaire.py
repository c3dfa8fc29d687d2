"""Sign-up relays (接龙): a list that every joiner sends again, longer by a line. Told by the first line."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_STARTS = pa.array(["#", "＃", "接"])
_FIRST_LINE = r"^\s*(?:[#＃] ?(?:接龙|接龍|Group Note)(?:[ \t:：]|$|[^\n]*\n)|接[龙龍][:：])"
_OPEN = pa.array(["", "text", "other", "link"])


def mark(kind: pa.Array, text: pa.Array) -> pa.Array:
    """`kind` with solitaire where an open kind (null, text, other, link) has a text that begins as one."""
    starts = pc.is_in(pc.utf8_slice_codeunits(pc.ascii_ltrim_whitespace(text), 0, 1), _STARTS)
    if not pc.any(starts).as_py():
        return kind
    is_open = pc.is_in(pc.fill_null(kind, ""), _OPEN)
    candidate = pc.fill_null(pc.and_(starts, is_open), False)
    begins = pc.match_substring_regex(pc.if_else(candidate, text, ""), _FIRST_LINE)
    return pc.if_else(begins, "solitaire", kind)
