"""The sender's id that chat programs store before a text, ``wxid_a:\\n早``, and exporters fail to strip."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.people import People

_TOKEN = r"^\s*(?P<token>[^\s:]{1,128}):\n"
_ENDINGS = ("@chatroom", "@openim")
_SHORTEST_ID = 5
"""Shorter ids are also words and numbers that people type."""


def strip(text: pa.Array, sender_id: pa.Array, people: People) -> pa.Array:
    """`text` without sender prefixes, and without one line end that stripping a prefix has left at the start.

    A prefix is the row's own sender id, the id of a group or of a WeCom member, or a known member's id. Any other
    word before a colon, ``提醒:``, is what somebody wrote.
    """
    rows = pc.indices_nonzero(pc.fill_null(pc.match_substring(text, ":\n"), False))
    token = pc.struct_field(pc.extract_regex(text.take(rows), _TOKEN), "token")
    own = pc.fill_null(pc.equal(token, sender_id.take(rows)), False)
    prefixed = rows.filter(pc.or_(own, _is_id(token, people)))
    stripped = put(text, prefixed, pc.replace_substring_regex(text.take(prefixed), _TOKEN, "", max_replacements=1))
    bare = put(pc.fill_null(pc.starts_with(text, "\n"), False), prefixed, [False] * len(prefixed))
    rows = pc.indices_nonzero(bare)
    return put(stripped, rows, pc.utf8_slice_codeunits(text.take(rows), 1))


def _is_id(token: pa.Array, people: People) -> pa.Array:
    """Whether each token is an id, wherever it stands. Null tokens are none."""
    tokens = token.dictionary_encode()
    known = [
        word.endswith(_ENDINGS) or (len(word) >= _SHORTEST_ID and word in people.ids)
        for word in tokens.dictionary.to_pylist()
    ]
    return pc.fill_null(pa.array(known, pa.bool_()).take(tokens.indices), False)
